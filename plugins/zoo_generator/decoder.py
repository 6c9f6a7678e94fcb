"""The decoder in NumPy: Keras and LiteRT run the network from its image on only."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from zoo import InvalidValueError
from zoo_generator import CODE, DECONVOLUTIONS, KERNEL, START

Array = NDArray[np.float32]

BATCH = 50
"""Images drawn at a time: 23 MB in the widest step."""


def check_codes(codes: object) -> Array:
    """Return codes as float32 (n, 64).

    Raises:
        InvalidValueError: If they have another shape or type, or are not finite.
    """
    array = np.asarray(codes)
    if array.dtype.kind not in "fiu" or array.ndim != 2 or array.shape[1] != CODE:
        raise InvalidValueError(f"codes: expected numbers (n, {CODE}), got {array.dtype} {array.shape}")
    if not np.isfinite(array).all():
        raise InvalidValueError("codes: expected finite values, got NaN or infinities")
    return array.astype(np.float32)


def decode(codes: Array, weights: Mapping[str, Array]) -> Array:
    """Draw images (n, 28, 28) in [0, 1] from codes (n, 64), as the last layers of the network do."""
    parts = [_decode(codes[i : i + BATCH], weights) for i in range(0, len(codes), BATCH)]
    return np.concatenate(parts) if parts else np.zeros((0, 28, 28), np.float32)


def _decode(codes: Array, weights: Mapping[str, Array]) -> Array:
    x = np.maximum(codes @ weights["dense_decode/kernel"] + weights["dense_decode/bias"], 0)
    x = x.reshape(-1, *START)  # (image, 7, 7, 64)
    for name, _, stride, activation in DECONVOLUTIONS:
        x = spread_out(x, weights[f"{name}/kernel"], stride) + weights[f"{name}/bias"]
        x = np.maximum(x, 0) if activation == "relu" else np.tanh(x)
    drawn: Array = x[..., 0].clip(0, 1)
    return drawn


def spread_out(maps: Array, kernel: Array, stride: int) -> Array:
    """Return the transposed convolution with ``same`` padding.

    Each pixel is spread over a patch around its place in an image `stride` times as large::

        out[s·y + u - p, s·x + v - p, f] += Σ maps[y, x, c] kernel[u, v, f, c]      p = ⌊(3 - s) / 2⌋

    Args:
        maps: (n, height, width, c).
        kernel: (3, 3, f, c), in the order of Keras.
        stride: s.
    """
    n, height, width, channels = maps.shape
    filters = kernel.shape[2]
    # every patch in one matrix product: (pixel, c) × (c, u v f)
    patches = maps.reshape(-1, channels) @ kernel.reshape(-1, channels).T
    patches = patches.reshape(n, height, width, KERNEL, KERNEL, filters)
    tall, wide = stride * height, stride * width
    out = np.zeros((n, tall + KERNEL, wide + KERNEL, filters), np.float32)
    for u in range(KERNEL):
        for v in range(KERNEL):
            out[:, u : u + tall : stride, v : v + wide : stride] += patches[:, :, :, u, v]
    before = (KERNEL - stride) // 2
    return out[:, before : before + tall, before : before + wide]
