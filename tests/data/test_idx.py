"""Row 30: idx files that are not what they should be give a typed error."""

from __future__ import annotations

import gzip
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.conftest import idx_bytes, some_arrays
from zoo.data.idx import read_idx
from zoo.errors import IntegrityError

IMAGES = some_arrays()["x_train"]
LABELS = some_arrays()["y_train"]


@pytest.mark.parametrize("packed", [True, False])
def test_images_and_labels_are_read(packed: bool) -> None:
    images = read_idx(idx_bytes(IMAGES, packed=packed), "x_train", thing="a")
    labels = read_idx(idx_bytes(LABELS, packed=packed), "y_train", thing="a")
    np.testing.assert_array_equal(images, IMAGES)
    np.testing.assert_array_equal(labels, LABELS)


@pytest.mark.parametrize("packed", [True, False])
@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, 5000))
def test_row_30_a_truncated_file_gives_a_typed_error(packed: bool, cut: int) -> None:
    data = idx_bytes(IMAGES[:3], packed=packed)
    with pytest.raises(IntegrityError):
        read_idx(data[: cut % len(data)], "x_train", thing="a")


@pytest.mark.parametrize("cut", range(1, 9))
def test_row_30_a_gzip_file_without_its_checksum_is_truncated(cut: int) -> None:
    with pytest.raises(IntegrityError):
        read_idx(idx_bytes(IMAGES)[:-cut], "x_train", thing="a")


def test_row_30_messages() -> None:
    plain = idx_bytes(IMAGES, packed=False)

    def message(data: bytes, name: str = "x_train") -> str:
        with pytest.raises(IntegrityError) as caught:
            read_idx(data, name, thing="a")
        return str(caught.value)

    whole = 16 + 30 * 784
    assert (
        message(plain[:-1])
        == f"a: x_train: expected {whole} bytes for (30, 28, 28), got only {whole - 1}"
    )
    assert message(plain + b"x") == f"a: x_train: expected {whole} bytes for (30, 28, 28), got more"
    assert message(gzip.compress(plain) + b"x").endswith("got more")
    assert message(gzip.compress(plain) + gzip.compress(b"x")).endswith("got more")
    assert message(b"") == (
        "a: x_train: expected an idx file of unsigned bytes with 3 axes, "
        "got one that begins with nothing"
    )
    assert message(plain, "y_train") == (
        "a: y_train: expected an idx file of unsigned bytes with 1 axes, "
        "got one that begins with 00 00 08 03"
    )
    assert message(b"\0\0\x0d\x03" + plain[4:]).endswith("got one that begins with 00 00 0d 03")
    lying = plain[:4] + b"\xff\xff\xff\xff" + plain[8:]
    assert message(lying) == "a: x_train: expected 1 to 1,000,000 rows, got uint8 (4294967295, 28, 28)"
    square = plain[:8] + (784).to_bytes(4, "big") + (1).to_bytes(4, "big") + plain[16:]
    assert message(square) == "a: x_train: expected uint8 (n, 28, 28), got uint8 (30, 784, 1)"
    damaged = bytearray(gzip.compress(plain))
    damaged[-6] ^= 1
    assert message(bytes(damaged)).startswith("a: expected a gzip file, got a damaged one (")


def test_row_30_a_gzip_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(idx_bytes(IMAGES[:2], packed=False) + bytes(200_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(IntegrityError, match="got more"):
            read_idx(bomb, "x_train", thing="a")
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
