"""The pytest decorator: one test a check, xfail with reasons, messages without tracebacks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.testing.conftest import Wrong
from zoo import UnknownNameError, UsageError
from zoo.testing import plugin_checks

TEST = """
from pathlib import Path
from zoo.testing import plugin_checks

@plugin_checks(Path(__file__).parent, expected_failures={expected})
def test_conformance(check):
    check()
"""


def results(folder, expected: dict[str, str]) -> tuple[dict[str, str], str]:
    """Run pytest on a package that is not installed; outcome by check, and all it wrote."""
    (folder / "test_it.py").write_text(TEST.format(expected=expected), encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "test_it.py", "-v", "-p", "no:cacheprovider", "-W", "error"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lines = [line.split() for line in ended.stdout.splitlines() if line.startswith("test_it.py::")]
    return {words[0].partition("[")[2][:-1]: words[1] for words in lines}, ended.stdout


def test_each_check_is_a_test(wrong: Wrong) -> None:
    folder = wrong("dataset", ("__init__.py", "", "\nprint('hello')\n"))
    found, text = results(folder, {})
    assert found == {
        "imports[wrong]": "PASSED",
        "light-import[wrong]": "PASSED",
        "clean-stdout[wrong]": "FAILED",
        "spec-fields[wrong]": "PASSED",
        "names[wrong]": "PASSED",
        "references[wrong]": "PASSED",
        "registry[wrong]": "SKIPPED",
        "dataset-listed[wrong]": "SKIPPED",
        "dataset-loads[wrong]": "PASSED",
        "dataset-splits[wrong]": "PASSED",
    }
    assert "Importing the module and calling its hooks prints nothing.\nzoo_wrong prints 'hello'" in text
    assert "Traceback" not in text
    assert "kit.py" not in text


def test_expected_failures_are_strict(wrong: Wrong) -> None:
    folder = wrong("dataset", ("__init__.py", "", "\nprint('hello')\n"))
    found, text = results(folder, {"clean-stdout": "it must greet", "names[wrong]": "history"})
    assert (found["clean-stdout[wrong]"], found["names[wrong]"]) == ("XFAIL", "FAILED")
    assert "[XPASS(strict)] history" in text


def test_a_plugin_by_path_leaves_nothing_behind(wrong: Wrong, tmp_path: Path) -> None:
    folder = wrong("view")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    code = f"from zoo.testing import plugin_checks; plugin_checks({str(folder)!r})"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert (ended.stdout, ended.stderr) == ("", "")
    assert list(temporary.iterdir()) == []


def test_mistakes_are_told_when_tests_are_collected(wrong: Wrong) -> None:
    with pytest.raises(UnknownNameError, match="unknown plugin 'wrnog'; did you mean|known: "):
        plugin_checks("wrnog")
    with pytest.raises(UnknownNameError, match="unknown check 'nmaes'"):
        plugin_checks("views", expected_failures={"nmaes": "x"})
    with pytest.raises(UsageError, match="expected failure names: say why"):
        plugin_checks("views", expected_failures={"names": ""})
