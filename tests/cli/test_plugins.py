"""`zoo plugins`, `zoo plugins check`, `zoo plugins new`: outputs, JSON and exit codes."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from zoo.scaffold import make_plugin


def test_the_bare_noun_lists(invoke, clashing):
    assert invoke("plugins", catalogue=clashing).out == invoke("plugins", "list", catalogue=clashing).out
    data = json.loads(invoke("plugins", "--json", catalogue=clashing).out)
    assert data["plugins"][0]["hooks"] == ["zoo_models", "zoo_datasets"]


def test_requirements_are_lines_for_pip(invoke, clashing):
    ended = invoke("plugins", "--requirements", catalogue=clashing)
    assert (ended.code, ended.out) == (0, "digit-zoo==1.0\nbroken==0.1\ncopy-cat==2.0\n")
    data = json.loads(invoke("plugins", "--requirements", "--json", catalogue=clashing).out)
    assert data["requirements"] == ["digit-zoo==1.0", "broken==0.1", "copy-cat==2.0"]


@pytest.mark.parametrize(
    ("recorded", "line"),
    [
        ({"url": "file:///a/b%20c", "dir_info": {"editable": True}}, "-e file:///a/b%20c"),
        ({"url": "file:///a/b", "dir_info": {}}, "zoo-here @ file:///a/b"),
        ({"url": "file:///a/x.whl", "archive_info": {}}, "zoo-here @ file:///a/x.whl"),
        (
            {
                "url": "https://example.org/r.git",
                "vcs_info": {"vcs": "git", "commit_id": "abc"},
                "subdirectory": "p",
            },
            "zoo-here @ git+https://example.org/r.git@abc#subdirectory=p",
        ),
        (None, "zoo-here==1.0"),
        ([], "zoo-here==1.0"),
        ({"url": 3}, "zoo-here==1.0"),
        ({"url": "file:///a\nevil", "dir_info": {}}, "zoo-here==1.0"),
    ],
)
def test_requirements_of_what_no_index_has(zoo_process, tmp_path, monkeypatch, recorded, line):
    (tmp_path / "here.py").write_text(
        "import zoo\n@zoo.hookimpl\ndef zoo_models():\n    return []\n", encoding="utf-8"
    )
    info = tmp_path / "zoo_here-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: zoo-here\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[zoo]\nhere = here\n")
    if recorded is not None:
        (info / "direct_url.json").write_text(json.dumps(recorded))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *filter(None, sys.path)]))
    lines = zoo_process("plugins", "--requirements").stdout.splitlines()
    assert lines[-1] == line
    local = "# only on this machine; for others publish it, or build a wheel of it"
    assert (lines[-2] == local) == ("file:" in line)
    data = json.loads(zoo_process("plugins", "--json").stdout)
    assert data["requirements"][-1] == line


def test_new_writes_a_package_and_says_what_is_next(invoke, tmp_path):
    ended = invoke("plugins", "new", "small-net", "--kind", "numpy", "--to", "made")
    assert ended.code == 0
    assert ended.out == (
        "zoo-small-net: a model without Keras, in made/zoo-small-net\n"
        "  .gitignore\n"
        "  LICENSE\n"
        "  README.md\n"
        "  pyproject.toml\n"
        "  tests/conftest.py\n"
        "  tests/test_plugin.py\n"
        "  zoo_small_net/__init__.py\n"
        "  zoo_small_net/model.py\n"
        "  zoo_small_net/py.typed\n"
        "next:\n"
        "  pip install -e 'made/zoo-small-net[test]'\n"
        "      install it: the zoo finds it from now on; without a network add\n"
        "      --no-build-isolation, where hatchling, editables and pytest are installed\n"
        "  zoo run small-net --visualize\n"
        "      train, measure and draw it\n"
        "  zoo plugins check small-net\n"
        "      does it keep the rules of the zoo?\n"
    )


def test_new_as_json(invoke):
    data = json.loads(invoke("plugins", "new", "small-net", "--kind", "view", "--json").out)
    assert (data["schema"], data["kind"], data["module"]) == (1, "view", "zoo_small_net")
    assert Path(data["folder"]).is_dir()
    assert data["next"][1]["command"] == "zoo visualize MODEL small-net"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["Small Net"], "digits, single hyphens, got 'Small Net'; try small-net"),
        (["squares"], "squares: this is the name of a model of digit-zoo; choose another"),
        (
            ["x", "--kind", "keraz"],
            "invalid value for '--kind': 'keraz' is not one of 'keras', 'numpy',",
        ),
        (
            ["x", "--licence", "GPL"],
            "invalid value for '--licence': 'GPL' is not one of MIT, Apache-2.0, BSD-3-Clause, none;",
        ),
        ([], "missing argument 'NAME'"),
    ],
)
def test_mistakes_about_a_new_plugin(invoke, arguments, line):
    ended = invoke("plugins", "new", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert line in ended.err
    assert len(ended.err.splitlines()) == 1


def test_a_licence_may_be_typed_in_any_case(invoke):
    assert invoke("plugins", "new", "small-net", "--licence", "apache-2.0").code == 0
    assert 'license = "Apache-2.0"' in Path("zoo-small-net/pyproject.toml").read_text(encoding="utf-8")


def test_new_leaves_what_exists_alone(invoke):
    assert invoke("plugins", "new", "small-net").code == 0
    ended = invoke("plugins", "new", "small-net")
    assert ended.code == 2
    assert ended.err == (
        "error: zoo-small-net: there is something of this name already; choose another name, or "
        "another folder with --to\n"
    )


CHECKS = ["--only", "imports", "--only", "clean-stdout"]


def test_check_shows_each_rule_that_is_kept(invoke, tmp_path):
    folder = make_plugin("small-net", kind="view", to=tmp_path).folder
    ended = invoke("plugins", "check", str(folder), *CHECKS)
    assert ended.code == 0
    assert ended.out == (
        "ok        imports[small-net]\n"
        "ok        clean-stdout[small-net]\n"
        f"{folder}: 2 passed; it keeps the rules\n"
    )


def test_check_says_what_to_do_and_ends_with_the_code_of_plugins(invoke, tmp_path):
    folder = make_plugin("small-net", kind="view", to=tmp_path).folder
    with (folder / "zoo_small_net" / "__init__.py").open("a", encoding="utf-8") as file:
        file.write("\nprint('hello')\n")
    ended = invoke("plugins", "check", str(folder), *CHECKS)
    assert ended.code == 5
    assert ended.out == (
        "ok        imports[small-net]\n"
        "FAILED    clean-stdout[small-net]\n"
        "          rule: Importing the module and calling its hooks prints nothing.\n"
        "          zoo_small_net prints 'hello', and stdout is for results; take the\n"
        "          print away, or log it\n"
        f"{folder}: 1 passed, 1 failed; it does not keep the rules\n"
    )
    data = json.loads(invoke("plugins", "check", str(folder), *CHECKS, "--json").out)
    assert (data["conforms"], data["counts"]["failed"]) == (False, 1)
    expected = ["--expect", "clean-stdout=it must greet"]
    ended = invoke("plugins", "check", str(folder), *CHECKS, *expected)
    assert ended.code == 0
    assert (
        "expected  clean-stdout[small-net]\n          it must greet (zoo_small_net prints" in ended.out
    )


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["no-such"], "unknown plugin 'no-such'; known: "),
        (["views", "--only", "nothing"], "unknown check 'nothing'; "),
        (["views", "--expect", "names"], "invalid value for '--expect': 'names' is not CHECK=REASON"),
        (["no/such/folder"], "no/such/folder: expected a folder with a pyproject.toml, a package or a"),
    ],
)
def test_mistakes_about_a_check(invoke, arguments, line):
    ended = invoke("plugins", "check", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert line in ended.err.splitlines()[-1]


def test_a_broken_plugin_fails_its_check_and_nothing_else(zoo_process, tmp_path):
    folder = tmp_path / "zoo_broken"
    folder.mkdir()
    (folder / "__init__.py").write_text("import sys\nprint('x')\nsys.exit(3)\n", encoding="utf-8")
    ended = zoo_process("plugins", "check", str(folder), "--json")
    assert ended.returncode == 5, ended.stderr
    data = json.loads(ended.stdout)
    failed = {check["check"]: check["text"] for check in data["checks"] if check["status"] == "failed"}
    assert failed == {
        "imports[zoo-broken]": "zoo_broken: it called sys.exit(3); "
        "`zoo plugins check --debug` shows more"
    }
    assert "Traceback" not in ended.stderr
    ended = zoo_process("plugins", "check", str(folder), "--debug")
    assert "sys.exit(3)" in ended.stdout
    assert "imports[zoo-broken]:\nTraceback (most recent call last):\n" in ended.stderr
    assert f'File "{folder / "__init__.py"}", line 3, in <module>' in ended.stderr


def test_debug_shows_where_a_plugin_failed(zoo_process, tmp_path, monkeypatch):
    """Listed among others, and as an error where strictness is wanted."""
    (tmp_path / "breaking.py").write_text("def deep():\n    1 / 0\n\ndeep()\n", encoding="utf-8")
    info = tmp_path / "zoo_breaking-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: zoo-breaking\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[zoo]\nbreaking = breaking\n")
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    monkeypatch.setenv("PYTHONPATH", path)
    where = f'File "{tmp_path / "breaking.py"}", line 2, in deep'
    ended = zoo_process("plugins", "list")
    assert "breaking: ZeroDivisionError: division by zero" in ended.stdout
    assert where not in ended.stderr
    ended = zoo_process("plugins", "list", "--debug")
    assert ended.returncode == 0
    assert "plugin breaking (zoo-breaking 1.0):\nTraceback" in ended.stderr
    assert where in ended.stderr
    monkeypatch.setenv("ZOO_STRICT_PLUGINS", "1")
    ended = zoo_process("list", "--debug")
    assert ended.returncode == 5
    assert where in ended.stderr
    assert where not in zoo_process("list").stderr
