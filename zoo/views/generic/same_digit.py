"""`same-digit`: one image as several models see it, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.views.generic.asking import GAP, named, percent
from zoo.views.generic.jury import Jury, Shares, listed, summon, with_article
from zoo.views.scales import INTENSITY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.company import SameDigit

__all__ = ["Opinions", "compute", "draw"]

DIGIT, CELL, ROW, NAMED, ANSWERED = 1.5, 0.4, 0.34, 9.5, 0.45
"""Inches: side of the image, width and height of a cell, points of a name, room for an answer."""

LEAST = 0.005
"""Smallest share that is written on its cell."""


@dataclass(frozen=True)
class Opinions:
    """One image and what each model makes of it.

    Attributes:
        image: (28, 28).
        truth: Its class; empty where nobody knows.
        models: Names, the view's own model first.
        classes: Every class that one of them knows.
        shares: Probability of each class, (models, classes); masked where a model knows no such
            class or gives none.
        answers: Class that each answers.
        knowing: Which models tell the true class apart; all where it is not known.
        left_out: Models that are not asked, each with the reason.
    """

    title: str
    note: str
    image: npt.NDArray[np.float64]
    truth: str
    models: tuple[str, ...]
    classes: tuple[str, ...]
    shares: Shares
    answers: tuple[str, ...]
    knowing: tuple[bool, ...]
    left_out: tuple[str, ...]
    alt: str


def compute(context: ViewContext, parameters: SameDigit) -> Opinions:
    image = context.image(parameters.image)
    truth = context.truth(parameters.image)
    jury = summon(context, parameters.models)
    verdicts = jury.ask(image[None])
    answers = tuple(jury.classes[column] for column in verdicts.answers[:, 0])
    knowing = tuple(not truth or truth in member.labels for member in jury.members)
    shares = verdicts.shares[:, 0]
    which = named(parameters.image) + (f", {with_article(truth)}" if truth else "")
    agreed = _agreement(answers, knowing, truth, jury)
    best = verdicts.answers[:, 0]
    stated = [
        f"{member.title} {jury.classes[column]}{_sure(member, row[column])}"
        for member, row, column in zip(jury.members, shares, best, strict=True)
    ]
    framed = ", the true one framed" if truth in jury.classes else ""
    note = [f"percent for each class{framed}", *_crossed(jury, shares)]
    seen = "as one model sees it" if len(answers) == 1 else f"as {len(answers)}{GAP}models see it"
    told = (f"{which}, {seen}: {agreed}", *stated, jury.remarks)
    return Opinions(
        title=f"{which}, {seen}: {agreed}",
        note="; ".join(filter(None, (*note, jury.remarks))),
        image=image.astype(np.float64),
        truth=truth,
        models=jury.names,
        classes=jury.classes,
        shares=shares,
        answers=answers,
        knowing=knowing,
        left_out=tuple(f"{name}: {reason}" for name, reason in jury.left_out.items()),
        alt="; ".join(filter(None, told)) + ".",
    )


def draw(numbers: Opinions) -> Figure:
    from zoo.views import canvas

    rows, classes = numbers.shares.shape
    names = max(canvas.text_width(name, NAMED) for name in numbers.models) + 0.25
    wide, high = CELL * classes, ROW * rows
    sheet = canvas.figure(
        title=numbers.title, note=numbers.note,
        panel=(DIGIT + names + wide + ANSWERED, max(DIGIT, high)), room=(0, 0.42), bar=True, head=0.1,
    )  # fmt: skip
    sheet.axes[0].axis("off")
    canvas.show(canvas.place(sheet, 0, 0, DIGIT, DIGIT), numbers.image)
    table = canvas.place(sheet, DIGIT + names, 0, wide, high)
    canvas.show(table, numbers.shares, aspect="auto")
    best = [numbers.classes.index(answer) for answer in numbers.answers]
    for strong in (False, True):
        texts = [
            [_cell(value, strong=strong, best=x == best[y]) for x, value in enumerate(row)]
            for y, row in enumerate(numbers.shares)
        ]
        weight = "bold" if strong else "normal"
        canvas.annotate_cells(table, numbers.shares, INTENSITY, texts, size=8.5, weight=weight)
    table.set_yticks(range(rows), numbers.models, color=canvas.INK, size=NAMED)
    table.set_xticks(range(classes), numbers.classes, color=canvas.INK, size=NAMED)
    table.set_xlabel("class", labelpad=3)
    table.tick_params(length=0, pad=4)
    if numbers.truth in numbers.classes:
        canvas.frame(table, 0, numbers.classes.index(numbers.truth), rows, 1)
    for row, (answer, knows) in enumerate(zip(numbers.answers, numbers.knowing, strict=True)):
        mark = "" if not numbers.truth or not knows else "✓" if answer == numbers.truth else "✗"
        table.text(
            classes - 0.3,
            row,
            f"{answer} {mark}",
            size=NAMED,
            color=canvas.INK,
            va="center",
            weight="bold",
        )
    canvas.colour_bar(sheet, INTENSITY, "probability")
    return sheet.figure


def _agreement(answers: tuple[str, ...], knowing: tuple[bool, ...], truth: str, jury: Jury) -> str:
    """Say who agrees, and that those who do not know the class cannot."""
    said: dict[str, list[str]] = {}
    strangers = []
    for name, answer, knows in zip(jury.names, answers, knowing, strict=True):
        if knows:
            said.setdefault(answer, []).append(name)
        else:
            strangers.append(f"{name}, which knows no {truth}, says {answer}")
    order = sorted(said, key=lambda answer: (-len(said[answer]), answer != truth))
    total = sum(map(len, said.values()))
    if not order:
        text = f"none of them knows {with_article(truth)}" if len(strangers) > 1 else ""
    elif len(order) == 1:
        who = "it says" if total == 1 else "both say" if total == 2 else f"all {total} say"
        text = f"{who} {order[0]}"
        if truth:
            text += ", and that is right" if order[0] == truth else ", and that is wrong"
    else:
        first = order[0]
        text = f"{len(said[first])} of {total} say {first}"
        for answer in order[1:]:
            names = said[answer]
            text += f", {listed(names)} say{'s' if len(names) == 1 else ''} {answer}"
    return "; ".join(filter(None, (text, *strangers)))


def _crossed(jury: Jury, shares: Shares) -> list[str]:
    """Say what the crossed out cells are, where there are some."""
    crossed = np.ma.getmaskarray(shares)
    whys = {
        "a class it does not know": bool((crossed & ~jury.known).any()),
        "scores beyond 0 to 1": bool((crossed & jury.known).any()),
    }
    found = [why for why, there in whys.items() if there]
    return [f"crossed out: {' or '.join(found)}"] if found else []


def _sure(member: ViewContext, share: float) -> str:
    if np.ma.is_masked(share):
        return ""
    stated = percent(float(share)) if "probabilities" in member.offers else f"score {share:.2g}"
    return f" ({stated})"


def _cell(value: float, *, strong: bool, best: bool) -> str:
    if np.ma.is_masked(value) or strong != best or (value < LEAST and not best):
        return ""
    return percent(float(value)).partition(GAP)[0]
