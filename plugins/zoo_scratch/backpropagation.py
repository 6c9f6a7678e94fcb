"""`backpropagation`: its gradients beside numeric ones, for some weights of every layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoo import canvas
from zoo_scratch.functions import Array
from zoo_scratch.network import Network

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo import ViewContext
    from zoo_scratch import BackpropagationView

__all__ = ["Checked", "compute", "draw", "relative"]

Floats = NDArray[np.float64]

EXPONENTS = range(1, 13)
"""Steps h = 10^-e that the lower panel runs through."""

FEW = 6
"""Weights an array that it is done for: two passes each, at every step."""

USUAL = 1e-5
"""The step at which it is decided which slopes can be measured at all."""

DIGITS = 1e5
"""A slope is compared where it is so many times what float64 cannot tell apart at that step, for a loss
of 1 or more: of smaller ones no more is known, as they come from sums that are larger."""

AGREED, ROUGHLY = 1e-4, 1e-2
"""Relative errors up to which the two agree, and agree roughly."""

FLOOR = 1e-16
"""Where an error of 0 is drawn: float64 knows nothing smaller."""


@dataclass(frozen=True)
class Checked:
    """Slopes of the mean loss in both ways.

    Attributes:
        arrays: Name of each array of weights, in forward order.
        array: Which of them each sampled weight is of, (n,).
        places: Index of each within its array.
        backward: Slopes by backpropagation, (n,).
        numeric: By central differences, (n,).
        errors: Relative errors, (n,); masked where the slope is too flat to be measured.
        steps: h of the right panel.
        by_step: Largest relative error at each h, of the first few weights of each array that can
            be measured; empty where none can.
        step: h of the left panel.
        least: Smallest slope that can be measured.
        worst: Largest of `errors`; None where none can be measured.
    """

    title: str
    note: str
    arrays: tuple[str, ...]
    array: tuple[int, ...]
    places: tuple[tuple[int, ...], ...]
    backward: Floats
    numeric: Floats
    errors: np.ma.MaskedArray[tuple[int], np.dtype[np.float64]]
    steps: tuple[float, ...]
    by_step: tuple[float, ...]
    step: float
    least: float
    worst: float | None
    alt: str


def compute(context: ViewContext, parameters: BackpropagationView) -> Checked:
    examples = context.examples("test").first(parameters.images)
    pixels, labels = examples.floats().reshape(-1, 784).astype(np.float64), examples.labels
    weights = {name: array.astype(np.float64) for name, array in context.weights.items()}
    network = Network(context.model.hyperparameters, loss=parameters.loss, one_hot=parameters.one_hot)
    gradient = {name: np.empty_like(array) for name, array in weights.items()}
    loss, _ = network.gradients(weights, pixels, labels, gradient)
    random = np.random.default_rng(parameters.seed)
    done = network.forward(weights, pixels)
    given = {kernel: a for (kernel, _), a in zip(network.layers, done.inputs, strict=True)}
    names = tuple(weights)
    chosen = [  # (number of the array, flat index)
        (number, int(at))
        for number, name in enumerate(names)
        for at in _sampled(weights[name], given.get(name), parameters.n, random)
    ]

    def slopes(h: float, wanted: Sequence[tuple[int, int]]) -> Floats:
        found = [
            _slope(network, weights[names[n]], at, h, (weights, pixels, labels)) for n, at in wanted
        ]
        return np.array(found)

    step = 10.0**-parameters.exponent
    backward = np.array([gradient[names[number]].reshape(-1)[at] for number, at in chosen])
    numeric = slopes(step, chosen)
    least = DIGITS * np.finfo(np.float64).eps * max(loss, 1.0) / USUAL
    flat = np.maximum(np.abs(backward), np.abs(slopes(USUAL, chosen))) < least
    errors = np.ma.masked_array(relative(backward, numeric), mask=flat)
    few = _first_few(chosen, flat)
    wanted = [chosen[place] for place in few]
    steps = tuple(10.0**-e for e in EXPONENTS)
    by_step = [float(relative(backward[few], slopes(h, wanted)).max()) for h in steps] if few else []
    places = tuple(_index(weights[names[number]], at) for number, at in chosen)
    worst, summary = None, "all slopes are too flat to be measured: nothing moves any more"
    if not flat.all():
        at = int(errors.argmax())
        worst = float(errors[at])
        where = f"{names[chosen[at][0]]}[{', '.join(map(str, places[at]))}]"
        summary = f"largest relative error {_power(worst)}, of {where}: {_verdict(worst)}"
        best = min(range(len(steps)), key=by_step.__getitem__)
        if worst >= ROUGHLY and by_step[best] < AGREED:
            summary += (
                f", for the step alone: with h = {_power(steps[best])} it is {_power(by_step[best])}"
            )
        summary += f"; {flat.sum()} are too flat to be measured" if flat.any() else ""
    aim = "" if parameters.one_hot else ", aims not one-hot"
    count = f"{len(chosen)} weights of {len(names)} arrays"
    return Checked(
        title=f"{context.title}: slopes by backpropagation and by small steps"
        + (f": {_verdict(worst)}" if worst is not None else ""),
        note=(
            f"{count}, {len(labels)} test images, {parameters.loss} {loss:.3g}{aim}, float64, "
            f"h = {_power(step)}; {summary}"
        ),
        arrays=names,
        array=tuple(number for number, _ in chosen),
        places=places,
        backward=backward,
        numeric=numeric,
        errors=errors,
        steps=steps,
        by_step=tuple(by_step),
        step=step,
        least=float(least),
        worst=worst,
        alt=(
            f"Slopes of the loss of {context.title} by backpropagation beside central differences of "
            f"step {_power(step)} for {count}: {summary}."
        ),
    )


def draw(numbers: Checked) -> Figure:
    sheet = canvas.figure(
        1, 2, title=numbers.title, note=numbers.note,
        panel=(3.1, 3.1), gap=(0.85, 0), room=(0.75, 0.5), legend=True,
    )  # fmt: skip
    left, right = sheet.axes
    array = np.array(numbers.array)
    layers = [name.rpartition("/")[0] for name in numbers.arrays]
    series = {layer: number for number, layer in enumerate(dict.fromkeys(layers))}
    top = 2 * max(np.abs(numbers.backward).max(), np.abs(numbers.numeric).max(), 50 * numbers.least)
    left.plot([-top, top], [-top, top], color=canvas.FAINT, linewidth=1.2, zorder=0)
    for layer, number in series.items():
        mine = np.array([layers[place] == layer for place in array])
        look = canvas.SERIES[number % len(canvas.SERIES)]
        left.plot(
            numbers.numeric[mine], numbers.backward[mine], label=layer, linestyle="", alpha=0.8,
            marker=look["marker"], color=look["color"], markersize=4.5, markeredgewidth=0,
        )  # fmt: skip
    left.set(xlabel="slope by central differences", ylabel="slope by backpropagation")
    left.set_xscale("symlog", linthresh=numbers.least)
    left.set_yscale("symlog", linthresh=numbers.least)
    left.set(xlim=(-top, top), ylim=(-top, top))
    powers = _decades(numbers.least, top, 3)
    ticks = [*(-power for power in reversed(powers)), 0.0, *powers]
    left.set_xticks(ticks, [_power(tick) for tick in ticks])
    left.set_yticks(ticks, [_power(tick) for tick in ticks])
    if numbers.worst is not None:
        right.loglog(
            numbers.steps, np.maximum(numbers.by_step, FLOOR), color=canvas.INK, marker="o",
            markersize=4, linewidth=1.4, markeredgecolor="white", markeredgewidth=0.6,
        )  # fmt: skip
        right.plot(
            [numbers.step], [max(numbers.worst, FLOOR)], marker="s", markersize=8, color="none",
            markeredgecolor=canvas.SERIES[1]["color"], markeredgewidth=1.6,
        )  # fmt: skip
        ticks = list(numbers.steps[1::2])
        right.set_xticks(ticks, [_power(tick) for tick in ticks])
        powers = _decades(*right.get_ylim(), 7)
        right.set_yticks(powers, [_power(power) for power in powers])
        right.axvline(numbers.step, color=canvas.FAINT, linewidth=1.2, zorder=0)
    else:
        right.set(xticks=[], yticks=[])
        right.text(0.5, 0.5, "nothing to be measured", transform=right.transAxes, ha="center")
    right.set(xlabel="step h", ylabel="largest relative error")
    for axes in sheet.axes:
        axes.minorticks_off()
        axes.grid(visible=True)
        axes.set_axisbelow(True)
    canvas.legend(sheet)
    return sheet.figure


def relative(one: Floats, other: Floats) -> Floats:
    """Return |a − b| / max(|a|, |b|), 0 where both are 0."""
    scale = np.maximum(np.abs(one), np.abs(other))
    return np.asarray(np.abs(one - other) / np.where(scale == 0, 1.0, scale))


def _sampled(
    array: Floats, given: Array | None, count: int, random: np.random.Generator
) -> NDArray[np.int64]:
    """Choose weights of an array by flat index; of a kernel only those that something goes through.

    Paper stays white at the edges of all images: the slopes there are 0 in any case.
    """
    flat = np.arange(array.size).reshape(array.shape)
    if given is not None:
        reached = np.flatnonzero(given.any(axis=0))
        flat = flat[reached] if len(reached) else flat
    pool = flat.reshape(-1)
    return np.sort(random.choice(pool, min(count, len(pool)), replace=False))


def _slope(network: Network, array: Floats, at: int, h: float, about: tuple[Any, Any, Any]) -> float:
    """Return (L(w + h) − L(w − h)) / 2h for one weight of `array`, all others as they are."""
    flat = array.reshape(-1)
    kept = flat[at]
    ends = []
    for moved in (kept + h, kept - h):
        flat[at] = moved
        ends.append(network.losses(*about)[0])
    flat[at] = kept
    return (ends[0] - ends[1]) / (2 * h)


def _first_few(chosen: Sequence[tuple[int, int]], flat: NDArray[np.bool_]) -> list[int]:
    """Return the places of the first weights of each array whose slopes can be measured."""
    taken: dict[int, list[int]] = {}
    for place, (number, _) in enumerate(chosen):
        if not flat[place]:
            taken.setdefault(number, []).append(place)
    return [place for places in taken.values() for place in places[:FEW]]


def _index(array: Floats, flat: int) -> tuple[int, ...]:
    return tuple(int(place) for place in np.unravel_index(flat, array.shape))


def _decades(low: float, high: float, most: int) -> list[float]:
    """Return at most so many powers of ten between two positive numbers, with the highest."""
    last, first = math.floor(math.log10(high)), math.ceil(math.log10(low))
    every = max(1, math.ceil((last - first + 1) / most))
    return [10.0**power for power in range(last, first - 1, -every)][::-1]


def _power(value: float) -> str:
    """Write 3.2e-08 as ``3.2·10⁻⁸``, -1e-05 as ``−10⁻⁵``, 0.12 as it is."""
    size = abs(value)
    sign = "−" if value < 0 else ""
    if size == 0 or 0.01 < size < 1000:
        return f"{sign}{size:.2g}"
    digits, _, power = f"{size:.1e}".partition("e")
    raised = "10" + str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return sign + (raised if digits == "1.0" else f"{digits}·{raised}")


def _verdict(worst: float) -> str:
    if worst < AGREED:
        return "they agree"
    return "they agree roughly" if worst < ROUGHLY else "they differ"
