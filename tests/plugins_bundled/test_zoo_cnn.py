from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import zoo_cnn
from tests.plugins_bundled.exporting import check_export, random_weights
from zoo import Settings, Zoo, parameters
from zoo.errors import InvalidValueError
from zoo_cnn import CNN, Hyperparameters, names, shapes, sides


def test_the_plugin_module_is_light_and_the_model_module_imports_no_framework() -> None:
    code = (
        "import sys, zoo_cnn; zoo_cnn.zoo_models(); zoo_cnn.CNN.shapes(zoo_cnn.Hyperparameters()); "
        "print(sorted({'numpy', 'keras', 'tensorflow', 'h5py', 'matplotlib'} & set(sys.modules))); "
        "import zoo_cnn.model; print(sorted({'keras', 'tensorflow', 'h5py'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[]\n[]\n", "")


def test_the_default_has_the_shapes_of_the_published_file() -> None:
    assert shapes(Hyperparameters()) == {
        "conv1/kernel": (3, 3, 1, 32),
        "conv1/bias": (32,),
        "conv2/kernel": (3, 3, 32, 64),
        "conv2/bias": (64,),
        "dense1/kernel": (1600, 64),
        "dense1/bias": (64,),
        "output/kernel": (64, 10),
        "output/bias": (10,),
    }


def test_every_preset_is_valid_and_of_the_known_size() -> None:
    sizes = {}
    for preset in CNN.presets:
        chosen = parameters.check(Hyperparameters, preset.hyperparameters)
        parameters.check(CNN.recipe, preset.recipe)
        sizes[preset.name] = sum(int(np.prod(shape)) for shape in shapes(chosen).values())
    assert sizes == {"default": 121_930, "lesson": 34_826, "best": 121_930}


@given(
    st.lists(st.integers(1, 64), min_size=1, max_size=4).map(tuple),
    st.integers(1, 7),
    st.integers(0, 100),
)
def test_shapes_chain_from_one_channel_to_ten_classes(
    filters: tuple[int, ...], kernel: int, dense: int
) -> None:
    try:
        chosen = Hyperparameters(filters=filters, kernel=kernel, dense=dense)
    except ValueError:
        side = 28
        for _ in filters:
            side = (side - kernel + 1) // 2
        assert side < 1
        return
    found = {name: shape for name, shape in shapes(chosen).items() if name.endswith("/kernel")}
    assert [name.removesuffix("/kernel") for name in found] == list(names(chosen))
    kernels = list(found.values())
    convolutions, rest = kernels[: len(filters)], kernels[len(filters) :]
    assert [k[2] for k in convolutions] == [1, *filters[:-1]]
    assert [k[3] for k in convolutions] == list(filters)
    assert rest[0][0] == sides(chosen)[-1] ** 2 * filters[-1]
    assert [k[1] for k in rest] == ([dense] if dense else []) + [10]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"filters": ()}, "filters: expected 1 to 4 layers, got 0"),
        ({"filters": (4,) * 5}, "filters: expected 1 to 4 layers, got 5"),
        (
            {"filters": (4, 4, 4), "kernel": 5},
            (
                "filters: 3 convolutions with kernel 5 leave nothing of 28×28 pixels; "
                "take fewer, or a smaller kernel"
            ),
        ),
        ({"kernel": 0}, "kernel: expected an integer in 1..7, got 0"),
        ({"dense": -1}, "dense: expected an integer in 0..1024, got -1"),
        ({"dropout": 1.0}, "dropout: expected a number in 0..0.9, got 1.0"),
    ],
)
def test_hyperparameters_out_of_range(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        parameters.check(Hyperparameters, values)
    assert str(caught.value) == message


def make(exports: Path | None = None, **hyperparameters: Any) -> Any:
    from zoo_cnn import model

    return model.CNN(CNN, parameters.check(Hyperparameters, hyperparameters), exports=exports)


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    "values",
    [
        {"filters": (4, 6), "dense": 8},
        {"filters": (4, 6), "dense": 0, "dropout": 0.2},
        {"filters": (3,), "kernel": 6, "activation": "gelu"},
    ],
)
def test_the_inference_graph_gives_every_layer_as_keras_does(
    values: dict[str, Any], tmp_path: Path
) -> None:
    model = make(tmp_path, **values)
    random_weights(model)
    check_export(model)
    inner = [layer.name for layer in model.layers]
    assert inner[0] == "channel"
    assert inner[-1] == "output"
    assert ("dropout" in inner) == bool(values.get("dropout"))


@pytest.mark.tensorflow
def test_a_convolution_is_a_sum_of_products(tmp_path: Path) -> None:
    """The docstring's equations, by hand, for one place of each map."""
    model = make(filters=(3, 2), dense=4)
    random_weights(model)
    image = np.random.default_rng(2).random((28, 28), np.float32)
    found, w = model.activations(image), model.weights
    patch = image[5:8, 9:12]
    wanted = np.maximum((patch[..., None] * w["conv1/kernel"][:, :, 0]).sum((0, 1)) + w["conv1/bias"], 0)
    np.testing.assert_allclose(found["conv1"][0, 5, 9], wanted, atol=1e-5)
    np.testing.assert_allclose(
        found["pool1"][0, 2, 4], found["conv1"][0, 4:6, 8:10].max((0, 1)), atol=1e-6
    )
    maps = found["pool1"][0, 1:4, 2:5]
    wanted = np.maximum(np.einsum("uvc,uvcf->f", maps, w["conv2/kernel"]) + w["conv2/bias"], 0)
    np.testing.assert_allclose(found["conv2"][0, 1, 2], wanted, atol=1e-5)
    assert not hasattr(zoo_cnn, "keras")


@pytest.mark.tensorflow
@pytest.mark.timeout(600)
def test_the_lesson_learns_the_embedded_digits(isolated: Path) -> None:
    """In fewer steps than its recipe takes; the default one is trained where the generator is."""
    house = Zoo(Settings(home=isolated, offline=True))
    loaded = house.load("cnn:lesson", values={"steps": 300}, data="digits")
    assert loaded.evaluate().accuracy > 0.97  # type: ignore[operator]


@pytest.mark.mnist
@pytest.mark.tensorflow
def test_the_published_weights_score_what_is_published(mirror: Path, isolated: Path) -> None:
    house = Zoo(Settings(home=isolated, mirror=str(mirror), offline=True))
    loaded = house.load("cnn", weights="upstream")
    found = loaded.evaluate("mnist")
    assert found.accuracy == pytest.approx(0.9902, abs=5e-5)
    assert found.loss == pytest.approx(0.0314, abs=5e-5)
    check_export(loaded.model)


@pytest.mark.slow
@pytest.mark.mnist
@pytest.mark.tensorflow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", ["cnn", "cnn:lesson"])
def test_the_default_recipe_clears_its_floor_on_mnist(name: str, mirror: Path, isolated: Path) -> None:
    house = Zoo(Settings(home=isolated, mirror=str(mirror), offline=True))
    run = house.train(name, data="mnist", seed=0)
    assert run.evaluation is not None
    assert run.evaluation.accuracy >= 0.990  # type: ignore[operator]
