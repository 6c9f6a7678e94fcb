"""Many small maps as one image with gaps, ten times faster to draw than a panel each; one as a strip."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zoo.views.cells import colour_bar, show
from zoo.views.layout import DPI, FAINT, QUIET, SMALL, WIDTH, Sheet, figure, place, text_width
from zoo.views.scales import INTENSITY, Scale, finite

__all__ = ["STRIP_WIDTH", "grid_shape", "montage", "strip", "tiles"]

SIDE = 28
"""Pixels a row of an image."""

STRIP_WIDTH = SIDE * SIDE / DPI
"""Inches of a strip: each of its 784 numbers is a column one pixel wide, none of them merged."""


def grid_shape(count: int) -> tuple[int, int]:
    """Return (rows, columns) for `count` panels: few empty places, a little wider than high.

    >>> grid_shape(64), grid_shape(10), grid_shape(40), grid_shape(7)
    ((8, 8), (2, 5), (5, 8), (2, 4))
    """

    def cost(columns: int) -> float:
        rows = math.ceil(count / columns)
        empty = rows * columns - count
        return 4.0 * empty / count + 0.25 * (empty > 0) + abs(math.log(columns / rows / 1.3))

    best = min(range(1, count + 1), key=cost) if count else 1
    return math.ceil(count / best), best


def montage(
    maps: npt.ArrayLike, columns: int, *, gap: int = 2, down: int | None = None
) -> np.ma.MaskedArray[Any, np.dtype[np.float64]]:
    """Put maps (n, height, width) side by side, `columns` a row, into one array with masked gaps.

    The cell (y, x) of map i is the cell ``(i // columns * (height + down) + y,
    i % columns * (width + gap) + x)`` of the result; `down` is `gap` by default.
    """
    shown = finite(maps)
    count, high, wide = shown.shape
    rows, down = math.ceil(count / columns), gap if down is None else down
    whole: np.ma.MaskedArray[Any, np.dtype[np.float64]] = np.ma.masked_array(
        np.zeros((rows * (high + down) - down, columns * (wide + gap) - gap)), mask=True
    )
    for index in range(count):
        y, x = (index // columns) * (high + down), (index % columns) * (wide + gap)
        whole[y : y + high, x : x + wide] = shown[index]
    return whole


def tiles(
    maps: npt.ArrayLike,
    *,
    title: str,
    note: str = "",
    scale: Scale = INTENSITY,
    captions: Sequence[str] = (),
    columns: int | None = None,
    bar: str = "",
    width: float = WIDTH,
) -> Figure:
    """Draw many maps of one size as a grid: one image, with gaps.

    Args:
        maps: (n, height, width), in the values of `scale`.
        title: Says what is seen.
        note: Quiet line under it.
        scale: What the colours mean; the fixed 0–1 of images by default.
        captions: One short text above each map, of one line or as many for all; none by default.
        columns: Maps a row; chosen by `grid_shape` by default.
        bar: Label of the colour bar; empty draws none (right only for images on the fixed scale).
        width: Inches the picture may take.
    """
    shown = finite(maps)
    count, high, wide = shown.shape
    rows, columns = grid_shape(count) if columns is None else (math.ceil(count / columns), columns)
    room = width - 0.56 - (1.06 if bar else 0.0)
    # A cell is a whole number of pixels; one map is never blown up beyond 2.8 inches.
    cell = max(1, min(int(room * DPI / (columns * (wide + 2))), int(2.8 * DPI / max(wide, high))))
    gap = max(1, round(9 / cell))
    lines = max((caption.count("\n") + 1 for caption in captions), default=0)
    head = math.ceil(SMALL * (1.2 * lines + 0.35) / 72 * DPI / cell) if captions else 0
    down, across = high + head + (gap if not head else max(1, gap // 2)), wide + gap
    canvas = np.ma.masked_array(np.zeros((rows * down, columns * across - gap)), mask=True)
    for index in range(count):
        y, x = (index // columns) * down + head, (index % columns) * across
        canvas[y : y + high, x : x + wide] = shown[index]
    canvas = canvas[: rows * down - (down - head - high)]
    panel = (canvas.shape[1] * cell / DPI, canvas.shape[0] * cell / DPI)
    sheet = figure(title=title, note=note, panel=panel, bar=bool(bar))
    axes = sheet.axes[0]
    show(axes, canvas, scale, marks=False)
    for index in range(rows * columns):
        y, x = (index // columns) * down + head, (index % columns) * across
        box = (x, y, wide, high)
        if index >= count:
            _cross(axes, box)
        else:
            caption = captions[index] if captions else ""
            _label_tile(
                axes,
                box,
                caption,
                across * cell / DPI,
                lift=0.3 * head / lines if lines else 0.0,
            )
    if bar:
        colour_bar(sheet, scale, bar)
    return sheet.figure


def strip(
    sheet: Sheet, values: npt.ArrayLike, scale: Scale = INTENSITY, *,
    left: float = 0.0, top: float = 0.0, height: float = 0.5,
) -> Axes:  # fmt: skip
    """Draw the 784 numbers of an image, row after row, as one strip; a mark stands where a row begins.

    Args:
        sheet: The page; its first panel is the stage, as for `place`.
        values: (784,) or (28, 28).
        scale: What the colours mean.
        left: Inches from the left of the stage; the strip is `STRIP_WIDTH` wide.
        top: Inches from its top; 0.35 more are needed below the strip for the marks.
        height: Inches.
    """
    axes = place(sheet, left, top, STRIP_WIDTH, height)
    show(axes, finite(values).reshape(1, -1), scale, aspect="auto")
    starts = np.arange(0, SIDE * SIDE, SIDE)
    axes.set_xticks(starts[::4] - 0.5, [f"row {row}" for row in range(0, SIDE, 4)])
    axes.set_xticks(starts - 0.5, minor=True)
    axes.tick_params(which="major", length=7, pad=2)
    axes.tick_params(which="minor", length=4)
    return axes


def _label_tile(
    axes: Axes,
    box: tuple[int, int, int, int],
    caption: str,
    room: float,
    lift: float,
) -> None:
    x, y, wide, _ = box
    if caption:
        widest = max(text_width(line, SMALL) for line in caption.split("\n"))
        size = min(SMALL, SMALL * room / max(widest, 1e-6))
        axes.text(
            x + wide / 2 - 0.5, y - 0.5 - lift, caption,
            size=size, color=QUIET, ha="center", va="baseline",
        )  # fmt: skip


def _cross(axes: Axes, box: tuple[int, int, int, int]) -> None:
    left, top, wide, high = box
    right, bottom = left + wide - 1, top + high - 1
    axes.plot(
        [left, left, right, right, left, right], [bottom, top, top, bottom, bottom, top],
        color=FAINT, linewidth=0.9, scalex=False, scaley=False,
    )  # fmt: skip
