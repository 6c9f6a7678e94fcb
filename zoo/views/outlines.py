"""Texts as outlines of their letters, kept: shaping a text costs more than filling it many times."""

from __future__ import annotations

import functools

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import text_to_path

__all__ = ["EM", "FAMILY", "font", "outline", "size"]

EM = text_to_path.FONT_SCALE
"""Units an em of an outline."""

FAMILY = "DejaVu Sans"
"""Font of all pictures; it comes with matplotlib."""

NUMERALS = frozenset("0123456789 .,:%+-−")
"""Characters that it sets side by side without kerning: a number is put together from them."""

PROBE = "10 234.56,789:+%-−7 4%1"
"""A text of all of them."""

SLACK = 1e-6
"""Units by which a sum may differ: rounding, no pixel."""

KEPT = 4096
"""Texts kept: the captions, ticks and numbers of a report many times over."""


@functools.cache
def font(size: float, *, bold: bool = False) -> FontProperties:
    """Return the font of all pictures; `size` is in points."""
    return FontProperties(family=FAMILY, size=size, weight="bold" if bold else "normal")


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
    return _put_together(text, font) if _is_number(text, font) else _shaped(text, font)


@functools.lru_cache(maxsize=KEPT)
def _size(text: str, font: FontProperties) -> tuple[float, float, float]:
    return _added_up(text, font) if _is_number(text, font) else _measured(text, font)


def _is_number(text: str, font: FontProperties) -> bool:
    return len(text) > 1 and NUMERALS.issuperset(text) and _adds_up(font)


@functools.lru_cache(maxsize=64)
def _adds_up(font: FontProperties) -> bool:
    """Tell whether numbers are the sum of their characters, as this version of matplotlib sets them."""
    if font.get_family() != [FAMILY] or font.get_style() != "normal" or font.get_file() is not None:
        return False  # it may kern digits: only this one was tried, each character beside each
    shaped, together = (np.asarray(of(PROBE, font).vertices) for of in (_shaped, _put_together))
    return (
        shaped.shape == together.shape
        and np.allclose(shaped, together, rtol=0, atol=SLACK)
        and np.allclose(_measured(PROBE, font), _added_up(PROBE, font), rtol=0, atol=SLACK)
    )


def _shaped(text: str, font: FontProperties) -> Path:
    vertices, codes = text_to_path.get_text_path(font, text)
    return Path(vertices, codes)


def _measured(text: str, font: FontProperties) -> tuple[float, float, float]:
    wide, high, below = text_to_path.get_text_width_height_descent(text, font, False)
    return float(wide), float(high), float(below)


def _put_together(text: str, font: FontProperties) -> Path:
    shapes = [_outline(character, font) for character in text]
    starts = np.cumsum([0.0, *(_size(character, font)[0] for character in text[:-1])])
    corners = np.concatenate([np.asarray(shape.vertices) for shape in shapes])
    corners[:, 0] += np.repeat(starts, [len(np.asarray(shape.vertices)) for shape in shapes])
    return Path(corners, np.concatenate([np.asarray(shape.codes) for shape in shapes]))


def _added_up(text: str, font: FontProperties) -> tuple[float, float, float]:
    sizes = np.array([_size(character, font) for character in text])
    below = sizes[:, 2].max()
    return float(sizes[:, 0].sum()), float((sizes[:, 1] - sizes[:, 2]).max() + below), float(below)
