"""One at a time, across threads and processes, and never longer than the holder lives."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.store.conftest import Remembering
from zoo.errors import UnavailableError, ZooError
from zoo.store.folders import Folders
from zoo.store.locks import locked

HOLDER = """
import sys
from pathlib import Path
from zoo.progress import LoggingReporter
from zoo.store.folders import Folders
from zoo.store.locks import locked
with locked(Folders(Path(sys.argv[1])), "train", reporter=LoggingReporter()):
    print("held", flush=True)
    sys.stdin.readline()
"""


def hold(folders: Folders) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folders.home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_one_at_a_time(folders: Folders, reporter: Remembering) -> None:
    inside, most = [0], [0]

    def work() -> None:
        for _ in range(5):
            with locked(folders, "work", reporter=reporter):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                time.sleep(0.002)
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


def test_the_same_thread_may_take_it_again(folders: Folders, reporter: Remembering) -> None:
    with (
        locked(folders, "a", reporter=reporter),
        locked(folders, "a", reporter=reporter, timeout=0.1),
        locked(folders, "b", reporter=reporter),
    ):
        pass
    with hold(folders) as process:  # and after it was given back others can have it
        process.communicate("\n")


def test_row_22_waiting_is_said_and_ends(folders: Folders, reporter: Remembering) -> None:
    with hold(folders) as process:
        started = time.monotonic()
        with (
            pytest.raises(UnavailableError) as caught,
            locked(folders, "train", reporter=reporter, quiet=0.1, timeout=0.4),
        ):
            pass
        assert 0.4 <= time.monotonic() - started < 5
        assert reporter.notices == ["waiting for another zoo process (train)"]
        assert str(caught.value) == (
            f"train: another zoo process has held {folders.locks / 'train.lock'} for 0.4 s; "
            "end that process, or set ZOO_HOME to another folder"
        )
        process.communicate("\n")


def test_row_22_short_waits_are_not_said(folders: Folders, reporter: Remembering) -> None:
    with locked(folders, "train", reporter=reporter):
        pass
    assert reporter.notices == []


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_row_21_a_lock_dies_with_its_holder(folders: Folders, reporter: Remembering) -> None:
    with hold(folders) as process:
        process.send_signal(signal.SIGKILL)
        with locked(folders, "train", reporter=reporter, timeout=5):
            pass


def test_the_names_of_locks(folders: Folders, reporter: Remembering) -> None:
    odd = ["../x", "a/b", "a:b", "a b", "CON", "ü", "x" * 300, "", ".", "Train"]
    for name in [*odd, "train-mlp-0123"]:
        with locked(folders, name, reporter=reporter):
            pass
    files = [path.name for path in folders.locks.iterdir()]
    assert len(files) == len(odd) + 1
    assert "train-mlp-0123.lock" in files
    assert max(map(len, files)) < 100
    assert [path.name for path in folders.home.parent.iterdir()] == [folders.home.name]


def test_row_23_a_read_only_home(
    folders: Folders, reporter: Remembering, read_only: Callable[[Path], None]
) -> None:
    folders.prepare()
    read_only(folders.home)
    with pytest.raises(ZooError) as caught, locked(folders, "train", reporter=reporter):
        pass
    assert f"{folders.locks / 'train.lock'} cannot be written: got " in str(caught.value)
    assert f"; set ZOO_HOME to another folder (it is {folders.home} now)" in str(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="flock")
def test_a_file_system_without_locks(
    folders: Folders, reporter: Remembering, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    def without(*_: object) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", without)
    with locked(folders, "train", reporter=reporter):
        pass
    assert reporter.notices == [f"{folders.locks} has no locks; going on without"]


def test_an_error_inside_gives_the_lock_back(folders: Folders, reporter: Remembering) -> None:
    with pytest.raises(KeyError), locked(folders, "train", reporter=reporter):
        raise KeyError
    with hold(folders) as process:
        process.communicate("\n")
