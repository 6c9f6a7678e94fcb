"""The course of a training, whatever takes its steps: epochs, measuring, stopping, history."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from zoo.errors import UsageError, ZooError
from zoo.modelling.arrays import Weights
from zoo.modelling.batches import Chunk, Generators, chunks
from zoo.modelling.history import History
from zoo.modelling.schedules import Length, rates, snapshot_steps
from zoo.progress import Progress, Reporter
from zoo.specs import Recipe
from zoo.store.h5.limits import MAGNITUDE_LIMIT

if TYPE_CHECKING:
    from zoo.data import Examples, TrainingData

__all__ = ["Engine", "train"]

SNAPSHOT_BYTES = 1 << 20
"""All snapshots together: they travel with the weights in one file."""

SNAPSHOT_COUNT = 16
"""Most snapshots: frames of an animation."""

FEWEST_SNAPSHOTS = 8
"""Of a layer so large that fewer would fit, only the first units are kept."""

NOTE_SECONDS = 0.5
"""The bar says how far an epoch is no more often than this."""


class Engine(Protocol):
    """What takes training steps on a network, in place.

    Attributes:
        chunk: Most steps it takes in one call.
        scores: Whether there is an accuracy to be measured.
    """

    chunk: int
    scores: bool

    def run(self, chunk: Chunk, rates: NDArray[np.float32], taken: int) -> tuple[float, float]:
        """Take the steps of a chunk; `taken` steps were taken before, in all epochs.

        Returns:
            Sums over these steps of the mean loss and of the accuracy.
        """

    def measure(self, examples: Examples) -> tuple[float, float]:
        """Return mean loss and accuracy of the network as it is now, without dropout."""

    def read(self) -> Weights:
        """Return copies of all weights as they are now."""

    def write(self, weights: Mapping[str, NDArray[np.float32]]) -> None:
        """Set all weights."""


def train(
    engine: Engine,
    data: TrainingData,
    recipe: Recipe,
    planned: Length,
    generators: Generators,
    *,
    name: str,
    reporter: Reporter,
) -> History:
    """Train the engine's network; it holds the final weights afterwards.

    With patience these are the weights of the epoch with the smallest validation loss.

    Raises:
        UsageError: If patience is asked for and there is no validation part.
        ZooError: If the loss or a weight leaves all bounds.
    """
    if recipe.patience and data.validation is None:
        raise UsageError(f"patience {recipe.patience}: stopping early needs validation above 0")
    course = _Course(engine, data, recipe, planned, generators)
    with (
        _farewell(course, name, reporter),
        reporter.progress(f"training {name}", planned.epochs, "epochs") as progress,
        # What overflows shows in the loss or in the weights, and is said there, in one line.
        np.errstate(over="ignore", divide="ignore", invalid="ignore"),
    ):
        for epoch in range(planned.epochs):
            loss, accuracy = course.epoch(epoch, progress)
            if not math.isfinite(loss):
                raise _diverged(name, f"the loss is not a finite number in epoch {epoch + 1}", recipe)
            note = course.record(loss, accuracy)
            if not course.is_finite():
                raise _diverged(
                    name, f"a measured loss is not a finite number in epoch {epoch + 1}", recipe
                )
            progress.advance(1, note)
            if course.is_over():
                break
    if course.restore():
        reporter.notice(
            f"training {name}: {'stopped' if course.is_over() else 'ended'} after epoch {course.epochs} "
            f"of {planned.epochs}; the weights of epoch {course.best.epoch} are kept, best in validation"
        )
    if not all(_is_bounded(array) for array in engine.read().values()):
        raise _diverged(name, f"weights have left ±{MAGNITUDE_LIMIT:g}", recipe)
    return course.history()


@contextlib.contextmanager
def _farewell(course: _Course, name: str, reporter: Reporter) -> Iterator[None]:
    """Tell whoever stops a training that nothing of it is kept, after its bar is gone."""
    try:
        yield
    except KeyboardInterrupt:
        reporter.notice(f"training {name}: stopped in epoch {course.epochs + 1}, nothing of it is kept")
        raise


def _is_bounded(array: NDArray[np.float32]) -> bool:
    """Say whether all values are such as files of weights may hold; NaN is not."""
    return bool((np.abs(array) <= MAGNITUDE_LIMIT).all())


def _diverged(name: str, what: str, recipe: Recipe) -> ZooError:
    advice = f"choose a learning_rate below {recipe.learning_rate:g}"
    if recipe.l2:
        advice += f" or an l2 below {recipe.l2:g}"
    return ZooError(f"training {name}: {what}; {advice}")


@dataclass
class _Best:
    """The weights with the smallest validation loss so far."""

    loss: float = math.inf
    age: int = 0
    epoch: int = 0
    weights: Weights = field(default_factory=dict)


class _Course:
    def __init__(
        self,
        engine: Engine,
        data: TrainingData,
        recipe: Recipe,
        planned: Length,
        generators: Generators,
    ) -> None:
        self.engine, self.data, self.recipe = engine, data, recipe
        self.planned, self.generators = planned, generators
        self.rates = rates(recipe, planned.total)
        self.curves: dict[str, list[float]] = {}
        self.best = _Best()
        self.snapshots = _Snapshots(engine.read(), planned.total)
        self.taken = 0
        self.noted = time.monotonic()

    @property
    def epochs(self) -> int:
        """Number of epochs that are over and measured."""
        return len(self.curves.get("loss", ()))

    def epoch(self, epoch: int, progress: Progress) -> tuple[float, float]:
        """Take the steps of one epoch; return their mean loss and accuracy."""
        before = epoch * self.planned.steps
        inside = [s - before for s in self.snapshots.due if 0 < s - before < self.planned.steps]
        stops = range(0, self.planned.steps, self.engine.chunk)
        bounds = sorted({*stops, *inside, self.planned.steps})
        losses = accuracies = 0.0
        for chunk in chunks(
            self.data.train.images,
            self.data.train.labels,
            self.generators,
            batch=self.planned.batch,
            bounds=bounds,
            shift=self.recipe.shift,
        ):
            steps = self.rates[self.taken : self.taken + len(chunk)]
            loss, accuracy = self.engine.run(chunk, steps, self.taken)
            losses, accuracies = losses + loss, accuracies + accuracy
            self.taken += len(chunk)
            self.snapshots.take(self.taken, self.engine.read)
            if time.monotonic() - self.noted > NOTE_SECONDS:
                self.noted = time.monotonic()
                progress.advance(0, f"step {self.taken - before} of {self.planned.steps}")
        return losses / self.planned.steps, accuracies / self.planned.steps

    def record(self, loss: float, accuracy: float) -> str:
        """Measure after an epoch; return a few words on it."""
        scores = self.engine.scores
        values = {"loss": loss}
        if scores:
            values["accuracy"] = accuracy
        if self.data.validation is not None and len(self.data.validation):
            values["validation_loss"], share = self.engine.measure(self.data.validation)
            if scores:
                values["validation_accuracy"] = share
            self._compare(values["validation_loss"])
        if self.data.test is not None and len(self.data.test):
            values["test_loss"], share = self.engine.measure(self.data.test)
            if scores:
                values["test_accuracy"] = share
        values["learning_rate"] = float(self.rates[self.taken - 1])
        for name, value in values.items():
            self.curves.setdefault(name, []).append(value)
        if not scores:
            return f"loss {loss:.4f}"
        held_out = values.get("validation_accuracy")
        words = f"accuracy {accuracy:.4f}"
        return words if held_out is None else f"{words}, validation {held_out:.4f}"

    def is_finite(self) -> bool:
        return all(math.isfinite(values[-1]) for values in self.curves.values())

    def _compare(self, validation_loss: float) -> None:
        if not self.recipe.patience:
            return
        if validation_loss < self.best.loss:
            self.best = _Best(validation_loss, 0, self.epochs + 1, self.engine.read())
        else:
            self.best.age += 1

    def is_over(self) -> bool:
        return bool(self.recipe.patience) and self.best.age >= self.recipe.patience

    def restore(self) -> bool:
        """Go back to the best epoch; say whether it was not the last one."""
        if self.best.weights:
            self.engine.write(self.best.weights)
        return self.best.age > 0

    def history(self) -> History:
        return History(
            {name: tuple(values) for name, values in self.curves.items()},
            self.snapshots.kept,
            self.snapshots.name if self.snapshots.kept else "",
        )


class _Snapshots:
    """The first kernel at log-spaced steps, as float16; what that cannot hold is its largest number."""

    def __init__(self, weights: Weights, total: int) -> None:
        self.kept: dict[str, NDArray[np.float16]] = {}
        self.name = next((name for name in weights if name.endswith("/kernel")), "")
        self.due: list[int] = []
        if not self.name:
            return
        kernel = weights[self.name]
        unit_bytes = 2 * kernel[..., 0].size
        self.units = min(kernel.shape[-1], SNAPSHOT_BYTES // (FEWEST_SNAPSHOTS * unit_bytes))
        if self.units:
            fitting = SNAPSHOT_BYTES // (self.units * unit_bytes)
            self.due = list(snapshot_steps(total, min(fitting, SNAPSHOT_COUNT)))
        self.take(0, lambda: weights)

    def take(self, step: int, read: Callable[[], Weights]) -> None:
        if step in self.due:
            kernel: NDArray[Any] = read()[self.name][..., : self.units]
            largest = np.finfo(np.float16).max
            self.kept[f"{step:08d}"] = kernel.clip(-largest, largest).astype(np.float16)
