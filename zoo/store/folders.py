"""Where things are kept below ZOO_HOME, and what of it the zoo wrote itself."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from zoo.errors import InvalidValueError, ZooError, complaint, unknown
from zoo.specs import Artifact
from zoo.store.files import TAG, exists, read_bytes, sha256_of, storage_error, sweep, write_whole

__all__ = ["Entry", "Folders", "check_file_name"]

SIGNATURE = (
    b"Signature: 8a477f597d28d172789f06886806bc55\n# made by digit-zoo; all of it can be made again\n"
)
"""First line: the Cache Directory Tagging Specification, https://bford.info/cachedir/."""

FILE_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._ +-]{0,118}[A-Za-z0-9_+-])?")
"""One plain component that every file system takes: a temporary name for it is still short enough."""

DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
"""Names that mean devices on Windows, with any extension."""

HEX64 = re.compile(r"[0-9a-f]{64}")
KEYED = re.compile(r".+-[0-9a-f]{16}")
TRAINED = re.compile(r".+-[0-9a-f]{16}-[0-9a-f]{16}\.h5")
ARRAY = re.compile(r"[a-z0-9_]+\.(?:npy|json)")

LARGEST_ENTRY = 1 << 32
"""An artifact of more bytes than this is not one of ours."""


def check_file_name(name: str) -> str:
    """Return `name` if it is one plain path component on every system.

    Raises:
        InvalidValueError: If it could leave its folder, mean a device or not exist somewhere.
    """
    if not FILE_NAME.fullmatch(name) or DEVICES.fullmatch(name):
        shown = name if len(name) <= 60 else name[:59] + "…"
        expected = "a plain file name of at most 120 letters, digits, dots and hyphens"
        raise InvalidValueError(complaint("file name", expected=expected, got=repr(shown)))
    return name


@dataclass(frozen=True)
class Entry:
    """One thing that is kept: its kind is the name of the folder it lies in."""

    kind: str
    name: str
    path: Path
    bytes: int


