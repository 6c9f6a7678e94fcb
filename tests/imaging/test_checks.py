from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from zoo.errors import InvalidValueError
from zoo.imaging import check_images

IMAGES = np.random.default_rng(0).integers(0, 256, (4, 28, 28), np.uint8)
EXPECTED = "expected images (n, 28, 28) of uint8, or of float in [0, 1]"


def test_bytes_become_shares_of_white() -> None:
    checked = check_images(IMAGES)
    assert checked.dtype == np.float32
    assert checked.max() <= 1
    np.testing.assert_array_equal(checked, IMAGES.astype(np.float32) / np.float32(255))


def test_one_image_becomes_a_batch_of_one() -> None:
    assert check_images(IMAGES[0]).shape == (1, 28, 28)
    assert check_images(np.zeros((28, 28), bool)).dtype == np.float32


@given(
    hnp.arrays(
        st.sampled_from([np.float16, np.float32, np.float64]),
        st.integers(1, 3).map(lambda n: (n, 28, 28)),
        elements=st.floats(0, 1, width=16),
    )
)
def test_floats_keep_their_values_and_checking_twice_changes_nothing(images: Any) -> None:
    checked = check_images(images)
    assert checked.dtype == np.float32
    np.testing.assert_array_equal(checked, images.astype(np.float32))
    assert check_images(checked) is checked


def test_rounding_just_outside_is_clipped() -> None:
    checked = check_images(np.full((1, 28, 28), 1 + 5e-7))
    assert checked.max() == 1


WRONG = {
    "rows": (
        np.zeros((5, 28)),
        "got float64 (5, 28); bring another picture into this form with zoo.imaging.to_mnist_form",
    ),
    "channels": (
        np.zeros((5, 28, 28, 1)),
        "got float64 (5, 28, 28, 1); leave out the last axis: images[..., 0]",
    ),
    "colours": (np.zeros((5, 28, 28, 3)), "got float64 (5, 28, 28, 3)"),
    "flat": (
        np.zeros((5, 784)),
        "got float64 (5, 784); reshape them: images.reshape(-1, 28, 28)",
    ),
    "one flat": (np.zeros(784), "got float64 (784,); reshape them: images.reshape(-1, 28, 28)"),
    "other size": (
        np.zeros((32, 32)),
        "got float64 (32, 32); bring another picture into this form with zoo.imaging.to_mnist_form",
    ),
    "none": (np.zeros((0, 28, 28)), "got no image at all"),
    "integers": (
        np.zeros((1, 28, 28), int),
        "got int64 (1, 28, 28); pixel values 0 to 255 are uint8",
    ),
    "complex": (np.zeros((1, 28, 28), complex), "got complex128 (1, 28, 28)"),
    "objects": (np.full((1, 28, 28), None), "got object (1, 28, 28)"),
    "text": ("test:17", "got <U7 ()"),
    "ragged": ([[1, 2], [3]], "got a ragged list"),
    "nan": (np.full((1, 28, 28), np.nan), "got NaN or infinite values"),
    "infinite": (np.full((1, 28, 28), -np.inf), "got NaN or infinite values"),
    "bytes as floats": (
        np.linspace(0, 255, 784).reshape(1, 28, 28),
        "got values in 0..255; divide pixel values by 255",
    ),
    "signed": (np.linspace(-1, 1, 784).reshape(1, 28, 28), "got values in -1..1"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_what_does_not_fit_is_refused(fault: str) -> None:
    images, words = WRONG[fault]
    with pytest.raises(InvalidValueError) as caught:
        check_images(images, thing="pictures")
    assert str(caught.value) == f"pictures: {EXPECTED}, {words}"
