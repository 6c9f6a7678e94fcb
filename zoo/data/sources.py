"""Where arrays come from when they are not kept yet: a plugin's loader, or published files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from zoo.data.checks import Arrays, check_arrays, check_hash
from zoo.data.idx import read_idx
from zoo.data.npz import read_npz
from zoo.errors import IntegrityError, PluginError, UnavailableError, ZooError, complaint
from zoo.plugins import Offer, resolve
from zoo.plugins.guard import Broken, attempt
from zoo.registry import ArrayFact, Container, ContainerFile, DatasetEntry
from zoo.specs import DatasetSpec
from zoo.store.artifacts import Artifacts

__all__ = ["Fresh", "embedded", "near_first", "published", "read_file"]

WAYS = ("packaged", "cache", "mirror", "download")
"""From the nearest to the farthest; of several files the farthest names the way."""


@dataclass(frozen=True)
class Fresh:
    """Verified arrays, and where they come from."""

    arrays: Arrays
    way: str
    reason: str
    warnings: tuple[str, ...] = ()


def embedded(offer: Offer[DatasetSpec], pinned: Mapping[str, ArrayFact]) -> Fresh:
    """Call the loader of a dataset that needs no download.

    Raises:
        ZooError: What the loader itself says to people.
        PluginError: If it raises anything else, or returns what it should not.
        IntegrityError: If its arrays are not the pinned ones.
    """
    spec, plugin = offer.spec, offer.plugin.name
    loader = resolve(str(spec.loader), plugin=plugin)
    thing = f"dataset {offer.name}"

    def call() -> Any:
        try:
            return loader()  # type: ignore[operator]  # what cannot be called is told below
        except ZooError as error:
            return error

    try:
        arrays = attempt(call)
    except Broken as broken:
        raise PluginError(f"plugin {plugin}: {thing}: {spec.loader}: {broken}", plugin=plugin) from None
    if isinstance(arrays, ZooError):
        raise arrays
    if not isinstance(arrays, Mapping):
        got = f"a {type(arrays).__name__}"
        raise PluginError(
            complaint(f"plugin {plugin}: {thing}", expected="a dict", got=got), plugin=plugin
        )
    try:
        checked = check_arrays(arrays, thing=thing, classes=spec.classes)
    except IntegrityError as error:
        raise PluginError(f"plugin {plugin}: {error}", plugin=plugin) from None
    for name, fact in pinned.items():
        check_hash(name, checked[name], fact, thing=thing)
    return Fresh(checked, "embedded", "needs no download")


def published(offer: Offer[DatasetSpec], entry: DatasetEntry, artifacts: Artifacts) -> Fresh:
    """Get the published files of one of the dataset's containers, the nearest first.

    Raises:
        UnavailableError: If no container is complete anywhere.
        IntegrityError: If bytes were had but wrong ones.
        ZooError: If ZOO_HOME cannot be written to.
    """
    thing = f"dataset {offer.name}"
    tried: list[ZooError] = []
    for container in near_first(entry, artifacts):
        try:
            fresh = _from_container(container, entry.arrays, offer, artifacts)
        except (UnavailableError, IntegrityError) as error:
            tried.append(error)
        else:
            artifacts.tell(tried)
            return fresh
    if len(tried) == 1:
        raise tried[0]
    words = " | ".join(str(error) for error in tried) or "no container is listed"
    text = complaint(f"{thing} cannot be had: {words}", do="set ZOO_MIRROR to a folder that has it")
    is_wrong = any(isinstance(error, IntegrityError) for error in tried)
    raise IntegrityError(text) if is_wrong else UnavailableError(text)


def read_file(
    file: ContainerFile, data: bytes, pinned: Mapping[str, ArrayFact], *, classes: int
) -> Arrays:
    """Read one file of a container and check its arrays against what is pinned.

    Raises:
        IntegrityError: If it holds anything else.
    """
    thing = file.artifact.file
    if file.array is None:
        arrays: Arrays = check_arrays(read_npz(data, thing=thing), thing=thing, classes=classes)
    else:
        arrays = {file.array: read_idx(data, file.array, thing=thing)}
    for name, values in arrays.items():
        check_hash(name, values, pinned[name], thing=thing)
    return arrays


def near_first(entry: DatasetEntry, artifacts: Artifacts) -> list[Container]:
    """Return the containers of a dataset, those first that need no download."""
    return sorted(entry.containers, key=lambda container: not _is_near(container, artifacts))


def _is_near(container: Container, artifacts: Artifacts) -> bool:
    known = [artifacts.facts(file.artifact) for file in container.files]
    return all(facts.packaged or facts.cached or facts.mirror for facts in known)


def _from_container(
    container: Container,
    pinned: Mapping[str, ArrayFact],
    offer: Offer[DatasetSpec],
    artifacts: Artifacts,
) -> Fresh:
    arrays: dict[str, NDArray[Any]] = {}
    classes = offer.spec.classes

    def checker(file: ContainerFile) -> Callable[[bytes], None]:
        return lambda data: arrays.update(read_file(file, data, pinned, classes=classes))

    found = [artifacts.fetch(file.artifact, check=checker(file)) for file in container.files]
    farthest = max(found, key=lambda each: WAYS.index(each.way))
    return Fresh(
        check_arrays(arrays, thing=f"dataset {offer.name}", classes=classes),
        farthest.way,
        farthest.reason,
        tuple(warning for each in found for warning in each.warnings),
    )
