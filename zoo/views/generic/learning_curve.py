"""`learning-curve`: loss and accuracy by epoch, as they were stored while training."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.errors import InvalidValueError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.specs import NoParameters
    from zoo.views.context import ViewContext

__all__ = ["Curve", "LearningCurves", "compute", "draw"]

PARTS = ("train", "validation", "test")
GAP = "\N{NO-BREAK SPACE}"
MEASURES = {"accuracy": "accuracy (%)", "loss": "loss"}


@dataclass(frozen=True)
class Curve:
    """One line: `values[i]` after epoch `epochs[i]`, counted from 1; accuracy in [0, 1]."""

    measure: str
    part: str
    epochs: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True)
class LearningCurves:
    """Every stored line.

    Attributes:
        epochs: Epochs trained.
        broken: Epochs whose values are not finite (training diverged) and cannot be drawn.
    """

    title: str
    note: str
    epochs: int
    curves: tuple[Curve, ...]
    broken: tuple[int, ...]
    alt: str


def compute(context: ViewContext, parameters: NoParameters) -> LearningCurves:  # noqa: ARG001
    history = context.history
    stored: Mapping[str, tuple[float, ...]] = history.epochs if history is not None else {}
    epochs = max((len(values) for values in stored.values()), default=0)
    curves: list[Curve] = []
    broken: set[int] = set()
    for measure in MEASURES:
        for part in PARTS:
            values = stored.get(measure if part == "train" else f"{part}_{measure}", ())
            # One value for several epochs was measured after the last one.
            first = epochs if len(values) == 1 else 1
            points = list(enumerate((float(value) for value in values), first))
            broken.update(epoch for epoch, value in points if not math.isfinite(value))
            points = [(epoch, value) for epoch, value in points if math.isfinite(value)]
            if points:
                curves.append(Curve(measure, part, *zip(*points, strict=True)))
    if not curves:
        raise InvalidValueError(
            "learning-curve: expected a history with loss or accuracy, got none that can be drawn"
        )
    told = [curve for curve in curves if curve.measure == curves[0].measure]
    summary = f"best {told[0].measure}: " + ", ".join(_best(curve, epochs) for curve in told)
    if broken:
        summary += f"; not finite after epoch {min(broken)}"
    plural = "epoch" if epochs == 1 else f"{epochs} epochs"
    return LearningCurves(
        title=f"{context.title}: learning curve over {'one ' if epochs == 1 else ''}{plural}",
        note=summary,
        epochs=epochs,
        curves=tuple(curves),
        broken=tuple(sorted(broken)),
        alt=(
            f"{' and '.join(dict.fromkeys(c.measure for c in curves)).capitalize()} of {context.title} "
            f"by epoch for {', '.join(dict.fromkeys(c.part for c in curves))}: {summary}."
        ),
    )


def draw(numbers: LearningCurves) -> Figure:
    from matplotlib.ticker import MaxNLocator

    from zoo.views import canvas

    measures = [m for m in MEASURES if any(curve.measure == m for curve in numbers.curves)]
    across = (7.0 - 0.75 * (len(measures) - 1)) / len(measures)
    sheet = canvas.figure(
        1,
        len(measures),
        title=numbers.title,
        note=numbers.note,
        panel=(across, 3.1),
        gap=(0.75, 0.3),
        room=(0.62, 0.44),
        legend=True,
    )
    for axes, measure in zip(sheet.axes, measures, strict=True):
        for curve in numbers.curves:
            if curve.measure == measure:
                factor = 100 if measure == "accuracy" else 1
                values = [factor * value for value in curve.values]
                canvas.line(axes, curve.epochs, values, curve.part, PARTS.index(curve.part))
        axes.set(xlabel="epoch", ylabel=MEASURES[measure])
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
        axes.set_xlim(*_around(1, numbers.epochs))
        axes.grid(axis="y")
        axes.set_axisbelow(True)
        if measure == "loss":
            axes.set_ylim(bottom=0)
    canvas.legend(sheet)
    return sheet.figure


def _around(first: int, last: int) -> tuple[float, float]:
    room = max(0.04 * (last - first), 0.25)
    return first - room, last + room


def _best(curve: Curve, epochs: int) -> str:
    if curve.measure == "accuracy":
        best = max(range(len(curve.values)), key=lambda i: curve.values[i])
        text = f"{curve.part} {100 * curve.values[best]:.2f}{GAP}%"
    else:
        best = min(range(len(curve.values)), key=lambda i: curve.values[i])
        text = f"{curve.part} {curve.values[best]:.3g}"
    return text if epochs == 1 else f"{text} (epoch{GAP}{curve.epochs[best]})"
