"""The model: `Network` behind the interface of the zoo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoo import History, Layer, Model, Reporter, descent, flat_network, imaging
from zoo_scratch import CLASSES, PIXELS, Hyperparameters, ScratchRecipe, names
from zoo_scratch.initial import draw
from zoo_scratch.network import Network

if TYPE_CHECKING:
    from zoo import Recipe, TrainingData

Floats = NDArray[np.float32]


class Scratch(Model):
    r"""A network of dense layers, written out in NumPy.

    For an image x of 784 pixels in [0, 1] and hidden layers i = 1…k::

        a₀ = x        a_i = f(a_{i−1} W_i + b_i)        answer = g(a_k W + b)

    W_i, b_i → ``hidden_layer/kernel``, ``hidden_layer/bias``, then ``hidden_layer_2`` …; f →
    ``activation``; W, b → ``output_layer/kernel``, ``output_layer/bias``; g → ``output``. How it
    learns stands in `zoo_scratch.network`, `functions` and `initial`; the optimizers are the zoo's.
    """

    hyperparameters: Hyperparameters

    @property
    def output(self) -> str:
        return "probabilities" if self.hyperparameters.output == "softmax" else "scores"

    @property
    def layers(self) -> tuple[Layer, ...]:
        chosen = self.hyperparameters
        rows, inputs = [Layer.flat()], PIXELS
        *hidden_names, output_name = names(chosen)
        for number, (name, units) in enumerate(zip(hidden_names, chosen.hidden, strict=True), 1):
            rows.append(Layer.dense(name, inputs, units, chosen.activation, bias=chosen.bias))
            if chosen.dropout:
                rows.append(Layer.dropout(f"dropout_{number}", units, chosen.dropout))
            inputs = units
        return (*rows, Layer.dense(output_name, inputs, CLASSES, chosen.output, bias=chosen.bias))

    def config(self) -> str:
        return flat_network(self.spec.name, self.layers)

    def fit(self, data: TrainingData, recipe: Recipe, *, seed: int, reporter: Reporter) -> History:
        assert isinstance(recipe, ScratchRecipe)
        random = descent.Generators.of(seed)
        start = draw(self.hyperparameters, recipe.initialisation, np.random.default_rng(random.initial))
        network = Network(
            self.hyperparameters,
            loss=recipe.loss,
            one_hot=recipe.one_hot,
            random=np.random.default_rng(random.dropout),
        )
        trained, history = descent.descend(
            network,
            start,
            data,
            recipe,
            random,
            columns=CLASSES,
            name=self.spec.name,
            reporter=reporter,
        )
        self.weights = trained
        return history

    def forward(self, inputs: NDArray[Any]) -> Floats:
        return self._network().forward(self.weights, _rows(inputs)).outputs

    def activations(self, images: Any) -> dict[str, Floats]:
        """Return the output of each layer, (n, units), in forward order; nothing is left out."""
        done = self._network().forward(self.weights, _rows(imaging.check_images(images)))
        return dict(zip(names(self.hyperparameters), [*done.inputs[1:], done.outputs], strict=True))

    def input_gradients(self, images: Any, classes: Any) -> Floats:
        """Return d z of a class / d pixel, (n, 28, 28), z being what the last activation bends.

        Raises:
            InvalidValueError: If images or classes do not fit.
        """
        pixels = _rows(imaging.check_images(images))
        columns = self.check_columns(classes, len(pixels), CLASSES)
        return self._network().input_slopes(self.weights, pixels, columns).reshape(-1, 28, 28)

    def _network(self) -> Network:
        return Network(self.hyperparameters)


def _rows(images: Floats) -> Floats:
    return images.reshape(len(images), PIXELS)
