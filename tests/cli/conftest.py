"""A small invented zoo: the real `zoo.Zoo` over a catalogue of one model, one dataset, two views."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import pytest
from click.testing import CliRunner

from tests import soak
from zoo.api.house import Zoo
from zoo.cli.application import Application
from zoo.cli.wiring import cli
from zoo.parameters import Choice, Image, Limit, Range
from zoo.plugins import Catalogue, Offer, Plugin
from zoo.specs import Artifact, DatasetSpec, ModelSpec, Preset, ViewSpec


@dataclass(frozen=True, kw_only=True)
class Hyperparameters:
    hidden: Annotated[tuple[int, ...], Range(1, 4096), "units of each hidden layer"] = (64,)
    activation: Annotated[str, Choice("relu", "sigmoid"), "of the hidden layers"] = "relu"


@dataclass(frozen=True, kw_only=True)
class Dots:
    unit: Annotated[
        int, Range(0, Limit("units - 1", lambda context: context.units() - 1)), "hidden unit"
    ] = 0
    scale: Annotated[str, Choice("panel", "all"), "what shares a scale"] = "all"
    image: Annotated[str, Image(), "input"] = "test:0"
    random: Annotated[bool, "draw at random"] = False
    seed: Annotated[int, Range(0, 99), "of the drawing"] = 0
    units: Annotated[tuple[int, ...], Range(0, 9), "which units"] = (1, 2)
    output: Annotated[float | None, Range(0.0, 1.0), "a name the command has as well"] = None


def shapes(hyperparameters: Hyperparameters) -> dict[str, tuple[int, ...]]:
    widths = [784, *hyperparameters.hidden, 10]
    found: dict[str, tuple[int, ...]] = {}
    for n, (inputs, units) in enumerate(itertools.pairwise(widths), 1):
        found[f"dense_{n}/kernel"] = (inputs, units)
        found[f"dense_{n}/bias"] = (units,)
    return found


SQUARES = ModelSpec(
    name="squares",
    summary="knows a square when it sees one",
    task="classification",
    factory="nowhere:Nothing",
    hyperparameters=Hyperparameters,
    shapes=shapes,
    presets=(
        Preset(name="default", summary="one hidden layer"),
        Preset(name="deep", summary="two hidden layers", hyperparameters={"hidden": (16, 16)}),
    ),
    datasets=("paper",),
    default_views=("dots",),
    licence="MIT",
)
OWN = Plugin(
    "squares",
    "squares_plugin",
    "digit-zoo",
    "1.0",
    hooks=("zoo_models", "zoo_datasets"),
    models=("squares",),
    datasets=("paper",),
)
OTHER = Plugin(
    "copy",
    "copy_plugin",
    "copy-cat",
    "2.0",
    reason="model 'squares' is digit-zoo's; this one is 'copy-cat/squares'",
    hooks=("zoo_models",),
    models=("squares",),
)
BROKEN = Plugin(
    "broken", "broken_plugin", "broken", "0.1", status="failed", stage="import", reason="ValueError: no"
)
DOTS = ViewSpec(
    name="dots", summary="draws dots", compute="nowhere:c", draw="nowhere:d", parameters=Dots
)
LINES = ViewSpec(name="lines", summary="draws lines", compute="nowhere:c", draw="nowhere:d")
PAPER = DatasetSpec(name="paper", summary="squares on paper", classes=10, counts=(60_000, 10_000))

CATALOGUE = Catalogue(
    plugins=(OWN,),
    models=(Offer(SQUARES, OWN, "squares"),),
    datasets=(Offer(PAPER, OWN, "paper"),),
    views=(Offer(DOTS, OWN, "dots"), Offer(LINES, OWN, "lines")),
)
CLASHING = Catalogue(
    plugins=(OWN, OTHER, BROKEN),
    models=(Offer(SQUARES, OWN, "squares"), Offer(SQUARES, OTHER, "copy-cat/squares")),
    datasets=CATALOGUE.datasets,
    views=CATALOGUE.views,
    warnings=("plugin broken (broken 0.1) failed at import: ValueError: no",),
)
PUBLISHED = SimpleNamespace(
    model="digit-zoo/squares",
    preset="default",
    dataset="paper",
    tag="first",
    default=True,
    artifact=Artifact(file="squares.h5", size=632_152, limit=10**6, sha256="ab" * 32),
    summary="by the author",
    published={"accuracy": 0.9695},
)


class SmallZoo(Zoo):
    """The real thing but for what is installed; `calls` records what commands ask of it."""

    found = CATALOGUE

    @functools.cached_property
    def catalogue(self) -> Catalogue:
        return self.found

    @functools.cached_property
    def registry(self) -> Any:
        return SimpleNamespace(weights=(PUBLISHED,), datasets=(), problems=())


@dataclass
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str
    zoo: SmallZoo | None
    calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]]


Invoke = Callable[..., Outcome]


@pytest.fixture
def invoke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """Run one command line over the invented zoo.

    Keywords replace methods of the zoo: ``run=result`` answers every call of `run` with that
    result, or raises it if it is an exception; ``catalogue=`` replaces the catalogue.
    """
    monkeypatch.chdir(tmp_path)

    def run(*args: str, catalogue: Catalogue = CATALOGUE, **answers: Any) -> Outcome:
        zoos: list[SmallZoo] = []
        calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

        def make(settings: Any, reporter: Any) -> Zoo:
            zoo = SmallZoo(settings, reporter=reporter)
            zoo.found = catalogue
            for name, answer in answers.items():
                setattr(zoo, name, functools.partial(_answer, calls, name, answer))
            zoos.append(zoo)
            return zoo

        result = CliRunner().invoke(cli, list(args), prog_name="zoo", obj=Application(make))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Outcome(result.exit_code, result.stdout, result.stderr, zoos[-1] if zoos else None, calls)

    return run


def _answer(calls: list[Any], name: str, answer: Any, *args: Any, **named: Any) -> Any:
    calls.append((name, args, named))
    if isinstance(answer, BaseException):
        raise answer
    return answer


@pytest.fixture
def clashing() -> Catalogue:
    """Two plugins that offer the same model, and one that fails."""
    return CLASHING


EVALUATION = {
    "task": "classification",
    "n": 10_000,
    "accuracy": 0.9695,
    "loss": 0.1008,
    "labels": ["0", "1"],
    "confusion": [[4900, 100], [205, 4795]],
    "precision": [0.96, 0.98],
    "recall": [0.98, 0.959],
    "seconds": 0.42,
}
RUN: dict[str, Any] = {
    "schema": 1,
    "model": "squares",
    "preset": "default",
    "plugin": {"distribution": "digit-zoo", "version": "1.0"},
    "hyperparameters": {"hidden": [64], "activation": "relu"},
    "recipe": {"epochs": 10},
    "dataset": {
        "name": "paper",
        "split": "official",
        "n": 10_000,
        "sha256": "cd" * 32,
        "source": "cache",
        "reason": "fetched earlier",
    },
    "weights": {
        "source": "mirror",
        "tag": "first",
        "reason": "published weights 'first' for paper, from the mirror",
        "sha256": "ab" * 32,
        "path": "/home/artifacts/squares.h5",
    },
    "evaluation": EVALUATION,
    "views": [],
    "report": None,
    "warnings": [],
}


@pytest.fixture
def canned() -> Callable[..., SimpleNamespace]:
    """Build what `Zoo.run` returns, with some parts replaced."""

    def build(exit_code: int = 0, pictures: Sequence[Any] = (), **parts: Any) -> SimpleNamespace:
        data = {**RUN, **parts}
        return SimpleNamespace(
            to_data=lambda: data, exit_code=exit_code, drawing=SimpleNamespace(pictures=pictures)
        )

    return build


@dataclass(frozen=True)
class Ended:
    """How a command over the real zoo ended."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The only line of a failed command: nothing else was said, and nothing on stdout."""
        (line,) = self.err.splitlines()
        assert (self.code > 0, self.out, line[:7]) == (True, "", "error: "), self
        return line[7:]


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    """Run a command line over the installed zoo, in this process and a folder of the test."""
    monkeypatch.chdir(tmp_path)

    def run(*args: str) -> Ended:
        result = CliRunner().invoke(cli, list(args), prog_name="zoo", obj=Application())
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ended(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def published(tmp_path: Path) -> Callable[..., Path]:
    """Publish weights of ovr for the digits, at these urls: ``--registry registry.toml``."""

    def publish(*urls: str, content: bytes | None = None) -> Path:
        path = tmp_path / "registry.toml"
        path.write_text(soak.registry(soak.weights() if content is None else content, *urls))
        return path

    return publish
