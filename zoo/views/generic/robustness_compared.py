"""`robustness-compared`: how several models stand the same change of the images, in one plot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.errors import InvalidValueError
from zoo.views.generic.asking import GAP
from zoo.views.generic.jury import listed, summon
from zoo.views.generic.robustness import AXES, DOSES, changed, words_of
from zoo.views.scales import INTENSITY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.company import RobustnessCompared

__all__ = ["Stands", "compute", "draw"]

WIDTH, HIGH, ROW, SAMPLE = 6.6, 2.6, 0.3, 0.5
"""Inches: of the plot, of a row of the table, and of the piece of line that stands for a model."""


@dataclass(frozen=True)
class Stands:
    """Accuracy of several models by dose.

    Attributes:
        models: Names, the view's own model first; it stands alone where no other is at hand.
        doses: How much was done.
        accuracy: (models, doses) in [0, 1], each on the images whose class the model knows.
        counts: Images each was measured on.
    """

    title: str
    note: str
    models: tuple[str, ...]
    doses: tuple[float, ...]
    accuracy: npt.NDArray[np.float64]
    counts: tuple[int, ...]
    axis: str
    alt: str


def compute(context: ViewContext, parameters: RobustnessCompared) -> Stands:
    jury = summon(context, parameters.models)
    some = context.examples("test").first(parameters.count)
    place = np.array([jury.classes.index(label) for label in context.labels])
    truth = place[some.labels]
    knows = jury.known[:, truth]  # (models, n)
    counts = knows.sum(axis=1)
    if not counts.all():
        strangers = listed([n for n, count in zip(jury.names, counts, strict=True) if not count])
        raise InvalidValueError(
            f"robustness-compared: {strangers} knows no class of the first {len(some):,} test images; "
            "raise count"
        )
    doses, images = DOSES[parameters.change], some.floats()
    accuracy = np.empty((len(jury.members), len(doses)))
    for column, dose in enumerate(doses):
        answers = jury.ask(changed(images, parameters.change, dose, seed=parameters.seed)).answers
        accuracy[:, column] = ((answers == truth) & knows).sum(axis=1) / counts
    words = words_of(parameters.change)
    whole = knows.all(axis=1)  # a model of two classes has an easier task
    compared = accuracy[whole] if whole.any() else accuracy
    hardest = int(np.ptp(compared, axis=0).argmax())
    best = int(np.where(whole | ~whole.any(), accuracy[:, hardest], -1).argmax())
    partial = [n for n, row in zip(jury.names, knows, strict=True) if not row.all()]
    on_own = f"{listed(partial)} on the images whose class it knows" if partial else ""
    told = "; ".join(
        f"{name} {', '.join(f'{100 * share:.1f}' for share in row)}"
        for name, row in zip(jury.names, accuracy, strict=True)
    )
    stands = (
        f"they differ most at {doses[hardest]:g}, where {jury.names[best]} is best with "
        f"{100 * accuracy[best, hardest]:.1f}{GAP}%"
        if len(compared) > 1
        else "no other model is asked"
    )
    who = f"{len(jury.members)} models" if len(jury.members) > 1 else context.title
    return Stands(
        title=f"{who} on images that are {words}",
        note="; ".join(filter(None, (f"first {len(some):,} test images", stands, on_own, jury.unasked))),
        models=jury.names,
        doses=doses,
        accuracy=accuracy,
        counts=tuple(int(count) for count in counts),
        axis=AXES[parameters.change],
        alt=(
            f"Accuracy in percent of {listed(list(jury.names))} on test images that are {words}, by "
            f"{AXES[parameters.change]} ({', '.join(f'{dose:g}' for dose in doses)}): {told}; {stands}."
        ),
    )


def draw(numbers: Stands) -> Figure:
    from zoo.views import canvas

    rows, count = numbers.accuracy.shape
    names = max(canvas.text_width(name, 9.5) for name in numbers.models) + 0.15
    left = max(0.6, names + SAMPLE)
    sheet = canvas.figure(
        title=numbers.title, note=numbers.note,
        panel=(left + WIDTH, HIGH + 0.86 + ROW * rows), room=(0, 0.22), bar=True,
    )  # fmt: skip
    sheet.axes[0].axis("off")
    plot = canvas.place(sheet, left, 0, WIDTH, HIGH)
    keys = canvas.place(sheet, 0, HIGH + 0.86, SAMPLE, ROW * rows)
    for series, (name, shares) in enumerate(zip(numbers.models, numbers.accuracy, strict=True)):
        canvas.line(plot, numbers.doses, 100 * shares, name, series)
        canvas.line(keys, (0, 1, 2), (series, series, series), name, series)
    keys.set(xlim=(-0.2, 2.2), ylim=(rows - 0.5, -0.5))
    keys.axis("off")
    ticks = [f"{dose:g}".replace("-", "−") for dose in numbers.doses]
    plot.set(ylim=(0, 104), xlabel=numbers.axis, ylabel="accuracy (%)", yticks=range(0, 101, 20))
    plot.set_xticks(numbers.doses, ticks)
    plot.grid(axis="y")
    plot.set_axisbelow(True)
    table = canvas.place(sheet, left, HIGH + 0.86, WIDTH, ROW * rows)
    canvas.show(table, numbers.accuracy, aspect="auto")
    texts = [[f"{100 * share:.1f}" for share in row] for row in numbers.accuracy]
    canvas.annotate_cells(table, numbers.accuracy, INTENSITY, texts, size=8.5)
    table.set_yticks(range(rows), numbers.models, color=canvas.INK, size=9.5)
    table.set_xticks(range(count), ticks)
    table.tick_params(length=0, pad=4)
    canvas.colour_bar(sheet, INTENSITY, "accuracy")
    return sheet.figure
