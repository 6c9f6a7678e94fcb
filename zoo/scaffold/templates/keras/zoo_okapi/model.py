"""The network. Imported only when it is trained, or asked something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoo import KerasModel

if TYPE_CHECKING:
    import keras

    from zoo_okapi import Hyperparameters


class Okapi(KerasModel):
    """One hidden layer.

    For an image x of 784 pixels in [0, 1]::

        h = f(x W₁ + b₁)        p = softmax(h W₂ + b₂)

    W₁, b₁ → ``hidden_layer``; W₂, b₂ → ``output_layer``; f → ``activation``.
    """

    hyperparameters: Hyperparameters

    def build(self) -> keras.Model:
        from keras import Input, Model, layers  # here, not above: listing models stays fast

        chosen = self.hyperparameters
        image = Input((28, 28), name="image")
        x = layers.Flatten(name="flatten")(image)  # (batch, 784)
        x = layers.Dense(chosen.units, activation=chosen.activation, name="hidden_layer")(x)
        x = layers.Dense(10, activation="softmax", name="output_layer")(x)  # (batch, 10)
        return Model(image, x)
