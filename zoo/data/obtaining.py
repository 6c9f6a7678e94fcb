"""Obtaining a dataset: kept, embedded, from a mirror, downloaded, or a person's own file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from zoo.data.checks import hashes_of
from zoo.data.dataset import Dataset
from zoo.data.facts import combined_hash, pinned_arrays
from zoo.data.kept import Kept
from zoo.data.own import CLASSES, is_path, read_own, safe_name
from zoo.data.sources import Fresh, embedded, published
from zoo.errors import (
    IntegrityError,
    InvalidValueError,
    PluginError,
    UnavailableError,
    UnknownNameError,
    ZooError,
    complaint,
    one_line,
)
from zoo.plugins import Catalogue, Offer
from zoo.progress import Reporter
from zoo.registry import ArrayFact, Registry
from zoo.settings import at_home
from zoo.specs import DatasetSpec
from zoo.store.artifacts import Artifacts
from zoo.store.folders import Folders
from zoo.store.locks import locked

__all__ = ["obtain"]


def obtain(
    name: str | Path,
    *,
    preferences: Sequence[str],
    catalogue: Catalogue,
    registry: Registry,
    artifacts: Artifacts,
    folders: Folders,
    reporter: Reporter,
) -> Dataset:
    """Obtain a dataset.

    Args:
        name: Of a dataset; or ``auto``: the first of `preferences` that can be had; or a file: an
            .npz in the layout of MNIST, a folder with the four idx files, or one of these.
        preferences: Names of datasets, the best first.
        catalogue: Which datasets there are.
        registry: Where they are published.
        artifacts: How published files are had.
        folders: Where arrays are kept.
        reporter: Told, in one line, when another dataset is used than the first preference.

    Raises:
        InvalidValueError: If `name` is neither text nor a path.
        UnknownNameError: If no plugin offers it.
        UnavailableError: If it cannot be had.
        IntegrityError: If its bytes are not what they should be.
        PluginError: If its plugin breaks its contract.
        ZooError: If ZOO_HOME cannot be written to.
    """
    if not isinstance(name, (str, Path)) or not str(name):
        expected, got = "auto, a name or a file", one_line(repr(name), 60)
        raise InvalidValueError(complaint("dataset", expected=expected, got=got))
    if isinstance(name, Path):
        return _own(at_home(name), _House(catalogue, registry, artifacts, folders, reporter))
    house = _House(catalogue, registry, artifacts, folders, reporter)
    if name == "auto":
        return _first(preferences, house)
    known = {known for offer in catalogue.datasets for known in (offer.name, offer.full_name)}
    if name not in known and (is_path(name) or Path(name).exists()):
        return _own(at_home(name), house)
    return _named(catalogue.dataset(name), house)


@dataclass(frozen=True)
class _House:
    catalogue: Catalogue
    registry: Registry
    artifacts: Artifacts
    folders: Folders
    reporter: Reporter


def _first(preferences: Sequence[str], house: _House) -> Dataset:
    failed: list[tuple[str, ZooError]] = []
    for name in preferences:
        try:
            found = _named(house.catalogue.dataset(name), house)
        except (UnavailableError, IntegrityError, UnknownNameError, PluginError) as error:
            failed.append((name, error))
            continue
        if failed:
            missed = "; ".join(f"{name} cannot be had ({_why(error, house)})" for name, error in failed)
            kind = "embedded " if found.way == "embedded" else ""
            line = one_line(f"{missed}; using {found.name}: {sum(found.counts):,} {kind}images")
            if not house.artifacts.settings.offline:
                house.artifacts.tell([error for _, error in failed])
            house.reporter.warning(line)
            found.reason = line
            found.warnings = (line, *found.warnings)
        return found
    if len(failed) == 1:
        raise failed[0][1]
    missed = "; ".join(f"{name} ({_why(error, house)})" for name, error in failed) or "none is known"
    text = one_line(f"no dataset can be had: {missed}; name a file with --data FILE")
    is_wrong = any(isinstance(error, IntegrityError) for _, error in failed)
    raise IntegrityError(text) if is_wrong else UnavailableError(text)


def _why(error: ZooError, house: _House) -> str:
    """Say in a few words why a dataset cannot be had; the details are told apart."""
    if isinstance(error, UnavailableError) and house.artifacts.settings.offline:
        return "offline"
    if isinstance(error, UnavailableError) and house.artifacts.network.is_down:
        return "the network is down"
    reason = str(error).partition(" cannot be had: ")[2] or str(error)
    return one_line(reason.partition("; ")[0], 300)


def _named(offer: Offer[DatasetSpec], house: _House) -> Dataset:
    pinned = pinned_arrays(offer, house.registry)
    entry = house.registry.dataset(offer.full_name)

    def source() -> Fresh:
        if offer.spec.loader is not None:
            return embedded(offer, pinned)
        if entry is None or not pinned:
            raise UnavailableError(
                f"dataset {offer.name}: no registry says where it is; name one with ZOO_REGISTRY"
            )
        return published(offer, entry, house.artifacts)

    if not pinned:
        return _in_memory(source(), offer.name, offer.spec)
    return _kept(offer, pinned, source, house)


def _kept(
    offer: Offer[DatasetSpec],
    pinned: Mapping[str, ArrayFact],
    source: Callable[[], Fresh],
    house: _House,
) -> Dataset:
    """Return the dataset from ZOO_HOME, where one process puts it if it is not there."""
    sha256 = combined_hash({array: fact.sha256 for array, fact in pinned.items()})
    kept = Kept(house.folders.dataset(offer.spec.name, sha256), pinned, name=offer.name)

    def prepare(damaged: str | None = None) -> Fresh | None:
        with locked(house.folders, f"dataset-{kept.folder.name}", reporter=house.reporter):
            if kept.is_complete() and (damaged is None or kept.is_right(damaged)):
                return None  # another process was first
            fresh = source()
            kept.write(fresh.arrays)
            return fresh

    def load(array: str) -> NDArray[np.uint8]:
        try:
            return kept.read(array)
        except (UnavailableError, IntegrityError) as error:
            house.reporter.warning(f"{error}; getting it again")
        prepare(damaged=array)
        return kept.read(array)

    fresh = None if kept.is_complete() else prepare()
    way = "embedded" if offer.spec.loader is not None else fresh.way if fresh else "cache"
    return Dataset(
        name=offer.name,
        spec=offer.spec,
        counts=(pinned["x_train"].shape[0], pinned["x_test"].shape[0]),
        sha256=sha256,
        way=way,
        reason=fresh.reason if fresh else "already in the cache",
        path=kept.folder,
        warnings=fresh.warnings if fresh else (),
        load=load,
    )


def _own(path: Path, house: _House) -> Dataset:
    """Read a person's file; contents that are known are that dataset, whatever the file's name."""
    arrays = read_own(path)
    hashes = hashes_of(arrays)
    fresh = Fresh(arrays, "file", f"from the file {path}")
    for offer in house.catalogue.datasets:
        known = pinned_arrays(offer, house.registry)
        if known and all(known[array].sha256 == hashes[array] for array in hashes):
            return _in_memory(fresh, offer.name, offer.spec, path)
    name = safe_name(path, {offer.name for offer in house.catalogue.datasets})
    counts = (len(arrays["x_train"]), len(arrays["x_test"]))
    spec = DatasetSpec(name=name, summary="your own file", classes=CLASSES, counts=counts)
    return _in_memory(fresh, name, spec, path)


def _in_memory(fresh: Fresh, name: str, spec: DatasetSpec, path: Path | None = None) -> Dataset:
    arrays = fresh.arrays
    return Dataset(
        name=name,
        spec=spec,
        counts=(len(arrays["x_train"]), len(arrays["x_test"])),
        sha256=combined_hash(hashes_of(arrays)),
        way=fresh.way,
        reason=fresh.reason,
        path=path,
        warnings=fresh.warnings,
        load=lambda array: arrays[array],
    )
