from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from tests.modelling.stand_ins import Nearest, examples, nearest, spec, training_data
from zoo.errors import InvalidValueError, PluginError, UnavailableError, UsageError
from zoo.progress import LoggingReporter
from zoo.specs import NoParameters, Recipe


@pytest.fixture
def fitted() -> Nearest:
    model = nearest()
    model.fit(training_data(), Recipe(), seed=0, reporter=LoggingReporter())
    return model


def test_models_and_evaluation_import_no_framework() -> None:
    code = (
        "import sys, zoo.modelling, zoo.evaluation; "
        "zoo.modelling.KerasModel, zoo.modelling.Model, zoo.modelling.History, zoo.modelling.Layer; "
        "heavy = {'keras', 'tensorflow', 'h5py', 'ai_edge_litert', 'matplotlib', 'requests'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    import zoo.modelling

    with pytest.raises(AttributeError, match="has no attribute 'Modell'"):
        zoo.modelling.Modell  # noqa: B018


def test_untrained_models_answer_nothing() -> None:
    model = nearest()
    assert not model.trained
    for ask in (lambda: model.weights, lambda: model.predict(np.zeros((1, 28, 28)))):
        with pytest.raises(UnavailableError) as caught:
            ask()
        assert str(caught.value) == "model nearest has no weights yet; fit it or load some"


def test_a_model_without_any_framework_is_enough(fitted: Nearest) -> None:
    test = examples(100, seed=3)
    scores = fitted.predict(test.images)
    assert scores.shape == (100, 10)
    assert scores.dtype == np.float32
    assert (scores.argmax(axis=1) == test.labels).mean() > 0.9


@pytest.mark.parametrize("error", [KeyError("x"), SystemExit(3)])
def test_what_forward_raises_is_laid_at_the_door_of_the_model(
    fitted: Nearest, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    monkeypatch.setattr(fitted, "forward", _raising(error))
    with pytest.raises(PluginError, match=r"^model nearest: its forward\(\) failed: ") as caught:
        fitted.predict(np.zeros((1, 28, 28)))
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), MemoryError(), UsageError("no")])
def test_what_is_not_the_models_fault_passes(
    fitted: Nearest, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    monkeypatch.setattr(fitted, "forward", _raising(error))
    with pytest.raises(type(error)) as caught:
        fitted.predict(np.zeros((1, 28, 28)))
    assert caught.value is error


def _raising(error: BaseException) -> Any:
    def forward(_: Any) -> Any:
        raise error

    return forward


def test_uint8_and_float_images_give_the_same(fitted: Nearest) -> None:
    test = examples(5)
    np.testing.assert_array_equal(fitted.predict(test.images), fitted.predict(test.floats()))


def test_one_image_or_none(fitted: Nearest) -> None:
    test = examples(3)
    one, all_of_them = fitted.predict(test.images[1]), fitted.predict(test.images)
    np.testing.assert_allclose(one, all_of_them[1:2], rtol=1e-5)
    assert fitted.predict(test.images[:0]).shape == (0, 10)
    assert fitted.predict(test.floats()[:0]).shape == (0, 10)


@pytest.mark.parametrize(
    "images",
    [
        np.zeros((2, 784)),
        np.zeros((2, 28, 28, 1)),
        np.full((1, 28, 28), np.nan),
        np.full((1, 28, 28), 255.0),
        np.zeros((1, 28, 28), np.int64),
        np.zeros((0, 28, 28), np.int64),
        [[1, 2], [3]],
        "test:1",
    ],
)
def test_other_inputs_are_refused(fitted: Nearest, images: Any) -> None:
    with pytest.raises(InvalidValueError, match=r"images \(n, 28, 28\)"):
        fitted.predict(images)


def test_wrong_weights_change_nothing(fitted: Nearest) -> None:
    before = fitted.weights
    wrong = {"means/kernel": np.full((784, 10), np.nan, np.float32)}
    with pytest.raises(InvalidValueError):
        fitted.weights = wrong
    np.testing.assert_array_equal(fitted.weights["means/kernel"], before["means/kernel"])


def test_weights_are_apart_from_what_was_given_and_read_only(fitted: Nearest) -> None:
    given = {"means/kernel": np.zeros((784, 10), np.float32)}
    fitted.weights = given
    given["means/kernel"][:] = 7
    assert fitted.weights["means/kernel"].max() == 0
    with pytest.raises(ValueError, match="read-only"):
        fitted.weights["means/kernel"][0, 0] = 1
    fitted.weights.clear()  # a copy of the dictionary
    assert fitted.trained


@pytest.mark.parametrize(
    ("outputs", "got"),
    [
        (np.zeros((2, 10)), "float64 (2, 10)"),
        (np.zeros((3, 10), np.float32), "float32 (3, 10)"),
        (np.zeros(2, np.float32), "float32 (2,)"),
    ],
)
def test_a_forward_of_another_form_is_the_plugins_fault(outputs: np.ndarray, got: str) -> None:
    class Wrong(Nearest):
        def forward(self, inputs: Any) -> Any:
            return outputs

    model = Wrong(nearest().spec, NoParameters())
    model.weights = {"means/kernel": np.zeros((784, 10), np.float32)}
    with pytest.raises(PluginError) as caught:
        model.predict(np.zeros((2, 28, 28)))
    assert str(caught.value) == f"model nearest: its forward(): expected float32 (2, classes), got {got}"


def test_a_model_that_takes_classes() -> None:
    class Drawer(Nearest):
        def forward(self, inputs: Any) -> Any:
            return self.weights["means/kernel"].T.reshape(10, 28, 28)[inputs]

    declared = spec(
        name="drawer",
        task="generation",
        inputs="classes",
        output="images",
        hyperparameters=NoParameters,
        shapes=lambda _: {"means/kernel": (784, 10)},
    )
    model = Drawer(declared, NoParameters())
    model.weights = {"means/kernel": np.ones((784, 10), np.float32)}
    assert model.predict([1, 2, 3]).shape == (3, 28, 28)
    assert model.predict(4).shape == (1, 28, 28)
    assert model.predict(np.zeros(0, np.int64)).shape == (0, 28, 28)
    with pytest.raises(InvalidValueError) as caught:
        model.predict([0.5])
    assert str(caught.value) == "classes: expected integers (n,), got float64 (1,)"


def test_what_a_model_does_not_offer(fitted: Nearest) -> None:
    assert fitted.activations(np.zeros((1, 28, 28))) == {}
    assert fitted.config() is None
    with pytest.raises(UsageError) as caught:
        fitted.input_gradients(np.zeros((1, 28, 28)), 0)
    assert str(caught.value) == "model nearest offers no input gradients"


def test_too_many_declared_parameters_are_refused_at_once() -> None:
    huge = spec(hyperparameters=NoParameters, shapes=lambda _: {"a/kernel": (100_000, 10_000)})
    with pytest.raises(PluginError, match="got 1,000,000,000"):
        Nearest(huge, NoParameters())
