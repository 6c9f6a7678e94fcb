"""What is compared with what, how often, and what is to be reached."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = ["GROWTHS", "PROFILES", "ROWS", "Figure", "Growth", "Profile", "Row", "Side"]

SIDES = Path(__file__).parent / "sides"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number of a row.

    Attributes:
        name: What it is.
        quantity: Its name in what a side measured or told.
        unit: ``s`` or ``MB``.
        target: Largest value that is good; None for what is only reported.
        of: What the target is about: the ratio of both sides, or ours alone.
    """

    name: str
    quantity: str
    unit: Literal["s", "MB"] = "s"
    target: float | None = None
    of: Literal["ratio", "ours"] = "ratio"


@dataclass(frozen=True, kw_only=True)
class Side:
    """One side of a row: what it is, the command, and what makes the command short for a trial.

    ``{mlp}`` and ``{cnn}`` in a command are the paths of their weights.
    """

    what: str
    command: tuple[str, ...]
    quick: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Row:
    """Two sides, and their figures.

    Attributes:
        stated: Accuracy that the notebook states, where the other side does not run to its end.
    """

    name: str
    title: str
    ours: Side
    other: Side | None = None
    figures: tuple[Figure, ...]
    rounds: int = 4
    stated: float | None = None


@dataclass(frozen=True, kw_only=True)
class Growth:
    """How both sides' time grows with one thing."""

    name: str
    title: str
    axis: str
    rounds: int = 3


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A process that tells where the time goes."""

    name: str
    title: str
    command: tuple[str, ...]
    quick: tuple[str, ...] = ()


def script(name: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, str(SIDES / f"{name}.py"), *arguments)


def zoo(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "zoo", *arguments)


FEW = ("--images", "1000")
SHORT = ("--set", "subset=1000", "--set", "steps=10")


def training(target: float) -> tuple[Figure, ...]:
    return (
        Figure(name="training", quantity="seconds", target=target),
        Figure(name="importing", quantity="import_seconds"),
        Figure(name="whole process", quantity="wall_seconds"),
        Figure(name="peak memory", quantity="peak_mb", unit="MB"),
    )


ROWS = (
    Row(
        name="train-mlp",
        title="train `mlp`",
        ours=Side(what="the default recipe", command=script("zoo_training", "mlp"), quick=SHORT),
        other=Side(
            what="Keras `fit`, batch 32, 5 epochs, as in the notebook",
            command=script("keras_mlp"),
            quick=FEW,
        ),
        figures=training(0.10),
    ),
    Row(
        name="train-ovr",
        title="train `ovr`",
        ours=Side(what="the default recipe", command=script("zoo_training", "ovr"), quick=SHORT),
        other=Side(
            what="scikit-learn: `OneVsRestClassifier(LogisticRegression(C=0.001))`, 50,000 images",
            command=script("sklearn_linear", "ovr"),
            quick=FEW,
        ),
        figures=training(0.10),
    ),
    Row(
        name="train-neuron",
        title="train `neuron`",
        ours=Side(what="the default recipe", command=script("zoo_training", "neuron"), quick=SHORT[2:]),
        other=Side(
            what="scikit-learn: `LogisticRegression(C=0.001)`, the first 10,000 of the 1s and 8s",
            command=script("sklearn_linear", "neuron"),
            quick=FEW,
        ),
        figures=training(0.5),
        rounds=7,
    ),
    Row(
        name="train-cnn",
        title="train `cnn`",
        ours=Side(what="the default recipe", command=script("zoo_training", "cnn"), quick=SHORT),
        other=Side(
            what="Keras `fit`, batch 128, 5 epochs, as in the notebook; one is run, four are reckoned",
            command=script("keras_cnn", "default"),
            quick=FEW,
        ),
        figures=training(0.50),
        rounds=3,
        stated=0.9891,
    ),
    Row(
        name="train-cnn-lesson",
        title="train `cnn:lesson`",
        ours=Side(what="the preset's recipe", command=script("zoo_training", "cnn:lesson"), quick=SHORT),
        other=Side(
            what="Keras `fit`, batch 200, 10 epochs, as in the notebook; one is run, nine are reckoned",
            command=script("keras_cnn", "lesson"),
            quick=FEW,
        ),
        figures=training(0.30),
        rounds=3,
        stated=0.9910,
    ),
    Row(
        name="train-scratch",
        title="an epoch of `scratch:n3`",
        ours=Side(
            what="one matrix product a layer and mini-batch",
            command=script("zoo_training", "scratch:n3", "--set", "epochs=1"),
            quick=("--set", "subset=1000"),
        ),
        other=Side(
            what="NumPy, backpropagation of an image at a time, as in the notebook",
            command=script("numpy_loops"),
            quick=FEW,
        ),
        figures=training(0.05),
    ),
    Row(
        name="run-mlp",
        title="`zoo run mlp --visualize`, warm",
        ours=Side(
            what="evaluates 10,000 images, draws seven views and a report",
            command=zoo("run", "mlp", "--visualize", "--json"),
        ),
        other=Side(
            what="a Keras script: `load_model`, evaluate 10,000 images, draw the weights",
            command=script("keras_script", "{mlp}", "weights.png"),
        ),
        figures=(
            Figure(name="wall time", quantity="wall_seconds", target=0.25),
            Figure(name="peak memory", quantity="peak_mb", unit="MB", target=0.35),
        ),
        rounds=5,
    ),
    Row(
        name="run-cnn",
        title="`zoo run cnn`, warm",
        ours=Side(what="evaluates 10,000 images", command=zoo("run", "cnn", "--json")),
        other=Side(
            what="a Keras script: `load_model`, evaluate 10,000 images",
            command=script("keras_script", "{cnn}"),
        ),
        figures=(
            Figure(name="wall time", quantity="wall_seconds", target=0.30),
            Figure(name="peak memory", quantity="peak_mb", unit="MB", target=250, of="ours"),
        ),
        rounds=5,
    ),
    Row(
        name="list",
        title="`zoo list`",
        ours=Side(what="the models, their presets and their weights", command=zoo("list")),
        other=Side(
            what='`python -c "import click, pluggy, importlib.metadata"`',
            command=(sys.executable, "-c", "import click, pluggy, importlib.metadata"),
        ),
        figures=(Figure(name="wall time", quantity="wall_seconds", target=2.0),),
        rounds=15,
    ),
    *(
        Row(
            name=f"predict-{model}",
            title=f"`predict` of a loaded `{model}`",
            ours=Side(what="LiteRT", command=script("zoo_prediction", model)),
            other=Side(what="`keras.Model.predict`", command=script("keras_prediction", f"{{{model}}}")),
            figures=(
                Figure(name="one image", quantity="1", target=0.001, of="ours"),
                Figure(name="10,000 images", quantity="10000"),
            ),
            rounds=3,
        )
        for model in ("mlp", "cnn")
    ),
    Row(
        name="report-cnn",
        title="pictures and report of `zoo run cnn --visualize`",
        ours=Side(
            what="all default views, computed, drawn, encoded", command=script("zoo_report", "cnn")
        ),
        figures=(Figure(name="drawing", quantity="seconds", target=5.0, of="ours"),),
        rounds=5,
    ),
)

GROWTHS = (
    Growth(name="images", title="an epoch, more training images", axis="training images"),
    Growth(name="hidden", title="an epoch, more hidden units", axis="hidden units"),
    Growth(name="batch", title="an epoch, more images a step", axis="images a step"),
)
"""Trainings of the MLP; how predictions grow is told by the rows ``predict-…``."""

PROFILES = (
    Profile(
        name="effort-mlp",
        title="training `mlp`",
        command=script("effort", "mlp"),
        quick=SHORT,
    ),
    Profile(
        name="effort-cnn",
        title="training `cnn`",
        command=script("effort", "cnn"),
        quick=SHORT,
    ),
    Profile(name="cnn-step", title="one step of `cnn`", command=script("cnn_step")),
    Profile(
        name="scratch-step",
        title="a step of `scratch:n3`, 10 images",
        command=script("scratch_step"),
    ),
    Profile(name="run-parts", title="`zoo run mlp --visualize`, warm", command=script("run_parts")),
    Profile(name="list-parts", title="`zoo list`", command=script("list_parts")),
)
