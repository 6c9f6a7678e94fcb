"""Cells of an image: their colours, the texts on them, the mark of empty ones, and the colour bar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Affine2D

from zoo.views import outlines
from zoo.views.blocks import blocks
from zoo.views.layout import FAINT, LABEL, PALE, QUIET, SMALL, Sheet, text_width
from zoo.views.scales import INTENSITY, Scale, finite, signed_scale

__all__ = [
    "annotate_cells",
    "colour_bar",
    "column_room",
    "frame",
    "mark_empty",
    "name_columns",
    "show",
    "show_intensity",
    "show_signed",
]

WHOLE = 1e-6
"""Pixels by which an image may miss the edges of its panel and still fill it."""

NAMES = "_names of columns"
"""Label of the artist that holds them; the underscore keeps it out of legends."""

NAME_PAD = 3.0
"""Points between a panel and the names below it."""

UPRIGHT = 0.112
"""Inches across that a name of digits takes when written upright in the small size."""


def show(
    axes: Axes,
    values: npt.ArrayLike,
    scale: Scale = INTENSITY,
    *,
    aspect: Literal["equal", "auto"] = "equal",
    marks: bool = True,
) -> AxesImage:
    """Draw a 2-D array (height, width) as an image; masked cells get the mark of the empty.

    A map that is 0 everywhere says so: it must not look like a place that holds nothing.

    Args:
        axes: The panel.
        values: Finite numbers; a masked array where cells hold nothing.
        scale: What the colours mean; the fixed 0–1 of images by default.
        aspect: ``equal`` for square pixels, ``auto`` to fill the panel.
        marks: False where masked cells are the gaps of a grid rather than cells.
    """
    shown = finite(values)
    image = _Cells(axes, cmap=scale.cmap, norm=scale.norm(), interpolation="nearest")
    image.set_data(shown)
    axes.set_aspect(aspect)
    image.set_extent(image.get_extent())  # sets the limits of the panel as well
    axes.add_image(image)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    mask = np.ma.getmaskarray(shown)
    if marks and mask.any():
        mark_empty(axes, mask)
    if scale != INTENSITY and shown.ndim == 2:
        _mark_zeros(axes, shown, scale)
    return image


class _Cells(AxesImage):
    """An image that is coloured cell by cell and then stretched to the panel.

    matplotlib stretches the values first and then colours every pixel: the same picture, several
    times slower.
    """

    def make_image(self, renderer: Any, magnification: float = 1.0, unsampled: bool = False) -> Any:
        values: Any = self.get_array()
        box = self.get_window_extent(renderer)
        whole = np.allclose(box.extents, self.axes.bbox.extents, rtol=0, atol=WHOLE)
        plain = values.shape[2:] in ((), (3,)) and self.get_alpha() is None
        sharp = self.get_interpolation() == "nearest"
        if unsampled or magnification != 1.0 or not (whole and plain and sharp):
            return super().make_image(renderer, magnification, unsampled)
        colours = self.to_rgba(values, bytes=True).view(np.uint32)[..., 0]  # four bytes at a time
        left, below, right, above = (round(edge) for edge in box.extents)
        # The cells under the middle of each pixel; a renderer counts its rows from below.
        across = (np.arange(left, right) + 0.5 - box.x0) / box.width * colours.shape[1]
        down = (box.y1 - 0.5 - np.arange(below, above)) / box.height * colours.shape[0]
        pixels = colours[_inside(down, len(colours))][:, _inside(across, colours.shape[1])]
        return pixels[..., np.newaxis].view(np.uint8), left, below, None


def _inside(places: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.intp]:
    """Return the cell that each place lies in; rounding must not lead beyond the last one."""
    return np.clip(places, 0, count - 1).astype(np.intp)


def show_intensity(axes: Axes, image: npt.ArrayLike, *, limit: float = 1.0) -> AxesImage:
    """Draw ink, probabilities or relu activations: black at 0, white at `limit`."""
    scale = INTENSITY if limit == 1.0 else Scale("positive", 0.0, float(limit))
    return show(axes, image, scale)


def show_signed(
    axes: Sequence[Axes],
    maps: Sequence[npt.ArrayLike],
    *,
    palette: Literal["weights", "inputs"] = "weights",
    over: str = "over all panels",
    clip: str = "none",
) -> Scale:
    """Draw signed maps, one a panel, all on one symmetric scale; return it for the colour bar."""
    scale = signed_scale(maps, palette=palette, over=over, clip=clip)
    for panel, values in zip(axes, maps, strict=True):
        show(panel, values, scale)
    return scale


def colour_bar(sheet: Sheet, scale: Scale, label: str = "", *, place: Axes | None = None) -> None:
    """Fill the sheet's place for a colour bar (or another one): ends, middle, and what is measured."""
    place = place or sheet.bar
    if place is None:
        raise ValueError("this sheet has no place for a colour bar: make it with figure(..., bar=True)")
    mappable = ScalarMappable(scale.norm(), scale.cmap)
    bar = sheet.figure.colorbar(
        mappable, cax=place, extend="both" if scale.clipped else "neither", extendfrac=0.05
    )
    ticks: npt.NDArray[np.float64] = np.linspace(scale.low, scale.high, 5)
    if scale.palette == "positive":  # the ends are no round numbers: steps that are
        steps = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10])
        ticks = np.asarray(steps.tick_values(scale.low, scale.high))
        ticks = ticks[ticks <= scale.high]
    bar.set_ticks(list(ticks), labels=[_number(tick, scale) for tick in ticks])
    bar.outline.set(edgecolor=FAINT, linewidth=0.6)  # a white end is seen against the page
    place.tick_params(length=0, pad=5)
    if label:
        bar.set_label(label, size=LABEL, labelpad=7)


