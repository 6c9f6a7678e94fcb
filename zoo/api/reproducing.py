"""`zoo reproduce`: train again from the provenance of weights, and compare."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.errors import (
    InvalidValueError,
    UnavailableError,
    UsageError,
    ZooError,
    complaint,
    one_line,
)
from zoo.store.files import read_bytes
from zoo.weights.plan import Asked, ask
from zoo.weights.selection import check_seed

if TYPE_CHECKING:
    import numpy as np

    from zoo.api.house import Zoo
    from zoo.api.loaded import LoadedModel
    from zoo.data import Dataset
    from zoo.specs import Provenance
    from zoo.weights.selection import Selection

__all__ = ["Reproduction", "reproduce"]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One figure: as stated by the provenance, of these weights now, and after training again."""

    name: str
    stated: float | None
    measured: float
    again: float

    @property
    def difference(self) -> float:
        """The largest distance between any two of them."""
        values = [self.measured, self.again, *([] if self.stated is None else [self.stated])]
        return max(values) - min(values)


@dataclass(frozen=True, kw_only=True)
class Reproduction:
    """How training again compares.

    Attributes:
        loaded: The weights as they are.
        metrics: Every figure that is measured.
        largest: Largest distance between two values of the same weight; 0 if all are identical.
        seconds: Spent training, now.
        notes: What is not as it was then: versions, weights this model is built on.
    """

    loaded: LoadedModel
    dataset: Dataset
    provenance: Provenance
    metrics: tuple[Metric, ...]
    tolerance: float
    largest: float
    seconds: float
    notes: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool | None:
        """Whether every figure is the same within the tolerance; None where none was stated."""
        if any(metric.difference > self.tolerance for metric in self.metrics):
            return False
        return True if any(metric.stated is not None for metric in self.metrics) else None

    @property
    def identical(self) -> bool:
        """Whether every array is the same, value for value."""
        return self.largest == 0

    @property
    def exit_code(self) -> int:
        return 0 if self.agrees else ZooError.exit_code  # nothing to compare with is no success

    def to_data(self) -> dict[str, Any]:
        """Return plain JSON-able data."""
        return {
            "schema": 1,
            "model": self.loaded.spec.name,
            "preset": self.loaded.preset,
            "dataset": {"name": self.dataset.name, "sha256": self.dataset.sha256},
            "weights": self.loaded.to_data(),
            "seed": self.provenance.seed,
            "seconds": {"stated": self.provenance.seconds, "again": round(self.seconds, 3)},
            "metrics": {
                metric.name: {
                    "stated": metric.stated,
                    "measured": metric.measured,
                    "again": metric.again,
                    "difference": metric.difference,
                }
                for metric in self.metrics
            },
            "tolerance": self.tolerance,
            "agrees": self.agrees,
            "identical": self.identical,
            "largest_difference": self.largest,
            "notes": list(self.notes),
            "warnings": list(self.warnings),
        }


def reproduce(zoo: Zoo, model: str, *, weights: str | Path, data: str, tolerance: float) -> Reproduction:
    """Train again and compare; see `zoo.Zoo.reproduce`."""
    if not (isinstance(tolerance, (int, float)) and 0 <= tolerance <= 1):  # NaN is neither
        raise InvalidValueError(complaint("tolerance", expected="0..1", got=str(tolerance)))
    path, provenance = _find(zoo, model, weights, data)
    selection = _selection(zoo, model, provenance, path)
    source = data if data != "auto" else _dataset_name(zoo, provenance, path)
    dataset = zoo.dataset(source, preferences=selection.spec.datasets)
    if dataset.sha256 != provenance.dataset.get("sha256"):
        raise UnavailableError(
            complaint(
                f"{path}: the images it was trained on",
                expected=f"{provenance.dataset.get('name')} ({provenance.dataset.get('sha256')})",
                got=f"{dataset.name} ({dataset.sha256})",
                do="name the right ones with --data",
            )
        )
    asked = Asked(mode="file", path=path, preset=selection.preset)
    loaded = zoo.obtain(selection, asked, data=data, seed=None)
    loaded.use(dataset)
    measured = loaded.evaluate().metrics()

    from zoo.api.loading import fit_only

    fitted, built_on = fit_only(zoo, selection, dataset=dataset, data=source, seed=provenance.seed)
    metrics = tuple(
        Metric(
            name=name,
            stated=_number(provenance.metrics.get(name)),
            measured=value,
            again=fitted.metrics[name],
        )
        for name, value in measured.items()
        if name in fitted.metrics
    )
    return Reproduction(
        loaded=loaded,
        dataset=dataset,
        provenance=provenance,
        metrics=metrics,
        tolerance=tolerance,
        largest=_largest(loaded.weights, fitted.model.weights),
        seconds=fitted.seconds,
        notes=(*_unstated(metrics), *_notes(selection, provenance, built_on)),
        warnings=(*loaded.warnings, *fitted.model.warnings),
    )


