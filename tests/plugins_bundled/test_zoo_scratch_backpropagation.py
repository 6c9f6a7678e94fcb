"""The view that holds the slopes of backpropagation against numeric ones."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from zoo import ViewContext
from zoo.data import Examples
from zoo.errors import InvalidValueError
from zoo.plugins import Offer, Plugin
from zoo.views import check, colour_faults, draw, frames, unmet
from zoo_scratch import BACKPROPAGATION, SCRATCH, BackpropagationView, Hyperparameters
from zoo_scratch import backpropagation as view
from zoo_scratch.functions import ACTIVATIONS, Activation
from zoo_scratch.initial import draw as start
from zoo_scratch.model import Scratch
from zoo_scratch.network import Network

OFFER = Offer(
    BACKPROPAGATION, Plugin(name="scratch", module="zoo_scratch", distribution="d", version="0"), "b"
)


def examples(_: str = "test") -> Examples:
    """Forty images of noise whose border is paper."""
    random = np.random.default_rng(3)
    images = np.zeros((40, 28, 28), np.uint8)
    images[:, 6:22, 6:22] = random.integers(0, 256, (40, 16, 16))
    return Examples(images, random.integers(0, 10, 40))


def here(**values: Any) -> ViewContext:
    chosen = Hyperparameters(**{"hidden": (6, 5)} | values)
    model = Scratch(SCRATCH, chosen)
    model.weights = start(chosen, "he", np.random.default_rng(7))
    return ViewContext(model, SCRATCH, None, tuple("0123456789"), examples)


def checked(context: ViewContext | None = None, **values: Any) -> view.Checked:
    context = context or here()
    return view.compute(context, check(BACKPROPAGATION, values, context))


@pytest.mark.parametrize("loss", ["cross-entropy", "squared-error"])
@pytest.mark.parametrize("one_hot", [True, False])
@pytest.mark.parametrize(
    "values",
    [
        {"activation": "sigmoid", "output": "sigmoid"},
        {"activation": "tanh", "output": "linear", "bias": False, "dropout": 0.5},
        {"activation": "relu", "hidden": (8,)},
    ],
)
def test_the_two_agree_for_every_network_it_can_be(
    values: dict[str, Any], loss: str, one_hot: bool
) -> None:
    found = checked(here(**values), loss=loss, one_hot=one_hot)
    assert found.worst is not None
    assert found.worst < 1e-4
    assert "they agree" in found.title
    assert ("aims not one-hot" in found.note) is not one_hot


def test_slopes_are_those_of_the_network_at_the_places_that_are_named() -> None:
    context = here()
    found = checked(context, n=4, images=9, seed=2)
    weights = {name: array.astype(np.float64) for name, array in context.weights.items()}
    gradient = {name: np.empty_like(array) for name, array in weights.items()}
    shown = examples().first(9)
    pixels = shown.floats().reshape(-1, 784).astype(np.float64)
    Network(context.model.hyperparameters).gradients(weights, pixels, shown.labels, gradient)
    assert found.arrays == tuple(context.weights)
    assert len(found.array) == 4 * len(found.arrays)
    for number, place, slope, error in zip(
        found.array, found.places, found.backward, found.errors, strict=True
    ):
        assert slope == gradient[found.arrays[number]][place]
        assert np.ma.is_masked(error) or error <= (found.worst or 0)
    rows = [place[0] for number, place in zip(found.array, found.places, strict=True) if number == 0]
    assert all(pixels[:, row].any() for row in rows)  # none where the paper is white in all images
    assert dataclasses.astuple(checked(context, n=4, images=9, seed=2))[3] == found.array
    assert checked(context, n=4, images=9, seed=3).places != found.places


def test_the_sentence_states_the_largest_relative_error_and_where_it_is() -> None:
    found = checked()
    worst = int(found.errors.argmax())
    where = f"{found.arrays[found.array[worst]]}[{', '.join(map(str, found.places[worst]))}]"
    assert f"largest relative error {view._power(float(found.errors[worst]))}, of {where}" in found.alt
    one, other = found.backward[worst], found.numeric[worst]
    assert found.worst == pytest.approx(abs(one - other) / max(abs(one), abs(other)))


def test_a_wrong_derivative_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = ACTIVATIONS["tanh"]
    wrong = Activation(right.value, lambda a, slope: slope * (1 - a))
    monkeypatch.setitem(ACTIVATIONS, "tanh", wrong)
    found = checked(here(activation="tanh"))
    assert found.worst is not None
    assert found.worst > 0.01
    assert "they differ" in found.alt
    assert "for the step alone" not in found.alt
    output = [name.startswith("output") for name in found.arrays]
    errors = {of: found.errors[[output[n] is of for n in found.array]].max() for of in (True, False)}
    assert errors[True] < 1e-4  # the last layer does not go through it
    assert errors[False] > 0.01


def test_a_large_step_is_told_from_a_mistake() -> None:
    found = checked(here(activation="sigmoid"), exponent=1, loss="squared-error")
    fine = checked(here(activation="sigmoid"), exponent=5, loss="squared-error")
    assert found.worst is not None
    assert fine.worst is not None
    assert found.worst > 100 * fine.worst
    assert found.steps[0] == 0.1
    assert found.by_step == fine.by_step
    assert min(found.by_step) < 1e-6 < found.by_step[-1]  # rounding at the other end
    drowned = checked(here(activation="sigmoid"), exponent=12)
    assert "they differ, for the step alone: with h = " in drowned.alt


def test_a_network_that_stands_still_has_nothing_to_compare() -> None:
    context = here(activation="sigmoid", output="sigmoid")
    weights = {name: array.copy() for name, array in context.weights.items()}
    weights["output_layer/bias"] += 100
    context.model.weights = weights
    found = checked(context, loss="squared-error", one_hot=False)
    assert (found.worst, found.by_step, found.errors.count()) == (None, (), 0)
    assert found.alt.endswith("all slopes are too flat to be measured: nothing moves any more.")
    assert colour_faults(draw(OFFER, context, loss="squared-error", one_hot=False).figure) == []


def test_errors_of_slopes_that_are_both_0_are_0() -> None:
    assert view.relative(np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.5, 2.0])).tolist() == [0, 0.5, 1]


def test_the_weights_of_the_model_stay_as_they_are() -> None:
    context = here()
    before = {name: array.copy() for name, array in context.weights.items()}
    checked(context)
    for name, array in before.items():
        np.testing.assert_array_equal(array, context.weights[name])


def test_many_layers_are_drawn_and_the_step_is_a_slider() -> None:
    picture = draw(OFFER, here(hidden=(4, 4, 4, 4)))
    assert colour_faults(picture.figure) == []
    texts = [text.get_text() for axes in picture.figure.axes for text in axes.get_xticklabels()]
    assert {"10⁻⁴", "0"} <= set(texts)
    assert not [text for text in texts if "$" in text]
    film = frames(OFFER, here(), n=1, images=1)
    assert film.labels == tuple(map(str, range(1, 13)))  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"exponent": 0}, "exponent: expected an integer in 1..12, got 0"),
        ({"loss": "hinge"}, "loss: expected one of cross-entropy, squared-error, got 'hinge'"),
    ],
)
def test_parameters_out_of_range(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        check(BACKPROPAGATION, values)
    assert str(caught.value) == message


def test_other_models_are_not_offered_it() -> None:
    other = dataclasses.replace(SCRATCH, name="other", offers=())
    assert unmet(BACKPROPAGATION, other) == "needs backpropagation, which other does not offer"
    assert unmet(BACKPROPAGATION, SCRATCH) is None
    assert BackpropagationView().exponent == 4
