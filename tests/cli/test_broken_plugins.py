"""Broken plugins, through the command line: the rest works, stdout stays clean, codes are right."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

BREAKS = {
    "raises": "raise ValueError('not today')",
    "syntax": "def (",
    "exits": "import sys; sys.exit(3)",
    "prints": "print('hello'); import os; os.write(1, b'raw\\n'); raise ValueError('not today')",
    "odd": "from zoo import hookimpl\n@hookimpl\ndef zoo_models():\n    return None\n",
}


@pytest.fixture
def broken(tmp_path, zoo_process):
    """Install a plugin with this source beside the others, and run commands with it."""

    def run(source: str, *args: str, **environment: str):
        folder = tmp_path / "site"
        info = folder / "broken_thing-1.2.dist-info"
        info.mkdir(parents=True, exist_ok=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-thing\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text("[zoo]\nbroken = broken_thing\n")
        Path(folder / "broken_thing.py").write_text(source)
        path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH", "")]))
        return zoo_process(*args, PYTHONPATH=path, **environment)

    return run


@pytest.mark.parametrize("how", BREAKS)
def test_row_31_the_others_work_and_one_line_warns(broken, how):
    ended = broken(BREAKS[how], "list", "--json")
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["schema"] == 1
    lines = [line for line in ended.stderr.splitlines() if line.startswith("warning: plugin broken")]
    assert len(lines) == 1, ended.stderr
    assert "broken-thing 1.2" in lines[0]
    assert "Traceback" not in ended.stderr


def test_row_32_stdout_stays_clean(broken):
    ended = broken(BREAKS["prints"], "list", "--json")
    assert ended.returncode == 0
    assert {"hello", "raw"} <= set(ended.stderr.split())
    assert "mlp" in [model["name"] for model in json.loads(ended.stdout)["models"]]


def test_row_31_plugins_shows_name_version_and_reason(broken):
    ended = broken(BREAKS["raises"], "plugins")
    assert ended.returncode == 0
    assert "broken-thing 1.2" in ended.stdout
    assert "not today" in ended.stdout


def test_row_35_strict_makes_it_an_error_of_plugins(broken):
    ended = broken(BREAKS["raises"], "list", ZOO_STRICT_PLUGINS="1")
    assert (ended.returncode, ended.stdout) == (5, "")
    assert ended.stderr.startswith("error: plugin broken (broken-thing 1.2) failed at import")
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("args", "environment"),
    [
        (["list", "--no-plugins"], {}),
        (["--no-plugins", "list"], {}),
        (["list"], {"ZOO_PLUGINS": "none"}),
        (["list"], {"ZOO_PLUGINS": "-broken"}),
    ],
)
def test_row_31_there_is_a_way_past_it(broken, args, environment):
    ended = broken(BREAKS["raises"], *args, **environment)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_row_31_a_word_about_an_unknown_model_mentions_the_plugin_that_failed(broken):
    ended = broken(BREAKS["raises"], "info", "some-model")
    assert ended.returncode == 2
    last = ended.stderr.splitlines()[-1]
    assert last.startswith("error: unknown model 'some-model'")
    assert "broken" in last
