from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import zoo_scratch
from tests.plugins_bundled.houses import accuracy, offline, with_mnist
from zoo import Zoo, parameters
from zoo.errors import InvalidValueError
from zoo_scratch import SCRATCH, Hyperparameters, ScratchRecipe, shapes


def test_neither_the_plugin_nor_its_model_imports_a_framework() -> None:
    code = (
        "import sys, zoo_scratch; zoo_scratch.zoo_models(); light = 'numpy' not in sys.modules; "
        "import zoo_scratch.model; "
        "print(light, sorted({'keras', 'tensorflow', 'h5py', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("True []\n", "")


def test_every_preset_is_valid_and_of_the_known_size() -> None:
    sizes = {}
    for preset in SCRATCH.presets:
        chosen = parameters.check(Hyperparameters, preset.hyperparameters)
        parameters.check(ScratchRecipe, preset.recipe)
        sizes[preset.name] = sum(int(np.prod(shape)) for shape in shapes(chosen).values())
    assert sizes == {"default": 79_510, "n3": 79_510, "n3-as-written": 79_510, "tutorial": 79_400}
    assert zoo_scratch.zoo_models() == [SCRATCH]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"hidden": ()}, "hidden: expected 1 to 8 layers, got 0"),
        ({"hidden": (0,)}, "hidden: expected a list like 16,16 of integers in 1..4096, got (0,)"),
        (
            {"hidden": (4096, 4096, 4096)},
            "hidden: expected at most 30,000,000 parameters in all, got 36,818,954",
        ),
        ({"output": "relu"}, "output: expected one of softmax, sigmoid, linear, got 'relu'"),
    ],
)
def test_hyperparameters_out_of_range(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        parameters.check(Hyperparameters, values)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--set", "hidden="], "hidden: expected 1 to 8 layers, got 0"),
        (
            ["--set", "learning_rate=-0.1"],
            "learning_rate: expected a number in 1e-07..100, got -0.1",
        ),
        (
            ["--set", "subset=1438", "--data", "digits"],
            "subset: expected at most 1437 (training images of digits), or 0 for all, got 1438",
        ),
    ],
)
def test_bad_input_ends_with_one_line_and_exit_code_2(
    zoo_process: Callable[..., subprocess.CompletedProcess[str]], options: list[str], message: str
) -> None:
    done = zoo_process("run", "scratch", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == f"error: {message}"


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Zoo:
    return offline(tmp_path_factory.mktemp("digits"))


def test_it_learns_the_small_dataset(digits: Zoo) -> None:
    assert accuracy(digits, "scratch", data="digits") >= 0.97


SHORT: dict[str, Any] = {"hidden": (20,), "epochs": 30, "batch": 32, "shift": 0}


@pytest.mark.parametrize(
    "values",
    [
        {"activation": "sigmoid", "initialisation": "xavier"},
        {"activation": "tanh", "initialisation": "normal"},
        {"output": "sigmoid"},
        {"output": "linear"},
        {"loss": "squared-error"},
        {"output": "linear", "loss": "squared-error", "bias": False, "dropout": 0.2, "hidden": (80,)},
        {"optimizer": "momentum", "learning_rate": 0.05},
        {"optimizer": "sgd", "learning_rate": 0.3},
        {"l2": 1e-4, "patience": 5, "hidden": (20, 20)},
    ],
)
def test_every_choice_learns(digits: Zoo, values: dict[str, Any]) -> None:
    assert accuracy(digits, "scratch", data="digits", **SHORT | values) >= 0.85


def test_the_same_seed_gives_the_same_weights(digits: Zoo) -> None:
    values = SHORT | {"epochs": 2, "dropout": 0.3, "shift": 1}
    first, again, other = (
        digits.train("scratch", values=values, data="digits", seed=seed).loaded.weights
        for seed in (5, 5, 6)
    )
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name])
    kernel = "hidden_layer/kernel"
    assert not np.array_equal(first[kernel], other[kernel])


def test_labels_that_are_not_one_hot_teach_one_answer_for_all(digits: Zoo) -> None:
    values = {"epochs": 30}
    run = digits.train("scratch:n3-as-written", values=values, data="digits")
    assert run.evaluation is not None
    answers = np.array(run.evaluation.confusion).sum(axis=0)
    assert answers.max() > 0.9 * run.evaluation.n
    assert run.evaluation.accuracy is not None
    assert run.evaluation.accuracy < 0.15


@pytest.fixture(scope="module")
def mnist(tmp_path_factory: pytest.TempPathFactory, mirror: Path) -> Zoo:
    return with_mnist(tmp_path_factory.mktemp("mnist"), mirror)


@pytest.mark.mnist
def test_the_default_recipe_clears_its_floor(mnist: Zoo) -> None:
    assert accuracy(mnist, "scratch") >= 0.972


@pytest.mark.mnist
def test_the_tutorial_clears_its_floor_with_its_first_1000_images(mnist: Zoo) -> None:
    recipe = mnist.select("scratch:tutorial").recipe
    train = mnist.dataset("mnist").training(recipe).train
    assert np.array_equal(train.images, mnist.dataset("mnist").examples("train").images[:1_000])
    assert accuracy(mnist, "scratch:tutorial") >= 0.852


@pytest.mark.mnist
@pytest.mark.slow
def test_the_notebooks_network_learns_as_it_did(mnist: Zoo) -> None:
    assert accuracy(mnist, "scratch:n3") == pytest.approx(0.75, abs=0.1)


@pytest.mark.mnist
@pytest.mark.slow
def test_the_notebook_as_written_fails_as_it_did(mnist: Zoo) -> None:
    run = mnist.train("scratch:n3-as-written", data="mnist")
    assert run.evaluation is not None
    answers = np.array(run.evaluation.confusion).sum(axis=0)
    assert answers.max() == run.evaluation.n  # one class, whatever the image
