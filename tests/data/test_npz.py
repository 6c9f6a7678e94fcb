"""Row 30: .npz files that are not what they should be give a typed error; nothing is unpickled."""

from __future__ import annotations

import io
import pickle
import struct
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.conftest import npz_bytes, some_arrays
from zoo.data.npz import read_npz
from zoo.errors import IntegrityError

GOOD = npz_bytes(some_arrays())
X = np.zeros((30, 28, 28), np.uint8)


def with_member(
    name: str, content: bytes, *, others: bool = True, method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """A good file in which one member is replaced by other bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        if others:
            with zipfile.ZipFile(io.BytesIO(GOOD)) as good:
                for other in good.namelist():
                    if other != name:
                        archive.writestr(other, good.read(other))
        archive.writestr(name, content)
    return stream.getvalue()


def npy(array: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


def npy_with_header(words: str, body: bytes = b"", version: int = 1) -> bytes:
    header = words.encode() + b"\n"
    length = struct.pack("<H" if version == 1 else "<L", len(header))
    return b"\x93NUMPY" + bytes([version, 0]) + length + header + body


def header(shape: object, descr: str = "'|u1'") -> str:
    return f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}"


def test_arrays_come_back_as_numpy_wrote_them() -> None:
    arrays = some_arrays()
    for data in (GOOD, with_member("x_train.npy", npy(arrays["x_train"]), method=zipfile.ZIP_STORED)):
        found = read_npz(data, thing="a.npz")
        assert set(found) == set(arrays)
        for name, array in arrays.items():
            np.testing.assert_array_equal(found[name], array)


def test_fortran_order_and_wide_labels_are_read_right() -> None:
    arrays = some_arrays()
    data = with_member("x_train.npy", npy(np.asfortranarray(arrays["x_train"])))
    np.testing.assert_array_equal(read_npz(data, thing="a.npz")["x_train"], arrays["x_train"])
    data = with_member("y_train.npy", npy(arrays["y_train"].astype(">i8")))
    np.testing.assert_array_equal(read_npz(data, thing="a.npz")["y_train"], arrays["y_train"])


def test_other_members_are_not_looked_at() -> None:
    stream = io.BytesIO(GOOD)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("notes.npy", b"nonsense")
        archive.writestr("x_train", b"nonsense")
    assert set(read_npz(stream.getvalue(), thing="a.npz")) == set(some_arrays())


EXPLODED: list[str] = []


class Explosive:
    """Unpickling it is noticed."""

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return EXPLODED.append, ("unpickled",)


def test_row_30_pickled_objects_are_refused_and_never_unpickled() -> None:
    array = np.empty(3, object)
    array[0] = Explosive()
    with pytest.raises(IntegrityError) as caught:
        read_npz(with_member("y_train.npy", npy(array)), thing="a.npz")
    assert str(caught.value) == (
        "a.npz: y_train: got pickled objects; they are never read: save plain numbers"
    )
    with pytest.raises(IntegrityError):
        read_npz(pickle.dumps(Explosive()), thing="a.npz")
    with pytest.raises(IntegrityError):
        read_npz(with_member("x_train.npy", pickle.dumps(Explosive())), thing="a.npz")
    assert EXPLODED == []


BAD_MEMBERS = {
    "float images": (npy(X.astype(np.float32)), "expected uint8 (n, 28, 28), got float32 (30, 28, 28)"),
    "flat images": (npy(X.reshape(30, 784)), "expected uint8 (n, 28, 28), got uint8 (30, 784)"),
    "channels": (npy(X[..., None]), "expected uint8 (n, 28, 28), got uint8 (30, 28, 28, 1)"),
    "transposed": (npy(np.zeros((28, 28, 30), np.uint8)), "got uint8 (28, 28, 30)"),
    "no images": (npy(X[:0]), "expected 1 to 1,000,000 rows, got uint8 (0, 28, 28)"),
    "scalar": (npy(np.uint8(3)), "expected uint8 (n, 28, 28), got uint8 ()"),
    "records": (npy(np.zeros((3, 28, 28), [("a", "u1")])), "expected uint8 (n, 28, 28)"),
    "texts": (npy(np.zeros((3, 28, 28), "S1")), "expected uint8 (n, 28, 28)"),
    "too many declared": (npy_with_header(header((10**9, 28, 28))), "expected 1 to 1,000,000 rows"),
    "beyond 64 bits": (npy_with_header(header((10**30, 28, 28))), "expected 1 to 1,000,000 rows"),
    "negative": (npy_with_header(header((-1, 28, 28))), "expected 1 to 1,000,000 rows"),
    "more declared than there": (
        npy_with_header(header((30, 28, 28)), b"x" * 1000),
        "bytes for uint8 (30, 28, 28), got",
    ),
    "less declared than there": (npy_with_header(header((1, 28, 28)), b"x" * 785), "got"),
    "object type": (npy_with_header(header((30, 28, 28), "'|O'"), b"x" * 100), "pickled objects"),
    "nested object type": (
        npy_with_header(header((30, 28, 28), "[('a', '|O')]"), b"x" * 100),
        "pickled objects",
    ),
    "code as header": (npy_with_header("__import__('os').getpid()"), "a damaged header"),
    "endless header": (npy_with_header(header("(" * 3000)), "a damaged header"),
    "deep header": (npy_with_header("[" * 900 + "]" * 900), "a damaged header"),
    "header longer than the file": (b"\x93NUMPY\x02\x00\xff\xff\xff\x7f{}", "a damaged header"),
    "unknown version": (npy_with_header(header((30, 28, 28)), version=9), "a damaged header"),
    "empty": (b"", "a damaged header"),
    "html": (b"<html>" * 100, "a damaged header"),
}


@pytest.mark.parametrize("fault", BAD_MEMBERS)
def test_row_30_a_wrong_member_gives_a_typed_error(fault: str) -> None:
    content, words = BAD_MEMBERS[fault]
    with pytest.raises(IntegrityError) as caught:
        read_npz(with_member("x_train.npy", content), thing="a.npz")
    text = str(caught.value)
    assert text.startswith(("a.npz: x_train: ", "a.npz: x_train.npy: "))
    assert words in text
    assert "\n" not in text


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        b"PK\x05\x06",
        b"<html></html>",
        GOOD[:-30],
        GOOD[: len(GOOD) // 2],
        b"PK\x05\x06" + b"\0" * 17,
    ],
    ids=["empty", "two bytes", "signature", "html", "cut", "half", "short end"],
)
def test_row_30_a_file_that_is_no_zip_gives_a_typed_error(data: bytes) -> None:
    with pytest.raises(IntegrityError, match=r"^a\.npz: expected an \.npz file, got "):
        read_npz(data, thing="a.npz")


def test_row_30_two_members_of_one_name_are_refused() -> None:
    stream = io.BytesIO(GOOD)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(stream, "a") as archive:
            archive.writestr("x_train.npy", npy(X))
    with pytest.raises(IntegrityError) as caught:
        read_npz(stream.getvalue(), thing="a.npz")
    assert str(caught.value) == (
        "a.npz: x_train.npy: expected one plain or deflated file, got two files of that name"
    )


def test_row_30_an_encrypted_member_is_refused() -> None:
    data = bytearray(GOOD)
    place = data.index(b"PK\x01\x02")
    data[place + 8] |= 1
    with pytest.raises(IntegrityError, match="got an encrypted file"):
        read_npz(bytes(data), thing="a.npz")


def test_row_30_other_compression_is_refused() -> None:
    data = with_member("x_train.npy", npy(X), method=zipfile.ZIP_LZMA)
    with pytest.raises(IntegrityError, match=r"got compression method 14$"):
        read_npz(data, thing="a.npz")


def peak_of(call: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        with pytest.raises(IntegrityError):
            call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_row_30_a_bomb_that_declares_its_size_is_not_unpacked() -> None:
    bomb = with_member("x_train.npy", npy(np.zeros((200_000, 28, 28), np.uint8)))
    assert len(bomb) < 400_000
    with pytest.raises(IntegrityError, match=r"got 156,800,128 bytes packed into 15\d,\d\d\d$"):
        read_npz(bomb, thing="a.npz")
    assert peak_of(lambda: read_npz(bomb, thing="a.npz")) < 4_000_000


def test_row_30_a_bomb_that_lies_about_its_size_is_not_unpacked() -> None:
    bomb = bytearray(with_member("x_train.npy", npy(np.zeros((100_000, 28, 28), np.uint8))))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = bomb.rindex(signature)
        struct.pack_into("<L", bomb, place + offset, 128 + 784)
    assert peak_of(lambda: read_npz(bytes(bomb), thing="a.npz")) < 4_000_000


def test_row_30_a_list_of_a_million_files_is_not_built() -> None:
    entry = b"PK\x01\x02" + b"\0" * 24 + struct.pack("<HHHHHLL", 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = entry * 100_000
    end = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 65535, 65535, len(directory), 0, 0)
    data = directory + end
    with pytest.raises(IntegrityError, match="a list of files of at most 65536 bytes, got more"):
        read_npz(data, thing="a.npz")
    assert peak_of(lambda: read_npz(data, thing="a.npz")) < 1_000_000


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, len(GOOD) - 1), value=st.integers(0, 255))
def test_row_30_one_changed_byte_gives_right_arrays_or_a_typed_error(place: int, value: int) -> None:
    data = bytearray(GOOD)
    data[place] = value
    try:
        found = read_npz(bytes(data), thing="a.npz")
    except IntegrityError:
        return
    arrays = some_arrays()
    assert set(found) <= set(arrays)  # a changed name is a missing array, which is told later
    for name, array in found.items():
        np.testing.assert_array_equal(array, arrays[name])


def test_the_limits_leave_room_for_the_real_thing(tmp_path: Path) -> None:
    """A real header, written in the oldest and the newest format, is far below the limits."""
    for version in ((1, 0), (2, 0)):
        stream = io.BytesIO()
        np.lib.format.write_array(stream, X, version=version)
        assert (
            read_npz(with_member("x_train.npy", stream.getvalue()), thing="a.npz")["x_train"].shape
            == X.shape
        )
