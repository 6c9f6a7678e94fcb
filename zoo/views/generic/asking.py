"""What many views ask: scores in a form that can be compared, classes by name, words for answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo import wording
from zoo.errors import one_line

if TYPE_CHECKING:
    from zoo.views.context import ViewContext

__all__ = ["GAP", "answer", "column_of", "log_odds", "named", "percent"]

GAP = "\N{NO-BREAK SPACE}"

LEAST = 1e-30
"""Smallest probability a logarithm is taken of: float32 knows no much smaller ones."""

BINARY_LEAST = 6e-8
"""The same where one probability is 1 minus the other: that difference has no smaller steps."""


def named(text: str) -> str:
    """Return an image reference for titles."""
    return one_line(text, 40)


def percent(share: float) -> str:
    """Return 0.973 as ``97.3 %``; what is not quite all or nothing never reads so."""
    return wording.percent(share, 1, gap=GAP)


def column_of(context: ViewContext, name: str, scores: npt.NDArray[np.float32]) -> int:
    """Return the column of class `name`, or of the largest of `scores` (classes,) if it is empty."""
    return context.column(name) if name else int(scores.argmax())


def answer(context: ViewContext, scores: npt.NDArray[np.float32]) -> str:
    """Say what scores (classes,) answer: ``7 (98 %)``, or ``7`` where they are no probabilities."""
    best = int(scores.argmax())
    if "probabilities" in context.offers:
        return f"{context.labels[best]} ({percent(float(scores[best]))})"
    return context.labels[best]


def log_odds(
    context: ViewContext, scores: npt.NDArray[np.float32], column: int
) -> npt.NDArray[np.float64]:
    """Return ln(p / (1 − p)) of a class, (n,): 0 where it is as likely as all others together.

    Where scores are no probabilities: how far the class's score is above the best other one.
    """
    wide = scores.astype(np.float64)
    others = np.delete(wide, column, axis=1)
    if "probabilities" not in context.offers:
        return np.asarray(wide[:, column] - others.max(axis=1))
    least = LEAST if wide.shape[1] > 2 else BINARY_LEAST
    ours, rest = np.maximum(wide[:, column], least), np.maximum(others.sum(axis=1), least)
    return np.asarray(np.log(ours) - np.log(rest))
