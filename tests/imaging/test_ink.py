from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.imaging.drawings import STROKES, alike, drawn
from zoo.imaging import to_mnist_form
from zoo.imaging.ink import find_ink


def page(digit: str, *, paper: float = 0.9, pen: float = 0.2, side: int = 200) -> np.ndarray:
    """A small digit somewhere on a larger sheet."""
    sheet = np.full((side, side + 60), paper, np.float32)
    sheet[20:110, 120:210] += drawn(digit, side=90) * np.float32(pen - paper)
    return sheet


@settings(max_examples=40, deadline=None)
@given(
    digit=st.sampled_from(sorted(STROKES)),
    paper=st.floats(0, 1),
    pen=st.floats(0, 1),
)
def test_ink_is_found_on_any_paper_and_inverting_changes_nothing(
    digit: str, paper: float, pen: float
) -> None:
    sheet = page(digit, paper=paper, pen=pen)
    ink = find_ink(sheet)
    if abs(paper - pen) < 0.059:
        assert not ink.any()
        return
    if abs(paper - pen) > 0.062:
        assert alike(to_mnist_form(ink), to_mnist_form(drawn(digit))) > 0.95
        np.testing.assert_allclose(find_ink(1 - sheet), ink, atol=1e-4)


@pytest.mark.parametrize("digit", STROKES)
@pytest.mark.parametrize("grain", [0.0, 0.03])
@pytest.mark.parametrize(("down", "right"), [(0.4, 0.0), (0.0, -0.4), (0.3, 0.3)])
def test_uneven_light_and_grain_do_not_matter(
    digit: str, grain: float, down: float, right: float
) -> None:
    height, width = 400, 500
    y, x = (
        np.indices((height, width))[0] / height,
        np.indices((height, width))[1] / width,
    )
    light = 0.55 + down * (y - 0.5) + right * (x - 0.5)
    mask = np.zeros((height, width))
    mask[60:260, 250:450] = drawn(digit, side=200)
    photo = light * (1 - 0.6 * mask) + np.random.default_rng(0).normal(0, 1, light.shape) * grain
    image = to_mnist_form(find_ink(photo.clip(0, 1).astype(np.float32)))
    assert alike(image, to_mnist_form(drawn(digit))) > 0.88  # half a pixel


@pytest.mark.parametrize("grain", [0.0, 0.02, 0.1])
@pytest.mark.parametrize("slope", [0.0, 0.5])
def test_empty_paper_holds_no_ink(grain: float, slope: float) -> None:
    x = np.linspace(0.2, 0.2 + slope, 300)[None, :].repeat(260, axis=0)
    photo = (x + np.random.default_rng(1).normal(0, 1, x.shape) * grain).clip(0, 1)
    assert not find_ink(photo.astype(np.float32)).any()


def test_specks_are_dropped_but_parts_of_a_digit_stay() -> None:
    clean = page("7")
    dirty = clean.copy()
    dirty[180:184, 10:14] = 0.2
    np.testing.assert_array_equal(to_mnist_form(find_ink(dirty)), to_mnist_form(find_ink(clean)))
    two = clean.copy()
    two[130:150, 130:170] = 0.2  # a fifth of the ink
    assert find_ink(two)[130:150, 130:170].min() == 1


def test_one_pixel_and_one_row_are_no_reason_to_fail() -> None:
    for shape in ((1, 1), (1, 50), (50, 1), (2, 2)):
        assert not find_ink(np.full(shape, 0.3, np.float32)).any()
