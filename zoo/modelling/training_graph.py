"""Training steps compiled by TensorFlow: the fast way, for dense and for convolutional networks.

A dense network takes many steps inside one graph: a step takes so little time that starting it
from Python would cost more than the step itself. XLA makes such steps twice as fast, but compiling
takes about as long as 3,000 of them. For convolutions both are slower than a plain graph of one
step, whose kernels come from oneDNN.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoo.modelling.arrays import Weights
from zoo.modelling.batches import Chunk
from zoo.modelling.networks import read_weights, write_weights
from zoo.modelling.schedules import Length
from zoo.specs import Recipe

if TYPE_CHECKING:
    from zoo.data import Examples
    from zoo.modelling.keras_model import KerasModel

__all__ = ["GraphEngine"]

DENSE_KINDS = frozenset(
    {"InputLayer", "Flatten", "Reshape", "Rescaling", "Dense", "Dropout", "Activation", "ReLU"}
)
"""Networks of only these layers take their steps inside one graph."""

XLA_STEPS = 3_000
"""From so many steps on XLA's compilation pays (measured: 0.5 s against 0.15 ms a step of 128)."""

CHUNK_IMAGES = 4_096
"""Images handed over at a time: 3 MB, and a few milliseconds between chances to interrupt."""

MEASURED_IMAGES = (2_500, 500)
"""Images measured at a time, by a dense and by another network: about 40 MB in its widest layer."""

ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7}
MOMENTUM = 0.9
"""As in Keras: both optimizers are Keras's own, by the fused kernels that TensorFlow has for them."""


