"""Texts that are put together are what the font shapes, to the last digit."""

from __future__ import annotations

import itertools
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from zoo.views import outlines
from zoo.views.layout import style
from zoo.views.outlines import NUMERALS


def shaped(text: str, font: FontProperties) -> tuple[np.ndarray, list[int], tuple[float, ...]]:
    vertices, codes = text_to_path.get_text_path(font, text)
    measured = text_to_path.get_text_width_height_descent(text, font, False)
    return np.reshape(vertices, (-1, 2)), [int(code) for code in codes], tuple(measured)


def same(text: str, font: FontProperties) -> bool:
    vertices, codes, measured = shaped(text, font)
    found = outlines.outline(text, font)
    found_codes = [] if found.codes is None else np.asarray(found.codes).tolist()
    return (
        np.allclose(np.asarray(found.vertices).reshape(-1, 2), vertices, rtol=0, atol=1e-9)
        and found_codes == codes
        and np.allclose(outlines.size(text, font), measured, rtol=0, atol=1e-9)
    )


@pytest.mark.parametrize("bold", [False, True])
def test_no_two_characters_of_numbers_are_kerned(bold: bool) -> None:
    font = outlines.font(9.5, bold=bold)
    pairs = ("".join(pair) for pair in itertools.product(sorted(NUMERALS), repeat=2))
    assert [pair for pair in pairs if not same(pair, font)] == []


@given(st.text(sorted(NUMERALS), min_size=1, max_size=12), st.sampled_from([6.0, 8.5, 14.0]))
def test_a_number_is_put_together_as_the_font_would_shape_it(text: str, points: float) -> None:
    assert same(text, outlines.font(points))


@pytest.mark.parametrize(
    "text", ["", "AVATAR", "first office", "class 7", "größer", "−4 → 7", "a_1^2$x$"]
)
def test_other_texts_are_shaped(text: str) -> None:
    assert same(text, outlines.font(9.5))


def test_another_font_is_never_put_together() -> None:
    assert same("1,014", FontProperties(family="DejaVu Serif", size=9.5))
    assert same("1,014", FontProperties(family=["DejaVu Sans Mono", "DejaVu Sans"], size=9.5))
    assert same("1,014", FontProperties(family="DejaVu Sans", style="italic", size=9.5))
    stix = Path(mpl.get_data_path()) / "fonts" / "ttf" / "STIXGeneral.ttf"
    with style():
        assert same(",1", FontProperties(fname=stix, size=9.5))
    assert same("1,014", FontProperties(family="DejaVu Sans", weight=900, size=30))
