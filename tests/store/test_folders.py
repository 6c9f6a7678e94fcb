"""The layout of ZOO_HOME, what of it is ours, and what is said when it cannot be used."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.errors import InvalidValueError, UnknownNameError, ZooError
from zoo.specs import Artifact
from zoo.store.files import sha256_of
from zoo.store.folders import Folders, check_file_name

KEY = "0123456789abcdef" * 4
OTHER = "f" * 64


def tree(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def artifact(data: bytes, file: str = "mlp.h5") -> Artifact:
    return Artifact(file=file, limit=1000, sha256=sha256_of(data))


def fill(folders: Folders) -> dict[str, Path]:
    """One entry of each kind, as the rooms write them."""
    folders.prepare()
    paths = {
        "artifacts": folders.artifact(artifact(b"weights")),
        "datasets": folders.dataset("mnist", KEY) / "x_train.npy",
        "trained": folders.trained_weights("mlp-16x16", KEY, OTHER),
        "exports": folders.export(KEY) / "network.tflite",
    }
    for path in paths.values():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"weights")
    return paths


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    "name", ["mlp.h5", "a", "_x", "mnist.npz", "a b+c-1.0.h5", "connect.h5", "a" * 99]
)
def test_names_that_every_system_takes(name: str) -> None:
    assert check_file_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "../x", "/etc/x", "a/b", "a\\b", "C:x", "x.", "x ", ".hidden", "CON", "con.h5"),
        *("Nul.tar.gz", "aux", "PRN.x", "com1", "LPT9.txt", "a*b", "a?", 'a"', "a<b", "a|b", "a\0b"),
        *("a\nb", "ü", "-x", "a" * 121),
    ],
)
def test_row_28_names_that_are_refused(name: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        check_file_name(name)
    shown = name if len(name) <= 60 else name[:59] + "…"
    assert str(caught.value).startswith(
        "file name: expected a plain file name of at most 120 letters, digits, dots and hyphens, got "
    )
    assert repr(shown).split()[0] in str(caught.value)


@given(st.text(max_size=130))
def test_row_28_no_name_leaves_its_folder(name: str) -> None:
    try:
        check_file_name(name)
    except InvalidValueError:
        return
    path = Path("/home/cache") / name
    assert path.parent == Path("/home/cache")
    assert os.path.normpath(path) == str(path)


def test_row_25_content_gives_the_place(folders: Folders) -> None:
    first, second = artifact(b"version 1"), artifact(b"version 2")
    assert folders.artifact(first) != folders.artifact(second)
    assert folders.artifact(first) == folders.artifacts / sha256_of(b"version 1") / "mlp.h5"
    assert folders.dataset("mnist", KEY).name == "mnist-0123456789abcdef"
    assert folders.trained_weights("mlp-16x16", KEY, OTHER).name == (
        "mlp-16x16-0123456789abcdef-ffffffffffffffff.h5"
    )
    assert folders.export(KEY) == folders.exports / KEY


def test_row_28_no_artifact_outside(folders: Folders) -> None:
    with pytest.raises(InvalidValueError):
        folders.artifact(Artifact(file="../x", limit=1, sha256=KEY))
    for sha256 in (None, "../../../../x", "0" * 63):
        with pytest.raises(ValueError, match=r"hash|hex"):
            folders.artifact(Artifact(file="x", limit=1, sha256=sha256))


def test_row_24_trained_files_under_a_key(folders: Folders) -> None:
    assert folders.trained_files(KEY) == []
    folders.prepare()
    path = folders.trained_weights("mlp-default", KEY, OTHER)
    path.touch()
    folder = folders.trained_weights("mlp-default", KEY, KEY)
    folder.mkdir()
    folders.trained_weights("mlp-default", OTHER, KEY).touch()
    assert folders.trained_files(KEY) == [folder, path]


# ---------------------------------------------------------------- preparing


def test_prepare_makes_a_tagged_home(folders: Folders) -> None:
    folders.prepare()
    folders.prepare()
    assert tree(folders.home) == ["CACHEDIR.TAG", "artifacts", "datasets", "exports", "locks", "trained"]
    tag = (folders.home / "CACHEDIR.TAG").read_text()
    assert tag.startswith("Signature: 8a477f597d28d172789f06886806bc55\n")
    assert "made by digit-zoo" in tag


def test_row_21_prepare_sweeps(folders: Folders) -> None:
    fill(folders)
    before = tree(folders.home)
    for folder in (folders.home, folders.trained, folders.artifacts / sha256_of(b"weights")):
        (folder / ".x.0123456789abcdef.part").touch()
    folders.prepare()
    assert tree(folders.home) == before


def test_row_23_a_file_where_home_should_be(folders: Folders) -> None:
    folders.home.touch()
    with pytest.raises(ZooError) as caught:
        folders.prepare()
    assert str(caught.value) == (
        f"{folders.home} cannot be written: got a file where a folder should be; "
        f"set ZOO_HOME to another folder (it is {folders.home} now)"
    )
    with pytest.raises(ZooError, match="where a folder should be; set ZOO_HOME to another folder"):
        Folders(folders.home / "below").prepare()


def test_row_23_a_read_only_parent(tmp_path: Path, read_only: Callable[[Path], None]) -> None:
    (tmp_path / "parent").mkdir()
    read_only(tmp_path / "parent")
    with pytest.raises(ZooError, match="set ZOO_HOME to another folder"):
        Folders(tmp_path / "parent" / "home").prepare()


def test_row_23_a_read_only_home(folders: Folders, read_only: Callable[[Path], None]) -> None:
    folders.home.mkdir()
    for name in ("artifacts", "datasets", "trained", "exports", "locks"):
        (folders.home / name).mkdir()
    read_only(folders.home)
    with pytest.raises(ZooError) as caught:
        folders.prepare()
    assert "CACHEDIR.TAG cannot be written: got " in str(caught.value)
    assert f"; set ZOO_HOME to another folder (it is {folders.home} now)" in str(caught.value)


def test_row_23_a_full_disk(small_disk: Path) -> None:
    with pytest.raises(OSError, match="No space"), (small_disk / "filler").open("wb") as file:
        file.write(bytes(1 << 20))
    folders = Folders(small_disk)
    with pytest.raises(ZooError, match="got a full disk; set ZOO_HOME to another folder"):
        folders.prepare()


# ---------------------------------------------------------------- listing and cleaning


def test_entries(folders: Folders) -> None:
    assert folders.entries() == []
    paths = fill(folders)
    found = {entry.kind: entry for entry in folders.entries()}
    assert list(found) == ["artifacts", "datasets", "trained", "exports"]
    assert {entry.bytes for entry in found.values()} == {7}
    assert found["artifacts"].name == "mlp.h5"
    assert found["artifacts"].path == paths["artifacts"]
    assert found["datasets"].name == "mnist-0123456789abcdef"
    assert found["exports"].path == paths["exports"].parent


def test_row_26_clean_removes_all_that_is_ours(folders: Folders) -> None:
    fill(folders)
    (folders.trained / ".x.0123456789abcdef.part").touch()
    before = folders.entries()
    assert folders.clean() == before
    assert folders.entries() == []
    assert tree(folders.home) == ["CACHEDIR.TAG", "artifacts", "datasets", "exports", "locks", "trained"]
    assert folders.clean() == []


def test_row_26_clean_takes_only_the_kinds_it_is_told(folders: Folders) -> None:
    fill(folders)
    assert [entry.kind for entry in folders.clean(["trained", "exports"])] == ["trained", "exports"]
    assert [entry.kind for entry in folders.entries()] == ["artifacts", "datasets"]
    with pytest.raises(UnknownNameError) as caught:
        folders.clean(["artefacts"])
    assert (
        str(caught.value)
        == "unknown kind of cache entry 'artefacts'; did you mean artifacts or datasets?"
    )


def test_row_26_clean_leaves_what_is_not_ours(folders: Folders, tmp_path: Path) -> None:
    paths = fill(folders)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine.h5").write_bytes(b"mine")
    (outside / ("a" * 64)).mkdir()
    (outside / ("a" * 64) / "mine.h5").write_bytes(b"mine")
    strangers = [
        folders.home / "notes.txt",
        folders.home / "mine" / "notes.txt",
        folders.artifacts / "notes.txt",
        folders.artifacts / "my folder" / "mlp.h5",
        paths["artifacts"].parent / "notes.txt",
        folders.datasets / "mine" / "x_train.npy",
        paths["datasets"].parent / "notes.txt",
        folders.trained / "mine.h5",
        folders.trained / "mlp-default-0123.h5",
        folders.exports / "mine" / "model.tflite",
        paths["exports"].parent / "notes.txt",
    ]
    for path in strangers:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"mine")
    links = [
        folders.trained_weights("linked", KEY, KEY),
        folders.artifacts / ("b" * 64),
        folders.dataset("linked", KEY),
        folders.exports / "linked",
    ]
    links[0].symlink_to(outside / "mine.h5")
    for link in links[1:]:
        link.symlink_to(outside)
    removed = {entry.path for entry in folders.clean()}
    assert removed == {
        paths["artifacts"],
        paths["datasets"].parent,
        paths["trained"],
        paths["exports"].parent,
    }
    assert all(path.read_bytes() == b"mine" for path in strangers)
    assert all(link.is_symlink() for link in links)
    assert tree(outside) == ["a" * 64, "a" * 64 + "/mine.h5", "mine.h5"]
    assert not any(path.exists() for path in paths.values())


def test_row_26_clean_goes_through_no_link(folders: Folders, tmp_path: Path) -> None:
    elsewhere = Folders(tmp_path / "elsewhere")
    fill(elsewhere)
    folders.home.mkdir()
    folders.artifacts.symlink_to(elsewhere.artifacts)
    assert folders.clean() == []
    assert len(elsewhere.entries()) == 4


def test_row_26_a_damaged_artifact_is_still_ours(folders: Folders) -> None:
    path = fill(folders)["artifacts"]
    path.write_bytes(b"damaged")
    assert [entry.kind for entry in folders.clean(["artifacts"])] == ["artifacts"]
    assert tree(folders.artifacts) == []


def test_row_26_what_cannot_be_read_stays(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fill(folders)["artifacts"]
    (path.parent / "notes.txt").touch()
    monkeypatch.setattr("zoo.store.folders.LARGEST_ENTRY", 1)
    assert [entry.name for entry in folders.clean(["artifacts"])] == []


def test_row_26_what_cannot_be_removed_is_told(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = fill(folders)["trained"]

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(ZooError) as caught:
        folders.clean(["trained"])
    assert str(caught.value) == f"{path} cannot be removed: got no permission; check its permissions"
