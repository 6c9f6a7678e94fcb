"""What is seen of a plugin in a process of its own; large libraries are played by empty modules."""

from __future__ import annotations

from pathlib import Path

import pytest

from zoo.plugins.entries import Entry
from zoo.testing import probe as module
from zoo.testing.probe import Probed, probe


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Probe a plugin with this source."""
    (tmp_path / "tensorflow.py").write_text("import keras\n", encoding="utf-8")
    (tmp_path / "keras.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))

    def seen(source: str, target: str = "probed_plugin") -> Probed:
        (tmp_path / "probed_plugin.py").write_text(source, encoding="utf-8")
        return probe(Entry("probed", target, "zoo-probed", "1.0"))

    return seen


def test_a_light_plugin(seen) -> None:
    assert seen("import json, dataclasses\n") == Probed()


def test_row_36_tensorflow_at_import(seen) -> None:
    assert seen("import tensorflow\n").at_import == ("tensorflow", "keras")


def test_tensorflow_in_a_hook(seen) -> None:
    source = "import zoo\n@zoo.hookimpl\ndef zoo_models():\n    import tensorflow\n    return []\n"
    assert seen(source) == Probed(in_hooks=("tensorflow", "keras"))


def test_all_that_reaches_stdout(seen) -> None:
    source = "import os\nprint('one')\nos.write(1, b'\\xfftwo\\n')\nos.system('echo three')\n"
    printed = seen(source).printed
    assert {"one", "\N{REPLACEMENT CHARACTER}two", "three"} == set(printed.split())


def test_an_object_as_entry_point(seen) -> None:
    source = "class Plugin:\n    pass\nplugin = Plugin()\n"
    assert seen(source, "probed_plugin:plugin") == Probed()


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("raise ValueError('not today')\n", "ValueError: not today"),
        ("import sys\nsys.exit('bye')\n", "it called sys.exit(bye)"),
        ("import os\nos._exit(7)\n", "it ends the whole process, with code 7"),
        ("import os\nos.abort()\n", "it ends the whole process, with code -6"),
    ],
)
def test_a_plugin_that_ends(seen, source: str, why: str) -> None:
    assert seen(source).ended == why


def test_a_plugin_that_hangs(seen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 1.0)
    assert seen("import time\ntime.sleep(60)\n").ended == "it takes more than 1 s"
