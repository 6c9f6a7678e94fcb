"""Checks of a model as it is declared, built and trained."""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy as np

from zoo.errors import InvalidValueError, PluginError, ZooError, complaint
from zoo.evaluation import evaluate
from zoo.modelling import KerasModel, Model
from zoo.plugins import Offer, parameter_count, shapes_of
from zoo.specs import ModelSpec
from zoo.testing.bench import SEED, TINY, Bench, Trained, untrained
from zoo.testing.blame import place, told
from zoo.testing.outcomes import FailedError, SkippedError
from zoo.weights.selection import select

__all__ = ["CHECKS"]

MARGIN = 0.95
"""What counts as lower: rounding alone makes a difference as well."""

FAULTS_SHOWN = 6
"""Differing weights named in one message."""


def factory(bench: Bench, offer: Offer[ModelSpec]) -> None:
    """The factory is a subclass of zoo.Model with nothing left abstract, and cheap to make."""
    spec = offer.spec
    try:
        found = bench.factory(spec)
    except ZooError as error:
        reason = str(error).partition("; repair or update the plugin")[0]
        raise FailedError(f"{reason}; factory names the class as 'module:Class'") from None
    if not (isinstance(found, type) and issubclass(found, Model)):
        raise FailedError(f"{spec.factory} is not a class derived from zoo.Model or zoo.KerasModel")
    left = sorted(getattr(found, "__abstractmethods__", ()))
    if left:
        raise FailedError(f"{spec.factory} lacks {', '.join(f'{name}()' for name in left)}; write them")
    wanted = ("spec", "hyperparameters", "requires", "exports", "reporter")
    parameters = inspect.signature(found).parameters
    takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    missing = [name for name in wanted if name not in parameters and not takes_all]
    if missing:
        raise FailedError(
            f"{spec.factory}: its __init__ does not take {', '.join(missing)}; pass on *args and "
            "**kwargs to zoo.Model"
        )


def shapes(bench: Bench, offer: Offer[ModelSpec]) -> None:
    """Names, shapes and number of the weights that are made are those that spec.shapes declares."""
    _derived(bench, offer)
    for preset in offer.spec.presets:
        selection = select(bench.catalogue, f"{offer.full_name}:{preset.name}")
        declared = shapes_of(offer.spec, selection.hyperparameters)
        try:
            model = bench.make(selection)
            made = _made(bench, offer, model, declared, first=preset is offer.spec.presets[0])
        except ZooError as error:
            about_weights = "weights" in str(error)
            advice = "; let spec.shapes and the model agree" if about_weights else ""
            raise FailedError(f"preset {preset.name}: {error}{advice}") from error
        differing = [
            complaint(name, expected=str(declared.get(name, "no such array")), got=str(made.get(name)))
            for name in {**declared, **made}
            if declared.get(name) != made.get(name)
        ]
        if differing:
            raise FailedError(
                f"preset {preset.name}: {'; '.join(differing[:FAULTS_SHOWN])}; let spec.shapes and the "
                "model agree"
            )


def _made(
    bench: Bench, offer: Offer[ModelSpec], model: Model, declared: Any, *, first: bool
) -> dict[str, tuple[int, ...]]:
    if isinstance(model, KerasModel):
        network = model.network
        made = {
            f"{layer.name}/{v.name}": tuple(v.shape) for layer in network.layers for v in layer.weights
        }
        if network.count_params() != parameter_count(made):
            made["weights outside named layers"] = (network.count_params() - parameter_count(made),)
        return made
    if not first:  # what is not Keras shows its weights only once it is trained
        return dict(declared)
    try:
        weights = bench.first_training(offer).model.weights
    except InvalidValueError as error:
        if str(error).startswith(f"weights of {offer.spec.name}"):
            raise
        return dict(declared)
    except Exception as error:  # another check tells it
        raise SkippedError(untrained(error)) from None
    return {name: tuple(array.shape) for name, array in weights.items()}


def layers(bench: Bench, offer: Offer[ModelSpec]) -> None:
    """Every layer that spec.layers names is there, in forward order."""
    wanted = list(offer.spec.layers)
    if not wanted:
        raise SkippedError("spec.layers names none")
    model = bench.trained(offer).model
    told = [layer.name for layer in model.layers]
    there = told or list(dict.fromkeys(name.rpartition("/")[0] for name in model.shapes))
    strange = [name for name in wanted if name not in there]
    if strange:
        raise FailedError(
            f"there is no layer {', '.join(strange)}; there are {', '.join(there)}: correct spec.layers"
        )
    if told and sorted(wanted, key=there.index) != wanted:
        raise FailedError(f"the layers come in the order {', '.join(there)}; name them so")


def training(bench: Bench, offer: Offer[ModelSpec]) -> None:
    """Training on a tiny dataset ends, and lowers the loss below that of a guess."""
    _derived(bench, offer)
    try:
        trained = bench.first_training(offer)
    except SkippedError:
        raise
    except PluginError as error:
        raise FailedError(f"{error}{place(error)}") from error
    except Exception as error:
        raise FailedError(f"training {TINY} failed: {told(error)}") from error
    _check_history(trained)
    score, guess, what = _loss(trained)
    if not score < MARGIN * guess:
        raise FailedError(
            f"after training {TINY} the {what} there is {score:.4g}, no better than the "
            f"{guess:.4g} of a guess; does fit() set what it learned, and does predict() use it?"
        )


