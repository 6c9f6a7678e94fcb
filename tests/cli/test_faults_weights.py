"""Rows 1 to 10 through the command line: hostile weights files end in one line and exit code 4."""

from __future__ import annotations

import gzip
import io
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tests import soak
from tests.cli.conftest import Ended

Real = Callable[..., Ended]
RUN = ("run", "ovr", "--data", "digits", "--offline", "--weights", "./w.h5")
KERNEL = "model_weights/output_layer/output_layer/kernel"
SHAPES = {"kernel": (784, 10), "bias": (10,)}


def file(change: Callable[[h5py.File], Any] = lambda file: None, **options: Any) -> bytes:
    """Write weights of ovr as Keras does; let `change` spoil them."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as made:
        made.attrs["model_config"] = b'{"class_name": "Lambda", "config": "import os; os.abort()"}'
        for name, shape in SHAPES.items():
            made[f"model_weights/output_layer/output_layer/{name}"] = np.ones(shape, np.float32)
        change(made)
        if options:
            del made[KERNEL]
            made.create_dataset(KERNEL, **options)
    return buffer.getvalue()


def linked(link: Any) -> bytes:
    def change(made: h5py.File) -> None:
        made["elsewhere"] = np.ones((784, 10), np.float32)
        del made[KERNEL]
        made[KERNEL] = link

    return file(change)


def many_groups(made: h5py.File) -> None:
    for n in range(2000):
        made.create_group(f"model_weights/layer_{n}")


ONES = np.ones((784, 10), np.float32)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "an empty file"),
        (b"<!DOCTYPE html><title>sign in</title>", "a web page"),
        (gzip.compress(file()), "gzip"),
        (pickle.dumps(ONES), "pickle"),
        (b"<html></html>" + file(), "a web page"),
        (file()[:-1], "w.h5"),
    ],
    ids=["empty", "html", "gzip", "pickle", "html in front", "truncated"],
)
def test_row_01_what_is_no_hdf5(real: Real, content: bytes, words: str) -> None:
    Path("w.h5").write_bytes(content)
    ended = real(*RUN)
    assert ended.code == 4
    assert words in ended.error


@pytest.mark.parametrize(
    "link",
    [h5py.SoftLink("/elsewhere"), h5py.SoftLink(f"/{KERNEL}"), h5py.ExternalLink("pipe", "/x")],
    ids=["soft", "cycle", "external"],
)
def test_row_02_links(real: Real, link: Any) -> None:
    if hasattr(os, "mkfifo"):
        os.mkfifo("pipe")  # opening it would wait for ever
    Path("w.h5").write_bytes(linked(link))
    ended = real(*RUN)
    assert ended.code == 4
    assert "link" in ended.error


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
@pytest.mark.parametrize(("make", "found"), [(os.mkfifo, "a pipe"), (os.mkdir, "a folder")])
def test_row_02_no_file(real: Real, make: Callable[[str], None], found: str) -> None:
    make("w.h5")
    ended = real(*RUN)
    assert (ended.code, ended.error) == (4, f"w.h5: expected a file, got {found}")


@pytest.mark.parametrize(
    "content",
    [
        file(shape=(2**20, 2**20), dtype="f4", chunks=(1024, 1024)),
        file(data=ONES, compression="gzip"),
        file(shape=(784, 10), dtype="f4"),
        file(shape=(784, 10), dtype=h5py.string_dtype()),
        file(shape=(784, 10), dtype=h5py.ref_dtype),
        file(many_groups),
    ],
    ids=["huge", "deflate", "never written", "strings", "references", "groups"],
)
def test_row_03_bombs_and_strange_types(real: Real, content: bytes) -> None:
    Path("w.h5").write_bytes(content)
    ended = real(*RUN)
    assert ended.code == 4
    assert "w.h5: " in ended.error


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"data": ONES.astype("<f8")}, "got float64 (784, 10)"),
        ({"data": ONES.astype(">f4")}, "big-endian"),
        ({"data": ONES.T}, "got float32 (10, 784)"),
        ({"data": ONES.ravel()}, "got float32 (7840,)"),
    ],
)
def test_row_04_wrong_arrays(real: Real, options: dict[str, Any], found: str) -> None:
    Path("w.h5").write_bytes(file(**options))
    ended = real(*RUN)
    assert ended.code == 4
    assert "expected float32 (784, 10)" in ended.error
    assert found in ended.error


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_row_05_wrong_values(real: Real, value: float) -> None:
    Path("w.h5").write_bytes(file(lambda made: made[KERNEL].write_direct(ONES * np.float32(value))))
    ended = real(*RUN)
    assert ended.code == 4
    assert "output_layer/kernel" in ended.error


def test_row_06_code_in_a_file_never_runs(real: Real) -> None:
    """The configuration in `file` would end the process."""
    Path("w.h5").write_bytes(file())
    ended = real(*RUN)
    assert (ended.code, ended.err) == (0, "")
    assert "weights  file: named by the user" in ended.out


def test_row_07_one_flipped_bit_of_published_weights(real: Real, published: Any) -> None:
    published()
    content = bytearray(soak.weights())
    content[len(content) // 2] ^= 1
    Path(soak.FILE).write_bytes(content)
    ended = real(*RUN[:-1], "soak", "--registry", "registry.toml", "--mirror", ".")
    assert ended.code == 4
    assert soak.FILE in ended.error
    assert "sha256" in ended.error


def test_row_08_a_fault_in_the_last_array(real: Real) -> None:
    def change(made: h5py.File) -> None:
        made[KERNEL.replace("kernel", "bias")][-1] = np.nan

    Path("w.h5").write_bytes(file(change))
    ended = real(*RUN)
    assert ended.code == 4
    assert "output_layer/bias" in ended.error


def test_row_09_random_damage(real: Real) -> None:
    chance = np.random.default_rng(9)
    good = file()
    for _ in range(4):
        content = bytearray(good)
        for place in chance.integers(0, 2048, 20):
            content[place] = chance.integers(256)
        Path("w.h5").write_bytes(content)
        ended = real(*RUN)
        assert ended.code in (0, 4)
        assert ended.code == 0 or "w.h5" in ended.error


@pytest.mark.parametrize("root", ["", "model_weights/", "layers/"])
def test_row_10_layouts(real: Real, root: str) -> None:
    with h5py.File("w.h5", "w") as made:
        for number, (name, shape) in enumerate(SHAPES.items()):
            path = f"output_layer/{name}" if root != "layers/" else f"dense/vars/{number}"
            place = root + ("output_layer/" if root != "layers/" else "") + path
            made[place] = np.full(shape, 1e-3, np.float32)
    ended = real(*RUN)
    assert (ended.code, ended.err) == (0, "")
