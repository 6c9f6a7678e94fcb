from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from zoo.errors import InvalidValueError
from zoo.modelling.arrays import check_weights, hash_weights

SHAPES = {"a/kernel": (2, 3), "a/bias": (3,)}


def right() -> dict[str, np.ndarray]:
    return {"a/bias": np.ones(3, np.float32), "a/kernel": np.zeros((2, 3), np.float32)}


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(
        st.text("abc/", min_size=1, max_size=5),
        npst.arrays(
            np.float32, npst.array_shapes(max_dims=3, max_side=4), elements=st.floats(-9, 9, width=32)
        ),
        max_size=4,
    )
)
def test_what_fits_comes_back_unchanged_and_in_order(arrays: dict[str, np.ndarray]) -> None:
    shapes = {name: array.shape for name, array in arrays.items()}
    checked = check_weights(dict(reversed(arrays.items())), shapes, model="m")
    assert list(checked) == list(shapes)
    for name, array in arrays.items():
        np.testing.assert_array_equal(checked[name], array)
        assert not np.shares_memory(checked[name], array)
        assert not checked[name].flags.writeable


def test_all_faults_are_named_at_once() -> None:
    arrays = {
        "a/kernel": np.zeros((3, 2), np.float32),
        "a/bias": np.zeros(3),
        "a/biass": np.zeros(3, np.float32),
    }
    with pytest.raises(InvalidValueError) as caught:
        check_weights(arrays, SHAPES, model="mlp")
    assert str(caught.value) == (
        "weights of mlp: a/biass: expected no such array; did you mean a/bias?; "
        "a/kernel: expected float32 (2, 3), got float32 (3, 2); "
        "a/bias: expected float32 (3,), got float64 (3,)"
    )


def test_a_missing_array_is_named() -> None:
    arrays = right()
    del arrays["a/bias"]
    with pytest.raises(InvalidValueError, match=r"a/bias: expected float32 \(3,\), got nothing"):
        check_weights(arrays, SHAPES, model="mlp")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_must_be_finite(value: float) -> None:
    arrays = right()
    arrays["a/kernel"][1, 2] = value
    with pytest.raises(
        InvalidValueError, match="a/kernel: expected finite values, got NaN or infinities"
    ):
        check_weights(arrays, SHAPES, model="mlp")


@pytest.mark.parametrize("kind", [">f4", "f2", "f8", "i4", "c8", "?"])
def test_only_native_float32_will_do(kind: str) -> None:
    arrays = right()
    arrays["a/bias"] = np.zeros(3, kind)
    with pytest.raises(InvalidValueError, match="a/bias: expected float32"):
        check_weights(arrays, SHAPES, model="mlp")


def test_the_hash_is_of_names_shapes_and_values_in_any_order() -> None:
    known = hash_weights(right())
    assert len(known) == 64
    assert hash_weights(dict(reversed(right().items()))) == known
    assert hash_weights({n: np.asfortranarray(a).astype(">f4") for n, a in right().items()}) == known
    others: list[dict[str, np.ndarray]] = [
        {**right(), "a/bias": np.array([1, 1, 2], np.float32)},
        {**right(), "a/kernel": np.zeros((3, 2), np.float32)},
        {"b/bias": right()["a/bias"], "a/kernel": right()["a/kernel"]},
    ]
    assert len({known, *map(hash_weights, others)}) == 4


@pytest.mark.parametrize("arrays", [None, 3, [np.zeros(3)], np.zeros(3)])
def test_weights_are_a_mapping(arrays: Any) -> None:
    with pytest.raises(InvalidValueError) as caught:
        check_weights(arrays, SHAPES, model="m")
    assert str(caught.value) == (
        f"weights of m: expected a mapping from names to arrays, got {type(arrays).__name__}"
    )
