"""Reading what may be anything; writing whole or not at all; sweeping up after the dead."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.errors import IntegrityError, UnavailableError, ZooError
from zoo.store import files
from zoo.store.files import clear, read_bytes, sha256_of, sweep, whole_file, write_whole

posix = pytest.mark.skipif(os.name != "posix", reason="signals, pipes and locks of POSIX")


def python(code: str, *arguments: object) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def as_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """No flock, no O_NOFOLLOW, no O_NONBLOCK; what else differs there cannot be shown here."""
    monkeypatch.setattr(files, "fcntl", None)
    monkeypatch.delattr(os, "O_NOFOLLOW", raising=False)
    monkeypatch.delattr(os, "O_NONBLOCK", raising=False)


# ---------------------------------------------------------------- reading


@given(st.binary(max_size=100))
def test_sha256_of_any_bytes(data: bytes) -> None:
    assert sha256_of(data) == sha256_of(memoryview(data)) == hashlib.sha256(data).hexdigest()


def test_what_was_written_is_read(tmp_path: Path) -> None:
    for data in (b"", b"x", bytes(100_000)):
        write_whole(tmp_path / "file", data)
        assert read_bytes(tmp_path / "file", limit=len(data), thing="it") == data


def test_the_limit_is_in_the_error(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(101))
    with pytest.raises(IntegrityError) as caught:
        read_bytes(path, limit=100, thing="mlp.h5")
    assert str(caught.value) == f"mlp.h5: {path}: expected at most 100 bytes, got 101 bytes"


@pytest.mark.parametrize("name", ["missing", "file/below", "no\0name"])
def test_a_missing_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnavailableError) as caught:
        read_bytes(tmp_path / name, limit=1, thing="mlp.h5")
    assert str(caught.value).startswith("mlp.h5: ")


def test_the_error_of_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError) as caught:
        read_bytes(tmp_path / "missing", limit=1, thing="mlp.h5")
    assert str(caught.value) == f"mlp.h5: there is no file {tmp_path / 'missing'}; check the path"


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    path = tmp_path / "file"
    path.touch()
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(UnavailableError) as caught:
        read_bytes(path, limit=1, thing="mlp.h5")
    assert str(caught.value) == (
        f"mlp.h5: {path} cannot be read: got no permission; check its permissions"
    )


def make_link(path: Path) -> None:
    target = path.with_name("target")
    target.write_bytes(b"secret")
    path.symlink_to(target)


def make_socket(path: Path) -> None:
    with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as sock:
        sock.bind(path.name)


STRANGERS: dict[str, tuple[Callable[[Path], None], str]] = {
    "link": (make_link, "a link"),
    "dangling-link": (lambda path: path.symlink_to("nowhere"), "a link"),
    "folder": (lambda path: path.mkdir(), "a folder"),
    "pipe": (lambda path: os.mkfifo(path), "a pipe"),
    "socket": (make_socket, "a device or socket"),
}


@posix
@pytest.mark.parametrize("kind", STRANGERS)
@pytest.mark.parametrize("windows", [False, True])
def test_row_24_only_regular_files_are_opened(
    tmp_path: Path, kind: str, windows: bool, request: pytest.FixtureRequest
) -> None:
    if windows:
        request.getfixturevalue("as_windows")
    make, found = STRANGERS[kind]
    path = tmp_path / "file"
    make(path)
    started = time.monotonic()
    with pytest.raises(IntegrityError) as caught:
        read_bytes(path, limit=100, thing="mlp.h5")
    assert str(caught.value) == f"mlp.h5: {path}: expected a file, got {found}"
    assert time.monotonic() - started < 5


@posix
def test_row_24_a_link_put_there_at_the_last_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    make_link(path)
    regular = path.stat()
    monkeypatch.setattr(Path, "lstat", lambda self: regular)
    with pytest.raises(IntegrityError, match="expected a file, got a link"):
        read_bytes(path, limit=100, thing="mlp.h5")


@posix
def test_row_24_a_pipe_put_there_at_the_last_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, regular = tmp_path / "file", (tmp_path / "other")
    regular.touch()
    info = regular.lstat()
    os.mkfifo(path)
    monkeypatch.setattr(Path, "lstat", lambda self: info)
    with pytest.raises(IntegrityError, match="expected a file, got a pipe"):
        read_bytes(path, limit=100, thing="mlp.h5")


def test_a_link_is_fine_where_a_person_named_it(tmp_path: Path) -> None:
    make_link(tmp_path / "file")
    assert read_bytes(tmp_path / "file", limit=100, thing="it", follow_links=True) == b"secret"


def test_a_file_that_grows_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"123")
    short = path.stat()
    path.write_bytes(b"123456")
    monkeypatch.setattr(os, "fstat", lambda _: short)
    with pytest.raises(IntegrityError) as caught:
        read_bytes(path, limit=100, thing="mlp.h5")
    assert str(caught.value) == f"mlp.h5: {path}: got a file that changes while it is read; try again"


# ---------------------------------------------------------------- writing


def interrupted_write(path: Path) -> None:
    with whole_file(path) as file:
        file.write(b"second")
        file.flush()
        raise KeyboardInterrupt


@pytest.mark.parametrize("windows", [False, True])
def test_row_21_old_or_new_but_never_between(
    tmp_path: Path, windows: bool, request: pytest.FixtureRequest
) -> None:
    if windows:
        request.getfixturevalue("as_windows")
    path = tmp_path / "new" / "folder" / "file"
    with whole_file(path) as file:
        file.write(b"first")
        assert not path.exists()
        file.write(b" word")
    assert path.read_bytes() == b"first word"
    with pytest.raises(KeyboardInterrupt):
        interrupted_write(path)
    assert path.read_bytes() == b"first word"
    assert names(path.parent) == ["file"]


@posix
def test_row_21_the_bytes_are_on_the_disk_before_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    fsync, rename = os.fsync, Path.replace

    def noted_fsync(descriptor: int) -> None:
        happened.append("fsync")
        fsync(descriptor)

    def noted_rename(self: Path, target: Path) -> Path:
        happened.append("rename")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_rename)
    write_whole(tmp_path / "file", b"x")
    assert happened == ["fsync", "rename", "fsync"]


def test_permissions_follow_the_umask(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write_whole(tmp_path / "file", b"")
    finally:
        os.umask(old)
    if os.name == "posix":
        assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640


def test_a_link_is_replaced_not_followed(tmp_path: Path) -> None:
    make_link(tmp_path / "file")
    write_whole(tmp_path / "file", b"new")
    assert (tmp_path / "target").read_bytes() == b"secret"
    assert not (tmp_path / "file").is_symlink()


@pytest.mark.parametrize("name", ["n" * 255, "ü" * 127], ids=["ascii", "umlauts"])
def test_the_longest_names(tmp_path: Path, name: str) -> None:
    write_whole(tmp_path / name, b"x")
    assert names(tmp_path) == [name]


KILLED = """
    import sys
    from pathlib import Path
    from zoo.store.files import write_whole
    print("ready", flush=True)
    nth = 0
    while True:
        nth = (nth + 1) % 200
        write_whole(Path(sys.argv[1]), bytes([nth]) * 300_000)
