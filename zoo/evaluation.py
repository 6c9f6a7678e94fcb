"""Measure a model on labelled images: what its task calls for, in plain numbers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoo.errors import InvalidValueError, complaint

if TYPE_CHECKING:
    from zoo.data import Examples
    from zoo.modelling import Model

__all__ = ["Drawn", "Evaluation", "evaluate"]

CLIP = 1e-7
"""Smallest probability the logarithm is taken of: a certain mistake costs 16.1, not infinity."""

BLOCK = 1_000
"""Images handed to the model at a time: 3 MB as float32."""

DRAWN = 1_000
"""Images drawn from random numbers: a share of 10 % is then known to 1 %."""

SEED = 0
"""Of these images: the same for everyone."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What the judge reads in images that a model drew from random numbers.

    Attributes:
        n: Number of images.
        seed: They were drawn with.
        shares: Of the images, by the class they are read as: a model that draws all alike has 1/classes.
        recognised: Share read as the class they were meant to show; None where none was meant.
    """

    n: int
    seed: int
    shares: tuple[float, ...]
    recognised: float | None

    def to_data(self) -> dict[str, Any]:
        """Return plain JSON-able data."""
        return {
            "n": self.n,
            "seed": self.seed,
            "shares": list(self.shares),
            "recognised": self.recognised,
        }


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What was measured. None means: not defined here.

    Attributes:
        task: The model's task.
        n: Number of images.
        accuracy: Share of images whose largest score is their class's; for generated images, the
            share that the judge takes for the class of the image they were made from.
        loss: Mean of -ln p(true class), p clipped at 1e-7, where scores are probabilities; mean
            squared error of a pixel for generated images.
        confusion: Counts: a row for each true class, a column for each answer.
        precision: Of each class, right answers / such answers; None if it is never the answer.
        recall: Of each class, right answers / such images; None if there is no such image.
        labels: Name of each class, in column order.
        auc: For two classes, area under the ROC curve: the probability that an image of the second
            class scores higher than one of the first, ties counting half.
        judge: For generated images, the model that read them.
        drawn: For a model that draws images from random numbers, how the judge reads 1,000 of them.
        seconds: Time spent predicting.
        scores: Of the model, float32 (n, classes), row by row as the images; None for generated images.
            Views that need them do not ask the model again; they are not part of `to_data`.
    """

    task: str
    n: int
    accuracy: float | None
    loss: float | None
    confusion: tuple[tuple[int, ...], ...]
    precision: tuple[float | None, ...]
    recall: tuple[float | None, ...]
    labels: tuple[str, ...]
    auc: float | None = None
    judge: str | None = None
    drawn: Drawn | None = None
    seconds: float
    scores: NDArray[np.float32] | None = field(default=None, repr=False, compare=False)

    def metrics(self) -> dict[str, float]:
        """Return the single numbers that are defined, without the time."""
        values = {"accuracy": self.accuracy, "loss": self.loss, "auc": self.auc}
        return {name: value for name, value in values.items() if value is not None}

    def to_data(self) -> dict[str, Any]:
        """Return plain JSON-able data; `auc`, `judge` and `drawn` are there only where defined."""
        data: dict[str, Any] = {
            "task": self.task,
            "n": self.n,
            "accuracy": self.accuracy,
            "loss": self.loss,
            "confusion": [list(row) for row in self.confusion],
            "precision": list(self.precision),
            "recall": list(self.recall),
            "labels": list(self.labels),
            "seconds": round(self.seconds, 3),
        }
        if self.auc is not None:
            data["auc"] = self.auc
        if self.judge is not None:
            data["judge"] = self.judge
        if self.drawn is not None:
            data["drawn"] = self.drawn.to_data()
        return data


