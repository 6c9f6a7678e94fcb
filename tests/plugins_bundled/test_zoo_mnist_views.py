"""The views of single digits by their numbers, and what is drawn of them."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

import zoo_mnist
from tests.views.fakes import context
from tests.views.test_context import two_classes
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
