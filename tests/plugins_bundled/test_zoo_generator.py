from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.plugins_bundled.exporting import check_export, random_weights
from zoo import NoParameters, Settings, Zoo
from zoo.errors import InvalidValueError, UsageError
from zoo.evaluation import evaluate
from zoo_generator import GENERATOR, encoder_shapes, shapes


def make(exports: Path | None = None) -> Any:
    from zoo_generator.model import Generator

    return Generator(GENERATOR, NoParameters(), exports=exports)


def test_the_plugin_module_is_light_and_the_model_module_imports_no_framework() -> None:
    code = (
        "import sys, zoo_generator as g; g.zoo_models(); g.shapes(g.NoParameters()); "
        "print(sorted({'numpy', 'keras', 'tensorflow', 'h5py', 'matplotlib'} & set(sys.modules))); "
        "import zoo_generator.model; print(sorted({'keras', 'tensorflow', 'h5py'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[]\n[]\n", "")


def test_shapes_are_those_of_the_published_file() -> None:
    found = shapes(NoParameters())
    assert {name: shape for name, shape in found.items() if name not in encoder_shapes()} == {
        "dense_decode/kernel": (64, 3136),
        "dense_decode/bias": (3136,),
        "deconv1/kernel": (3, 3, 64, 64),
        "deconv1/bias": (64,),
        "deconv2/kernel": (3, 3, 32, 64),
        "deconv2/bias": (32,),
        "decoder_output/kernel": (3, 3, 1, 32),
        "decoder_output/bias": (1,),
    }
    assert sum(int(np.prod(shape)) for shape in found.values()) == 380_801


@pytest.mark.parametrize("stride", [1, 2])
def test_a_transposed_convolution_is_the_transpose_of_one(stride: int) -> None:
    """⟨conv(x), y⟩ = ⟨x, convᵀ(y)⟩, with the padding that Keras calls same."""
    from zoo_generator.decoder import spread_out

    random = np.random.default_rng(0)
    kernel = random.normal(size=(3, 3, 2, 5)).astype(np.float32)
    small = random.normal(size=(2, 6, 6, 5)).astype(np.float32)
    side = 6 * stride
    large = random.normal(size=(2, side, side, 2)).astype(np.float32)
    before = (3 - stride) // 2
    padded = np.pad(large, ((0, 0), (before, 2), (before, 2), (0, 0)))
    convolved = np.zeros_like(small)
    for y in range(6):
        for x in range(6):
            patch = padded[:, stride * y : stride * y + 3, stride * x : stride * x + 3]
            convolved[:, y, x] = np.einsum("nuvf,uvfc->nc", patch, kernel)
    assert (convolved * small).sum() == pytest.approx(
        (large * spread_out(small, kernel, stride)).sum(), rel=1e-4
    )


