"""The network that makes an image of 64 numbers, and those of an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoo import KerasModel, NoParameters
from zoo_cnn.model import encode
from zoo_generator import CODE, DECONVOLUTIONS, ENCODER, KERNEL, START, encoder_shapes
from zoo_generator.decoder import check_codes, decode

if TYPE_CHECKING:
    import keras

Weights = dict[str, NDArray[np.float32]]

NOISE = 8.0
"""Standard deviation of the noise that images are drawn from: half of it is cut off at 0, and what is
left is somewhat larger than the numbers of real digits, so that images have as much ink."""


class Generator(KerasModel):
    r"""An encoder that was trained to tell digits apart, and a decoder that draws them.

    For an image x and the layers E of the convolutional network up to its dense one::

        h = E(x)        D₀ = relu(h V + d), as 7 × 7 maps        Dᵢ = fᵢ(Dᵢ₋₁ ∗ᵀ Wᵢ + bᵢ)
        x̂ = min(max(D₃, 0), 1)

    h, 64 numbers → ``dense1``; V, d → ``dense_decode``; Wᵢ, bᵢ → ``deconv1`` (64 maps, 14 × 14),
    ``deconv2`` (32 maps, 28 × 28), ``decoder_output`` (1); f → relu, relu, tanh. ∗ᵀ is the transposed
    convolution. tanh reaches below 0, where there is no ink: `predict` cuts that off, training does
    not, so that the gradient reaches such pixels. E stays as it was trained.

    Images from noise: h = relu(8 z), z ~ N(0, 1), instead of E(x).
    """

    hyperparameters: NoParameters

    def build(self) -> keras.Model:
        from keras import Input, Model, layers

        image = Input((28, 28), name="image")
        x = encode(image, ENCODER, trainable=False)  # (batch, 64)
        x = layers.Dense(int(np.prod(START)), activation="relu", name="dense_decode")(x)
        x = layers.Reshape(START, name="reshape_decode")(x)  # (batch, 7, 7, 64)
        for name, filters, stride, activation in DECONVOLUTIONS:
            x = layers.Conv2DTranspose(
                filters, KERNEL, strides=stride, padding="same", activation=activation, name=name
            )(x)  # (batch, 14, 14, 64), (batch, 28, 28, 32), (batch, 28, 28, 1)
        return Model(image, x)

    def starting_weights(self, drawn: Weights) -> Weights:
        trained = self.requires["cnn"].weights
        return drawn | {name: trained[name] for name in encoder_shapes()}

    def targets(self, inputs: Any, labels: Any) -> Any:  # noqa: ARG002
        return inputs[..., None]  # (batch, 28, 28, 1), as the network's output

    def forward(self, inputs: NDArray[Any]) -> NDArray[np.float32]:
        return super().forward(inputs).clip(0, 1)

    def encode(self, images: Any) -> NDArray[np.float32]:
        """Return the 64 numbers of each image, (n, 64)."""
        return self.activations(images)["dense1"]

    def decode(self, codes: Any) -> NDArray[np.float32]:
        """Draw images (n, 28, 28) in [0, 1] from codes (n, 64).

        Raises:
            InvalidValueError: If the codes have another shape or are not finite.
        """
        return decode(check_codes(codes), self.weights)

    def generate(
        self, count: int, *, seed: int = 0, spread: float = 1.0, image: Any = None
    ) -> tuple[NDArray[np.float32], None]:
        """Draw images from noise, or variants of one image.

        Args:
            count: Number of images.
            seed: Of the noise.
            spread: Size of the noise; 1 is `NOISE`. Variants are recognisable up to about 0.5.
            image: (28, 28): the noise is added to its code.
        """
        self.check_drawing(count, seed, spread)
        base = np.zeros((1, CODE), np.float32) if image is None else self.encode(image)
        noise = np.random.default_rng(seed).standard_normal((count, CODE), np.float32)
        return self.decode(np.maximum(base + spread * NOISE * noise, 0)), None
