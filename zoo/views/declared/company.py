"""Views in which several models look at the same images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from zoo.parameters import Image, ModelName, Range
from zoo.views.declared.limits import CHANGE, CHANGE_WORDS, view

__all__ = ["VIEWS", "Disagreements", "RobustnessCompared", "SameDigit"]

MODELS = "models beside this one, trained if need be; none named means all whose weights are at hand"


@dataclass(frozen=True, kw_only=True)
class SameDigit:
    image: Annotated[str, Image(), "image to look at"] = "test:0"
    models: Annotated[tuple[str, ...], ModelName(), MODELS] = ()


@dataclass(frozen=True, kw_only=True)
class Disagreements:
    n: Annotated[int, Range(1, 40), "how many images"] = 12
    count: Annotated[int, Range(1, 1_000_000), "first n test images to look through"] = 1000
    models: Annotated[tuple[str, ...], ModelName(), MODELS] = ()


@dataclass(frozen=True, kw_only=True)
class RobustnessCompared:
    change: Annotated[str, CHANGE, CHANGE_WORDS] = "up"
    count: Annotated[int, Range(1, 1_000_000), "first n test images"] = 1000
    seed: Annotated[int, Range(0, 2**32 - 1), "of the noise"] = 0
    models: Annotated[tuple[str, ...], ModelName(), MODELS] = ()


# No default views: what a run of one model draws must not depend on what else is installed.
VIEWS = (
    view(
        "same-digit",
        "one image as several models see it: their probabilities side by side, and who agrees",
        SameDigit,
        needs=("scores", "data", "company"),
    ),
    view(
        "disagreements",
        "the test images that several models answer differently",
        Disagreements,
        needs=("scores", "data", "company"),
    ),
    view(
        "robustness-compared",
        "accuracy of several models on images that are moved, turned, scaled or made noisy",
        RobustnessCompared,
        needs=("scores", "data", "company"),
        frames="change",
    ),
)
