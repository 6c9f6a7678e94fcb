"""From a decoded picture of any mode to small numbers, and from those to one brightness a pixel."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["WORKING_SIDE", "Small", "gray_of", "small_picture"]

Pixels = NDArray[np.float32]

WORKING_SIDE = 640
"""Pictures are averaged down to this longer side at most; a digit on a page keeps enough of it."""

TILE = 256
"""Side of the squares that are converted at a time: one MB as numbers."""

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Brightness of red, green and blue: ITU-R BT.601."""

COLOUR_GAIN = 2.0
"""A single colour is looked at in place of the brightness if it varies so many times as much."""

OPAQUE_CONTRAST = 0.25
"""If what is not transparent differs by this much it holds paper and ink; otherwise it is ink."""


class Small(NamedTuple):
    """A picture averaged down: colours (height, width, 3) and opacity (height, width), in [0, 1]."""

    colours: Pixels
    opacity: Pixels


def small_picture(picture: Image.Image) -> Small:
    """Average a loaded picture down to `WORKING_SIDE`, square by square.

    Args:
        picture: No side above 65,535 pixels.
    """
    factor = -(-max(picture.size) // WORKING_SIDE)
    step = max(1, TILE // factor) * factor
    width, height = picture.size
    numbers = np.empty((-(-height // factor), -(-width // factor), 4), np.float32)
    for top in range(0, height, step):
        for left in range(0, width, step):
            tile = picture.crop((left, top, min(left + step, width), min(top + step, height)))
            averaged = _averaged(*_numbers(tile), factor)
            y, x = top // factor, left // factor
            numbers[y : y + averaged.shape[0], x : x + averaged.shape[1]] = averaged
    return Small(numbers[..., :3], numbers[..., 3])


def gray_of(small: Small) -> Pixels:
    """Return one brightness a pixel (height, width): the usual one, or one colour that shows more.

    What is transparent becomes paper: of the colour that most of the rest has if that holds paper
    and ink, otherwise whatever the drawing stands out from.
    """
    colours = _on_paper(small) if small.opacity.min() < 1 else small.colours
    brightness = colours @ LUMA
    variances = colours.reshape(-1, 3).var(axis=0)
    best = int(variances.argmax())
    if variances[best] > COLOUR_GAIN * brightness.var():
        return colours[..., best]
    return brightness


def _numbers(tile: Image.Image) -> Small:
    if tile.mode.startswith("I"):  # 16 bits; Pillow's own conversion would cut them off
        gray = np.asarray(tile).astype(np.float32) / np.float32(65535)
        return Small(gray.clip(0, 1)[..., None].repeat(3, axis=-1), np.ones_like(gray))
    rgba = np.asarray(tile.convert("RGBA")).astype(np.float32) / np.float32(255)
    return Small(rgba[..., :3], rgba[..., 3])


def _averaged(colours: Pixels, opacity: Pixels, factor: int) -> Pixels:
    """Average squares of `factor` pixels, fewer at the right and lower edge: (height, width, 4)."""
    weight = opacity[..., None]
    if factor == 1:
        return np.concatenate([colours, weight], axis=-1)
    sums = np.concatenate([colours * weight, weight], axis=-1)
    counts = np.ones((1, 1, 1), np.float32)
    for axis in (0, 1):
        starts = np.arange(0, sums.shape[axis], factor)
        sizes = np.diff(starts, append=sums.shape[axis]).astype(np.float32)
        sums = np.add.reduceat(sums, starts, axis=axis)
        counts = counts * sizes.reshape(-1, 1, 1).swapaxes(0, axis)
    means = sums / counts
    means[..., :3] /= np.maximum(means[..., 3:], 1e-6)
    return np.asarray(means, np.float32)


def _on_paper(small: Small) -> Pixels:
    there = small.colours[small.opacity > 0.5]
    if not len(there):
        there = small.colours[small.opacity > 0] if small.opacity.any() else np.zeros((1, 3), np.float32)
    brightness = there @ LUMA
    low, middle, high = np.quantile(brightness, (0.05, 0.5, 0.95))
    if high - low >= OPAQUE_CONTRAST:
        paper = np.median(there, axis=0).astype(np.float32)
    else:
        paper = np.full(3, 1.0 if middle < 0.5 else 0.0, np.float32)
    opacity = small.opacity[..., None]
    return small.colours * opacity + paper * (1 - opacity)
