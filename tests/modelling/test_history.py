from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.errors import IntegrityError
from zoo.modelling import History
from zoo.modelling.history import CURVES

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(st.integers(0, 5), st.sets(st.sampled_from(CURVES)), st.data())
def test_round_trip_through_json(length: int, names: set[str], data: st.DataObject) -> None:
    curves = {
        name: tuple(data.draw(st.lists(FINITE, min_size=length, max_size=length)))
        for name in CURVES
        if name in names
    }
    snapshots = {"00000000": np.zeros((2, 3), np.float16), "00000010": np.ones((2, 3), np.float16)}
    history = History(curves, snapshots, "hidden/kernel")
    again = History.from_data(json.loads(json.dumps(history.to_data())), snapshots=snapshots)
    assert again.epochs == history.epochs
    assert list(again.epochs) == list(history.epochs)
    assert again.steps == (0, 10)
    assert again.snapshot_of == "hidden/kernel"
    assert len(again) == (length if curves else 0)


def test_a_snapshot_is_float32_of_its_step() -> None:
    history = History({}, {"00000012": np.full((2, 2), 0.5, np.float16)}, "a/kernel")
    assert history.snapshot(12).dtype == np.float32
    assert history.snapshot(12).tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_unknown_curves_and_snapshots_are_left_out() -> None:
    data = {"epochs": {"loss": [1.0], "colour": ["red"]}, "snapshot_of": "a/kernel", "more": 1}
    history = History.from_data(data, snapshots={"step": np.zeros(1), "٠٠٠٠٠٠٠١": np.zeros(1)})
    assert history == History({"loss": (1.0,)})


def test_snapshots_of_nothing_are_left_out() -> None:
    assert History.from_data({"epochs": {}}, snapshots={"00000001": np.zeros(1)}).snapshots == {}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "file: the training history: expected curves by name, got NoneType"),
        ({"epochs": []}, "file: the training history: expected curves by name, got list"),
        (
            {"epochs": {"loss": [1.0], "accuracy": [0.5, 0.6]}},
            "file: the training history: expected curves of one length, got 1, 2",
        ),
        (
            {"epochs": {"loss": "1"}},
            "file, loss: the training history: expected a list of finite numbers, got str",
        ),
        (
            {"epochs": {"loss": [float("nan")]}},
            "file, loss: the training history: expected a list of finite numbers, got list",
        ),
        (
            {"epochs": {"loss": [True]}},
            "file, loss: the training history: expected a list of finite numbers, got list",
        ),
        (
            {"epochs": {}, "snapshot_of": 3},
            "file, snapshot_of: the training history: expected a text, got int",
        ),
    ],
)
def test_damage_is_an_integrity_error(data: dict[str, object], message: str) -> None:
    with pytest.raises(IntegrityError) as caught:
        History.from_data(data, thing="file")
    assert str(caught.value) == message
