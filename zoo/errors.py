"""Every error a user can cause, with the exit code of its kind.

Each error is one line: it names the thing, says what was expected and what was found, and what to
do next. Bugs are not `ZooError`: they keep their traceback.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = [
    "EXIT_CODES",
    "IntegrityError",
    "InvalidValueError",
    "PluginError",
    "UnavailableError",
    "UnknownNameError",
    "UsageError",
    "ZooError",
    "close_matches",
    "complaint",
]

EXIT_CODES = {
    0: "ok",
    1: "handled error",
    2: "usage",
    3: "data or weights unavailable",
    4: "integrity",
    5: "plugin",
    130: "interrupted",
}


class ZooError(Exception):
    """A handled error: one line for a person, and an exit code."""

    exit_code = 1


class UsageError(ZooError):
    """What was asked for does not exist or does not fit."""

    exit_code = 2


class UnknownNameError(UsageError, LookupError):
    """No model, preset, view, dataset or parameter has this name."""


class InvalidValueError(UsageError, ValueError):
    """A value has the wrong type, shape or range."""


class UnavailableError(ZooError):
    """Data or weights cannot be had: no network, no mirror, or a way that was forbidden."""

    exit_code = 3


class IntegrityError(ZooError):
    """Bytes from outside are not what they should be."""

    exit_code = 4


class PluginError(ZooError):
    """A plugin breaks its contract. `plugin` names the culprit."""

    exit_code = 5

    def __init__(self, text: str, *, plugin: str = "") -> None:
        super().__init__(text)
        self.plugin = plugin


def complaint(
    thing: str, *, expected: str | None = None, got: str | None = None, do: str | None = None
) -> str:
    """Build the one line of an error: ``thing: expected …, got …; do``.

    >>> complaint("epochs", expected="an integer in 1..1000", got="0")
    'epochs: expected an integer in 1..1000, got 0'
    """
    facts = []
    if expected is not None:
        facts.append(f"expected {expected}")
    if got is not None:
        facts.append(f"got {got}")
    text = f"{thing}: {', '.join(facts)}" if facts else thing
    text = f"{text}; {do}" if do else text
    return one_line(text)


def one_line(text: str, limit: int = 2000) -> str:
    """Make text safe for one terminal line: no control characters, bounded length."""
    flat = " ".join(text.split())
    flat = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in flat)
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def close_matches(name: str, known: Iterable[str], *, cutoff: float = 0.5) -> Sequence[str]:
    """Return up to three known names that look like `name`, in whichever case it is written.

    Args:
        cutoff: How alike they must be; 1 is the name itself.
    """
    import difflib  # costs 5 ms, needed for mistakes only

    lower = {each.lower(): each for each in known}
    found = difflib.get_close_matches(name.lower(), list(lower), n=3, cutoff=cutoff)
    return [lower[each] for each in found]


def unknown(
    kind: str, name: str, known: Iterable[str], *, do: str | None = None, guess: bool = True
) -> UnknownNameError:
    """Build the error for a name that does not exist, with close matches or the known names.

    Args:
        guess: False where all names are short and few, and none is like another by accident.
    """
    names = sorted(set(known))
    close = close_matches(name, names) if guess else ()
    if close:
        hint = f"did you mean {' or '.join(close)}?"
    elif names:
        shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
        hint = f"known: {shown}"
    else:
        hint = f"there is no {kind} at all"
    return UnknownNameError(one_line(f"unknown {kind} {name!r}; {hint}" + (f"; {do}" if do else "")))
