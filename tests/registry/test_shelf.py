"""A registry folder: files and entries belong together, and nothing outside is written."""

from __future__ import annotations

import hashlib
import os
import tomllib
from pathlib import Path

import pytest

from zoo.errors import IntegrityError, UsageError, ZooError
from zoo.registry import Shelf
from zoo.store.files import exists

TABLE = {
    "model": "mlp",
    "preset": "default",
    "dataset": "mnist",
    "tag": "own",
    "file": "mlp-default-own.h5",
    "published": {"accuracy": 0.97},
}
FULL = {("model", "mlp"): "digit-zoo/mlp"}


def full_name(kind: str, name: str) -> str:
    return FULL.get((kind, name), name)


@pytest.fixture
def shelf(folder: Path) -> Shelf:
    return Shelf(folder, full_name)


def listed(shelf: Shelf) -> list[dict]:
    return tomllib.loads(shelf.registry.read_text(encoding="utf-8"))["weights"]


def test_a_first_entry(shelf, folder):
    put = shelf.put(TABLE, b"weights")
    assert put.change == "added"
    assert put.path == folder / "weights" / "mlp-default-own.h5"
    assert put.path.read_bytes() == b"weights"
    assert put.entry.artifact.local == str(put.path)
    assert listed(shelf) == [
        {
            **TABLE,
            "path": "weights/mlp-default-own.h5",
            "size": 7,
            "sha256": hashlib.sha256(b"weights").hexdigest(),
        }
    ]
    assert sorted(p.name for p in folder.rglob("*")) == [
        "mlp-default-own.h5",
        "registry.toml",
        "weights",
    ]


def test_the_same_again_changes_nothing(shelf):
    shelf.put(TABLE, b"weights")
    before = shelf.registry.stat().st_mtime_ns
    assert shelf.put(TABLE, b"weights").change == "unchanged"
    assert shelf.registry.stat().st_mtime_ns == before
    again = shelf.put({**TABLE, "default": True}, b"weights")
    assert (again.change, again.entry.default) == ("replaced", True)
    assert shelf.put(TABLE, b"weights").change == "unchanged"  # stays the default


def test_other_bytes_under_the_same_tag_are_refused_unless_they_replace(shelf):
    shelf.put({**TABLE, "default": True}, b"first")
    for model in ("mlp", "digit-zoo/mlp"):
        with pytest.raises(UsageError) as caught:
            shelf.put({**TABLE, "model": model}, b"second")
        assert str(caught.value) == (
            f"{shelf.registry}: tag 'own' of digit-zoo/mlp:default for mnist is taken by other "
            "weights; choose another --tag, or --replace them"
        )
    put = shelf.put(TABLE, b"second", replace=True)
    assert put.change == "replaced"
    assert put.entry.default
    assert put.path.read_bytes() == b"second"
    assert len(listed(shelf)) == 1


def test_only_one_is_the_default(shelf):
    shelf.put({**TABLE, "default": True}, b"first")
    shelf.put({**TABLE, "preset": "40", "file": "c.h5", "default": True}, b"third")
    late = {**TABLE, "tag": "late", "file": "mlp-default-late.h5"}
    assert not shelf.put(late, b"second").entry.default
    assert shelf.put({**late, "default": True}, b"second").entry.default
    found = {(t["preset"], t["tag"]): t.get("default", False) for t in listed(shelf)}
    assert found == {("default", "own"): False, ("40", "own"): True, ("default", "late"): True}


def test_a_file_name_of_other_weights_is_refused(shelf):
    shelf.put(TABLE, b"first")
    with pytest.raises(UsageError) as caught:
        shelf.put({**TABLE, "dataset": "digits", "file": "MLP-default-own.h5"}, b"second")
    assert str(caught.value) == (
        f"{shelf.registry}: MLP-default-own.h5 is the file of other weights (mlp for mnist); "
        "choose another --tag"
    )


def test_a_file_that_nobody_listed_is_not_overwritten_unasked(shelf, folder):
    stranger = folder / "weights" / "mlp-default-own.h5"
    stranger.parent.mkdir()
    stranger.write_bytes(b"somebody's")
    with pytest.raises(UsageError) as caught:
        shelf.put(TABLE, b"weights")
    assert str(caught.value) == (
        f"{stranger} is there already, with other bytes; --replace overwrites it"
    )
    assert stranger.read_bytes() == b"somebody's"
    assert not exists(shelf.registry)
    assert shelf.put(TABLE, b"weights", replace=True).path.read_bytes() == b"weights"