def _mark_zeros(axes: Axes, shown: np.ma.MaskedArray[Any, Any], scale: Scale) -> None:
    """Write "all 0" on each map that holds nothing else; maps of a grid are cut at its gaps."""
    mask = np.ma.getmaskarray(shown)
    colour = "white" if bool(scale.dark(0.0)) else QUIET
    for rows, columns in blocks(mask):
        inside = shown.data[rows, columns]
        if inside.size > 1 and not mask[rows, columns].any() and not inside.any():
            x, y = (columns.start + columns.stop - 1) / 2, (rows.start + rows.stop - 1) / 2
            axes.text(x, y, "all 0", size=SMALL, color=colour, ha="center", va="center")


def _number(value: float, scale: Scale) -> str:
    if value == 0:
        return "0"
    text = f"{abs(value):.2g}" if abs(value) < 100 else f"{abs(value):,.0f}"
    sign = "−" if value < 0 else "+" if scale.signed else ""
    return sign + text


def annotate_cells(
    axes: Axes,
    values: npt.ArrayLike,
    scale: Scale,
    texts: Sequence[Sequence[str]],
    *,
    size: float = LABEL,
    weight: str = "normal",
    dy: float = 0.0,
) -> None:
    """Write a text on each cell of an image: black or white, by the lightness of its colour.

    Args:
        axes: The panel with the image.
        values: What `show` was given, (height, width).
        scale: As `show` was given.
        texts: One row of texts a row of cells; an empty text writes nothing.
        size: Font size in points.
        weight: Font weight.
        dy: Cells below the middle of the cell.
    """
    shown = finite(values)
    dark, mask = scale.dark(shown), np.ma.getmaskarray(shown)
    for y, row in enumerate(texts):
        for x, text in enumerate(row):
            if text:
                colour = "white" if dark[y, x] and not mask[y, x] else "black"
                axes.text(
                    x, y + dy, text, size=size, weight=weight, color=colour, ha="center", va="center"
                )


