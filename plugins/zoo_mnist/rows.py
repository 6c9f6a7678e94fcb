"""`row-inspection`: one row or column of a moved image, its place among 784 numbers, the answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zoo import canvas, imaging

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from zoo import ViewContext
    from zoo_mnist.views import RowView

__all__ = ["Inspection", "compute", "draw"]

SIDE = 28
SHIFTS = tuple(range(-14, 15))


@dataclass(frozen=True)
class Sweep:
    """What the model reads when the image is moved along one axis, the other distance as given.

    Attributes:
        towards: ``right`` or ``down``.
        shifts: Distances at which the model was asked.
        shown: The one of them that the picture shows.
        scores: Of each class at each, shares of the largest score, (class, shift).
        answers: What the model reads at each.
    """

    towards: str
    shifts: tuple[int, ...]
    shown: int
    scores: NDArray[np.float64]
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Inspection:
    """One line of an image.

    Attributes:
        image: The moved image, (28, 28).
        values: Of the line, (28,).
        places: Of its pixels among the 784, (28,).
        line: ``row`` or ``column``, and its number.
        sweeps: To the right and down; empty where the model gives no scores.
        labels: Of the classes.
    """

    image: NDArray[np.float64]
    values: NDArray[np.float64]
    places: NDArray[np.int64]
    line: str
    n: int
    sweeps: tuple[Sweep, ...]
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
    sweeps, reads = _sweeps(context, image, parameters), ""
    if sweeps:
        right, down = sweeps
        here = right.answers[right.shifts.index(dx)]
        reads = (
            f"; {context.title} reads {here} here, and at {right.answers.count(here)} of "
            f"{len(right.shifts)} shifts to the side and {down.answers.count(here)} of "
            f"{len(down.shifts)} up or down"
        )
    where = _moved(dx, dy) + (", wrapped round" if wrap and (dx or dy) else "")
    ink = int((values > 0).sum())
    return Inspection(
        image=moved,
        values=values,
        places=places,
        line=parameters.line,
        n=n,
        sweeps=sweeps,
        labels=context.labels,
        title=f"{parameters.image}, {where}: {parameters.line} {n}",
        note=f"pixels {places[0]} to {places[-1]} of 784, "
        f"{'one after another' if across else '28 apart'}; {ink} of the 28 hold ink{reads}",
        alt=(
            f"{parameters.image.capitalize()}, {where}, with {parameters.line} {n} marked, alone "
            f"and among all 784 pixels: {ink} of its 28 pixels hold ink{reads}."
        ),
    )


def _moved(dx: int, dy: int) -> str:
    """Say a shift in words: ``moved by 2 to the left and 3 up``."""
    ways = ((dx, "to the left", "to the right"), (dy, "up", "down"))
    parts = [f"{abs(by)} {back if by < 0 else forth}" for by, back, forth in ways if by]
    return f"moved by {' and '.join(parts)}" if parts else "not moved"


def _sweeps(context: ViewContext, image: NDArray[np.float32], parameters: RowView) -> tuple[Sweep, ...]:
    if "scores" not in context.offers:
        return ()
    dx, dy, wrap = parameters.dx, parameters.dy, parameters.wrap
    found = []
    for towards, shown in (("right", dx), ("down", dy)):
        shifts = tuple(sorted({*SHIFTS, shown}))
        ways = [(dy, by) if towards == "right" else (by, dx) for by in shifts]
        asked = np.concatenate([imaging.shift(image, down, right, wrap=wrap) for down, right in ways])
        scores = context.model.predict(asked).astype(np.float64)
        answers = tuple(context.labels[best] for best in scores.argmax(axis=1))
        found.append(Sweep(towards, shifts, shown, _shares(scores).T, answers))
    return tuple(found)


def draw(numbers: Inspection) -> Figure:
    width, side, strip = 7.5, 2.5, 0.32
    row, asked = 0.17, bool(numbers.sweeps)
    table = len(numbers.labels) * row + 0.8
    below = len(numbers.sweeps) * table + (0.15 if asked else 0.25)
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
    for index, sweep in enumerate(numbers.sweeps):
        top = side + 0.85 + strip + 0.35 + index * table
        axes = canvas.place(sheet, 0.3, top, width - 0.3, len(numbers.labels) * row)
        _draw_answers(axes, sweep, numbers.labels)
    if asked:
        canvas.colour_bar(sheet, canvas.INTENSITY, "score of each class")
    return sheet.figure


def _draw_answers(axes: Axes, sweep: Sweep, labels: tuple[str, ...]) -> None:
    canvas.show(axes, sweep.scores, aspect="auto")
    texts = [[""] * len(sweep.shifts) for _ in labels]
    for column, answer in enumerate(sweep.answers):
        texts[labels.index(answer)][column] = answer
    canvas.annotate_cells(axes, sweep.scores, canvas.INTENSITY, texts, size=8.5, weight="bold")
    canvas.frame(axes, 0, sweep.shifts.index(sweep.shown), len(labels), 1)
    axes.set_yticks(range(len(labels)), labels)
    places = _marked(sweep.shifts)
    axes.set_xticks(places, [f"{sweep.shifts[place]}".replace("-", "−") for place in places])
    axes.tick_params(length=0)
    axes.set_xlabel(f"pixels moved {'to the right' if sweep.towards == 'right' else 'down'}", labelpad=3)
    side = "to the side" if sweep.towards == "right" else "up and down"
    canvas.caption(axes, f"what the model reads when the image is moved {side}")


def _marked(shifts: tuple[int, ...]) -> list[int]:
    """Choose the columns that have room for a number: every other one, and one far outside."""
    far = {place for place, by in enumerate(shifts) if by not in SHIFTS}
    beside = {place + step for place in far for step in (-1, 1)}
    return [p for p, by in enumerate(shifts) if p in far or (by % 2 == 0 and p not in beside)]


def _shares(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring scores of any kind to 0–1 by their largest and smallest; probabilities stay as they are."""
    if scores.min() >= 0 and scores.max() <= 1:
        return scores
    low, high = scores.min(), scores.max()
    return np.asarray((scores - low) / ((high - low) or 1.0))