def test_what_a_registry_knows_of_the_same_bytes_stays_known(shelf):
    sha256 = hashlib.sha256(b"weights").hexdigest()
    shelf.registry.write_text(
        '# by hand\nschema = 1\n[[weights]]\nmodel = "mlp"\npreset = "default"\ndataset = "mnist"\n'
        f'tag = "own"\nfile = "model.h5"\nsize = 7\nsha256 = "{sha256.upper()}"\n'
        'summary = "by the author"\nurls = ["https://example.org/model.h5"]\n',
        encoding="utf-8",
    )
    put = shelf.put(TABLE, b"weights")
    assert put.path.name == "model.h5"
    assert put.entry.artifact.urls == ("https://example.org/model.h5",)
    assert put.entry.summary == "by the author"
    assert shelf.registry.read_text(encoding="utf-8").startswith("# by hand\n")


@pytest.mark.parametrize("name", ["../mlp.h5", "a/b.h5", "con.h5", "", "x" * 121])
def test_file_names_that_could_leave_the_folder(shelf, name):
    with pytest.raises(ZooError):
        shelf.put({**TABLE, "file": name}, b"weights")
    assert not exists(shelf.registry)


def test_a_path_that_leads_out_is_not_followed(shelf, folder, tmp_path):
    sha256 = hashlib.sha256(b"weights").hexdigest()
    entry = {**TABLE, "file": "model.h5", "size": 7, "sha256": sha256}
    lines = [f"{k} = {v!r}" for k, v in entry.items() if k != "published"]
    shelf.registry.write_text("\n".join(["schema = 1", "[[weights]]", *lines, "path = '../out.h5'"]))
    assert shelf.put(TABLE, b"weights").path == folder / "weights" / "model.h5"
    assert not (tmp_path / "out.h5").exists()


@pytest.mark.skipif(os.name == "nt", reason="links")
def test_links_out_of_the_folder_are_refused(folder, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (folder / "weights").symlink_to(outside)
    with pytest.raises(IntegrityError) as caught:
        Shelf(folder, full_name)
    assert str(caught.value) == (
        f"{folder / 'weights'}: expected a folder, got a link out of the registry folder"
    )
    (folder / "weights").unlink()
    (folder / "registry.toml").symlink_to(outside / "registry.toml")
    with pytest.raises(IntegrityError, match="expected a file, got a link"):
        Shelf(folder, full_name)
    (folder / "registry.toml").unlink()
    (folder / "weights").mkdir()
    (folder / "weights" / "mlp-default-own.h5").symlink_to(outside / "mlp.h5")
    with pytest.raises(ZooError, match="path: expected a file below the folder of the registry"):
        Shelf(folder, full_name).put(TABLE, b"weights")
    (folder / "weights" / "mlp-default-own.h5").unlink()
    (folder / "weights" / "mlp-default-own.h5").symlink_to(folder / "other.h5")
    with pytest.raises(IntegrityError, match="expected a file, got a link"):
        Shelf(folder, full_name).put(TABLE, b"weights")
    assert list(outside.iterdir()) == []


def test_a_registry_that_would_be_refused_is_left_as_it_was(shelf, folder):
    with pytest.raises(ZooError) as caught:
        shelf.put({**TABLE, "published": {"Accuracy": 1.0}}, b"weights")
    assert str(caught.value) == (
        f"{shelf.registry} is left as it was: registry {shelf.registry}: [[weights]] 1 "
        "(mlp-default-own.h5): published: expected names of metrics, got Accuracy"
    )
    assert list(folder.iterdir()) == []


def test_a_broken_registry_is_said_at_once(folder):
    (folder / "registry.toml").write_text("schema = 1\n[[weights\n")
    with pytest.raises(IntegrityError, match="line 2: expected TOML"):
        Shelf(folder, full_name)


def test_what_a_killed_writer_left_behind_is_swept(folder):
    left = folder / ".registry.toml.0123456789abcdef.part"
    left.write_bytes(b"half")
    Shelf(folder, full_name)
    assert not left.exists()


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("schema = 2\n", "2"),
        ("schema = true\n", "True"),
        ('schema = "1"\n', "'1'"),
        ("# nothing yet\n", "none"),
    ],
)
def test_a_registry_of_another_schema_is_refused_before_anything_is_written(folder, text, got):
    registry = folder / "registry.toml"
    registry.write_text(text)
    with pytest.raises(IntegrityError) as caught:
        Shelf(folder, full_name)
    assert str(caught.value) == (
        f"{registry}: schema: expected 1, got {got}; "
        "publish into another folder, or with the zoo it was written by"
    )
    assert [path.name for path in folder.iterdir()] == ["registry.toml"]
    assert registry.read_text() == text


def test_one_that_turns_into_another_schema_is_left_as_it_is(shelf, folder):
    (folder / "registry.toml").write_text("schema = 2\n")
    with pytest.raises(IntegrityError, match="schema: expected 1, got 2"):
        shelf.put(TABLE, b"weights")
    assert not (folder / "weights").exists()
