"""What views may need and models may offer: every capability by name, documented here only.

A view names what it needs in ``ViewSpec.needs``. A model names what it offers in
``ModelSpec.offers``; some capabilities follow from the rest of its declaration and need not be
named, and some only come with weights or data. A plugin may use names of its own beside these.
"""

from __future__ import annotations

from collections.abc import Iterable

from zoo.errors import ZooError
from zoo.specs import ModelSpec, Shapes

__all__ = ["FOLLOWING", "FROM_THE_RUN", "OFFERED", "WHY", "derived", "lacking"]

OFFERED = {
    "dense-first-layer": "the first weights are a dense kernel (784, units): one map of weights a unit",
    "activations": "`activations` returns the output of every layer, in forward order, under the "
    "names that the weights have; each layer follows from the one before",
    "convolutions": "at least one layer has a kernel (height, width, channels, filters), and "
    "`activations` returns its maps (n, height, width, filters)",
    "input-gradients": "`input_gradients` returns d logit / d pixel",
    "generates": "`generate` draws new images from a seed",
}
"""Said by a model in its ``offers``."""

FOLLOWING = {
    "scores": "images go in, one score for each class comes out",
    "probabilities": "scores, and these are probabilities",
    "binary": "scores of just two classes",
    "hidden": "at least one layer with weights between the pixels and the answer",
    "linear": "all weights are one dense kernel on the pixels, and its bias",
    "generates": "images come out, whatever goes in",
    "reconstructs": "images go in, and the model's images of the same come out",
}
"""Follow from a model's task, inputs, output and shapes; nobody needs to say them."""

FROM_THE_RUN = {
    "history": "the weights carry loss and accuracy by epoch",
    "snapshots": "the history holds weights of the first layer along the way",
    "data": "there is a dataset to take images from",
    "evaluation": "there is a dataset to evaluate on",
    "company": "there is a zoo with other models that can be asked about the same images",
}
"""Come with weights or a dataset: a declaration alone does not rule them out."""

WHY = {
    "history": "needs history, which these weights do not have",
    "snapshots": "needs snapshots taken in training, which these weights do not have",
    "data": "needs data, and there is no dataset here",
    "evaluation": "needs an evaluation, and there is no dataset here",
    "company": "needs other models, and there is no zoo here to ask for them",
}
"""How it is said that one of `FROM_THE_RUN` is missing."""


def derived(spec: ModelSpec, shapes: Shapes | None = None) -> frozenset[str]:
    """Return those of `FOLLOWING` that hold.

    Args:
        spec: The declaration.
        shapes: Of the weights at hand; those of the default hyperparameters by default.
    """
    found = set()
    if spec.output == "images":
        found.add("generates")
        if spec.inputs == "images":
            found.add("reconstructs")
    elif spec.inputs == "images" and spec.task != "generation":
        found.add("scores")
        if spec.output == "probabilities":
            found.add("probabilities")
        if spec.task == "binary":
            found.add("binary")
    layers = _layers(spec, shapes)
    if layers > 1:
        found.add("hidden")
    elif layers and "dense-first-layer" in spec.offers:
        found.add("linear")
    return frozenset(found)


def lacking(needs: Iterable[str], spec: ModelSpec, shapes: Shapes | None = None) -> list[str]:
    """Return the needs that this model will never meet, whatever weights and data come."""
    has = {*spec.offers, *derived(spec, shapes), *FROM_THE_RUN}
    return [need for need in needs if need not in has]


def _layers(spec: ModelSpec, shapes: Shapes | None) -> int:
    """Count layers that have weights; 0 where that cannot be told."""
    if shapes is None:
        try:
            shapes = spec.shapes(spec.hyperparameters())
        except (ZooError, TypeError, ValueError):
            return 0
    return len({name.rpartition("/")[0] for name in shapes})