def evaluate(
    model: Model, examples: Examples, *, labels: Sequence[str], judge: Model | None = None
) -> Evaluation:
    """Measure `model` on `examples`.

    Args:
        model: With weights.
        examples: Images and labels; labels count score columns from 0.
        labels: Name of each class, in column order.
        judge: For a generating model: reads what it makes of the images, and what it draws from
            random numbers if it does. Without one, only the loss is measured.

    Raises:
        InvalidValueError: If there is no image, or a label or the number of columns does not fit.
    """
    names = tuple(str(label) for label in labels)
    truth = _check(model.spec.name, examples, len(names))
    started = time.perf_counter()
    if model.spec.task == "generation":
        error, scores = _generated(model, examples, judge)
        loss: float | None = error
    else:
        scores = np.concatenate([model.predict(block) for block in _blocks(examples.images)])
        loss = None
    seconds = time.perf_counter() - started
    if scores is not None and scores.shape[1] != len(names):
        raise InvalidValueError(
            complaint(
                f"evaluating {model.spec.name}",
                expected=f"{len(names)} score columns, one for each class",
                got=str(scores.shape[1]),
            )
        )
    if scores is None:
        return Evaluation(
            task=model.spec.task,
            n=len(truth),
            accuracy=None,
            loss=loss,
            confusion=(),
            precision=(),
            recall=(),
            labels=names,
            seconds=seconds,
        )
    scores.flags.writeable = False  # views share them
    if loss is None and model.output == "probabilities":
        loss = _cross_entropy(scores, truth)
    counts = _confusion(scores.argmax(axis=1), truth, len(names))
    return Evaluation(
        task=model.spec.task,
        n=len(truth),
        accuracy=float(np.trace(counts) / len(truth)),
        loss=loss,
        confusion=tuple(tuple(int(c) for c in row) for row in counts),
        precision=_shares(counts, axis=0),
        recall=_shares(counts, axis=1),
        labels=names,
        auc=_auc(scores, truth) if model.spec.task == "binary" else None,
        judge=(model.spec.judge or judge.spec.name) if judge is not None else None,
        drawn=_drawn(model, judge) if judge is not None and "generates" in model.spec.offers else None,
        seconds=seconds,
        scores=None if model.spec.task == "generation" else scores,
    )


def _check(model: str, examples: Examples, classes: int) -> NDArray[np.int64]:
    truth = np.asarray(examples.labels, np.int64)
    if len(truth) == 0:
        raise InvalidValueError(complaint(f"evaluating {model}", expected="images", got="none"))
    if truth.min() < 0 or truth.max() >= classes:
        expected, got = f"labels in 0..{classes - 1}", f"{truth.min()}..{truth.max()}"
        raise InvalidValueError(complaint(f"evaluating {model}", expected=expected, got=got))
    return truth


def _blocks(images: NDArray[Any]) -> Sequence[NDArray[Any]]:
    return [images[start : start + BLOCK] for start in range(0, len(images), BLOCK)]


def _generated(
    model: Model, examples: Examples, judge: Model | None
) -> tuple[float, NDArray[np.float32] | None]:
    squares, scores = 0.0, []
    inputs = examples.labels if model.spec.inputs == "classes" else examples.images
    for block, images in zip(_blocks(inputs), _blocks(examples.images), strict=True):
        drawn = model.predict(block)
        wanted = images.astype(np.float64) / 255
        squares += float(np.square(drawn - wanted).mean(axis=(1, 2)).sum())
        if judge is not None:
            scores.append(judge.predict(drawn.clip(0, 1)))
    return squares / len(examples), np.concatenate(scores) if scores else None


def _drawn(model: Model, judge: Model) -> Drawn:
    images, meant = model.generate(DRAWN, seed=SEED)
    scores = judge.predict(images)
    answers = scores.argmax(axis=1)
    counts = np.bincount(answers, minlength=scores.shape[1])
    return Drawn(
        n=len(images),
        seed=SEED,
        shares=tuple(float(count / len(images)) for count in counts),
        recognised=None if meant is None else float((answers == meant).mean()),
    )


def _cross_entropy(scores: NDArray[np.float32], truth: NDArray[np.int64]) -> float:
    chosen = scores[np.arange(len(truth)), truth].astype(np.float64)
    return float(np.log(1 / chosen.clip(CLIP, 1)).mean())  # 0, not -0, where all are sure


def _confusion(answers: NDArray[np.intp], truth: NDArray[np.int64], classes: int) -> NDArray[np.intp]:
    return np.bincount(truth * classes + answers, minlength=classes**2).reshape(classes, classes)


def _shares(counts: NDArray[np.intp], *, axis: int) -> tuple[float | None, ...]:
    sums = counts.sum(axis=axis)
    return tuple(
        float(right / total) if total else None
        for right, total in zip(np.diag(counts), sums, strict=True)
    )


def _auc(scores: NDArray[np.float32], truth: NDArray[np.int64]) -> float | None:
    """Mann–Whitney: the mean rank of the second class, ties sharing theirs."""
    positives = int((truth == 1).sum())
    negatives = len(truth) - positives
    if not positives or not negatives:
        return None
    _, place, counts = np.unique(scores[:, 1], return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    total = float(ranks[place][truth == 1].sum())
    return (total - positives * (positives + 1) / 2) / (positives * negatives)
