from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.data.splits import parse_rows
from zoo.errors import InvalidValueError


@given(st.data(), st.integers(1, 10**6), st.integers(1, 10**6), st.sampled_from(["train", "test"]))
def test_every_range_inside_the_part_is_read(
    data: st.DataObject, train: int, test: int, part: str
) -> None:
    count = train if part == "train" else test
    start = data.draw(st.integers(0, count - 1))
    stop = data.draw(st.integers(start + 1, count))
    assert parse_rows(f"{part}[{start}:{stop}]", (train, test), thing="t") == (part, start, stop)
    assert parse_rows(f"{part}[:{stop}]", (train, test), thing="t") == (part, 0, stop)
    assert parse_rows(f"{part}[{start}:]", (train, test), thing="t") == (part, start, count)
    assert parse_rows(f"{part}[:]", (train, test), thing="t") == (part, 0, count)


@pytest.mark.parametrize("text", ["train[:31]", "train[30:]", "train[5:5]", "train[7:2]"])
def test_a_range_that_leaves_the_part_names_the_allowed_one(text: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        parse_rows(text, (30, 20), thing="dataset tiny, split odd")
    assert str(caught.value) == (
        "dataset tiny, split odd: expected rows of train in 0..30, the first below the second, "
        f"got {text}"
    )


@pytest.mark.parametrize(
    "text", ["train", "train[-5:]", "train[1:2:3]", "dev[:]", "", "train[:\n]x", "9" * 99]
)
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match=r"^t: expected a row range like train\[:50000\], got "):
        parse_rows(text, (30, 20), thing="t")
