"""`always-answers`: whatever a model is shown, it answers; how surely, and what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.views.generic.asking import answer, named, percent
from zoo.views.scales import INTENSITY, Scale, positive_scale, signed_scale

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.questions import AlwaysAnswers

__all__ = ["Answers", "compute", "draw"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Answers:
    """Answers to images that show no digit, or none that is upright.

    Attributes:
        names: Of the images.
        images: (n, 28, 28).
        scores: (n, classes).
        answers: What each is read as.
        labels: Name of each class.
        scale: Of the scores.
    """

    title: str
    note: str
    names: tuple[str, ...]
    images: Array
    scores: Array
    answers: tuple[str, ...]
    labels: tuple[str, ...]
    scale: Scale
    alt: str


def compute(context: ViewContext, parameters: AlwaysAnswers) -> Answers:
    image = context.image(parameters.image)
    noise = context.image(f"noise:{parameters.seed}")
    y, x = np.indices(image.shape)
    cases: dict[str, npt.NDArray[np.float32]] = {
        "as it is": image,
        "upside-down": image[::-1],
        "mirrored": image[:, ::-1],
        "inverted": 1 - image,
        "blank": np.zeros_like(image),
        "all ink": np.ones_like(image),
        "noise": noise,
        "stripes": np.asarray((x // 2) % 2, np.float32),
        "chequered": np.asarray((x // 4 + y // 4) % 2, np.float32),
    }
    images = np.stack(list(cases.values()))
    scores = context.model.predict(images)
    wide = scores.astype(np.float64)
    odd = wide[3:]
    if "probabilities" in context.offers:
        scale = INTENSITY
        best = int(odd.max(axis=1).argmax())
        most = f"{answer(context, scores[3 + best])} for {list(cases)[3 + best]}"
        note = "probability of each class, white is certain; only the first shows a digit as learned"
        told = f"the surest answer to what is no digit: {most}"
    else:
        scale = positive_scale(wide) if wide.min() >= 0 else signed_scale(wide, over="over all scores")
        note = f"score of each class, {scale.text}; only the first shows a digit as learned"
        told = "each is read as some class"
    answers = tuple(answer(context, row) for row in scores)
    which = named(parameters.image)
    return Answers(
        title=f"{context.title} always answers: {which} in many ways, and no digit at all",
        note=note,
        names=tuple(cases),
        images=images.astype(np.float64),
        scores=wide,
        answers=answers,
        labels=context.labels,
        scale=scale,
        alt=(
            f"What {context.title} reads in {which} and in {len(cases) - 1} other images: "
            + ", ".join(f"{name} {text}" for name, text in zip(cases, answers, strict=True))
            + f"; {told}."
        ),
    )


def draw(numbers: Answers) -> Figure:
    from zoo.views import canvas

    count, classes = len(numbers.images), len(numbers.labels)
    cell = 0.74
    row = max(0.16, min(0.27, 3.4 / classes))
    sheet = canvas.figure(
        title=numbers.title, note=numbers.note, panel=(cell * count, cell + row * classes),
        room=(0.5, 0.1), bar=True, head=0.24,
    )  # fmt: skip
    sheet.axes[0].axis("off")
    top = canvas.place(sheet, 0, 0, cell * count, 28 / 30 * cell)
    strip = canvas.montage(numbers.images, count)
    whole = np.ma.masked_array(np.zeros((28, 30 * count)), mask=True)
    whole[:, 1:-1] = strip  # half a gap at both ends: each image is above its column
    canvas.show(top, whole, aspect="auto", marks=False)
    for index, name in enumerate(numbers.names):
        left, right = 30 * index + 0.5, 30 * index + 28.5
        top.text(30 * index + 14.5, -2, name, size=8, color=canvas.QUIET, ha="center", va="bottom")
        top.plot(  # white ink ends there, too
            [left, right, right, left, left], [-0.5, -0.5, 27.5, 27.5, -0.5],
            color=canvas.QUIET, linewidth=0.7, scalex=False, scaley=False, clip_on=False,
        )  # fmt: skip
    below = canvas.place(sheet, 0, cell, cell * count, row * classes)
    values = numbers.scores.T
    canvas.show(below, values, numbers.scale, aspect="auto")
    texts = [[""] * count for _ in range(classes)]
    for index, scores in enumerate(numbers.scores):
        best = int(scores.argmax())
        stated = percent(float(scores[best])) if numbers.scale == INTENSITY else f"{scores[best]:.2g}"
        texts[best][index] = stated
    canvas.annotate_cells(below, values, numbers.scale, texts, size=8.5, weight="bold")
    below.set_yticks(range(classes), numbers.labels, color=canvas.INK)
    below.set_ylabel("class", labelpad=4)
    below.tick_params(length=0, pad=4)
    canvas.colour_bar(sheet, numbers.scale, "probability" if numbers.scale == INTENSITY else "score")
    return sheet.figure
