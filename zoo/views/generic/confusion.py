"""`confusion`: which class is taken for which, in counts and in percent of the row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.views.scales import INTENSITY, Scale, positive_scale
from zoo.wording import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.measured import Confusion

GAP = "\N{NO-BREAK SPACE}"

NEARLY_ALL = 0.9
"""Share of all answers from which on one class counts as the answer to everything."""

__all__ = ["ConfusionMatrix", "compute", "draw"]


@dataclass(frozen=True)
class ConfusionMatrix:
    """A confusion matrix.

    Attributes:
        labels: Name of each class.
        counts: Images, (true class, answer).
        shares: Share of each row in [0, 1]; a row without images is masked.
        shown: What the colours show: all shares; or the mistakes in percent of the row, the diagonal
            masked.
        scale: Their scale.
        favourite: Class that all images are called, or nearly all; None where there is none such.
    """

    title: str
    note: str
    labels: tuple[str, ...]
    counts: npt.NDArray[np.int64]
    shares: np.ma.MaskedArray[tuple[int, int], np.dtype[np.float64]]
    shown: np.ma.MaskedArray[tuple[int, int], np.dtype[np.float64]]
    scale: Scale
    mistakes: bool
    favourite: int | None
    alt: str


def compute(context: ViewContext, parameters: Confusion) -> ConfusionMatrix:
    evaluation = context.evaluation()
    counts = np.asarray(evaluation.confusion, np.int64)
    labels = tuple(str(label) for label in evaluation.labels)
    rows = counts.sum(axis=1, keepdims=True)
    shares = np.ma.masked_array(
        counts / np.maximum(rows, 1), mask=np.broadcast_to(rows == 0, counts.shape).copy()
    )
    right, total = int(np.trace(counts)), int(counts.sum())
    summary = f"{right:,} of {total:,} right ({percent(right / max(total, 1), gap=GAP)})"
    wrong = counts - np.diag(np.diag(counts))
    y, x = np.unravel_index(int(wrong.argmax()), wrong.shape)
    worst = "no mistake"
    if wrong[y, x]:
        worst = f"most often {labels[y]} is taken for {labels[x]} ({_times(int(wrong[y, x]))})"
    favourite, lesson = _favourite(counts, labels)
    mistakes = parameters.colour == "mistakes"
    shown, scale = shares, INTENSITY
    if mistakes:
        shown = np.ma.masked_array(
            100 * shares.data, mask=np.ma.getmaskarray(shares) | np.eye(len(counts), dtype=bool)
        )
        scale = positive_scale(shown)  # of their own: on that of all shares each would be black
    return ConfusionMatrix(
        title=f"{context.title}: which class is taken for which"
        + (", colour for mistakes only" if mistakes else ""),
        note=f"{summary}; {lesson or worst}; each cell: images and row percent",
        labels=labels,
        counts=counts,
        shares=shares,
        shown=shown,
        scale=scale,
        mistakes=mistakes,
        favourite=favourite,
        alt=f"Confusion matrix of {context.title} over {len(labels)} classes: {summary}; "
        f"{lesson or worst}.",
    )


def draw(numbers: ConfusionMatrix) -> Figure:
    from zoo.views import canvas

    size = len(numbers.labels)
    cell = min(1.3, 6.0 / size)
    sheet = canvas.figure(
        title=numbers.title,
        note=numbers.note,
        panel=(cell * size, cell * size),
        room=(0.62, 0.5),
        bar=True,
    )
    axes = sheet.axes[0]
    canvas.show(axes, numbers.shown, numbers.scale, marks=False)
    axes.set_facecolor(canvas.PALE)  # of the diagonal, where it has no colour of the scale
    empty = np.ma.getmaskarray(numbers.shares)
    if empty.any():
        canvas.mark_empty(axes, empty)
    axes.spines[:].set(visible=True, color=canvas.FAINT, linewidth=0.6)
    font = 10.5 * min(1.0, cell / 0.58)
    counts = [[f"{n:,}" if n else "" for n in row] for row in numbers.counts]
    if size <= 12:  # beyond, two numbers no longer fit a cell
        shares = [
            [percent(share, 1) if n else "" for n, share in zip(row, part, strict=True)]
            for row, part in zip(numbers.counts, numbers.shares.filled(0.0), strict=True)
        ]
        for texts, dy, points in ((counts, -0.12, font), (shares, 0.23, 0.68 * font)):
            canvas.annotate_cells(axes, numbers.shown, numbers.scale, texts, size=points, dy=dy)
    else:
        canvas.annotate_cells(axes, numbers.shown, numbers.scale, counts, size=0.8 * font)
    for quiet in (False, True):  # points, not texts: a hundred texts take their time
        bare = np.ma.getmaskarray(numbers.shown) == quiet
        zeros = np.argwhere((numbers.counts == 0) & bare)
        colour = "black" if quiet or not numbers.scale.dark(0.0) else "white"
        axes.plot(zeros[:, 1], zeros[:, 0], linestyle="", marker=".", markersize=2.5, color=colour)
    if numbers.favourite is not None:
        canvas.frame(axes, 0, numbers.favourite, size, 1)
    axes.set_xticks(range(size), numbers.labels)
    axes.set_yticks(range(size), numbers.labels)
    axes.tick_params(length=0, labelsize=10, labelcolor=canvas.INK)
    axes.set_xlabel("answer of the model", labelpad=6)
    axes.set_ylabel("true class", labelpad=6)
    label = "mistakes: percent of the true class" if numbers.mistakes else "share of the true class"
    canvas.colour_bar(sheet, numbers.scale, label)
    return sheet.figure


def _favourite(counts: npt.NDArray[np.int64], labels: tuple[str, ...]) -> tuple[int | None, str]:
    """Tell whether one class is the answer to all images, or nearly all; and what that means.

    Accuracy hides it: with ten classes one in ten is right all the same.
    """
    given, there = counts.sum(axis=0), counts.sum(axis=1)
    total, best = int(given.sum()), int(given.argmax())
    if np.count_nonzero(there) < 2 or given[best] < NEARLY_ALL * total or there[best] > total / 2:
        return None, ""
    who = "all" if given[best] == total else f"{given[best]:,} of"
    return best, f"{who} {total:,} images are called {labels[best]}: whatever it is shown, one answer"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
