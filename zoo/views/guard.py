"""What is wrong with the colours of a figure; every view of every plugin is held to this.

Any matplotlib figure can be checked, however it was drawn::

    assert colour_faults(picture.figure) == []
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from zoo.views.blocks import blocks
from zoo.views.scales import luminance

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.figure import Figure

__all__ = ["colour_faults"]

DIVERGING = frozenset({
    "PiYG", "PRGn", "BrBG", "PuOr", "RdGy", "RdBu", "RdYlBu", "RdYlGn", "Spectral", "coolwarm", "bwr",
    "seismic", "berlin", "managua", "vanimo", "zoo-weights", "zoo-inputs",
})  # fmt: skip
GRAYS = frozenset({
    "gray", "grey", "gist_gray", "gist_grey", "binary", "Greys", "zoo-intensity", "zoo-positive",
})  # fmt: skip

CONTRAST = 3.0
"""Least contrast of a text on its cell (WCAG 2.2 asks 3:1 of large text)."""


def colour_faults(figure: Figure) -> list[str]:
    """Return one line for each breach of the rules of colour and scale; none for a good figure.

    Found are: signed maps that are not symmetric about zero, negative values on a one-sided map,
    scales that do not start at 0 or were left automatic, values cut off without a word, colours
    that no colour bar explains, NaN, empty panels and all-zero panels that nothing marks, smoothed
    cells, and texts that do not stand out from their cell.
    """
    panels = [axes for axes in figure.axes if _bar_of(axes) is None and axes.get_visible()]
    bars = [bar for axes in figure.axes if (bar := _bar_of(axes)) is not None]
    faults = []
    for number, axes in enumerate(panels):
        mappables = list(_mappables(axes))
        for mappable, values in mappables:
            found = list(_scale_faults(mappable, values, bars, figure))
            if values.ndim == 2:
                found += _cell_faults(axes, mappable, values)
            faults += [f"panel {number}: {fault}" for fault in found]
        if axes.axison and not mappables and not axes.has_data() and not axes.texts:
            faults.append(f"panel {number}: holds nothing and is not hidden")
    return faults


def _bar_of(axes: Axes) -> Any:
    return getattr(axes, "_colorbar", None)  # matplotlib keeps no public link from axes to bar


def _mappables(axes: Axes) -> Iterator[tuple[ScalarMappable, np.ma.MaskedArray[Any, Any]]]:
    for artist in (*axes.images, *axes.collections):
        array = artist.get_array() if artist.get_visible() else None
        if array is not None:
            values: np.ma.MaskedArray[Any, Any] = np.ma.asarray(array)
            yield artist, values


def _scale_faults(
    mappable: Any, values: np.ma.MaskedArray[Any, Any], bars: list[Any], figure: Figure
) -> Iterator[str]:
    if not np.isfinite(np.ma.getdata(values)).all():  # matplotlib masks NaN, but leaves it underneath
        yield "values that are not finite"
        return
    smooth = getattr(mappable, "get_interpolation", lambda: "nearest")()
    if smooth not in ("nearest", "none"):
        yield f"cells are smoothed ({smooth})"
    if values.ndim == 3:
        gray = bool(
            (values[..., 0] == values[..., 1]).all() and (values[..., 1] == values[..., 2]).all()
        )
        keys = bars or figure.legends or any(axes.get_legend() for axes in figure.axes)
        if not gray and not keys:
            yield "colours that neither a legend nor a colour bar explains"
        return
    name, norm = mappable.get_cmap().name, mappable.norm
    low, high = norm.vmin, norm.vmax
    if low is None or high is None:
        yield "the scale was left automatic"
        return
    shown = values.compressed()
    signed = name.removesuffix("_r") in DIVERGING
    if signed and not np.isclose(low, -high):
        yield f"a signed map from {low:.3g} to {high:.3g} is not symmetric about zero"
    if not signed and shown.size and shown.min() < 0:
        yield "negative values on a map without a middle"
    elif not signed and low != 0:
        yield f"the scale starts at {low:.3g}, not at 0"
    fits = [bar for bar in bars if _same(bar, name, low, high)]
    fixed = name.removesuffix("_r") in GRAYS and (low, high) == (0, 1)
    if not fits and not fixed:
        yield f"no colour bar for {name} from {low:.3g} to {high:.3g}"
    slack = 1e-6 * max(abs(low), abs(high))
    beyond = bool(shown.size) and (shown.max() > high + slack or shown.min() < low - slack)
    if beyond and not any(bar.extend in ("both", "max", "min") for bar in fits):
        yield "values beyond the scale, and no mark that says so"


def _same(bar: Any, name: str, low: float, high: float) -> bool:
    norm = bar.mappable.norm
    same = bar.mappable.get_cmap().name == name
    return same and bool(np.isclose(norm.vmin, low) and np.isclose(norm.vmax, high))


def _cell_faults(axes: Axes, mappable: Any, values: np.ma.MaskedArray[Any, Any]) -> list[str]:
    extent = getattr(mappable, "get_extent", None)
    if extent is None:
        return []
    left, right, bottom, top = extent()
    high, wide = values.shape
    mask = np.ma.getmaskarray(values)
    faults = []
    texts: list[tuple[int, int]] = []
    for text in axes.texts:
        x, y = text.get_position()
        column = int(np.floor((float(x) - left) / (right - left) * wide))
        row = int(np.floor((float(y) - top) / (bottom - top) * high))
        if not (text.get_text() and 0 <= row < high and 0 <= column < wide):
            continue
        texts.append((row, column))
        if mask[row, column]:
            continue
        cell = mappable.to_rgba(values[row, column])[:3]
        if _contrast(cell, text.get_color()) < CONTRAST:
            faults.append(f"text {text.get_text()!r} does not stand out from its cell")
    if (mappable.norm.vmin, mappable.norm.vmax) != (0, 1):  # a blank image is black, and black is seen
        faults += _unmarked(values, mask, texts)
    return faults


def _unmarked(
    values: np.ma.MaskedArray[Any, Any], mask: npt.NDArray[Any], texts: list[tuple[int, int]]
) -> Iterator[str]:
    """Find whole maps of zeros that might as well be places that hold nothing."""
    for rows, columns in blocks(mask):
        block = np.ma.getdata(values)[rows, columns]
        inside = [
            rows.start <= row < rows.stop and columns.start <= column < columns.stop
            for row, column in texts
        ]
        if block.size > 1 and not mask[rows, columns].any() and not block.any() and not any(inside):
            where = f"cells {rows.start}:{rows.stop}, {columns.start}:{columns.stop}"
            yield f"{where} are all 0 and unmarked: mask what is empty, mark what is zero"


def _contrast(one: Any, other: Any) -> float:
    from matplotlib.colors import to_rgb

    first, second = float(luminance(to_rgb(tuple(one)))), float(luminance(to_rgb(other)))
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)
