"""What views of several models share: who is asked, which classes there are, and the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from zoo.views.context import ViewContext

__all__ = ["Jury", "Verdicts", "listed", "summon", "with_article"]

Shares = np.ma.MaskedArray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Verdicts:
    """Answers to n images.

    Attributes:
        shares: (models, n, classes) in [0, 1]: probabilities, or scores that stay within these
            bounds; masked where a model knows no such class, or scores otherwise.
        answers: Index of the class answered, (models, n).
    """

    shares: Shares
    answers: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Jury:
    """Several models that are asked the same.

    Attributes:
        members: The view's own model first.
        classes: Every class that one of them knows.
        known: Which classes each tells apart, (models, classes).
        left_out: Name of a model → why it is not asked.
    """

    members: tuple[ViewContext, ...]
    classes: tuple[str, ...]
    known: npt.NDArray[np.bool_]
    left_out: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(member.title for member in self.members)

    @property
    def remarks(self) -> str:
        """Say whose numbers are no probabilities, and who was left out; empty if nobody."""
        others = [m.title for m in self.members if "probabilities" not in m.offers]
        scoring = f"{listed(others)}: scores, which need not add up to 1" if others else ""
        return "; ".join(filter(None, (scoring, self.unasked)))

    @property
    def unasked(self) -> str:
        """Say who was left out; empty if nobody."""
        missing = ", ".join(self.left_out)
        return f"no weights are at hand of {missing}: named in `models` they are trained" * bool(missing)

    def ask(self, images: npt.NDArray[np.float32]) -> Verdicts:
        """Show all members the same images, (n, 28, 28)."""
        whole = (len(self.members), len(images), len(self.classes))
        shares: Shares = np.ma.masked_array(np.zeros(whole), mask=True)
        answers = np.zeros(whole[:2], np.int64)
        for place, member in enumerate(self.members):
            scores = member.model.predict(images).astype(np.float64)
            columns = np.array([self.classes.index(label) for label in member.labels])
            answers[place] = columns[scores.argmax(axis=1)]
            if scores.size and scores.min() >= 0 and scores.max() <= 1 + 1e-5:
                shares[place, :, columns] = np.minimum(scores, 1.0).T
        return Verdicts(shares, answers)


def summon(context: ViewContext, names: tuple[str, ...]) -> Jury:
    """Ask the context for other models; classes are in the order of the model that knows most."""
    company = context.company(names)
    members = (context, *company.models)
    most = max(members, key=lambda member: len(member.labels))
    classes = tuple(dict.fromkeys(name for m in (most, *members) for name in m.labels))
    known = np.array([[name in member.labels for name in classes] for member in members])
    return Jury(members, classes, known, company.left_out)


def with_article(name: str) -> str:
    """Return ``a 7``, ``an 8``."""
    vowel = name[:1].lower() in ("a", "e", "i", "o", "u", "8") or name in ("11", "18")
    return f"{'an' if vowel else 'a'} {name}"


def listed(words: list[str]) -> str:
    """Join words: ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else "none"