def name_columns(axes: Axes, names: Sequence[str], width: float, *, label: str = "") -> None:
    """Write a name below every column: side by side, upright, or upright in rows by turns.

    Args:
        axes: The panel with the image.
        names: Of the columns, each short.
        width: Of the panel in inches; the page keeps `column_room` below it.
        label: Of the axis, written below the names.
    """
    rows, upright = _rows(names, width)
    step = 72 * (max(text_width(name, SMALL) for name in names) + 0.05)
    downs = [step * (column % rows) for column in range(len(names))]
    # One artist for all names and one for the lines that lead to them: a tick each takes far longer.
    places: dict[str, Any] = {
        "offsets": [(column, 0.0) for column in range(len(names))],
        "offset_transform": axes.get_xaxis_transform(),
        "transform": Affine2D().scale(1 / 72) + axes.figure.dpi_scale_trans,
        "clip_on": False,
    }
    leads = LineCollection([[(0, 0), (0, -down)] for down in downs], **places)
    leads.set(color=FAINT, linewidth=0.5)
    axes.add_collection(leads, autolim=False)
    sizes = [outlines.size(name, outlines.font(SMALL)) for name in names]
    above = max(high - below for _, high, below in sizes)  # of all names: they stand on one line
    below = max(below for _, _, below in sizes)
    shapes = [
        _below(name, NAME_PAD + down, above, below, upright=upright)
        for name, down in zip(names, downs, strict=True)
    ]
    written = PathCollection(shapes, facecolors=QUIET, linewidths=0, label=NAMES, **places)
    axes.add_collection(written, autolim=False)
    axes.set_xlabel(label or axes.get_xlabel(), labelpad=72 * column_room(names, width) + 2)


def _below(name: str, down: float, above: float, below: float, *, upright: bool) -> Path:
    """Return the outline of a name in points: centred on 0, its upper end `down` points below 0.

    Letters reach at most `above` points above their line, and `below` under it.
    """
    font = outlines.font(SMALL)
    wide, _, _ = outlines.size(name, font)
    place = Affine2D().scale(SMALL / outlines.EM)
    if upright:
        place.rotate_deg(90).translate((above - below) / 2, -wide - down)
    else:
        place.translate(-wide / 2, -above - down)
    return place.transform_path(outlines.outline(name, font))


def column_room(names: Sequence[str], width: float) -> float:
    """Return the inches that `name_columns` needs below a panel."""
    rows, upright = _rows(names, width)
    longest = max(text_width(name, SMALL) for name in names)
    return 0.04 + (rows * (longest + 0.05) if upright else 0.2)


def _rows(names: Sequence[str], width: float) -> tuple[int, bool]:
    column = width / len(names)
    if max(text_width(name, SMALL) for name in names) + 0.06 <= column:
        return 1, False
    return math.ceil(UPRIGHT / column), True


def frame(
    axes: Axes, row: float, column: float, height: float, width_in_cells: float, *,
    colour: str = "#ff9400", width: float = 2.4,
) -> None:  # fmt: skip
    """Frame cells of an image, light inside dark: the outline is seen on every colour.

    Args:
        axes: The panel with the image.
        row: First row inside the frame.
        column: First column.
        height: Rows.
        width_in_cells: Columns.
        colour: Of the inner line.
        width: Of the inner line, in points.
    """
    corner = (column - 0.5, row - 0.5)
    for line, shade in ((width + 1.6, "black"), (width, colour)):
        look: dict[str, Any] = {"edgecolor": shade, "linewidth": line, "fill": False, "clip_on": False}
        axes.add_patch(Rectangle(corner, width_in_cells, height, **look))


def mark_empty(axes: Axes, mask: npt.NDArray[np.bool_], *, size: tuple[float, float] = (1, 1)) -> None:
    """Cross out cells that hold nothing, so that they never look like 0.

    Args:
        axes: The panel with the image.
        mask: (rows, columns), True where there is nothing.
        size: Width and height of a cell in the axes' data.
    """
    wide, high = size
    strokes = [
        ((x * wide - 0.5, (y + 1) * high - 0.5), ((x + 1) * wide - 0.5, y * high - 0.5))
        for y, x in np.argwhere(mask)
    ]
    boxes = [_box(x * wide - 0.5, y * high - 0.5, wide, high) for y, x in np.argwhere(mask)]
    axes.add_collection(PolyCollection(boxes, facecolors=PALE, edgecolors="none"), autolim=False)
    axes.add_collection(LineCollection(strokes, colors=FAINT, linewidths=0.9), autolim=False)


def _box(x: float, y: float, wide: float, high: float) -> list[tuple[float, float]]:
    return [(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)]
