"""Where is the ink? From the brightness of a drawing or photo to ink 1 on nothing 0."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["find_ink"]

Pixels = NDArray[np.float32]

SMALL = 64
"""Up to this side every pixel counts; above it an edge is many pixels wide and may be cut hard."""

EVEN = 0.02
"""Middle half of the rim's brightness: up to this the paper is one brightness everywhere."""

LEAST_CONTRAST = 0.06
"""Ink that differs less from its paper than this (15 of 255) is not seen."""

GRAINY = 0.012
"""Grain of a large picture that is worth averaging away: 3 of 255."""

NOISE_OF_INK = 8.0
"""Ink must stand out by this many standard deviations of the paper's grain."""

NOISE_OF_PAPER = 4.0
"""Up to this many standard deviations a pixel is paper: one in 16,000 is more by chance."""

FULL = 0.7
"""In a large picture ink of this share of the darkest is full ink: a pencil's stroke is uneven."""

SPECK = 0.05
"""Dirt: a separate piece with less than this share of the ink of the largest piece."""

ROUNDS = 12
"""Fits of the paper's surface; it settles in three to six."""

PEAK = 10
"""The darkest ink is the mean of so many pixels."""


def find_ink(gray: Pixels) -> Pixels:
    """Tell ink from paper, whichever is darker, also where light falls unevenly.

    Args:
        gray: (height, width) in [0, 1], 1 is white.

    Returns:
        float32 (height, width) in [0, 1]; all zeros where nothing stands out from the paper. Grainy
        pictures come back halved.
    """
    difference = gray - _paper(gray)
    grain = _spread(difference)
    if grain > GRAINY and min(gray.shape) >= 4 * SMALL:
        return find_ink(_halved(gray))
    darker, lighter = np.minimum(difference, 0.0), np.maximum(difference, 0.0)
    ink = -darker if np.square(darker).sum() >= np.square(lighter).sum() else lighter
    contrast = _peak(ink)
    if contrast < max(LEAST_CONTRAST, NOISE_OF_INK * grain):
        return np.zeros_like(gray)
    small = max(gray.shape) <= SMALL
    low = min(max(NOISE_OF_PAPER * grain / contrast, 0.0 if small else 0.1), 0.5)
    high = 1.0 if small else FULL
    clean = ((ink / contrast - low) / (high - low)).clip(0.0, 1.0).astype(np.float32)
    return clean if small else _without_specks(clean)


def _peak(ink: Pixels) -> float:
    count = min(PEAK, ink.size)
    return float(np.partition(ink, ink.size - count, axis=None)[-count:].mean())


def _paper(gray: Pixels) -> Pixels:
    """Brightness of the paper at each pixel: one number, or a curved surface where light is uneven."""
    width = max(1, min(gray.shape) // 50)
    rim = np.concatenate(
        [part.ravel() for part in (gray[:width], gray[-width:], gray[:, :width], gray[:, -width:])]
    )
    low, middle, high = np.quantile(rim, (0.25, 0.5, 0.75))
    if high - low <= EVEN or min(gray.shape) < 3:
        return np.full_like(gray, middle)
    return _surface(gray)


def _surface(gray: Pixels) -> Pixels:
    """Fit a quadratic surface to the paper, leaving out again and again what does not lie on it."""
    y, x = (np.linspace(-1, 1, side, dtype=np.float32) for side in gray.shape)
    step = max(1, max(gray.shape) // SMALL)
    terms = np.stack(np.broadcast_arrays(*_terms(y[::step, None], x[None, ::step])), axis=-1)
    known = terms.reshape(-1, terms.shape[-1]).astype(np.float64)
    values = gray[::step, ::step].ravel().astype(np.float64)
    kept = np.ones(len(values), bool)
    factors: NDArray[np.floating[Any]] = np.zeros(known.shape[1])
    for _ in range(ROUNDS):
        paper = known[kept]
        # six normal equations: a thousand times less work than the thousands of rows themselves
        factors = np.linalg.lstsq(paper.T @ paper, paper.T @ values[kept], rcond=None)[0]
        left = np.abs(values - known @ factors)
        now = left <= max(2.5 * 1.4826 * float(np.median(left)), 0.01)
        if now.sum() < 2 * len(factors) or (now == kept).all():
            break
        kept = now
    surface = np.zeros_like(gray)
    for factor, term in zip(factors, _terms(y[:, None], x[None, :]), strict=True):
        surface += np.float32(factor) * term
    return surface


def _terms(y: Pixels, x: Pixels) -> tuple[Pixels, ...]:
    return np.ones((1, 1), np.float32), y, x, y * x, y * y, x * x


def _halved(gray: Pixels) -> Pixels:
    height, width = (side // 2 for side in gray.shape)
    quarters = gray[: 2 * height, : 2 * width].reshape(height, 2, width, 2)
    return np.asarray(quarters.mean(axis=(1, 3)), np.float32)


def _spread(values: NDArray[np.floating[Any]]) -> float:
    """Standard deviation by the median of distances, which ink, being little, does not change."""
    return 1.4826 * float(np.median(np.abs(values - np.median(values))))


def _without_specks(ink: Pixels) -> Pixels:
    """Remove separate pieces that hold little ink."""
    step = -(-max(ink.shape) // SMALL)
    rows, columns = (-(-side // step) for side in ink.shape)
    padded = np.pad(ink, ((0, rows * step - ink.shape[0]), (0, columns * step - ink.shape[1])))
    blocks = padded.reshape(rows, step, columns, step)
    pieces = _pieces(blocks.max(axis=(1, 3)) > 0)
    masses = np.bincount(pieces.ravel(), weights=blocks.sum(axis=(1, 3)).ravel())
    masses[0] = 0.0
    kept = masses >= SPECK * masses.max()
    mask = kept[pieces].repeat(step, axis=0).repeat(step, axis=1)
    return np.where(mask[: ink.shape[0], : ink.shape[1]], ink, np.float32(0))


def _pieces(there: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Number connected pieces (eight neighbours): 0 is nothing, others are arbitrary numbers."""
    numbers = np.where(there, np.arange(1, there.size + 1).reshape(there.shape), 0)
    while True:
        padded = np.pad(numbers, 1)
        most = padded[1:-1, 1:-1]
        for dy in range(3):
            for dx in range(3):
                most = np.maximum(most, padded[dy : dy + there.shape[0], dx : dx + there.shape[1]])
        most = np.where(there, most, 0)
        if (most == numbers).all():
            return most
        numbers = most
