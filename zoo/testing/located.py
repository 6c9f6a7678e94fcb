"""Find the plugin that is meant: an installed one by name, or a folder as if it were installed."""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.errors import UsageError, complaint, unknown
from zoo.plugins.entries import GROUP, Entry, find_entries, normalise
from zoo.settings import at_home
from zoo.store.files import read_bytes

__all__ = ["visible"]

PROJECT_LIMIT = 1 << 20
"""Most bytes of a pyproject.toml."""

OWN_PACKAGE = "zoo"
"""Never forgotten: it is running."""


@contextlib.contextmanager
def visible(target: str | Path) -> Iterator[tuple[Entry, ...]]:
    """Yield the entry points that are meant.

    Args:
        target: Name of an installed plugin, of its distribution, or ``distribution/plugin``; or the
            path of a project folder with a ``pyproject.toml``, of a package or of a module, which
            is found like an installed one while the context is open, before any installed twin.

    Raises:
        UnknownNameError: No plugin of this name is installed, and there is no such path.
        UsageError: There is no plugin at this path.
    """
    path = _path(target)
    if path is None:
        yield _installed(str(target))
        return
    project = _read(path)
    folder = tempfile.mkdtemp(prefix="zoo-plugin-")
    added = [folder, *(str(root) for root in project.roots)]
    forgotten: dict[str, Any] = {}
    try:
        _describe(project, Path(folder))
        sys.path[:0] = added
        importlib.invalidate_caches()
        forgotten = _forget(project)
        yield tuple(entry for entry in find_entries() if entry.distribution == normalise(project.name))
    finally:
        for place in added:
            with contextlib.suppress(ValueError):
                sys.path.remove(place)
        _forget(project)
        sys.modules.update(forgotten)
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class _Project:
    """What an installed distribution would say of itself, and where its modules are."""

    name: str
    version: str
    entries: Mapping[str, str]
    roots: tuple[Path, ...]


def _path(target: str | Path) -> Path | None:
    if isinstance(target, Path):
        return at_home(target)
    if target in (".", "..") or any(mark in target for mark in ("\\", "~")) or target.endswith(".py"):
        return at_home(Path(target))
    if "/" in target or os.sep in target:  # distribution/plugin has a slash as well
        return None if _match(target) else at_home(Path(target))
    return Path(target) if not _match(target) and Path(target).is_dir() else None


def _match(name: str) -> tuple[Entry, ...]:
    distribution, slash, plugin = name.rpartition("/")
    found = find_entries()
    if slash:
        return tuple(e for e in found if e.distribution == normalise(distribution) and e.name == plugin)
    return tuple(e for e in found if e.name == name) or tuple(
        e for e in found if e.distribution == normalise(name)
    )


def _installed(name: str) -> tuple[Entry, ...]:
    entries = _match(name)
    if not entries:
        known = [entry.name for entry in find_entries()]
        raise unknown("plugin", name, known, do="install it, or give the path of its folder")
    return entries


def _read(path: Path) -> _Project:
    path = path.absolute()
    if path.name == "pyproject.toml":
        path = path.parent
    if path.is_dir() and (path / "pyproject.toml").is_file():
        return _read_project(path)
    if (path.is_dir() and (path / "__init__.py").is_file()) or (path.is_file() and path.suffix == ".py"):
        name = path.stem
        return _Project(name, "0", {normalise(name): name}, (path.parent,))
    raise UsageError(
        complaint(
            str(path),
            expected="a folder with a pyproject.toml, a package or a module",
            got="something else" if path.exists() else "nothing there",
        )
    )


def _read_project(folder: Path) -> _Project:
    file = folder / "pyproject.toml"
    data = read_bytes(file, limit=PROJECT_LIMIT, thing="project", follow_links=True)
    try:
        document = tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(complaint(str(file), expected="a TOML file", got=str(error))) from None
    project = _table(document, "project")
    entries = _table(_table(project, "entry-points"), GROUP)
    if not isinstance(project.get("name"), str) or not entries:
        raise UsageError(
            complaint(
                str(file),
                expected=f"a project.name and an entry point in [project.entry-points.{GROUP}]",
                got="none",
                do='write a line such as small-net = "zoo_small_net" there',
            )
        )
    hatch = _table(
        _table(_table(_table(_table(document, "tool"), "hatch"), "build"), "targets"), "wheel"
    )
    listed = hatch.get("packages")
    packages = [item for item in listed if isinstance(item, str)] if isinstance(listed, list) else []
    roots = dict.fromkeys([*((folder / item).parent for item in packages), folder / "src", folder])
    return _Project(
        project["name"],
        str(project.get("version", "0")),
        {str(name): str(module) for name, module in entries.items()},
        tuple(root for root in roots if root.is_dir()),
    )


def _table(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _describe(project: _Project, folder: Path) -> None:
    """Write what pip would: enough for the plugin to be found."""
    info = folder / f"{normalise(project.name).replace('-', '_')}-{project.version}.dist-info"
    info.mkdir()
    metadata = f"Metadata-Version: 2.1\nName: {project.name}\nVersion: {project.version}\n"
    (info / "METADATA").write_text(metadata, encoding="utf-8")
    lines = [f"{name} = {module}" for name, module in project.entries.items()]
    text = "\n".join([f"[{GROUP}]", *lines, ""])
    (info / "entry_points.txt").write_text(text, encoding="utf-8")


def _forget(project: _Project) -> dict[str, Any]:
    """Take the project's modules out of `sys.modules`: they may be those of another copy."""
    tops = {target.partition(":")[0].partition(".")[0] for target in project.entries.values()}
    tops.discard(OWN_PACKAGE)
    names = [name for name in sys.modules if name.partition(".")[0] in tops]
    return {name: sys.modules.pop(name) for name in names}
