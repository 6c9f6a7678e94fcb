"""Rows 21 to 30 through the command line: the cache, registries and datasets."""

from __future__ import annotations

import io
import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import soak
from tests.cli.conftest import Ended
from tests.store.wire import Wire, answer, silent

Real = Callable[..., Ended]
RUN = ("run", "ovr", "--data", "digits", "--offline")
PUBLISHED = (*RUN, "--weights", "soak", "--registry", "registry.toml", "--mirror", ".")


def start(*args: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "zoo", *args],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_row_21_interrupted_while_downloading(
    published: Any, tmp_path: Path, isolated: Path, how: signal.Signals
) -> None:
    good = soak.weights()
    with Wire(silent(answer(good)[:-1]), answer(good)) as server:
        published(server.url("/soak.h5"))
        command = ("run", "ovr", "--data", "digits", "--weights", "soak", "--registry", "registry.toml")
        with start(*command, folder=tmp_path) as process:
            while not server.requests:
                time.sleep(0.01)
                assert process.poll() is None, process.communicate()
            time.sleep(0.2)
            process.send_signal(how)
            out, err = process.communicate(timeout=30)
        if how == signal.SIGINT:
            assert (process.returncode, out, err) == (130, "", "error: interrupted\n")
        assert not list(isolated.glob("artifacts/*/[!.]*"))
        with start(*command, folder=tmp_path) as process:
            out, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, "")
    assert not list(isolated.rglob("*.part"))


def test_row_22_eight_processes_train_once(tmp_path: Path, isolated: Path) -> None:
    processes = [start(*RUN, "--json", folder=tmp_path) for _ in range(8)]
    ended = [process.communicate(timeout=240) for process in processes]
    assert {process.returncode for process in processes} == {0}, ended
    said = [json.loads(out) for out, _ in ended]
    assert sorted(run["weights"]["source"] for run in said) == ["cache"] * 7 + ["trained"]
    assert len({run["weights"]["sha256"] for run in said}) == 1
    assert len(list(isolated.glob("trained/*"))) == 1


def test_row_23_a_file_where_the_cache_should_be(
    real: Real, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "file"))
    ended = real(*RUN)
    assert ended.code == 1
    assert "ZOO_HOME" in ended.error


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that takes no file")
def test_row_23_a_cache_that_cannot_be_written(real: Real, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOO_HOME", "/proc/zoo")
    ended = real(*RUN)
    assert ended.code == 1
    assert "ZOO_HOME" in ended.error
    monkeypatch.delenv("ZOO_HOME")
    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, "/proc/zoo")
    ended = real(*RUN)
    assert ended.code == 1
    assert "ZOO_HOME" in ended.error


def corrupted(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"!")


