"""`weights-growing`: the first layer's weights along the way, from the first step to the last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.errors import InvalidValueError, UsageError, complaint
from zoo.views.scales import Scale, clipped_at, signed_scale

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.measured import Growing

__all__ = ["Growth", "compute", "draw"]

STRIP_UNITS = 6
"""Units of a strip, where none are named: a row each."""

STRIP_MOMENTS = 9
"""Moments of a strip, a column each; as much changes from each to the next."""

FILM_UNITS = 64


@dataclass(frozen=True)
class Growth:
    """Weights at some moments of training.

    Attributes:
        steps: Training steps taken at each moment.
        units: Number of each unit.
        maps: (moment, unit, 28, 28).
        scale: Over all stored moments of the units shown: the same for every moment.
    """

    title: str
    note: str
    steps: tuple[int, ...]
    units: tuple[int, ...]
    maps: npt.NDArray[np.float64]
    scale: Scale
    alt: str


def compute(context: ViewContext, parameters: Growing) -> Growth:
    history = context.history
    if history is None or not history.steps:
        raise UsageError("weights-growing: these weights carry no snapshots")
    steps = history.steps
    whole = np.stack([history.snapshot(step) for step in steps]).astype(np.float64)
    if whole.reshape(len(steps), -1).shape[1] % 784 or whole.shape[1] != 784:
        raise UsageError(f"weights-growing: snapshots of {history.snapshot_of} are no maps of pixels")
    whole = whole.reshape(len(steps), 784, -1)
    total, film = whole.shape[2], parameters.moment is not None
    units = parameters.units or tuple(range(min(total, FILM_UNITS if film else STRIP_UNITS)))
    if max(units) >= total:
        layer = history.snapshot_of.rpartition("/")[0]
        expected = f"numbers in 0..{total - 1} of layer {layer}, which its snapshots hold"
        raise InvalidValueError(complaint("units", expected=expected, got=str(max(units))))
    maps = whole[:, :, list(units)].transpose(0, 2, 1).reshape(len(steps), len(units), 28, 28)
    scale = signed_scale(maps, over="over all moments", clip=parameters.clip)
    chosen = [parameters.moment] if parameters.moment is not None else _moments(maps)
    shown = tuple(steps[place] for place in chosen)
    sizes = np.abs(maps).mean(axis=(1, 2, 3))
    every = int(context.model.shapes.get(history.snapshot_of, (total,))[-1])
    which = f"{len(units)} of {every} units" if len(units) < every else f"{every} units"
    kept = f"; snapshots hold the first {total} units" if total < every else ""
    when = f"after {shown[0]:,} steps" if film else f"from step {shown[0]:,} to step {shown[-1]:,}"
    grown = f"mean |weight| {sizes[chosen[0]]:.2g}"
    if not film:
        grown += f" at first, {sizes[chosen[-1]]:.2g} at last"
    return Growth(
        title=f"{context.title}: weights of {which} {when}{clipped_at(parameters.clip)}",
        note=f"{history.snapshot_of}{kept}; {grown}; scale {scale.text}",
        steps=shown,
        units=units,
        maps=maps[chosen],
        scale=scale,
        alt=f"Weight maps of {which} of {context.title} {when} of training: {grown}.",
    )


def draw(numbers: Growth) -> Figure:
    from zoo.views import canvas

    moments, count = numbers.maps.shape[:2]
    if moments == 1:
        return canvas.tiles(
            numbers.maps[0], title=numbers.title, note=numbers.note, scale=numbers.scale,
            captions=[str(unit) for unit in numbers.units], bar="weight",
        )  # fmt: skip
    cell = min(0.95, (canvas.WIDTH - 2.2) / moments)
    sheet = canvas.figure(
        title=numbers.title, note=numbers.note, panel=(cell * moments, cell * count),
        room=(0.6, 0.3), bar=True,
    )  # fmt: skip
    axes = sheet.axes[0]
    flat = numbers.maps.transpose(1, 0, 2, 3).reshape(-1, 28, 28)
    canvas.show(axes, canvas.montage(flat, moments), numbers.scale, aspect="auto", marks=False)
    axes.set_xticks([30 * i + 13.5 for i in range(moments)], [f"{step:,}" for step in numbers.steps])
    axes.set_yticks([30 * i + 13.5 for i in range(count)], [f"unit {unit}" for unit in numbers.units])
    axes.tick_params(length=0, pad=4, labelcolor=canvas.INK)
    axes.set_xlabel("training steps taken", labelpad=3)
    canvas.colour_bar(sheet, numbers.scale, "weight")
    return sheet.figure


def _moments(maps: npt.NDArray[np.float64]) -> list[int]:
    """Choose moments between which about as much changes: most steps at the start change little."""
    flat = maps.reshape(len(maps), -1)
    way = np.concatenate([[0.0], np.cumsum(np.sqrt((np.diff(flat, axis=0) ** 2).sum(axis=1)))])
    wanted = np.linspace(0.0, way[-1], STRIP_MOMENTS)
    near = np.abs(way[:, None] - wanted).argmin(axis=0)
    return sorted({0, len(maps) - 1, *(int(place) for place in near)})