"""


@posix
def test_row_21_kill_9_while_writing(tmp_path: Path) -> None:
    path = tmp_path / "file"
    leftovers = 0
    for nth in range(8):
        with subprocess.Popen(python(KILLED, path), stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.013 + nth * 0.0037)
            process.send_signal(signal.SIGKILL)
        if path.exists():
            data = path.read_bytes()
            assert data == data[:1] * 300_000
        leftovers += len(names(tmp_path)) - path.exists()
        sweep(tmp_path)
        assert names(tmp_path) in (["file"], [])
    assert leftovers, "no kill ever hit a write: the test shows nothing"


# ---------------------------------------------------------------- full, read-only, not a folder


def test_row_23_full_disk(small_disk: Path) -> None:
    path = small_disk / "file"
    write_whole(path, b"old")
    with pytest.raises(ZooError) as caught:
        write_whole(path, bytes(300_000))
    assert str(caught.value) == f"{path} cannot be written: got a full disk; choose another place"
    assert path.read_bytes() == b"old"
    assert names(small_disk) == ["file"]


LIMITED = """
    import resource, sys
    from pathlib import Path
    from zoo.errors import ZooError
    from zoo.store.files import write_whole
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    write_whole(Path(sys.argv[1]), bytes(1000))
    try:
        write_whole(Path(sys.argv[1]), bytes(1001))
    except ZooError as error:
        print(error)
