"""The tables of a registry file as it is written; schema 1.

The docstrings of these classes are the reference of the format.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

__all__ = ["SCHEMA", "ContainerTable", "DatasetTable", "FileTable", "WeightsTable", "convert"]

SCHEMA = 1
"""Version of the format; a registry says which one it was written for."""

T = TypeVar("T", bound=msgspec.Struct)

_PATH = re.compile(r" - at `\$\.?(.*)`$")


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table whose keys are all known: a misspelt one is an error, not a default."""


class WeightsTable(Table, frozen=True):
    """``[[weights]]``: one published weight file.

    Attributes:
        model: Bare name, or ``distribution/name``.
        preset: Preset of the model whose values these are.
        dataset: What they were trained on.
        tag: Name of this publication, for ``--weights TAG``.
        file: File name in mirrors and in the cache.
        size: In bytes, exactly.
        sha256: Of the file.
        default: Used where none is asked for; one for each model, preset and dataset.
        summary: One line for tables.
        urls: Where it can be downloaded, in order.
        path: Where it lies beside the registry, relative to its folder.
        published: What it is said to score, e.g. ``{ accuracy = 0.97, loss = 0.1 }``.
        licence: SPDX name.
    """

    model: str
    preset: str
    dataset: str
    tag: str
    file: str
    size: int
    sha256: str
    default: bool = False
    summary: str = ""
    urls: list[str] = []
    path: str | None = None
    published: dict[str, float] = {}
    licence: str = ""


class ArrayTable(Table, frozen=True):
    """``arrays.NAME = { shape, sha256 }``: the hash of the array's bytes (C order, uint8)."""

    shape: list[int]
    sha256: str


class FileTable(Table, frozen=True):
    """``[[dataset.container.file]]``: one file of a container.

    Attributes:
        file: File name in mirrors and in the cache.
        array: The array it holds; left out where it holds all (npz).
        urls: Where it can be downloaded, in order.
        path: Where it lies beside the registry.
        size, sha256: Only where nobody may pack the same arrays in another way.
        limit: Largest size in bytes that is ever read.
    """

    file: str
    array: str | None = None
    urls: list[str] = []
    path: str | None = None
    size: int | None = None
    sha256: str | None = None
    limit: int = 64 * 1024 * 1024


class ContainerTable(Table, frozen=True):
    """``[[dataset.container]]``: one way in which all arrays are packed."""

    format: str
    file: list[FileTable]


class DatasetTable(Table, frozen=True):
    """``[[dataset]]``: the arrays of one dataset, and the containers they come in."""

    name: str
    arrays: dict[str, ArrayTable]
    container: list[ContainerTable]
    summary: str = ""


def convert(table: Any, kind: type[T]) -> T:
    """Make a struct of a parsed table.

    Raises:
        ValueError: Naming the key that is wrong, missing or unknown.
    """
    try:
        return msgspec.convert(table, kind)
    except (msgspec.ValidationError, RecursionError, OverflowError) as error:
        words = str(error)
        place = _PATH.search(words)
        text = _PATH.sub("", words)
        text = text[:1].lower() + text[1:]
        raise ValueError(f"{place[1]}: {text}" if place and place[1] else text) from None
