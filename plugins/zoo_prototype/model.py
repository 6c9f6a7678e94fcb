"""The prototypes and their variants in NumPy: a few matrix products, no training loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoo import (
    History,
    InvalidValueError,
    Model,
    Recipe,
    Reporter,
    TrainingData,
    UnavailableError,
    UsageError,
)
from zoo_prototype import CLASSES, Hyperparameters
from zoo_prototype.twin import network

if TYPE_CHECKING:
    from zoo import Examples

Array = NDArray[np.float32]

RIDGE = 1e-3
"""Added to the variance of each pixel: one that hardly varies gets no contrast, not noise."""

BATCH = 5_000
"""Images looked at a time: 16 MB as float32."""


class Prototype(Model):
    r"""Mean hidden activations of each digit, drawn through the weights they came from.

    For the first layer of a multilayer perceptron, weights W (784, k), and its outputs h of the
    training images x of class c::

        μ_c = mean h        σ_c = standard deviation of h        (k,) each
        h' = max(μ_c + σ_c ⊙ z, 0)        z = 0: the prototype; z ~ N(0, 1): a variant
        x̂ = min(max(a ⊙ (W h') + b, 0), 1)

    μ, σ → ``mean``, ``spread``; Wᵀ → ``hidden_weights``; a, b → ``contrast``. W h' is no picture yet:
    each weight says which way a pixel counts, not how bright it is. So each pixel has one contrast a
    and one brightness b, chosen over all training images, whatever their class: by least squares, and
    then one gain g for the whole picture. Least squares draws the mean of what a pixel may be, which is
    paler than any image; g gives back the contrast that images have::

        a' = cov(W h, x) / (var(W h) + λ)       pixel by pixel
        g  = √(Σ var x / Σ var(a' W h))         sums over the pixels
        a  = g a'        b = mean x - a mean(W h)
    """

    hyperparameters: Hyperparameters

    def fit(self, data: TrainingData, recipe: Recipe, *, seed: int, reporter: Reporter) -> History:  # noqa: ARG002
        if "mlp" not in self.requires:
            raise UnavailableError("model prototype is built on an mlp, and was given none")
        mlp = self.requires["mlp"]
        train = data.train
        counts = np.bincount(train.labels, minlength=CLASSES)
        if data.classes != CLASSES or (counts == 0).any():
            missing = ", ".join(str(c) for c in np.flatnonzero(counts == 0)) or "others"
            raise UsageError(
                f"training prototype: expected images of each of {CLASSES} classes, "
                f"got none of {missing}; take a larger subset"
            )
        with reporter.progress("training prototype", 1, "epochs") as progress:
            hidden, pixels = _hidden(mlp, train), train.floats().reshape(len(train), -1)
            kernel = np.asarray(mlp.weights["hidden_layer/kernel"]).T  # (k, 784)
            contrast, brightness = _contrast(hidden, pixels, kernel)
            of_class = [hidden[train.labels == c] for c in range(CLASSES)]
            self.weights = {
                "mean/embeddings": np.stack([h.mean(axis=0) for h in of_class]),
                "spread/embeddings": np.stack([h.std(axis=0) for h in of_class]),
                "hidden_weights/kernel": kernel,
                "contrast/kernel": contrast,
                "contrast/bias": brightness,
            }
            drawn = self.predict(np.arange(CLASSES)).reshape(CLASSES, -1)
            loss = float(np.square(pixels - drawn[train.labels]).mean())
            progress.advance(1, f"loss {loss:.4f}")
        return History({"loss": (loss,)})

    def forward(self, inputs: NDArray[Any]) -> Array:
        return self._drawn(inputs, np.zeros((1, 1), np.float32))

    def generate(
        self, count: int, *, seed: int = 0, spread: float = 1.0
    ) -> tuple[Array, NDArray[np.int64]]:
        """Draw variants of all digits in turn, and say which digit each is."""
        self.check_drawing(count, seed, spread)
        classes = np.arange(count) % CLASSES
        return self.variants(classes, seed=seed, spread=spread), classes

    def variants(self, classes: Any, *, seed: int = 0, spread: float = 1.0) -> Array:
        """Draw one variant for each class, float32 (n, 28, 28) in [0, 1].

        Raises:
            InvalidValueError: If there is no such class.
        """
        wanted = np.asarray(classes)
        self.check_drawing(max(1, len(wanted)), seed, spread)
        units = self.shapes["mean/embeddings"][1]
        noise = np.random.default_rng(seed).standard_normal((len(wanted), units), np.float32)
        return self._drawn(wanted, np.float32(spread) * noise)

    def config(self) -> str:
        return network(self.shapes["mean/embeddings"][1])

    def _drawn(self, classes: NDArray[Any], noise: Array) -> Array:
        if len(classes) and not 0 <= classes.min() <= classes.max() < CLASSES:
            got = f"{classes.min()}..{classes.max()}"
            raise InvalidValueError(f"classes: expected integers in 0..{CLASSES - 1}, got {got}")
        spread, mean, kernel, contrast, brightness = self.weights.values()
        hidden = np.maximum(mean[classes] + spread[classes] * noise, 0)  # (n, k)
        drawn: Array = contrast * (hidden @ kernel) + brightness  # (n, 784)
        return drawn.clip(0, 1).reshape(-1, 28, 28)


def _hidden(mlp: Model, examples: Examples) -> Array:
    """Return the outputs of the first hidden layer, (n, k)."""
    parts = [
        mlp.activations(examples.images[start : start + BATCH])["hidden_layer"]
        for start in range(0, len(examples), BATCH)
    ]
    return np.concatenate(parts)


def _contrast(hidden: Array, pixels: Array, kernel: Array) -> tuple[Array, Array]:
    """Return a and b of each pixel; the products W h of all images are never made."""
    n = len(hidden)
    centre, ink = hidden.mean(axis=0, dtype=np.float64), pixels.mean(axis=0, dtype=np.float64)
    offsets = (hidden - centre).astype(np.float32)
    among = (offsets.T @ offsets).astype(np.float64) / n  # (k, k)
    across = (offsets.T @ pixels).astype(np.float64) / n  # (k, 784): offsets have mean 0
    weights = kernel.astype(np.float64)
    variance = np.einsum("jp,jk,kp->p", weights, among, weights, optimize=True)
    contrast = (weights * across).sum(axis=0) / (variance + RIDGE)
    drawn, real = (contrast**2 @ variance), pixels.var(axis=0, dtype=np.float64).sum()
    # A layer that sees no difference between images draws their mean: there is nothing to amplify.
    contrast *= np.sqrt(real / drawn) if drawn > 0 else 1.0
    brightness = ink - contrast * (centre @ weights)
    return contrast.astype(np.float32), brightness.astype(np.float32)
