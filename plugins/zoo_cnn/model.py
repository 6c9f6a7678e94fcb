"""The network with convolutions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zoo import KerasModel
from zoo_cnn import CLASSES, SIDE, Hyperparameters

if TYPE_CHECKING:
    import keras


class CNN(KerasModel):
    r"""Filters slide over the image, pooling halves it, dense layers answer.

    For an image M₀ of 28 × 28 pixels in [0, 1] and one channel, convolutions i = 1…k with filters f
    of a × a pixels, and 10 classes::

        Cᵢ[y, x, f] = g(Σ Mᵢ₋₁[y + u, x + v, c] Wᵢ[u, v, c, f] + bᵢ[f])     0 ≤ u, v < a, all c
        Mᵢ[y, x, f] = max(Cᵢ[2y + u, 2x + v, f])                            0 ≤ u, v < 2
        h = g(flat(Mₖ) V + d)        p = softmax(h W + b)

    Wᵢ, bᵢ → ``conv1/kernel``, ``conv1/bias``, then ``conv2`` …; Mᵢ → ``pool1`` …; g → ``activation``;
    V, d → ``dense1``, which may be left out; W, b → ``output``. Dropout follows the last pooling, while
    training only.
    """

    hyperparameters: Hyperparameters

    def build(self) -> keras.Model:
        from keras import Input, Model, layers

        image = Input((SIDE, SIDE), name="image")
        x = encode(image, self.hyperparameters)
        return Model(image, layers.Dense(CLASSES, activation="softmax", name="output")(x))


def encode(image: Any, chosen: Hyperparameters, *, trainable: bool = True) -> Any:
    """Return the layers before the last on a Keras tensor (batch, 28, 28): (batch, features).

    Args:
        image: Where the layers start.
        chosen: Their shapes.
        trainable: False freezes them.
    """
    from keras import layers

    bent = chosen.activation
    x = layers.Reshape((SIDE, SIDE, 1), name="channel")(image)  # (batch, 28, 28, 1)
    for number, filters in enumerate(chosen.filters, 1):
        convolution = layers.Conv2D(
            filters, chosen.kernel, activation=bent, name=f"conv{number}", trainable=trainable
        )
        x = convolution(x)  # (batch, height, width, filters)
        x = layers.MaxPooling2D(name=f"pool{number}")(x)  # height and width halved
    if chosen.dropout:
        x = layers.Dropout(chosen.dropout, name="dropout")(x)
    x = layers.Flatten(name="flatten")(x)  # (batch, height · width · filters)
    if chosen.dense:
        dense = layers.Dense(chosen.dense, activation=bent, name="dense1", trainable=trainable)
        x = dense(x)  # (batch, units)
    return x
