"""Views that ask a model why, what if, and how sure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from zoo.parameters import Image, Range
from zoo.views.declared.limits import view

__all__ = ["VIEWS", "AlwaysAnswers", "Dream", "Means", "Occlusion", "Threshold", "Why"]


@dataclass(frozen=True, kw_only=True)
class Means:
    one: Annotated[str, "a class; empty means the last of two, or the first of many"] = ""
    other: Annotated[
        str, "another class, or `rest`; empty means the other of two, or the rest of many"
    ] = ""
    count: Annotated[int, Range(1, 1_000_000), "first n training images"] = 10_000


@dataclass(frozen=True, kw_only=True)
class Threshold:
    label: Annotated[str, "class to be found; empty means the last of two, or the first of many"] = ""
    probability: Annotated[
        float, Range(0.01, 0.99), "from which probability on the answer is this class"
    ] = 0.5
    n: Annotated[int, Range(1, 10), "images shown on each side of the line"] = 5
    count: Annotated[int, Range(1, 1_000_000), "first n test images"] = 2000


@dataclass(frozen=True, kw_only=True)
class Why:
    image: Annotated[str, Image(), "image to look at"] = "test:0"
    label: Annotated[str, "class to be explained; empty means the model's answer"] = ""
    other: Annotated[str, "class beside it; empty means the next best"] = ""


@dataclass(frozen=True, kw_only=True)
class Occlusion:
    image: Annotated[str, Image(), "image to look at"] = "test:0"
    label: Annotated[str, "class to be watched; empty means the model's answer"] = ""
    size: Annotated[int, Range(1, 14), "pixels a side of what is covered"] = 5
    fill: Annotated[float, Range(0.0, 1.0), "what it is covered with: 0 paper, 1 full ink"] = 0.0


@dataclass(frozen=True, kw_only=True)
class AlwaysAnswers:
    image: Annotated[str, Image(), "image that is inverted, turned over and mirrored"] = "test:0"
    seed: Annotated[int, Range(0, 2**32 - 1), "of the noise"] = 0


@dataclass(frozen=True, kw_only=True)
class Dream:
    steps: Annotated[int, Range(1, 100), "steps uphill"] = 30
    decay: Annotated[
        float, Range(0.0, 0.5), "share of the ink taken away in each step: less of it stays unneeded"
    ] = 0.05
    count: Annotated[int, Range(1, 1_000_000), "first n test images that means are taken over"] = 2000


VIEWS = (
    view(
        "means",
        "the mean images of two classes, or of one and the rest: overlay, difference, weights",
        Means,
        needs=("data",),
    ),
    view(
        "threshold",
        "how far apart a class and the others score, and where the line between them lies",
        Threshold,
        needs=("scores", "data"),
        frames="probability",
    ),
    view(
        "why",
        "how much each pixel speaks for the answer: a map whose sum plus bias is the logit",
        Why,
        needs=("activations", "scores", "data"),
    ),
    view(
        "occlusion",
        "what covering a part of the image does to the answer",
        Occlusion,
        needs=("scores", "data"),
        frames="size",
    ),
    view(
        "always-answers",
        "blank, noisy, inverted, upside-down: whatever it is shown, the model answers",
        AlwaysAnswers,
        needs=("scores", "data"),
    ),
    view(
        "dream",
        "the image that a model likes best for each class, beside the mean of the class",
        Dream,
        needs=("activations", "scores", "data"),
    ),
)
