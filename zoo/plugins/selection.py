"""Which plugins may be imported: the allow and block lists of ``ZOO_PLUGINS``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zoo.errors import InvalidValueError, close_matches, complaint
from zoo.plugins.entries import Entry, normalise

__all__ = ["Selection"]


@dataclass(frozen=True)
class Selection:
    """What a list like ``a,b`` (only these), ``-a,-b`` (all but these) or ``none`` lets in.

    A name is that of a plugin, of its distribution, or ``distribution/plugin``. An allow list, of
    which ``none`` is the empty one, is about plugins from elsewhere: the zoo's own stay, unless a
    block list names them.
    """

    names: tuple[str, ...] = ()
    kind: str = "all"

    @classmethod
    def parse(cls, text: str) -> Selection:
        """Read the setting.

        Raises:
            InvalidValueError: If names with and without a hyphen are mixed.
        """
        names = [part.strip() for part in text.split(",") if part.strip()]
        if not names:
            return cls()
        if names == ["none"]:
            return cls((), "allow")
        blocked = [name[1:].strip() for name in names if name.startswith("-")]
        if not blocked:
            return cls(tuple(names), "allow")
        if len(blocked) != len(names) or not all(blocked):
            raise InvalidValueError(
                complaint(
                    "ZOO_PLUGINS",
                    expected="a list to allow (a,b), a list to block (-a,-b) or none",
                    got=repr(text),
                )
            )
        return cls(tuple(blocked), "block")

    def admits(self, entry: Entry) -> bool:
        listed = any(_names(name, entry) for name in self.names)
        if self.kind == "block":
            return not listed
        return self.kind == "all" or listed or entry.own

    def unmatched(self, entries: Sequence[Entry]) -> list[str]:
        """Say which names of the list no installed plugin has, one line each."""
        known = sorted({entry.name for entry in entries})
        lines = []
        for name in self.names:
            if not any(_names(name, entry) for entry in entries):
                close = close_matches(name, known)
                shown = ", ".join(known) or "none"
                hint = f"did you mean {' or '.join(close)}?" if close else f"installed: {shown}"
                lines.append(f"ZOO_PLUGINS: no installed plugin is called {name!r}; {hint}")
        return lines


def _names(name: str, entry: Entry) -> bool:
    distribution, slash, plugin = name.rpartition("/")
    if slash:
        return normalise(distribution) == entry.distribution and plugin == entry.name
    return name == entry.name or normalise(name) == entry.distribution