class Folders:
    """The folders below ZOO_HOME. Making the object touches no disk."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.artifacts = home / "artifacts"
        self.datasets = home / "datasets"
        self.trained = home / "trained"
        self.exports = home / "exports"
        self.locks = home / "locks"

    def prepare(self) -> None:
        """Make the folders, tag them, and sweep what dead writers left. Call it before writing.

        Raises:
            ZooError: If ZOO_HOME cannot be made or written to.
        """
        for folder in (self.home, self.artifacts, self.datasets, self.trained, self.exports, self.locks):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise self.error(folder, error) from None
        if not exists(self.home / TAG):
            try:
                write_whole(self.home / TAG, SIGNATURE)
            except ZooError as error:
                text = str(error).partition("; ")[0]
                raise ZooError(complaint(text, do=self._advice())) from None
        sweep(self.home)
        for folder in (self.artifacts, self.datasets, self.trained, self.exports):
            sweep(folder, deep=True)

    def error(self, path: Path, error: OSError) -> ZooError:
        """Turn a failure below ZOO_HOME into one line that names it."""
        text = str(storage_error(path, error)).partition("; ")[0]
        return ZooError(complaint(text, do=self._advice()))

    def _advice(self) -> str:
        return f"set ZOO_HOME to another folder (it is {self.home} now)"

    def artifact(self, artifact: Artifact) -> Path:
        """Return the place of an artifact whose hash is pinned.

        Raises:
            InvalidValueError: If its file name is not a plain one.
            ValueError: If its hash is not pinned: such a file is never kept.
        """
        if artifact.sha256 is None:
            raise ValueError("an artifact without a pinned hash is not kept")
        return self.artifacts / _key(artifact.sha256, 64) / check_file_name(artifact.file)

    def dataset(self, name: str, sha256: str) -> Path:
        """Return the folder of a dataset's arrays."""
        return self.datasets / check_file_name(f"{name}-{_key(sha256, 16)}")

    def trained_weights(self, stem: str, key: str, sha256: str) -> Path:
        """Return the file of weights trained here under `key`; `sha256` is that of the file."""
        return self.trained / check_file_name(f"{stem}-{_key(key, 16)}-{_key(sha256, 16)}.h5")

    def trained_files(self, key: str) -> list[Path]:
        """List what lies there under `key`, be it a file or something that took its place."""
        end = re.compile(f".+-{_key(key, 16)}-[0-9a-f]{{16}}\\.h5")
        return [path for path, _ in _scan(self.trained) if end.fullmatch(path.name)]

    def export(self, key: str) -> Path:
        """Return the folder of an inference graph."""
        return self.exports / check_file_name(key)

    def entries(self) -> list[Entry]:
        """List what is kept, in the order of folders and names."""
        found = [
            *self._artifact_entries(),
            *self._folder_entries(self.datasets, KEYED.fullmatch, _is_array),
        ]
        found += [
            Entry("trained", path.name, path, size)
            for path, size in _files(self.trained)
            if TRAINED.fullmatch(path.name)
        ]
        found += self._folder_entries(self.exports, FILE_NAME.fullmatch, _is_export)
        return found

    def _artifact_entries(self) -> Iterator[Entry]:
        for folder in _subfolders(self.artifacts):
            if HEX64.fullmatch(folder.name):
                for path, size in _files(folder):
                    if FILE_NAME.fullmatch(path.name):
                        yield Entry("artifacts", path.name, path, size)

    def _folder_entries(
        self, parent: Path, is_ours: Callable[[str], object], is_part: Callable[[str], bool]
    ) -> list[Entry]:
        entries = []
        for folder in _subfolders(parent):
            sizes = [size for path, size in _files(folder) if is_part(path.name)]
            if is_ours(folder.name) and sizes:
                entries.append(Entry(parent.name, folder.name, folder, sum(sizes)))
        return entries

    def clean(self, kinds: Sequence[str] = ()) -> list[Entry]:
        """Remove what the zoo wrote, of the given kinds or of all; return what was removed.

        Anything else in these folders stays: other names, links, and a file beside an artifact
        whose contents are not what the folder's name says. Locks stay, for somebody may hold them.

        Raises:
            UnknownNameError: If a kind does not exist.
            ZooError: If something cannot be removed.
        """
        known = ("artifacts", "datasets", "trained", "exports")
        for kind in kinds:
            if kind not in known:
                raise unknown("kind of cache entry", kind, known)
        wanted = [entry for entry in self.entries() if not kinds or entry.kind in kinds]
        ours = [entry for entry in wanted if self._is_ours(entry)]  # before anything is gone
        for entry in ours:
            try:
                _remove(entry)
            except OSError as error:
                text = str(storage_error(entry.path, error)).partition("; ")[0]
                raise ZooError(
                    complaint(text.replace("written", "removed"), do="check its permissions")
                ) from None
        for folder in (self.artifacts, self.datasets, self.trained, self.exports):
            if not kinds or folder.name in kinds:
                sweep(folder, deep=True)
        return ours

    def _is_ours(self, entry: Entry) -> bool:
        """Tell an artifact from a stranger's file in its folder; a damaged one lies there alone."""
        if entry.kind != "artifacts":
            return True
        if len(list(entry.path.parent.iterdir())) == 1:
            return True
        try:
            data = read_bytes(entry.path, limit=LARGEST_ENTRY, thing=entry.name)
        except ZooError:
            return False
        return sha256_of(data) == entry.path.parent.name


def _key(text: str, digits: int) -> str:
    key = text.lower()[:digits]
    if len(key) != digits or not all(c in "0123456789abcdef" for c in key):
        raise ValueError(f"expected at least {digits} hex digits")
    return key


def _is_array(name: str) -> bool:
    return ARRAY.fullmatch(name) is not None


def _is_export(name: str) -> bool:
    return name in ("network.tflite", "layers.json")


def _subfolders(folder: Path) -> list[Path]:
    return [path for path, info in _scan(folder) if stat.S_ISDIR(info.st_mode)]


def _files(folder: Path) -> list[tuple[Path, int]]:
    return [(path, info.st_size) for path, info in _scan(folder) if stat.S_ISREG(info.st_mode)]


def _scan(folder: Path) -> list[tuple[Path, os.stat_result]]:
    """List a folder by name, links not followed; a folder that is a link or missing is empty."""
    found = []
    with contextlib.suppress(OSError):
        if stat.S_ISDIR(folder.lstat().st_mode):
            for path in sorted(folder.iterdir()):
                with contextlib.suppress(OSError):
                    found.append((path, path.lstat()))
    return found


def _remove(entry: Entry) -> None:
    if stat.S_ISREG(entry.path.lstat().st_mode):
        entry.path.unlink()
        folder = entry.path.parent if entry.kind == "artifacts" else None
    else:
        is_part = _is_array if entry.kind == "datasets" else _is_export
        for path, _ in _files(entry.path):
            if is_part(path.name):
                path.unlink()
        folder = entry.path
    if folder is not None:
        with contextlib.suppress(OSError):
            folder.rmdir()  # stays where a stranger's file lies in it
