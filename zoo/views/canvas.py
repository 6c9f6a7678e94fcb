"""Drawing for views: here values become colours, and nowhere else. Plugins reach it as ``zoo.canvas``.

No view calls ``imshow`` by itself::

    from zoo import canvas

    canvas.tiles(images, title="Ten digits", captions=["7", "2"])  # a whole figure of small maps

    sheet = canvas.figure(1, 2, title="Two maps", bar=True)  # a page with panels
    scale = canvas.show_signed(sheet.axes, [mean, weights])  # one symmetric scale for both
    canvas.colour_bar(sheet, scale, "weight")
    return sheet.figure
"""

from __future__ import annotations

from zoo.views.cells import (
    annotate_cells,
    colour_bar,
    column_room,
    frame,
    mark_empty,
    name_columns,
    show,
    show_intensity,
    show_signed,
)
from zoo.views.layout import (
    DPI,
    FAINT,
    INK,
    PALE,
    QUIET,
    WIDTH,
    Sheet,
    beside,
    caption,
    figure,
    place,
    style,
    text_width,
)
from zoo.views.lines import SERIES, key, legend, line
from zoo.views.scales import CLIPS, INTENSITY, Palette, Scale, finite, positive_scale, signed_scale
from zoo.views.tiles import STRIP_WIDTH, grid_shape, montage, strip, tiles

__all__ = [
    "CLIPS",
    "DPI",
    "FAINT",
    "INK",
    "INTENSITY",
    "PALE",
    "QUIET",
    "SERIES",
    "STRIP_WIDTH",
    "WIDTH",
    "Palette",
    "Scale",
    "Sheet",
    "annotate_cells",
    "beside",
    "caption",
    "colour_bar",
    "column_room",
    "figure",
    "finite",
    "frame",
    "grid_shape",
    "key",
    "legend",
    "line",
    "mark_empty",
    "montage",
    "name_columns",
    "place",
    "positive_scale",
    "show",
    "show_intensity",
    "show_signed",
    "signed_scale",
    "strip",
    "style",
    "text_width",
    "tiles",
]
