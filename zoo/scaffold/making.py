"""Write a new plugin package: complete, installable, and passing its own tests as it comes."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.errors import InvalidValueError, UsageError, ZooError, complaint, one_line, unknown
from zoo.plugins import Catalogue
from zoo.scaffold.names import Names
from zoo.settings import at_home
from zoo.specs import RESERVED

__all__ = ["KINDS", "LICENCES", "Scaffold", "make_plugin"]

KINDS = {
    "keras": "a model written in Keras",
    "numpy": "a model without Keras",
    "dataset": "a dataset",
    "view": "a picture",
}

LICENCES = ("MIT", "Apache-2.0", "BSD-3-Clause", "none")
"""SPDX names; ``none`` leaves all rights with the author."""

TEMPLATES = Path(__file__).parent / "templates"
LICENCE_TEXTS = Path(__file__).parent / "licences"

COMMON = "common"
"""Folder of what every kind has."""


INSTALLED = (
    "the zoo finds it from now on; without a network add --no-build-isolation, where hatchling, "
    "editables and pytest are installed"
)
"""pip fetches what builds a package each time, unless it is told to take what is there."""


@dataclass(frozen=True)
class Scaffold:
    """A package that was just written.

    Attributes:
        folder: Where it is.
        files: Its files, relative to the folder.
    """

    names: Names
    kind: str
    folder: Path
    files: tuple[str, ...]

    @property
    def next_steps(self) -> tuple[tuple[str, str], ...]:
        """Commands that may follow, each with what it does."""
        name = self.names.name
        use = {
            "dataset": (f"zoo data get {name}", "load it, check it and keep it"),
            "view": (f"zoo visualize MODEL {name}", "draw it for any model"),
        }.get(self.kind, (f"zoo run {name} --visualize", "train, measure and draw it"))
        return (
            (f"pip install -e '{self.folder}[test]'", f"install it: {INSTALLED}"),
            use,
            (f"zoo plugins check {name}", "does it keep the rules of the zoo?"),
        )

    def to_data(self) -> dict[str, Any]:
        return {
            "name": self.names.name,
            "kind": self.kind,
            "distribution": self.names.distribution,
            "module": self.names.module,
            "folder": str(self.folder),
            "files": list(self.files),
            "next": [command for command, _ in self.next_steps],
        }


def make_plugin(
    name: str,
    *,
    kind: str = "keras",
    to: Path | str = ".",
    licence: str = "MIT",
    catalogue: Catalogue | None = None,
) -> Scaffold:
    """Write the package ``zoo-NAME`` into the folder `to`, whole or not at all.

    Args:
        name: Of the model, dataset or view; the other names are made of it.
        kind: One of `KINDS`.
        to: Folder in which the package gets a folder of its own; made if it is missing.
        licence: One of `LICENCES`.
        catalogue: What is installed; a name that is taken there is refused.

    Raises:
        InvalidValueError: The name does not follow the rules for names, or is reserved.
        UnknownNameError: No such kind or licence.
        UsageError: The name is taken, there is something of this name in the folder, or `to` names
            the home of nobody.
        ZooError: The folder cannot be written to.
    """
    names = Names.of(name)
    if names.name in (*RESERVED["plugin"], *RESERVED.get(kind, ())):
        raise InvalidValueError(f"name: {names.name} has a meaning of its own; choose another")
    if kind not in KINDS:
        raise unknown("kind of plugin", kind, KINDS)
    if licence not in LICENCES:
        raise unknown("licence", licence, LICENCES)
    if catalogue is not None:
        _check_free(names, catalogue)
    folder = at_home(to) / names.distribution
    if folder.exists() or folder.is_symlink():
        raise UsageError(
            complaint(
                f"{folder}: there is something of this name already",
                do="choose another name, or another folder with --to",
            )
        )
    files = dict(sorted(_files(names, kind, licence)))
    _write(folder, files)
    return Scaffold(names, kind, folder, tuple(files))


def _check_free(names: Names, catalogue: Catalogue) -> None:
    for kind, offers in (
        ("model", catalogue.models),
        ("dataset", catalogue.datasets),
        ("view", catalogue.views),
    ):
        for offer in offers:
            if offer.spec.name == names.name:
                owner = offer.plugin.distribution
                raise UsageError(
                    f"{names.name}: this is the name of a {kind} of {owner}; choose another"
                )
    for plugin in catalogue.plugins:
        same_module = plugin.module.partition(".")[0] == names.module
        if same_module or plugin.name == names.name or plugin.distribution == names.distribution:
            raise UsageError(f"{names.name}: plugin {plugin.label} is installed; choose another name")


def _files(names: Names, kind: str, licence: str) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each file, with the names and the licence put in."""
    for template in (TEMPLATES / COMMON, TEMPLATES / kind):
        for path in sorted(template.rglob("*")):
            if not path.is_file() or "__pycache__" in path.parts:  # pip compiles what it installs
                continue
            text = names.replace(path.read_text(encoding="utf-8"))
            place = names.replace(path.relative_to(template).as_posix())
            yield place, _licensed(text, place, licence).encode()
    if licence != "none":
        text = (LICENCE_TEXTS / f"{licence}.txt").read_text(encoding="utf-8")
        yield "LICENSE", names.replace(text).encode()


def _licensed(text: str, place: str, licence: str) -> str:
    if licence == "none":
        if place == "pyproject.toml":
            return "".join(
                line for line in text.splitlines(keepends=True) if not line.startswith("license")
            )
        return text.replace('licence="MIT"', 'licence=""')
    return text.replace('"MIT"', f'"{licence}"')


def _write(folder: Path, files: dict[str, bytes]) -> None:
    part = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.part")
    try:
        for place, content in files.items():
            path = part / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        part.rename(folder)
    except (OSError, ValueError) as error:
        shutil.rmtree(part, ignore_errors=True)
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise ZooError(
            one_line(f"{folder}: cannot be written ({reason}); choose another folder with --to")
        ) from None
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
