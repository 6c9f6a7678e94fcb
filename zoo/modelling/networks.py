"""Keras networks as the zoo uses them: built without trace, checked, filled with seeded weights."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.errors import PluginError, ZooError, complaint, one_line
from zoo.modelling.arrays import Weights
from zoo.modelling.backend import import_keras, isolated, quiet
from zoo.modelling.layers import SETTINGS, Layer
from zoo.progress import Reporter
from zoo.specs import Shapes

__all__ = [
    "build",
    "compute",
    "config",
    "draw_weights",
    "layers",
    "logit_gradients",
    "output_name",
    "read_weights",
    "seed_dropout",
    "with_all_outputs",
    "write_weights",
]

FAULTS_SHOWN = 6
"""Differing weights named in one message."""

OTHER_INITIALIZERS = {
    "kernel": "depthwise_initializer",
    "depthwise_kernel": "depthwise_initializer",
    "pointwise_kernel": "pointwise_initializer",
    "recurrent_kernel": "recurrent_initializer",
}
"""Variable → attribute that has its initializer where it is not called like the variable."""


def build(make: Callable[[], Any], shapes: Shapes, *, model: str, reporter: Reporter) -> Any:
    """Build a network and check it against the declared shapes before it has any array.

    Raises:
        PluginError: If building fails, or weights have other names or shapes than declared.
    """
    keras = import_keras(reporter)

    def work() -> Any:
        with keras.StatelessScope(initialize_variables=False):
            network = make()
        if not isinstance(network, keras.Model):
            raise PluginError(
                f"model {model}: its build() gave a {type(network).__name__}, not a keras.Model"
            )
        _check_ends(network, model=model)
        _check_shapes(network, shapes, model=model)
        with keras.StatelessScope():
            pass  # leaving a scope gives the variables made in one their values
        return network

    try:
        return isolated(work)
    except ZooError:
        raise
    except Exception as error:
        reason = one_line(f"{type(error).__name__}: {error}", 300)
        raise PluginError(f"model {model}: its build() failed ({reason})") from error


def _check_ends(network: Any, *, model: str) -> None:
    for what in ("input", "output"):
        ends = getattr(network, f"{what}s", None) or ()  # a network that is not built has none
        if len(ends) > 1:
            raise PluginError(
                f"model {model}: its build() gave a network with {len(ends)} {what}s; give "
                f"keras.Model one {what}"
            )


def _check_shapes(network: Any, shapes: Shapes, *, model: str) -> None:
    found: dict[str, tuple[int, ...]] = {}
    for layer in network.layers:
        for variable in layer.weights:
            found.setdefault(f"{layer.name}/{variable.name}", tuple(variable.shape))
    twice = [
        layer.name
        for layer in network.layers
        if len({v.name for v in layer.weights}) < len(layer.weights)
    ]
    faults = [
        complaint(
            name,
            expected=str(tuple(shapes[name])) if name in shapes else "no such array",
            got=str(found.get(name, "nothing")),
        )
        for name in {**dict.fromkeys(shapes), **dict.fromkeys(found)}
        if found.get(name) != (tuple(shapes[name]) if name in shapes else None)
    ]
    if twice:
        faults.append(
            f"several arrays of layer {twice[0]} have the same name: make its parts layers of their own"
        )
    if faults:
        more = f"; and {len(faults) - FAULTS_SHOWN} more" if len(faults) > FAULTS_SHOWN else ""
        raise PluginError(
            one_line(
                f"model {model}: its build() made other weights than its spec declares: "
                f"{'; '.join(faults[:FAULTS_SHOWN])}{more}"
            )
        )


def draw_weights(network: Any, seeds: np.random.SeedSequence, *, model: str) -> Weights:
    """Draw initial weights by each layer's own initializers, seeded one by one.

    What no chance is in, such as zeros, or the ones of an LSTM's forget gate, is as it was built.

    Args:
        network: Just built: nobody has changed its weights.

    Raises:
        PluginError: If a layer does not say how a weight is initialised.
    """
    keras = _keras()
    weights: Weights = {}
    for layer in network.layers:
        for variable in layer.weights:
            name = f"{layer.name}/{variable.name}"
            initializer = _initializer(layer, variable.name)
            if not hasattr(initializer, "get_config"):
                raise PluginError(
                    f"model {model}: {name} cannot be drawn: its layer, a {type(layer).__name__}, has "
                    f"no {variable.name}_initializer of Keras; use another layer, or parts of this one"
                )
            settings = initializer.get_config()
            if "seed" not in settings:
                weights[name] = _array(variable)
                continue
            settings["seed"] = int(seeds.spawn(1)[0].generate_state(1)[0] >> 1)
            drawn = type(initializer).from_config(settings)(tuple(variable.shape), dtype="float32")
            weights[name] = np.array(keras.ops.convert_to_numpy(drawn), np.float32)
    return weights


def _initializer(layer: Any, variable: str) -> Any:
    """Find what initialises a variable; most layers call it by the name of the variable."""
    for name in (f"{variable}_initializer", OTHER_INITIALIZERS.get(variable, "")):
        found = getattr(layer, name, None) if name else None
        if found is not None:
            return found
    return None


def seed_dropout(network: Any, seeds: np.random.SeedSequence) -> None:
    """Set the state of every random generator in the network, in the order of its layers."""
    for layer in network.layers:
        weights = {id(variable) for variable in layer.weights}
        for variable in layer.variables:
            if id(variable) not in weights and variable.name == "seed_generator_state":
                state = seeds.spawn(1)[0].generate_state(1)[0] >> 1
                variable.assign(np.array([state, 0], np.uint32))


def read_weights(network: Any) -> Weights:
    """Return copies of all weights by name, in forward order."""
    return {
        f"{layer.name}/{variable.name}": _array(variable)
        for layer in network.layers
        for variable in layer.weights
    }


def _array(variable: Any) -> NDArray[np.float32]:
    # asked this way, a Keras variable gives its array without a deprecation warning of NumPy 2
    return np.array(np.asarray(variable), np.float32)


def write_weights(network: Any, weights: Mapping[str, NDArray[np.float32]]) -> None:
    """Set all weights by name."""
    for layer in network.layers:
        for variable in layer.weights:
            variable.assign(weights[f"{layer.name}/{variable.name}"])


def compute(network: Any, inputs: NDArray[Any], batch: int) -> Any:
    """Compute outputs, an array or a dict of arrays, so many images at a time."""
    keras = _keras()
    parts: list[Any] = []
    for start in range(0, len(inputs), batch):
        outputs = network(inputs[start : start + batch], training=False)
        parts.append(keras.tree.map_structure(keras.ops.convert_to_numpy, outputs))
    return keras.tree.map_structure(lambda *arrays: np.concatenate(arrays), *parts)


def with_all_outputs(network: Any) -> Any:
    """Return the network that shares all weights and gives every layer's output, by name."""
    outputs = {layer.name: layer.output for layer in network.layers if not _is_input(layer)}
    return isolated(lambda: _keras().Model(network.inputs[0], outputs))


