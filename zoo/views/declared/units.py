"""Views of what single units learned and how they answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from zoo.parameters import Choice, Image, Range
from zoo.views.declared.limits import CLIP, CLIP_WORDS, LAST_OF_ANY, LAST_UNIT, view

__all__ = [
    "VIEWS", "ActivationMap", "Activations", "HiddenInput", "KnockOut", "Prototypes", "TopImages",
    "Weights",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Weights:
    layer: Annotated[str, "dense layer that sees the pixels; empty means the first"] = ""
    units: Annotated[tuple[int, ...], Range(0, LAST_UNIT), "which units; none named means all"] = ()
    scale: Annotated[
        str,
        Choice("all", "panel", "layer"),
        "± max over all panels shown, each panel its own, or all units of the layer",
    ] = "all"
    clip: Annotated[str, CLIP, CLIP_WORDS] = "none"


@dataclass(frozen=True, kw_only=True)
class Activations:
    layer: Annotated[
        str, "layer with one value a unit; empty means the last hidden one that has weights"
    ] = ""
    images: Annotated[tuple[str, ...], Image(), "images; none named means the mean of each class"] = ()
    order: Annotated[
        str,
        Choice("unit", "mean", "peak"),
        "units by number, by mean activation, or by the row they answer most",
    ] = "unit"
    count: Annotated[int, Range(1, 1_000_000), "first n test images that class means are taken over"] = (
        2000
    )


@dataclass(frozen=True, kw_only=True)
class HiddenInput:
    image: Annotated[str, Image(), "image to look at"] = "test:0"
    unit: Annotated[
        int | None, Range(0, LAST_UNIT), "one unit, step by step; none means a map for every unit"
    ] = None


@dataclass(frozen=True, kw_only=True)
class Prototypes:
    spread: Annotated[
        float, Range(0.0, 5.0), "also draw mean ± this many standard deviations; 0 leaves them out"
    ] = 1.0
    clip: Annotated[str, CLIP, CLIP_WORDS] = "percentile-99"
    count: Annotated[int, Range(1, 1_000_000), "first n test images that means are taken over"] = 2000


@dataclass(frozen=True, kw_only=True)
class TopImages:
    layer: Annotated[str, "layer to look at; empty means the first with weights"] = ""
    units: Annotated[
        tuple[int, ...], Range(0, LAST_OF_ANY), "units or channels; none named means the first"
    ] = ()
    n: Annotated[int, Range(1, 12), "images a unit"] = 8
    count: Annotated[int, Range(1, 1_000_000), "first n test images to look through"] = 2000


@dataclass(frozen=True, kw_only=True)
class ActivationMap:
    layer: Annotated[
        str, "layer to look at; empty means the last one before the answer, `pixels` the images"
    ] = ""
    count: Annotated[int, Range(3, 20_000), "first n test images"] = 1000


@dataclass(frozen=True, kw_only=True)
class KnockOut:
    layer: Annotated[str, "layer whose units are silenced; empty means the last hidden one"] = ""
    count: Annotated[int, Range(1, 100_000), "first n test images"] = 500


VIEWS = (
    view(
        "weights",
        "what each unit of the first dense layer looks for, as a signed map",
        Weights,
        needs=("dense-first-layer",),
    ),
    view(
        "hidden-input",
        "one image as each unit sees it: pixel times weight, their sum, bias and output",
        HiddenInput,
        needs=("dense-first-layer", "activations", "data"),
    ),
    view(
        "activations",
        "how strongly every unit answers to images or to each class",
        Activations,
        needs=("activations", "data"),
        frames="order",
    ),
    view(
        "prototypes",
        "what the first layer sees in each class: weights times mean activations, summed",
        Prototypes,
        needs=("dense-first-layer", "activations", "hidden", "data"),
    ),
    view(
        "top-images",
        "the test images that each unit answers most strongly",
        TopImages,
        needs=("activations", "data"),
    ),
    view(
        "activation-map",
        "test images as points: close together where the layer answers alike (PCA)",
        ActivationMap,
        needs=("activations", "hidden", "data"),
    ),
    view(
        "knock-out",
        "what each class loses when one unit is silenced",
        KnockOut,
        needs=("activations", "scores", "hidden", "data"),
    ),
)
