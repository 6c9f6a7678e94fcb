"""`top-images`: the test images that each unit answers most strongly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.errors import InvalidValueError, UsageError, complaint, one_line, unknown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.units import TopImages

__all__ = ["StrongestImages", "compute", "draw"]

ROWS = 8
"""Units shown where none are named."""


@dataclass(frozen=True)
class StrongestImages:
    """The strongest images of some units.

    Attributes:
        units: Number of each unit or channel.
        images: (unit, n, 28, 28), the strongest first.
        labels: Class of each.
        names: Reference of each: ``test:1112``.
        values: Activation of each, (unit, n); of a channel its largest anywhere in the image.
        favourites: The class that most of a unit's images belong to.
        silent: Rows of units that answer all images alike, such as a relu unit that is never above 0.
    """

    title: str
    note: str
    layer: str
    units: tuple[int, ...]
    images: npt.NDArray[np.float64]
    labels: tuple[tuple[str, ...], ...]
    names: tuple[tuple[str, ...], ...]
    values: npt.NDArray[np.float64]
    favourites: tuple[str, ...]
    silent: tuple[int, ...]
    alt: str


def compute(context: ViewContext, parameters: TopImages) -> StrongestImages:
    examples = context.examples("test").first(parameters.count)
    layer, values = unit_values(context, examples.floats(), parameters.layer)
    total = values.shape[1]
    units = parameters.units or tuple(range(min(total, ROWS)))
    if max(units) >= total:
        expected, got = f"numbers in 0..{total - 1} of layer {layer}", str(max(units))
        raise InvalidValueError(complaint("units", expected=expected, got=got))
    chosen = values[:, list(units)]
    order = np.argsort(-chosen, axis=0, kind="stable")[: parameters.n].T  # (unit, n)
    labels = tuple(tuple(context.labels[examples.labels[row]] for row in rows) for rows in order)
    favourites = tuple(max(set(row), key=lambda name: (row.count(name), name)) for row in labels)
    silent = tuple(int(row) for row in np.flatnonzero(np.ptp(chosen, axis=0) == 0))
    pure = sum(
        number not in silent and row.count(name) == len(row)
        for number, (row, name) in enumerate(zip(labels, favourites, strict=True))
    )
    shown = f"{len(units)} of {total:,} units" if len(units) < total else f"{total} units"
    shown = "1 unit" if total == 1 else shown
    told = f"{pure} of them answer one class only"
    return StrongestImages(
        title=f"{context.title}: the images that units of {layer} answer most strongly",
        note=f"{shown}, of {len(values):,} test images; above each its name and the activation; {told}",
        layer=layer,
        units=units,
        images=np.stack([examples.rows(rows).floats() for rows in order]).astype(np.float64),
        labels=labels,
        names=tuple(tuple(context.reference("test", int(row)) for row in rows) for rows in order),
        values=np.take_along_axis(chosen.T, order, axis=1),
        favourites=favourites,
        silent=silent,
        alt=(
            f"For {shown} of layer {layer} of {context.title} the {order.shape[1]} test images with the "
            f"strongest activations: "
            + ", ".join(
                f"unit {unit} mostly class {name}"
                if row not in silent
                else f"unit {unit} no class: it answers all images alike"
                for row, (unit, name) in list(enumerate(zip(units, favourites, strict=True)))[:ROWS]
            )
            + f"; {told}."
        ),
    )


def draw(numbers: StrongestImages) -> Figure:
    from zoo.views import canvas

    rows, columns = numbers.values.shape
    cell = min(0.95, 6.6 / columns, 9.0 / rows)
    head = max(8, round(0.34 * 30 / cell))  # room for two lines
    names = [name for row in numbers.names for name in row]
    size = 8 * min(1.0, cell * 0.98 / max(canvas.text_width(name, 8) for name in names))
    sheet = canvas.figure(
        title=numbers.title, note=numbers.note, room=(0.75, 0),
        panel=(cell * columns, cell * rows * (28 + head) / 30),
    )  # fmt: skip
    axes = sheet.axes[0]
    flat = np.ma.masked_array(numbers.images, mask=False)
    flat[list(numbers.silent)] = np.ma.masked
    flat = flat.reshape(-1, 28, 28)
    whole = canvas.montage(flat, columns, down=head)
    canvas.show(axes, np.ma.concatenate([np.ma.masked_all((head, whole.shape[1])), whole]),  # type: ignore[no-untyped-call]
                aspect="auto", marks=False)  # fmt: skip
    axes.set_yticks(
        [(28 + head) * row + head + 13.5 for row in range(rows)],
        [f"unit {unit}" for unit in numbers.units],
    )
    axes.tick_params(length=0, pad=5, labelcolor=canvas.INK)
    for row in numbers.silent:
        axes.text(
            15 * columns, (28 + head) * row + head + 13.5, "answers all images alike",
            size=10, color=canvas.QUIET, ha="center", va="center",
        )  # fmt: skip
    for index, value in enumerate(numbers.values.ravel()):
        if index // columns in numbers.silent:
            continue
        y, x = (index // columns) * (28 + head) + head - 1.6, (index % columns) * 30 + 13.5
        words = f"{names[index]}\n{value:.2f}"
        axes.text(x, y, words, size=size, color=canvas.QUIET, ha="center", va="bottom")
    return sheet.figure


def unit_values(
    context: ViewContext, images: npt.NDArray[np.float32], layer: str
) -> tuple[str, npt.NDArray[np.float64]]:
    """Return a layer's name and one value a unit, (image, unit): of a map its largest.

    Raises:
        UnknownNameError: If there is no such layer.
        UsageError: If the model shows no layer with weights.
    """
    found = {
        name: array for name, array in context.model.activations(images).items() if array.ndim in (2, 4)
    }
    if layer and layer not in found:
        raise unknown("layer", one_line(layer, 60), found)
    name = layer or next((name for name in found if f"{name}/kernel" in context.weights), "")
    if not name:
        raise UsageError(f"{context.title}: this model shows no layer with weights")
    values = np.asarray(found[name], np.float64)
    return name, values.max(axis=(1, 2)) if values.ndim == 4 else values
