"""Row ranges of a split: ``train[:50000]``, ``test[100:200]``, ``train[:]``."""

from __future__ import annotations

import re
from typing import NamedTuple

from zoo.errors import InvalidValueError, complaint, one_line

__all__ = ["Rows", "parse_rows"]

ROWS = re.compile(r"(train|test)\[\s*([0-9]{0,9})\s*:\s*([0-9]{0,9})\s*\]")


class Rows(NamedTuple):
    """Rows ``start`` up to and without ``stop`` of the part as published."""

    part: str
    start: int
    stop: int


def parse_rows(text: str, counts: tuple[int, int], *, thing: str) -> Rows:
    """Read one row range.

    Args:
        text: ``part[start:stop]``; either number may be left out.
        counts: Rows of ``train`` and ``test``.
        thing: Whose range it is, for the message.

    Raises:
        InvalidValueError: If it is no row range, is empty, or leaves the part.
    """
    match = ROWS.fullmatch(text)
    if match is None:
        got = repr(one_line(text, 60))
        raise InvalidValueError(complaint(thing, expected="a row range like train[:50000]", got=got))
    part = match[1]
    count = counts[0] if part == "train" else counts[1]
    start = int(match[2]) if match[2] else 0
    stop = int(match[3]) if match[3] else count
    if not 0 <= start < stop <= count:
        expected = f"rows of {part} in 0..{count}, the first below the second"
        raise InvalidValueError(complaint(thing, expected=expected, got=one_line(text, 60)))
    return Rows(part, start, stop)
