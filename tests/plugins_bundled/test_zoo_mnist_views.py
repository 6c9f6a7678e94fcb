"""The views of single digits by their numbers, and what is drawn of them."""

from __future__ import annotations

import importlib
import itertools
from typing import Any

import numpy as np
import pytest

import zoo_mnist
from tests.views.fakes import context
from tests.views.test_context import two_classes
from zoo import imaging
from zoo.views.matching import check

VIEWS = {view.name: view for view in zoo_mnist.zoo_views()}


def shown(name: str, here: Any = None, **values: Any) -> tuple[Any, Any]:
    """Numbers and figure of a view of the small model."""
    here, view = here or context(), VIEWS[name]
    module, _, _ = view.compute.partition(":")
    home = importlib.import_module(module)
    numbers = home.compute(here, check(view, values, here))
    return numbers, home.draw(numbers)


def test_flatten_draws_one_strip_of_784_and_the_image() -> None:
    numbers, figure = shown("flatten", image="noise:3")
    arrays = [np.asarray(image.get_array()) for axes in figure.axes for image in axes.images]
    assert [array.shape for array in arrays] == [(28, 28), (1, 784)]
    assert np.array_equal(arrays[0].ravel(), arrays[1][0])
    assert np.array_equal(numbers.strip, arrays[1][0])
    assert "one strip of 784" in numbers.alt


def test_numbers_tells_the_class_of_an_image_that_the_model_does_not_know() -> None:
    found, _ = shown("numbers", two_classes(), image="test:0")
    assert (found.label, found.one_hot) == ("zero", ())
    assert "label zero" in found.note
    known, _ = shown("numbers", two_classes())
    assert (known.label, known.one_hot) == ("one", (1, 0))


@pytest.mark.parametrize(
    ("dx", "dy", "words"),
    [
        (0, 0, "not moved"),
        (0, -3, "moved by 3 up"),
        (-2, 0, "moved by 2 to the left"),
        (1, 4, "moved by 1 to the right and 4 down"),
    ],
)
def test_row_inspection_says_where_the_image_went(dx: int, dy: int, words: str) -> None:
    found, _ = shown("row-inspection", dx=dx, dy=dy)
    assert f", {words}: row 14" in found.title
    assert f", {words}, with" in found.alt


def test_row_inspection_asks_the_model_along_both_axes() -> None:
    here = context()
    found, figure = shown("row-inspection", here, image="noise:2", dx=2, dy=-3)
    right, down = found.sweeps
    assert (right.towards, right.shown, down.towards, down.shown) == ("right", 2, "down", -3)
    image = here.image("noise:2")
    for sweep in found.sweeps:
        for column, by in enumerate(sweep.shifts):
            y, x = (-3, by) if sweep is right else (by, 2)
            scores = here.model.predict(imaging.shift(image, y, x))[0]
            np.testing.assert_allclose(sweep.scores[:, column], scores, atol=1e-6)
            assert sweep.answers[column] == here.labels[scores.argmax()]
    labels = [axes.get_xlabel() for axes in figure.axes]
    assert "pixels moved to the right" in labels
    assert "pixels moved down" in labels


@pytest.mark.parametrize("dx", [0, 15, -27])
def test_numbers_below_the_answers_do_not_run_into_each_other(dx: int) -> None:
    _, figure = shown("row-inspection", dx=dx)
    (axes,) = (axes for axes in figure.axes if axes.get_xlabel() == "pixels moved to the right")
    figure.canvas.draw()
    boxes = [label.get_window_extent() for label in axes.get_xticklabels()]
    assert len(boxes) >= 14
    assert all(one.x1 < other.x0 for one, other in itertools.pairwise(boxes))


def test_one_digit_is_spoken_of_as_one() -> None:
    found, _ = shown("digits", n=1)
    assert found.title == "One of the training images"
    assert "each" not in found.note
    assert found.alt.startswith("Handwritten digit, one of the training images")
