"""Ask models what they see in images; no dataset is fetched unless an image is taken from one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.errors import UsageError, one_line
from zoo.settings import at_home

if TYPE_CHECKING:
    from zoo.api.house import Zoo
    from zoo.api.loaded import LoadedModel

__all__ = ["predict"]


def predict(
    zoo: Zoo,
    models: Sequence[str],
    images: Sequence[str],
    *,
    values: Mapping[str, Any] | None,
    data: str,
    weights: str | Path,
    seed: int | None,
) -> dict[str, Any]:
    """Return the JSON of `zoo predict`; see `zoo.Zoo.predict`."""
    import numpy as np

    from zoo.imaging import read_image
    from zoo.views.context import parse_reference

    files = {}
    for text in images:  # a mistake is said before weights are obtained
        reference = parse_reference(text)
        if reference.kind == "file":
            files[text] = read_image(at_home(reference.name))
    for name in models:
        spec = zoo.select(name, values).spec
        if spec.inputs != "images":
            raise UsageError(f"{name}: this model takes {spec.inputs}, not images")
        if spec.output == "images":
            raise UsageError(f"{name}: this model draws images; `zoo visualize {name}` shows them")
    empty = [_nothing_seen(text) for text, image in files.items() if not image.any()]
    for text in empty:
        zoo.reporter.warning(text)
    loaded = [zoo.load(name, values=values, data=data, weights=weights, seed=seed) for name in models]
    predictions = []
    scores = [
        model.predict(
            np.stack([files[text] if text in files else model.context.image(text) for text in images])
        )
        for model in loaded
    ]
    for row, text in enumerate(images):
        predictions += [_answer(text, m, s[row].tolist()) for m, s in zip(loaded, scores, strict=True)]
    warnings = [warning for model in loaded for warning in (*model.warnings, *model.model.warnings)]
    return {
        "schema": 1,
        "predictions": predictions,
        "models": [
            {
                "title": model.title,
                "model": model.spec.name,
                "preset": model.preset,
                "weights": model.to_data(),
            }
            for model in loaded
        ],
        "warnings": list(dict.fromkeys([*empty, *warnings])),
    }


def _nothing_seen(name: str) -> str:
    return one_line(
        f"image {name}: nothing stands out in this picture, so what is answered means nothing; "
        "draw darker, or check the file"
    )


def _answer(text: str, model: LoadedModel, scores: list[float]) -> dict[str, Any]:
    labels = model.labels()
    return {
        "image": text,
        "title": model.title,
        "answer": labels[max(range(len(scores)), key=scores.__getitem__)],
        "kind": model.model.output,
        "scores": dict(zip(labels, scores, strict=True)),
    }
