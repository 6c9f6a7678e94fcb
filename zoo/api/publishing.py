"""`zoo publish`: measured weights with their provenance, into a registry folder."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.errors import IntegrityError, UsageError, complaint
from zoo.modelling import KerasModel
from zoo.modelling.graphs import Graph, beside
from zoo.parameters import to_data
from zoo.plugins.entries import OWN
from zoo.registry import Put, Shelf
from zoo.registry.reading import FILE_BYTES
from zoo.specs import NAME, NAME_LIMIT, RESERVED
from zoo.store.files import read_bytes, sha256_of, write_whole
from zoo.store.locks import locked

if TYPE_CHECKING:
    from zoo.api.house import Zoo
    from zoo.api.loaded import LoadedModel
    from zoo.data import Dataset
    from zoo.evaluation import Evaluation
    from zoo.specs import Provenance
    from zoo.weights.selection import Selection

__all__ = ["Published", "publish"]

DIGITS = 6
"""Decimal places of published figures: one image in 10,000 is four."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """What was published, and how it scored just before."""

    loaded: LoadedModel
    dataset: Dataset
    evaluation: Evaluation
    put: Put
    registry: Path
    base: Selection
    graphs: tuple[Path, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """What to type to use them, wherever the folder is at hand."""
        preset = "" if self.base.preset == "default" else f":{self.base.preset}"
        words = ["zoo", "--registry", str(self.registry.parent), "run", self.base.offer.name + preset]
        if self.dataset.name != self.base.spec.datasets[0]:  # which is taken where none is named
            words += ["--data", self.dataset.name]
        return shlex.join([*words, "--weights", self.put.entry.tag])

    def to_data(self) -> dict[str, Any]:
        """Return plain JSON-able data."""
        entry, provenance = self.put.entry, self.loaded.provenance
        return {
            "schema": 1,
            "model": self.base.spec.name,
            "preset": self.base.preset,
            "dataset": {"name": self.dataset.name, "sha256": self.dataset.sha256},
            "tag": entry.tag,
            "default": entry.default,
            "change": self.put.change,
            "registry": str(self.registry),
            "file": entry.artifact.file,
            "path": str(self.put.path),
            "graph": [str(path) for path in self.graphs],
            "bytes": entry.artifact.size,
            "sha256": entry.artifact.sha256,
            "evaluation": self.evaluation.to_data(),
            "training": None
            if provenance is None
            else {"seed": provenance.seed, "seconds": provenance.seconds},
            "weights": self.loaded.to_data(),
            "command": self.command,
            "warnings": list(self.warnings),
        }


def publish(
    zoo: Zoo,
    model: str,
    *,
    to: Path,
    tag: str,
    default: bool,
    replace: bool,
    graph: bool,
    values: Mapping[str, Any] | None,
    data: str,
    weights: str | Path,
    seed: int | None,
) -> Published:
    """Publish weights of one model; see `zoo.Zoo.publish`."""
    base, chosen = zoo.select(model), zoo.select(model, values)
    _check_shape(base, chosen)
    if len(tag) > NAME_LIMIT or NAME.fullmatch(tag) is None:
        expected = f"lower-case letters, digits and single hyphens, at most {NAME_LIMIT}"
        raise UsageError(complaint("tag", expected=expected, got=repr(tag)))
    if tag in RESERVED["tag"]:
        raise UsageError(f"tag: --weights {tag} means something else; choose another --tag")
    shelf = Shelf(to, lambda kind, name: _full_name(zoo, kind, name))
    loaded = zoo.load(model, values=values, data=data, weights=weights, seed=seed)
    if loaded.belongs is None and data == "auto":
        raise UsageError(
            f"{weights}: does not say which dataset its weights belong to; name it with --data"
        )
    path = Path(loaded.source.path)
    if chosen != base:  # measured as whoever asks for the preset will measure
        loaded = zoo.load(model, data=data, weights=str(path))
    dataset = loaded.dataset(data)
    if dataset.name not in {offer.name for offer in zoo.datasets()}:
        raise UsageError(
            f"{dataset.name}: a file of your own is no dataset that others can name; "
            "publish weights for one that a plugin offers"
        )
    provenance = loaded.provenance
    if provenance is not None:
        _check_provenance(provenance, base, dataset, str(path))
    evaluation = loaded.evaluate(data)
    table: dict[str, Any] = {
        "model": base.spec.name if base.offer.plugin.distribution == OWN else base.full_name,
        "preset": base.preset,
        "dataset": dataset.name,
        "tag": tag,
        "file": f"{base.spec.name}-{base.preset}-{tag}.h5",
        "published": {name: round(value, DIGITS) for name, value in evaluation.metrics().items()},
    }
    if default:
        table["default"] = True
    if provenance is not None:
        table |= {"summary": _summary(provenance, base), "licence": base.spec.licence}
    content = read_bytes(path, limit=FILE_BYTES, thing=path.name, follow_links=True)
    if sha256_of(content) != loaded.source.sha256:
        raise IntegrityError(complaint(str(path), got="a file that has just changed", do="try again"))
    made = _graph_of(loaded) if graph else None
    with locked(zoo.folders, f"registry-{shelf.registry}", reporter=zoo.reporter):
        put = shelf.put(table, content, replace=replace)
        graphs = _write_graph(made, put.path) if made is not None else ()
    warnings = _warnings(zoo, base, dataset, put, shelf, loaded)
    for text in warnings:
        zoo.reporter.warning(text)
    return Published(
        loaded=loaded,
        dataset=dataset,
        evaluation=evaluation,
        put=put,
        registry=shelf.registry,
        base=base,
        graphs=graphs,
        warnings=(*loaded.warnings, *warnings),
    )


def _graph_of(loaded: LoadedModel) -> Graph:
    model = loaded.model
    graph = model.graph() if isinstance(model, KerasModel) else None
    if graph is None:
        raise UsageError(
            f"{loaded.title}: there is no inference graph of this model to write; leave --graph out"
        )
    return graph


def _write_graph(graph: Graph, path: Path) -> tuple[Path, ...]:
    """Write the inference graph beside the published file."""
    files = beside(path)
    for file, content in zip(files, (graph.content, graph.described()), strict=True):
        write_whole(file, content)
    return files


def _check_shape(base: Selection, chosen: Selection) -> None:
    """Refuse hyperparameters of no preset: nobody could ask for such weights by name."""
    if base.hyperparameters == chosen.hyperparameters:
        return
    name = base.spec.name
    if chosen.preset not in ("custom", base.preset):
        raise UsageError(f"these are the values of {chosen.title}; publish that instead of {base.title}")
    presets = ", ".join(preset.name for preset in base.spec.presets)
    raise UsageError(
        f"{name}: published weights belong to a preset, whose hyperparameters stay as they are; "
        f"--set may change its recipe only (presets: {presets})"
    )


def _check_provenance(provenance: Provenance, base: Selection, dataset: Dataset, where: str) -> None:
    """Refuse to publish weights under a name that is not theirs."""
    pairs = [
        ("model", base.full_name, provenance.model),
        ("dataset", dataset.name, str(provenance.dataset.get("name"))),
        ("contents of the dataset", dataset.sha256, str(provenance.dataset.get("sha256"))),
    ]
    trained = dict(provenance.hyperparameters)
    pairs += [
        (name, str(value), str(trained.get(name)))
        for name, value in to_data(base.hyperparameters).items()
    ]
    for thing, expected, got in pairs:
        if expected != got:
            raise UsageError(
                complaint(
                    f"{where}: {thing}",
                    expected=expected,
                    got=got,
                    do="publish them as what they are",
                )
            )


def _summary(provenance: Provenance, base: Selection) -> str:
    text = f"trained with seed {provenance.seed}"
    if dict(provenance.recipe) == to_data(base.recipe):
        return text
    return (
        f"{text} and a recipe of its own"
        if provenance.preset == "custom"
        else (f"{text} and the recipe of {base.spec.name}:{provenance.preset}")
    )


def _warnings(
    zoo: Zoo, base: Selection, dataset: Dataset, put: Put, shelf: Shelf, loaded: LoadedModel
) -> list[str]:
    """Say what will surprise who uses this registry beside those that are installed."""
    found = []
    tag = put.entry.tag
    if loaded.provenance is None:
        found.append(
            f"{put.entry.artifact.file}: these weights do not say how they were trained, "
            "so nobody can reproduce them"
        )
    for other in zoo.registry.weights_for(base.full_name, base.preset, dataset.name):
        if shelf.holds(other.artifact.local):
            continue
        title = f"{base.title} for {dataset.name}"
        if other.tag == tag and other.artifact.sha256 != put.entry.artifact.sha256:
            found.append(
                f"the registry {other.origin} lists weights {tag!r} of {title} already, which stay: "
                "choose another --tag"
            )
        elif other.default and put.entry.default and other.tag != tag:
            found.append(
                f"weights {other.tag!r} of {title}, of the registry {other.origin}, stay the default "
                f"where both are read; `--weights {tag}` takes these"
            )
    return found


def _full_name(zoo: Zoo, kind: str, name: str) -> str:
    offers = zoo.catalogue.models if kind == "model" else zoo.catalogue.datasets
    return next((offer.full_name for offer in offers if offer.name == name), name)
