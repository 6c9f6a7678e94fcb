"""Checking what a registry file lists, entry by entry; a wrong one is refused alone."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

from zoo.errors import UnavailableError, one_line
from zoo.plugins.checks import ARRAYS
from zoo.registry.entries import (
    ArrayFact,
    Container,
    ContainerFile,
    DatasetEntry,
    Parsed,
    WeightsEntry,
)
from zoo.registry.names import file_fault, path_fault
from zoo.registry.tables import SCHEMA, ContainerTable, DatasetTable, FileTable, WeightsTable, convert
from zoo.registry.toml import read_toml
from zoo.specs import NAME, NAME_LIMIT, RESERVED, Artifact
from zoo.store.urls import is_loopback, is_public, literal, start

__all__ = ["parse_registry"]

FORMATS = ("npz", "idx")
"""Containers that can be read."""

PROBLEM_LIMIT = 20
"""Refused entries of one registry that are named one by one."""

FILE_BYTES = 1 << 30
"""Largest size of any file: the weights of the largest allowed model, or all of a dataset, fit."""

IMAGE_LIMIT = 10_000_000
"""Images in one array."""

LIST_LIMIT = 16
"""Urls of one file, metrics of one entry, containers of one dataset."""

TEXT_LIMIT = 300
"""Characters of a summary."""

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_METRIC = re.compile(r"[a-z][a-z0-9_]{0,39}")
_QUALIFIED = re.compile(rf"([a-z0-9]+(-[a-z0-9]+)*/)?{NAME.pattern}")


def parse_registry(data: bytes, *, base: Path | str, origin: str, user_named: bool = False) -> Parsed:
    """Read a registry file; a wrong entry is refused alone.

    Args:
        data: The whole file.
        base: Its folder, or its url, which paths in it are relative to.
        origin: What to call it in messages.
        user_named: A person chose this registry: its urls may be http and private.

    Raises:
        IntegrityError: If the file is not TOML, or larger or deeper than any registry.
    """
    return _Reader(base, origin, user_named=user_named).read(read_toml(data, origin=origin))


class _Reader:
    def __init__(self, base: Path | str, origin: str, *, user_named: bool) -> None:
        self.base = base
        self.origin = origin
        self.user_named = user_named
        self.parsed = Parsed()
        self.files: dict[str, tuple[str, str | None]] = {}

    def read(self, document: dict[str, Any]) -> Parsed:
        schema = document.pop("schema", None)
        if type(schema) is not int or schema != SCHEMA:
            got = "none" if schema is None else one_line(repr(schema), 40)
            self.problem(f"schema: expected {SCHEMA}, got {got}; nothing of it is used")
            return self.parsed
        kinds: dict[str, Callable[[Any], None]] = {"dataset": self.dataset, "weights": self.weights}
        for key in document:
            if key not in kinds:
                self.problem(f"unknown key {one_line(key, 60)!r}; known: schema, dataset, weights")
        for key, read in kinds.items():
            tables = document.get(key, [])
            if not isinstance(tables, list):
                self.problem(f"{key}: expected tables [[{key}]]")
                continue
            for number, table in enumerate(tables, start=1):
                files = dict(self.files)
                try:
                    read(table)
                except ValueError as error:
                    self.files = files
                    self.problem(f"{_title(key, number, table)}: {error}")
        return self.parsed

    def problem(self, text: str) -> None:
        found = self.parsed.problems
        if len(found) < PROBLEM_LIMIT:
            found.append(one_line(f"registry {self.origin}: {text}", 500))
        elif len(found) == PROBLEM_LIMIT:
            found.append(one_line(f"registry {self.origin}: there are more faults like these"))

    def weights(self, table: Any) -> None:
        listed = convert(table, WeightsTable)
        for key in ("model", "dataset"):
            _require(_is_qualified(getattr(listed, key)), key, "a name", getattr(listed, key))
        for key in ("preset", "tag"):
            _require(_is_name(getattr(listed, key)), key, "a name", getattr(listed, key))
        words = "another word than auto, download or train, which --weights knows"
        _require(listed.tag not in RESERVED["tag"], "tag", words, listed.tag)
        for key in ("summary", "licence"):
            _check_text(key, getattr(listed, key))
        _require(len(listed.published) <= LIST_LIMIT, "published", f"at most {LIST_LIMIT} figures")
        for metric, value in listed.published.items():
            _require(bool(_METRIC.fullmatch(metric)), "published", "names of metrics", metric)
            _require(math.isfinite(value), f"published.{metric}", "a finite number", value)
        same = (listed.model, listed.preset, listed.dataset)
        for other in self.parsed.weights:
            if (other.model, other.preset, other.dataset) == same:
                _require(other.tag != listed.tag, "tag", "another one than that of an entry before")
                _require(not (other.default and listed.default), "default", "one default")
        entry = WeightsEntry(
            model=listed.model,
            preset=listed.preset,
            dataset=listed.dataset,
            tag=listed.tag,
            default=listed.default,
            artifact=self.artifact(listed, limit=listed.size),
            summary=listed.summary,
            published=dict(listed.published),
            origin=self.origin,
            licence=listed.licence,
        )
        self.parsed.weights.append(entry)

    def dataset(self, table: Any) -> None:
        listed = convert(table, DatasetTable)
        _require(_is_name(listed.name), "name", "a name", listed.name)
        words = "another word than auto, which --data knows"
        _require(listed.name not in RESERVED["dataset"], "name", words, listed.name)
        _check_text("summary", listed.summary)
        known = any(other.name == listed.name for other in self.parsed.datasets)
        _require(not known, "name", "another one than that of an entry before", listed.name)
        arrays = _arrays(listed)
        count = len(listed.container)
        _require(1 <= count <= LIST_LIMIT, "container", f"1..{LIST_LIMIT} of them", count)
        containers = tuple(self.container(one) for one in listed.container)
        self.parsed.datasets.append(
            DatasetEntry(listed.name, arrays, containers, self.origin, "", listed.summary)
        )

    def container(self, listed: ContainerTable) -> Container:
        _require(listed.format in FORMATS, "container.format", "one of npz, idx", listed.format)
        held = [file.array for file in listed.file]
        if listed.format == "idx":
            right = sorted(array or "" for array in held) == sorted(ARRAYS)
            _require(right, "container.file", "one with array for each array", f"{len(held)} files")
        else:
            _require(held == [None], "container.file", "one without array", f"{len(held)} files")
        files = tuple(
            ContainerFile(self.artifact(file, limit=file.size or file.limit), file.array)
            for file in listed.file
        )
        return Container("idx" if listed.format == "idx" else "npz", files)

    def artifact(self, listed: WeightsTable | FileTable, *, limit: int) -> Artifact:
        fault = file_fault(listed.file)
        _require(not fault, "file", fault.removeprefix("expected "))
        size = listed.size
        right = (size is None or 1 <= size <= FILE_BYTES) and 1 <= limit <= FILE_BYTES
        key, got = ("limit", limit) if size is None else ("size", size)
        _require(right, key, f"1..{FILE_BYTES} bytes", got)
        sha256 = None if listed.sha256 is None else _sha256("sha256", listed.sha256)
        urls = self.urls(listed.urls)
        local = None
        if listed.path is not None:
            fault = path_fault(listed.path)
            _require(not fault, "path", fault.removeprefix("expected "))
            if isinstance(self.base, str):
                urls = (*urls, *self.urls([urljoin(self.base, quote(listed.path))]))
            else:
                local = _below(self.base, listed.path)
        twin = self.files.setdefault(listed.file.casefold(), (listed.file, sha256))
        words = "another name than that of a different file before, also by case"
        _require(twin == (listed.file, sha256), "file", words, listed.file)
        return Artifact(
            file=listed.file,
            urls=urls,
            local=local,
            size=size,
            limit=limit,
            sha256=sha256,
            user_named=self.user_named,
        )

    def urls(self, listed: Sequence[str]) -> tuple[str, ...]:
        _require(len(listed) <= LIST_LIMIT, "urls", f"at most {LIST_LIMIT}", len(listed))
        for url in listed:
            plain = url.isascii() and url.isprintable() and " " not in url and "#" not in url
            _require(plain, "urls", "plain urls without fragments", url)
            try:
                place = start(url, user_named=self.user_named)
            except UnavailableError as error:
                raise ValueError(f"urls: {error}") from None
            address = literal(place.host)
            private = address is not None and not is_public(address) and not is_loopback(place.host)
            _require(self.user_named or not private, "urls", "a public address", place.text)
        return tuple(listed)


def _arrays(listed: DatasetTable) -> dict[str, ArrayFact]:
    got = ", ".join(listed.arrays)
    _require(set(listed.arrays) == set(ARRAYS), "arrays", ", ".join(ARRAYS), got)
    arrays = {}
    for name in ARRAYS:
        fact = listed.arrays[name]
        size = [28, 28] if name.startswith("x_") else []
        right = bool(fact.shape) and fact.shape[1:] == size and 1 <= fact.shape[0] <= IMAGE_LIMIT
        _require(right, f"arrays.{name}.shape", "[n, 28, 28]" if size else "[n]", fact.shape)
        arrays[name] = ArrayFact(tuple(fact.shape), _sha256(f"arrays.{name}.sha256", fact.sha256))
    for part in ("train", "test"):
        images, labels = (arrays[f"{letter}_{part}"].shape[0] for letter in "xy")
        _require(images == labels, f"arrays.y_{part}.shape", f"[{images}], as many as images", [labels])
    return arrays


def _title(key: str, number: int, table: Any) -> str:
    """Name an entry by its number and, if it has one, its file or name."""
    named = table.get("file" if key == "weights" else "name") if isinstance(table, dict) else None
    return f"[[{key}]] {number}" + (f" ({one_line(named, 60)})" if isinstance(named, str) else "")


def _require(right: bool, key: str, expected: str, got: object = None) -> None:
    if not right:
        shown = (
            ""
            if got is None
            else f", got {one_line(str(got) if isinstance(got, str) else repr(got), 80)}"
        )
        raise ValueError(f"{key}: expected {expected}{shown}")


def _is_name(text: str) -> bool:
    return len(text) <= NAME_LIMIT and NAME.fullmatch(text) is not None


def _is_qualified(text: str) -> bool:
    return len(text) <= 3 * NAME_LIMIT and _QUALIFIED.fullmatch(text) is not None


def _check_text(key: str, text: str) -> None:
    _require(len(text) <= 300 and text.isprintable(), key, "one line of at most 300 characters")


def _sha256(key: str, text: str) -> str:
    _require(bool(_SHA256.fullmatch(text)), key, "64 hex digits", text)
    return text.lower()


def _below(base: Path, path: str) -> str | None:
    """Return the absolute path if the file is there; refuse links that lead out of the folder."""
    target = (base / path).resolve()
    inside = target.is_relative_to(base.resolve())
    _require(inside, "path", "a file below the folder of the registry", path)
    return str(target) if target.is_file() else None
