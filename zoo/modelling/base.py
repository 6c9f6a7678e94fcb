"""`Model`: what the zoo asks of a model, whatever it is written in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import numpy as np
from numpy.typing import NDArray

from zoo.errors import (
    InvalidValueError,
    PluginError,
    UnavailableError,
    UsageError,
    ZooError,
    complaint,
    one_line,
)
from zoo.imaging import check_images
from zoo.modelling.arrays import Weights, check_weights
from zoo.modelling.history import History
from zoo.modelling.layers import Layer
from zoo.plugins import shapes_of
from zoo.plugins.guard import described
from zoo.progress import LoggingReporter, Reporter
from zoo.specs import ModelSpec, Recipe

if TYPE_CHECKING:
    from zoo.data import TrainingData

__all__ = ["Model"]

DRAWN_LIMIT = 100_000
"""Most images of one `Model.generate`: 314 MB."""

SEED_LIMIT = 2**31 - 1
"""Largest seed: what every random generator here takes."""

SPREAD_LIMIT = 100
"""Largest random part: a hundred times the model's own leaves nothing of what it knows."""


class Model(ABC):
    """A model: it is fitted, or given weights, and then predicts.

    A subclass writes `fit` and `forward`; `activations` and `input_gradients` where it can.
    Making the object is cheap: no framework is imported and no large array made.

    Args:
        spec: Its declaration.
        hyperparameters: An instance of ``spec.hyperparameters``.
        requires: Name, without preset → model with its weights: those that the spec requires.
        exports: Folder for inference graphs; None keeps none.
        reporter: Where notices go outside `fit`.

    Attributes:
        shapes: Weight name ``"layer/variable"`` → shape, in forward order.
        warnings: What a person should know about this object, such as a slower way taken.

    Raises:
        PluginError: If the declared shapes are too large to be built.
    """

    def __init__(
        self,
        spec: ModelSpec,
        hyperparameters: Any,
        *,
        requires: Mapping[str, Model] | None = None,
        exports: Path | None = None,
        reporter: Reporter | None = None,
    ) -> None:
        self.spec = spec
        self.hyperparameters = hyperparameters
        self.requires = dict(requires or {})
        self.exports = exports
        self.reporter: Reporter = reporter if reporter is not None else LoggingReporter()
        self.warnings: list[str] = []
        self.shapes = shapes_of(spec, hyperparameters)
        self._weights: Weights | None = None

    @property
    def trained(self) -> bool:
        """Whether there are weights."""
        return self._weights is not None

    @property
    def output(self) -> str:
        """What `predict` returns: what the spec says; hyperparameters may make it ``scores``."""
        return self.spec.output

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers in forward order, without the input; empty where the model does not say."""
        return ()

    @property
    def weights(self) -> Weights:
        """``"layer/variable"`` → read-only float32 array, in forward order.

        Setting checks names, shapes, types and values of all arrays before any is taken over.

        Raises:
            UnavailableError: On reading, if there are none yet.
            InvalidValueError: On setting, if something does not fit; nothing has changed then.
        """
        if self._weights is None:
            raise UnavailableError(f"model {self.spec.name} has no weights yet; fit it or load some")
        return dict(self._weights)

    @weights.setter
    def weights(self, arrays: Mapping[str, Any]) -> None:
        self._weights = check_weights(arrays, self.shapes, model=self.spec.name)
        self.on_new_weights()

    def on_new_weights(self) -> None:  # noqa: B027  most models derive nothing
        """Forget what was derived from the weights before; called after each change of them."""

    @abstractmethod
    def fit(self, data: TrainingData, recipe: Recipe, *, seed: int, reporter: Reporter) -> History:
        """Train from fresh weights and set them; on any exception the old ones stay.

        The same data, recipe and seed give the same weights on the same machine.

        Args:
            data: uint8 images and labels; labels count score columns from 0.
            recipe: An instance of ``spec.recipe``.
            seed: Of initialisation, order, shifts and dropout.
            reporter: Shown one bar of epochs.
        """

    @abstractmethod
    def forward(self, inputs: NDArray[Any]) -> NDArray[np.float32]:
        """Compute what `predict` returns; `inputs` are checked and at least one.

        Args:
            inputs: float32 (n, 28, 28) in [0, 1]; int64 (n,) where ``spec.inputs`` is ``classes``.
        """

    @final
    def predict(self, inputs: Any) -> NDArray[np.float32]:
        """Return scores (n, classes), of which the largest answers, or images (n, 28, 28).

        Args:
            inputs: Images (n, 28, 28) or (28, 28), uint8 or float in [0, 1]; no image gives (0, …).

        Raises:
            InvalidValueError: If type, shape or range of the inputs do not fit.
            UnavailableError: If the model has no weights.
            PluginError: If the model's code fails, or gives something of another form.
        """
        self.weights  # noqa: B018  raises where there are none
        checked = self._check(inputs)
        if len(checked):
            outputs = self._outputs(checked)
        else:  # the form of the outputs is found with one blank input
            outputs = self._outputs(np.zeros((1, *checked.shape[1:]), checked.dtype))[:0]
        return outputs

    def activations(self, images: Any) -> dict[str, NDArray[np.float32]]:  # noqa: ARG002
        """Return each layer's output (n, …), in forward order; empty where this is not offered."""
        return {}

    def input_gradients(self, images: Any, classes: Any) -> NDArray[np.float32]:  # noqa: ARG002
        """Return d score of a class / d pixel, (n, 28, 28).

        Args:
            images: As for `predict`, at least one.
            classes: One score column for all images, or one for each.

        Raises:
            UsageError: If this model does not offer them.
            InvalidValueError: If images or classes do not fit.
        """
        raise UsageError(f"model {self.spec.name} offers no input gradients")

    def generate(
        self,
        count: int,  # noqa: ARG002
        *,
        seed: int = 0,  # noqa: ARG002
        spread: float = 1.0,  # noqa: ARG002
    ) -> tuple[NDArray[np.float32], NDArray[np.int64] | None]:
        """Draw new images from random numbers; what offers it says ``generates``.

        Args:
            count: Number of images, at least 1.
            seed: The same seed gives the same images.
            spread: Size of the random part: 0 has none, 1 is the model's own.

        Returns:
            float32 (count, 28, 28) in [0, 1], and the class each was meant to show, (count,); None
            where none was meant.

        Raises:
            UsageError: If this model does not offer it.
            InvalidValueError: If an argument is out of range.
        """
        raise UsageError(f"model {self.spec.name} draws no images from random numbers")

    @staticmethod
    def check_drawing(count: int, seed: int, spread: float) -> None:
        """Refuse arguments of `generate` that are out of range; for subclasses that write it.

        Raises:
            InvalidValueError: It names the argument.
        """
        for name, value, high in (
            ("count", count, DRAWN_LIMIT),
            ("seed", seed, SEED_LIMIT),
            ("spread", spread, SPREAD_LIMIT),
        ):
            low = 1 if name == "count" else 0
            numeric = isinstance(value, (int, np.integer)) or (
                name == "spread" and isinstance(value, float)
            )
            if not numeric or isinstance(value, bool) or not low <= value <= high:
                kind = "a number" if name == "spread" else "an integer"
                raise InvalidValueError(
                    complaint(name, expected=f"{kind} in {low}..{high}", got=repr(value))
                )

    @staticmethod
    def check_columns(classes: Any, images: int, columns: int) -> NDArray[np.int64]:
        """Return a score column for each image, (images,); for subclasses that write `input_gradients`.

        Args:
            classes: One for all images, or one for each.
            images: Their number.
            columns: Number of score columns.

        Raises:
            InvalidValueError: It names the axis and the range.
        """
        expected = f"an integer in 0..{columns - 1}, or one for each image ({images},)"
        try:
            array = np.asarray(classes)
        except ValueError:
            raise InvalidValueError(
                complaint("classes", expected=expected, got="a ragged list")
            ) from None
        if array.dtype.kind not in "iu" or array.shape not in ((), (images,)):
            got = f"{array.dtype} {array.shape}" if array.shape else one_line(repr(classes), 60)
            raise InvalidValueError(complaint("classes", expected=expected, got=got))
        wrong = array[(array < 0) | (array >= columns)]
        if wrong.size:
            raise InvalidValueError(complaint("classes", expected=expected, got=str(wrong.flat[0])))
        return np.broadcast_to(array, (images,)).astype(np.int64)

    def config(self) -> str | None:
        """Return the network as Keras JSON, so that plain Keras opens a file of the weights."""
        return None

    def _check(self, inputs: Any) -> NDArray[Any]:
        if self.spec.inputs == "classes":
            return _check_classes(inputs)
        return check_some_images(inputs)

    def _outputs(self, inputs: NDArray[Any]) -> NDArray[np.float32]:
        what = f"model {self.spec.name}: its forward()"
        try:
            outputs = np.asarray(self.forward(inputs))
        except (ZooError, MemoryError):
            raise
        except (Exception, SystemExit) as error:  # Ctrl-C passes
            raise PluginError(one_line(f"{what} failed: {described(error)}")) from error
        n = len(inputs)
        if self.spec.output == "images":
            expected, fits = f"({n}, 28, 28)", outputs.shape == (n, 28, 28)
        else:
            expected, fits = f"({n}, classes)", outputs.ndim == 2 and len(outputs) == n
        if not fits or outputs.dtype != np.float32:
            got = f"{outputs.dtype} {outputs.shape}"
            raise PluginError(complaint(what, expected=f"float32 {expected}", got=got))
        return outputs


def check_some_images(images: Any) -> NDArray[np.float32]:
    """Check images as `zoo.imaging.check_images` does, but let (0, 28, 28) pass."""
    shape = getattr(images, "shape", None)
    if shape == (0, 28, 28) and images.dtype.kind in "fbu":
        return np.zeros((0, 28, 28), np.float32)
    return check_images(images)


def _check_classes(classes: Any) -> NDArray[np.int64]:
    array = np.asarray(classes)
    if array.ndim == 0:
        array = array[None]
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise InvalidValueError(
            complaint("classes", expected="integers (n,)", got=f"{array.dtype} {array.shape}")
        )
    return array.astype(np.int64)
