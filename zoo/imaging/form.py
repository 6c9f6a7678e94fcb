"""Ink to MNIST form: how the digits of MNIST were cut, scaled and placed.

Measured on the 10,000 test digits: the longer side of the ink's box is 20 pixels in 99.97 %, the
centre of mass lies within half a pixel of index 14 on both axes (digits were moved by whole pixels),
and pens are 2.4 pixels wide in the middle by the measure of `pen_width`, 98 % of them 1.45 to 4.45.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.errors import InvalidValueError, complaint

__all__ = ["BOX", "SIDE", "pen_width", "to_mnist_form"]

Pixels = NDArray[np.float32]

SIDE = 28
"""Height and width of every image."""

BOX = 20
"""Longer side of the ink's box."""

CENTRE = 14
"""Index of the centre of mass, on both axes."""

FAINT = 0.02
"""Share of the darkest ink up to which a pixel does not belong to the box."""

EDGE = 0.4
"""The same for an enlarged picture, whose edges are wide ramps; tried from 0.02 to 0.5."""

FINE = 80
"""Longer side on which small digits are enlarged and pens are changed: four pixels for one."""

PEN = (1.2, 5.0)
"""Pens between these widths are left alone (99.5 % of MNIST); others are brought to `PEN_SET`."""

PEN_SET = (2.4, 4.0)
"""What too thin and too thick pens become."""

DARK = (0.6, 0.8)
"""Mean of the ink, weighted by the ink: below the first (none in MNIST) it is brought to the second."""

THIN_GAIN = 3.0
"""A line thinner than a pixel is gray: this makes it full ink again before it is widened."""


def to_mnist_form(ink: Any) -> Pixels:
    """Bring a drawing into MNIST form.

    The box of the ink is scaled to 20 pixels (longer side, shape kept), a pen far from MNIST's is
    widened or narrowed, and the result is placed with its centre of mass at index 14.

    Args:
        ink: (height, width) of any size, 1 where there is ink, 0 where there is none.

    Returns:
        float32 (28, 28) in [0, 1], darkest ink 1; all zeros where there is no ink.

    Raises:
        InvalidValueError: If `ink` is not two-dimensional, or holds NaN or values outside [0, 1].
    """
    array = np.asarray(ink)
    if array.ndim != 2 or 0 in array.shape or array.dtype.kind not in "fb":
        got = f"{array.dtype} {array.shape}"
        raise InvalidValueError(complaint("ink", expected="float32 (height, width)", got=got))
    array = array.astype(np.float32, copy=False)
    if not (np.isfinite(array).all() and array.min() >= 0 and array.max() <= 1):
        raise InvalidValueError(complaint("ink", expected="values in [0, 1]", got="values outside it"))
    if not array.max() > 0:
        return np.zeros((SIDE, SIDE), np.float32)
    box = _cut(array / array.max(), FAINT)
    small = _scaled(box, BOX) if max(box.shape) >= BOX else _scaled(_enlarged(box), BOX)
    if not PEN[0] <= pen_width(small) <= PEN[1]:
        small = _scaled(_with_usual_pen(box), BOX)
    return _placed(_strengthened(small / small.max()))


def pen_width(ink: Pixels) -> float:
    """Width of the pen in pixels: a stroke of length l and width w has area wl, total variation 2l.

    Args:
        ink: (height, width) in [0, 1].
    """
    padded = np.pad(ink, 1)
    down, right = np.diff(padded, axis=0)[:, 1:], np.diff(padded, axis=1)[1:, :]
    variation = float(np.hypot(down, right).sum())
    return 2.0 * float(ink.sum()) / variation if variation else 0.0


def _strengthened(ink: Pixels) -> Pixels:
    """Darken lines that are faint beside one dark spot, as thin lines in small pictures are."""
    darkness = float(np.square(ink).sum() / ink.sum())
    return ink if darkness >= DARK[0] else np.minimum(ink * (DARK[1] / darkness), 1)


