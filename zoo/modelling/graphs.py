"""The files of an inference graph: kept in the cache, or beside weights that a package brings.

A graph is two files: one for LiteRT, whose outputs are those of every layer, and one in JSON that
describes the layers, carries the other's hash, and says which weights it belongs to. In the cache
they lie in a folder named after everything the graph depends on. Beside packaged weights they are
called after the file of the weights; such a graph is only taken from where code is taken from too.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.errors import ZooError, one_line
from zoo.modelling.layers import Layer
from zoo.parameters import to_data
from zoo.plugins import parameter_count
from zoo.store.files import read_bytes, sha256_of, write_whole

if TYPE_CHECKING:
    from zoo.modelling.keras_model import KerasModel

__all__ = ["GRAPH", "LAYERS", "Graph", "beside", "identity", "keep", "key", "stored"]

SCHEMA = 2
"""Version of the two files; part of the key."""

GRAPH, LAYERS = "network.tflite", "layers.json"

GRAPH_ROOM = 8 << 20
"""Most bytes of a graph beside its weights."""

LAYERS_LIMIT = 1 << 20
"""Most bytes of the description."""

VERSIONS = ("keras", "tensorflow", "ai-edge-litert")
"""Libraries that may make another graph of the same network."""


@dataclass(frozen=True)
class Graph:
    """An inference graph as it is stored.

    Attributes:
        content: For LiteRT.
        layers: In forward order.
        output: Name of the layer that answers.
        weights: `identity` of the model it was made from.
        path: Where it lies; None for one that is not stored yet.
    """

    content: bytes
    layers: Sequence[Layer]
    output: str
    weights: str
    path: Path | None = None

    def described(self) -> bytes:
        """Return the description as it is stored."""
        facts = {
            "schema": SCHEMA,
            "sha256": sha256_of(self.content),
            "weights": self.weights,
            "output": self.output,
            "layers": [layer.to_data() for layer in self.layers],
        }
        return json.dumps(facts, indent=1).encode() + b"\n"


def identity(model: KerasModel) -> str:
    """Return the hash of everything that decides what the model's network computes."""
    facts = {
        "schema": SCHEMA,
        "model": model.spec.name,
        "factory": model.spec.factory,
        "version": model.spec.version,
        "hyperparameters": to_data(model.hyperparameters),
    }
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    for name, array in model.weights.items():
        digest.update(f"\0{name}{array.shape}".encode())
        digest.update(array.data)
    return digest.hexdigest()


def key(model: KerasModel) -> str:
    """Return the name of the graph in the cache: of its identity, and of who makes it."""
    libraries = {name: _version(name) for name in VERSIONS}
    digest = hashlib.sha256(f"{identity(model)}{json.dumps(libraries)}".encode()).hexdigest()
    return f"{model.spec.name}-{digest}"  # `zoo cache list` shows whose graph it is


@functools.cache
def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""


def beside(weights: Path) -> tuple[Path, Path]:
    """Return where the graph and its description lie beside a file of packaged weights."""
    return weights.with_suffix(".tflite"), weights.with_suffix(".layers.json")


def stored(model: KerasModel) -> Iterator[Graph]:
    """Read the graphs there are for this model: one that came with its weights, then the one kept.

    One that is damaged or belongs to other weights is passed over, with a notice.
    """
    places = []
    if model.packaged is not None:
        places.append(beside(model.packaged))
    if model.exports is not None:
        folder = model.exports / key(model)
        places.append((folder / GRAPH, folder / LAYERS))
    for graph, layers in places:
        if layers.exists():
            try:
                yield _read(model, graph, layers)
            except (ZooError, OSError, ValueError, KeyError, TypeError) as error:
                passed_over(model, graph, error)


def passed_over(model: KerasModel, path: Path | None, error: Exception) -> None:
    """Say that a stored graph is of no use."""
    model.reporter.notice(one_line(f"the inference graph in {path} is made again ({error})"))


def _read(model: KerasModel, graph: Path, layers: Path) -> Graph:
    facts = json.loads(read_bytes(layers, limit=LAYERS_LIMIT, thing=str(layers)))
    limit = GRAPH_ROOM + 5 * parameter_count(model.shapes)
    content = read_bytes(graph, limit=limit, thing=str(graph))
    if sha256_of(content) != facts["sha256"]:
        raise ValueError("its hash is wrong")
    if facts["weights"] != identity(model):
        raise ValueError("it belongs to other weights")
    described = [Layer.from_data(layer) for layer in facts["layers"]]
    return Graph(content, described, facts["output"], facts["weights"], graph)


def keep(model: KerasModel, graph: Graph) -> None:
    """Put a new graph into the cache; a folder that cannot be written is no obstacle."""
    assert model.exports is not None
    folder = model.exports / key(model)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / GRAPH, graph.content)
        write_whole(folder / LAYERS, graph.described())
    except (ZooError, OSError) as error:
        model.reporter.notice(one_line(f"the inference graph is not kept ({error})"))
