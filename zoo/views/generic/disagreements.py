"""`disagreements`: the test images that several models answer differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.errors import InvalidValueError
from zoo.views.generic.asking import percent
from zoo.views.generic.jury import Jury, Shares, listed, summon, with_article
from zoo.views.scales import INTENSITY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.company import Disagreements

__all__ = ["Dispute", "compute", "draw"]

COLUMNS = 20
"""Images a row at most."""


@dataclass(frozen=True)
class Dispute:
    """Images on which models disagree, the most divided first.

    Attributes:
        images: (n, 28, 28).
        names: Reference of each: ``test:247``.
        truth: Class of each.
        models: Names, the view's own model first.
        answers: (models, n) in words; empty where a model does not know the image's class.
        shares: Probability of the true class, (models, n); masked where there is none.
        agreed: Share of the images looked through on which all agree that know the class.
        looked: Images looked through.
    """

    title: str
    note: str
    images: npt.NDArray[np.float64]
    names: tuple[str, ...]
    truth: tuple[str, ...]
    models: tuple[str, ...]
    answers: tuple[tuple[str, ...], ...]
    shares: Shares
    agreed: float
    looked: int
    alt: str


def compute(context: ViewContext, parameters: Disagreements) -> Dispute:
    examples = context.examples("test").first(parameters.count)
    jury = summon(context, parameters.models)
    if len(jury.members) < 2:
        raise InvalidValueError(
            f"disagreements: there is no model beside {context.title}; name some with models"
            + (f" ({jury.remarks})" if jury.remarks else "")
        )
    images = examples.floats()
    verdicts = jury.ask(images)
    place = np.array([jury.classes.index(label) for label in context.labels])
    truth = place[examples.labels]
    knows = jury.known[:, truth]  # (models, n)
    dissent = _dissent(np.where(knows, verdicts.answers, -1))
    rows = np.flatnonzero(dissent)
    looked = len(truth)
    agreed = 1 - len(rows) / looked
    if not len(rows):
        raise InvalidValueError(
            f"disagreements: {listed(list(jury.names))} agree on the first {looked:,} test images; "
            "look through more"
        )
    wrong = ((verdicts.answers != truth) & knows).sum(axis=0)
    order = np.lexsort((rows, -wrong[rows], -dissent[rows]))
    chosen = rows[order][: parameters.n]
    answers = tuple(
        tuple(jury.classes[a] if k else "" for a, k in zip(said, known, strict=True))
        for said, known in zip(verdicts.answers[:, chosen], knows[:, chosen], strict=True)
    )
    shares = verdicts.shares[:, chosen, truth[chosen]]
    shares[~knows[:, chosen]] = np.ma.masked
    first = int(chosen[0])
    names = tuple(context.reference("test", int(row)) for row in chosen)
    said = listed([f"{a} by {name}" for name, (a, *_) in zip(jury.names, answers, strict=True) if a])
    right = _right(jury, verdicts.answers, truth, knows)
    return Dispute(
        title=f"{len(chosen)} of {len(rows):,} test images on which {len(jury.members)} models differ",
        note="; ".join(
            filter(
                None,
                (
                    f"all agree on {percent(agreed)} of the first {looked:,}",
                    right,
                    "each cell: the answer, brighter where the true class is more probable",
                    jury.remarks,
                ),
            )
        ),
        images=images[chosen].astype(np.float64),
        names=names,
        truth=tuple(jury.classes[column] for column in truth[chosen]),
        models=jury.names,
        answers=answers,
        shares=shares,
        agreed=agreed,
        looked=looked,
        alt=(
            f"{listed(list(jury.names))} agree on {percent(agreed)} of {looked:,} test images; {right}; "
            f"the most disputed, {names[0]}, is {with_article(jury.classes[truth[first]])} "
            f"and is called {said}."
        ),
    )


def draw(numbers: Dispute) -> Figure:
    from zoo.views import canvas

    count, models = len(numbers.images), len(numbers.models)
    names = max(canvas.text_width(name, 9.5) for name in numbers.models) + 0.2
    cell = min(0.62, max(0.3, (canvas.WIDTH - 1.62 - names) / min(count, COLUMNS)))
    blocks = -(-count // COLUMNS)
    block = cell + 0.3 * models + 0.55
    across = min(count, COLUMNS)
    sheet = canvas.figure(
        title=numbers.title, note=numbers.note, panel=(names + cell * across, block * blocks - 0.2),
        bar=True, head=0.24,
    )  # fmt: skip
    sheet.axes[0].axis("off")
    for part in range(blocks):
        rows = slice(part * COLUMNS, min(count, (part + 1) * COLUMNS))
        wide = rows.stop - rows.start
        top = canvas.place(sheet, names, part * block, cell * wide, cell)
        canvas.show(top, canvas.montage(numbers.images[rows], wide), aspect="auto", marks=False)
        for index, label in enumerate(numbers.truth[rows]):
            top.text(
                30 * index + 13.5, -2, label,
                size=9.5, weight="bold", color=canvas.INK, ha="center", va="bottom",
            )  # fmt: skip
        below = canvas.place(sheet, names, part * block + cell + 0.04, cell * wide, 0.3 * models)
        shares = numbers.shares[:, rows]
        canvas.show(below, shares, aspect="auto")
        texts = [list(row[rows]) for row in numbers.answers]
        canvas.annotate_cells(below, shares, INTENSITY, texts, size=9.5, weight="bold")
        below.set_yticks(range(models), numbers.models, color=canvas.INK, size=9.5)
        below.set_xticks(range(wide), numbers.names[rows], size=6.5)
        below.tick_params(length=0, pad=3)
    canvas.colour_bar(sheet, INTENSITY, "probability of the true class")
    return sheet.figure


def _dissent(answers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Count, for each image, the models that do not say what most say; -1 says nothing."""
    top = int(answers.max()) + 1
    votes = np.stack([(answers == column).sum(axis=0) for column in range(top)])
    return np.asarray(votes.sum(axis=0) - votes.max(axis=0))


def _right(
    jury: Jury,
    answers: npt.NDArray[np.int64],
    truth: npt.NDArray[np.int64],
    knows: npt.NDArray[np.bool_],
) -> str:
    """Say how many of the images that it knows each model answers rightly."""
    stated = []
    for name, said, known in zip(jury.names, answers, knows, strict=True):
        right, of = int((said[known] == truth[known]).sum()), int(known.sum())
        share = percent(right / of) if of else "none"
        stated.append(f"{name} {share}" + ("" if known.all() else " of those it knows"))
    return f"right: {', '.join(stated)}"
