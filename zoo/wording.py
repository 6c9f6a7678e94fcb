"""Words that every part of the zoo writes alike."""

from __future__ import annotations

__all__ = ["percent"]


def percent(share: float, places: int = 2, *, gap: str = " ") -> str:
    """Write a share of 1 as percent; what is not quite all or nothing never reads so.

    >>> percent(0.9695), percent(1.0), percent(0.99999), percent(0.00001), percent(0.0)
    ('96.95 %', '100.00 %', '>99.99 %', '<0.01 %', '0.00 %')
    >>> percent(0.9996, 1)
    '>99.9 %'
    """
    least = 10.0**-places
    text = f"{100 * share:.{places}f}"
    if share < 1 and float(text) >= 100:
        text = f">{100 - least:.{places}f}"
    elif share > 0 and float(text) == 0:
        text = f"<{least:.{places}f}"
    return f"{text}{gap}%"
