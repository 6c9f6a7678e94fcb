from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import zoo_mlp
from zoo import Zoo, parameters
from zoo.data import Examples, TrainingData
from zoo.errors import InvalidValueError
from zoo.evaluation import evaluate
from zoo.modelling import networks
from zoo.progress import LoggingReporter
from zoo.settings import Settings
from zoo.store.h5 import read_weights
from zoo_mlp import MLP, Hyperparameters, MLPRecipe, names, shapes

LAYERS = st.lists(st.integers(1, 300), min_size=1, max_size=8).map(tuple)


def test_the_plugin_module_is_light() -> None:
    code = (
        "import sys, zoo_mlp; zoo_mlp.zoo_models(); "
        "zoo_mlp.MLP.shapes(zoo_mlp.Hyperparameters()); "
        "print(sorted({'numpy', 'keras', 'tensorflow', 'h5py', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_the_model_module_imports_no_framework() -> None:
    code = "import sys, zoo_mlp.model; print(sorted({'keras', 'tensorflow', 'h5py'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_the_default_has_the_shapes_of_the_published_file() -> None:
    assert shapes(Hyperparameters()) == {
        "hidden_layer/kernel": (784, 64),
        "hidden_layer/bias": (64,),
        "output_layer/kernel": (64, 10),
        "output_layer/bias": (10,),
    }


@given(LAYERS)
def test_shapes_chain_from_pixels_to_classes(hidden: tuple[int, ...]) -> None:
    chosen = Hyperparameters(hidden=hidden)
    found = shapes(chosen)
    kernels = [shape for name, shape in found.items() if name.endswith("/kernel")]
    biases = [shape for name, shape in found.items() if name.endswith("/bias")]
    assert kernels[0][0] == 784
    assert kernels[-1][1] == 10
    assert tuple(k[1] for k in kernels[:-1]) == hidden
    assert all(a[1] == b[0] for a, b in itertools.pairwise(kernels))
    assert [(k[1],) for k in kernels] == biases


def test_layer_names_count_from_the_second() -> None:
    assert names(Hyperparameters(hidden=(16, 16, 8))) == (
        "hidden_layer",
        "hidden_layer_2",
        "hidden_layer_3",
        "output_layer",
    )


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"hidden": ()}, "hidden: expected 1 to 8 layers, got 0"),
        ({"hidden": (9,) * 9}, "hidden: expected 1 to 8 layers, got 9"),
        (
            {"hidden": (4096, 4096, 4096)},
            "hidden: expected at most 30,000,000 parameters in all, got 36,818,954",
        ),
        ({"hidden": (0,)}, "hidden: expected a list like 16,16 of integers in 1..4096, got (0,)"),
        (
            {"activation": "step"},
            "activation: expected one of relu, sigmoid, tanh, elu, gelu, linear, got 'step'",
        ),
        ({"dropout": 1.0}, "dropout: expected a number in 0..0.9, got 1.0"),
    ],
)
def test_hyperparameters_out_of_range(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        parameters.check(Hyperparameters, values)
    assert str(caught.value) == message


def test_every_preset_is_valid_and_of_the_known_size() -> None:
    sizes = {}
    for preset in MLP.presets:
        chosen = parameters.check(Hyperparameters, preset.hyperparameters)
        parameters.check(MLPRecipe, preset.recipe)
        sizes[preset.name] = sum(int(np.prod(shape)) for shape in shapes(chosen).values())
    assert sizes == {
        "default": 50_890,
        "thorough": 50_890,
        "16x16": 13_002,
        "40": 31_810,
        "25-logistic": 19_885,
    }


def make(preset: str = "default", **hyperparameters: Any) -> tuple[Any, Any]:
    from zoo_mlp import model

    (found,) = (p for p in MLP.presets if p.name == preset)
    chosen = parameters.check(Hyperparameters, dict(found.hyperparameters) | hyperparameters)
    return model.MLP(MLP, chosen), parameters.check(MLPRecipe, found.recipe)


@pytest.mark.tensorflow
@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh", "elu", "gelu", "linear"])
def test_what_is_built_is_what_is_declared(activation: str) -> None:
    model, _ = make(hidden=(5, 4), activation=activation, dropout=0.2)
    network = networks.build(model.build, model.shapes, model="mlp", reporter=LoggingReporter())
    assert [layer.name for layer in networks.layers(network)] == [
        "flatten",
        "hidden_layer",
        "dropout_1",
        "hidden_layer_2",
        "dropout_2",
        "output_layer",
    ]
    assert network.get_layer("hidden_layer_2").activation.__name__ == activation


@pytest.mark.tensorflow
def test_a_written_file_opens_with_plain_keras(tmp_path: Path) -> None:
    import keras

    from zoo.store.h5 import write

    model, _ = make(hidden=(6, 5), dropout=0.3)
    random = np.random.default_rng(0)
    model.weights = {n: random.normal(0, 1, s).astype(np.float32) for n, s in model.shapes.items()}
    path = tmp_path / "mlp.h5"
    path.write_bytes(
        write(model.weights, config=model.config(), provenance=None, history=None, snapshots={})
    )
    plain = keras.models.load_model(path, compile=False)
    images = random.random((7, 28, 28), np.float32)
    np.testing.assert_allclose(plain.predict(images, verbose=0), model.predict(images), atol=1e-6)


@pytest.mark.mnist
@pytest.mark.tensorflow
def test_the_published_weights_load_and_score_what_they_scored(mirror: Path) -> None:
    model, _ = make()
    data = (mirror / "mlp_model.h5").read_bytes()
    model.weights = read_weights(data, model.shapes, trusted=True, thing="mlp_model.h5")
    found = evaluate(model, mnist(mirror).test, labels=range(10))
    assert found.accuracy == 0.9695
    assert found.loss == pytest.approx(0.1008, abs=5e-5)


def mnist(mirror: Path) -> TrainingData:
    with np.load(mirror / "mnist.npz") as arrays:
        train = Examples(arrays["x_train"], arrays["y_train"].astype(np.int64))
        test = Examples(arrays["x_test"], arrays["y_test"].astype(np.int64))
    return held_out(train, test)


def held_out(train: Examples, test: Examples) -> TrainingData:
    order = np.random.default_rng(0).permutation(len(train))
    cut = len(train) // 10
    return TrainingData(train.rows(order[cut:]), train.rows(order[:cut]), test, 10)


@pytest.mark.mnist
@pytest.mark.tensorflow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_default_recipe_clears_its_floor(seed: int, mirror: Path, isolated: Path) -> None:
    house = Zoo(Settings(home=isolated, mirror=str(mirror), offline=True))
    found = house.train("mlp", data="mnist", seed=seed).evaluation
    assert found is not None
    assert found.accuracy >= 0.977
    assert min(found.recall) > 0.94


@pytest.mark.slow
@pytest.mark.mnist
@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("preset", "floor"),
    [("thorough", 0.981), ("16x16", 0.942), ("40", 0.967), ("25-logistic", 0.952)],
)
def test_the_other_presets_clear_theirs(preset: str, floor: float, mirror: Path) -> None:
    model, recipe = make(preset)
    data = mnist(mirror)
    model.fit(data, recipe, seed=0, reporter=LoggingReporter())
    assert evaluate(model, data.test, labels=range(10)).accuracy >= floor


@pytest.mark.tensorflow
def test_the_default_recipe_also_suits_a_small_dataset() -> None:
    from zoo_mnist.digits import load

    arrays = load()
    train, test = (
        Examples(arrays[f"x_{part}"], arrays[f"y_{part}"].astype(np.int64)) for part in ("train", "test")
    )
    model, recipe = make()
    model.fit(held_out(train, test), recipe, seed=0, reporter=LoggingReporter())
    assert evaluate(model, test, labels=range(10)).accuracy >= 0.93


def test_no_field_of_the_recipe_is_a_hyperparameter() -> None:
    fields = [{p.name for p in parameters.describe(kind)} for kind in (Hyperparameters, MLPRecipe)]
    assert not fields[0] & fields[1]
    assert zoo_mlp.zoo_models() == [MLP]