def _check_history(trained: Trained) -> None:
    losses = trained.history.epochs.get("loss", ())
    lengths = {name: len(curve) for name, curve in trained.history.epochs.items()}
    if len(set(lengths.values())) > 1:
        raise FailedError(
            f"the curves of the History differ in length ({lengths}); one value an epoch each"
        )
    if not all(math.isfinite(value) for curve in trained.history.epochs.values() for value in curve):
        raise FailedError("the History holds values that are not finite; lower the learning rate")
    if len(losses) > 1 and not losses[-1] < losses[0]:
        raise FailedError(
            f"the loss in the History goes from {losses[0]:.4g} to {losses[-1]:.4g} over {len(losses)} "
            f"epochs {TINY}; it must fall: check the gradient and the learning rate"
        )


def _loss(trained: Trained) -> tuple[float, float, str]:
    """Return the loss on the training images, that of a guess, and what it is."""
    examples, spec = trained.data.train, trained.model.spec
    try:
        measured = evaluate(trained.model, examples, labels=trained.labels)
    except ZooError as error:
        raise SkippedError(f"it cannot be measured ({error})") from None
    if spec.output == "images":
        blank = float(np.square(examples.floats()).mean())
        return float(measured.loss or 0.0), blank, "mean squared error"
    if measured.loss is not None:
        return measured.loss, math.log(len(trained.labels)), "cross-entropy"
    return 1 - float(measured.accuracy or 0.0), 1 - 1 / len(trained.labels), "share of wrong answers"


def same_seed(bench: Bench, offer: Offer[ModelSpec]) -> None:
    """The same seed gives the same weights, bit for bit."""
    first = bench.trained(offer).model.weights
    try:
        second = bench.train(offer).model.weights
    except Exception as error:
        raise FailedError(
            f"fit() worked once and failed the second time: {told(error)}; keep nothing outside self"
        ) from error
    differing = [name for name in first if not np.array_equal(first[name], second[name])]
    if differing:
        raise FailedError(
            f"two trainings with seed {SEED} differ in {', '.join(differing[:FAULTS_SHOWN])}; draw "
            "every random number from numpy.random.default_rng(seed); in Keras leave seeds out"
        )


def save_load(bench: Bench, offer: Offer[ModelSpec]) -> None:
    """Weights that are written, read and set again give identical predictions."""
    from zoo.store import h5

    trained = bench.trained(offer)
    model = trained.model
    content = h5.write(
        model.weights,
        config=model.config(),
        provenance=None,
        history=trained.history.to_data(),
        snapshots=trained.history.snapshots,
    )
    try:
        contents = h5.read(content, model.shapes, trusted=True, thing=f"{offer.spec.name}.h5")
        twin = bench.make(trained.selection)
        twin.weights = contents.weights
        found = twin.predict(inputs(trained))
    except Exception as error:
        raise FailedError(f"a file of its weights cannot be used: {told(error)}{KEEP}") from error
    wanted = model.predict(inputs(trained))
    if not np.array_equal(found, wanted):
        worst = float(np.abs(found - wanted).max()) if found.shape == wanted.shape else math.inf
        raise FailedError(f"after loading its weights predictions differ by up to {worst:.3g}{KEEP}")


KEEP = "; everything fit() learns must be in self.weights, as nothing else is kept"


def inputs(trained: Trained, count: int = 50) -> Any:
    """Return what the model predicts from: images, or classes for a model that takes these."""
    examples = trained.data.test if trained.data.test is not None else trained.data.train
    some = examples.first(count)
    return some.labels if trained.model.spec.inputs == "classes" else some.images


def published_weights(bench: Bench, offer: Offer[ModelSpec]) -> None:
    """Published weights that are at hand are the right bytes, and the model takes them."""
    from zoo.progress import LoggingReporter
    from zoo.store import h5
    from zoo.store.artifacts import Artifacts
    from zoo.store.folders import Folders
    from zoo.store.network import Network

    silent = LoggingReporter()
    settings = bench.settings
    artifacts = Artifacts(settings, Folders(bench.home), Network(settings, silent), silent)
    listed = [entry for entry in bench.registry.weights if entry.model == offer.full_name]
    there = []
    for entry in listed:
        facts = artifacts.facts(entry.artifact)
        if facts.packaged or facts.mirror:
            there.append(entry)
    if not there:
        what = "no registry lists any" if not listed else "none is at hand; set ZOO_MIRROR to test them"
        raise SkippedError(f"published weights: {what}")
    known = [preset.name for preset in offer.spec.presets]
    for entry in there:
        if entry.preset not in known:
            raise FailedError(
                f"{entry.tag}: model {offer.spec.name} has no preset {entry.preset!r}, only "
                f"{', '.join(known)}; correct the entry of "
                f"{entry.artifact.file}, or declare the preset"
            )
        selection = select(bench.catalogue, f"{offer.full_name}:{entry.preset}")
        model = bench.make(selection)
        try:
            found = artifacts.fetch(entry.artifact)
            model.weights = h5.read(
                found.data, model.shapes, trusted=True, thing=entry.artifact.file
            ).weights
        except ZooError as error:
            raise FailedError(
                f"{entry.tag}: {error}; publish the file again, or correct the entry"
            ) from None


CHECKS = (factory, shapes, training, layers, same_seed, save_load, published_weights)


def _derived(bench: Bench, offer: Offer[ModelSpec]) -> None:
    """Skip where there is no model class: `factory` tells it."""
    try:
        factory(bench, offer)
    except FailedError:
        raise SkippedError(f"there is no class {offer.spec.factory} to make it of") from None
