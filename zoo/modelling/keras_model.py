"""`KerasModel`: the short way to a model. A subclass writes `build`; all else comes with it."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, final

import numpy as np
from numpy.typing import NDArray

from zoo.errors import InvalidValueError, UsageError, complaint
from zoo.imaging import check_images
from zoo.modelling import inference, networks
from zoo.modelling.arrays import Weights
from zoo.modelling.backend import backend_name, has_accelerator
from zoo.modelling.base import Model, check_some_images
from zoo.modelling.batches import Generators
from zoo.modelling.dense import DenseRow, row_of
from zoo.modelling.descent import descend
from zoo.modelling.graphs import Graph
from zoo.modelling.history import History
from zoo.modelling.layers import Layer
from zoo.modelling.schedules import Length, length
from zoo.modelling.training import Engine, train
from zoo.progress import Reporter
from zoo.specs import Recipe

if TYPE_CHECKING:
    from pathlib import Path

    import keras

    from zoo.data import TrainingData

__all__ = ["KerasModel"]

KERAS_BATCH = 256
"""Images a call where Keras itself predicts."""


class KerasModel(Model):
    """A model whose network is written in Keras.

    The module of a subclass must not import Keras on top: ``import keras`` belongs into `build`. ::

        class Tiny(KerasModel):
            def build(self):
                import keras

                image = keras.Input((28, 28), name="image")
                flat = keras.layers.Flatten(name="flatten")(image)
                scores = keras.layers.Dense(10, activation="softmax", name="output")(flat)
                return keras.Model(image, scores)

    Small dense networks train in NumPy, which is faster than any graph; others in compiled graphs, or
    by Keras's `fit` where its backend is not TensorFlow.
    Predictions and activations come from a LiteRT graph kept in the `exports` folder, for which
    neither Keras nor TensorFlow is imported; where that cannot be, from Keras.
    """

    packaged: Path | None = None
    """File of the weights, where an installed package brought it: a graph may lie beside it. Set after
    the weights, and forgotten with them."""

    _network: keras.Model | None = None
    _runtime: inference.Runtime | None = None
    _runtime_failed = False

    @abstractmethod
    def build(self) -> keras.Model:
        """Build the network: functional or sequential, one input, one output, every layer named.

        Name and shape of each weight must be what ``spec.shapes`` declares. Leave seeds out: the
        zoo sets them.
        """

    def starting_weights(self, drawn: Weights) -> Weights:
        """Return the weights that training starts from; a subclass may put known ones in place."""
        return drawn

    def targets(self, inputs: Any, labels: Any) -> Any:
        """Return what the outputs should become: the labels, or the images of a generating model."""
        return inputs if self.spec.task == "generation" else labels

    def losses(self, targets: Any, outputs: Any) -> Any:
        """Return the loss of each image, (n,), by Keras operations.

        Cross-entropy for one probability (binary) or one for each class; mean squared error for
        images. A subclass may override it.
        """
        import keras

        if self.spec.task == "generation":
            pixels = keras.ops.square(outputs - targets)
            return keras.ops.mean(pixels, axis=tuple(range(1, len(outputs.shape))))
        if outputs.shape[-1] == 1:
            wanted = keras.ops.cast(targets, "float32")[:, None]
            return keras.losses.binary_crossentropy(wanted, outputs)
        return keras.losses.sparse_categorical_crossentropy(targets, outputs)

    def hits(self, targets: Any, outputs: Any) -> Any:
        """Return 1 for each image whose largest score is its label's and 0 for others, (n,)."""
        import keras

        if outputs.shape[-1] == 1:
            answers = keras.ops.cast(outputs[:, 0] > 0.5, "int32")
        else:
            answers = keras.ops.argmax(outputs, axis=-1)
        same = keras.ops.equal(answers, keras.ops.cast(targets, answers.dtype))
        return keras.ops.cast(same, "float32")

    @final
    def on_new_weights(self) -> None:
        self._runtime, self._runtime_failed, self.packaged = None, False, None
        if self._network is not None and self._weights is not None:
            networks.write_weights(self._network, self._weights)

    def fit(self, data: TrainingData, recipe: Recipe, *, seed: int, reporter: Reporter) -> History:
        planned = length(recipe, _check_images_there(data, self.spec.name))
        generators = Generators.of(seed)
        name = self.spec.name
        network = networks.build(self.build, self.shapes, model=name, reporter=reporter)
        _check_labels(data, network, name)
        start = self.starting_weights(networks.draw_weights(network, generators.initial, model=name))
        row = self._row(network, planned, generators)
        if row is not None:
            columns = int(network.output_shape[-1])
            trained, history = descend(
                row, start, data, recipe, generators, columns=columns, name=name, reporter=reporter
            )
        else:
            networks.write_weights(network, start)
            networks.seed_dropout(network, generators.dropout)
            engine = self._engine(network, recipe, planned)
            history = train(engine, data, recipe, planned, generators, name=name, reporter=reporter)
            trained = engine.read()
        self._network = network
        self.weights = trained
        return history

    def _row(self, network: Any, planned: Length, generators: Generators) -> DenseRow | None:
        """Return the network as what NumPy trains sooner than its backend does, if it is that."""
        own = type(self)
        asked = (own.losses, own.targets, own.hits)
        if asked != (KerasModel.losses, KerasModel.targets, KerasModel.hits) or has_accelerator():
            return None
        if self.spec.task == "generation":
            return None
        return row_of(network, batch=planned.batch, random=np.random.default_rng(generators.dropout))

    def _engine(self, network: Any, recipe: Recipe, planned: Any) -> Engine:
        if backend_name() == "tensorflow":
            from zoo.modelling.training_graph import GraphEngine

            return GraphEngine(self, network, recipe, planned)
        from zoo.modelling.training_fit import FitEngine

        return FitEngine(self, network, recipe, planned)

    @property
    def network(self) -> keras.Model:
        """The Keras network with the current weights, built on first use.

        Raises:
            PluginError: If it is not what the spec declares.
        """
        if self._network is None:
            self._network = networks.build(
                self.build, self.shapes, model=self.spec.name, reporter=self.reporter
            )
            if self._weights is not None:
                networks.write_weights(self._network, self._weights)
        return self._network

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers in forward order, without the input; Keras is not needed where there is a graph."""
        runtime = self._ready() if self.trained else None
        return runtime.layers if runtime is not None else networks.layers(self.network)

    def forward(self, inputs: NDArray[Any]) -> NDArray[np.float32]:
        runtime = self._ready()
        outputs = self._by_keras(inputs) if runtime is None else runtime.predict(inputs)
        if self.spec.output != "images" and outputs.shape[-1] == 1:
            outputs = np.concatenate([1 - outputs, outputs], axis=-1)
        return outputs.reshape(len(inputs), 28, 28) if self.spec.output == "images" else outputs

    def activations(self, images: Any) -> dict[str, NDArray[np.float32]]:
        """Return the output of each layer, (n, …), in forward order; dropout does nothing here.

        Raises:
            InvalidValueError, UnavailableError: As for `predict`.
        """
        self.weights  # noqa: B018  raises where there are none
        checked = check_some_images(images)
        inputs = checked if len(checked) else np.zeros((1, 28, 28), np.float32)
        runtime = self._ready()
        if runtime is not None:
            found = runtime.activations(inputs)
        else:
            found = self._by_keras(inputs, networks.with_all_outputs(self.network))
        kinds = {layer.name: layer.kind for layer in self.layers}
        return {name: array[: len(checked)] for name, array in found.items() if kinds[name] != "Dropout"}

    def input_gradients(self, images: Any, classes: Any) -> NDArray[np.float32]:
        """Return d logit of a class / d pixel, (n, 28, 28): the logit is what softmax is taken of.

        Raises:
            UsageError: If the backend is not TensorFlow, or the model does not end in a dense layer.
            InvalidValueError: If images or classes do not fit.
        """
        checked = check_images(images)
        self.weights  # noqa: B018
        last = self.network.layers[-1]
        if backend_name() != "tensorflow" or type(last).__name__ != "Dense":
            return super().input_gradients(images, classes)
        columns = self.check_columns(classes, len(checked), last.units)
        return networks.logit_gradients(self.network, checked, columns)

    def config(self) -> str:
        return networks.config(self.network, name=self.spec.name)

    def export(self) -> bool:
        """Make the inference graph now, so that later predictions need no Keras; say if there is one."""
        self.weights  # noqa: B018
        return self._ready() is not None

    def graph(self) -> Graph | None:
        """Return the inference graph; None where there can be none."""
        return self._runtime.graph if self.export() and self._runtime is not None else None

    def _ready(self) -> inference.Runtime | None:
        """Return the inference graph: the one in use, the one kept, or a new one."""
        if self._runtime is None and self.exports is not None and not self._runtime_failed:
            try:
                self._runtime = inference.load(self) or inference.make(self)
            except inference.ExportError as error:
                self._runtime_failed = True
                text = f"model {self.spec.name}: predictions come from Keras, which is slower ({error})"
                self.warnings.append(text)
                self.reporter.warning(text)
        return self._runtime

    def _by_keras(self, inputs: NDArray[Any], network: Any = None) -> Any:
        return networks.compute(self.network if network is None else network, inputs, KERAS_BATCH)


def _check_images_there(data: TrainingData, model: str) -> int:
    if len(data.train) == 0:
        raise InvalidValueError(f"training {model}: there is no training image; take a larger subset")
    return len(data.train)


def _check_labels(data: TrainingData, network: Any, model: str) -> None:
    columns = max(2, int(network.output_shape[-1]))
    largest = int(data.train.labels.max())
    if len(network.output_shape) == 2 and largest >= columns:
        raise UsageError(
            complaint(f"training {model}", expected=f"labels in 0..{columns - 1}", got=str(largest))
        )
