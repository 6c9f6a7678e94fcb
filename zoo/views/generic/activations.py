"""`activations`: how strongly every unit of a layer answers to images, or to each class on average."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.errors import UsageError, complaint, one_line, unknown
from zoo.views.scales import Scale, positive_scale, signed_scale

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.units import Activations

__all__ = ["ActivationMap", "compute", "draw"]

UNIT_LIMIT = 128
"""Columns of the picture: beyond, no column could carry the number of its unit."""

ROW_LIMIT = 40
"""Rows of the picture, for the same reason."""

ORDERS = {
    "unit": "units by number",
    "mean": "units by mean activation",
    "peak": "units by the row they answer most",
}


@dataclass(frozen=True)
class ActivationMap:
    """Activations of a layer.

    Attributes:
        rows: What each row is: an image reference, or a class.
        images: The image of each row, or the mean image of the class, (rows, 28, 28) in [0, 1].
        values: (row, unit), columns in the order of `units`.
        units: Number of the unit in each column.
        silent: Units that answer to none of the rows.
        scale: 0 to max, or symmetric where the layer has negative values.
    """

    title: str
    note: str
    layer: str
    rows: tuple[str, ...]
    images: npt.NDArray[np.float64]
    values: npt.NDArray[np.float64]
    units: tuple[int, ...]
    silent: tuple[int, ...]
    scale: Scale
    alt: str


def compute(context: ViewContext, parameters: Activations) -> ActivationMap:
    means = not parameters.images
    if means:
        layer, rows, images, values = _class_means(context, parameters)
    else:
        if len(parameters.images) > ROW_LIMIT:
            text = complaint("images", expected=f"at most {ROW_LIMIT}", got=str(len(parameters.images)))
            raise UsageError(text)
        pictures = np.stack([context.image(text) for text in parameters.images])
        layer, values = _answers(context, pictures, parameters.layer)
        rows, images = parameters.images, pictures.astype(np.float64)
    silent = tuple(int(unit) for unit in np.flatnonzero(~values.any(axis=0)))
    total = values.shape[1]
    peaks = np.abs(values).max(axis=0)
    kept = np.sort(np.argsort(-peaks, kind="stable")[:UNIT_LIMIT])  # the strongest, by number
    units = kept[_order(values[:, kept], parameters.order)]
    shown = values[:, units]
    scale = positive_scale(shown) if shown.min() >= 0 else signed_scale(shown, over="over all rows")
    count = f"{total} unit{'s' if total > 1 else ''}"
    if total > UNIT_LIMIT:
        count = f"the {UNIT_LIMIT} strongest of {total:,} units"
    y, x = np.unravel_index(int(np.abs(shown).argmax()), shown.shape)
    row = f"class {rows[y]}" if means else one_line(rows[y], 60)
    many = f" of {total:,} units" if total > UNIT_LIMIT else " unit" if len(silent) == 1 else " units"
    quiet = f"{len(silent)}{many} {'are' if len(silent) > 1 else 'is'} silent in every row"
    if not silent:
        quiet = "no unit is silent in every row"
    which = "the mean of each class" if means else f"{len(rows)} image{'s' if len(rows) != 1 else ''}"
    return ActivationMap(
        title=f"{context.title}: how {count} of {layer} answer to {which}",
        note=f"{ORDERS[parameters.order]}; scale {scale.text}; {quiet}",
        layer=layer,
        rows=tuple(f"class {name}" if means else one_line(name, 24) for name in rows),
        images=images,
        values=shown,
        units=tuple(int(unit) for unit in units),
        silent=silent,
        scale=scale,
        alt=(
            f"Activations of {count} of layer {layer} of {context.title} for {which}, "
            f"{ORDERS[parameters.order]}: the strongest, {shown[y, x]:.3g}, "
            f"is unit {units[x]} for {row}; {quiet}."
        ),
    )


def draw(numbers: ActivationMap) -> Figure:
    from matplotlib.ticker import FixedFormatter, FixedLocator

    from zoo.views import canvas

    count, columns = numbers.values.shape
    high = max(0.2, min(0.42, 6.0 / count))
    names = max(canvas.text_width(name, 9.5) for name in numbers.rows)
    wide = min(canvas.WIDTH - 1.7 - high - names, 0.42 * columns)
    labels = [str(unit) for unit in numbers.units]
    sheet = canvas.figure(
        title=numbers.title,
        note=numbers.note,
        panel=(wide, high * count),
        room=(names + high + 0.3, 0.28 + canvas.column_room(labels, wide)),
        bar=True,
    )
    axes = sheet.axes[0]
    canvas.show(axes, numbers.values, numbers.scale, aspect="auto")
    axes.yaxis.set(
        major_locator=FixedLocator(range(count)), major_formatter=FixedFormatter(numbers.rows)
    )
    axes.yaxis.set_visible(False)  # the names stand left of the thumbnails; a terminal reads these
    canvas.name_columns(axes, labels, wide, label=f"unit of {numbers.layer}")
    thumbs = canvas.beside(sheet, axes, high, 0.1)
    side = numbers.images.shape[1]
    strip = np.ma.masked_array(np.zeros((count * (side + 2) - 2, side)), mask=True)
    for index, image in enumerate(numbers.images):
        strip[index * (side + 2) : index * (side + 2) + side] = image
    canvas.show(thumbs, strip, aspect="auto", marks=False)
    middles = [index * (side + 2) + side / 2 - 0.5 for index in range(count)]
    thumbs.set_yticks(middles, numbers.rows, color=canvas.INK, size=9.5)
    thumbs.tick_params(length=0, pad=5)
    canvas.colour_bar(sheet, numbers.scale, "activation")
    return sheet.figure


def _class_means(
    context: ViewContext, parameters: Activations
) -> tuple[str, tuple[str, ...], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    examples = context.examples("test").first(parameters.count)
    images, labels = examples.floats(), examples.labels
    layer, answers = _answers(context, images, parameters.layer)
    present = [column for column in range(len(context.labels)) if (labels == column).any()]
    values = np.stack([answers[labels == column].mean(axis=0) for column in present])
    pictures = np.stack([images[labels == column].mean(axis=0) for column in present])
    rows = tuple(context.labels[column] for column in present)
    return layer, rows, pictures.astype(np.float64), values


def _answers(
    context: ViewContext, images: npt.NDArray[np.float32], layer: str
) -> tuple[str, npt.NDArray[np.float64]]:
    """Return the name of the layer and its activations, (image, unit)."""
    found = context.model.activations(images)
    flat = {name: array for name, array in found.items() if array.ndim == 2}
    if not flat:
        raise UsageError(f"{context.title}: this model shows no layer with one value a unit")
    if layer and layer not in flat:
        raise unknown("layer", one_line(layer, 60), flat)
    name = layer or _usual(context, list(found)[-1], flat)
    return name, np.asarray(flat[name], np.float64)


def _usual(context: ViewContext, answer: str, flat: dict[str, npt.NDArray[np.float32]]) -> str:
    """Choose a layer: the last hidden one with weights that fits the picture, else the answer.

    Layers without weights, such as a flattening, only repeat what the layers before them said.
    """
    weighted = [name for name in flat if f"{name}/kernel" in context.weights]
    hidden = [name for name in weighted if name != answer]
    fitting = [name for name in hidden if flat[name].shape[1] <= UNIT_LIMIT]
    return (fitting or hidden or weighted or list(flat))[-1]


def _order(values: npt.NDArray[np.float64], order: str) -> npt.NDArray[np.intp]:
    if order == "mean":
        return np.argsort(-values.mean(axis=0), kind="stable")
    if order == "peak":
        return np.lexsort((-values.max(axis=0), values.argmax(axis=0)))
    return np.arange(values.shape[1])
