"""Adding an entry to a registry file while every other line stays as a person wrote it.

The file is edited as text: a TOML writer would drop comments, and one that keeps them would be one
more dependency. What comes out is parsed and compared with what it should say, so that a file whose
layout this cannot handle is refused, never damaged.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from zoo.errors import IntegrityError, ZooError, complaint
from zoo.registry.tables import SCHEMA
from zoo.registry.toml import TOKEN, read_toml

__all__ = ["put_entry"]

START = f"# Published weights, for `zoo --registry`; written by `zoo publish`.\nschema = {SCHEMA}\n"
"""A registry that lists nothing yet."""

_HEADER = re.compile(r"\s*\[\[\s*weights\s*\]\]")
_BELOW = re.compile(r"\s*\[{1,2}\s*weights\s*\.")
_DEFAULT = re.compile(r"(\s*default\s*=\s*)true\b")


def put_entry(
    data: bytes,
    entry: Mapping[str, Any],
    *,
    replaces: int | None = None,
    lowers: Collection[int] = (),
    origin: str,
) -> bytes:
    """Return the registry file with one more ``[[weights]]`` table.

    Args:
        data: The file as it is; empty for a new one.
        entry: Key → text, number, switch, list of texts, or a mapping of numbers.
        replaces: Position among the file's tables of the one whose place it takes.
        lowers: Positions of tables that are the default no longer.
        origin: What to call the file in messages.

    Raises:
        IntegrityError: If it is not TOML.
        ZooError: If its layout is not one that can be edited.
    """
    text = data.decode() if data else START
    before = read_toml(text.encode(), origin=origin)
    expected = copy.deepcopy(before)
    refused = ZooError(
        complaint(
            f"registry {origin}",
            expected="a layout that can be edited, with [[weights]] tables",
            got="another one",
            do="write each entry as a [[weights]] table of its own",
        )
    )
    listed = expected.setdefault("weights", [])
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.removesuffix("\n").removesuffix("\r").replace("\r\n", "\n").split("\n")
    places = _tables(lines)
    if not isinstance(listed, list) or len(places) != len(listed):
        raise refused
    for number in lowers:
        listed[number]["default"] = False
        for row in range(*places[number]):
            lines[row] = _DEFAULT.sub(r"\1false", lines[row], count=1)
    if replaces is None:
        listed.append(dict(entry))
        lines += ["", *_table(entry)]
    else:
        listed[replaces] = dict(entry)
        first, last = places[replaces]
        notes = [line for line in lines[first:last] if line.lstrip().startswith("#")]
        lines[first:last] = [*notes, *_table(entry)]
    edited = (newline.join(lines) + newline).encode()
    try:
        if read_toml(edited, origin=origin) == expected:
            return edited
    except IntegrityError as error:
        raise refused from error
    raise refused


def _tables(lines: list[str]) -> list[tuple[int, int]]:
    """Return first and last line (exclusive) of each table, without the comments before the next."""
    found: list[tuple[int, int]] = []
    start, depth = None, 0
    for number, line in enumerate([*lines, "["]):
        if depth == 0 and line.lstrip().startswith("[") and not _BELOW.match(line):
            if start is not None:
                found.append((start, _trimmed(lines, start, number)))
            start = number if _HEADER.match(line) else None
        kinds = [token.lastgroup for token in TOKEN.finditer(line)]
        depth += kinds.count("open") - kinds.count("close")
    return found


def _trimmed(lines: list[str], start: int, end: int) -> int:
    while end > start + 1 and lines[end - 1].lstrip()[:1] in ("", "#"):
        end -= 1
    return end


def _table(entry: Mapping[str, Any]) -> list[str]:
    return ["[[weights]]", *(f"{key} = {_value(value)}" for key, value in entry.items())]


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    # Texts here are printable, and of those JSON and TOML write all in the same way.
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
