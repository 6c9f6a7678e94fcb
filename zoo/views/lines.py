"""Lines over epochs, doses or thresholds, told apart by more than their hue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from zoo.views.layout import INK, Sheet

__all__ = ["SERIES", "key", "legend", "line"]

SERIES: tuple[dict[str, Any], ...] = (
    {"color": "#0b5fa5", "linestyle": "-", "marker": "o"},
    {"color": "#d9660a", "linestyle": (0, (5, 2)), "marker": "s"},
    {"color": "#16181d", "linestyle": (0, (1.2, 1.4)), "marker": "D"},
    {"color": "#8a5aa8", "linestyle": (0, (6, 2, 1.2, 2)), "marker": "^"},
    {"color": "#0f8b6d", "linestyle": (0, (10, 1.5)), "marker": "v"},
    {"color": "#b3243b", "linestyle": (0, (2.6, 1.2)), "marker": "P"},
    {"color": "#7d7f86", "linestyle": (0, (4, 1.5, 1.2, 1.5, 1.2, 1.5)), "marker": "X"},
    {"color": "#a8870d", "linestyle": (0, (9, 1.5, 2.6, 1.5)), "marker": "h"},
)
"""Styles of lines, told apart by dash and marker as well as by hue."""


def line(axes: Axes, x: npt.ArrayLike, y: npt.ArrayLike, label: str, series: int) -> None:
    """Draw one line in the style of its series; with few points each point is marked."""
    look = dict(SERIES[series % len(SERIES)])
    points = np.asarray(x).size
    axes.plot(
        x,
        y,
        label=label,
        linewidth=1.8,
        markersize=4.5 if points <= 30 else 0,
        markeredgecolor="white",
        markeredgewidth=0.6,
        **look,
    )


def legend(sheet: Sheet) -> None:
    """Write the names of all lines in one row above the panels; the sheet has ``legend=True``."""
    handles, labels = [], []
    for axes in sheet.axes:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            if label not in labels:
                handles.append(handle)
                labels.append(label)
    sheet.figure.legend(
        handles, labels, loc="upper left", bbox_to_anchor=sheet.corner, ncols=len(labels),
        borderaxespad=0, borderpad=0, handlelength=2.6, columnspacing=1.8, labelcolor=INK,
    )  # fmt: skip


def key(sheet: Sheet, colours: Sequence[tuple[str, str]]) -> None:
    """Explain colours, each ``(name, colour)``, in one row; the sheet has ``legend=True``."""
    from matplotlib.patches import Patch

    patches = [
        Patch(facecolor=colour, edgecolor="#8a909b", linewidth=0.6, label=name)
        for name, colour in colours
    ]
    sheet.figure.legend(
        handles=patches, loc="upper left", bbox_to_anchor=sheet.corner, ncols=len(patches),
        borderaxespad=0, borderpad=0, handlelength=1.2, handleheight=1.0, columnspacing=1.8,
        labelcolor=INK,
    )  # fmt: skip
