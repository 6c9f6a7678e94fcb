from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.errors import InvalidValueError
from zoo.imaging import noise, rotate, shift, zoom

IMAGES = np.random.default_rng(0).random((3, 28, 28), np.float32)


def test_a_worked_example() -> None:
    image = np.zeros((28, 28), np.float32)
    image[10, 5] = 1
    assert np.argwhere(shift(image, -3, 2)).tolist() == [[0, 7, 7]]
    assert np.argwhere(rotate(image, 90)).tolist() == [[0, 22, 10]]  # right becomes up, left down
    assert not shift(image, -11, 0).any()
    assert np.argwhere(shift(image, -11, 0, wrap=True)).tolist() == [[0, 27, 5]]


distances = st.integers(-28, 28)


@given(distances, distances)
def test_shifting_there_and_back_loses_only_what_left(dy: int, dx: int) -> None:
    back = shift(shift(IMAGES, dy, dx), -dy, -dx)
    kept = back != 0
    np.testing.assert_array_equal(back[kept], IMAGES[kept])
    assert kept.sum() == 3 * (28 - abs(dy)) * (28 - abs(dx))


@given(distances, distances)
def test_wrapping_loses_nothing(dy: int, dx: int) -> None:
    around = shift(shift(IMAGES, dy, dx, wrap=True), -dy, -dx, wrap=True)
    np.testing.assert_array_equal(around, IMAGES)


@given(st.integers(-4, 4))
def test_quarter_turns_are_exact(quarters: int) -> None:
    np.testing.assert_array_equal(rotate(IMAGES, 90 * quarters), np.rot90(IMAGES, quarters, axes=(1, 2)))


@settings(max_examples=30)
@given(st.floats(-720, 720))
def test_turning_keeps_range_and_the_middle(degrees: float) -> None:
    disc = np.hypot(*(np.indices((28, 28)) - 13.5)) < 8
    turned = rotate(disc.astype(np.float32), degrees)
    assert turned.min() >= 0
    assert turned.max() <= 1
    assert abs(float(turned.sum()) - disc.sum()) < 0.05 * disc.sum()


def test_zoom() -> None:
    np.testing.assert_array_equal(zoom(IMAGES, 1.0), IMAGES)
    disc = (np.hypot(*(np.indices((28, 28)) - 13.5)) < 10).astype(np.float32)
    for factor in (0.5, 0.8, 1.2):
        area = float(zoom(disc, factor).sum()) / float(disc.sum())
        assert area == pytest.approx(factor**2, rel=0.05)


def test_noise_is_seeded_bounded_and_as_strong_as_asked() -> None:
    gray = np.full((200, 28, 28), 0.5, np.float32)
    noisy = noise(gray, 0.1, seed=3)
    assert noisy.dtype == np.float32
    assert float((noisy - gray).std()) == pytest.approx(0.1, rel=0.02)
    np.testing.assert_array_equal(noisy, noise(gray, 0.1, seed=3))
    assert (noisy != noise(gray, 0.1, seed=4)).any()
    strong = noise(IMAGES, 5.0)
    assert strong.min() == 0
    assert strong.max() == 1
    np.testing.assert_array_equal(noise(IMAGES, 0.0), IMAGES)


@pytest.mark.parametrize(
    "move", [shift, lambda i: rotate(i, 10), lambda i: zoom(i, 2), lambda i: noise(i, 1)]
)
def test_nothing_changes_what_it_is_given(move: Callable[[np.ndarray], np.ndarray]) -> None:
    before = IMAGES.copy()
    result = move(IMAGES)
    result[:] = 0.25
    np.testing.assert_array_equal(IMAGES, before)


def test_batches_give_the_same_as_single_images() -> None:
    for move in (lambda i: rotate(i, 33), lambda i: zoom(i, 0.7), lambda i: shift(i, 2, -5)):
        np.testing.assert_array_equal(move(IMAGES), np.concatenate([move(image) for image in IMAGES]))


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: shift(IMAGES, 29), "dy: expected a whole number of pixels in -28..28, got 29"),
        (lambda: shift(IMAGES, 0, 1.5), "dx: expected a whole number of pixels in -28..28, got 1.5"),
        (lambda: rotate(IMAGES, float("nan")), "degrees: expected a finite number, got nan"),
        (lambda: zoom(IMAGES, 0), "factor: expected a number in 0.05..20, got 0"),
        (lambda: noise(IMAGES, -1), "amount: expected a number of at least 0, got -1"),
        (lambda: noise(IMAGES, 1, seed=-1), "seed: expected an integer of at least 0, got -1"),
        (
            lambda: shift(np.zeros((5, 5, 5)), 1),
            "images: expected images (n, 28, 28) of uint8, or of float in [0, 1], got float64 (5, 5, 5)",
        ),
    ],
)
def test_what_does_not_fit_is_refused(call: Callable[[], object], text: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        call()
    assert str(caught.value) == text
