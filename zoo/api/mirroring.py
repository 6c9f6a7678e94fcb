"""`zoo mirror`: gather what the registries list into one folder, for machines without a network."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.errors import IntegrityError, UnavailableError, ZooError, one_line
from zoo.settings import at_home
from zoo.store.files import sha256_of, storage_error, sweep, write_whole
from zoo.store.folders import check_file_name

if TYPE_CHECKING:
    from zoo.api.house import Zoo
    from zoo.registry import Container, ContainerFile, DatasetEntry, WeightsEntry
    from zoo.specs import Artifact
    from zoo.store.artifacts import Check

__all__ = ["Gathered", "Mirrored", "mirror"]

NONE = "none"
"""Instead of names: nothing of this kind."""

ANY_LABEL = 256
"""Classes of a dataset that no installed plugin declares: its labels are bytes, its hashes decide."""


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """One file that lies in the mirror now.

    Attributes:
        title: What it is: weights of which model, or which dataset.
        way: ``kept`` (it was there and right), ``packaged``, ``cache``, ``mirror``, ``download``, or
            ``packed`` from the dataset that is kept here.
    """

    file: str
    kind: str
    title: str
    way: str
    bytes: int
    sha256: str


@dataclass
class Mirrored:
    """What a mirror holds now, and what could not be had for it."""

    folder: Path
    files: list[Gathered] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        return UnavailableError.exit_code if self.failed else 0

    def to_data(self) -> dict[str, Any]:
        """Return plain JSON-able data."""
        return {
            "schema": 1,
            "folder": str(self.folder),
            "files": [dataclasses.asdict(file) for file in self.files],
            "failed": [{"title": title, "reason": why} for title, why in self.failed.items()],
            "warnings": self.warnings,
        }


def mirror(
    zoo: Zoo, folder: Path, *, models: Sequence[str] | None, datasets: Sequence[str] | None
) -> Mirrored:
    """Gather artifacts into `folder`; see `zoo.Zoo.mirror`."""
    weights = list(_weights(zoo, models))
    entries = list(_datasets(zoo, datasets))
    place = at_home(folder).absolute()
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(place, error) from None
    sweep(place)
    work = _Work(zoo, place)
    with zoo.reporter.progress(f"mirror {place.name}", len(weights) + len(entries), "items") as bar:
        for weight in weights:
            title = f"{weight.model}:{weight.preset} for {weight.dataset}, {weight.tag}"
            work.attempt(f"weights {title}", functools.partial(work.weights, weight, title))
            bar.advance(note=weight.artifact.file)
        for entry in entries:
            work.attempt(f"dataset {entry.name}", functools.partial(work.dataset, entry))
            bar.advance(note=entry.name)
    return work.done


def _weights(zoo: Zoo, models: Sequence[str] | None) -> Iterator[WeightsEntry]:
    if models is None:
        yield from zoo.registry.weights
        return
    chosen = {zoo.select(name).full_name: set[str]() for name in models if name != NONE}
    for name in models:
        if name != NONE:
            selection = zoo.select(name)
            presets = {selection.preset} if ":" in name else {p.name for p in selection.spec.presets}
            chosen[selection.full_name] |= presets
    for entry in zoo.registry.weights:
        if entry.preset in chosen.get(entry.model, ()):
            yield entry


def _datasets(zoo: Zoo, datasets: Sequence[str] | None) -> Iterator[DatasetEntry]:
    if datasets is None:
        yield from zoo.registry.datasets
        return
    for name in datasets:
        if name == NONE:
            continue
        offer = zoo.catalogue.dataset(name)
        entry = zoo.registry.dataset(offer.full_name)
        if entry is not None:
            yield entry
        elif offer.spec.loader is not None:
            zoo.reporter.notice(f"dataset {name} needs no mirror: it comes with its plugin")
        else:
            raise UnavailableError(
                f"dataset {name}: no registry says where it is; name one with ZOO_REGISTRY"
            )


class _Work:
    """Fills one folder; one thing that fails does not stop the others."""

    def __init__(self, zoo: Zoo, folder: Path) -> None:
        self.zoo = zoo
        self.folder = folder
        self.done = Mirrored(folder)
        self.contents: dict[str, str] = {}

    def attempt(self, title: str, gather: Callable[[], list[Gathered]]) -> None:
        try:
            found = gather()
        except (UnavailableError, IntegrityError) as error:
            self.done.failed[title] = one_line(str(error))
            return
        new = {file.file for file in found} - {file.file for file in self.done.files}
        self.done.files += [file for file in found if file.file in new]

    def weights(self, entry: WeightsEntry, title: str) -> list[Gathered]:
        return [self.file(entry.artifact, "weights", title)]

    def dataset(self, entry: DatasetEntry) -> list[Gathered]:
        """Gather one container: those of a dataset hold the same arrays, so one will do."""
        from zoo.data.sources import near_first

        failed: list[ZooError] = []
        containers = near_first(entry, self.zoo.artifacts)
        for container in sorted(containers, key=lambda each: not self.is_begun(each)):
            try:
                return [self.container_file(file, entry) for file in container.files]
            except (UnavailableError, IntegrityError) as error:
                failed.append(error)
        packed = self.packed(entry)
        if packed is not None:
            return [packed]
        if len(failed) == 1:
            raise failed[0]
        raise UnavailableError(" | ".join(str(error) for error in failed) or "no file is listed")

    def is_begun(self, container: Container) -> bool:
        return any((self.folder / file.artifact.file).exists() for file in container.files)

    def container_file(self, file: ContainerFile, entry: DatasetEntry) -> Gathered:
        from zoo.data.sources import read_file

        spec = next((o.spec for o in self.zoo.datasets() if self.is_entry_of(o.full_name, entry)), None)
        classes = spec.classes if spec is not None else ANY_LABEL

        def check(data: bytes) -> None:
            read_file(file, data, entry.arrays, classes=classes)

        return self.file(file.artifact, "dataset", entry.name, check)

    def file(self, artifact: Artifact, kind: str, title: str, check: Check | None = None) -> Gathered:
        """Keep the file that is there if it is right, else get it from wherever it can be had.

        Raises:
            UnavailableError: If it cannot be had.
            IntegrityError: If only wrong bytes can be had, or another file has this name.
        """
        path = self.folder / check_file_name(artifact.file)
        here = dataclasses.replace(artifact, local=str(path))
        found = None
        try:
            found = self.zoo.artifacts.packaged(here, check=check)
            way = "kept"
        except UnavailableError:
            pass
        except IntegrityError as error:
            taken = self.contents.get(artifact.file.casefold())
            if taken is not None:
                raise IntegrityError(
                    f"{artifact.file}: {taken} has this file name already, with other bytes; "
                    "gather it into a folder of its own"
                ) from None
            self.warn(f"{error}; getting it again")
        if found is None:
            found = self.zoo.artifacts.fetch(artifact, check=check)
            way = found.way
            write_whole(path, found.data)
            for text in found.warnings:
                self.warn(text)
        self.contents[artifact.file.casefold()] = title
        return Gathered(
            file=artifact.file,
            kind=kind,
            title=title,
            way=way,
            bytes=len(found.data),
            sha256=found.sha256,
        )

    def packed(self, entry: DatasetEntry) -> Gathered | None:
        """Pack the dataset that is kept here, where the bytes of its file are not pinned."""
        from zoo.data.packing import packed

        artifacts = [c.files[0].artifact for c in entry.containers if c.format == "npz"]
        artifact = next((a for a in artifacts if a.sha256 is None and a.size is None), None)
        offer = next((o for o in self.zoo.datasets() if self.is_entry_of(o.full_name, entry)), None)
        if artifact is None or offer is None or artifact.file.casefold() in self.contents:
            return None
        data = packed(offer, self.zoo.registry, self.zoo.folders)
        if data is None or len(data) > artifact.limit:
            return None
        write_whole(self.folder / check_file_name(artifact.file), data)
        self.contents[artifact.file.casefold()] = entry.name
        return Gathered(
            file=artifact.file,
            kind="dataset",
            title=entry.name,
            way="packed",
            bytes=len(data),
            sha256=sha256_of(data),
        )

    def is_entry_of(self, full_name: str, entry: DatasetEntry) -> bool:
        return self.zoo.registry.dataset(full_name) is entry

    def warn(self, text: str) -> None:
        self.done.warnings.append(text)
        self.zoo.reporter.warning(text)
