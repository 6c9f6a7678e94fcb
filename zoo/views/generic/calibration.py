"""`calibration`: how often a model is right where it says how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.views.generic.asking import GAP

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.measured import Calibration

__all__ = ["Reliability", "compute", "draw"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Reliability:
    """Stated probability against share of right answers (M. DeGroot and S. Fienberg, 1983).

    Attributes:
        edges: Of the groups, (bins + 1,).
        counts: Images in each.
        stated: Mean stated probability of the answer in each; NaN-free: 0 where there is no image.
        right: Share of right answers in each; 0 where there is no image.
        error: Mean of |right − stated| over all images (expected calibration error).
    """

    title: str
    note: str
    edges: Array
    counts: npt.NDArray[np.int64]
    stated: Array
    right: Array
    error: float
    alt: str


def compute(context: ViewContext, parameters: Calibration) -> Reliability:
    examples = context.examples("test").first(parameters.count)
    scores = context.scores(parameters.count).astype(np.float64)
    answers = scores.argmax(axis=1)
    sure = scores[np.arange(len(scores)), answers]
    hits = answers == examples.labels
    edges = np.linspace(0.0, 1.0, parameters.bins + 1)
    group = np.clip((sure * parameters.bins).astype(np.int64), 0, parameters.bins - 1)
    counts = np.bincount(group, minlength=parameters.bins)
    whole = np.maximum(counts, 1)
    stated = np.bincount(group, sure, minlength=parameters.bins) / whole
    right = np.bincount(group, hits, minlength=parameters.bins) / whole
    error = float((counts * np.abs(right - stated)).sum() / len(hits))
    mean, accuracy = 100 * sure.mean(), 100 * hits.mean()
    way = "too sure of itself" if mean > accuracy else "more often right than it says"
    summary = (
        f"on average it says {mean:.1f}{GAP}% and is right in {accuracy:.1f}{GAP}%: {way}; "
        f"calibration error {100 * error:.2f} points"
    )
    return Reliability(
        title=f"{context.title}: how sure it is, and how often it is right",
        note=f"{len(hits):,} test images; {summary}",
        edges=edges,
        counts=counts.astype(np.int64),
        stated=stated,
        right=right,
        error=error,
        alt=(
            f"Share of right answers of {context.title} by the probability it states for them, over "
            f"{len(hits):,} test images: {summary}."
        ),
    )


def draw(numbers: Reliability) -> Figure:
    from zoo.views import canvas

    sheet = canvas.figure(
        title=numbers.title, note=numbers.note, panel=(6.6, 4.2), room=(0.7, 0.05), legend=True
    )
    sheet.axes[0].axis("off")
    upper = canvas.place(sheet, 0, 0, 6.6, 2.7)
    there = numbers.counts > 0
    upper.plot(
        [0, 100], [0, 100], color=canvas.QUIET, linewidth=1.2, linestyle=(0, (1.2, 1.4)),
        label="as often right as it says",
    )  # fmt: skip
    canvas.line(upper, 100 * numbers.stated[there], 100 * numbers.right[there], "the model", 0)
    upper.set(xlim=(0, 101), ylim=(0, 105), ylabel="right answers (%)", xticklabels=[])
    upper.grid(visible=True)
    lower = canvas.place(sheet, 0, 2.85, 6.6, 0.9)
    middles = 50 * (numbers.edges[:-1] + numbers.edges[1:])
    wide = 92 * (numbers.edges[1] - numbers.edges[0])
    lower.bar(middles[there], numbers.counts[there], width=wide, color=canvas.SERIES[0]["color"])
    lower.set_yscale("log")
    lower.set(
        xlim=(0, 101), ylim=(0.5, None), xlabel="stated probability of the answer (%)", ylabel="images"
    )
    tens = [10**power for power in range(len(str(int(numbers.counts.max()))))]
    lower.set_yticks(tens, [f"{ten:,}" for ten in tens])
    lower.minorticks_off()
    for axes in (upper, lower):
        axes.set_xticks(range(0, 101, 10))
        axes.set_axisbelow(True)
    handles, labels = upper.get_legend_handles_labels()
    sheet.figure.legend(
        handles[::-1], labels[::-1], loc="upper left", bbox_to_anchor=sheet.corner, ncols=2,
        borderaxespad=0, borderpad=0, handlelength=2.6, labelcolor=canvas.INK,
    )  # fmt: skip
    return sheet.figure
