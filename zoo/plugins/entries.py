"""Which installed distributions offer plugins: the entry points of group ``zoo``, read line by line.

`importlib.metadata` only lists the distributions here. It parses an ``entry_points.txt`` as a whole,
so that one garbage line loses all of them, and reads the metadata of every distribution to find
duplicates, which costs more than everything else that ``zoo list`` does.
"""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterator
from dataclasses import dataclass

from zoo.errors import one_line

__all__ = ["GROUP", "OWN", "Entry", "find_entries", "normalise"]

GROUP = "zoo"
"""The entry point group of plugins."""

OWN = "digit-zoo"
"""The zoo's own distribution: its plugins come first and keep their bare names in a clash."""

UNNAMED = "unnamed-distribution"
"""Stands for a distribution whose metadata has no usable name."""

_DISTRIBUTION = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")
_NAME = re.compile(r"[\w.-]{1,60}")
_VALUE = re.compile(r"(?P<target>[\w.]+(\s*:\s*[\w.]+)?)\s*(\[.*\])?")


@dataclass(frozen=True)
class Entry:
    """One entry point, not yet imported.

    Attributes:
        name: Name of the plugin: what ``ZOO_PLUGINS`` and ``zoo plugins`` call it.
        target: ``"module"`` or ``"module:object"``; empty where `fault` says why there is none.
        distribution: Normalised name of the distribution (lower case, hyphens).
        version: Version of the distribution; empty if its metadata has none.
        fault: What is wrong with the entry itself.
    """

    name: str
    target: str
    distribution: str
    version: str
    fault: str = ""

    @property
    def own(self) -> bool:
        return self.distribution == OWN

    @property
    def label(self) -> str:
        """The plugin as warnings name it, e.g. ``extra (some-distribution 1.0)``."""
        return f"{self.name} ({self.distribution}{' ' + self.version if self.version else ''})"


def normalise(distribution: str) -> str:
    """Return the one spelling of a distribution's name: lower case, single hyphens."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def find_entries() -> tuple[Entry, ...]:
    """List all plugins without importing any: the zoo's own first, then by distribution and name."""
    found: dict[str, list[Entry]] = {}
    for distribution in importlib.metadata.distributions():
        try:
            text = distribution.read_text("entry_points.txt") or ""
        except UnicodeDecodeError as error:
            if f"[{GROUP}]".encode() not in error.object:
                continue  # a stranger's file: not for the zoo to judge
            name, version = _identity(distribution)
            fault = "its entry_points.txt is not UTF-8; install it again"
            found.setdefault(name, [Entry(name, "", name, version, fault)])
            continue
        if f"[{GROUP}]" not in text:
            continue
        name, version = _identity(distribution)
        if name != UNNAMED and (name in found or _shadowed(name, text)):
            continue
        found.setdefault(name, []).extend(_entries(text, name, version))
    entries = [entry for listed in found.values() for entry in listed]
    return tuple(sorted(entries, key=lambda entry: (not entry.own, entry.distribution, entry.name)))


def _entries(text: str, distribution: str, version: str) -> Iterator[Entry]:
    inside = False
    seen: dict[str, str] = {}
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("["):
            inside = line == f"[{GROUP}]"
        if not inside or not line or line[0] in "#;[":
            continue
        name, equals, value = (part.strip() for part in line.partition("="))
        fault, target = "", ""
        match = _VALUE.fullmatch(value)
        if match is None or not equals or not _NAME.fullmatch(name):
            shown = one_line(line, 80)
            fault = f"entry point: expected 'name = module' or 'name = module:object', got {shown!r}"
            name = name if _NAME.fullmatch(name) else one_line(name, 40)
        else:
            target = re.sub(r"\s", "", match["target"])
        if name in seen:
            if seen[name] == target:
                continue
            fault = f"entry point {name!r} is listed twice by one distribution; the first one counts"
            target = ""
        seen.setdefault(name, target)
        yield Entry(name, target, distribution, version, fault)


def _identity(distribution: importlib.metadata.Distribution) -> tuple[str, str]:
    """Return normalised name and version from the head of the metadata, without an email parser."""
    facts: dict[str, str] = {}
    for file in ("METADATA", "PKG-INFO"):
        try:
            text = distribution.read_text(file) or ""
        except UnicodeDecodeError as error:
            text = error.object.decode("utf-8", "replace")
        for line in text.splitlines():
            key, colon, value = line.partition(":")
            if not colon:  # the empty line that ends the head
                break
            facts.setdefault(key.strip().lower(), value.strip())
        if facts:
            break
    name = facts.get("name", "")
    known = normalise(name) if _DISTRIBUTION.fullmatch(name) else UNNAMED
    return known, one_line(facts.get("version", ""), 40)


def _shadowed(name: str, text: str) -> bool:
    """Tell whether another distribution of this name comes earlier on the path and hides it."""
    try:
        first = importlib.metadata.distribution(name)
        return first.read_text("entry_points.txt") != text
    except (importlib.metadata.PackageNotFoundError, UnicodeDecodeError):
        return False