def _find(zoo: Zoo, model: str, weights: str | Path, data: str) -> tuple[Path, Provenance]:
    """Return the file and its provenance; a file's own hyperparameters decide how it is read."""
    from zoo.registry.reading import FILE_BYTES
    from zoo.store.h5 import read_extras
    from zoo.weights.provenance import from_data

    asked = ask(weights, preset="default", seeded=False)
    if asked.path is None:
        loaded = zoo.load(model, weights=weights, data=data)
        path, record = Path(loaded.source.path), loaded.provenance
    else:
        path = asked.path
        content = read_bytes(path, limit=FILE_BYTES, thing=str(path), follow_links=True)
        extras = read_extras(content, trusted=False, thing=str(path))
        record = None
        if extras.provenance is not None:
            record = from_data(extras.provenance, thing=str(path))
    if record is None:
        raise UsageError(
            f"{path}: these weights do not say how they were trained, so nothing can be repeated; "
            "name others with --weights"
        )
    return path, record


def _dataset_name(zoo: Zoo, provenance: Provenance, path: Path) -> str:
    """Return the dataset that provenance names: one that is offered, never a path from a file."""
    name = provenance.dataset.get("name")
    known = [known for offer in zoo.datasets() for known in (offer.name, offer.full_name)]
    if name in known:
        return str(name)
    said = "no dataset" if name is None else f"a dataset that is none here, {one_line(str(name), 60)}"
    raise UsageError(f"{path}: its provenance names {said}; name the one it was trained on with --data")


def _selection(zoo: Zoo, model: str, provenance: Provenance, path: Path) -> Selection:
    full_name = zoo.select(model).full_name
    if provenance.model != full_name:
        raise UsageError(
            complaint(f"{path}: model", expected=full_name, got=provenance.model, do="name that model")
        )
    values = {**provenance.hyperparameters, **provenance.recipe}
    try:
        check_seed(provenance.seed)
        return zoo.select(full_name, values)
    except UsageError as error:
        versions = ", ".join(f"{name} {number}" for name, number in provenance.versions.items())
        raise UsageError(
            f"{path}: its provenance does not fit the installed {full_name}: {error}; "
            f"it was made by {versions or 'an unknown version'}"
        ) from None


def _number(value: object) -> float | None:
    right = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if right else None  # type: ignore[arg-type]


def _largest(first: Mapping[str, np.ndarray], second: Mapping[str, np.ndarray]) -> float:
    import numpy as np

    distances = [np.abs(first[name] - second[name]).max(initial=0) for name in first]
    return float(max(distances, default=0))


def _unstated(metrics: Sequence[Metric]) -> list[str]:
    missing = [metric.name for metric in metrics if metric.stated is None]
    return [f"its provenance states no {' and no '.join(missing)}"] if missing else []


def _notes(
    selection: Selection, provenance: Provenance, built_on: Mapping[str, LoadedModel]
) -> list[str]:
    from zoo.weights.provenance import versions

    found = []
    now = versions(selection.offer.plugin.distribution)
    for name, number in provenance.versions.items():
        if now.get(name) != number:
            found.append(f"{name} was {number} then and is {now.get(name, 'not installed')} now")
    for name, loaded in built_on.items():
        hashes = (loaded.weights_sha256, loaded.source.sha256)  # the latter in the first records
        if provenance.requires.get(name) not in hashes:
            found.append(f"it is built on other weights of {name} now, with sha256 {hashes[0]}")
    key = selection.key(
        seed=provenance.seed,
        dataset=str(provenance.dataset.get("sha256")),
        requires=provenance.requires,
    )
    if key != provenance.key:
        found.append("this version of the model is declared to train differently")
    return found
