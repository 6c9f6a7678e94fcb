"""`means`: the mean images of two classes, where they differ, and what a linear model makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.errors import InvalidValueError, complaint
from zoo.views.scales import Scale, signed_scale

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.questions import Means

__all__ = ["ClassMeans", "compute", "draw"]

Array = npt.NDArray[np.float64]

REST = "rest"


@dataclass(frozen=True)
class ClassMeans:
    """Mean images, each (28, 28).

    Attributes:
        names: Of the two sides.
        counts: Images averaged on each side.
        one, other: Mean images in [0, 1].
        difference: One minus other.
        weights: Weight of each pixel for one against the other; None where the model is not linear.
        scales: Of the difference, and of the weights.
    """

    title: str
    note: str
    names: tuple[str, str]
    counts: tuple[int, int]
    one: Array
    other: Array
    difference: Array
    weights: Array | None
    scales: tuple[Scale, Scale | None]
    alt: str


def compute(context: ViewContext, parameters: Means) -> ClassMeans:
    first, second = _sides(context, parameters)
    examples = context.examples("train").first(parameters.count)
    images, labels = examples.floats(), examples.labels
    at_first = labels == first
    at_second = ~at_first if second is None else labels == second
    names = (f"class {context.labels[first]}", "the rest")
    if second is not None:
        names = (names[0], f"class {context.labels[second]}")
    for name, rows in zip(names, (at_first, at_second), strict=True):
        if not rows.any():
            everywhere = context.examples("train").labels
            others = everywhere != first if second is None else everywhere == second
            helps = bool((others if name == names[1] else everywhere == first).any())
            where = f"the first {len(labels)}" if helps else "all"
            expected = f"some of {name} among {where} training images"
            do = "raise count" if helps else "choose another class, or other data"
            raise InvalidValueError(complaint("means", expected=expected, got="none", do=do))
    one = images[at_first].mean(axis=0, dtype=np.float64)
    other = images[at_second].mean(axis=0, dtype=np.float64)
    difference = one - other
    weights = _weights(context, first, second) if "linear" in context.offers else None
    alike = ""
    if weights is not None:
        alike = f"; weights and difference correlate by {_correlation(weights, difference):.2f}"
    y, x = np.unravel_index(int(np.abs(difference).argmax()), difference.shape)
    more = names[0] if difference[y, x] > 0 else names[1]
    counts = (int(at_first.sum()), int(at_second.sum()))
    return ClassMeans(
        title=f"{names[0].capitalize()} against {names[1]}: mean images"
        + (f" and the weights of {context.title}" if weights is not None else ""),
        note=f"means of {counts[0]:,} and {counts[1]:,} training images{alike}",
        names=names,
        counts=counts,
        one=one,
        other=other,
        difference=difference,
        weights=weights,
        scales=(
            signed_scale(difference, over="of the difference"),
            None if weights is None else signed_scale(weights, over="of the weights"),
        ),
        alt=(
            f"Mean images of {names[0]} and of {names[1]}, both over each other and their difference: "
            f"they differ most at row {y}, column {x}, where {more} has more ink{alike}."
        ),
    )


def draw(numbers: ClassMeans) -> Figure:
    from zoo.views import canvas

    ink, other = _inks(numbers)
    side, gap, bar = 2.15, 0.3, 1.05
    linear = numbers.weights is not None
    width = 3 * side + 2 * gap if linear else 2 * side + bar
    sheet = canvas.figure(
        title=numbers.title, note=numbers.note, panel=(width, 2 * side + 0.42), legend=True, head=0.2
    )
    sheet.axes[0].axis("off")
    lower = side + 0.42
    for index, (name, image) in enumerate(zip(numbers.names, (numbers.one, numbers.other), strict=True)):
        axes = canvas.place(sheet, index * (side + gap), 0, side, side)
        canvas.show(axes, image.clip(0, 1))
        canvas.caption(axes, f"mean of {name}")
    left, top = (2 * (side + gap), 0.0) if linear else (0.0, lower)
    axes = canvas.place(sheet, left, top, side, side)
    canvas.show(axes, _overlay(numbers))
    axes.spines[:].set(visible=True, color=canvas.FAINT, linewidth=0.6)  # its paper is white
    canvas.caption(axes, "both, one over the other")
    left = 0.0 if linear else side + gap
    first, second = numbers.names
    maps = [("difference of the means", "more ink", numbers.difference, numbers.scales[0])]
    if numbers.weights is not None and numbers.scales[1] is not None:
        maps.append(("weights of the model", "speaks for", numbers.weights, numbers.scales[1]))
    for name, meaning, values, scale in maps:
        axes = canvas.place(sheet, left, lower, side, side)
        canvas.show(axes, values, scale)
        canvas.caption(axes, name)
        canvas.colour_bar(
            sheet, scale, f"{meaning}: ← {second} · {first} →",
            place=canvas.place(sheet, left + side + 0.12, lower + 0.1, 0.14, side - 0.2),
        )  # fmt: skip
        left += side + bar
    colours = [(first, _hex(ink)), (second, _hex(other))]
    canvas.key(sheet, [*colours, ("both", _hex(np.clip(ink + other - 1, 0, 1)))])
    return sheet.figure


def _inks(numbers: ClassMeans) -> tuple[Array, Array]:
    """Return the colours of the two sides: those of the ends of the signed maps, (3,) each.

    They stay apart with every kind of colour vision.
    """
    scale = numbers.scales[0]
    return scale.colours(scale.high)[:3], scale.colours(scale.low)[:3]


def _hex(colour: Array) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in colour)


def _overlay(numbers: ClassMeans) -> Array:
    """Print both means on white paper, each in its ink: dark where both have some."""
    first, second = _inks(numbers)
    paper = 1 - numbers.one[..., None] * (1 - first) - numbers.other[..., None] * (1 - second)
    return np.asarray(paper.clip(0, 1))


def _sides(context: ViewContext, parameters: Means) -> tuple[int, int | None]:
    """Return the columns; None stands for all others."""
    two = len(context.labels) == 2
    first = context.column(parameters.one) if parameters.one else int(two)
    if parameters.other == REST or (not parameters.other and not two):
        return first, None
    second = context.column(parameters.other) if parameters.other else 1 - first
    if first == second:
        raise InvalidValueError(
            complaint("other", expected="another class than `one`", got=context.labels[first])
        )
    return first, second


def _weights(context: ViewContext, first: int, second: int | None) -> Array:
    kernel = np.asarray(context.kernel(), np.float64)
    if kernel.shape[1] == 1:  # one sum decides between two classes
        weights = kernel[:, 0] if first == 1 else -kernel[:, 0]
    else:
        weights = kernel[:, first] - (kernel[:, second] if second is not None else 0.0)
    return np.asarray(weights.reshape(28, 28))


def _correlation(one: Array, other: Array) -> float:
    spread = float(one.std() * other.std())
    return float(((one - one.mean()) * (other - other.mean())).mean()) / spread if spread else 0.0
