"""Entries of several registries in one: what comes first stays, what comes later adds."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from zoo.plugins.entries import OWN
from zoo.registry.entries import DatasetEntry, Parsed, WeightsEntry
from zoo.specs import Artifact

if TYPE_CHECKING:
    from zoo.plugins import Catalogue

__all__ = ["Merger", "Registry"]

T = TypeVar("T")


@dataclass(frozen=True)
class Registry:
    """Everything that is published, as far as the installed registries know.

    Attributes:
        weights: In order of precedence: bundled, of plugins, of the user.
        problems: One line for each entry that was refused or gives way to another.
    """

    weights: tuple[WeightsEntry, ...] = ()
    datasets: tuple[DatasetEntry, ...] = ()
    problems: tuple[str, ...] = ()
    _names: Mapping[tuple[str, str], str] = field(default_factory=dict, repr=False, compare=False)

    def weights_for(self, model: str, preset: str, dataset: str) -> tuple[WeightsEntry, ...]:
        """Return the entries for this combination, the default first.

        Args:
            model: Bare name or ``distribution/model``.
            preset: Name of the preset.
            dataset: Bare name or ``distribution/dataset``.
        """
        wanted = (self._full("model", model), preset, self._full("dataset", dataset))
        found = [
            entry
            for entry in self.weights
            if (self._full("model", entry.model), entry.preset, self._full("dataset", entry.dataset))
            == wanted
        ]
        return tuple(sorted(found, key=lambda entry: not entry.default))

    def dataset(self, name: str) -> DatasetEntry | None:
        """Return the entry of a dataset by bare name or ``distribution/dataset``; None if unlisted."""
        wanted = self._full("dataset", name)
        for entry in self.datasets:
            own = f"{entry.distribution}/{entry.name}" if entry.distribution else entry.name
            if wanted in (own, entry.name):
                return entry
        return None

    def _full(self, kind: str, name: str) -> str:
        return self._names.get((kind, name), name)


class Merger:
    """Adds entries one registry after another; what comes first stays."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.names: dict[tuple[str, str], str] = {}
        for kind, offers in (("model", catalogue.models), ("dataset", catalogue.datasets)):
            for offer in offers:
                self.names[kind, offer.name] = offer.full_name
        self.offered = {
            (kind, offer.full_name)
            for kind, offers in (("model", catalogue.models), ("dataset", catalogue.datasets))
            for offer in offers
        }
        self.weights: list[WeightsEntry] = []
        self.datasets: list[DatasetEntry] = []
        self.problems: list[str] = []

    def add(self, parsed: Parsed, *, owner: str = "", only_own: bool = False) -> None:
        self.problems += parsed.problems
        for dataset in parsed.datasets:
            self._dataset(dataset, owner, only_own=only_own)
        for weights in parsed.weights:
            self._weights(weights, owner, only_own=only_own)

    def registry(self) -> Registry:
        return Registry(tuple(self.weights), tuple(self.datasets), tuple(self.problems), self.names)

    def _full(self, kind: str, name: str, owner: str) -> str:
        """Return the full name: of the owner's own if it has that, else what the name leads to."""
        own = f"{owner}/{name}"
        if owner and "/" not in name and (owner == OWN or (kind, own) in self.offered):
            return own
        return self.names.get((kind, name), name)

    def _dataset(self, entry: DatasetEntry, owner: str, *, only_own: bool) -> None:
        full = self._full("dataset", entry.name, owner)
        if only_own and not self._is_own("dataset", full, owner, entry.origin):
            return
        distribution = full.rpartition("/")[0]
        entry = dataclasses.replace(entry, distribution=distribution)
        for other in self.datasets:
            if (other.distribution, other.name) == (distribution, entry.name):
                if other.arrays == entry.arrays:  # the same dataset from another place
                    both = (*other.containers, *entry.containers)
                    self._replace(self.datasets, other, dataclasses.replace(other, containers=both))
                else:
                    self._stays(f"dataset {entry.name!r}", entry.origin, other.origin)
                return
        self.datasets.append(entry)

    def _weights(self, entry: WeightsEntry, owner: str, *, only_own: bool) -> None:
        model = self._full("model", entry.model, owner)
        if only_own and not self._is_own("model", model, owner, entry.origin):
            return
        dataset = self._full("dataset", entry.dataset, owner)
        bare = dataset.rpartition("/")[2]
        if self.names.get(("dataset", bare), dataset) == dataset:
            dataset = bare
        shipped = bool(owner) and entry.artifact.local is not None
        artifact = dataclasses.replace(entry.artifact, shipped=shipped)
        entry = dataclasses.replace(entry, model=model, dataset=dataset, artifact=artifact)
        for other in self.weights:
            if (other.model, other.preset, other.dataset) != (model, entry.preset, dataset):
                continue
            what = f"weights {entry.tag!r} of {model}:{entry.preset} for {dataset}"
            if other.tag == entry.tag:
                joined = _joined(other.artifact, entry.artifact)
                if joined is None:
                    self._stays(what, entry.origin, other.origin)
                else:
                    self._replace(self.weights, other, dataclasses.replace(other, artifact=joined))
                return
            if other.default and entry.default:
                entry = dataclasses.replace(entry, default=False)
                self.problems.append(
                    f"registry {entry.origin}: {what} are not the default, as those of the registry "
                    f"{other.origin} ({other.tag!r}) are; `--weights {entry.tag}` takes them"
                )
        self.weights.append(entry)

    @staticmethod
    def _replace(entries: list[T], old: T, new: T) -> None:
        entries[entries.index(old)] = new

    def _is_own(self, kind: str, full: str, owner: str, origin: str) -> bool:
        if full.startswith(f"{owner}/") and (kind, full) in self.offered:
            return True
        text = f"registry {origin}: {kind} {full!r}: expected one that {owner} offers; it is left out"
        self.problems.append(text)
        return False

    def _stays(self, what: str, origin: str, other: str) -> None:
        self.problems.append(
            f"registry {origin}: {what}: the registry {other} lists it already, which stays; "
            "choose another name"
        )


def _joined(first: Artifact, second: Artifact) -> Artifact | None:
    """Add the places of the second to those of the first; None if they are different files."""
    if (first.file, first.size, first.sha256) != (second.file, second.size, second.sha256):
        return None
    return dataclasses.replace(
        first,
        urls=tuple(dict.fromkeys((*first.urls, *second.urls))),
        local=first.local or second.local,
        shipped=first.shipped if first.local else second.shipped,
        user_named=first.user_named or second.user_named,
    )
