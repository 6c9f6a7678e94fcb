"""Texts as outlines of their letters, kept: shaping a text costs more than filling it many times."""

from __future__ import annotations

import functools

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import text_to_path

__all__ = ["EM", "font", "outline", "size"]

EM = text_to_path.FONT_SCALE
"""Units an em of an outline."""

NUMERALS = frozenset("0123456789 .,:%+-−")
"""Characters that the font sets side by side without kerning: a number is put together from them."""

KEPT = 4096
"""Texts kept: the captions, ticks and numbers of a report many times over."""


@functools.cache
def font(size: float, *, bold: bool = False) -> FontProperties:
    """Return the font of all pictures; it comes with matplotlib. `size` is in points."""
    return FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")


def outline(text: str, font: FontProperties) -> Path:
    """Return the shape of one line of text, `EM` units an em, from the left end of its baseline.

    The path is shared: never change it.
    """
    return _outline(text, _unit(font))


def size(text: str, font: FontProperties) -> tuple[float, float, float]:
    """Return width, height and descent of one line of text in points."""
    wide, high, below = _size(text, _unit(font))
    scale = font.get_size_in_points() / EM
    return wide * scale, high * scale, below * scale


@functools.lru_cache(maxsize=64)
def _unit(font: FontProperties) -> FontProperties:
    """Return the same font in the size in which outlines are kept."""
    font = font.copy()
    font.set_size(EM)
    return font


@functools.lru_cache(maxsize=KEPT)
def _outline(text: str, font: FontProperties) -> Path:
    if not _is_number(text, font):
        vertices, codes = text_to_path.get_text_path(font, text)
        return Path(vertices, codes)
    shapes = [_outline(character, font) for character in text]
    starts = np.cumsum([0.0, *(_size(character, font)[0] for character in text[:-1])])
    corners = np.concatenate([np.asarray(shape.vertices) for shape in shapes])
    corners[:, 0] += np.repeat(starts, [len(np.asarray(shape.vertices)) for shape in shapes])
    return Path(corners, np.concatenate([np.asarray(shape.codes) for shape in shapes]))


@functools.lru_cache(maxsize=KEPT)
def _size(text: str, font: FontProperties) -> tuple[float, float, float]:
    if not _is_number(text, font):
        wide, high, below = text_to_path.get_text_width_height_descent(text, font, False)
        return float(wide), float(high), float(below)
    sizes = np.array([_size(character, font) for character in text])
    below = sizes[:, 2].max()
    return float(sizes[:, 0].sum()), float((sizes[:, 1] - sizes[:, 2]).max() + below), float(below)


def _is_number(text: str, font: FontProperties) -> bool:
    return len(text) > 1 and NUMERALS.issuperset(text) and font.get_family() == ["DejaVu Sans"]
