"""Plain data that plugins hand to the zoo: what exists, never how it is done.

Nothing here imports anything heavy. Classes and functions of a plugin are named by strings
(``"package.module:Name"``) and resolved only when used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from zoo.parameters import Choice, Range

__all__ = [
    "API_VERSION",
    "RESERVED",
    "Artifact",
    "DatasetSpec",
    "ModelSpec",
    "NoParameters",
    "Preset",
    "Provenance",
    "Recipe",
    "Split",
    "ViewSpec",
]

API_VERSION = 1
"""Version of the contract between the zoo and plugins; a spec says which one it was written for."""

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""Names of models, presets, datasets, views and tags: lower case, digits, single hyphens."""

NAME_LIMIT = 40
"""Longest allowed name: it must fit file names and an 80-column table."""

RESERVED: Mapping[str, tuple[str, ...]] = {
    "dataset": ("auto",),
    "plugin": ("none",),
    "preset": ("custom",),
    "tag": ("auto", "download", "train"),
}
"""What is named → words that are no names of it, as ``--data``, ``ZOO_PLUGINS``, titles of models and
``--weights`` mean something else by them."""

Task = Literal["binary", "classification", "generation"]
Shapes = Mapping[str, tuple[int, ...]]
"""Weight name ``"layer/variable"`` → shape, in forward order."""


