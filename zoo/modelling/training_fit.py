"""Training steps by Keras's own `fit`: the slow way, which every backend of Keras has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoo.modelling.arrays import Weights
from zoo.modelling.backend import isolated
from zoo.modelling.batches import Chunk
from zoo.modelling.networks import read_weights, write_weights
from zoo.modelling.schedules import Length
from zoo.specs import Recipe

if TYPE_CHECKING:
    from zoo.data import Examples
    from zoo.modelling.keras_model import KerasModel

__all__ = ["FitEngine"]


class FitEngine:
    """Takes steps on a Keras network by ``fit``, a chunk a call, in the order given.

    A second `keras.Model` of the same layers is compiled, so that the network itself stays plain.
    """

    def __init__(self, model: KerasModel, network: Any, recipe: Recipe, planned: Length) -> None:
        import keras

        self.model, self.network = model, network
        self.fitted = isolated(lambda: keras.Model(network.inputs[0], network.outputs[0]))
        self.scores = model.spec.task != "generation"
        self.chunk = planned.steps
        self.batch = planned.batch
        kernels = [v for v in network.trainable_variables if v.name == "kernel"]

        def loss(targets: Any, outputs: Any) -> Any:
            losses = model.losses(targets, outputs)
            if recipe.l2:
                losses += recipe.l2 * sum(keras.ops.sum(keras.ops.square(k)) for k in kernels)
            return losses

        def plain_loss(targets: Any, outputs: Any) -> Any:
            return model.losses(targets, outputs)

        def accuracy(targets: Any, outputs: Any) -> Any:
            return model.hits(targets, outputs)

        optimizers = {
            "adam": keras.optimizers.Adam,
            "momentum": lambda: keras.optimizers.SGD(momentum=0.9),
            "sgd": keras.optimizers.SGD,
        }
        self.optimizer = optimizers[recipe.optimizer]()
        self.fitted.compile(
            optimizer=self.optimizer,
            loss=loss,
            metrics=[plain_loss, accuracy] if self.scores else [plain_loss],
        )
        optimizer = self.optimizer

        class Rates(keras.callbacks.Callback):  # type: ignore[misc]
            """Sets the learning rate before each step."""

            def __init__(self, values: NDArray[np.float32]) -> None:
                super().__init__()
                self.values = values

            def on_train_batch_begin(self, batch: int, logs: object = None) -> None:  # noqa: ARG002
                optimizer.learning_rate = float(self.values[batch])

        self._rates = Rates

    def run(self, chunk: Chunk, rates: NDArray[np.float32], taken: int) -> tuple[float, float]:  # noqa: ARG002
        images, targets = self._prepared(chunk.images.reshape(-1, 28, 28), chunk.labels.ravel())
        logs = self.fitted.fit(
            images,
            targets,
            batch_size=self.batch,
            epochs=1,
            shuffle=False,
            verbose=0,
            callbacks=[self._rates(rates)],
        ).history
        accuracy = logs["accuracy"][0] if self.scores else 0.0
        return len(chunk) * float(logs["plain_loss"][0]), len(chunk) * float(accuracy)

    def measure(self, examples: Examples) -> tuple[float, float]:
        images, targets = self._prepared(examples.images, examples.labels)
        logs = self.fitted.evaluate(images, targets, batch_size=500, verbose=0, return_dict=True)
        return float(logs["plain_loss"]), float(logs["accuracy"]) if self.scores else 0.0

    def read(self) -> Weights:
        return read_weights(self.network)

    def write(self, weights: Mapping[str, NDArray[np.float32]]) -> None:
        write_weights(self.network, weights)

    def _prepared(self, images: NDArray[Any], labels: NDArray[Any]) -> tuple[Any, Any]:
        inputs = images.astype(np.float32) / np.float32(255)
        return inputs, self.model.targets(inputs, labels.astype(np.int32))
