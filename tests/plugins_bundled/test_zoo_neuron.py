from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import zoo_neuron
from tests.plugins_bundled.houses import accuracy, offline, with_mnist
from zoo import Zoo, parameters
from zoo.errors import InvalidValueError
from zoo_neuron import NEURON, Hyperparameters, NeuronRecipe, classes, shapes


def test_neither_the_plugin_nor_its_model_imports_a_framework() -> None:
    code = (
        "import sys, zoo_neuron; zoo_neuron.zoo_models(); light = 'numpy' not in sys.modules; "
        "import zoo_neuron.model; "
        "print(light, sorted({'keras', 'tensorflow', 'h5py', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("True []\n", "")


def test_it_has_a_weight_for_each_pixel_and_a_bias() -> None:
    found = shapes(Hyperparameters())
    assert found == {"neuron/kernel": (784, 1), "neuron/bias": (1,)}
    assert sum(int(np.prod(shape)) for shape in found.values()) == 785
    assert classes(Hyperparameters(first=4, second=2)) == (4, 2)
    assert zoo_neuron.zoo_models() == [NEURON]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"first": 3, "second": 3},
            "second: expected another digit than first, got 3 twice",
        ),
        ({"first": 8}, "second: expected another digit than first, got 8 twice"),
        ({"second": 10}, "second: expected an integer in 0..9, got 10"),
        ({"first": -1}, "first: expected an integer in 0..9, got -1"),
        ({"activation": "relu"}, "activation: expected one of sigmoid, tanh, linear, got 'relu'"),
    ],
)
def test_hyperparameters_out_of_range(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        parameters.check(Hyperparameters, values)
    assert str(caught.value) == message


def test_every_preset_is_valid() -> None:
    for preset in NEURON.presets:
        parameters.check(Hyperparameters, preset.hyperparameters)
        parameters.check(NeuronRecipe, preset.recipe)


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Zoo:
    return offline(tmp_path_factory.mktemp("digits"))


@pytest.mark.parametrize(
    ("first", "second", "floor"), [(1, 8, 0.92), (0, 1, 0.98), (3, 5, 0.95), (4, 9, 0.95)]
)
def test_it_tells_pairs_of_the_small_dataset_apart(
    digits: Zoo, first: int, second: int, floor: float
) -> None:
    assert accuracy(digits, "neuron", data="digits", first=first, second=second) >= floor


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "linear"])
def test_every_activation_learns(digits: Zoo, activation: str) -> None:
    assert accuracy(digits, "neuron", data="digits", activation=activation) >= 0.9


def test_the_order_of_the_digits_changes_signs_and_nothing_else(digits: Zoo) -> None:
    one = digits.load("neuron", values={"first": 3, "second": 8}, data="digits")
    other = digits.load("neuron", values={"first": 8, "second": 3}, data="digits")
    for name, array in one.weights.items():
        np.testing.assert_array_equal(array, -other.weights[name])
    assert one.labels() == ("3", "8")
    assert other.labels() == ("8", "3")
    assert one.evaluate().accuracy == other.evaluate().accuracy
    image = one.context.image("class:8")
    np.testing.assert_allclose(one.predict(image), other.predict(image)[:, ::-1], atol=1e-6)
    assert one.predict(image).argmax() == 1


def test_what_is_measured_is_binary(digits: Zoo) -> None:
    found = digits.load("neuron", data="digits").evaluate().to_data()
    assert (found["task"], found["labels"]) == ("binary", ["1", "8"])
    assert found["auc"] > 0.97
    assert len(found["confusion"]) == 2
    assert found["loss"] < 0.3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--set", "second=1"], "second: expected another digit than first, got 1 twice"),
        (["--set", "second=10"], "second: expected an integer in 0..9, got 10"),
        (
            ["--set", "learning_rate=-1"],
            "learning_rate: expected a number in 1e-07..100, got -1.0",
        ),
        (
            ["--set", "subset=1000", "--data", "digits"],
            "subset: expected at most 284 (training images of digits), or 0 for all, got 1000",
        ),
    ],
)
def test_bad_input_ends_with_one_line_and_exit_code_2(
    zoo_process: Callable[..., subprocess.CompletedProcess[str]], options: list[str], message: str
) -> None:
    done = zoo_process("run", "neuron", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == f"error: {message}"


@pytest.fixture(scope="module")
def mnist(tmp_path_factory: pytest.TempPathFactory, mirror: Path) -> Zoo:
    return with_mnist(tmp_path_factory.mktemp("mnist"), mirror)


@pytest.mark.mnist
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_default_recipe_clears_its_floor(mnist: Zoo, seed: int) -> None:
    assert accuracy(mnist, "neuron", seed=seed) >= 0.987


@pytest.mark.mnist
def test_the_notebooks_split_and_figure_are_reproduced(mnist: Zoo) -> None:
    recipe = mnist.select("neuron:n2").recipe
    data = mnist.dataset("mnist").training(recipe, classes=(1, 8))
    assert data.test is not None
    assert (len(data.train), len(data.test), data.validation) == (10_000, 2_593, None)
    assert accuracy(mnist, "neuron:n2") == pytest.approx(0.9730, abs=0.004)


def test_references_name_the_same_images_as_for_models_of_all_digits(digits: Zoo) -> None:
    neuron, ovr = (digits.load(name, data="digits").context for name in ("neuron", "ovr"))
    for text in ("test:0", "train:9", "class:3#2"):
        np.testing.assert_array_equal(neuron.image(text), ovr.image(text))
        assert neuron.truth(text) == ovr.truth(text) not in ("1", "8")
    own = neuron.own_image("test:0")
    assert own == neuron.reference("test", 0) != "test:0"
    assert neuron.truth(own) in ("1", "8")
