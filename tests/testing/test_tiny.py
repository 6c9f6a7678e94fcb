"""The tiny dataset, the sample model and the zoo in which everything is small."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.testing.conftest import Wrong
from zoo.evaluation import evaluate
from zoo.parameters import describe
from zoo.testing import TinyZoo, sample_context, sample_model, tiny_arrays, tiny_dataset
from zoo.testing.located import visible
from zoo.views import check as check_view
from zoo.views import offered


def test_the_tiny_dataset_is_a_dataset() -> None:
    dataset = tiny_dataset(3, ("a", "b", "c"))
    assert dataset.counts == (120, 30)
    assert dataset.labels == ("a", "b", "c")
    assert dataset.examples("train").images.dtype == np.uint8
    assert np.bincount(dataset.examples("train").labels).tolist() == [40, 40, 40]


def test_it_is_the_same_every_time_and_not_too_large() -> None:
    first, second = tiny_arrays(), tiny_arrays()
    assert all(np.array_equal(first[name], second[name]) for name in first)
    assert len(tiny_arrays(200)["y_train"]) <= 4_000


def test_some_test_labels_are_wrong_so_that_there_are_mistakes() -> None:
    arrays = tiny_arrays()
    assert (arrays["y_test"] != np.tile(np.arange(10), 10)).sum() == 5
    assert (arrays["y_train"] == np.tile(np.arange(10), 40)).all()


def test_the_sample_model_is_better_than_chance_and_makes_mistakes() -> None:
    dataset = tiny_dataset()
    measured = evaluate(sample_model(), dataset.examples("test"), labels=dataset.labels)
    assert measured.accuracy is not None
    assert 0.5 < measured.accuracy < 1
    assert sample_context().evaluation().accuracy == measured.accuracy


def test_its_gradients_are_those_of_central_differences() -> None:
    model = sample_model()
    image = tiny_dataset().examples("test").floats()[:1]
    gradient = model.input_gradients(image, 3)[0]

    def logit(inputs: np.ndarray) -> float:
        hidden = np.maximum(inputs.reshape(1, -1) @ model.weights["hidden_layer/kernel"], 0)
        return float((hidden @ model.weights["output_layer/kernel"])[0, 3])

    step = np.zeros((28, 28), np.float32)
    step[10, 12] = 0.02
    measured = (logit(image[0] + step) - logit(image[0] - step)) / 0.04
    assert gradient[10, 12] == pytest.approx(measured, abs=1e-3)


def test_the_sample_has_what_the_standard_views_need(tmp_path: Path) -> None:
    views = TinyZoo(tmp_path).catalogue
    names = {view.spec.name for view in offered(views, sample_context())}
    assert {"weights", "activations", "confusion", "learning-curve"} <= names
    for view in offered(views, sample_context()):
        check_view(view.spec, {}, sample_context())


def test_recipes_are_short_and_within_their_limits(wrong: Wrong, tmp_path: Path) -> None:
    narrow = (
        "__init__.py",
        'Range(1, 65_536), "images a step"] = 32',
        'Range(50, 65_536), "images a step"] = 64',
    )
    with visible(wrong("numpy", narrow)):
        zoo = TinyZoo(tmp_path)
        recipe = zoo.select("wrong").recipe
        limits = {parameter.name: parameter for parameter in describe(type(recipe))}
        assert recipe.batch == limits["batch"].low == 50
        assert recipe.epochs == 10  # 64 steps of 50 out of 360 images
        assert zoo.select("wrong", {"epochs": 2}).recipe.epochs == 2


def test_a_tiny_zoo_trains_once_and_finds_it_again(wrong: Wrong, tmp_path: Path) -> None:
    with visible(wrong("numpy")):
        first = TinyZoo(tmp_path / "home").run("wrong")
        second = TinyZoo(tmp_path / "home").run("wrong")
        assert first.dataset is not None
        assert first.dataset.name == "tiny"
        assert (first.loaded.source.way, second.loaded.source.way) == ("trained", "cache")
