"""`row-inspection`: one row or column of a moved image, its place among 784 numbers, the answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zoo import canvas, imaging

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo import ViewContext
    from zoo_mnist.views import RowView

__all__ = ["Inspection", "compute", "draw"]

SIDE = 28
SHIFTS = tuple(range(-14, 15))


@dataclass(frozen=True)
class Inspection:
    """One line of an image.

    Attributes:
        image: The moved image, (28, 28).
        values: Of the line, (28,).
        places: Of its pixels among the 784, (28,).
        line: ``row`` or ``column``, and its number.
        shifts: Distances along x at which the model was asked, the other distance as given; empty
            where the model gives no scores.
        scores: Of each class at each of them, shares of the largest score, (class, shift).
        answers: What the model reads at each.
        labels: Of the classes.
        dx: Distance shown.
    """

    image: NDArray[np.float64]
    values: NDArray[np.float64]
    places: NDArray[np.int64]
    line: str
    n: int
    dx: int
    shifts: tuple[int, ...]
    scores: NDArray[np.float64]
    answers: tuple[str, ...]
    labels: tuple[str, ...]
    title: str
    note: str
    alt: str


def compute(context: ViewContext, parameters: RowView) -> Inspection:
    image = context.image(parameters.image)
    dx, dy, wrap, n = parameters.dx, parameters.dy, parameters.wrap, parameters.n
    moved = imaging.shift(image, dy, dx, wrap=wrap)[0].astype(np.float64)
    across = parameters.line == "row"
    values = moved[n] if across else moved[:, n]
    places = n * SIDE + np.arange(SIDE) if across else np.arange(SIDE) * SIDE + n
    shifts: tuple[int, ...] = ()
    scores, reads = np.zeros((0, 0)), ""
    answers: tuple[str, ...] = ()
    if "scores" in context.offers:
        shifts = tuple(sorted({*SHIFTS, dx}))
        asked = np.concatenate([imaging.shift(image, dy, x, wrap=wrap) for x in shifts])
        found = context.model.predict(asked).astype(np.float64)
        answers = tuple(context.labels[best] for best in found.argmax(axis=1))
        scores = _shares(found).T
        here = answers[shifts.index(dx)]
        right = answers[shifts.index(0)] if 0 in shifts else here
        same = [x for x, answer in zip(shifts, answers, strict=True) if answer == right]
        reads = (
            f"; {context.title} reads {here} here, and {right} at {len(same)} of {len(shifts)} shifts"
        )
    where = f"moved by {dx} to the right and {dy} down" if dx or dy else "not moved"
    where += ", wrapped round" if wrap and (dx or dy) else ""
    where = where.replace("-", "−")
    ink = int((values > 0).sum())
    return Inspection(
        image=moved,
        values=values,
        places=places,
        line=parameters.line,
        n=n,
        dx=dx,
        shifts=shifts,
        scores=scores,
        answers=answers,
        labels=context.labels,
        title=f"{parameters.image}, {where}: {parameters.line} {n}",
        note=f"pixels {places[0]} to {places[-1]} of 784, "
        f"{'one after another' if across else '28 apart'}; {ink} of the 28 hold ink{reads}",
        alt=(
            f"{parameters.image.capitalize()}, {where}, with {parameters.line} {n} marked, alone "
            f"and among all 784 pixels: {ink} of its 28 pixels hold ink{reads}."
        ),
    )


def draw(numbers: Inspection) -> Figure:
    width, side, strip = 7.5, 2.5, 0.32
    asked = bool(numbers.shifts)
    row = 0.17
    below = len(numbers.labels) * row + 0.95 if asked else 0.25
    sheet = canvas.figure(
        title=numbers.title, note=numbers.note, panel=(width, side + 0.85 + strip + below),
        room=(0.1, 0), head=0.1, bar=asked,
    )  # fmt: skip
    sheet.axes[0].axis("off")
    square = canvas.place(sheet, 0, 0, side, side)
    canvas.show(square, numbers.image)
    row_wise = numbers.line == "row"
    canvas.frame(square, *((numbers.n, 0, 1, SIDE) if row_wise else (0, numbers.n, SIDE, 1)))
    left = side + 0.75
    curve = canvas.place(sheet, left, 0.12, width - left, side - 0.85)
    curve.step(
        np.arange(SIDE), numbers.values, where="mid", color=canvas.SERIES[1]["color"], linewidth=1.8
    )
    curve.set(xlim=(-0.5, 27.5), ylim=(-0.02, 1.05), ylabel="ink", xticks=[])
    curve.set_title(f"{numbers.line} {numbers.n} alone", size=9.5, color=canvas.INK, pad=4)
    alone = canvas.place(sheet, left, side - 0.62, width - left, strip)
    canvas.show(alone, numbers.values[None, :], aspect="auto")
    canvas.frame(alone, 0, 0, 1, SIDE)
    alone.set_xticks(range(0, SIDE, 3))
    alone.tick_params(length=0)
    alone.set_xlabel("column" if row_wise else "row", labelpad=2)
    whole = canvas.place(sheet, 0, side + 0.45, width, strip)
    canvas.show(whole, numbers.image.reshape(1, -1), aspect="auto")
    canvas.caption(whole, f"{numbers.line} {numbers.n} among all 784 pixels")
    if row_wise:
        canvas.frame(whole, 0, numbers.n * SIDE, 1, SIDE)
    else:
        whole.plot(
            numbers.places, np.full(SIDE, 0.72), "^", color="#d9660a", markersize=4, clip_on=False
        )
    if asked:
        _draw_answers(sheet, numbers, side + 0.85 + strip + 0.35, width, row)
    return sheet.figure


def _draw_answers(
    sheet: canvas.Sheet, numbers: Inspection, top: float, width: float, row: float
) -> None:
    count, classes = len(numbers.shifts), len(numbers.labels)
    axes = canvas.place(sheet, 0.3, top, width - 0.3, classes * row)
    canvas.show(axes, numbers.scores, aspect="auto")
    texts = [[""] * count for _ in range(classes)]
    for column, answer in enumerate(numbers.answers):
        texts[numbers.labels.index(answer)][column] = answer
    canvas.annotate_cells(axes, numbers.scores, canvas.INTENSITY, texts, size=8.5, weight="bold")
    canvas.frame(axes, 0, numbers.shifts.index(numbers.dx), classes, 1)
    axes.set_yticks(range(classes), numbers.labels)
    step = max(1, count // 15)
    axes.set_xticks(range(0, count, step), [f"{x}".replace("-", "−") for x in numbers.shifts[::step]])
    axes.tick_params(length=0)
    axes.set_xlabel("pixels moved to the right", labelpad=3)
    canvas.caption(axes, "what the model reads when the image is moved")
    canvas.colour_bar(sheet, canvas.INTENSITY, "score of each class")


def _shares(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring scores of any kind to 0–1 by their largest and smallest; probabilities stay as they are."""
    if scores.min() >= 0 and scores.max() <= 1:
        return scores
    low, high = scores.min(), scores.max()
    return np.asarray((scores - low) / ((high - low) or 1.0))
