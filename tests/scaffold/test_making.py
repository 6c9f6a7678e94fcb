"""`make_plugin`: names, existing folders, licences; and that what it writes passes as it comes."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import zoo
from zoo import InvalidValueError, Settings, UnknownNameError, UsageError, ZooError
from zoo.plugins import discover
from zoo.scaffold import KINDS, LICENCES, make_plugin
from zoo.scaffold.names import Names
from zoo.specs import NAME
from zoo.testing import check_plugin
from zoo.testing.located import visible


@pytest.mark.parametrize("kind", KINDS)
def test_the_package_is_complete(tmp_path: Path, kind: str) -> None:
    made = make_plugin("small-net", kind=kind, to=tmp_path)
    assert made.folder == tmp_path / "zoo-small-net"
    there = {p.relative_to(made.folder).as_posix() for p in made.folder.rglob("*") if p.is_file()}
    assert there == set(made.files)
    assert {
        *("pyproject.toml", "README.md", "LICENSE", ".gitignore"),
        *("tests/conftest.py", "tests/test_plugin.py"),
        *("zoo_small_net/__init__.py", "zoo_small_net/py.typed"),
    } < there
    for path in made.folder.rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert "okapi" not in text.lower(), path
            if path.suffix == ".py":
                ast.parse(text)


@pytest.mark.parametrize("kind", KINDS)
def test_the_plugin_is_found_and_offers_one_thing(tmp_path: Path, kind: str) -> None:
    made = make_plugin("small-net", kind=kind, to=tmp_path)
    with visible(made.folder):
        catalogue = discover(Settings(home=tmp_path))
        plugin = next(p for p in catalogue.plugins if p.name == "small-net")
        assert (plugin.status, plugin.heavy) == ("ok", ())
        offered = (*plugin.models, *plugin.datasets, *plugin.views)
        assert offered == ("small-net",)


@pytest.mark.parametrize(
    "kind", ["numpy", "dataset", "view", pytest.param("keras", marks=pytest.mark.tensorflow)]
)
def test_its_own_tests_pass_as_they_come(tmp_path: Path, kind: str) -> None:
    """As after an installation: its folder on the path, its metadata beside it."""
    folder = make_plugin("small-net", kind=kind, to=tmp_path).folder
    info = folder / "zoo_small_net-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: zoo-small-net\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text("[zoo]\nsmall-net = zoo_small_net\n")
    here = os.pathsep.join([str(folder), *filter(None, sys.path)])
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": here},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-1000:]
    assert re.search(r"^\d+ passed", ended.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("Small Net", "small-net"),
        ("SmallNet", "small-net"),
        ("small_net", "small-net"),
        ("-small--net-", "small-net"),
        ("../evil", "evil"),
        ("/etc/x", "etc-x"),
        ("x" * 41, "x" * 40),
        ("ünet", "net"),
        ("", None),
        ("..", None),
        ("zoo-", None),
        ("a\nb", "a-b"),
    ],
)
def test_names_that_are_not_valid(tmp_path: Path, name: str, better: str | None) -> None:
    with pytest.raises(InvalidValueError) as caught:
        make_plugin(name, to=tmp_path)
    text = str(caught.value)
    assert text.startswith("name: expected a name of at most 40 characters: lower case, digits,")
    assert text.endswith(f"; try {better}") == (better is not None)
    assert "\n" not in text
    assert list(tmp_path.iterdir()) == []


def test_the_prefix_of_distributions_may_be_typed(tmp_path: Path) -> None:
    assert make_plugin("zoo-small-net", to=tmp_path).names.name == "small-net"


@given(st.from_regex(NAME, fullmatch=True).filter(lambda name: len(name) <= 40))
def test_every_valid_name_gives_usable_names(name: str) -> None:
    names = Names.of(name)
    assert names.module.isidentifier()
    assert names.class_name.isidentifier()
    assert names.class_name not in zoo.__all__


@pytest.mark.parametrize("name", ["okapi", "okapi-x", "my-okapi", "zoo-okapi-zoo"])
def test_a_name_may_hold_that_of_the_templates(tmp_path: Path, name: str) -> None:
    names = Names.of(name)
    texts = {"zoo_okapi": names.module, "zoo-okapi": names.distribution, "okapi": names.name}
    for old, new in (texts | {"Okapi": names.class_name}).items():
        assert names.replace(f"<{old}>") == f"<{new}>"
    folder = make_plugin(name, kind="numpy", to=tmp_path).folder
    report = check_plugin(folder, only=["imports", "spec-fields", "names", "factory"])
    assert {result.status for result in report.results} == {"passed"}, report


@pytest.mark.parametrize("name", ["model", "keras-model", "any", "2x", "parameters", "class"])
@pytest.mark.parametrize("kind", KINDS)
def test_awkward_names_still_import(tmp_path: Path, name: str, kind: str) -> None:
    made = make_plugin(name, kind=kind, to=tmp_path)
    with visible(made.folder):
        plugin = next(
            p for p in discover(Settings(home=tmp_path)).plugins if p.module == made.names.module
        )
        assert plugin.status == "ok", plugin.reason
    for file in (made.folder / made.names.module).glob("*.py"):
        compile(file.read_text(encoding="utf-8"), str(file), "exec")


@pytest.mark.parametrize(
    ("name", "kind"), [("none", "numpy"), ("none", "view"), ("zoo-none", "keras"), ("auto", "dataset")]
)
def test_names_that_are_reserved(tmp_path: Path, name: str, kind: str) -> None:
    with pytest.raises(InvalidValueError, match="^name: (none|auto) has a meaning of its own; choose"):
        make_plugin(name, kind=kind, to=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["con", "aux", "nul", "prn", "com1", "lpt9"])
def test_names_that_windows_keeps(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidValueError, match=f"^name: {name} can be no folder on Windows; choose"):
        make_plugin(name, to=tmp_path)
    assert make_plugin(f"{name}-net", to=tmp_path).names.name == f"{name}-net"


def test_a_home_of_nobody(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        make_plugin("small-net", to="~nosuch-user-here/foo")
    assert str(caught.value) == (
        "~nosuch-user-here/foo: there is no such user; give the path of a folder or file"
    )


def test_names_that_are_taken(tmp_path: Path) -> None:
    catalogue = discover(Settings(home=tmp_path))
    for name, words in (
        ("mlp", "mlp: this is the name of a model of digit-zoo; choose another"),
        ("confusion", "confusion: this is the name of a view of digit-zoo; choose another"),
        ("views", "views: plugin views (digit-zoo "),
    ):
        with pytest.raises(UsageError) as caught:
            make_plugin(name, to=tmp_path, catalogue=catalogue)
        assert str(caught.value).startswith(words)


def test_what_exists_is_left_alone(tmp_path: Path) -> None:
    place = tmp_path / "zoo-small-net"
    place.write_text("mine", encoding="utf-8")
    expected = (
        f"{place}: there is something of this name already; "
        "choose another name, or another folder with --to"
    )
    with pytest.raises(UsageError) as caught:
        make_plugin("small-net", to=tmp_path)
    assert str(caught.value) == expected
    assert place.read_text(encoding="utf-8") == "mine"
    place.unlink()
    place.symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError):
        make_plugin("small-net", to=tmp_path)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(ZooError, match=r"zoo-small-net: cannot be written \(Not a directory\); choose"):
        make_plugin("small-net", to=file)


def test_it_appears_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ZooError, match="No space left on device"):
        make_plugin("small-net", to=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("licence", LICENCES)
def test_licences(tmp_path: Path, licence: str) -> None:
    folder = make_plugin("small-net", to=tmp_path, licence=licence).folder
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    code = (folder / "zoo_small_net" / "__init__.py").read_text(encoding="utf-8")
    if licence == "none":
        assert "license" not in project
        assert not (folder / "LICENSE").exists()
        assert 'licence=""' in code
    else:
        assert project["license"] == licence
        assert f'licence="{licence}"' in code
        assert (folder / "LICENSE").read_text(encoding="utf-8")


def test_unknown_kinds_and_licences(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="unknown kind of plugin 'keraz'; did you mean keras"):
        make_plugin("small-net", kind="keraz", to=tmp_path)
    with pytest.raises(UnknownNameError, match="unknown licence 'GPL'"):
        make_plugin("small-net", licence="GPL", to=tmp_path)


def test_the_templates_ask_for_this_version_of_the_zoo(tmp_path: Path) -> None:
    folder = make_plugin("small-net", to=tmp_path).folder
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    major, minor = map(int, zoo.__version__.split(".")[:2])
    assert project["dependencies"] == [f"digit-zoo>={major}.{minor},<{major + 1}"]