class GraphEngine:
    """Takes steps on a Keras network by TensorFlow graphs.

    Args:
        model: Says what loss and accuracy are.
        network: Changed in place.
        xla: Compile with XLA; None decides by kind and length.
    """

    def __init__(
        self,
        model: KerasModel,
        network: Any,
        recipe: Recipe,
        planned: Length,
        *,
        xla: bool | None = None,
    ) -> None:
        import tensorflow as tf

        self.tf = tf
        self.model, self.network, self.recipe = model, network, recipe
        self.scores = model.spec.task != "generation"
        looped = all(type(layer).__name__ in DENSE_KINDS for layer in network.layers)
        self.block = MEASURED_IMAGES[0 if looped else 1]
        self.chunk = max(1, min(CHUNK_IMAGES // planned.batch, planned.steps))
        self.variables = [variable.value for variable in network.trainable_variables]
        kernels = [v for v in network.trainable_variables if v.name == "kernel"]
        self.kernels = [variable.value for variable in kernels]
        slots = {"adam": 2, "momentum": 1, "sgd": 0}[recipe.optimizer]
        self.slots = [[tf.Variable(tf.zeros_like(v)) for v in self.variables] for _ in range(slots)]
        shape = (planned.batch, *network.input_shape[1:])
        if looped:
            compiled = tf.function(
                self._loop,
                input_signature=[
                    tf.TensorSpec((self.chunk, *shape), tf.uint8),
                    tf.TensorSpec((self.chunk, planned.batch), tf.int32),
                    tf.TensorSpec((self.chunk,), tf.float32),
                    tf.TensorSpec((), tf.float32),
                    tf.TensorSpec((), tf.int32),
                ],
                jit_compile=planned.total >= XLA_STEPS if xla is None else xla,
                autograph=False,
            )
            self._run = self._in_graph(compiled)
        else:
            self._run = self._one_by_one(tf.function(self._step, autograph=False, jit_compile=False))
        self._measure = tf.function(
            self._measured,
            input_signature=[
                tf.TensorSpec((None, *network.input_shape[1:]), tf.uint8),
                tf.TensorSpec((None,), tf.int32),
            ],
            autograph=False,
        )

    def run(self, chunk: Chunk, rates: NDArray[np.float32], taken: int) -> tuple[float, float]:
        return self._run(chunk, rates, taken)

    def measure(self, examples: Examples) -> tuple[float, float]:
        total = np.zeros(2)
        for start in range(0, len(examples), self.block):
            images = examples.images[start : start + self.block]
            labels = examples.labels[start : start + self.block].astype(np.int32)
            total += len(images) * np.array([float(v) for v in self._measure(images, labels)])
        loss, accuracy = total / len(examples)
        return float(loss), float(accuracy)

    def read(self) -> Weights:
        return read_weights(self.network)

    def write(self, weights: Mapping[str, NDArray[np.float32]]) -> None:
        write_weights(self.network, weights)

    def _in_graph(self, compiled: Any) -> Callable[..., tuple[float, float]]:
        def run(chunk: Chunk, rates: NDArray[np.float32], taken: int) -> tuple[float, float]:
            # one length for all chunks, so that there is one graph; `count` says how many are real
            rest = self.chunk - len(chunk)
            loss, accuracy = compiled(
                _extended(chunk.images, rest),
                _extended(chunk.labels, rest),
                _extended(rates, rest),
                np.float32(taken),
                np.int32(len(chunk)),
            )
            return float(loss), float(accuracy)

        return run

    def _one_by_one(self, compiled: Any) -> Callable[..., tuple[float, float]]:
        tf = self.tf

        def run(chunk: Chunk, rates: NDArray[np.float32], taken: int) -> tuple[float, float]:
            results = [
                compiled(
                    tf.constant(images), tf.constant(labels), tf.constant(rate), tf.constant(float(step))
                )
                for step, (images, labels, rate) in enumerate(
                    zip(chunk.images, chunk.labels, rates, strict=True), taken + 1
                )
            ]
            return sum(float(loss) for loss, _ in results), sum(float(right) for _, right in results)

        return run

    def _loop(self, images: Any, labels: Any, rates: Any, taken: Any, count: Any) -> Any:
        tf = self.tf

        def body(i: Any, losses: Any, accuracies: Any) -> Any:
            step = taken + tf.cast(i + 1, tf.float32)
            loss, accuracy = self._step(images[i], labels[i], rates[i], step)
            return i + 1, losses + loss, accuracies + accuracy

        return tf.while_loop(lambda i, *_: i < count, body, (0, 0.0, 0.0), parallel_iterations=1)[1:]

    def _step(self, images: Any, labels: Any, rate: Any, step: Any) -> Any:
        """Take one step; `step` counts from 1."""
        tf = self.tf
        inputs = tf.cast(images, tf.float32) / 255.0
        targets = self.model.targets(inputs, labels)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            for variable in self.variables:
                tape.watch(variable)
            outputs = self.network(inputs, training=True)
            loss = objective = tf.reduce_mean(self.model.losses(targets, outputs))
            if self.recipe.l2:
                objective += self.recipe.l2 * tf.add_n([tf.reduce_sum(k * k) for k in self.kernels])
        gradients = tape.gradient(objective, self.variables, unconnected_gradients="zero")
        self._apply(gradients, rate, step)
        return loss, self._accuracy(targets, outputs)

    def _measured(self, images: Any, labels: Any) -> Any:
        inputs = self.tf.cast(images, self.tf.float32) / 255.0
        targets = self.model.targets(inputs, labels)
        outputs = self.network(inputs, training=False)
        loss = self.tf.reduce_mean(self.model.losses(targets, outputs))
        return loss, self._accuracy(targets, outputs)

    def _accuracy(self, targets: Any, outputs: Any) -> Any:
        if not self.scores:
            return self.tf.constant(0.0)
        return self.tf.reduce_mean(self.model.hits(targets, outputs))

    def _apply(self, gradients: list[Any], rate: Any, step: Any) -> None:
        ops = self.tf.raw_ops
        match self.recipe.optimizer:
            case "adam":
                facts = {
                    "beta1_power": self.tf.pow(ADAM["beta1"], step),
                    "beta2_power": self.tf.pow(ADAM["beta2"], step),
                    **ADAM,
                }
                for v, m, s, grad in zip(self.variables, *self.slots, gradients, strict=True):
                    ops.ResourceApplyAdam(
                        var=v.handle, m=m.handle, v=s.handle, lr=rate, grad=grad, **facts
                    )
            case "momentum":
                for v, m, grad in zip(self.variables, *self.slots, gradients, strict=True):
                    ops.ResourceApplyKerasMomentum(
                        var=v.handle, accum=m.handle, lr=rate, grad=grad, momentum=MOMENTUM
                    )
            case _:
                for v, grad in zip(self.variables, gradients, strict=True):
                    ops.ResourceApplyGradientDescent(var=v.handle, alpha=rate, delta=grad)


def _extended(array: NDArray[Any], rest: int) -> NDArray[Any]:
    return np.pad(array, [(0, rest), *[(0, 0)] * (array.ndim - 1)]) if rest else array
