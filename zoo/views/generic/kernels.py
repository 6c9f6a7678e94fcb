"""`kernels`: the small windows a convolutional layer looks through, as signed maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.errors import InvalidValueError, UsageError, complaint, one_line, unknown
from zoo.views.scales import Scale, signed_scale

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.maps import Kernels

__all__ = ["KernelMaps", "compute", "draw", "kernel_of"]

PANEL_LIMIT = 128
"""Kernels in one picture where none are named."""

VALUE_LIMIT = 900
"""Most cells whose values can be written."""


COARSE = 0.35
"""Largest weight from which on one decimal tells the weights apart."""


@dataclass(frozen=True)
class KernelMaps:
    """Kernels of some filters for one input channel.

    Attributes:
        layer: Name of the layer.
        filters: Number of each filter.
        channel: Input channel that the maps look at.
        maps: (n, height, width).
        scale: Common to all of them.
        values: True where the numbers are written on the cells.
    """

    title: str
    note: str
    layer: str
    filters: tuple[int, ...]
    channel: int
    maps: npt.NDArray[np.float64]
    scale: Scale
    values: bool
    alt: str


def kernel_of(context: ViewContext, layer: str) -> tuple[str, npt.NDArray[np.float64]]:
    """Return name and kernel (height, width, channel, filter) of a convolutional layer.

    Raises:
        UnknownNameError: If there is no such layer.
        UsageError: If the model has none at all.
    """
    found = {
        name.rpartition("/")[0]: array
        for name, array in context.weights.items()
        if name.endswith("/kernel") and array.ndim == 4
    }
    if layer and layer not in found:
        raise unknown("convolutional layer", one_line(layer, 60), found)
    if not found:
        raise UsageError(f"{context.title}: this model has no convolutional layer")
    name = layer or next(iter(found))
    return name, np.asarray(found[name], np.float64)


def check_number(name: str, number: int, count: int, layer: str) -> None:
    """Refuse a number that layer `layer` does not have; the message names those it has."""
    if number >= count:
        expected = f"a number in 0..{count - 1} of layer {layer}"
        raise InvalidValueError(complaint(name, expected=expected, got=str(number)))


def compute(context: ViewContext, parameters: Kernels) -> KernelMaps:
    layer, kernel = kernel_of(context, parameters.layer)
    high, wide, channels, total = kernel.shape
    filters = parameters.filters or tuple(range(min(total, PANEL_LIMIT)))
    check_number("filters", max(filters), total, layer)
    check_number("channel", parameters.channel, channels, layer)
    maps = kernel[:, :, parameters.channel, list(filters)].transpose(2, 0, 1)
    if parameters.values and maps.size > VALUE_LIMIT:
        most = VALUE_LIMIT // (high * wide)
        raise InvalidValueError(
            complaint(
                "values", expected=f"at most {most} filters of {high}×{wide}", got=str(len(filters)),
                do="name fewer with filters",
            )
        )  # fmt: skip
    scale = signed_scale(maps, over="over all kernels shown")
    shown = f"{total} filters" if len(filters) == total else f"{len(filters)} of {total} filters"
    of = "" if channels == 1 else f", input channel {parameters.channel} of {channels}"
    sums = maps.sum(axis=(1, 2))
    edges = int((np.abs(sums) < 0.5 * np.abs(maps).sum(axis=(1, 2))).sum())
    return KernelMaps(
        title=f"{context.title}: {shown} of {layer}{of}",
        note=f"{high}×{wide} weights each; scale {scale.text}",
        layer=layer,
        filters=filters,
        channel=parameters.channel,
        maps=maps,
        scale=scale,
        values=parameters.values,
        alt=(
            f"Kernels of {high}×{wide} weights of {shown} of layer {layer} of {context.title}{of}, from "
            f"{maps.min():.2g} to {maps.max():.2g}; in {edges} of them positive and negative weights "
            "largely cancel, so they answer edges rather than ink."
        ),
    )


def draw(numbers: KernelMaps) -> Figure:
    from zoo.views import canvas

    count, high, wide = numbers.maps.shape
    if not numbers.values:
        return canvas.tiles(
            numbers.maps, title=numbers.title, note=numbers.note, scale=numbers.scale,
            captions=[str(number) for number in numbers.filters], columns=min(8, count), bar="weight",
        )  # fmt: skip
    places = 1 if numbers.scale.high >= COARSE else 2
    columns = min(count, max(1, (24 if places == 1 else 20) // (wide + 1)))
    whole = canvas.montage(numbers.maps, columns, gap=1)
    cell = min(0.4, 6.9 / whole.shape[1])
    sheet = canvas.figure(
        title=numbers.title, note=numbers.note, bar=True, head=0.14,
        panel=(cell * whole.shape[1], cell * whole.shape[0]),
    )  # fmt: skip
    axes = sheet.axes[0]
    canvas.show(axes, whole, numbers.scale, marks=False)
    texts = [[""] * whole.shape[1] for _ in range(whole.shape[0])]
    for index, kernel in enumerate(numbers.maps):
        y, x = (index // columns) * (high + 1), (index % columns) * (wide + 1)
        axes.text(
            x + (wide - 1) / 2, y - 0.6, str(numbers.filters[index]), size=8.5, color=canvas.QUIET,
            ha="center", va="bottom",
        )  # fmt: skip
        for (row, column), value in np.ndenumerate(kernel):
            text = f"{value:.{places}f}".replace("-", "−")
            texts[y + row][x + column] = text if float(f"{value:.{places}f}") else "0"
    widest = max(canvas.text_width(text, 10.0) for row in texts for text in row)
    size = min(11.0, 10.0 * 0.84 * cell / widest)
    canvas.annotate_cells(axes, whole, numbers.scale, texts, size=size)
    canvas.colour_bar(sheet, numbers.scale, "weight")
    return sheet.figure
