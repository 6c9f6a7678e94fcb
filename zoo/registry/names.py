"""File names and paths that a registry may give: safe on every system, below its own folder."""

from __future__ import annotations

import re

__all__ = ["FILE_LIMIT", "file_fault", "path_fault"]

FILE_LIMIT = 100
"""Longest file name: leaves room for a folder and a temporary suffix on every file system."""

PATH_LIMIT = 8
"""Folders in a path."""

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9]|conin|conout)(\.|$)", re.IGNORECASE)


def file_fault(name: str) -> str:
    """Say what is wrong with a file name; empty if it is one plain path component everywhere."""
    if len(name) > FILE_LIMIT:
        return f"expected at most {FILE_LIMIT} characters, got {len(name)}"
    if not _PLAIN.fullmatch(name) or name.endswith("."):
        return f"expected a plain file name (letters, digits, '.', '_', '-'), got {name!r}"
    if _RESERVED.match(name):
        return f"expected a file name that every system can have, got {name!r}"
    return ""


def path_fault(path: str) -> str:
    """Say what is wrong with a relative path of plain components, with ``/`` between them."""
    parts = path.split("/")
    if len(parts) > PATH_LIMIT:
        return f"expected at most {PATH_LIMIT} parts, got {len(parts)}"
    for part in parts:
        if fault := file_fault(part):
            return f"{fault} in {path!r}" if len(parts) > 1 and len(path) <= FILE_LIMIT else fault
    return ""
