"""`knock-out`: what each class loses when one unit is silenced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.errors import UsageError, one_line, unknown
from zoo.views.generic.asking import percent
from zoo.views.generic.bends import apply
from zoo.views.generic.tracing import Trace, trace
from zoo.views.scales import Scale, signed_scale

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.units import KnockOut

__all__ = ["Losses", "compute", "draw"]

Array = npt.NDArray[np.float64]

UNIT_LIMIT = 128
"""Units silenced, one after another: a column each."""


@dataclass(frozen=True)
class Losses:
    """What silencing does.

    Attributes:
        layer: Whose units are silenced: their outputs set to 0.
        units: Number of each unit, the most missed first.
        rows: ``all`` and the classes.
        change: Right answers with the unit silenced minus without, in percentage points,
            (row, unit); a class without images is masked.
        before: Share of right answers of each row with all units in place.
        scale: Of the changes.
    """

    title: str
    note: str
    layer: str
    units: tuple[int, ...]
    rows: tuple[str, ...]
    change: np.ma.MaskedArray[tuple[int, int], np.dtype[np.float64]]
    before: Array
    scale: Scale
    alt: str


def compute(context: ViewContext, parameters: KnockOut) -> Losses:
    examples = context.examples("test").first(parameters.count)
    labels = examples.labels
    whole = trace(context, examples.floats())
    place = _place(context, whole, parameters.layer)
    outputs = whole.steps[place].outputs
    total = outputs.shape[-1]
    count = min(total, UNIT_LIMIT)
    right = np.stack([_answers(whole, place, unit) == labels for unit in range(count)])  # (unit, n)
    sound = whole.logits.argmax(axis=1) == labels
    groups = [np.ones(len(labels), bool), *(labels == c for c in range(len(context.labels)))]
    before = np.array([sound[group].mean() if group.any() else 0.0 for group in groups])
    after = np.stack([right[:, g].mean(axis=1) if g.any() else np.zeros(count) for g in groups])
    change = 100 * (after - before[:, None])
    order = np.argsort(change[0], kind="stable")
    mask = np.repeat([[not group.any()] for group in groups], count, axis=1)
    shown = np.ma.masked_array(change[:, order], mask[:, order])
    scale = signed_scale(shown, over="percentage points")
    units = tuple(int(unit) for unit in order)
    y, x = np.unravel_index(int(shown[1:].filled(0.0).argmin()), shown[1:].shape)
    layer = whole.steps[place].name
    idle = int((np.abs(change).max(axis=0) == 0).sum())
    which = f"{count} of {total:,} units" if count < total else f"each of {total} units"
    summary = (
        f"without unit {units[0]} accuracy changes most, by {change[0, order[0]]:+.1f} points from "
        f"{percent(before[0])}; {idle} unit{' is' if idle == 1 else 's are'} not missed at all"
    ).replace("-", "−")
    return Losses(
        title=f"{context.title}: what is lost when one unit of {layer} is silenced",
        note=f"{which} set to 0 in turn, {len(labels):,} test images; {summary}",
        layer=layer,
        units=units,
        rows=("all", *context.labels),
        change=shown,
        before=before,
        scale=scale,
        alt=(
            f"Change of right answers of {context.title}, class by class, when {which} of {layer} is "
            f"silenced: {summary}; the largest loss of a class is "
            f"{change[y + 1, order[x]]:.1f} points, class {context.labels[y]} without unit {units[x]}."
        ),
    )


def draw(numbers: Losses) -> Figure:
    from zoo.views import canvas

    rows, columns = numbers.change.shape
    high, wide = max(0.16, min(0.34, 5.0 / rows)), min(6.1, 0.4 * columns)
    labels = [str(unit) for unit in numbers.units]
    sheet = canvas.figure(
        title=numbers.title, note=numbers.note, panel=(wide, high * rows), bar=True,
        room=(0.75, 0.28 + canvas.column_room(labels, wide)),
    )  # fmt: skip
    axes = sheet.axes[0]
    canvas.show(axes, numbers.change, numbers.scale, aspect="auto")
    axes.axhline(0.5, color=canvas.INK, linewidth=1.0)
    names = ("all", *(f"class {name}" for name in numbers.rows[1:]))
    axes.set_yticks(range(rows), names, color=canvas.INK)
    axes.tick_params(length=0, pad=4)
    label = f"silenced unit of {numbers.layer}, the most missed first"
    canvas.name_columns(axes, labels, wide, label=label)
    canvas.colour_bar(sheet, numbers.scale, "change of right answers (points)")
    return sheet.figure


def _place(context: ViewContext, whole: Trace, layer: str) -> int:
    """Find the layer: by default the last with weights before the answer."""
    hidden = [i for i, step in enumerate(whole.steps[:-1]) if step.kernel.size]
    names = {whole.steps[i].name: i for i in hidden}
    if layer and layer not in names:
        raise unknown("hidden layer", one_line(layer, 60), names)
    if not hidden:
        raise UsageError(f"{context.title}: this model has no hidden layer")
    return names[layer] if layer else hidden[-1]


def _answers(whole: Trace, place: int, unit: int) -> npt.NDArray[np.intp]:
    """Answer with one unit's outputs at 0: run the layers after it again."""
    values = whole.steps[place].outputs.copy()
    values[..., unit] = 0.0
    sums = values
    for step in whole.steps[place + 1 :]:
        sums = step.run(values.reshape(len(values), *step.inputs.shape[1:]))
        values = apply(step.bend, sums)
    if sums.shape[1] == 1:
        return (sums[:, 0] > 0).astype(np.intp)
    return np.asarray(sums.argmax(axis=1))
