"""Rows 1 to 6 of the faults: every hostile file is refused, cheaply, and leads nowhere else."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from tests.store.h5 import hostile
from tests.store.h5.hostile import KERNEL, SHAPES
from zoo.errors import IntegrityError
from zoo.store import h5

ROOT = Path(__file__).parents[3]
ADVICE = "use an undamaged file saved from this very model, or train it (--weights train)"
MEMORY_LIMIT = 64 * 2**20
SECONDS_LIMIT = 3.0


def refusal(data: bytes, shapes: dict[str, tuple[int, ...]] = SHAPES, *, trusted: bool = True) -> str:
    """Read a file that must be refused; return what is said between its name and the advice."""
    with pytest.raises(IntegrityError) as caught:
        h5.read(data, shapes, trusted=trusted, thing="weights file x.h5")
    text = str(caught.value)
    assert text.startswith("weights file x.h5: "), text
    assert "\n" not in text
    assert text.isprintable()
    return text.removeprefix("weights file x.h5: ").removesuffix(f"; {ADVICE}")


def named(files: object) -> list[object]:
    return [pytest.param(data, id=name) for name, data in files]  # type: ignore[attr-defined]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder of things that must never be opened."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "folder").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe")  # opening it would wait for ever
    return folder


@pytest.mark.parametrize("trusted", [True, False])
def test_the_good_file_is_read(trusted: bool) -> None:
    found = h5.read_weights(hostile.good(), SHAPES, trusted=trusted, thing="good")
    assert list(found) == list(SHAPES)
    for name, array in hostile.values().items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == np.float32
        found[name][...] = 0  # it is the caller's own


@pytest.mark.parametrize("data", named(hostile.no_files()))
def test_row_01_what_is_no_hdf5_is_refused(data: bytes) -> None:
    refusal(data)
    refusal(data, trusted=False)  # before any process is started


@pytest.mark.parametrize("data", named(hostile.superblocks()))
def test_row_01_strange_superblocks_are_refused(data: bytes) -> None:
    refusal(data)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "expected HDF5, got an empty file"),
        (b"<html>", "expected HDF5, got a web page"),
        (b"\n <!DOCTYPE html>" + hostile.good(), "expected HDF5, got a web page"),
        (b"PK\x03\x04", "expected HDF5, got a zip archive (a .keras file?)"),
        (b"\x1f\x8b\x08", "expected HDF5, got gzip data"),
        (b"\x80\x04\x95", "expected HDF5, got a Python pickle"),
        (b"whatever it is", "expected HDF5, got bytes b'whatever'"),
        (hostile.good()[:-1], "expected 13,780 bytes, as its superblock says, got 13,779"),
    ],
)
def test_row_01_the_message_says_what_it_is(data: bytes, text: str) -> None:
    assert refusal(data) == text


def test_row_01_a_file_much_larger_than_its_weights_is_refused_unread() -> None:
    limit = h5.size_limit(SHAPES)
    assert refusal(bytes(limit + 1)) == f"expected at most {limit:,} bytes, got {limit + 1:,}"


@pytest.mark.parametrize("data", named(hostile.links()))
def test_row_02_links_are_refused(data: bytes) -> None:
    refusal(data)


def test_row_02_nothing_outside_is_opened(elsewhere: Path) -> None:
    files = dict(hostile.outside(elsewhere))
    watch = Watch(elsewhere)
    for name, data in files.items():
        start = time.perf_counter()
        refusal(data)
        assert time.perf_counter() - start < 5, name
    assert watch.events() == b""


def test_row_02_the_message_names_the_link() -> None:
    data = dict(hostile.links())["external-3"]
    assert refusal(data) == f"{KERNEL}: expected a hard link, got an external link"


class Watch:
    """Every opening of what lies in a folder, as the kernel sees it (Linux)."""

    OPEN, ACCESS, NONBLOCK = 0x20, 0x01, 0o4000

    def __init__(self, folder: Path) -> None:
        if not sys.platform.startswith("linux"):
            pytest.skip("needs inotify")
        libc = ctypes.CDLL(None)
        self.descriptor = libc.inotify_init1(self.NONBLOCK)
        for path in (folder, *folder.iterdir()):
            assert libc.inotify_add_watch(self.descriptor, bytes(path), self.OPEN | self.ACCESS) >= 0

    def events(self) -> bytes:
        try:
            return os.read(self.descriptor, 4096)
        except BlockingIOError:
            return b""
        finally:
            os.close(self.descriptor)


def test_the_watch_sees_an_opening(elsewhere: Path) -> None:
    dict(hostile.outside(elsewhere))
    watch = Watch(elsewhere)
    (elsewhere / "right.h5").read_bytes()
    assert watch.events()


@pytest.mark.parametrize("data", named(hostile.bombs()))
def test_row_03_bombs_are_refused(data: bytes) -> None:
    refusal(data)


@pytest.mark.parametrize("data", named(hostile.strange_types()))
def test_row_03_strange_types_are_refused(data: bytes) -> None:
    assert "expected" in refusal(data)


@pytest.mark.parametrize("data", named(hostile.crowds()))
def test_row_03_crowds_are_refused(data: bytes) -> None:
    assert "expected" in refusal(data)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "huge-shape",
            f"{KERNEL}: expected float32 (4, 3), got float32 (1099511627776, 1048576), never written",
        ),
        ("never-written", f"{KERNEL}: expected float32 (4, 3), got float32 (4, 3), never written"),
        ("deflate", f"{KERNEL}: expected float32 (4, 3), got float32 (4, 3), stored in chunks"),
        ("compact", f"{KERNEL}: expected float32 (4, 3), got float32 (4, 3), stored compactly"),
        ("object-references", f"{KERNEL}: expected float32 (4, 3), got reference (4, 3), never written"),
        ("committed", f"{KERNEL}: expected float32 (4, 3), got a named type (4, 3)"),
        ("attributes-on-root", "/: expected at most 64 attributes, got 2001"),
        ("thousands-of-layers", "model_weights: expected at most 258 names, got 5005 or more"),
        ("many-in-every-layer", "expected at most 2048 objects, got more"),
        ("deep", "model_weights/hidden_layer/a/b/c: expected an array at depth 4, got a group"),
    ],
)
def test_row_03_the_message_says_what_was_found(name: str, text: str) -> None:
    files = {**dict(hostile.bombs()), **dict(hostile.strange_types()), **dict(hostile.crowds())}
    assert refusal(files[name]) == text


@pytest.mark.parametrize("data", named(hostile.dense()))
def test_row_03_dense_storage_never_reaches_the_library(data: bytes) -> None:
    text = "expected groups as Keras writes them, got dense storage (libver, track_order)"
    assert refusal(data) == text


def test_row_03_every_hostile_file_is_cheap(elsewhere: Path, tmp_path: Path) -> None:
    """Read all of them in one process under the limits that a child has for each."""
    folder = tmp_path / "files"
    folder.mkdir()
    for name, data in [("good", hostile.good()), *hostile.everything(elsewhere)]:
        (folder / f"{name}.h5").write_bytes(data)
    command = [sys.executable, "-m", "tests.store.h5.under_limits", str(folder)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    report = json.loads(run.stdout)
    seconds, refused = report["seconds"], report["refused"]
    assert len(seconds) == len(list(folder.iterdir()))
    assert set(seconds) - set(refused) == {"good.h5"}
    assert max(seconds.values()) < SECONDS_LIMIT, max(seconds, key=seconds.__getitem__)
    assert report["memory"] < MEMORY_LIMIT


@pytest.mark.parametrize("data", named(hostile.wrong_arrays()))
def test_row_04_wrong_arrays_are_refused(data: bytes) -> None:
    assert "expected" in refusal(data)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("dtype-<f8", f"{KERNEL}: expected float32 (4, 3), got float64 (4, 3)"),
        ("dtype->f4", f"{KERNEL}: expected float32 (4, 3), got big-endian float32 (4, 3)"),
        ("dtype-<u4", f"{KERNEL}: expected float32 (4, 3), got uint32 (4, 3)"),
        ("dtype-<c8", f"{KERNEL}: expected float32 (4, 3), got compound (4, 3)"),
        ("transposed", f"{KERNEL}: expected float32 (4, 3), got float32 (3, 4)"),
        ("scalar", f"{KERNEL}: expected float32 (4, 3), got float32 ()"),
        ("variable-missing", "model_weights/hidden_layer/bias: expected float32 (3,), got nothing"),
        (
            "variable-renamed",
            "model_weights/hidden_layer/bias: expected float32 (3,), got nothing, but biases",
        ),
        (
            "layer-renamed",
            "model_weights/hidden_layer/kernel: expected float32 (4, 3), got nothing, but dense",
        ),
        (
            "layer-extra",
            "model_weights/extra/extra/kernel: expected no array of this name, got float32 (3,)",
        ),
        ("name-not-utf-8", r"model_weights: expected names in UTF-8, got b'\xff\xfe\xfdpout'"),
    ],
)
def test_row_04_the_message_shows_expected_and_found(name: str, text: str) -> None:
    assert text in refusal(dict(hostile.wrong_arrays())[name]).split("; ")


def test_row_04_all_faults_are_listed_and_many_are_counted() -> None:
    many = {f"layer_{i}/kernel": (2, 2) for i in range(20)}
    text = refusal(hostile.good(), SHAPES | many)
    assert text.count("expected float32 (2, 2), got nothing") == 8
    assert text.endswith("; 12 more faults")


@pytest.mark.parametrize("data", named(hostile.wrong_values()))
def test_row_05_wrong_values_are_refused(data: bytes) -> None:
    refusal(data)


def test_row_05_the_message_says_which() -> None:
    files = dict(hostile.wrong_values())
    assert refusal(files["nan-first"]) == f"{KERNEL}: expected finite values, got NaN or infinity"
    assert refusal(files["huge-first"]) == f"{KERNEL}: expected values within ±1e+06, got -1.27 to 1e+30"


def test_row_06_code_in_the_file_never_runs(tmp_path: Path) -> None:
    marker = tmp_path / "it ran"
    for name, data in hostile.code(marker):
        found = h5.read_weights(data, SHAPES, trusted=True, thing=name)
        for weight, array in hostile.values().items():
            np.testing.assert_array_equal(found[weight], array)
    assert not marker.exists()


def test_row_08_a_fault_in_the_last_array_returns_nothing() -> None:
    data = dict(hostile.wrong_values())["nan-last"]
    weights = None
    with pytest.raises(IntegrityError):
        weights = h5.read_weights(data, SHAPES, trusted=True, thing="x")
    assert weights is None


@pytest.mark.parametrize("row", ["links", "bombs", "wrong_arrays", "wrong_values"])
def test_hostile_files_are_refused_in_the_child_as_well(row: str) -> None:
    before = threading.active_count()
    name, data = list(getattr(hostile, row)())[3]
    assert refusal(data, trusted=False) == refusal(data, trusted=True), name
    assert threading.active_count() == before
