"""`zoo compare`: several models side by side on the same test images."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.errors import UsageError
from zoo.weights.plan import ask

if TYPE_CHECKING:
    import numpy as np

    from zoo.api.house import Zoo
    from zoo.api.loaded import LoadedModel
    from zoo.data import Dataset
    from zoo.evaluation import Evaluation
    from zoo.weights.selection import Selection

__all__ = ["Compared", "Comparison", "compare"]

SPLIT = "official"
"""What all are measured on, whatever split a recipe trains with: different images cannot be compared."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One model among others.

    Attributes:
        parameters: Number of weights.
        bytes: Size of the weight file.
        training_seconds: As the provenance says; on whichever machine that was.
        inference_seconds: For one test image among 1,000, measured here and warm.
        answers: For each test image the class answered; -1 where the model does not know its class.
            None for a model that answers with images.
    """

    loaded: LoadedModel
    evaluation: Evaluation
    parameters: int
    bytes: int
    training_seconds: float | None
    inference_seconds: float
    answers: np.ndarray | None

    def to_data(self) -> dict[str, Any]:
        loaded, evaluation = self.loaded, self.evaluation
        return {
            "title": loaded.title,
            "model": loaded.spec.name,
            "preset": loaded.preset,
            "n": evaluation.n,
            "accuracy": evaluation.accuracy,
            "loss": evaluation.loss,
            "parameters": self.parameters,
            "bytes": self.bytes,
            "training_seconds": self.training_seconds,
            "inference_seconds": self.inference_seconds,
            "weights": loaded.to_data(),
        }


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Models on the same test images.

    Attributes:
        agreement: A row and a column for each model: the share of the images known to both on which
            they give the same answer; None where there is no such image.
    """

    dataset: Dataset
    models: tuple[Compared, ...]
    agreement: tuple[tuple[float | None, ...], ...]

    def to_data(self) -> dict[str, Any]:
        """Return plain JSON-able data."""
        dataset = self.dataset
        warnings = [*dataset.warnings]
        for one in self.models:
            warnings += [*one.loaded.warnings, *one.loaded.model.warnings]
        return {
            "schema": 1,
            "dataset": {
                "name": dataset.name,
                "split": SPLIT,
                "sha256": dataset.sha256,
                "source": dataset.way,
                "reason": dataset.reason,
            },
            "models": [one.to_data() for one in self.models],
            "agreement": [list(row) for row in self.agreement],
            "warnings": list(dict.fromkeys(warnings)),
        }


def compare(zoo: Zoo, models: Sequence[str], *, data: str, weights: str | Path) -> Comparison:
    """Measure several models; see `zoo.Zoo.compare`."""
    selections = {(s.full_name, s.preset): s for s in map(zoo.select, models)}
    if not selections:
        raise UsageError("no model to compare; name one or more, `zoo list` shows them")
    dataset = zoo.dataset(data, preferences=_shared(list(selections.values())))
    loaded = []
    for selection in selections.values():
        asked = ask(weights, preset=selection.preset, seeded=False)
        loaded.append(zoo.obtain(selection, asked, data=data, seed=None, dataset=dataset))
        loaded[-1].use(dataset, name=dataset.name)
    compared = tuple(_measured(each, dataset) for each in loaded)
    return Comparison(
        dataset=dataset,
        models=compared,
        agreement=tuple(tuple(_agreement(a, b) for b in compared) for a in compared),
    )


def _shared(selections: Sequence[Selection]) -> tuple[str, ...]:
    """Return the datasets that all of the models take, in the order of the first."""
    first, *others = selections
    names = tuple(name for name in first.spec.datasets if all(name in o.spec.datasets for o in others))
    if not names:
        titles = ", ".join(selection.title for selection in selections)
        raise UsageError(f"{titles}: there is no dataset that all of them take; compare fewer")
    return names


def _measured(loaded: LoadedModel, dataset: Dataset) -> Compared:
    evaluation = loaded.evaluate(dataset.name, split=SPLIT)
    answers, seconds = _answers(loaded, dataset)
    provenance = loaded.provenance
    return Compared(
        loaded=loaded,
        evaluation=evaluation,
        parameters=sum(math.prod(shape) for shape in loaded.model.shapes.values()),
        bytes=Path(loaded.source.path).stat().st_size,
        training_seconds=provenance.seconds if provenance is not None else None,
        inference_seconds=seconds / evaluation.n,
        answers=answers,
    )


def _answers(loaded: LoadedModel, dataset: Dataset) -> tuple[np.ndarray | None, float]:
    """Return the class answered for each image of the test part, and the seconds that took."""
    import numpy as np

    from zoo.evaluation import BLOCK

    known = loaded.examples("test", dataset.name, split=SPLIT)
    inputs = known.labels if loaded.spec.inputs == "classes" else known.images
    started = time.perf_counter()
    outputs = [loaded.predict(inputs[n : n + BLOCK]) for n in range(0, len(inputs), BLOCK)]
    seconds = time.perf_counter() - started
    if loaded.spec.output == "images":
        return None, seconds
    columns = np.concatenate([block.argmax(axis=1) for block in outputs])
    truth = dataset.examples("test", SPLIT).labels
    if loaded.classes is None:
        return columns, seconds
    classes = np.asarray(loaded.classes)
    answers = np.full(len(truth), -1, np.int64)
    answers[np.isin(truth, classes)] = classes[columns]
    return answers, seconds


def _agreement(one: Compared, other: Compared) -> float | None:
    if one.answers is None or other.answers is None:
        return None
    both = (one.answers >= 0) & (other.answers >= 0)
    if not both.any():
        return None
    return float((one.answers[both] == other.answers[both]).mean())
