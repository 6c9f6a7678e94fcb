from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.modelling.schedules import EPOCH_LIMIT, length, rates, snapshot_steps
from zoo.specs import Recipe

SCHEDULES = ("constant", "cosine", "one-cycle")


@pytest.mark.parametrize("schedule", SCHEDULES)
@given(total=st.integers(1, 3000), peak=st.floats(1e-6, 10))
def test_rates_stay_between_zero_and_the_peak(schedule: str, total: int, peak: float) -> None:
    values = rates(Recipe(schedule=schedule, learning_rate=peak), total)
    assert values.shape == (total,)
    assert values.dtype == np.float32
    assert (values >= 0).all()
    assert (values <= np.float32(peak) * 1.000001).all()


def test_constant_is_the_peak() -> None:
    assert set(rates(Recipe(schedule="constant", learning_rate=0.5), 7).tolist()) == {0.5}


def test_cosine_falls_from_peak_to_nothing_through_the_middle() -> None:
    values = rates(Recipe(schedule="cosine", learning_rate=2.0), 101)
    assert (np.diff(values) < 0).all()
    assert values[0] == pytest.approx(2.0, abs=1e-3)
    assert values[50] == pytest.approx(1.0)
    assert values[-1] == pytest.approx(0.0, abs=1e-3)


def test_one_cycle_rises_for_a_fifth_and_falls_for_the_rest() -> None:
    values = rates(Recipe(schedule="one-cycle", learning_rate=1.0), 1000)
    assert values.argmax() in (199, 200)
    assert values[0] == pytest.approx(0.04, abs=1e-3)
    assert values.max() == pytest.approx(1.0, abs=1e-4)
    assert values[-1] < 1e-4
    assert (np.diff(values[:200]) > 0).all()
    assert (np.diff(values[200:]) < 0).all()


def test_epochs_are_what_was_asked_for() -> None:
    planned = length(Recipe(epochs=3, batch=100), 1050)
    assert (planned.batch, planned.steps, planned.epochs, planned.total) == (100, 10, 3, 30)


def test_no_epochs_means_as_many_as_make_up_the_steps() -> None:
    assert length(Recipe(epochs=0, steps=2520, batch=128), 54_000).epochs == 6
    assert length(Recipe(epochs=0, steps=100, batch=10), 70).epochs == 15


def test_a_handful_of_images_is_not_seen_for_ever() -> None:
    assert length(Recipe(epochs=0, steps=10_000, batch=10), 10).epochs == EPOCH_LIMIT == 200


def test_a_batch_is_never_larger_than_the_images() -> None:
    planned = length(Recipe(epochs=1, batch=128), 5)
    assert (planned.batch, planned.steps) == (5, 1)


@given(st.integers(1, 100_000), st.integers(2, 16))
def test_snapshots_go_from_start_to_end_and_are_never_too_many(total: int, count: int) -> None:
    steps = snapshot_steps(total, count)
    assert steps[0] == 0
    assert steps[-1] == total
    assert len(steps) <= count
    assert list(steps) == sorted(set(steps))


def test_snapshots_are_spaced_by_factors() -> None:
    assert snapshot_steps(1000, 5) == (0, 1, 10, 100, 1000)
    assert snapshot_steps(1000, 1) == ()
