from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.imaging import shift
from zoo.modelling.batches import Generators, chunks, moved


def numbered(n: int) -> np.ndarray:
    """Images that carry their own number in the first two pixels."""
    images = np.zeros((n, 28, 28), np.uint8)
    images[:, 0, 0], images[:, 0, 1] = np.arange(n) % 256, np.arange(n) // 256
    return images


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 7), st.integers(0, 9), st.data())
def test_an_epoch_shows_each_image_at_most_once_with_its_label(
    n: int, batch: int, seed: int, data: st.DataObject
) -> None:
    batch = min(batch, n)
    steps = n // batch
    inner = data.draw(st.sets(st.integers(1, 60)))
    bounds = sorted({0, steps, *(b for b in inner if b < steps)})
    seen = list(chunks(numbered(n), np.arange(n), Generators.of(seed), batch=batch, bounds=bounds))
    assert [c.first for c in seen] == bounds[:-1]
    assert [len(c) for c in seen] == np.diff(bounds).tolist()
    images = np.concatenate([c.images for c in seen])
    labels = np.concatenate([c.labels for c in seen])
    assert images.shape == (steps, batch, 28, 28)
    assert labels.dtype == np.int32
    numbers = images[..., 0, 0] + 256 * images[..., 0, 1].astype(int)
    np.testing.assert_array_equal(numbers, labels)
    assert len(set(labels.ravel().tolist())) == steps * batch


@pytest.mark.parametrize("shift", [0, 2])
def test_how_an_epoch_is_cut_does_not_change_it(shift: int) -> None:
    images = np.random.default_rng(0).integers(0, 256, (40, 28, 28)).astype(np.uint8)
    (whole,), cut = (
        list(chunks(images, np.arange(40), Generators.of(3), batch=4, bounds=bounds, shift=shift))
        for bounds in ([0, 10], [0, 1, 7, 10])
    )
    np.testing.assert_array_equal(whole.labels, np.concatenate([c.labels for c in cut]))
    np.testing.assert_array_equal(whole.images, np.concatenate([c.images for c in cut]))
    assert (whole.images[0] == images[whole.labels[0]]).all() == (shift == 0)


def test_every_epoch_has_another_order() -> None:
    generators = Generators.of(0)
    first, second = (
        next(chunks(numbered(40), np.arange(40), generators, batch=40, bounds=[0, 1])).labels.tolist()
        for _ in range(2)
    )
    assert first != second
    assert sorted(first[0]) == sorted(second[0]) == list(range(40))


@pytest.mark.parametrize("reach", [0, 1, 2, 5, 14])
def test_a_moved_image_is_the_shifted_image(reach: int) -> None:
    images = np.random.default_rng(0).integers(1, 256, (50, 28, 28)).astype(np.uint8)
    down, right = np.random.default_rng(1).integers(-reach, reach + 1, (2, 50))
    before = images.copy()
    result = moved(images, down, right)
    np.testing.assert_array_equal(images, before)
    for image, found, dy, dx in zip(images, result, down, right, strict=True):
        np.testing.assert_array_equal(found, np.rint(255 * shift(image, int(dy), int(dx))[0]))


def test_shifts_reach_as_far_as_asked_for_on_all_sides() -> None:
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 14, 14] = 255
    images = np.repeat(image, 200, axis=0)
    (chunk,) = chunks(images, np.zeros(200), Generators.of(0), batch=200, bounds=[0, 1], shift=2)
    _, rows, columns = np.nonzero(chunk.images[0])
    assert set(rows.tolist()) == set(columns.tolist()) == {12, 13, 14, 15, 16}
