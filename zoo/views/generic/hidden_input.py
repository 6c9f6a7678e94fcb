"""`hidden-input`: one image as the units of the first layer see it, pixel times weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.errors import UsageError
from zoo.views.generic.asking import named
from zoo.views.scales import Scale, signed_scale

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.units import HiddenInput

__all__ = ["WeightedInputs", "compute", "draw"]

Array = npt.NDArray[np.float64]

PANEL_LIMIT = 100
"""Maps in one picture: beyond, none can be seen."""


@dataclass(frozen=True)
class WeightedInputs:
    """Weighted inputs of some units.

    Attributes:
        layer: Name of the layer.
        units: Number of each unit.
        image: (28, 28).
        maps: Pixel times weight, (n, 28, 28).
        weights: (n, 28, 28).
        bias: One a unit.
        sums: Sum of each map plus the bias: what the activation function is applied to.
        outputs: What the layer gives.
        scale: Of the maps.
        weight_scale: Of the weights.
    """

    title: str
    note: str
    layer: str
    units: tuple[int, ...]
    image: Array
    maps: Array
    weights: Array
    bias: Array
    sums: Array
    outputs: Array
    scale: Scale
    weight_scale: Scale
    alt: str


def compute(context: ViewContext, parameters: HiddenInput) -> WeightedInputs:
    layer = context.first_layer()
    kernel = np.asarray(context.kernel(), np.float64)  # (pixel, unit)
    image = context.image(parameters.image).astype(np.float64)
    found = context.model.activations(image[None].astype(np.float32))
    if layer not in found:
        raise UsageError(f"{context.title}: its activations leave out layer {layer}")
    total = kernel.shape[1]
    units = (parameters.unit,) if parameters.unit is not None else tuple(range(min(total, PANEL_LIMIT)))
    chosen = list(units)
    bias = np.asarray(context.weights.get(f"{layer}/bias", np.zeros(total)), np.float64)[chosen]
    weights = kernel.T[chosen].reshape(-1, 28, 28)
    maps = weights * image
    sums = maps.sum(axis=(1, 2)) + bias
    outputs = np.asarray(found[layer], np.float64).reshape(-1)[chosen]
    which = named(parameters.image)
    if parameters.unit is not None:
        title = f"{context.title}: what unit {units[0]} of {layer} makes of {which}"
        note = "each pixel is multiplied by its weight; the products and the bias are summed"
        alt = (
            f"{which.capitalize()}, the weights of unit {units[0]} of {context.title} and their "
            f"products: the sum {sums[0] - bias[0]:+.3g} and the bias {bias[0]:+.3g} make "
            f"{sums[0]:+.3g}, and the unit gives {outputs[0]:.3g}."
        )
    else:
        best = int(sums.argmax())
        shown = (
            f"{total} unit{'s' if total > 1 else ''}"
            if len(units) == total
            else f"{len(units)} of {total:,} units"
        )
        title = f"{context.title}: {which} as {shown} of {layer} see{'s' if total == 1 else ''} it"
        note = "pixel × weight; above each map: unit: sum of the map and the bias"
        alt = (
            f"Weighted inputs of {shown} of {layer} of {context.title} for {which}: "
            f"{int((sums > 0).sum())} sums with bias are above zero; the largest, {sums[best]:.3g}, is "
            f"unit {units[best]}'s."
        )
    return WeightedInputs(
        title=title,
        note=note,
        layer=layer,
        units=units,
        image=image,
        maps=maps,
        weights=weights,
        bias=bias,
        sums=sums,
        outputs=outputs,
        scale=signed_scale(maps, palette="inputs"),
        weight_scale=signed_scale(weights),
        alt=alt,
    )


def draw(numbers: WeightedInputs) -> Figure:
    from zoo.views import canvas

    if len(numbers.units) > 1:
        return canvas.tiles(
            numbers.maps,
            title=numbers.title,
            note=f"{numbers.note}; scale {numbers.scale.text}",
            scale=numbers.scale,
            captions=[
                f"{unit}: {total:+.2f}".replace("-", "−")
                for unit, total in zip(numbers.units, numbers.sums, strict=True)
            ],
            bar="pixel × weight",
        )
    side, step = 2.0, 2.9
    sheet = canvas.figure(
        title=numbers.title, note=numbers.note, panel=(2 * step + side + 0.7, side + 0.75), head=0.24
    )
    sheet.axes[0].axis("off")
    shown = (
        ("image", numbers.image, None),
        ("weights", numbers.weights[0], numbers.weight_scale),
        ("image × weights", numbers.maps[0], numbers.scale),
    )
    lefts = (0.0, side + 0.5, 2 * side + 1.9)
    for left, (name, values, scale) in zip(lefts, shown, strict=True):
        axes = canvas.place(sheet, left, 0, side, side)
        canvas.caption(axes, name)
        if scale is None:
            canvas.show(axes, values)
        else:
            canvas.show(axes, values, scale)
            bar = canvas.place(sheet, left + side + 0.12, 0.1, 0.14, side - 0.2)
            canvas.colour_bar(sheet, scale, place=bar)
    total, bias = numbers.sums[0], numbers.bias[0]
    words = (
        f"sum {_signed(total - bias, 4)}   {_signed(bias, 4, gap=True)} bias   =   {_signed(total, 4)}"
        f"   →   output {numbers.outputs[0]:.4g}"
    )
    stage = sheet.axes[0]
    stage.set(xlim=(0, 1), ylim=(0, 1))
    stage.text(
        0.5, 0.06, words, size=13, color=canvas.INK, ha="center", va="center", transform=stage.transAxes
    )
    marks = (("×", side + 0.25), ("=", 2 * side + 1.63))
    wide, high = 2 * step + side + 0.7, side + 0.75
    for mark, x in marks:
        stage.text(
            x / wide, 1 - 0.5 * side / high, mark, size=20, color=canvas.QUIET, ha="center", va="center"
        )
    return sheet.figure


def _signed(value: float, digits: int, *, gap: bool = False) -> str:
    return f"{'−' if value < 0 else '+'}{' ' if gap else ''}{abs(value):.{digits}g}"
