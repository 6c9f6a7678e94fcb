"""`ViewContext`: everything a view may compute from, each part fetched only when it is used."""

from __future__ import annotations

import dataclasses
import functools
import types
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from zoo.errors import UsageError, one_line, unknown
from zoo.settings import at_home
from zoo.specs import ModelSpec, Shapes
from zoo.views.capabilities import derived
from zoo.views.references import Album, Reference, parse_reference

if TYPE_CHECKING:
    from zoo.data import Examples
    from zoo.evaluation import Evaluation
    from zoo.modelling import History, Model

__all__ = ["Album", "Company", "Reference", "ViewContext", "outline", "parse_reference"]

SIDE = 28
"""Pixels a side of every image."""


@dataclasses.dataclass(frozen=True)
class Company:
    """Other models that look at the same images.

    Attributes:
        models: Each as a view of its own would see it; images come from the view's own context.
        left_out: Name → why it is not among them.
    """

    models: tuple[ViewContext, ...] = ()
    left_out: Mapping[str, str] = dataclasses.field(default_factory=dict)


class ViewContext:
    """What a view is computed from.

    Args:
        model: The model with its weights.
        spec: Its declaration.
        history: Loss and accuracy by epoch; None where the weights do not carry one.
        labels: Name of each class in the order of the score columns, or a function that returns them.
        examples: ``"train"`` or ``"test"`` → images and labels; None where there is no dataset.
        evaluation: Measures on the test part; None where there is no dataset.
        title: Name for titles, such as ``mlp:16x16``; the model's name by default.
        company: Names of models → these models; no names → all that are at hand. None where there is
            no zoo to take them from.
        album: What image references name; by default `examples`, as they are.
        judge: Returns the model that reads what this one draws; None where it is not at hand.
        measured: Returns what was measured on the test images of `examples`, None where nothing was yet.
    """

    def __init__(
        self,
        model: Model,
        spec: ModelSpec,
        history: History | None = None,
        labels: tuple[str, ...] | Callable[[], tuple[str, ...]] = (),
        examples: Callable[[str], Examples] | None = None,
        evaluation: Callable[[], Evaluation] | None = None,
        *,
        title: str = "",
        company: Callable[[tuple[str, ...]], Company] | None = None,
        album: Callable[[], Album] | None = None,
        judge: Callable[[], ViewContext | None] | None = None,
        measured: Callable[[], Evaluation | None] | None = None,
    ) -> None:
        self.model = model
        self.spec = spec
        self.history = history
        self.title = title or spec.name
        self._scores: npt.NDArray[np.float32] | None = None
        self._labels = labels
        self._examples = functools.cache(examples) if examples is not None else None
        self._evaluation = functools.cache(evaluation) if evaluation is not None else None
        self._company = functools.cache(company) if company is not None else None
        self._given_album = album
        self._judge = functools.cache(judge) if judge is not None else None
        self._measured = measured

    @property
    def weights(self) -> Mapping[str, npt.NDArray[np.float32]]:
        """``"layer/variable"`` → float32 array."""
        weights: Mapping[str, npt.NDArray[np.float32]] = self.model.weights
        return weights

    @functools.cached_property
    def labels(self) -> tuple[str, ...]:
        """Name of each class, in the order of the score columns."""
        return tuple(self._labels() if callable(self._labels) else self._labels)

    @property
    def offers(self) -> frozenset[str]:
        """What views may count on; `zoo.views.capabilities` says what each name means."""
        parts = {
            "history": self.history is not None,
            "snapshots": self.history is not None and bool(self.history.steps),
            "data": self._examples is not None,
            "evaluation": self._evaluation is not None,
            "company": self._company is not None,
        }
        own = frozenset(self.spec.offers) | derived(self.spec, self.model.shapes)
        if self.model.output != "probabilities":  # hyperparameters may have made them scores
            own -= {"probabilities"}
        return own | {name for name, there in parts.items() if there}

    def examples(self, part: str = "test") -> Examples:
        """Return images and labels of ``train`` or ``test``, only of the classes told apart.

        Raises:
            UsageError: If there is no dataset.
        """
        if self._examples is None:
            raise UsageError(f"{self.title}: there is no dataset here to take {part} images from")
        return self._examples(part)

    def evaluation(self) -> Evaluation:
        """Return the measurement on the test part; measured once.

        Raises:
            UsageError: If there is no dataset.
        """
        if self._evaluation is None:
            raise UsageError(f"{self.title}: there is no dataset here to evaluate on")
        return self._evaluation()

    def company(self, names: tuple[str, ...] = ()) -> Company:
        """Return other models of the zoo that answer the same question on the same dataset.

        Args:
            names: ``model`` or ``model:preset`` each, trained now if need be. None named means all
                whose weights are at hand: nothing is trained because of a picture.

        Raises:
            UsageError: If there is no zoo, or a model cannot be asked.
            UnknownNameError: If there is no such model.
        """
        if self._company is None:
            raise UsageError(f"{self.title}: there is no zoo here to take other models from")
        return self._company(tuple(names))

    def judge(self) -> ViewContext | None:
        """Return the model that reads what this one draws; None where none is declared or at hand.

        Nothing is trained for it.
        """
        return self._judge() if self._judge is not None else None

    def scores(self, count: int) -> npt.NDArray[np.float32]:
        """Return the model's scores (n, classes) for the first `count` test images; kept for reuse."""
        examples = self.examples("test")
        if self._scores is None and self._measured is not None:
            evaluation = self._measured()
            self._scores = evaluation.scores if evaluation is not None else None
        if self._scores is None or len(self._scores) < min(count, len(examples)):
            self._scores = self.model.predict(examples.first(count).floats())
        return self._scores[:count]

    def image(self, text: str) -> npt.NDArray[np.float32]:
        """Fetch the image that `text` names: float32 (28, 28) in [0, 1], ink bright.

        A reference names the same image for every model, also one of a class that this one does not
        tell apart.

        Raises:
            InvalidValueError: If the text is no reference, the index is out of range, or the file is
                no image.
            UnknownNameError: If there is no such class.
        """
        reference = parse_reference(text)
        match reference.kind:
            case "blank":
                return np.zeros((SIDE, SIDE), np.float32)
            case "noise":
                return np.random.default_rng(reference.number).random((SIDE, SIDE), np.float32)
            case "file":
                from zoo.imaging import read_image

                return np.asarray(read_image(at_home(reference.name)), np.float32)
        examples, row = self._album.find(reference)
        return np.asarray(examples.rows(slice(row, row + 1)).floats()[0])

    def truth(self, text: str) -> str:
        """Return the class of the image that `text` names; empty where nobody knows, as of a file.

        It may be a class that the model does not tell apart.

        Raises:
            InvalidValueError: If the text is no reference, or the index is out of range.
            UnknownNameError: If there is no such class.
        """
        reference = parse_reference(text)
        if reference.kind not in ("test", "train", "class"):
            return ""
        examples, row = self._album.find(reference)
        return self._album.labels[int(examples.labels[row])]

    def own_image(self, text: str) -> str:
        """Return the first image from ``test:0`` on, or as `text` says, of a class the model knows."""
        reference = parse_reference(text)
        if reference.kind not in ("test", "train"):
            return text
        return self._album.first_of(self.labels, reference)

    def reference(self, part: str, row: int) -> str:
        """Return the text that names a row of `examples`: ``test:1234``."""
        return self._album.names(part)[row]

    @functools.cached_property
    def _album(self) -> Album:
        if self._given_album is not None:
            return self._given_album()

        def names(part: str) -> list[str]:
            return [f"{part}:{row}" for row in range(len(self.examples(part)))]

        return Album(self.labels, self.examples, names)

    def column(self, name: str) -> int:
        """Return the score column of the class called `name`.

        Raises:
            UnknownNameError: If the model tells no such class apart.
        """
        if name not in self.labels:
            raise unknown("class", one_line(name, 60), self.labels, guess=len(self.labels) > 12)
        return self.labels.index(name)

    def kernel(self, layer: str = "") -> npt.NDArray[np.float32]:
        """Return the kernel of a dense layer, (inputs, units); the model's first layer by default.

        Raises:
            UnknownNameError: If there is no such dense layer.
        """
        kernels = self._kernels()
        if layer and layer not in kernels:
            raise unknown("dense layer", one_line(layer, 60), kernels)
        if not kernels:
            raise UsageError(f"{self.title}: this model has no dense layer")
        return kernels[layer or next(iter(kernels))]

    def first_layer(self) -> str:
        """Name of the first dense layer."""
        return next(iter(self._kernels()), "")

    def units(self, layer: str = "") -> int:
        """Return the number of units of a dense layer; of the model's first by default."""
        return int(self.kernel(layer).shape[1])

    def _kernels(self) -> dict[str, npt.NDArray[np.float32]]:
        found = {}
        for name, array in self.weights.items():
            layer, _, variable = name.rpartition("/")
            if variable == "kernel" and array.ndim in (1, 2):
                found[layer] = array.reshape(len(array), -1)
        order = {layer: place for place, layer in enumerate(self.spec.layers)}
        return dict(sorted(found.items(), key=lambda item: order.get(item[0], len(order))))


def outline(spec: ModelSpec, shapes: Shapes) -> ViewContext:
    """Return what is known of a model before it has weights: enough for most limits of parameters."""
    weights = {name: np.broadcast_to(np.float32(0), shape) for name, shape in shapes.items()}
    model: Any = types.SimpleNamespace(spec=spec, shapes=shapes, weights=weights, output=spec.output)
    return ViewContext(model, spec)
