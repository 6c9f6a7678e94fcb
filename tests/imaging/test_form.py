from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.imaging.drawings import STROKES, alike, drawn
from zoo.errors import InvalidValueError
from zoo.imaging import to_mnist_form
from zoo.imaging.form import pen_width


def box_of(image: np.ndarray) -> tuple[int, int]:
    rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
    return int(rows[-1] - rows[0] + 1), int(columns[-1] - columns[0] + 1)


def centre_of(image: np.ndarray) -> tuple[float, float]:
    index, total = np.arange(28), image.sum()
    return float((image.sum(1) * index).sum() / total), float((image.sum(0) * index).sum() / total)


@pytest.mark.parametrize("digit", STROKES)
@pytest.mark.parametrize("pen", [1, 2, 5, 10, 20, 30, 45, 60, 80])
@pytest.mark.parametrize("side", [12, 28, 100, 280])
def test_box_centre_and_pen_are_mnist_s(digit: str, pen: int, side: int) -> None:
    image = to_mnist_form(drawn(digit, pen=pen, side=side))
    assert image.shape == (28, 28)
    assert image.dtype == np.float32
    assert image.min() == 0
    assert image.max() == 1
    assert max(box_of(image)) == 20
    for axis, at in enumerate(centre_of(image)):
        rims = image.any(axis=1 - axis)[[0, -1]]  # a digit that is heavy at one end stays in the frame
        assert abs(at - 14) <= 0.5 + 1e-6 or rims.any()
    assert 1.2 <= pen_width(image) <= 6.5
    assert np.square(image).sum() / image.sum() >= 0.6  # MNIST's faintest: lines are not gray


@pytest.mark.parametrize("digit", STROKES)
@pytest.mark.parametrize("pen", [2, 12, 30, 60])
def test_a_drawing_keeps_its_shape_whatever_the_pen(digit: str, pen: int) -> None:
    usual = to_mnist_form(drawn(digit, pen=25))
    likeness = {other: alike(to_mnist_form(drawn(other, pen=pen)), usual) for other in STROKES}
    assert max(likeness, key=lambda other: likeness[other]) == digit


@pytest.mark.parametrize("digit", STROKES)
@pytest.mark.parametrize("pen", [1, 2, 4])
def test_hairlines_become_full_ink(digit: str, pen: int) -> None:
    image = to_mnist_form(drawn(digit, pen=pen))
    assert np.square(image).sum() / image.sum() >= 0.8


@settings(max_examples=40, deadline=None)
@given(
    digit=st.sampled_from(sorted(STROKES)),
    pen=st.integers(20, 50),
    top=st.integers(0, 200),
    left=st.integers(0, 200),
)
def test_where_it_is_drawn_does_not_matter(digit: str, pen: int, top: int, left: int) -> None:
    ink = drawn(digit, pen=pen, side=56)
    page = np.zeros((300, 260), np.float32)
    page[top : top + 56, left : left + 56] = ink
    np.testing.assert_array_equal(to_mnist_form(page), to_mnist_form(ink))


@settings(max_examples=40, deadline=None)
@given(digit=st.sampled_from(sorted(STROKES)), pen=st.integers(20, 50), times=st.integers(2, 9))
def test_how_large_it_is_drawn_does_not_matter(digit: str, pen: int, times: int) -> None:
    ink = drawn(digit, pen=pen, side=40)
    larger = np.kron(ink, np.ones((times, times), np.float32))
    np.testing.assert_allclose(to_mnist_form(larger), to_mnist_form(ink), atol=1e-5)


@given(strength=st.floats(0.01, 1.0))
def test_how_dark_the_ink_is_does_not_matter(strength: float) -> None:
    ink = drawn("2", side=60)
    np.testing.assert_allclose(to_mnist_form(ink * np.float32(strength)), to_mnist_form(ink), atol=1e-5)


@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (400, 1), (28, 28), (5, 900)])
def test_no_ink_is_no_ink_and_all_ink_fills_its_box(shape: tuple[int, int]) -> None:
    assert not to_mnist_form(np.zeros(shape)).any()
    full = to_mnist_form(np.ones(shape))
    assert full.max() == 1
    assert max(box_of(full)) == 20


@settings(max_examples=200, deadline=None)
@given(
    ink=st.integers(0, 2**32).map(np.random.default_rng),
    height=st.integers(1, 90),
    width=st.integers(1, 90),
    share=st.floats(0, 1),
)
def test_any_ink_has_a_defined_result(
    ink: np.random.Generator, height: int, width: int, share: float
) -> None:
    page = ink.random((height, width)) * (ink.random((height, width)) < share)
    image = to_mnist_form(page)
    assert image.shape == (28, 28)
    assert np.isfinite(image).all()
    assert image.min() >= 0
    assert image.max() == (1 if page.any() else 0)


@pytest.mark.parametrize(
    ("ink", "text"),
    [
        (np.zeros((3, 28, 28)), "ink: expected float32 (height, width), got float64 (3, 28, 28)"),
        (np.zeros((28, 28), np.uint8), "ink: expected float32 (height, width), got uint8 (28, 28)"),
        (np.zeros((0, 28)), "ink: expected float32 (height, width), got float64 (0, 28)"),
        (np.full((28, 28), np.nan), "ink: expected values in [0, 1], got values outside it"),
        (np.full((28, 28), 1.5), "ink: expected values in [0, 1], got values outside it"),
    ],
)
def test_what_is_no_ink(ink: np.ndarray, text: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        to_mnist_form(ink)
    assert str(caught.value) == text
