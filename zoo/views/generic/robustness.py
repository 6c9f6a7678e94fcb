"""`robustness`: accuracy on images that are moved, turned, scaled or made noisy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from zoo.imaging import noise, rotate, shift, zoom
from zoo.views.generic.asking import GAP

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.measured import Robustness

__all__ = ["AXES", "DOSES", "Doses", "changed", "compute", "draw", "words_of"]

MOVES = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}
DOSES: dict[str, tuple[float, ...]] = {
    **dict.fromkeys(MOVES, (0, 1, 2, 3, 4, 5, 6, 7)),
    "turn": (-60, -45, -30, -15, 0, 15, 30, 45, 60),
    "size": (0.4, 0.55, 0.7, 0.85, 1, 1.15, 1.3, 1.5),
    "noise": (0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0),
}
AXES = {
    **{move: f"pixels moved {move}, empty pixels come in" for move in MOVES},
    "turn": "degrees turned counter-clockwise",
    "size": "times as large",
    "noise": "standard deviation of the noise on each pixel",
}
WORDS = {**{move: f"moved {move}" for move in MOVES}, "turn": "turned", "size": "scaled"}


@dataclass(frozen=True)
class Doses:
    """Accuracy by dose.

    Attributes:
        doses: How much was done.
        accuracy: In [0, 1], one a dose.
        examples: One image after each dose, (dose, 28, 28).
        reading: What that image is read as.
        count: Images measured on.
    """

    title: str
    note: str
    doses: tuple[float, ...]
    accuracy: tuple[float, ...]
    examples: npt.NDArray[np.float64]
    reading: tuple[str, ...]
    count: int
    axis: str
    alt: str


def compute(context: ViewContext, parameters: Robustness) -> Doses:
    some = context.examples("test").first(parameters.count)
    images = some.floats()
    doses = DOSES[parameters.change]
    accuracy, examples, reading = [], [], []
    for dose in doses:
        moved = changed(images, parameters.change, dose, seed=parameters.seed)
        answers = context.model.predict(moved).argmax(axis=1)
        accuracy.append(float((answers == some.labels).mean()))
        examples.append(moved[0])
        reading.append(context.labels[int(answers[0])])
    best = max(range(len(doses)), key=lambda i: accuracy[i])
    told = ", ".join(
        f"{100 * share:.1f}{GAP}% at {dose:g}" for dose, share in zip(doses, accuracy, strict=True)
    )
    words = words_of(parameters.change)
    chance = f"chance is {100 / len(context.labels):.0f}{GAP}%"
    return Doses(
        title=f"{context.title}: accuracy on images that are {words}",
        note=(
            f"{len(some):,} test images; best {100 * accuracy[best]:.1f}{GAP}% at {doses[best]:g}, "
            f"worst {100 * min(accuracy):.1f}{GAP}%; {chance}"
        ),
        doses=doses,
        accuracy=tuple(accuracy),
        examples=np.stack(examples).astype(np.float64),
        reading=tuple(reading),
        count=len(some),
        axis=AXES[parameters.change],
        alt=(
            f"Accuracy of {context.title} on {len(some):,} test images that are {words}, by "
            f"{AXES[parameters.change]}: {told}."
        ),
    )


def draw(numbers: Doses) -> Figure:
    from zoo.views import canvas

    width, high = 7.0, 2.7
    low, top = min(numbers.doses), max(numbers.doses)
    edge = (top - low) / (len(numbers.doses) - 1) / 2
    cell = min(0.8, width / len(numbers.doses))
    sheet = canvas.figure(
        title=numbers.title, note=numbers.note, panel=(width, high + 0.62 + cell + 0.2), room=(0.62, 0)
    )
    sheet.axes[0].axis("off")
    axes = canvas.place(sheet, 0, 0, width, high)
    percents = [100 * share for share in numbers.accuracy]
    canvas.line(axes, numbers.doses, percents, "accuracy", 0)
    for index, (dose, value) in enumerate(zip(numbers.doses, percents, strict=True)):
        falls = index + 1 == len(percents) or percents[index + 1] <= value
        axes.annotate(
            f"{value:.1f}", (dose, value), (3 if falls else -3, 5), textcoords="offset points",
            ha="left" if falls else "right", size=9, color=canvas.INK,
        )  # fmt: skip
    axes.set(
        xlim=(low - edge, top + edge), ylim=(0, 109), xlabel=numbers.axis, ylabel="accuracy (%)",
        xticks=numbers.doses, yticks=range(0, 101, 20),
    )  # fmt: skip
    axes.set_xticklabels([f"{dose:g}".replace("-", "−") for dose in numbers.doses])
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    for dose, image, label in zip(numbers.doses, numbers.examples, numbers.reading, strict=True):
        middle = (dose - low + edge) / (top - low + 2 * edge) * width
        place = canvas.place(sheet, middle - 0.46 * cell, high + 0.6, 0.92 * cell, 0.92 * cell)
        canvas.show(place, image)
        place.set_xlabel(f"read as {label}", size=8.5, labelpad=3)
    return sheet.figure


def changed(images: Any, change: str, dose: float, *, seed: int) -> npt.NDArray[np.float32]:
    """Return images (n, 28, 28) after so much of a change; the seed is that of the noise."""
    if change in MOVES:
        down, right = MOVES[change]
        return shift(images, int(down * dose), int(right * dose))
    if change == "turn":
        return rotate(images, dose)
    if change == "size":
        return zoom(images, dose)
    return noise(images, dose, seed=seed)


def words_of(change: str) -> str:
    """Say what is done to the images: they are "moved up", "turned", "scaled" or "made noisy"."""
    return WORDS.get(change, "made noisy")
