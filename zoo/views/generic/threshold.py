"""`threshold`: how far apart a class and the others score, and where the line between them lies."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.errors import InvalidValueError, complaint
from zoo.views.generic.asking import GAP, log_odds, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.questions import Threshold

__all__ = ["Line", "compute", "draw"]

Array = npt.NDArray[np.float64]

BINS = 48


@dataclass(frozen=True)
class Line:
    """Scores on both sides of a threshold.

    Attributes:
        label: The class to be found.
        edges: Of the histogram's bins, (bins + 1,).
        inside, outside: Images of the class, and of all others, in each bin.
        threshold: Where the line lies, in the unit of the edges.
        found, missed, alarms, passed: Images of the class above and below the line, others above
            and below it.
        nearest: The images nearest the line, from below to above it, (n, 28, 28).
        captions: True class and score of each.
        unit: What the horizontal axis measures.
    """

    title: str
    note: str
    label: str
    edges: Array
    inside: npt.NDArray[np.int64]
    outside: npt.NDArray[np.int64]
    threshold: float
    found: int
    missed: int
    alarms: int
    passed: int
    nearest: Array
    captions: tuple[str, ...]
    unit: str
    alt: str


def compute(context: ViewContext, parameters: Threshold) -> Line:
    examples = context.examples("test").first(parameters.count)
    column = int(len(context.labels) == 2)
    if parameters.label:
        column = context.column(parameters.label)
    label = context.labels[column]
    values = _values(context, parameters.count, column)
    is_class = examples.labels == column
    if not is_class.any() or is_class.all():
        everywhere = context.examples("test").labels == column
        helps = bool(everywhere.any() and not everywhere.all())
        where = f"the first {len(values)}" if helps else "all test images"
        expected = f"images of class {label} and of others among {where}"
        do = "raise count" if helps else "choose another class, or other data"
        raise InvalidValueError(complaint("threshold", expected=expected, do=do))
    odds = math.log(parameters.probability / (1 - parameters.probability))
    line = odds if "probabilities" in context.offers else 0.0
    above = values >= line
    found, missed = int((above & is_class).sum()), int((~above & is_class).sum())
    alarms, passed = int((above & ~is_class).sum()), int((~above & ~is_class).sum())
    edges = np.linspace(min(values.min(), line) - 1e-9, max(values.max(), line) + 1e-9, BINS + 1)
    order = np.argsort(values, kind="stable")
    cut = int((~above).sum())
    near = order[max(0, cut - parameters.n) : cut + parameters.n]
    summary = (
        f"above the line {found:,} of {found + missed:,} images of class {label} "
        f"({percent(found / (found + missed))}) and {alarms:,} of {alarms + passed:,} others "
        f"({percent(alarms / (alarms + passed))})"
    )
    stated = f"{100 * parameters.probability:.0f}{GAP}%"
    unit = "log-odds: ln p / (1 − p)"
    if "probabilities" not in context.offers:
        stated, unit = "a score above all others", "score above the best other class"
    return Line(
        title=f"{context.title}: class {label} or not, with the line at {stated}",
        note=summary,
        label=label,
        edges=edges,
        inside=np.histogram(values[is_class], edges)[0].astype(np.int64),
        outside=np.histogram(values[~is_class], edges)[0].astype(np.int64),
        threshold=line,
        found=found,
        missed=missed,
        alarms=alarms,
        passed=passed,
        nearest=examples.rows(near).floats().astype(np.float64),
        captions=tuple(
            f"{context.labels[examples.labels[row]]}: {text}"
            for row, text in zip(near, _signed(values[near]), strict=True)
        ),
        unit=unit,
        alt=(
            f"Histograms of what {context.title} gives class {label} for its images and for others, "
            f"with the line at {stated}: {summary}."
        ),
    )


def draw(numbers: Line) -> Figure:
    from zoo.views import canvas

    count = len(numbers.nearest)
    width, high = 7.0, 2.6
    cell = min(0.95, width / max(count, 1))
    sheet = canvas.figure(
        title=numbers.title, note=numbers.note,
        panel=(width, high + 0.95 + cell), room=(0.62, 0.0), legend=True,
    )  # fmt: skip
    sheet.axes[0].axis("off")
    axes = canvas.place(sheet, 0, 0, width, high)
    middles = (numbers.edges[:-1] + numbers.edges[1:]) / 2
    for counts, name, look in (
        (numbers.outside, "all other classes", canvas.SERIES[1]),
        (numbers.inside, f"class {numbers.label}", canvas.SERIES[0]),
    ):
        axes.fill_between(middles, counts, step="mid", color=look["color"], alpha=0.22, linewidth=0)
        axes.step(
            middles, counts, where="mid", color=look["color"], linestyle=look["linestyle"],
            linewidth=1.8, label=name,
        )  # fmt: skip
    axes.axvline(numbers.threshold, color=canvas.INK, linewidth=1.6)
    axes.set(xlabel=numbers.unit, ylabel="images", ylim=(0, None))
    axes.margins(x=0.01)
    axes.text(
        numbers.threshold, 1.0, f" {numbers.label} →", transform=axes.get_xaxis_transform(),
        size=9.5, color=canvas.INK, va="top", ha="left",
    )  # fmt: skip
    handles, labels = axes.get_legend_handles_labels()
    sheet.figure.legend(
        handles[::-1], labels[::-1], loc="upper left", bbox_to_anchor=sheet.corner, ncols=2,
        borderaxespad=0, borderpad=0, labelcolor=canvas.INK,
    )  # fmt: skip
    strip = canvas.place(sheet, (width - cell * count) / 2, high + 0.9, cell * count, 28 / 30 * cell)
    canvas.show(strip, canvas.montage(numbers.nearest, count), aspect="auto", marks=False)
    canvas.caption(strip, "the images nearest the line, true class and score under each", size=9.5)
    for index, text in enumerate(numbers.captions):
        strip.text(30 * index + 13.5, 30, text, size=8.5, color=canvas.QUIET, ha="center", va="top")
    return sheet.figure


def _values(context: ViewContext, count: int, column: int) -> Array:
    """Return how strongly each image is taken for the class; of a linear model its very sum."""
    kernel = context.kernel() if "linear" in context.offers else None
    if kernel is not None and kernel.shape[1] == 1 and "probabilities" in context.offers:
        images = context.examples("test").first(count).floats().reshape(-1, len(kernel))
        bias = context.weights.get(f"{context.first_layer()}/bias", np.zeros(1))
        sums = images.astype(np.float64) @ kernel[:, 0] + float(np.ravel(bias)[0])
        return np.asarray(sums if column == 1 else -sums)
    return log_odds(context, context.scores(count), column)


def _signed(values: Array) -> list[str]:
    """Write values near each other with as many digits as tell each from the line at nothing."""
    least = float(np.abs(values).min(initial=1.0, where=values != 0))
    places = min(4, max(1, math.ceil(-math.log10(least))))
    return [f"{value:+.{places}f}".replace("-", "−") for value in values]
