from __future__ import annotations

import doctest

import pytest

import zoo.wording
from zoo.wording import percent


def test_examples_in_the_docstring() -> None:
    failed, tried = doctest.testmod(zoo.wording)
    assert (failed, tried > 0) == (0, True)


@pytest.mark.parametrize("places", [0, 1, 2])
def test_only_all_reads_as_all_and_only_nothing_as_nothing(places: int) -> None:
    for share in (1e-12, 0.004, 0.5, 0.996, 1 - 1e-12):
        assert percent(share, places) not in (percent(0.0, places), percent(1.0, places))
