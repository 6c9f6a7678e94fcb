"""Images named by text, ``test:17`` or ``class:3#12``: one meaning, whichever model looks at them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from zoo.errors import InvalidValueError, UnknownNameError, complaint, one_line, unknown

if TYPE_CHECKING:
    from zoo.data import Examples

__all__ = ["Album", "Reference", "parse_reference"]

_REFERENCE = re.compile(r"(?P<kind>test|train|class|noise):(?P<rest>.*)", re.DOTALL)
_FORMS = "test:17, train:5, class:3#12, noise:7, blank, or an image file"

NUMBER_LIMIT = 10
"""Digits of an index or a seed: enough for any dataset, and no time is lost on absurd ones."""


class Reference:
    """An image named by text, taken apart but not yet fetched.

    Attributes:
        kind: ``test``, ``train``, ``class``, ``noise``, ``blank`` or ``file``.
        number: Index, or seed of the noise.
        name: Class name, or path of the file.
    """

    def __init__(self, text: str, kind: str, number: int = 0, name: str = "") -> None:
        self.text, self.kind, self.number, self.name = text, kind, number, name


def parse_reference(text: str) -> Reference:
    """Take an image reference apart; no data is touched.

    ``test:17`` and ``train:5`` count from 0 in that part of the dataset as published, ``class:3#12``
    among the test images of class 3 (``class:3`` is its first), ``noise:7`` is uniform noise of seed
    7, ``blank`` holds no ink; anything else is the path of an image file (``./blank`` for a file of
    that name).

    Raises:
        InvalidValueError: If it looks like a reference and is none.
    """
    if text == "blank":
        return Reference(text, "blank")
    match = _REFERENCE.fullmatch(text)
    if match is None:
        if not text or "\0" in text:
            raise InvalidValueError(complaint("image", expected=_FORMS, got=repr(text)))
        return Reference(text, "file", name=text)
    kind, rest = match["kind"], match["rest"]
    name = ""
    if kind == "class":
        name, mark, rest = rest.partition("#")
        rest = rest if mark else "0"
    plain = rest.isascii() and rest.isdigit() and len(rest) <= NUMBER_LIMIT
    if not plain or (kind == "class" and not name):
        raise InvalidValueError(complaint(f"image {one_line(text, 60)!r}", expected=_FORMS))
    return Reference(text, kind, int(rest), name)


@dataclasses.dataclass(frozen=True)
class Album:
    """The images of a dataset by reference: of all its classes, and as published.

    Attributes:
        labels: Name of every class.
        images: ``"train"`` or ``"test"`` → that part as published.
        names: ``"train"`` or ``"test"`` → the reference of each image that the model's own part holds:
            of its classes, in its split.
    """

    labels: tuple[str, ...]
    images: Callable[[str], Examples]
    names: Callable[[str], Sequence[str]]

    def find(self, reference: Reference) -> tuple[Examples, int]:
        """Return a part and the row in it.

        Raises:
            InvalidValueError: If the index is out of range.
            UnknownNameError: If there is no such class.
        """
        if reference.kind != "class":
            examples = self.images(reference.kind)
            return examples, _index(reference, len(examples), f"{reference.kind} images")
        if reference.name not in self.labels:
            error = unknown(
                "class", one_line(reference.name, 60), self.labels, guess=len(self.labels) > 12
            )
            raise UnknownNameError(f"image {one_line(reference.text, 60)}: {error}")
        examples = self.images("test")
        rows = np.flatnonzero(examples.labels == self.labels.index(reference.name))
        return examples, int(rows[_index(reference, len(rows), f"class {reference.name}")])

    def first_of(self, classes: Sequence[str], reference: Reference) -> str:
        """Return the first reference from this one on whose image is of one of `classes`."""
        examples, start = self.find(reference)
        columns = [self.labels.index(name) for name in classes if name in self.labels]
        fits = np.flatnonzero(np.isin(examples.labels[start:], columns))
        return f"{reference.kind}:{start + int(fits[0])}" if len(fits) else reference.text


def _index(reference: Reference, count: int, thing: str) -> int:
    if reference.number >= count:
        words = f"an index in 0..{count - 1} of the {thing}" if count else f"{thing}, but there are none"
        raise InvalidValueError(
            complaint(f"image {one_line(reference.text, 60)}", expected=words, got=str(reference.number))
        )
    return reference.number
