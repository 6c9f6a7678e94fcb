"""Carry out a plan: the first step that works gives the weights, and says which way and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zoo.errors import IntegrityError, UnavailableError, ZooError, complaint
from zoo.modelling import History, KerasModel
from zoo.modelling.arrays import hash_weights
from zoo.specs import Provenance
from zoo.store.files import clear, read_bytes, sha256_of, write_whole
from zoo.store.h5 import read as read_h5
from zoo.store.h5 import size_limit
from zoo.store.h5 import write as write_h5
from zoo.store.locks import locked
from zoo.weights import provenance as provenances
from zoo.weights.fitting import fit
from zoo.weights.obtained import Belongs, Obtained, Source
from zoo.weights.plan import Asked, Plan, Published, Step, Target, plan
from zoo.weights.selection import Selection

if TYPE_CHECKING:
    from pathlib import Path

    from zoo.data import Dataset
    from zoo.modelling import Model
    from zoo.progress import Reporter
    from zoo.registry import Registry
    from zoo.store.artifacts import Artifacts
    from zoo.store.folders import Folders

__all__ = ["Belongs", "Obtained", "Source", "Way", "obtain"]


@dataclass(frozen=True, kw_only=True)
class Way:
    """All that obtaining needs besides what was asked for.

    Attributes:
        make: Build the model without weights; light.
        data: Obtain the dataset to train on; called only if it comes to that.
        requires: Model → sha256 over the arrays of the weights this one is built on.
    """

    selection: Selection
    seed: int
    make: Callable[[], Model]
    data: Callable[[], Dataset]
    requires: Mapping[str, str]
    registry: Registry
    artifacts: Artifacts
    folders: Folders
    reporter: Reporter


def obtain(asked: Asked, belongs: Sequence[Belongs], way: Way) -> Obtained:
    """Obtain weights as asked, for the first of the datasets in `belongs` that gives some.

    Raises:
        UnavailableError: If a forced way fails, or nothing can be had and training neither.
        IntegrityError: If a forced way gave bytes that are not what they should be.
    """
    others = [entry for entry in way.registry.weights if entry.model == way.selection.full_name]
    targets = [_target(b, way) for b in belongs]
    decided = plan(asked, targets, model=way.selection.title, others=others)
    failures: list[ZooError] = []
    warnings: list[str] = []
    for step in decided.steps:
        if step.way == "train":  # it may take minutes: why it comes to that is said before
            _say(warnings, way)
        try:
            obtained = _try(step, way, asked, belongs)
        except (UnavailableError, IntegrityError) as error:
            if step.way == "train" or (decided.forced and len(decided.steps) == 1):
                raise
            failures.append(error)
            if not (isinstance(error, UnavailableError) and step.way in ("packaged", "mirror")):
                warnings.append(str(error))
            continue
        if step.way != "train":
            _say(warnings, way)
        return _with_warnings(obtained, warnings)
    raise _nothing(decided, failures, way, asked)


def _say(warnings: Sequence[str], way: Way) -> None:
    """Say what went wrong on the way; not if all is in vain, as the error then says it all."""
    for text in warnings:
        way.reporter.warning(text)


def _try(step: Step, way: Way, asked: Asked, belongs: Sequence[Belongs]) -> Obtained:
    if step.way == "file":
        assert asked.path is not None
        return _from_file(asked.path, step, way)
    if step.way == "train":
        return _train(step, way, fresh=asked.fresh)
    assert step.target is not None
    if step.way == "trained":
        key = _key(step.target.dataset, belongs, way)
        found = _trained_file(key, way)
        if found is None:
            raise UnavailableError(f"{way.selection.title}: the file trained earlier is gone")
        return found_to_obtained(found, step.reason, way)
    return _published(step, way)


def _published(step: Step, way: Way) -> Obtained:
    entry = step.entry
    assert entry is not None
    get = {
        "packaged": way.artifacts.packaged,
        "cache": way.artifacts.cached,
        "mirror": way.artifacts.mirrored,
        "download": way.artifacts.downloaded,
    }[step.way]
    found = get(entry.artifact)
    thing = f"{entry.artifact.file} ({step.way})"
    obtained = _read(found.data, way, trusted=True, thing=thing)
    if step.way == "packaged" and entry.artifact.shipped and isinstance(obtained["model"], KerasModel):
        obtained["model"].packaged = found.path
    source = Source(
        way=step.way, tag=entry.tag, reason=step.reason, sha256=found.sha256, path=str(found.path or "")
    )
    return Obtained(source=source, dataset=entry.dataset, **obtained)


def _from_file(path: Path, step: Step, way: Way) -> Obtained:
    data = read_bytes(path, limit=size_limit(way.selection.shapes), thing=str(path), follow_links=True)
    parts = _read(data, way, trusted=False, thing=str(path))
    known: Provenance | None = parts["provenance"]
    source = Source(
        way="file", tag=None, reason=step.reason, sha256=sha256_of(data), path=str(path.absolute())
    )
    dataset = provenances.dataset_name(known)
    return Obtained(source=source, dataset=dataset, **parts)


def _train(step: Step, way: Way, *, fresh: bool) -> Obtained:
    dataset = way.data()
    selection = way.selection
    key = selection.key(seed=way.seed, dataset=dataset.sha256, requires=way.requires)
    way.folders.prepare()  # a cache that cannot be written is said before minutes of training
    with locked(way.folders, f"train-{key[:16]}", reporter=way.reporter):
        if not fresh:
            found = _trained_file(key, way)  # another process may have just done it
            if found is not None:
                return found_to_obtained(found, f"trained earlier on {dataset.name}", way)
        fitted = fit(selection, make=way.make, dataset=dataset, seed=way.seed, reporter=way.reporter)
        model, history = fitted.model, fitted.history
        record = provenances.record(
            selection,
            seed=way.seed,
            dataset={"name": dataset.name, "sha256": dataset.sha256, "split": selection.recipe.split},
            metrics=fitted.metrics,
            seconds=fitted.seconds,
            key=key,
            requires=way.requires,
        )
        content = write_h5(
            model.weights,
            config=model.config(),
            provenance=provenances.to_data(record),
            history=history.to_data(),
            snapshots=history.snapshots,
        )
        reason = f"trained now on {dataset.name} ({step.reason})"
        same = _same_before(key, model.weights, way)
        if same is not None:
            path, digest = same.path, same.sha256
            reason += ", to the same weights as before"
        else:
            digest = sha256_of(content)
            path = way.folders.trained_weights(selection.stem, key, digest)
            for stale in way.folders.trained_files(key):  # damaged, or of the training before
                clear(stale)
            write_whole(path, content)
    source = Source(way="trained", tag=None, reason=reason, sha256=digest, path=str(path))
    return Obtained(
        model=model,
        source=source,
        dataset=dataset.name,
        provenance=record,
        history=history,
        warnings=dataset.warnings,
    )


@dataclass(frozen=True)
class _Trained:
    path: Path
    data: bytes
    sha256: str


def _trained_file(key: str, way: Way) -> _Trained | None:
    """Return the file trained under this key, if it is whole: its name carries its own hash."""
    for path in way.folders.trained_files(key):
        try:
            data = read_bytes(path, limit=size_limit(way.selection.shapes), thing=str(path))
        except ZooError as error:
            way.reporter.warning(str(error))
            continue
        digest = sha256_of(data)
        if way.folders.trained_weights(way.selection.stem, key, digest).name == path.name:
            return _Trained(path, data, digest)
        way.reporter.warning(
            complaint(str(path), expected="the bytes its name says", got=digest, do="it is not used")
        )
    return None


def _same_before(key: str, weights: Mapping[str, Any], way: Way) -> _Trained | None:
    """Return the file of an earlier training that came to just these weights.

    It stays: only the date in it would change, and with it the name by which it is known by now.
    """
    found = _trained_file(key, way)
    if found is None:
        return None
    try:
        before = read_h5(found.data, way.selection.shapes, trusted=True, thing=str(found.path)).weights
    except ZooError:
        return None
    return found if hash_weights(before) == hash_weights(weights) else None


def found_to_obtained(found: _Trained, reason: str, way: Way) -> Obtained:
    """Read a trained file whose hash was right."""
    parts = _read(found.data, way, trusted=True, thing=str(found.path))
    record: Provenance | None = parts["provenance"]
    source = Source(way="cache", tag=None, reason=reason, sha256=found.sha256, path=str(found.path))
    dataset = provenances.dataset_name(record)
    return Obtained(source=source, dataset=dataset, **parts)


def _read(data: bytes, way: Way, *, trusted: bool, thing: str) -> dict[str, Any]:
    contents = read_h5(data, way.selection.shapes, trusted=trusted, thing=thing)
    extras = contents.extras
    history = record = None
    if extras.history is not None:
        history = History.from_data(extras.history, snapshots=extras.snapshots, thing=thing)
    if extras.provenance is not None:
        record = provenances.from_data(extras.provenance, thing=thing)
    model = way.make()
    model.weights = contents.weights
    return {"model": model, "provenance": record, "history": history}


def _target(belongs: Belongs, way: Way) -> Target:
    entries = way.registry.weights_for(way.selection.full_name, way.selection.preset, belongs.name)
    published = []
    for entry in entries:
        facts = way.artifacts.facts(entry.artifact)
        published.append(
            Published(
                entry=entry,
                packaged=facts.packaged,
                cached=facts.cached,
                mirror=facts.mirror,
                urls=facts.urls > 0,
                offline=facts.offline,
            )
        )
    trained = False
    if belongs.sha256 is not None:
        key = way.selection.key(seed=way.seed, dataset=belongs.sha256, requires=way.requires)
        trained = bool(way.folders.trained_files(key))
    return Target(dataset=belongs.name, published=tuple(published), trained=trained)


def _key(name: str, belongs: Sequence[Belongs], way: Way) -> str:
    sha256 = next(b.sha256 for b in belongs if b.name == name and b.sha256 is not None)
    return way.selection.key(seed=way.seed, dataset=sha256, requires=way.requires)


def _with_warnings(obtained: Obtained, warnings: Sequence[str]) -> Obtained:
    import dataclasses

    return dataclasses.replace(obtained, warnings=(*warnings, *obtained.warnings))


def _nothing(decided: Plan, failures: Sequence[ZooError], way: Way, asked: Asked) -> ZooError:
    what = f"{way.selection.title}: weights {asked.tag or asked.mode!r} cannot be had"
    if not asked.may_train and not failures:
        return UnavailableError(f"{way.selection.title}: no weights are at hand without a training")
    if not decided.steps:
        return UnavailableError(f"{what} offline; fetch them once with a network or give --mirror")
    kind = IntegrityError if any(isinstance(f, IntegrityError) for f in failures) else UnavailableError
    return kind(f"{what}: {'; '.join(str(f) for f in failures)}")