def shortened(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def linked(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/hostname")


def replaced(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("damage", [corrupted, shortened, linked, replaced])
def test_row_24_a_damaged_cache(
    real: Real, published: Any, isolated: Path, damage: Callable[[Path], None]
) -> None:
    published()
    Path(soak.FILE).write_bytes(soak.weights())
    assert real(*PUBLISHED).code == 0
    (path,) = isolated.glob("artifacts/*/*.h5")
    damage(path)
    Path(soak.FILE).rename("away")
    ended = real(*PUBLISHED)
    assert ended.code in (3, 4)
    assert "weights 'soak' cannot be had" in ended.error or str(path) in ended.error
    Path("away").rename(soak.FILE)
    assert real(*PUBLISHED).code == 0
    assert path.read_bytes() == soak.weights()


def test_row_25_two_versions_share_a_cache(real: Real, published: Any, isolated: Path) -> None:
    for turn in range(2):
        content = soak.weights(seed=turn)
        published(content=content)
        Path(soak.FILE).write_bytes(content)
        assert real(*PUBLISHED).code == 0
    assert len(list(isolated.glob("artifacts/*/*.h5"))) == 2


def test_row_26_cleaning_removes_only_what_zoo_wrote(real: Real, isolated: Path) -> None:
    assert real(*RUN).code == 0
    mine = [isolated / "notes.txt", isolated / "trained" / "mine.h5", isolated / "artifacts" / "x" / "y"]
    for path in mine:
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine")
    assert real("cache", "clean").code == 0
    assert [path for path in mine if path.read_text() != "mine"] == []
    assert json.loads(real("cache", "list", "--json").out)["entries"] == []


@pytest.mark.parametrize(
    "content",
    [
        b"schema = 1\n[[weights",
        b"\xff\xfe",
        b"schema = 1\nx = " + b"[" * 5000,
        b"a." * 20_000 + b"b = 1",
        b"schema = 1\nx = " + b"9" * 5000,
    ],
    ids=["broken", "not UTF-8", "deep", "dotted", "long integer"],
)
def test_row_27_a_registry_that_is_no_toml(real: Real, content: bytes) -> None:
    Path("registry.toml").write_bytes(content)
    ended = real("list", "--registry", "registry.toml")
    assert ended.code == 4
    assert "registry.toml, line " in ended.error


@pytest.mark.parametrize("name", ["../x.h5", "/etc/x.h5", "..", "CON", "x" * 300])
def test_row_28_names_that_lead_elsewhere(real: Real, published: Any, isolated: Path, name: str) -> None:
    path = published()
    path.write_text(path.read_text().replace(f'"{soak.FILE}"', json.dumps(name)))
    ended = real("list", "--registry", "registry.toml")
    assert ended.code == 0, "the others work"
    assert "file" in ended.err
    ended = real(*PUBLISHED)
    assert (ended.code, ended.out) == (2, "")
    assert "no weights 'soak' are published for digits" in ended.err.splitlines()[-1]
    assert not (isolated.parent / "x.h5").exists()


@pytest.mark.parametrize(
    ("key", "value"),
    [("sha256", '"no hash"'), ("size", "-1"), ("urls", '["ftp://example.org/x"]'), ("tag", "3")],
)
def test_row_29_a_wrong_entry_is_refused(real: Real, published: Any, key: str, value: str) -> None:
    path = published()
    lines = [f"{key} = {value}" if x.startswith(f"{key} =") else x for x in path.read_text().split("\n")]
    path.write_text("\n".join(lines))
    ended = real("list", "--registry", "registry.toml")
    assert ended.code == 0
    assert ended.err.startswith("warning: ")
    assert key in ended.err


def test_row_29_another_schema(real: Real) -> None:
    Path("registry.toml").write_text("schema = 2\n")
    ended = real("list", "--registry", "registry.toml")
    assert ended.code == 0, "the others work"
    assert "schema: expected 1, got 2; nothing of it is used" in ended.err


def npz(**changes: Any) -> bytes:
    arrays: dict[str, Any] = {}
    for part, count in (("train", 20), ("test", 10)):
        arrays[f"x_{part}"] = np.zeros((count, 28, 28), np.uint8)
        arrays[f"y_{part}"] = np.arange(count, dtype=np.uint8) % 10
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{**arrays, **changes})
    return buffer.getvalue()


class Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.abort, ()


@pytest.mark.parametrize(
    "content",
    [
        b"<html>",
        pickle.dumps(Bomb()),
        npz()[:-50],
        npz(x_train=np.array([Bomb()], object)),
        npz(y_test=np.full(10, 11, np.uint8)),
        npz(x_train=np.zeros((20, 27, 28), np.uint8)),
        npz(x_train=np.zeros((20, 28, 28), np.float32)),
        npz(y_train=np.zeros(19, np.uint8)),
        npz(x_train=np.zeros((100_000, 28, 28), np.uint8)),
    ],
    ids=["html", "pickle", "cut", "objects", "label 11", "shape", "type", "count", "bomb"],
)
def test_row_30_a_file_that_is_no_dataset(real: Real, content: bytes) -> None:
    Path("x.npz").write_bytes(content)
    ended = real("train", "ovr", "--data", "x.npz")
    assert ended.code == 4
    assert "x.npz" in ended.error
