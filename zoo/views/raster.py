"""From a figure to pixels, and from pixels to a PNG: several times faster than ``savefig``.

Most of what a picture costs Agg is its texts: each is shaped twice and every glyph hinted anew. Here a
text is the kept outline of its letters, filled like any other shape.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.transforms import Affine2D

from zoo.views import outlines
from zoo.views.layout import DPI, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

__all__ = ["encode", "rasterise", "with_notes"]

HEADER = 33
"""Bytes of a PNG before its first chunk after IHDR: there text chunks may go in."""

FILTER_UP = 2
"""PNG filter: each byte less the one above it (PNG specification, 9.2); drawings repeat downwards."""

ROUNDING = 1e-6
"""Pixels that a side may lack of a whole number: inches times 150."""

COMPRESSION = 2
"""zlib level: 6 takes twice as long and saves a seventh."""


def rasterise(figure: Figure) -> npt.NDArray[np.uint8]:
    """Draw a figure at 150 dpi; return its pixels, uint8 (height, width, 3).

    Not by ``savefig``: that lays the figure out twice and keeps an alpha channel opaque everywhere.

    Raises:
        ValueError: If a side is shorter than a pixel.
    """
    with style():
        figure.set_dpi(DPI)
        width, height = (int(side + ROUNDING) for side in figure.bbox.size)
        if not width or not height:
            raise ValueError("the page has no pixels")
        renderer = _Renderer(width, height, DPI)  # type: ignore[no-untyped-call]
        figure.draw(renderer)
        return np.asarray(renderer.buffer_rgba())[..., :3]  # type: ignore[no-untyped-call]


def encode(pixels: npt.NDArray[np.uint8]) -> bytes:
    """Return pixels, uint8 (height, width, 3), as a PNG that says 150 dpi and nothing else."""
    height, width, _ = pixels.shape
    rows = pixels.reshape(height, 3 * width)
    lines = np.empty((height, 1 + 3 * width), np.uint8)
    lines[:, 0] = FILTER_UP
    lines[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=lines[1:, 1:])  # modulo 256, as the filter wants it
    metre = round(DPI / 0.0254)
    chunks = (
        _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        _chunk(b"pHYs", struct.pack(">IIB", metre, metre, 1)),
        _chunk(b"IDAT", zlib.compress(lines.data, COMPRESSION)),
        _chunk(b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def with_notes(png: bytes, notes: Mapping[str, str]) -> bytes:
    """Add texts to a PNG under their keywords: iTXt chunks, UTF-8 (PNG specification, 11.3.3.4)."""
    chunks = b"".join(
        _chunk(b"iTXt", key.encode("latin-1") + b"\0\0\0\0\0" + text.encode("utf-8", "replace"))
        for key, text in notes.items()
        if text
    )
    return png[:HEADER] + chunks + png[HEADER:]


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


class _Renderer(RendererAgg):
    """Agg with texts drawn as kept outlines; mathematics and TeX stay as they are."""

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        if ismath:
            return super().get_text_width_height_descent(s, prop, ismath)  # type: ignore[no-any-return,no-untyped-call]
        wide, high, below = outlines.size(s, prop)
        point = self.dpi / 72
        return wide * point, high * point, below * point

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: FontProperties, angle: float,
        ismath: Any = False, mtext: Any = None,
    ) -> None:  # fmt: skip
        features = getattr(mtext, "get_fontfeatures", None)  # came with matplotlib 3.11
        if ismath or not gc.get_antialiased() or (features is not None and features()):
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)  # type: ignore[no-untyped-call]
            return
        outline = outlines.outline(s, prop.copy())  # who passed it may change it
        size = prop.get_size_in_points() * self.dpi / 72 / outlines.EM
        along, across = size * math.cos(math.radians(angle)), size * math.sin(math.radians(angle))
        if angle == 0:
            y = round(y)  # all letters of a line stand on the edge of a pixel
        place = [[along, -across, x], [across, along, self.height - y], [0.0, 0.0, 1.0]]
        gc.set_linewidth(0.0)
        gc.set_snap(False)
        self.draw_path(gc, outline, Affine2D(np.array(place)), gc.get_rgb())  # type: ignore[no-untyped-call]