def logit_gradients(
    network: Any, images: NDArray[np.float32], columns: NDArray[Any]
) -> NDArray[np.float32]:
    """Return d logit / d image for a network that ends in a dense layer; TensorFlow only."""
    import tensorflow as tf

    last = network.layers[-1]
    before = isolated(lambda: _keras().Model(network.inputs[0], last.input))
    inputs = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        logits = before(inputs, training=False) @ last.kernel
        chosen = tf.gather(logits, tf.constant(columns, tf.int32), axis=1, batch_dims=1)
    return np.asarray(tape.gradient(chosen, inputs), np.float32)


def layers(network: Any) -> tuple[Layer, ...]:
    """Describe the layers in forward order, without the input."""
    with quiet():  # under other backends this imports TensorFlow
        return tuple(_layer(layer) for layer in network.layers if not _is_input(layer))


def _is_input(layer: Any) -> bool:
    return type(layer).__name__ == "InputLayer"


def _layer(layer: Any) -> Layer:
    settings = {name: value for name, value in layer.get_config().items() if name in SETTINGS}
    return Layer(
        name=layer.name,
        kind=type(layer).__name__,
        shape=tuple(layer.output.shape[1:]),
        settings=json.loads(json.dumps(settings, default=str)),
        variables={variable.name: tuple(variable.shape) for variable in layer.weights},
    )


def output_name(network: Any) -> str:
    """Return the name of the layer whose output is the network's."""
    output = network.outputs[0]
    for layer in reversed(network.layers):
        if layer.output is output:
            return str(layer.name)
    raise ValueError("no layer's only output is the network's")


def config(network: Any, *, name: str) -> str:
    """Return the network's JSON for Keras, under a name that is the same on every run."""
    with quiet():  # as above
        data = json.loads(network.to_json())
    data["config"]["name"] = name.replace("-", "_")
    return json.dumps(data, sort_keys=True)


def _keras() -> Any:
    """Return the module ``keras``, which a network's existence proves to be imported."""
    import keras

    return keras
