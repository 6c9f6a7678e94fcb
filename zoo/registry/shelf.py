"""A registry folder: ``registry.toml`` and the weight files below it, ready for any web server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from zoo.errors import IntegrityError, UnavailableError, UsageError, ZooError, complaint, one_line
from zoo.registry.editing import put_entry
from zoo.registry.entries import Parsed, WeightsEntry
from zoo.registry.names import path_fault
from zoo.registry.reading import FILE_BYTES, parse_registry
from zoo.registry.sources import FILE
from zoo.registry.tables import SCHEMA
from zoo.registry.toml import SIZE_LIMIT, read_toml
from zoo.settings import at_home
from zoo.store.files import exists, read_bytes, sha256_of, storage_error, sweep, write_whole
from zoo.store.folders import check_file_name

__all__ = ["Put", "Shelf"]

BELOW = "weights"
"""Folder of the files, beside the registry."""

Change = Literal["added", "replaced", "unchanged"]
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Put:
    """An entry as it is listed now, where its file lies, and what that changed."""

    entry: WeightsEntry
    path: Path
    change: Change


class Shelf:
    """One registry folder; nothing outside of it is ever written.

    Args:
        folder: Made if it is missing.
        full_name: From kind (``model``, ``dataset``) and a listed name to the full name, by which
            entries are told apart.

    Raises:
        ZooError: If the folder cannot be made.
        IntegrityError: If its registry is a link, no registry, or one of another schema.
    """

    def __init__(self, folder: Path, full_name: Callable[[str, str], str]) -> None:
        self.folder = at_home(folder).absolute()
        self.full_name = full_name
        self.registry = self.folder / FILE
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_error(self.folder, error) from None
        if not (self.folder / BELOW).resolve().is_relative_to(self.folder.resolve()):
            expected, got = "a folder", "a link out of the registry folder"
            raise IntegrityError(complaint(str(self.folder / BELOW), expected=expected, got=got))
        sweep(self.folder)
        sweep(self.folder / BELOW)
        self._read()

    def holds(self, path: str | None) -> bool:
        """Say whether a file lies in this folder."""
        return path is not None and Path(path).is_relative_to(self.folder.resolve())

    def put(self, table: Mapping[str, Any], content: bytes, *, replace: bool = False) -> Put:
        """Write the file, then list it.

        Published under the same model, preset, dataset and tag before, it must be the same bytes.
        An entry that becomes the default takes that from the one which was.

        Args:
            table: Keys of ``[[weights]]`` but for size, sha256 and path; ``file`` is the file's name.
                Without ``default`` an entry of the same tag keeps what it has.
            content: Of the file.
            replace: Let other bytes take the place of those published under this tag.

        Raises:
            UsageError: If tag or file name are taken by other bytes.
            ZooError: If the folder cannot be written, or its registry cannot be edited.
            IntegrityError: If what was written cannot be read back.
        """
        data = self._read()
        listed = self._tables(data)
        key = self._key(table)
        own = next((n for n, other in enumerate(listed) if self._key(other) == key), None)
        sha256 = sha256_of(content)
        entry = {**table, "size": len(content), "sha256": sha256}
        if own is not None:
            old = listed[own]
            entry["default"] = table.get("default", old.get("default", False))
            if str(old.get("sha256")).lower() == sha256:  # what is known of these bytes stays known
                entry = {**old, **entry, "file": str(old.get("file", entry["file"]))}
            elif not replace:
                raise UsageError(
                    f"{self.registry}: tag {key[3]!r} of {key[0]}:{key[1]} for {key[2]} is taken by "
                    "other weights; choose another --tag, or --replace them"
                )
        self._check_name_is_free(entry, listed, own)
        path = self._place(entry)
        entry["path"] = path.relative_to(self.folder).as_posix()
        lowers = [n for n, other in enumerate(listed) if n != own and self._gives_way(other, entry)]
        edited = put_entry(data, _ordered(entry), replaces=own, lowers=lowers, origin=str(self.registry))
        self._check_edited(data, edited)
        written = self._write_file(path, content, overwrite=replace)
        if edited != data:
            write_whole(self.registry, edited)
        change: Change = "added" if own is None else "replaced"
        if edited == data and not written:
            change = "unchanged"
        return Put(self._listed(key, sha256), path, change)

    def _read(self) -> bytes:
        if not exists(self.registry):
            return b""
        data = read_bytes(self.registry, limit=SIZE_LIMIT, thing="registry")
        if not data:
            return data
        schema = read_toml(data, origin=str(self.registry)).get("schema")
        if type(schema) is not int or schema != SCHEMA:
            got = "none" if schema is None else one_line(repr(schema), 40)
            do = "publish into another folder, or with the zoo it was written by"
            raise IntegrityError(
                complaint(f"{self.registry}: schema", expected=str(SCHEMA), got=got, do=do)
            )
        return data

    def _tables(self, data: bytes) -> list[dict[str, Any]]:
        listed = read_toml(data, origin=str(self.registry)).get("weights", []) if data else []
        if isinstance(listed, list) and all(isinstance(table, dict) for table in listed):
            return listed
        raise IntegrityError(complaint(str(self.registry), expected="tables [[weights]]"))

    def _key(self, table: Mapping[str, Any]) -> Key:
        model, dataset = str(table.get("model")), str(table.get("dataset"))
        return (
            self.full_name("model", model),
            str(table.get("preset")),
            self.full_name("dataset", dataset),
            str(table.get("tag")),
        )

    def _gives_way(self, other: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
        same = self._key(other)[:3] == self._key(entry)[:3]
        return same and bool(entry.get("default")) and other.get("default") is True

    def _check_name_is_free(
        self, entry: Mapping[str, Any], listed: Sequence[Mapping[str, Any]], own: int | None
    ) -> None:
        name = check_file_name(entry["file"])
        for number, other in enumerate(listed):
            taken = str(other.get("file")).casefold() == name.casefold()
            if number != own and taken and other.get("sha256") != entry["sha256"]:
                raise UsageError(
                    f"{self.registry}: {name} is the file of other weights "
                    f"({other.get('model')} for {other.get('dataset')}); choose another --tag"
                )

    def _place(self, entry: Mapping[str, Any]) -> Path:
        """Where the file belongs: where it is listed, else below ``weights/``."""
        listed = entry.get("path")
        if isinstance(listed, str) and not path_fault(listed):
            path = self.folder / listed
            if path.resolve().is_relative_to(self.folder.resolve()):
                return path
        return self.folder / BELOW / check_file_name(entry["file"])

    def _write_file(self, path: Path, content: bytes, *, overwrite: bool) -> bool:
        if exists(path):
            try:
                if read_bytes(path, limit=FILE_BYTES, thing=path.name) == content:
                    return False
            except UnavailableError:
                pass  # cannot be read: it may be replaced, if that is wanted
            if not overwrite:
                raise UsageError(f"{path} is there already, with other bytes; --replace overwrites it")
        write_whole(path, content)
        return True

    def _check_edited(self, before: bytes, after: bytes) -> None:
        """Refuse to write what a reader would refuse."""
        old = self._parse(before).problems if before else []
        new = [problem for problem in self._parse(after).problems if problem not in old]
        if new:
            raise ZooError(f"{self.registry} is left as it was: {'; '.join(new)}")

    def _listed(self, key: Key, sha256: str) -> WeightsEntry:
        """Read back what was written, as anyone will."""
        for entry in self._parse(self._read()).weights:
            names = (self.full_name("model", entry.model), self.full_name("dataset", entry.dataset))
            if (names[0], entry.preset, names[1], entry.tag) != key:
                continue
            artifact = entry.artifact
            if artifact.local is not None and artifact.sha256 == sha256:
                content = read_bytes(Path(artifact.local), limit=artifact.limit, thing=artifact.file)
                if sha256_of(content) == sha256:
                    return entry
        raise IntegrityError(
            complaint(
                f"{self.registry}: what was written cannot be read back",
                do="check the disk, and that no other program writes there",
            )
        )

    def _parse(self, data: bytes) -> Parsed:
        return parse_registry(data, base=self.folder, origin=str(self.registry), user_named=True)


ORDER = (
    *("model", "preset", "dataset", "tag", "default", "summary", "file", "path", "size", "sha256"),
    *("urls", "published", "licence"),
)
"""Of the keys of an entry, as people read them."""


def _ordered(entry: Mapping[str, Any]) -> dict[str, Any]:
    known = {key: entry[key] for key in ORDER if entry.get(key) not in (None, "", [], {}, False)}
    return {**known, **{key: value for key, value in entry.items() if key not in ORDER}}
