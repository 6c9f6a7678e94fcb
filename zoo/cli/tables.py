"""Text tables that fit the terminal: the widest columns wrap, and nothing is ever cut off."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from zoo.cli.terminal import plain, width

__all__ = ["facts", "table", "wrapped"]

GAP = 2
"""Blanks between columns."""

LEAST = 12
"""A column is not wrapped below this; where that does not suffice, rows become blocks of lines."""


def table(head: Sequence[str], rows: Sequence[Sequence[object]], *, right: str = "") -> Iterator[str]:
    """Lay out rows under a head.

    Args:
        head: Title of each column.
        rows: As many cells each.
        right: One character a column: ``r`` aligns it to the right.
    """
    cells = [[plain(cell) for cell in row] for row in rows]
    natural = [max(len(row[i]) for row in [list(head), *cells]) for i in range(len(head))]
    least = [_least(head[i], [row[i] for row in cells]) for i in range(len(head))]
    widths = _fitted(natural, least, width() - GAP * (len(head) - 1))
    if widths is None:
        yield from _blocks(head, cells)
        return
    for row in [list(head), *cells]:
        columns = [_lines(text, columns) for text, columns in zip(row, widths, strict=True)]
        for i in range(max(map(len, columns))):
            parts = [column[i] if i < len(column) else "" for column in columns]
            aligned = [
                part.rjust(w) if right[n : n + 1] == "r" else part.ljust(w)
                for n, (part, w) in enumerate(zip(parts, widths, strict=True))
            ]
            yield (" " * GAP).join(aligned).rstrip()


def facts(pairs: Sequence[tuple[str, object]]) -> Iterator[str]:
    """Lay out ``name  value`` lines; values of None are left out."""
    shown = [(name, plain(value)) for name, value in pairs if value is not None]
    indent = max((len(name) for name, _ in shown), default=0) + GAP
    for name, value in shown:
        if width() - indent < LEAST:
            yield name
            yield from wrapped(value, indent=GAP)
            continue
        lines = _lines(value, width() - indent)
        yield (name.ljust(indent) + lines[0]).rstrip()
        yield from (" " * indent + line for line in lines[1:])


def wrapped(text: str, *, indent: int = 0) -> Iterator[str]:
    """Break one line of text into lines that fit; a word (a path, a url) is never broken."""
    for line in _lines(plain(text), max(LEAST, width() - indent)):
        yield " " * indent + line


def _least(head: str, cells: Sequence[str]) -> int:
    """Return how narrow a column may be: above short cells, such as numbers, a long title wraps."""
    longest = max([*map(len, head.split(" ")), *map(len, cells)])
    return min(longest, LEAST)


def _fitted(natural: list[int], least: list[int], room: int) -> list[int] | None:
    """Narrow the widest columns, evenly, until the row fits; None if it cannot."""
    widths = list(natural)
    while sum(widths) > room:
        spare = [i for i in range(len(widths)) if widths[i] > least[i]]
        if not spare:
            return None
        widths[max(spare, key=lambda i: widths[i])] -= 1
    return widths


def _blocks(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for n, row in enumerate(rows):
        if n:
            yield ""
        yield from facts([(name, cell) for name, cell in zip(head, row, strict=True) if cell])


def _lines(text: str, columns: int) -> list[str]:
    return textwrap.wrap(text, columns, break_long_words=False, break_on_hyphens=False) or [""]