def _cut(ink: Pixels, faint: float) -> Pixels:
    rows = np.flatnonzero((ink > faint).any(axis=1))
    columns = np.flatnonzero((ink > faint).any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _scaled(ink: Pixels, longer: int) -> Pixels:
    """Scale to `longer` pixels by averaging areas; never smooths an edge more than it must."""
    height, width = (max(1, round(side * longer / max(ink.shape))) for side in ink.shape)
    return np.asarray(_areas(ink.shape[0], height) @ ink @ _areas(ink.shape[1], width).T, np.float32)


def _areas(old: int, new: int) -> Pixels:
    """Weights (new, old): the share of each old pixel in each new one."""
    edges = np.arange(new + 1) * (old / new)
    pixels = np.arange(old)
    overlap = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    weights = np.maximum(overlap, 0.0)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)


def _enlarged(ink: Pixels) -> Pixels:
    """Enlarge a small picture smoothly to at least `FINE` pixels and cut it at its new edge."""
    factor = -(-FINE // max(ink.shape))
    rows, columns = (_curves(side, factor) for side in ink.shape)
    fine = np.clip(rows @ ink @ columns.T, 0.0, 1.0)
    return _cut(fine / fine.max(), EDGE)


def _curves(old: int, factor: int) -> Pixels:
    """Weights (factor·(old + 2), old) of Catmull–Rom interpolation, with a margin of one old pixel.

    Source: E. Catmull and R. Rom, "A class of local interpolating splines" (1974); the kernel is
    Keys's cubic with a = -1/2.
    """
    places = (np.arange(factor * (old + 2)) + 0.5) / factor - 1.5
    far = np.abs(places[:, None] - np.arange(old))
    near = 1 + far**2 * (1.5 * far - 2.5)
    tail = 2 + far * (far * (2.5 - 0.5 * far) - 4)
    return np.where(far < 1, near, np.where(far < 2, tail, 0.0)).astype(np.float32)


def _with_usual_pen(box: Pixels) -> Pixels:
    """Widen or narrow the pen on a picture of about `FINE` pixels."""
    fine = _scaled(box, FINE) if max(box.shape) >= FINE else _enlarged(box)
    fine = fine / fine.max()
    scale = max(fine.shape) / BOX
    width = pen_width(fine) / scale
    if width < PEN[0]:
        radius = round((PEN_SET[0] - width) / 2 * scale)
        fine = _widened(np.pad(np.minimum(THIN_GAIN * fine, 1), radius), radius)
    elif width > PEN[1]:
        radius = round((width - PEN_SET[1]) / 2 * scale)
        narrowed = 1 - _widened(1 - np.pad(fine, radius), radius)
        fine = narrowed if narrowed.max() > EDGE else fine  # a blot narrowed to nothing stays a blot
    return _cut(fine, EDGE)


def _widened(ink: Pixels, radius: int) -> Pixels:
    """Grey dilation with a disc: each pixel becomes the darkest within `radius`."""
    height, width = ink.shape
    padded = np.pad(ink, radius, mode="edge")
    wide = np.zeros_like(ink)
    for dy in range(2 * radius + 1):
        reach = int(np.sqrt(radius**2 - (dy - radius) ** 2))
        for dx in range(radius - reach, radius + reach + 1):
            np.maximum(wide, padded[dy : dy + height, dx : dx + width], out=wide)
    return wide


def _placed(ink: Pixels) -> Pixels:
    """Move by whole pixels, as MNIST did, so that the centre of mass comes nearest to index 14."""
    image = np.zeros((SIDE, SIDE), np.float32)
    total = float(ink.sum(dtype=np.float64))
    slices = []
    for axis, size in enumerate(ink.shape):
        profile = ink.sum(axis=1 - axis, dtype=np.float64)
        mass = float((profile * np.arange(size)).sum()) / total
        start = min(max(int(np.floor(CENTRE - mass + 0.5)), 0), SIDE - size)
        slices.append(slice(start, start + size))
    image[slices[0], slices[1]] = ink
    return image
