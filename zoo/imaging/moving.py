"""Images moved: shifted, turned, scaled, and made noisy. What comes from outside is zero.

All functions take images (n, 28, 28) or one (28, 28), as `check_images` does, and return float32
(n, 28, 28) in [0, 1].
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.errors import InvalidValueError, complaint
from zoo.imaging.checks import check_images
from zoo.imaging.form import SIDE

__all__ = ["noise", "rotate", "shift", "zoom"]

Pixels = NDArray[np.float32]

CHUNK = 2000
"""Images resampled at a time: 6 MB for each of the few arrays in use."""


def shift(images: Any, dy: int = 0, dx: int = 0, *, wrap: bool = False) -> Pixels:
    """Move images by whole pixels: `dy` down, `dx` to the right.

    Args:
        images: (n, 28, 28) or (28, 28).
        dy: -28 to 28; negative is up.
        dx: -28 to 28; negative is left.
        wrap: Let what leaves on one side come in on the other, in place of zeros.

    Raises:
        InvalidValueError: If images or distances do not fit.
    """
    checked = check_images(images)
    dy, dx = _whole("dy", dy), _whole("dx", dx)
    if wrap:
        return np.roll(checked, (dy, dx), axis=(1, 2))
    moved = np.zeros_like(checked)
    to_y, from_y = _overlap(dy)
    to_x, from_x = _overlap(dx)
    moved[:, to_y, to_x] = checked[:, from_y, from_x]
    return moved


def rotate(images: Any, degrees: float) -> Pixels:
    """Turn images about their middle, counter-clockwise, by bilinear interpolation.

    Raises:
        InvalidValueError: If images do not fit or the angle is not finite.
    """
    angle = np.deg2rad(_finite("degrees", degrees))
    cos, sin = np.cos(angle), np.sin(angle)
    # rows grow downwards: the inverse of a counter-clockwise turn takes (y, x) to this place
    return _resample(images, np.array([[cos, sin], [-sin, cos]]))


def zoom(images: Any, factor: float) -> Pixels:
    """Scale images about their middle, by bilinear interpolation; 0.5 halves the digit.

    Raises:
        InvalidValueError: If images do not fit or the factor is not in 0.05..20.
    """
    number = _finite("factor", factor)
    if not 0.05 <= number <= 20:
        raise InvalidValueError(complaint("factor", expected="a number in 0.05..20", got=f"{number:g}"))
    return _resample(images, np.eye(2) / number)


def noise(images: Any, amount: float, *, seed: int = 0) -> Pixels:
    """Add Gaussian noise of standard deviation `amount` to each pixel and clip to [0, 1].

    The same seed gives the same noise, whatever the images are.

    Raises:
        InvalidValueError: If images do not fit, `amount` is negative or `seed` is.
    """
    checked = check_images(images)
    scale = _finite("amount", amount)
    if scale < 0:
        raise InvalidValueError(complaint("amount", expected="a number of at least 0", got=f"{scale:g}"))
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise InvalidValueError(complaint("seed", expected="an integer of at least 0", got=repr(seed)))
    added = np.random.default_rng(int(seed)).standard_normal(checked.shape, np.float32)
    added *= np.float32(scale)
    added += checked
    return added.clip(0, 1, out=added)


def _resample(images: Any, matrix: NDArray[np.float64]) -> Pixels:
    """Give each pixel the value found at ``matrix @ (y, x)``, both counted from the middle."""
    checked = check_images(images)
    middle = (SIDE - 1) / 2
    places = np.indices((SIDE, SIDE)).reshape(2, -1) - middle
    y, x = np.round(matrix @ places + middle, 9)  # a quarter turn meets pixels exactly
    top, left = np.floor(y), np.floor(x)
    result = np.zeros((len(checked), SIDE * SIDE), np.float32)
    flat = checked.reshape(len(checked), -1)
    for dy in (0, 1):
        for dx in (0, 1):
            row, column = top + dy, left + dx
            inside = (row >= 0) & (row < SIDE) & (column >= 0) & (column < SIDE)
            share = (1 - np.abs(y - row)) * (1 - np.abs(x - column)) * inside
            index = np.where(inside, row * SIDE + column, 0).astype(np.intp)
            for start in range(0, len(flat), CHUNK):
                part = slice(start, start + CHUNK)
                result[part] += flat[part][:, index] * share.astype(np.float32)
    return result.reshape(-1, SIDE, SIDE).clip(0, 1)


def _overlap(distance: int) -> tuple[slice, slice]:
    return (
        slice(max(distance, 0), SIDE + min(distance, 0)),
        slice(max(-distance, 0), SIDE + min(-distance, 0)),
    )


def _whole(name: str, value: Any) -> int:
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or not -SIDE <= value <= SIDE:
        expected = f"a whole number of pixels in -{SIDE}..{SIDE}"
        raise InvalidValueError(complaint(name, expected=expected, got=repr(value)))
    return int(value)


def _finite(name: str, value: Any) -> float:
    number = float(value) if isinstance(value, (int, float, np.number)) else float("nan")
    if not np.isfinite(number):
        raise InvalidValueError(complaint(name, expected="a finite number", got=repr(value)))
    return number
