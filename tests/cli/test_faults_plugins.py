"""Rows 33 to 38 through the command line; rows 31 and 32 are in test_broken_plugins."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

PACKAGES = Path(__file__).parents[1] / "plugins" / "packages"
Ended = subprocess.CompletedProcess[str]

OTHER_OVR = """
import zoo

@zoo.hookimpl
def zoo_models():
    return [zoo.ModelSpec(
        name="ovr", summary="the other one", task="classification", factory="other:Model",
        hyperparameters=zoo.NoParameters, shapes=lambda values: {"layer/bias": (10,)},
        datasets=("digits",),
    )]
"""

LIAR = '''
"""A Keras model whose network is larger than it says."""
import zoo

class Model(zoo.KerasModel):
    def build(self):
        import keras
        inputs = keras.Input((28, 28))
        outputs = keras.layers.Dense(N, name="layer")(keras.layers.Flatten()(inputs))
        return keras.Model(inputs, keras.layers.Softmax()(outputs))

@zoo.hookimpl
def zoo_models():
    return [zoo.ModelSpec(
        name="liar", summary="says ten", task="classification", factory="liar:Model",
        hyperparameters=zoo.NoParameters,
        shapes=lambda values: {"layer/kernel": (784, 10), "layer/bias": (10,)}, datasets=("digits",),
    )]
'''


@pytest.fixture
def environment(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Install plugins from tests/plugins/packages, or of given source, for processes of the test."""

    def install(*names: str, **sources: str) -> dict[str, str]:
        folder = tmp_path / "site"
        for name in (*names, *sources):
            info = folder / f"{name}-1.0.dist-info"
            info.mkdir(parents=True)
            dashed = name.replace("_", "-")
            (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {dashed}\nVersion: 1.0\n")
            (info / "entry_points.txt").write_text(f"[zoo]\n{dashed} = {name}\n")
            if name in sources:
                (folder / f"{name}.py").write_text(sources[name])
            else:
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(PACKAGES / name, folder / name, ignore=ignored)
        path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH", "")]))
        return {"PYTHONPATH": path}

    return install


def error_of(ended: Ended, code: int) -> str:
    assert (ended.returncode, ended.stdout) == (code, ""), ended.stderr
    (line,) = ended.stderr.splitlines()
    assert line.startswith("error: ")
    return line


def test_row_33_a_bundled_model_keeps_its_name(zoo_process, environment):
    env = environment(other=OTHER_OVR)
    ended = zoo_process("list", "--all", **env)
    assert ended.returncode == 0, ended.stderr
    assert "clash: ovr means digit-zoo/ovr; other/ovr is the other one" in ended.stdout
    assert "ten logistic regressions" in zoo_process("info", "ovr", **env).stdout
    assert "the other one" in zoo_process("info", "other/ovr", **env).stdout
    assert "ovr" in zoo_process("plugins", **env).stdout


def test_row_34_wrong_answers_and_specs_are_dropped_alone(zoo_process, environment):
    env = environment("wrong_answers", "wrong_specs")
    ended = zoo_process("views", "--json", **env)
    assert ended.returncode == 0, ended.stderr
    names = [view["name"] for view in json.loads(ended.stdout)["views"]]
    assert {"right", "also-right", "weights"} <= set(names)
    assert "wrong-specs 1.0" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_row_35_misspelt_hooks_are_named(zoo_process, environment):
    env = environment("misspelt")
    slip = "zoo_modles is no hook of the zoo; did you mean zoo_models?"
    ended = zoo_process("list", **env)
    assert ended.returncode == 0
    assert slip in ended.stdout + ended.stderr + zoo_process("plugins", **env).stdout
    ended = zoo_process("list", **env, ZOO_STRICT_PLUGINS="1")
    assert "misspelt" in error_of(ended, 5)


def test_row_36_a_heavy_plugin_works_and_fails_its_check(zoo_process, environment, tmp_path):
    env = environment("imports_tensorflow", tensorflow="")
    ended = zoo_process("views", "--json", **env)
    assert ended.returncode == 0, ended.stderr
    assert "heavy" in [view["name"] for view in json.loads(ended.stdout)["views"]]
    ended = zoo_process("plugins", "check", "imports-tensorflow", "--only", "light-import", **env)
    assert ended.returncode == 5, ended.stderr
    assert "tensorflow" in ended.stdout


def test_row_37_ten_to_the_ninth_parameters(zoo_process, environment):
    env = environment("too_big")
    for command in (("info", "huge"), ("run", "huge", "--offline")):
        ended = zoo_process(*command, **env)
        assert ended.returncode in (2, 5), ended.stderr
        assert "1,000,000,000" in ended.stderr
    assert zoo_process("info", "small", **env).returncode == 0


@pytest.mark.tensorflow
def test_row_37_a_network_other_than_declared(zoo_process, environment):
    env = environment(liar=LIAR.replace("N,", "100_000_000,"))
    ended = zoo_process("train", "liar", "--data", "digits", "--offline", "--quiet", **env)
    assert "layer/kernel" in error_of(ended, 5)


def test_row_38_a_hanging_plugin_is_named_and_got_past(zoo_process, environment, tmp_path):
    env = os.environ | environment("hangs")
    started = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "zoo", "list"], env=env, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    ) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        process.kill()
    assert time.monotonic() - started < 10  # 5 s on a machine that does nothing else
    assert "plugin hangs (hangs 1.0) is taking long: importing it" in line
    for arguments, setting in ((["--no-plugins"], ""), ([], "-hangs"), ([], "other")):
        env_ = {"PYTHONPATH": env["PYTHONPATH"], "ZOO_PLUGINS": setting}
        assert zoo_process("list", *arguments, **env_).returncode == 0
