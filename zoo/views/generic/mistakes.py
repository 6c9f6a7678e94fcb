"""`mistakes`: the test images that are answered wrongly with the most confidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.errors import InvalidValueError
from zoo.views.generic.asking import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.measured import Mistakes

__all__ = ["WrongAnswers", "compute", "draw"]


@dataclass(frozen=True)
class WrongAnswers:
    """Wrong answers, the surest first.

    Attributes:
        images: (n, 28, 28).
        names: Reference of each image: ``test:1112``.
        truth, answers: Its class and what it was taken for.
        confidence: Score of the wrong answer.
        total: All mistakes among the images looked through.
    """

    title: str
    note: str
    images: npt.NDArray[np.float64]
    names: tuple[str, ...]
    truth: tuple[str, ...]
    answers: tuple[str, ...]
    confidence: npt.NDArray[np.float64]
    captions: tuple[str, ...]
    total: int
    alt: str


def compute(context: ViewContext, parameters: Mistakes) -> WrongAnswers:
    examples = context.examples("test").first(parameters.count)
    scores = context.scores(parameters.count).astype(np.float64)
    answers = scores.argmax(axis=1)
    wrong = answers != examples.labels
    if parameters.label:
        wrong &= examples.labels == context.column(parameters.label)
    rows = np.flatnonzero(wrong)
    of = f" of class {parameters.label}" if parameters.label else ""
    if not len(rows):
        raise InvalidValueError(
            f"mistakes: {context.title} makes none in {len(answers):,} test images{of}; "
            "look through more, or at another class"
        )
    sure = scores[rows, answers[rows]]
    order = np.argsort(-sure, kind="stable")[: parameters.n]
    chosen = rows[order]
    truth = tuple(context.labels[label] for label in examples.labels[chosen])
    taken = tuple(context.labels[label] for label in answers[chosen])
    names = tuple(context.reference("test", int(row)) for row in chosen)
    confidence = sure[order]
    stated = [f"{value:.2g}" for value in confidence]
    if "probabilities" in context.offers:
        stated = [percent(float(value)) for value in confidence]
    count = f"{len(chosen)} of {len(rows):,}" if len(chosen) < len(rows) else str(len(rows))
    plural = "s" if len(rows) != 1 else ""
    return WrongAnswers(
        title=f"{context.title}: the {count} mistake{plural} it is surest of",
        note=(
            f"{len(rows):,} of {len(answers):,} test images{of} are answered wrongly; "
            "above each: its name, true class → answer, and how sure"
        ),
        images=examples.rows(chosen).floats().astype(np.float64),
        names=names,
        truth=truth,
        answers=taken,
        confidence=confidence,
        captions=tuple(
            f"{name}\n{t} → {a}  {s}" for name, t, a, s in zip(names, truth, taken, stated, strict=True)
        ),
        total=len(rows),
        alt=(
            f"The {count} wrong answer{plural} that {context.title} is surest of; the first, "
            f"{names[0]}, is a {truth[0]} and is taken for {taken[0]} ({stated[0]})."
        ),
    )


def draw(numbers: WrongAnswers) -> Figure:
    from zoo.views import canvas

    return canvas.tiles(
        numbers.images, title=numbers.title, note=numbers.note, captions=numbers.captions
    )