@dataclass(frozen=True, kw_only=True)
class NoParameters:
    """For a view or model that takes none."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Everything about training that does not change shapes or the forward pass.

    A model may subclass it to add fields or change defaults. No name may also be a hyperparameter.
    """

    split: Annotated[str, "named split of the dataset"] = "official"
    subset: Annotated[int, Range(0, 10_000_000), "first n training images; 0 means all"] = 0
    validation: Annotated[float, Range(0.0, 0.9), "share of the training images held out"] = 0.1
    epochs: Annotated[
        int, Range(0, 10_000), "passes over the training images; 0 takes as many as make up `steps`"
    ] = 10
    steps: Annotated[int, Range(1, 10_000_000), "steps to take at least where epochs is 0"] = 2_500
    batch: Annotated[int, Range(1, 65_536), "images a step"] = 128
    optimizer: Annotated[str, Choice("adam", "sgd", "momentum"), "how steps are taken"] = "adam"
    learning_rate: Annotated[float, Range(1e-7, 100.0), "peak step size"] = 1e-3
    schedule: Annotated[str, Choice("constant", "cosine", "one-cycle"), "of the step size"] = "cosine"
    l2: Annotated[float, Range(0.0, 1e6), "weight of the sum of squared kernels in the loss"] = 0.0
    shift: Annotated[int, Range(0, 14), "each training image is moved at random by up to n pixels"] = 0
    patience: Annotated[
        int, Range(0, 10_000), "stop after n epochs without a better validation loss; 0 never stops"
    ] = 0

    def __post_init__(self) -> None:
        if self.patience and not self.validation:
            raise ValueError(f"patience {self.patience}: stopping early needs validation above 0")


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A model with named hyperparameters and recipe; only what differs from the defaults is given.

    Attributes:
        name: Behind the colon: ``16x16`` in ``mlp:16x16``.
        summary: One line for tables.
        hyperparameters: Name → value, of the model's hyperparameters.
        recipe: Name → value, of the model's recipe.
    """

    name: str
    summary: str
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    recipe: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ModelSpec:
    """A model, as its plugin declares it.

    Attributes:
        name: The bare name, e.g. ``mlp``.
        summary: One line for tables.
        task: Decides what evaluation means.
        factory: ``"module:Class"``, a subclass of `zoo.Model`.
        hyperparameters: Parameters dataclass: shapes and forward pass.
        recipe: `Recipe` or a subclass.
        shapes: Light function: hyperparameters → weight shapes. What is built must agree with it;
            files are checked against it before anything heavy is imported.
        datasets: Names, in order of preference.
        presets: Always with one named ``default``, which comes first.
        inputs: ``images`` (float32 (n, 28, 28) in [0, 1]) or ``classes`` (int (n,)).
        output: What ``predict`` returns.
        classes: Light function: hyperparameters → dataset labels the model tells apart, in column
            order; None means every class of the dataset.
        default_views: Drawn by ``zoo run --visualize``, in this order.
        offers: Capabilities that views may need, e.g. ``dense-first-layer``, ``activations``.
        layers: Public layer names, in forward order.
        requires: Models needed to build this one, ``model`` or ``model:preset`` each; or a light
            function: hyperparameters → such names. Each is obtained first.
        judge: Model that reads what a generating model draws, when it is evaluated.
        version: Raised when the same recipe would give other weights; part of the cache key.
        licence: SPDX name of the model's code and published weights.
        api: The `API_VERSION` this spec was written for.
    """

    name: str
    summary: str
    task: Task
    factory: str
    hyperparameters: type
    shapes: Callable[[Any], Shapes]
    datasets: tuple[str, ...]
    recipe: type[Recipe] = Recipe
    presets: tuple[Preset, ...] = (Preset(name="default", summary="as declared"),)
    inputs: Literal["images", "classes"] = "images"
    output: Literal["probabilities", "scores", "images"] = "probabilities"
    classes: Callable[[Any], tuple[int, ...]] | None = None
    default_views: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    requires: tuple[str, ...] | Callable[[Any], tuple[str, ...]] = ()
    judge: str | None = None
    version: int = 1
    licence: str = ""
    api: int = API_VERSION


@dataclass(frozen=True, kw_only=True)
class Split:
    """A named way to cut a dataset.

    Attributes:
        name: For the recipe's field ``split``.
        summary: One line for tables.
        train: What is trained on: row ranges ``part[start:stop]`` of the parts ``train`` and ``test`` as
            published, with ends as in Python; several are put one after another.
        test: What is measured on, likewise.
    """

    name: str
    summary: str
    train: tuple[str, ...] = ("train[:]",)
    test: tuple[str, ...] = ("test[:]",)


@dataclass(frozen=True, kw_only=True)
class DatasetSpec:
    """A dataset, as its plugin declares it.

    Attributes:
        name: e.g. ``mnist``.
        summary: One line for tables.
        classes: Number of classes; labels are 0..classes-1.
        counts: Images in ``train`` and ``test``.
        loader: ``"module:function"`` for a dataset that is embedded or computed: called without
            arguments, returns a dict with x_train, y_train, x_test, y_test (uint8 images
            (n, 28, 28), uint8 labels (n,)). None: the artifacts of a registry are used.
        sha256: For a dataset with a loader: array name → sha256 of its bytes.
        labels: Name of each class, for pictures; empty means the numbers.
        splits: Always with one named ``official``, which comes first.
        licence: SPDX name of the images' licence.
        api: The `API_VERSION` this spec was written for.
    """

    name: str
    summary: str
    classes: int
    counts: tuple[int, int]
    loader: str | None = None
    sha256: Mapping[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    splits: tuple[Split, ...] = (Split(name="official", summary="as published"),)
    licence: str = ""
    api: int = API_VERSION


@dataclass(frozen=True, kw_only=True)
class ViewSpec:
    """One picture: what it takes, what it needs, and where its two steps are.

    Attributes:
        name: e.g. ``weights``.
        summary: One line for tables; says what is to be seen.
        compute: ``"module:function"``: (`zoo.ViewContext`, parameters) → a frozen dataclass of
            numbers with an ``alt`` property: one sentence that says what the picture shows.
        draw: ``"module:function"``: numbers → `matplotlib.figure.Figure`.
        parameters: Parameters dataclass; a `Limit` is called with the `zoo.ViewContext`.
        needs: Capabilities: of the model (``ModelSpec.offers``, or what follows from its spec), or
            from the run: ``history``, ``snapshots``, ``data``, ``evaluation``, ``company``. The
            reference of views lists all.
        frames: Name of the parameter that the report offers as a slider; None for a still.
        api: The `API_VERSION` this spec was written for.
    """

    name: str
    summary: str
    compute: str
    draw: str
    parameters: type = NoParameters
    needs: tuple[str, ...] = ()
    frames: str | None = None
    api: int = API_VERSION


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """One published file and how its bytes are known to be right.

    Attributes:
        file: Its file name, in a mirror and in the cache; one plain path component.
        urls: Where it can be downloaded, in order.
        local: Absolute path of the file beside the registry that lists it; None if it is not there.
        shipped: Whether `local` came with an installed package, as its code did.
        size: Exact size in bytes; None where another container may hold the same contents.
        limit: Largest size in bytes that is ever read.
        sha256: Of the file, 64 hex digits; None where the contents are checked in another way.
        user_named: A registry that a person named lists it, so its urls may be http and private.
    """

    file: str
    urls: tuple[str, ...] = ()
    local: str | None = None
    shipped: bool = False
    size: int | None = None
    limit: int
    sha256: str | None = None
    user_named: bool = False


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Where weights come from: enough to train them again and to compare the outcome.

    Attributes:
        schema: Version of this record.
        model: ``distribution/model``.
        preset: Name of the preset, or ``custom``.
        hyperparameters, recipe: Every field, with its value.
        seed: Of initialisation, order and dropout.
        dataset: ``name``, ``sha256`` and ``split``.
        metrics: Measured on the test part after training: ``accuracy``, ``loss`` …
        versions: Distribution → version of what took part.
        created: UTC, ISO 8601, whole seconds.
        seconds: Time spent in `fit`.
        key: Cache key of hyperparameters, recipe, seed, dataset and spec version.
        requires: Model, ``mlp`` or ``mlp:40`` → sha256 over the arrays of the weights that this one was
            built on; in the first records that of their file.
    """

    schema: int = 1
    model: str
    preset: str
    hyperparameters: Mapping[str, Any]
    recipe: Mapping[str, Any]
    seed: int
    dataset: Mapping[str, Any]
    metrics: Mapping[str, Any]
    versions: Mapping[str, str]
    created: str
    seconds: float
    key: str
    requires: Mapping[str, str] = field(default_factory=dict)
