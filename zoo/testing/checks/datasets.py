"""Checks of a dataset: that it is what its spec and its registry say."""

from __future__ import annotations

import numpy as np

from zoo.data import Dataset, is_at_hand, obtain
from zoo.data.checks import check_arrays, hashes_of
from zoo.data.facts import ARRAYS
from zoo.data.splits import parse_rows
from zoo.errors import PluginError, UnavailableError, ZooError
from zoo.plugins import Offer, resolve
from zoo.progress import LoggingReporter
from zoo.settings import Settings
from zoo.specs import DatasetSpec
from zoo.store.artifacts import Artifacts
from zoo.store.folders import Folders
from zoo.store.network import Network
from zoo.testing.bench import Bench
from zoo.testing.blame import told
from zoo.testing.outcomes import FailedError, SkippedError

__all__ = ["CHECKS"]


def dataset_listed(bench: Bench, offer: Offer[DatasetSpec]) -> None:
    """A dataset without a loader is listed in a registry, with the counts of its spec."""
    spec = offer.spec
    if spec.loader is not None:
        raise SkippedError("its loader makes it; no registry is needed")
    entry = bench.registry.dataset(offer.full_name)
    if entry is None:
        raise FailedError(
            f"no registry lists {spec.name}; write a registry.toml with a [[dataset]] of this name into "
            f"the folder of the package, or name a loader"
        )
    counts = (entry.arrays["y_train"].shape[0], entry.arrays["y_test"].shape[0])
    if counts != tuple(spec.counts):
        raise FailedError(f"its spec counts {tuple(spec.counts)} images, its registry {counts}")
    nowhere = [
        file.artifact.file
        for container in entry.containers
        for file in container.files
        if not file.artifact.urls and file.artifact.local is None
    ]
    if nowhere and len(nowhere) == sum(len(container.files) for container in entry.containers):
        raise FailedError(
            f"none of its files can be had: {', '.join(nowhere)} have neither urls nor a path that "
            "is there"
        )


def dataset_loads(bench: Bench, offer: Offer[DatasetSpec]) -> None:
    """Its arrays are uint8 images (n, 28, 28) and labels (n,), with the hashes that are pinned."""
    _check_loader(offer)
    dataset = _obtained(bench, offer)
    spec = offer.spec
    if dataset.counts != tuple(spec.counts):
        raise FailedError(f"its spec counts {tuple(spec.counts)} images, there are {dataset.counts}")
    try:
        parts = [dataset.examples(part) for part in ("train", "test")]
    except ZooError as error:
        raise FailedError(str(error)) from None
    found = {int(label) for part in parts for label in np.unique(part.labels)}
    absent = sorted(set(range(spec.classes)) - found)
    if absent:
        raise FailedError(
            f"classes is {spec.classes}, but no image has the label {absent[0]}; labels count from 0 "
            "without gaps"
        )
    if max(int(part.images.max()) for part in parts) <= 1:
        raise FailedError("no pixel is brighter than 1 of 255; multiply images in [0, 1] by 255")


def dataset_splits(bench: Bench, offer: Offer[DatasetSpec]) -> None:
    """In every split no image is both trained on and tested on."""
    try:
        _check_loader(offer)
    except FailedError:
        raise SkippedError("it is not what its spec says; the check dataset-loads tells more") from None
    dataset = _obtained(bench, offer)
    for split in offer.spec.splits:
        thing = f"split {split.name}"
        train, test = (
            {
                (rows.part, number)
                for rows in (parse_rows(cut, dataset.counts, thing=thing) for cut in cuts)
                for number in range(rows.start, rows.stop)
            }
            for cuts in (split.train, split.test)
        )
        both = train & test
        if both:
            raise FailedError(f"{thing}: {len(both)} images are in train and in test; cut them apart")


CHECKS = (dataset_listed, dataset_loads, dataset_splits)


def _check_loader(offer: Offer[DatasetSpec]) -> None:
    spec = offer.spec
    if spec.loader is None:
        return
    try:
        arrays = resolve(spec.loader, plugin=offer.plugin.name)()  # type: ignore[operator]
        if not isinstance(arrays, dict):
            raise FailedError(
                f"{spec.loader} gives a {type(arrays).__name__}, not a dict of {', '.join(ARRAYS)}"
            )
        checked = check_arrays(arrays, thing=f"dataset {spec.name}", classes=spec.classes)
    except FailedError:
        raise
    except ZooError as error:
        raise FailedError(f"{error}; correct {spec.loader}") from None
    except Exception as error:
        raise FailedError(f"{spec.loader} failed: {told(error)}") from error
    counts = (len(checked["y_train"]), len(checked["y_test"]))
    if counts != tuple(spec.counts):
        raise FailedError(
            f"{spec.loader} gives {counts[0]} and {counts[1]} images; if that is right, write "
            f"counts={counts} into the spec"
        )
    hashes = hashes_of(checked)
    differing = [name for name in ARRAYS if hashes[name] != spec.sha256.get(name)]
    if differing:
        raise FailedError(
            f"the bytes of {', '.join(differing)} are not those that sha256 pins; if they are as they "
            f"should be, write sha256={hashes} into the spec"
        )


def _obtained(bench: Bench, offer: Offer[DatasetSpec]) -> Dataset:
    silent = LoggingReporter()

    def under(settings: Settings) -> Dataset:
        folders = Folders(settings.folder)
        return obtain(
            offer.full_name,
            preferences=(),
            catalogue=bench.catalogue,
            registry=bench.registry,
            artifacts=Artifacts(settings, folders, Network(settings, silent), silent),
            folders=folders,
            reporter=silent,
        )

    try:
        return under(bench.settings)
    except UnavailableError:
        if offer.spec.loader is None and is_at_hand(
            offer.full_name,
            catalogue=bench.catalogue,
            registry=bench.registry,
            folders=Folders(bench.given.folder),
        ):
            return under(bench.given)
        if offer.spec.loader is None and bench.registry.dataset(offer.full_name) is None:
            raise SkippedError("no registry lists it") from None
        raise SkippedError(
            f"it is not at hand; `zoo data get {offer.name}` fetches it, or ZOO_MIRROR names a folder "
            "that has it"
        ) from None
    except PluginError as error:
        raise SkippedError(f"it cannot be loaded ({error})") from None
    except ZooError as error:
        if offer.spec.loader is not None:
            advice = f"correct {offer.spec.loader}, or counts and sha256 of the spec"
        else:
            advice = "correct the file, or its hash in the registry"
        raise FailedError(f"{error}; {advice}") from None
