"""A small real model, dataset and registry entry, so that obtaining weights runs in milliseconds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import numpy as np

from zoo.data import Dataset, TrainingData
from zoo.modelling import History, Model
from zoo.parameters import Range
from zoo.plugins import Catalogue, Offer, Plugin
from zoo.progress import LoggingReporter, Reporter
from zoo.registry import Registry, WeightsEntry
from zoo.settings import Settings
from zoo.specs import Artifact, DatasetSpec, ModelSpec, Preset, Recipe
from zoo.store import h5
from zoo.store.artifacts import Artifacts
from zoo.store.folders import Folders
from zoo.store.network import Network
from zoo.weights.obtain import Belongs, Obtained, Way, obtain
from zoo.weights.plan import ask
from zoo.weights.selection import select


@dataclass(frozen=True, kw_only=True)
class Hyperparameters:
    scale: Annotated[float, Range(0.1, 10.0), "of the scores"] = 1.0


def shapes(_: Hyperparameters) -> dict[str, tuple[int, ...]]:
    return {"layer/kernel": (784, 2), "layer/bias": (2,)}


class MeanModel(Model):
    """Scores an image by its product with the mean image of each class."""

    fits = 0

    def fit(self, data: TrainingData, recipe: Recipe, *, seed: int, reporter: Reporter) -> History:
        type(self).fits += 1
        images = data.train.floats().reshape(-1, 784)
        means = [images[data.train.labels == c].mean(0) for c in (0, 1)]
        noise = np.random.default_rng(seed).normal(0, 1e-4, (784, 2))
        self.weights = {
            "layer/kernel": (np.stack(means, 1) + noise).astype(np.float32),
            "layer/bias": np.zeros(2, np.float32),
        }
        return History({"loss": (1.0, 0.5), "accuracy": (0.5, 1.0)})

    def forward(self, inputs: Any) -> Any:
        scores = inputs.reshape(-1, 784) @ self.weights["layer/kernel"] + self.weights["layer/bias"]
        powers = np.exp(scores - scores.max(1, keepdims=True))
        return (powers / powers.sum(1, keepdims=True)).astype(np.float32)


SPEC = ModelSpec(
    name="mean",
    summary="compares with the mean image",
    task="classification",
    factory="tests.weights.small:MeanModel",
    hyperparameters=Hyperparameters,
    shapes=shapes,
    presets=(
        Preset(name="default", summary="as it is"),
        Preset(name="loud", summary="louder", hyperparameters={"scale": 2.0}),
    ),
    datasets=("halves",),
)
HALVES = DatasetSpec(name="halves", summary="bright left or bright right", classes=2, counts=(40, 20))
PLUGIN = Plugin("small", "tests.weights.small", "small-models", "1.0", models=("mean",))
CATALOGUE = Catalogue(
    plugins=(PLUGIN,),
    models=(Offer(SPEC, PLUGIN, "mean"),),
    datasets=(Offer(HALVES, PLUGIN, "halves"),),
)


def arrays() -> dict[str, Any]:
    """Images whose left (0) or right (1) half is bright."""
    random = np.random.default_rng(0)
    made = {}
    for part, count in (("train", 40), ("test", 20)):
        labels = (np.arange(count) % 2).astype(np.uint8)
        images = random.integers(0, 60, (count, 28, 28), np.uint8)
        images[labels == 0, :, :14] += 180
        images[labels == 1, :, 14:] += 180
        made |= {f"x_{part}": images, f"y_{part}": labels}
    return made


def dataset() -> Dataset:
    made = arrays()
    digest = hashlib.sha256(b"".join(made[name].tobytes() for name in sorted(made))).hexdigest()
    return Dataset(
        name="halves",
        spec=HALVES,
        counts=(40, 20),
        sha256=digest,
        way="embedded",
        reason="made for a test",
        load=made.__getitem__,
    )


def weights(bias: float = 0.0) -> dict[str, Any]:
    return {
        "layer/kernel": np.full((784, 2), 0.5, np.float32),
        "layer/bias": np.array([bias, 0.0], np.float32),
    }


def weight_file(bias: float = 0.0) -> bytes:
    return h5.write(weights(bias), config=None, provenance=None, history=None, snapshots={})


def entry(content: bytes, *, tag: str = "first", default: bool = True, **artifact: Any) -> WeightsEntry:
    facts = {
        "file": f"mean-{tag}.h5",
        "size": len(content),
        "limit": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return WeightsEntry(
        model="small-models/mean",
        preset="default",
        dataset="halves",
        tag=tag,
        default=default,
        artifact=Artifact(**{**facts, **artifact}),
        summary="",
        published={},
        origin="a test",
    )


class Listener(LoggingReporter):
    """Keeps the warnings."""

    def __init__(self) -> None:
        super().__init__()
        self.warnings: list[str] = []

    def warning(self, text: str) -> None:
        self.warnings.append(text)


@dataclass
class House:
    """Everything that obtaining needs, in a folder of its own."""

    home: Path
    mirror: Path | None = None
    offline: bool = True
    listed: tuple[WeightsEntry, ...] = ()
    data: Callable[[], Dataset] = dataset
    listener: Listener = field(default_factory=Listener)

    def obtain(
        self,
        weights: str = "auto",
        *,
        model: str = "mean",
        seed: int | None = None,
        fresh: bool = False,
        values: dict[str, Any] | None = None,
    ) -> Obtained:
        settings = Settings(
            home=self.home, offline=self.offline, mirror=str(self.mirror) if self.mirror else None
        )
        folders = Folders(settings.home)
        selection = select(CATALOGUE, model, values)
        way = Way(
            selection=selection,
            seed=seed or 0,
            make=lambda: MeanModel(SPEC, selection.hyperparameters),
            data=self.data,
            requires={},
            registry=Registry(weights=self.listed),
            artifacts=Artifacts(settings, folders, Network(settings, self.listener), self.listener),
            folders=folders,
            reporter=self.listener,
        )
        asked = ask(weights, preset=selection.preset, seeded=seed is not None, fresh=fresh)
        return obtain(asked, [Belongs(name="halves", sha256=dataset().sha256)], way)
