from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import zoo_ovr
from tests.plugins_bundled.houses import accuracy, offline, with_mnist
from zoo import Zoo, parameters
from zoo.specs import NoParameters
from zoo_ovr import OVR, OvRRecipe, shapes


def test_neither_the_plugin_nor_its_model_imports_a_framework() -> None:
    code = (
        "import sys, zoo_ovr; zoo_ovr.zoo_models(); light = 'numpy' not in sys.modules; "
        "import zoo_ovr.model; "
        "print(light, sorted({'keras', 'tensorflow', 'h5py', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("True []\n", "")


def test_it_has_a_map_of_weights_for_each_digit() -> None:
    found = shapes(NoParameters())
    assert found == {"output_layer/kernel": (784, 10), "output_layer/bias": (10,)}
    assert sum(int(np.prod(shape)) for shape in found.values()) == 7_850
    assert zoo_ovr.zoo_models() == [OVR]


def test_every_preset_is_valid() -> None:
    for preset in OVR.presets:
        parameters.check(OvRRecipe, preset.recipe)


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Zoo:
    return offline(tmp_path_factory.mktemp("digits"))


def test_it_learns_the_small_dataset(digits: Zoo) -> None:
    assert accuracy(digits, "ovr", data="digits") >= 0.95


def test_the_ten_answer_on_their_own_and_the_loudest_wins(digits: Zoo) -> None:
    loaded = digits.load("ovr", data="digits")
    images = loaded.examples("test").first(50).floats()
    scores = loaded.predict(images)
    kernel, bias = loaded.weights.values()
    sums = images.reshape(50, 784) @ kernel + bias
    np.testing.assert_allclose(scores, 1 / (1 + np.exp(-sums)), atol=1e-5)
    assert loaded.evaluate().loss is None  # no distribution over the classes
    blank = loaded.predict(np.zeros((28, 28), np.float32))
    np.testing.assert_allclose(blank[0], 1 / (1 + np.exp(-bias)), atol=1e-6)
    assert abs(blank.sum() - 1) > 0.5  # ten answers to ten questions


def test_l2_keeps_weights_small(digits: Zoo) -> None:
    plain, held = (
        digits.load("ovr", data="digits", values={"l2": l2}).weights["output_layer/kernel"]
        for l2 in (0.0, 0.01)
    )
    assert np.square(held).sum() < 0.2 * np.square(plain).sum()


def test_a_split_of_another_dataset_is_exit_code_2(
    zoo_process: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = zoo_process("run", "ovr:n2", "--data", "digits")
    assert (done.returncode, done.stdout) == (2, "")
    last = done.stderr.splitlines()[-1]
    assert last == "error: unknown split of dataset digits 'n2'; known: official"


@pytest.fixture(scope="module")
def mnist(tmp_path_factory: pytest.TempPathFactory, mirror: Path) -> Zoo:
    return with_mnist(tmp_path_factory.mktemp("mnist"), mirror)


@pytest.mark.mnist
def test_the_default_recipe_clears_its_floor(mnist: Zoo) -> None:
    assert accuracy(mnist, "ovr") >= 0.917


@pytest.mark.mnist
def test_the_notebooks_figures_are_reproduced(mnist: Zoo) -> None:
    loaded = mnist.load("ovr:n2", data="mnist")
    assert loaded.evaluate().n == 10_000
    assert loaded.evaluate().accuracy == pytest.approx(0.8991, abs=0.004)  # the last 10,000
    official = mnist.dataset("mnist").examples("test")
    answers = loaded.predict(official.floats()).argmax(axis=1)
    assert np.mean(answers == official.labels) == pytest.approx(0.8924, abs=0.004)
