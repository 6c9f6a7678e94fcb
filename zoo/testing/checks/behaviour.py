"""Checks of what a trained model answers and shows."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.errors import UsageError, ZooError, one_line
from zoo.evaluation import evaluate
from zoo.modelling import KerasModel
from zoo.plugins import Offer
from zoo.plugins.entries import OWN
from zoo.plugins.guard import described
from zoo.specs import ModelSpec
from zoo.testing.bench import SEED, Bench, Trained
from zoo.testing.blame import place, told
from zoo.testing.checks.models import inputs
from zoo.testing.outcomes import FailedError, SkippedError

__all__ = ["CHECKS"]

SUM_TOLERANCE = 1e-3
"""How far probabilities may sum from 1: float32 over many classes."""

TOLERANCE = 1e-4
"""Largest difference of float32 computations in another order, relative to the largest value."""

KEYS = {"task", "n", "accuracy", "loss", "confusion", "precision", "recall", "labels", "seconds"}
"""Of every evaluation."""


def predictions(bench: Bench, offer: Offer[ModelSpec]) -> None:
    """predict() gives float32 (n, classes), finite; probabilities lie in [0, 1] and sum to 1."""
    trained = bench.trained(offer)
    scores = _predict(trained, inputs(trained))
    spec = offer.spec
    if not np.isfinite(scores).all():
        raise FailedError("predict() gives NaN or infinities; subtract the largest score before exp()")
    if spec.output == "images":
        low, high = float(scores.min()), float(scores.max())
        if low < -SUM_TOLERANCE or high > 1 + SUM_TOLERANCE:
            raise FailedError(
                f"predict() gives pixels in {low:.3g}..{high:.3g}; images lie in 0..1: end with "
                "a sigmoid"
            )
        return
    if scores.shape[1] != len(trained.labels):
        raise FailedError(
            f"predict() gives {scores.shape[1]} columns for {len(trained.labels)} classes; one for each "
            "class, also where there are two"
        )
    if trained.model.output == "probabilities":
        sums = scores.sum(axis=1)
        worst = float(sums[np.abs(sums - 1).argmax()])
        if scores.min() < 0 or abs(worst - 1) > SUM_TOLERANCE:
            raise FailedError(
                f"predict() gives rows that sum to {worst:.4g}, with values from {scores.min():.3g} on; "
                "normalise them, or declare output='scores'"
            )


def batches(bench: Bench, offer: Offer[ModelSpec]) -> None:
    """No image, one image and many give the same answers, whatever they are asked with."""
    trained = bench.trained(offer)
    some = inputs(trained, 9)
    whole = _predict(trained, some)
    scale = max(1.0, float(np.abs(whole).max()))
    for what, asked, wanted in (
        ("an empty batch", some[:0], whole[:0]),
        ("a single one", some[0], whole[:1]),
        ("a batch of one", some[:1], whole[:1]),
        ("a batch of three", some[3:6], whole[3:6]),
    ):
        found = _predict(trained, asked, what)
        if found.shape != wanted.shape:
            raise FailedError(
                f"predict() gives {found.shape} for {what}, not {wanted.shape}; keep the first axis"
            )
        if not np.allclose(found, wanted, rtol=0, atol=TOLERANCE * scale):
            raise FailedError(
                f"predict() answers otherwise for {what} than for the same within nine; an answer must "
                "not depend on its neighbours in the batch, nor on chance"
            )
    if offer.spec.inputs == "images":
        floats = _predict(trained, some.astype(np.float32) / 255, "images as floats")
        if not np.allclose(floats, whole, rtol=0, atol=TOLERANCE * scale):
            raise FailedError("predict() answers otherwise for float images than for the same as uint8")


def _predict(trained: Trained, asked: Any, what: str = "50 tiny test images") -> NDArray[np.float32]:
    try:
        return trained.model.predict(asked)
    except ZooError as error:
        raise FailedError(f"predict() failed for {what}: {error}{place(error)}") from error
    except Exception as error:
        raise FailedError(f"predict() failed for {what}: {told(error)}") from error


def evaluation(bench: Bench, offer: Offer[ModelSpec]) -> None:
    """Evaluation gives every key, each within its range."""
    trained = bench.trained(offer)
    examples = trained.data.test if trained.data.test is not None else trained.data.train
    try:
        judge = bench.judge(offer.spec)
        measured = evaluate(trained.model, examples, labels=trained.labels, judge=judge)
    except SkippedError:
        raise
    except Exception as error:
        raise FailedError(f"it cannot be evaluated: {told(error)}; see the check predictions") from error
    data = measured.to_data()
    missing = sorted(KEYS - set(data))
    if missing:
        raise FailedError(f"the evaluation lacks {', '.join(missing)}")
    if measured.loss is not None and not (np.isfinite(measured.loss) and measured.loss >= 0):
        raise FailedError(f"the loss is {measured.loss}; predict() must give finite values")
    if offer.spec.output == "images":
        return
    total = sum(map(sum, measured.confusion))
    in_range = measured.accuracy is not None and 0 <= measured.accuracy <= 1
    if not in_range or total != len(examples):
        raise FailedError(
            f"accuracy {measured.accuracy}, {total} of {len(examples)} images in the confusion matrix; "
            "predict() must give a row for each image"
        )
    try:
        json.dumps(data, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise FailedError(f"the evaluation is no JSON: {described(error)}") from error


def offers(bench: Bench, offer: Offer[ModelSpec]) -> None:
    """What spec.offers promises to views is there."""
    trained = bench.trained(offer)
    promised = {
        "activations": _has_activations,
        "input-gradients": _has_gradients,
        "dense-first-layer": _has_dense_first_layer,
        "convolutions": _has_convolutions,
    }
    for name in offer.spec.offers:
        probe: Callable[[Trained], str] | None = promised.get(name)
        try:
            fault = probe(trained) if probe is not None else ""
        except Exception as error:
            fault = described(error)
        if fault:
            raise FailedError(
                f"offers {name}, but {fault}; write it, or take {name!r} out of spec.offers"
            )


def _has_activations(trained: Trained) -> str:
    images = np.asarray(trained.data.train.images[:3])
    found = trained.model.activations(images)
    if not found:
        return "activations() gives nothing"
    for layer, array in found.items():
        if len(array) != 3 or not np.isfinite(array).all():
            return f"activations() gives {np.shape(array)} for three images in layer {layer}"
    without = [name for name in trained.model.shapes if name.rpartition("/")[0] not in found]
    return f"activations() has nothing for the layer of {without[0]}" if without else ""


def _has_convolutions(trained: Trained) -> str:
    found = trained.model.activations(np.asarray(trained.data.train.images[:1]))
    kernels = {name.rpartition("/")[0]: s for name, s in trained.model.shapes.items() if len(s) == 4}
    if not kernels:
        return "no weight is a kernel (height, width, channels, filters)"
    maps = {layer: np.shape(found.get(layer, ())) for layer in kernels}
    if any(len(maps[layer]) == 4 and maps[layer][-1] == kernels[layer][-1] for layer in kernels):
        return ""
    return f"activations() gives {maps}, in no layer (n, height, width, filters)"


def _has_gradients(trained: Trained) -> str:
    found = trained.model.input_gradients(trained.data.train.images[:2], 0)
    right = np.shape(found) == (2, 28, 28) and np.isfinite(found).all()
    return "" if right else f"input_gradients() gives {np.shape(found)} for two images, not (2, 28, 28)"


def _has_dense_first_layer(trained: Trained) -> str:
    kernels = [array for name, array in trained.model.weights.items() if name.endswith("/kernel")]
    first = kernels[0].shape if kernels else ()
    return (
        "" if len(first) == 2 and first[0] == 784 else f"its first kernel is {first}, not (784, units)"
    )


def views(bench: Bench, offer: Offer[ModelSpec]) -> None:
    """Every view of the zoo and of this plugin that the model offers can be drawn."""
    from zoo.views import draw, offered, unmet
    from zoo.views.capabilities import lacking

    context = bench.context(offer)
    mine = (OWN, bench.plugin.distribution)
    faults = []
    for view in offered(bench.catalogue, context):
        if view.plugin.distribution not in mine:
            continue
        try:
            draw(view, context)
        except UsageError:  # nothing to be seen, such as mistakes of a model that makes none
            continue
        except Exception as error:
            faults.append(f"{view.name} cannot be drawn: {described(error)}")
    known = {view.spec.name: view.spec for view in bench.catalogue.views}
    for name in offer.spec.default_views:
        spec = known.get(name.rpartition("/")[2])
        if spec is not None and lacking(spec.needs, offer.spec):
            faults.append(f"{name}, a default view, {unmet(spec, offer.spec)}")
    if faults:
        raise FailedError(f"{'; '.join(faults)}; correct spec.offers, spec.default_views or the model")


def export(bench: Bench, offer: Offer[ModelSpec]) -> None:
    """Inference from the exported graph equals Keras, layer by layer."""
    trained = bench.trained(offer)
    model = trained.model
    if not isinstance(model, KerasModel):
        raise SkippedError("only models in Keras are exported")
    if importlib.util.find_spec("ai_edge_litert") is None:
        raise SkippedError("ai-edge-litert is not installed")
    if not model.export():
        reason = model.warnings[-1] if model.warnings else "no reason was given"
        raise FailedError(
            f"{reason}; use layers that Keras can export, without randomness or Python code"
        )
    plain = bench.make(trained.selection, exports=False)
    plain.weights = model.weights
    asked = inputs(trained, 20)
    pairs = {"predict()": (model.predict(asked), plain.predict(asked))}
    if offer.spec.inputs == "images":
        exported, built = model.activations(asked), plain.activations(asked)
        pairs |= {layer: (exported[layer], built[layer]) for layer in built if layer in exported}
    for what, (found, wanted) in pairs.items():
        scale = max(1.0, float(np.abs(wanted).max()))
        if found.shape != wanted.shape or not np.allclose(found, wanted, rtol=0, atol=TOLERANCE * scale):
            raise FailedError(
                f"{what} of the exported graph differs from Keras; use layers without "
                "randomness at inference"
            )


def run(bench: Bench, offer: Offer[ModelSpec]) -> None:
    """`zoo run` trains, evaluates and draws it, keeps the weights, and finds them the next time."""
    bench.trained(offer)
    home = f"run-{offer.spec.name}"
    output = bench.home / "out" / offer.spec.name
    try:
        first = bench.another_zoo(home).run(offer.full_name, seed=SEED, visualize=True, output=output)
        second = bench.another_zoo(home).run(offer.full_name, seed=SEED)
    except Exception as error:
        raise FailedError(f"`zoo run {offer.name}` fails: {told(error)}") from error
    data = first.to_data()
    json.dumps(data, allow_nan=False)
    if first.drawing.failed:
        raise FailedError(one_line("; ".join(first.drawing.failed.values())))
    if second.loaded.source.way != "cache":
        raise FailedError(
            "the second `zoo run` did not find the weights of the first "
            f"({second.loaded.source.reason}); hyperparameters and recipe must be plain values"
        )
    assert first.evaluation is not None
    assert second.evaluation is not None
    if second.evaluation.metrics() != first.evaluation.metrics():
        raise FailedError(
            f"the second `zoo run` measured {second.evaluation.metrics()}, the first "
            f"{first.evaluation.metrics()}, with the same weights; answers must "
            "not depend on anything else"
        )


CHECKS = (predictions, batches, evaluation, offers, views, export, run)
