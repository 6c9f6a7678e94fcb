"""Row 30: arrays that do not make a dataset of digits."""

from __future__ import annotations

import numpy as np
import pytest

from tests.data.conftest import Arrays, some_arrays
from zoo.data.checks import check_arrays
from zoo.errors import IntegrityError


def message(arrays: Arrays) -> str:
    with pytest.raises(IntegrityError) as caught:
        check_arrays(arrays, thing="a.npz", classes=10)
    return str(caught.value)


def test_labels_of_any_integer_type_become_uint8() -> None:
    arrays = some_arrays()
    checked = check_arrays(arrays | {"y_test": arrays["y_test"].astype(np.int64)}, thing="a", classes=10)
    assert {array.dtype for array in checked.values()} == {np.dtype(np.uint8)}
    np.testing.assert_array_equal(checked["y_test"], arrays["y_test"])


def test_row_30_missing_arrays() -> None:
    arrays = some_arrays()
    del arrays["y_test"], arrays["x_train"]
    assert message(arrays) == (
        "a.npz: expected x_train, y_train, x_test, y_test, got no x_train, no y_test"
    )


def test_row_30_wrong_counts() -> None:
    arrays = some_arrays()
    arrays["y_train"] = arrays["y_train"][:-1]
    assert message(arrays) == "a.npz: y_train: expected as many labels as images (30), got 29"


@pytest.mark.parametrize(
    ("labels", "got"),
    [([10], "0..10"), ([-1], "-1..9"), ([255], "0..255"), ([256], "0..256"), ([2**40], f"0..{2**40}")],
)
def test_row_30_labels_outside_0_to_9(labels: list[int], got: str) -> None:
    arrays = some_arrays()
    arrays["y_test"] = np.concatenate([arrays["y_test"][1:], labels]).astype(np.int64)
    assert message(arrays) == f"a.npz: y_test: expected labels in 0..9, got {got}"


def test_row_30_wrong_types() -> None:
    arrays = some_arrays()
    arrays["y_test"] = arrays["y_test"].astype(np.float64)
    assert message(arrays) == "a.npz: y_test: expected integer labels (n,), got float64 (20,)"
    arrays["x_train"] = [1, 2, 3]  # type: ignore[assignment]
    assert message(arrays) == "a.npz: x_train: expected an array, got list"