def test_noise_gives_the_same_images_for_the_same_seed_and_others_for_another() -> None:
    model = make()
    random_weights(model)
    images, meant = model.generate(7, seed=3)
    assert meant is None
    assert images.shape == (7, 28, 28)
    assert images.dtype == np.float32
    assert 0 <= images.min() <= images.max() <= 1
    assert (images == model.generate(7, seed=3)[0]).all()
    assert not (images == model.generate(7, seed=4)[0]).all()
    still = model.generate(3, spread=0)[0]
    np.testing.assert_allclose(still, np.broadcast_to(still[0], still.shape), atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"count": 0}, "count: expected an integer in 1..100000, got 0"),
        ({"count": 2.5}, "count: expected an integer in 1..100000, got 2.5"),
        ({"count": 1, "seed": -1}, "seed: expected an integer in 0..2147483647, got -1"),
        ({"count": 1, "spread": float("nan")}, "spread: expected a number in 0..100, got nan"),
        ({"count": 1, "spread": 101}, "spread: expected a number in 0..100, got 101"),
    ],
)
def test_what_cannot_be_drawn(arguments: dict[str, Any], message: str) -> None:
    model = make()
    random_weights(model)
    with pytest.raises(InvalidValueError) as caught:
        model.generate(**arguments)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (np.zeros((2, 63)), "codes: expected numbers (n, 64), got float64 (2, 63)"),
        (np.full((1, 64), np.nan), "codes: expected finite values, got NaN or infinities"),
    ],
)
def test_wrong_codes(codes: Any, message: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        make().decode(codes)
    assert str(caught.value) == message


def test_it_answers_no_questions_about_images(isolated: Path) -> None:
    with pytest.raises(UsageError) as caught:
        Zoo(Settings(home=isolated, offline=True)).predict(["generator"], ["blank"])
    assert str(caught.value) == (
        "generator: this model draws images; `zoo visualize generator` shows them"
    )


@pytest.mark.tensorflow
def test_the_inference_graph_and_the_numpy_decoder_give_what_keras_does(tmp_path: Path) -> None:
    model = make(tmp_path)
    random_weights(model)
    check_export(model)
    images = np.random.default_rng(5).random((3, 28, 28), np.float32)
    np.testing.assert_allclose(model.decode(model.encode(images)), model.predict(images), atol=1e-5)
    assert model.decode(np.zeros((0, 64))).shape == (0, 28, 28)
    variants, _ = model.generate(2, spread=0, image=images[0])
    np.testing.assert_allclose(variants[0], model.predict(images[0])[0], atol=1e-5)


@pytest.mark.tensorflow
@pytest.mark.timeout(600)
def test_it_learns_the_embedded_digits_and_leaves_the_encoder_as_it_is(isolated: Path) -> None:
    house = Zoo(Settings(home=isolated, offline=True))
    loaded = house.load("generator", values={"steps": 200}, data="digits")
    cnn = house.load("cnn", data="digits")
    assert cnn.evaluate().accuracy > 0.97  # type: ignore[operator]
    assert loaded.provenance is not None
    assert loaded.provenance.requires == {"cnn": cnn.weights_sha256}
    for name in encoder_shapes():
        assert (loaded.weights[name] == cnn.weights[name]).all()
    found = loaded.evaluate()
    assert found.loss is not None
    assert found.loss < 0.03
    assert found.accuracy is not None
    assert found.accuracy > 0.85
    assert found.drawn is not None
    assert sum(found.drawn.shares) == pytest.approx(1)
    assert found.drawn.recognised is None


@pytest.mark.mnist
@pytest.mark.tensorflow
def test_the_published_weights_score_what_is_published(mirror: Path, isolated: Path) -> None:
    house = Zoo(Settings(home=isolated, mirror=str(mirror), offline=True))
    loaded = house.load("generator", weights="upstream")
    judge = house.load("cnn", weights="upstream").model
    examples, labels = loaded.examples("test", "mnist"), loaded.labels("mnist")
    found = evaluate(loaded.model, examples, labels=labels, judge=judge)
    assert found.loss == pytest.approx(0.0188, abs=5e-5)
    assert found.accuracy == pytest.approx(0.971, abs=5e-4)
    assert found.drawn is not None
    assert min(found.drawn.shares) > 0.01  # all ten digits can be reached from noise
    assert max(found.drawn.shares) <= 0.25


@pytest.mark.slow
@pytest.mark.mnist
@pytest.mark.tensorflow
@pytest.mark.timeout(3600)
def test_the_default_recipe_clears_its_floors_on_mnist(mirror: Path, isolated: Path) -> None:
    house = Zoo(Settings(home=isolated, mirror=str(mirror), offline=True))
    found = house.train("generator", data="mnist", seed=0).evaluation
    assert found is not None
    assert found.loss <= 0.0188  # type: ignore[operator]
    assert found.accuracy >= 0.97  # type: ignore[operator]


def test_the_view_shows_what_generate_draws() -> None:
    from zoo.views import ViewContext
    from zoo_generator.view import compute, draw
    from zoo_generator.views import DrawnView

    model = make()
    random_weights(model)
    numbers = compute(ViewContext(model, GENERATOR), DrawnView(n=3, seed=5, spread=0.5))
    np.testing.assert_array_equal(numbers.images, model.generate(3, seed=5, spread=0.5)[0])
    assert numbers.captions == ()
    assert numbers.alt == ("3 images drawn by generator from random numbers, seed 5, spread 0.5.")
    assert draw(numbers).axes


def around(model: Any) -> Any:
    """A context of this model with thirty invented test images."""
    from tests.views.fakes import examples
    from zoo.views import ViewContext

    return ViewContext(
        model, GENERATOR, labels=("zero", "one", "two"), examples=examples, title="drawer"
    )


def test_variants_of_an_image_start_with_it_and_its_reconstruction() -> None:
    from zoo_generator.view import compute
    from zoo_generator.views import DrawnView

    model = make()
    random_weights(model)
    context = around(model)
    found = compute(context, DrawnView(n=3, seed=5, image="test:7"))
    image = context.image("test:7")
    np.testing.assert_array_equal(found.images[0], image)
    np.testing.assert_allclose(found.images[1], model.predict(image[None])[0], atol=1e-5)
    varied, _ = model.generate(3, seed=5, spread=0.2, image=image)
    np.testing.assert_array_equal(found.images[2:], varied)
    assert found.captions == ("test:7", "drawn again", "", "", "")
    wide = compute(context, DrawnView(n=1, seed=5, image="test:7", spread=2.0))
    assert not np.allclose(wide.images[2], varied[0])


def test_reconstructions_stand_below_their_images_with_the_difference() -> None:
    from zoo.views import colour_faults
    from zoo_generator.reconstructions import compute, draw
    from zoo_generator.views import ReconstructionsView

    model = make()
    random_weights(model)
    context = around(model)
    found = compute(context, ReconstructionsView())
    assert found.names == ("zero", "one", "two")
    images = np.stack([context.image(f"test:{number}") for number in range(3)])
    np.testing.assert_array_equal(found.images, images)
    np.testing.assert_array_equal(found.drawn, model.predict(images))
    assert found.errors == pytest.approx(np.square(found.drawn - images).mean(axis=(1, 2)))
    assert f"mean squared error {np.mean(found.errors):.4f}" in found.alt
    figure = draw(found)
    assert colour_faults(figure) == []
    labels = [axes.get_ylabel() for axes in figure.axes if axes.get_ylabel()]
    assert labels == ["image", "drawn again", "difference", "drawn minus image"]
    named = compute(context, ReconstructionsView(images=("test:7", "blank")))
    assert named.names == ("test:7", "blank")


def test_a_model_without_images_draws_no_variants_of_one() -> None:
    from zoo.errors import UsageError
    from zoo.views import ViewContext
    from zoo_generator.view import compute
    from zoo_generator.views import DrawnView
    from zoo_prototype import PROTOTYPE

    with pytest.raises(UsageError, match="image: dreamer draws from random numbers alone; leave it out"):
        compute(ViewContext(make(), PROTOTYPE, title="dreamer"), DrawnView(image="test:0"))


class Reader:
    """No trained model: it reads the brightness of an image."""

    output = "probabilities"

    def __init__(self) -> None:
        self.shapes: dict[str, Any] = {}

    def predict(self, images: Any) -> Any:
        bright = np.asarray(images, np.float32).mean(axis=(1, 2))
        return np.stack([1 - bright, bright], axis=1)


@pytest.mark.parametrize("image", [None, "test:1"])
def test_the_judge_says_what_it_reads_in_each_image_and_how_sure(image: str | None) -> None:
    from zoo.views import ViewContext
    from zoo_cnn import CNN
    from zoo_generator.view import compute, draw
    from zoo_generator.views import DrawnView

    model = make()
    random_weights(model)
    here = around(model)
    reader: Any = Reader()
    judge = ViewContext(reader, CNN, labels=("dark", "light"))
    here._judge = lambda: judge
    numbers = compute(here, DrawnView(n=4, image=image))
    scores = reader.predict(numbers.images)
    assert numbers.read == tuple(judge.labels[row.argmax()] for row in scores)
    np.testing.assert_allclose(numbers.sure, scores.max(axis=1), rtol=1e-6)
    for name, share, caption in zip(numbers.read, numbers.sure, numbers.captions, strict=True):
        percent = ">99" if 99.5 <= 100 * share < 100 else f"{100 * share:.0f}"
        assert caption.split("\n")[-1] == f"{name}  {percent}\N{NO-BREAK SPACE}%"
    assert "what cnn reads, and how sure it is" in numbers.note
    assert "; cnn reads " in numbers.alt
    texts = {text.get_text() for axes in draw(numbers).axes for text in axes.texts}
    assert set(numbers.captions) <= texts


def test_without_a_judge_nothing_is_said_of_it() -> None:
    from zoo_generator.view import compute
    from zoo_generator.views import DrawnView

    model = make()
    random_weights(model)
    numbers = compute(around(model), DrawnView(n=3))
    assert (numbers.captions, numbers.read, numbers.sure) == ((), (), ())
    assert "reads" not in numbers.note + numbers.alt