"""


@posix
def test_row_23_a_limit_on_file_sizes(tmp_path: Path) -> None:
    (tmp_path / "CACHEDIR.TAG").touch()
    path = tmp_path / "trained" / "file"
    done = subprocess.run(python(LIMITED, path), capture_output=True, text=True, check=True)
    assert done.stdout == (
        f"{path} cannot be written: got a limit on the size of files; "
        f"set ZOO_HOME to another folder (it is {tmp_path} now)\n"
    )
    assert path.read_bytes() == bytes(1000)
    assert names(path.parent) == ["file"]


@posix
def test_row_23_a_read_only_folder(tmp_path: Path, read_only: Callable[[Path], None]) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    read_only(folder)
    with pytest.raises(ZooError) as caught:
        write_whole(folder / "file", b"x")
    found = str(caught.value).replace("a read-only file system", "no permission")
    assert found == f"{folder / 'file'} cannot be written: got no permission; choose another place"


def test_row_23_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "folder").touch()
    for path in (tmp_path / "folder" / "file", tmp_path / "folder" / "deep" / "file"):
        with pytest.raises(ZooError) as caught:
            write_whole(path, b"x")
        assert str(caught.value) == (
            f"{path} cannot be written: got a file where a folder should be; choose another place"
        )


def test_row_23_a_folder_where_the_file_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(ZooError, match="cannot be written"):
        write_whole(tmp_path / "file", b"x")
    assert names(tmp_path) == ["file"]


def test_row_23_an_unknown_fault_is_told_in_the_words_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(
        ZooError, match="cannot be written: got input/output error; choose another place"
    ):
        write_whole(tmp_path / "file", b"x")
    assert names(tmp_path) == []


@posix
def test_a_lock_that_fails_for_good_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(files.fcntl, "flock", broken)
    with pytest.raises(ZooError, match="got input/output error"):
        write_whole(tmp_path / "file", b"x")
    assert names(tmp_path) == []


def test_windows_replaces_when_the_reader_is_done(
    tmp_path: Path, as_windows: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, refusals = Path.replace, iter([1, 2])

    def busy(self: Path, target: Path) -> Path:
        if next(refusals, None):
            raise PermissionError(errno.EACCES, "in use")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", busy)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    write_whole(tmp_path / "file", b"x")
    refusals = iter([1] * 100)
    with pytest.raises(ZooError, match="got no permission"):
        write_whole(tmp_path / "file", b"y")
    assert (tmp_path / "file").read_bytes() == b"x"
    assert names(tmp_path) == ["file"]


# ---------------------------------------------------------------- sweeping

PART = ".file.0123456789abcdef.part"


def test_row_21_sweep_takes_leftovers_and_nothing_else(tmp_path: Path) -> None:
    deep = tmp_path / "below"
    deep.mkdir()
    others = [
        ".part",
        "file.part",
        ".file.0123.part",
        "0123456789abcdef.part",
        ".x.0123456789ABCDEF.part",
    ]
    for name in [PART, *others]:
        (tmp_path / name).touch()
        (deep / name).touch()
    assert sweep(tmp_path) == 1
    assert names(tmp_path) == sorted([*others, "below"])
    assert PART in names(deep)
    assert sweep(tmp_path, deep=True) == 1
    assert names(deep) == sorted(others)
    assert sweep(tmp_path / "missing") == 0


@posix
def test_row_21_sweep_leaves_links_folders_and_pipes(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"mine")
    (tmp_path / PART).symlink_to(target)
    (tmp_path / PART.replace("f.p", "e.p")).mkdir()
    os.mkfifo(tmp_path / PART.replace("f.p", "d.p"))
    before = names(tmp_path)
    assert sweep(tmp_path) == 0
    assert names(tmp_path) == before
    assert target.read_bytes() == b"mine"


HOLDING = """
    import sys
    from pathlib import Path
    from zoo.store.files import whole_file
    with whole_file(Path(sys.argv[1])) as file:
        print("ready", flush=True)
        sys.stdin.readline()
        file.write(b"done")
"""


@posix
def test_row_21_sweep_leaves_the_living(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with subprocess.Popen(
        python(HOLDING, path), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert sweep(tmp_path) == 0
        process.communicate("\n")
    assert path.read_bytes() == b"done"
    assert names(tmp_path) == ["file"]


@posix
def test_row_21_swept_before_it_was_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between creation and lock a sweeper may take the file: the writer notices and starts again."""
    swept: list[Path] = []
    flock = files.fcntl.flock

    def late(descriptor: int, how: int) -> None:
        if not swept:
            swept.extend(tmp_path.iterdir())
            swept[0].unlink()
        flock(descriptor, how)

    monkeypatch.setattr(files.fcntl, "flock", late)
    write_whole(tmp_path / "file", b"x")
    assert (tmp_path / "file").read_bytes() == b"x"
    assert len(swept) == 1


@posix
@pytest.mark.parametrize("code", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP])
def test_row_21_without_locks_age_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def without(*_: object) -> None:
        raise OSError(code, "no locks")

    monkeypatch.setattr(files.fcntl, "flock", without)
    check_age(tmp_path)


def test_row_21_on_windows_age_decides(tmp_path: Path, as_windows: None) -> None:
    check_age(tmp_path)


def check_age(folder: Path) -> None:
    write_whole(folder / "file", b"x")
    for name, hours in ((PART, 25), (PART.replace("f.p", "0.p"), 23)):
        (folder / name).touch()
        os.utime(folder / name, (time.time() - hours * 3600,) * 2)
    assert sweep(folder) == 1
    assert names(folder) == [PART.replace("f.p", "0.p"), "file"]


def test_row_21_what_cannot_be_removed_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    (tmp_path / PART).touch()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        assert sweep(tmp_path) == 0
    assert sweep(tmp_path) == 1


# ---------------------------------------------------------------- clearing


def test_row_24_clear_removes_files_and_moves_folders_aside(tmp_path: Path) -> None:
    path = tmp_path / "file"
    clear(path)
    path.touch()
    clear(path)
    make_link(path)
    clear(path)
    assert names(tmp_path) == ["target"]
    path.mkdir()
    (path / "mine").touch()
    clear(path)
    aside = next(p for p in tmp_path.iterdir() if p.name.startswith("file.aside-"))
    assert names(aside) == ["mine"]


def test_row_23_clear_may_be_forbidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "no")

    (tmp_path / "file").touch()
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(
        ZooError, match="file cannot be written: got no permission; choose another place"
    ):
        clear(tmp_path / "file")
