from __future__ import annotations

import numpy as np
import pytest

from tests.data.conftest import some_arrays
from zoo.data import Examples
from zoo.errors import InvalidValueError

ARRAYS = some_arrays()
EXAMPLES = Examples(ARRAYS["x_train"], ARRAYS["y_train"])


def test_floats_are_shares_of_white() -> None:
    floats = EXAMPLES.floats()
    assert floats.dtype == np.float32
    np.testing.assert_array_equal(floats, ARRAYS["x_train"].astype(np.float32) / np.float32(255))


def test_only_relabels_by_column_and_keeps_order() -> None:
    chosen = EXAMPLES.only((8, 1))
    rows = np.flatnonzero(np.isin(ARRAYS["y_train"], (1, 8)))
    np.testing.assert_array_equal(chosen.images, ARRAYS["x_train"][rows])
    np.testing.assert_array_equal(chosen.labels, (ARRAYS["y_train"][rows] == 1).astype(int))
    assert chosen.labels.dtype == np.int64
    assert len(EXAMPLES.only(range(10))) == len(EXAMPLES)


def test_first() -> None:
    assert len(EXAMPLES.first(7)) == 7
    assert len(EXAMPLES.first(1000)) == 30
    assert len(EXAMPLES.first(0)) == 0


@pytest.mark.parametrize(
    ("classes", "text"),
    [
        ((1, 1), "classes: expected different classes, got [1, 1]"),
        ((), "classes: expected different classes, got []"),
        (
            (1, 11),
            "classes: expected some of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, got 11; choose others",
        ),
        ((-1,), "classes: expected some of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, got -1; choose others"),
    ],
)
def test_classes_that_do_not_fit(classes: tuple[int, ...], text: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        EXAMPLES.only(classes)
    assert str(caught.value) == text


def test_arrays_that_do_not_fit() -> None:
    with pytest.raises(InvalidValueError) as caught:
        Examples(ARRAYS["x_train"].astype(np.float32), ARRAYS["y_train"][:-1])  # type: ignore[arg-type]
    assert str(caught.value) == (
        "examples: expected images uint8 (n, 28, 28) and integer labels (n,), "
        "got float32 (30, 28, 28) and uint8 (29,)"
    )
