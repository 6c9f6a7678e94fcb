"""JSON records and names: laws."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.store.h5.faults import DamagedError
from zoo.store.h5.names import decode_name, encode_name
from zoo.store.h5.records import pack, unpack

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers(-(10**300), 10**300) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(TEXT, VALUES))
def test_what_is_packed_is_unpacked(record: dict[str, object]) -> None:
    assert unpack(pack(record), "x") == record
    assert list(unpack(pack(record), "x")) == list(record)


@given(st.integers(1, 40), st.sampled_from(["[", '{"a": ']), TEXT)
def test_depth_is_counted_outside_strings(depth: int, opening: str, text: str) -> None:
    closing = "]" if opening == "[" else "}"
    middle = json.dumps(text + '[[{"\\')
    raw = ('{"x": ' + opening * (depth - 1) + middle + closing * (depth - 1) + "}").encode()
    if depth <= 16:
        assert unpack(raw, "x")
    else:
        with pytest.raises(DamagedError, match=f"nested at most 16 deep, got {depth}$"):
            unpack(raw, "x")


@given(st.binary(max_size=200))
def test_any_bytes_are_a_record_or_refused(raw: bytes) -> None:
    with contextlib.suppress(DamagedError):
        assert isinstance(unpack(raw, "x"), dict)


@given(st.text())
def test_any_name_comes_back(name: str) -> None:
    assert decode_name(encode_name(name)) == name
    assert "/" not in encode_name(name)


@given(st.text(), st.text())
def test_different_names_stay_different(one: str, other: str) -> None:
    assert (encode_name(one) == encode_name(other)) == (one == other)
