"""A house with one published dataset and one that is embedded, both of a few images."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from zoo.data import Dataset, obtain
from zoo.data.checks import hashes_of
from zoo.plugins import Catalogue, Offer, Plugin
from zoo.progress import Progress
from zoo.registry import ArrayFact, Container, ContainerFile, DatasetEntry, Registry
from zoo.settings import Settings
from zoo.specs import Artifact, DatasetSpec, Split
from zoo.store.artifacts import Artifacts
from zoo.store.folders import Folders
from zoo.store.network import Network

Arrays = dict[str, NDArray[Any]]

PLUGIN = Plugin(name="some", module="some_plugin", distribution="some-plugin", version="1.0")
IDX = {
    "x_train": "train-images-idx3-ubyte.gz",
    "y_train": "train-labels-idx1-ubyte.gz",
    "x_test": "t10k-images-idx3-ubyte.gz",
    "y_test": "t10k-labels-idx1-ubyte.gz",
}


def some_arrays(train: int = 30, test: int = 20, seed: int = 0) -> Arrays:
    """Random images; every class is there."""
    random = np.random.default_rng(seed)
    return {
        "x_train": random.integers(0, 256, (train, 28, 28), np.uint8),
        "y_train": (np.arange(train) % 10).astype(np.uint8),
        "x_test": random.integers(0, 256, (test, 28, 28), np.uint8),
        "y_test": (np.arange(test) % 10).astype(np.uint8),
    }


def npz_bytes(arrays: Arrays) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def idx_bytes(array: NDArray[Any], *, packed: bool = True) -> bytes:
    sides = b"".join(side.to_bytes(4, "big") for side in array.shape)
    plain = bytes([0, 0, 8, array.ndim]) + sides + array.astype(np.uint8).tobytes()
    return gzip.compress(plain, mtime=0) if packed else plain


class Remembering:
    """A reporter that keeps what it is told."""

    def __init__(self) -> None:
        self.notices: list[str] = []
        self.warnings: list[str] = []

    def notice(self, text: str) -> None:
        self.notices.append(text)

    def warning(self, text: str) -> None:
        self.warnings.append(text)

    def advance(self, amount: int = 1, note: str = "") -> None:
        pass

    @contextlib.contextmanager
    def progress(self, label: str, total: int | None, unit: str) -> Iterator[Progress]:
        yield self


@dataclass
class House:
    """Everything `obtain` needs; `arrays` are those of the published dataset ``tiny``."""

    settings: Settings
    arrays: Arrays
    own: Arrays
    reporter: Remembering = field(default_factory=Remembering)
    files: list[Container] = field(default_factory=list)
    loader: str = "embedded_digits:load"
    pinned: bool = True

    @property
    def folders(self) -> Folders:
        return Folders(self.settings.home)

    @property
    def catalogue(self) -> Catalogue:
        two = (Split(name="official", summary=""), Split(name="half", summary="", train=("train[:15]",)))
        tiny = DatasetSpec(name="tiny", summary="t", classes=10, counts=(30, 20), splits=two)
        home = DatasetSpec(
            name="home",
            summary="h",
            classes=10,
            counts=(30, 20),
            loader=self.loader,
            sha256=hashes_of(self.own) if self.pinned else {},
        )
        return Catalogue((PLUGIN,), datasets=(Offer(tiny, PLUGIN, "tiny"), Offer(home, PLUGIN, "home")))

    @property
    def registry(self) -> Registry:
        facts = {
            name: ArrayFact(self.arrays[name].shape, digest)
            for name, digest in hashes_of(self.arrays).items()
        }
        entry = DatasetEntry("tiny", facts, tuple(self.files), "test", "some-plugin")
        return Registry(datasets=(entry,))

    def obtain(self, name: str, preferences: tuple[str, ...] = ("tiny", "home")) -> Dataset:
        return obtain(
            name,
            preferences=preferences,
            catalogue=self.catalogue,
            registry=self.registry,
            artifacts=Artifacts(
                self.settings, self.folders, Network(self.settings, self.reporter), self.reporter
            ),
            folders=self.folders,
            reporter=self.reporter,
        )

    @property
    def mirror(self) -> Path:
        assert self.settings.mirror
        return Path(self.settings.mirror)

    def fill_mirror(self, kind: str = "npz", without: str = "") -> None:
        if kind == "npz":
            (self.mirror / "tiny.npz").write_bytes(npz_bytes(self.arrays))
            return
        for array, name in IDX.items():
            if array != without:
                (self.mirror / name).write_bytes(idx_bytes(self.arrays[array]))


def npz_container(**facts: Any) -> Container:
    return Container("npz", (ContainerFile(Artifact(file="tiny.npz", limit=10**7, **facts), None),))


def idx_container() -> Container:
    files = [ContainerFile(Artifact(file=name, limit=10**7), array) for array, name in IDX.items()]
    return Container("idx", tuple(files))


@pytest.fixture
def plugin_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Write a module that a spec's loader may name; it is forgotten afterwards."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))

    def write(name: str, source: str) -> None:
        (folder / f"{name}.py").write_text(textwrap.dedent(source), encoding="utf-8")
        monkeypatch.delitem(sys.modules, name, raising=False)

    return write


@pytest.fixture
def house(tmp_path: Path, plugin_module: Callable[[str, str], None]) -> House:
    (tmp_path / "mirror").mkdir()
    own = some_arrays(seed=1)
    (tmp_path / "own.npz").write_bytes(npz_bytes(own))
    plugin_module(
        "embedded_digits",
        f"""
        import numpy as np
        def load():
            with open({str(tmp_path / "calls")!r}, "a") as file:
                file.write("x")
            with np.load({str(tmp_path / "own.npz")!r}) as arrays:
                return dict(arrays)
        """,
    )
    settings = Settings(home=Path(os.environ["ZOO_HOME"]), mirror=str(tmp_path / "mirror"))
    return House(settings, some_arrays(), own, files=[npz_container(), idx_container()])
