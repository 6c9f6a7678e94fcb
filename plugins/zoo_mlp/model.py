"""The network of the multilayer perceptron."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoo import KerasModel
from zoo_mlp import CLASSES, Hyperparameters, names

if TYPE_CHECKING:
    import keras


class MLP(KerasModel):
    r"""Dense layers, each a weighted sum of all outputs before it and a bent line.

    For an image x of 784 pixels in [0, 1], hidden layers i = 1…k and 10 classes::

        h₀ = x        hᵢ = f(hᵢ₋₁ Wᵢ + bᵢ)        p = softmax(hₖ W + b)

    x → ``flatten``; Wᵢ, bᵢ → ``hidden_layer/kernel``, ``hidden_layer/bias``, then ``hidden_layer_2`` …;
    f → ``activation``; W, b → ``output_layer/kernel``, ``output_layer/bias``. Dropout follows each
    hidden layer, while training only.
    """

    hyperparameters: Hyperparameters

    def build(self) -> keras.Model:
        from keras import Input, Model, layers

        chosen = self.hyperparameters
        *hidden_names, output_name = names(chosen)
        image = Input((28, 28), name="image")
        x = layers.Flatten(name="flatten")(image)  # (batch, 784)
        for number, (units, name) in enumerate(zip(chosen.hidden, hidden_names, strict=True), 1):
            x = layers.Dense(units, activation=chosen.activation, name=name)(x)  # (batch, units)
            if chosen.dropout:
                x = layers.Dropout(chosen.dropout, name=f"dropout_{number}")(x)
        scores = layers.Dense(CLASSES, activation="softmax", name=output_name)(x)  # (batch, 10)
        return Model(image, scores)
