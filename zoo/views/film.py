"""The frames of a view's slider as one animated GIF: the same frames give the same bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from zoo.errors import UsageError, one_line

if TYPE_CHECKING:
    from PIL.Image import Image

    from zoo.specs import ViewSpec
    from zoo.views.picture import Frames

__all__ = ["check", "encode"]

WIDTH = 720
"""Pixels at most: a film at the full 150 dpi is three times as large and shows no more."""

STEP, HOLD = 500, 2000
"""Milliseconds of a frame, and of the last one."""

COLOURS = 256
"""A GIF has one palette of so many; it is taken from all frames together, so that none flickers."""


def check(view: ViewSpec, values: Mapping[str, Any]) -> None:
    """Refuse a film of a view that has no slider, or of a slider that stands still.

    Raises:
        UsageError: It says what to do instead.
    """
    if view.frames is None:
        raise UsageError(
            f"{view.name}: a GIF runs through the values of a view's slider, and this view has none; "
            "choose png, svg or pdf"
        )
    if view.frames in values:
        raise UsageError(f"{view.frames}: a GIF runs through all its values; leave this option out")


def encode(frames: Frames, *, command: str = "") -> bytes:
    """Return the pictures in their order as a GIF that repeats; `command` is kept as its comment."""
    pages = _smaller(_on_one_size([_page(picture.encode("png")) for picture in frames.pictures]))
    palette = _palette(pages)
    indexed = [_indexed(page, palette) for page in pages]
    buffer = io.BytesIO()
    indexed[0].save(
        buffer,
        "GIF",
        save_all=True,
        append_images=indexed[1:],
        duration=[*[STEP] * (len(indexed) - 1), HOLD],
        loop=0,
        optimize=False,
        comment=one_line(command or frames.alt, 250).encode("ascii", "replace"),
    )
    return buffer.getvalue()


def _page(png: bytes) -> Image:
    from PIL import Image

    return Image.open(io.BytesIO(png)).convert("RGB")


def _on_one_size(pages: list[Image]) -> list[Image]:
    """Put smaller pages onto white ones: the frames of a GIF are of one size."""
    from PIL import Image

    size = max(page.width for page in pages), max(page.height for page in pages)
    same = []
    for page in pages:
        sheet = Image.new("RGB", size, "white")
        sheet.paste(page)
        same.append(sheet)
    return same


def _smaller(pages: list[Image]) -> list[Image]:
    """Make the pages a whole number of times smaller, on a grid that the cells of their maps lie on.

    Cells then stay cells of one colour each: crisp, and a third of the bytes of blurred ones.
    """
    width, height = pages[0].size
    factor = -(-width // WIDTH)
    if factor == 1:
        return pages
    last = np.asarray(pages[-1], np.int16)
    left, top = (_offset(np.abs(np.diff(last, axis=axis)), axis, factor) for axis in (1, 0))
    box = (left, top, width - (width - left) % factor, height - (height - top) % factor)
    return [page.crop(box).reduce(factor) for page in pages]


def _offset(changes: npt.NDArray[np.int16], axis: int, factor: int) -> int:
    """Return where a grid of `factor` pixels starts that most changes of colour lie on."""
    sums = changes.sum(axis=(1 - axis, 2), dtype=np.int64)  # [i]: between pixels i and i + 1
    return max(range(factor), key=lambda start: int(sums[(start - 1) % factor :: factor].sum()))


def _palette(pages: list[Image]) -> npt.NDArray[np.uint8]:
    """Choose the colours, (n, 3), by the median cut of all pages; white paper stays white."""
    from PIL import Image

    small = [page.resize((page.width // 2, page.height // 2), Image.Resampling.BOX) for page in pages]
    sheet = Image.new("RGB", (small[0].width, small[0].height * len(small)))
    for place, page in enumerate(small):
        sheet.paste(page, (0, place * page.height))
    found = sheet.quantize(COLOURS - 1, method=Image.Quantize.MEDIANCUT).getpalette() or []
    return np.asarray([*found, 255, 255, 255], np.uint8).reshape(-1, 3)


def _indexed(page: Image, palette: npt.NDArray[np.uint8]) -> Image:
    """Give each pixel its nearest colour; Pillow's own way rounds colours to steps of four first."""
    from PIL import Image

    pixels = np.asarray(page, np.int64)
    codes, places = np.unique(pixels @ (65536, 256, 1), return_inverse=True)
    colours = np.stack([codes >> 16, codes >> 8 & 255, codes & 255], 1).astype(np.float32)
    wanted = palette.astype(np.float32)
    nearest = ((wanted**2).sum(1) - 2 * colours @ wanted.T).argmin(1).astype(np.uint8)
    image = Image.fromarray(nearest[places].reshape(pixels.shape[:2]))
    image.putpalette(palette.tobytes())
    return image
