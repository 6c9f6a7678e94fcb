"""The charts of docs/performance.md, in plain Matplotlib."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

from benchmarks import page

__all__ = ["draw_all"]

OURS, OTHER, MISSED = "#1f5fa8", "#8a8a8a", "#c0392b"
"""Colours that stay apart for colour-blind readers, too."""


def draw_all(document: Mapping[str, Any], folder: Path) -> None:
    """Write the charts for which there are measurements."""
    figures = {"performance-ratios": ratios(document), "performance-growth": growth(document)}
    for name, figure in figures.items():
        if figure is not None:
            figure.savefig(folder / f"{name}.png", dpi=110, metadata={"Software": None})


def ratios(document: Mapping[str, Any]) -> Figure | None:
    """Draw each ratio that has a target as a bar, with its spread and the target's mark."""
    found = [
        (f"{row['title'].replace('`', '')}: {figure['name']}", figure)
        for row in document["rows"].values()
        for figure in row["figures"]
        if "target" in figure and figure["of"] == "ratio" and "ratio" in figure
    ]
    if not found:
        return None
    drawing = Figure(figsize=(9, 1.4 + 0.42 * len(found)), layout="constrained")
    axes = drawing.subplots()
    lowest = min(figure["ratio_low"] for _, figure in found) / 2
    for place, (_, figure) in enumerate(found):
        ratio, target = figure["ratio"], figure["target"]
        axes.barh(
            place, ratio - lowest, left=lowest, height=0.6, color=OURS if figure["met"] else MISSED
        )
        ends = [[ratio - figure["ratio_low"]], [figure["ratio_high"] - ratio]]
        axes.errorbar(ratio, place, xerr=ends, color="black", capsize=3, linewidth=1)
        axes.plot([target, target], [place - 0.38, place + 0.38], color="black", linewidth=2.5)
        right = max(figure["ratio_high"], target if target < figure["ratio_high"] * 1.6 else 0)
        axes.annotate(
            f"{ratio:.3f}" if ratio < 1 else f"{ratio:.2f}",
            (right, place),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
        )
    axes.set_yticks(range(len(found)), [name for name, _ in found])
    axes.set_xscale("log")
    axes.set_xlim(lowest, 6)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.axvline(1, color=OTHER, linewidth=1, linestyle=":")
    axes.invert_yaxis()
    axes.set_xlabel("zoo / other side (1 means equal; logarithmic)")
    marks = [
        Line2D([], [], color=OURS, linewidth=8, label="median ratio"),
        Line2D([], [], color="black", linewidth=1, label="smallest to largest"),
        Line2D(
            [], [], color="black", linewidth=2.5, marker="|", linestyle="", markersize=14, label="target"
        ),
    ]
    if not all(figure["met"] for _, figure in found):
        marks.insert(1, Line2D([], [], color=MISSED, linewidth=8, label="target missed"))
    drawing.legend(handles=marks, loc="outside upper center", ncols=len(marks), frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return drawing


def growth(document: Mapping[str, Any]) -> Figure | None:
    """Draw how time grows, a panel for each thing that grows."""
    panels = [
        (grown["title"], grown["axis"], {"zoo": page.medians(grown["points"])}, "Keras fit")
        for grown in document["growth"].values()
    ]
    predicted = {model: page.medians(points) for model, points in page.predictions(document).items()}
    if predicted:
        panels.append(("predictions", "images a prediction", predicted, "Keras predict"))
    if not panels:
        return None
    columns = 2 if len(panels) > 1 else 1
    lines = -(-len(panels) // columns)
    drawing = Figure(figsize=(4.6 * columns, 3.4 * lines), layout="constrained")
    for place, (title, axis, series, other) in enumerate(panels, 1):
        axes = drawing.add_subplot(lines, columns, place)
        for number, (name, points) in enumerate(series.items()):
            _lines(
                axes, points, name if name == "zoo" else f"zoo, {name}", other, "-" if number else "--"
            )
        axes.set_title(title, fontsize=11)
        axes.set_xlabel(axis)
        axes.set_ylabel("seconds")
        axes.legend(fontsize=8, frameon=False, handlelength=3)
    return drawing


def _lines(
    axes: Axes, points: list[tuple[str, float, float]], name: str, other: str, style: str
) -> None:
    xs = [int(x) for x, _, _ in points]
    style = "-" if name == "zoo" else style
    suffix = "" if name == "zoo" else name.removeprefix("zoo")
    axes.plot(xs, [ours for _, ours, _ in points], style, marker="o", color=OURS, label=name)
    axes.plot(xs, [keras for *_, keras in points], style, marker="s", color=OTHER, label=other + suffix)
    axes.set_xscale("log")
    axes.set_yscale("log")
    seconds = [value for _, *both in points for value in both] + list(axes.get_ylim())
    axes.set_ylim(10 ** math.floor(math.log10(min(seconds))), 10 ** math.ceil(math.log10(max(seconds))))
    axes.set_xticks(xs, [f"{x:,}" for x in xs], fontsize=8)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.grid(visible=True, which="major", color="#dddddd", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
