from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import zoo_mlp
from zoo import Model, Recipe, Settings, Zoo, parameters
from zoo.data import Examples, TrainingData
from zoo.errors import InvalidValueError, UnavailableError, UsageError
from zoo.progress import LoggingReporter
from zoo_prototype import PROTOTYPE, Hyperparameters, requires, shapes

PRESETS = [preset.name for preset in zoo_mlp.MLP.presets]


def make(**needed: Any) -> Any:
    from zoo_prototype.model import Prototype

    return Prototype(PROTOTYPE, Hyperparameters(), requires=needed)


class Layer(Model):
    """Stands for an mlp: its first layer is all that is asked of it."""

    def fit(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError

    def forward(self, inputs: Any) -> Any:
        raise NotImplementedError

    def activations(self, images: Any) -> Any:
        x = (np.asarray(images, np.float32) / 255).reshape(len(images), -1)
        w = self.weights
        return {"hidden_layer": np.maximum(x @ w["hidden_layer/kernel"] + w["hidden_layer/bias"], 0)}


def layer() -> Layer:
    random = np.random.default_rng(0)
    made = Layer(zoo_mlp.MLP, zoo_mlp.Hyperparameters())
    made.weights = {n: random.normal(0, 0.1, s).astype(np.float32) for n, s in made.shapes.items()}
    return made


def data(n: int = 200, classes: int = 10) -> TrainingData:
    random = np.random.default_rng(1)
    labels = np.arange(n) % classes
    images = random.integers(0, 100, (n, 28, 28)) + 15 * labels[:, None, None]
    return TrainingData(Examples(images.astype(np.uint8), labels), None, None, 10)


@pytest.fixture
def fitted() -> tuple[Any, Layer, TrainingData]:
    mlp, made = layer(), data()
    model = make(mlp=mlp)
    model.fit(made, Recipe(), seed=0, reporter=LoggingReporter())
    return model, mlp, made


def test_the_plugin_module_is_light_and_the_model_module_imports_no_framework() -> None:
    code = (
        "import sys, zoo_prototype as p; p.zoo_models(); p.shapes(p.Hyperparameters()); "
        "print(sorted({'numpy', 'keras', 'tensorflow', 'h5py', 'matplotlib'} & set(sys.modules))); "
        "import zoo_prototype.model; print(sorted({'keras', 'tensorflow', 'h5py'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[]\n[]\n", "")


@pytest.mark.parametrize("preset", PRESETS)
def test_each_preset_of_the_mlp_will_do(preset: str) -> None:
    chosen = Hyperparameters(mlp=preset)
    (needed,) = requires(chosen)
    assert needed == ("mlp" if preset == "default" else f"mlp:{preset}")
    values = next(p.hyperparameters for p in zoo_mlp.MLP.presets if p.name == preset)
    kernel = next(iter(zoo_mlp.shapes(zoo_mlp.Hyperparameters(**values)).values()))
    assert shapes(chosen)["hidden_weights/kernel"] == kernel[::-1]


def test_another_preset_is_refused() -> None:
    with pytest.raises(InvalidValueError) as caught:
        parameters.check(Hyperparameters, {"mlp": "41"})
    assert str(caught.value) == f"mlp: expected one of {', '.join(PRESETS)}, got '41'"


def test_what_is_learned_is_what_the_equations_say(fitted: Any) -> None:
    model, mlp, made = fitted
    hidden = mlp.activations(made.train.images)["hidden_layer"].astype(np.float64)
    weights = mlp.weights["hidden_layer/kernel"].astype(np.float64)
    found = model.weights
    for digit in (0, 7):
        of_class = hidden[made.train.labels == digit]
        np.testing.assert_allclose(found["mean/embeddings"][digit], of_class.mean(0), rtol=1e-4)
        np.testing.assert_allclose(found["spread/embeddings"][digit], of_class.std(0), rtol=1e-3)
    seen = hidden @ weights.T  # (n, 784), pixel by pixel
    pixels = made.train.floats().reshape(200, -1).astype(np.float64)
    fitted_by_least_squares = np.array(
        [np.cov(p, x, bias=True)[0, 1] / (p.var() + 1e-3) for p, x in zip(seen.T, pixels.T, strict=True)]
    )
    gain = np.sqrt(pixels.var(axis=0).sum() / (fitted_by_least_squares * seen).var(axis=0).sum())
    for pixel in (0, 300, 783):
        x, p = pixels[:, pixel], seen[:, pixel]
        contrast = gain * fitted_by_least_squares[pixel]
        assert found["contrast/kernel"][pixel] == pytest.approx(contrast, rel=1e-3, abs=1e-5)
        expected = x.mean() - contrast * p.mean()
        assert found["contrast/bias"][pixel] == pytest.approx(expected, rel=1e-3, abs=1e-4)
    drawn = found["contrast/kernel"] * (weights @ found["mean/embeddings"][4]) + found["contrast/bias"]
    np.testing.assert_allclose(model.predict([4])[0].ravel(), drawn.clip(0, 1), atol=1e-5)


def test_variants_come_from_a_seed_and_end_at_the_prototype(fitted: Any) -> None:
    model = fitted[0]
    images, meant = model.generate(25, seed=2)
    assert (meant == np.arange(25) % 10).all()
    assert images.shape == (25, 28, 28)
    assert 0 <= images.min() <= images.max() <= 1
    assert (images == model.generate(25, seed=2)[0]).all()
    assert not (images == model.generate(25, seed=3)[0]).all()
    np.testing.assert_array_equal(model.generate(10, spread=0)[0], model.predict(np.arange(10)))
    assert model.predict(np.zeros(0, int)).shape == (0, 28, 28)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: m.predict([10]), "classes: expected integers in 0..9, got 10..10"),
        (lambda m: m.predict([-1, 3]), "classes: expected integers in 0..9, got -1..3"),
        (lambda m: m.predict([0.5]), "classes: expected integers (n,), got float64 (1,)"),
        (lambda m: m.generate(0), "count: expected an integer in 1..100000, got 0"),
    ],
)
def test_wrong_input(fitted: Any, call: Any, message: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        call(fitted[0])
    assert str(caught.value) == message


def test_it_cannot_be_trained_without_an_mlp_or_without_a_digit() -> None:
    with pytest.raises(UnavailableError) as lacking:
        make().fit(data(), Recipe(), seed=0, reporter=LoggingReporter())
    assert str(lacking.value) == "model prototype is built on an mlp, and was given none"
    with pytest.raises(UsageError) as caught:
        make(mlp=layer()).fit(data(classes=9), Recipe(), seed=0, reporter=LoggingReporter())
    assert str(caught.value) == (
        "training prototype: expected images of each of 10 classes, got none of 9; take a larger subset"
    )


@pytest.mark.tensorflow
def test_a_file_of_it_opens_with_plain_keras_and_draws_the_same(fitted: Any, tmp_path: Path) -> None:
    import keras

    from zoo.store.h5 import write

    model = fitted[0]
    path = tmp_path / "prototype.h5"
    path.write_bytes(
        write(model.weights, config=model.config(), provenance=None, history=None, snapshots={})
    )
    plain = keras.models.load_model(path, compile=False)
    classes = np.array([3, 0, 9])
    still = plain.predict([classes, np.zeros((3, 64), np.float32)], verbose=0)
    np.testing.assert_allclose(still, model.predict(classes), atol=1e-5)
    noise = np.random.default_rng(6).standard_normal((3, 64), np.float32)
    moved = plain.predict([classes, noise], verbose=0)
    np.testing.assert_allclose(moved, model.variants(classes, seed=6), atol=1e-5)


@pytest.mark.tensorflow
def test_it_is_built_on_the_preset_that_is_asked_for(isolated: Path) -> None:
    house = Zoo(Settings(home=isolated, offline=True))
    loaded = house.load("prototype", values={"mlp": "40"}, data="digits")
    mlp = house.load("mlp:40", data="digits")
    assert loaded.preset == "40"
    assert loaded.provenance is not None
    assert loaded.provenance.requires == {"mlp:40": mlp.weights_sha256}
    images = loaded.predict(np.arange(10))
    assert (mlp.predict(images).argmax(axis=1) == np.arange(10)).all()


@pytest.mark.mnist
@pytest.mark.tensorflow
def test_the_prototypes_of_the_published_mlp_are_read_as_their_digits(
    mirror: Path, isolated: Path
) -> None:
    house = Zoo(Settings(home=isolated, mirror=str(mirror), offline=True))
    loaded = house.load("prototype", data="mnist")
    prototypes, digits = loaded.predict(np.arange(10)), np.arange(10)
    read = {
        tag: int((house.load("cnn", weights=tag).predict(prototypes).argmax(axis=1) == digits).sum())
        for tag in ("v1", "upstream")
    }
    assert read["v1"] == 10
    assert read["upstream"] >= 8  # another author's network, which has never seen ours
    assert loaded.provenance is not None
    own = house.load("mlp", data="mnist")
    assert loaded.provenance.requires == {"mlp": own.source.sha256}
    drawn = loaded.evaluate("mnist").drawn
    assert drawn is not None
    assert drawn.n == 1000
    assert drawn.recognised is not None
    assert drawn.recognised >= 0.9


def test_drawings_have_the_contrast_of_the_images_before_they_are_clipped(fitted: Any) -> None:
    model, mlp, made = fitted
    hidden = mlp.activations(made.train.images)["hidden_layer"].astype(np.float64)
    found = model.weights
    drawn = found["contrast/kernel"] * (hidden @ found["hidden_weights/kernel"]) + found["contrast/bias"]
    pixels = made.train.floats().reshape(200, -1).astype(np.float64)
    assert drawn.var(axis=0).sum() == pytest.approx(pixels.var(axis=0).sum(), rel=1e-4)
    np.testing.assert_allclose(drawn.mean(axis=0), pixels.mean(axis=0), atol=1e-4)


def test_a_layer_that_tells_nothing_apart_draws_the_mean_image() -> None:
    mlp, made = layer(), data()
    mlp.weights = {name: np.zeros_like(array) for name, array in mlp.weights.items()}
    model = make(mlp=mlp)
    model.fit(made, Recipe(), seed=0, reporter=LoggingReporter())
    mean = made.train.floats().mean(axis=0)
    np.testing.assert_allclose(model.predict(np.arange(10)), np.stack([mean] * 10), atol=1e-5)


@pytest.mark.mnist
@pytest.mark.tensorflow
def test_the_published_mlp_reads_its_own_prototypes(mirror: Path, isolated: Path) -> None:
    house = Zoo(Settings(home=isolated, mirror=str(mirror), offline=True))
    prototypes = house.load("prototype", data="mnist").predict(np.arange(10))
    own = house.load("mlp", data="mnist")
    assert (own.predict(prototypes).argmax(axis=1) == np.arange(10)).all()
