"""What a registry lists, after checking: every value is within its limits, every name is safe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from zoo.specs import Artifact

__all__ = ["ArrayFact", "Container", "ContainerFile", "DatasetEntry", "Parsed", "WeightsEntry"]


@dataclass(frozen=True)
class WeightsEntry:
    """One published weight file.

    Attributes:
        model: ``distribution/model`` where its plugin is known, else the name as listed.
        preset, dataset, tag: As listed.
        default: Used where no tag is asked for; at most one for a model, preset and dataset.
        artifact: The file; size and sha256 are always known.
        summary: One line, or empty.
        published: What it is said to score; nobody here has measured it.
        origin: The registry that lists it.
    """

    model: str
    preset: str
    dataset: str
    tag: str
    default: bool
    artifact: Artifact
    summary: str
    published: Mapping[str, float]
    origin: str
    licence: str = ""


@dataclass(frozen=True)
class ArrayFact:
    """Shape of an array and sha256 of its bytes (C order, uint8)."""

    shape: tuple[int, ...]
    sha256: str


@dataclass(frozen=True)
class ContainerFile:
    """One file of a container and the array in it; None: all arrays."""

    artifact: Artifact
    array: str | None


@dataclass(frozen=True)
class Container:
    """One way to pack a dataset: one npz file, or four idx files."""

    format: Literal["npz", "idx"]
    files: tuple[ContainerFile, ...]


@dataclass(frozen=True)
class DatasetEntry:
    """Arrays of one dataset and where to find them; any container with these arrays will do.

    Attributes:
        name: Bare name.
        distribution: Whose dataset it is; empty if no installed plugin offers it.
    """

    name: str
    arrays: Mapping[str, ArrayFact]
    containers: tuple[Container, ...]
    origin: str
    distribution: str = ""
    summary: str = ""


@dataclass
class Parsed:
    """Right entries of one file, and one line for each that was refused."""

    weights: list[WeightsEntry] = field(default_factory=list)
    datasets: list[DatasetEntry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
