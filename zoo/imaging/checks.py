"""The one door for images: every public function that takes images calls `check_images` first."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.errors import InvalidValueError, complaint
from zoo.imaging.form import SIDE

__all__ = ["check_images", "to_floats"]

ROUNDING = 1e-6
"""How far arithmetic in float32 may carry a value out of [0, 1]."""


def check_images(images: Any, *, thing: str = "images") -> NDArray[np.float32]:
    """Return images as the zoo computes with them: float32 (n, 28, 28) in [0, 1].

    Args:
        images: uint8 (0 to 255), bool or float (0 to 1); (n, 28, 28), or (28, 28) for one image.
        thing: What the message calls them.

    Raises:
        InvalidValueError: If type, shape or range is another, or there is no image.
    """
    expected = f"images (n, {SIDE}, {SIDE}) of uint8, or of float in [0, 1]"
    try:
        array = np.asarray(images)
    except ValueError:
        raise InvalidValueError(complaint(thing, expected=expected, got="a ragged list")) from None
    got = f"{array.dtype} {array.shape}"
    if array.ndim == 2:
        array = array[None]
    if array.ndim != 3 or array.shape[1:] != (SIDE, SIDE):
        raise InvalidValueError(complaint(thing, expected=expected, got=got, do=_advice(array)))
    if len(array) == 0:
        raise InvalidValueError(complaint(thing, expected=expected, got="no image at all"))
    if array.dtype == np.uint8:
        return to_floats(array)
    if array.dtype.kind not in "fb":
        do = "pixel values 0 to 255 are uint8" if array.dtype.kind in "iu" else None
        raise InvalidValueError(complaint(thing, expected=expected, got=got, do=do))
    floats = array.astype(np.float32, copy=False)
    low, high = float(floats.min()), float(floats.max())  # NaN comes through both
    if not (np.isfinite(low) and np.isfinite(high)):
        raise InvalidValueError(complaint(thing, expected=expected, got="NaN or infinite values"))
    if low < -ROUNDING or high > 1 + ROUNDING:
        got = f"values in {low:g}..{high:g}"
        do = "divide pixel values by 255" if low >= 0 and 1 < high <= 255 else None
        raise InvalidValueError(complaint(thing, expected=expected, got=got, do=do))
    return floats if low >= 0 and high <= 1 else floats.clip(0, 1)


def to_floats(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Turn pixel values 0 to 255 into float32 in [0, 1], in one pass."""
    return np.divide(pixels, np.float32(255), dtype=np.float32)


def _advice(array: NDArray[Any]) -> str | None:
    if array.ndim == 4 and array.shape[1:] == (SIDE, SIDE, 1):
        return "leave out the last axis: images[..., 0]"
    if array.ndim in (1, 2, 3) and array.shape[-1] == SIDE * SIDE:
        return f"reshape them: images.reshape(-1, {SIDE}, {SIDE})"
    if array.ndim == 3 and array.shape[0] == 1:
        return "bring another picture into this form with zoo.imaging.to_mnist_form"
    return None
