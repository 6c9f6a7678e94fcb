"""`weights`: one signed map a unit of a dense layer that sees the pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.errors import InvalidValueError, complaint
from zoo.views.scales import Scale, clipped_at, signed_scale

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.units import Weights

__all__ = ["WeightMaps", "compute", "draw"]

SIDE = 28
PANEL_LIMIT = 100
"""Maps in one picture where no units are named: beyond, none can be seen."""


@dataclass(frozen=True)
class WeightMaps:
    """Weight maps of some units.

    Attributes:
        layer: Name of the layer.
        units: Number of each unit shown.
        captions: What stands above each map.
        maps: Weights, (n, 28, 28).
        peaks: Largest |weight| of each map, (n,).
        total: Units of the whole layer.
        scale: Common scale; of the shares of each panel's own maximum where `panel` is True.
        panel: True where each panel has its own scale.
    """

    title: str
    note: str
    layer: str
    units: tuple[int, ...]
    captions: tuple[str, ...]
    maps: npt.NDArray[np.float64]
    peaks: npt.NDArray[np.float64]
    total: int
    scale: Scale
    panel: bool
    alt: str


def compute(context: ViewContext, parameters: Weights) -> WeightMaps:
    kernel = np.asarray(context.kernel(parameters.layer), np.float64)  # (pixel, unit)
    layer = parameters.layer or context.first_layer()
    if len(kernel) != SIDE * SIDE:
        raise InvalidValueError(
            complaint(
                f"layer {layer}",
                expected="one weight a pixel (784 inputs)",
                got=f"{len(kernel)} inputs",
                do=f"look at {context.first_layer()}",
            )
        )
    total = kernel.shape[1]
    units = parameters.units or tuple(range(min(total, PANEL_LIMIT)))
    maps = kernel.T[list(units)].reshape(-1, SIDE, SIDE)
    peaks = np.abs(maps).max(axis=(1, 2))
    own = parameters.scale == "panel"
    if own:
        shares = maps / np.where(peaks == 0, 1.0, peaks)[:, None, None]
        scale = signed_scale(shares, over="of each panel's own maximum", clip=parameters.clip)
    elif parameters.scale == "layer":
        scale = signed_scale(kernel, over=f"over all {total} units of the layer", clip=parameters.clip)
    else:
        scale = signed_scale(maps, clip=parameters.clip)
    names = _names(context, layer, units, total)
    captions = names
    if own:
        captions = tuple(f"{name} · ±{peak:.2g}" for name, peak in zip(names, peaks, strict=True))
    named = all(not name.isdigit() for name in names)
    best = int(peaks.argmax())
    y, x = np.unravel_index(int(np.abs(maps[best]).argmax()), (SIDE, SIDE))
    strongest = names[best] if named else f"unit {names[best]}"
    shown = f"{len(units)} unit{'s' if len(units) != 1 else ''}"
    if len(units) < total:
        shown = f"{len(units)} of {total:,} units"
    return WeightMaps(
        title=_title(context.title, layer, shown, parameters),
        note=f"one {'map a unit, one ' if len(units) > 1 else ''}cell a pixel; scale {scale.text}",
        layer=layer,
        units=units,
        captions=captions,
        maps=maps,
        peaks=peaks,
        total=total,
        scale=scale,
        panel=own,
        alt=(
            f"Weight map{'s' if len(units) > 1 else ''} of {shown} of layer {layer} of {context.title}"
            f"{', also as one strip of 784' if len(units) == 1 else ''}, red above zero and blue below, "
            f"from {maps.min():.2g} to {maps.max():.2g}; the strongest weight is "
            + (f"in {strongest}." if len(units) > 1 else f"at row {y}, column {x}.")
        ),
    )


def draw(numbers: WeightMaps) -> Figure:
    from zoo.views import canvas

    maps = numbers.maps
    if numbers.panel:
        maps = maps / np.where(numbers.peaks == 0, 1.0, numbers.peaks)[:, None, None]
    bar = "share of the panel's largest |weight|" if numbers.panel else "weight"
    if len(maps) == 1:
        return _draw_one(numbers, maps[0], bar)
    return canvas.tiles(
        maps, title=numbers.title, note=numbers.note, scale=numbers.scale,
        captions=numbers.captions, bar=bar,
    )  # fmt: skip


def _draw_one(numbers: WeightMaps, values: npt.NDArray[np.float64], bar: str) -> Figure:
    """Draw the map and, below it, the same weights as the strip that the unit has of them."""
    from zoo.views import canvas

    side, strip, width = 420 / canvas.DPI, 0.5, canvas.STRIP_WIDTH  # 15 pixels a cell
    sheet = canvas.figure(
        title=numbers.title, note=numbers.note, panel=(width, side + 0.45 + strip),
        room=(0.2, 0.35), head=0.22, bar=True,
    )  # fmt: skip
    sheet.axes[0].axis("off")
    square = canvas.place(sheet, (width - side) / 2, 0, side, side)
    canvas.show(square, values, numbers.scale)
    canvas.caption(square, numbers.captions[0])
    axes = canvas.strip(sheet, values, numbers.scale, top=side + 0.45, height=strip)
    canvas.caption(axes, "the same 784 weights, one column each; a mark where a row begins")
    canvas.colour_bar(sheet, numbers.scale, bar)
    return sheet.figure


def _title(model: str, layer: str, shown: str, parameters: Weights) -> str:
    title = f"Weights of {model}: {shown} of {layer}"
    if parameters.scale == "panel":
        title += ", each panel on its own scale"
    elif parameters.scale == "layer":
        title += ", on the scale of the whole layer"
    return title + clipped_at(parameters.clip)


def _names(context: ViewContext, layer: str, units: tuple[int, ...], total: int) -> tuple[str, ...]:
    """Name units: by class where the layer gives the answer, by number elsewhere."""
    if bool(context.spec.layers) and layer == context.spec.layers[-1]:
        # From the spec: weights are drawn without asking for a dataset, even for its labels.
        of = context.spec.classes
        classes = of(context.model.hyperparameters) if of is not None else tuple(range(total))
        if len(classes) == total:
            return tuple(f"class {classes[unit]}" for unit in units)
    if len(units) <= 12:
        return tuple(f"unit {unit}" for unit in units)
    return tuple(str(unit) for unit in units)
