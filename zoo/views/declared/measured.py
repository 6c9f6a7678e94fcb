"""Views of how training went and of how good the answers are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from zoo.parameters import Choice, Range
from zoo.views.declared.limits import (
    CHANGE,
    CHANGE_WORDS,
    CLIP,
    CLIP_WORDS,
    LAST_MOMENT,
    LAST_UNIT,
    view,
)

__all__ = ["VIEWS", "Calibration", "Confusion", "Growing", "Mistakes", "Robustness"]


@dataclass(frozen=True, kw_only=True)
class Confusion:
    colour: Annotated[
        str,
        Choice("mistakes", "share"),
        "colour the mistakes on a scale of their own, or all cells by their share of the row",
    ] = "mistakes"


@dataclass(frozen=True, kw_only=True)
class Growing:
    moment: Annotated[
        int | None, Range(0, LAST_MOMENT), "one snapshot, counted from 0; none means a strip"
    ] = None
    units: Annotated[tuple[int, ...], Range(0, LAST_UNIT), "which units; none means the first"] = ()
    clip: Annotated[str, CLIP, CLIP_WORDS] = "percentile-99"


@dataclass(frozen=True, kw_only=True)
class Mistakes:
    n: Annotated[int, Range(1, 100), "how many"] = 24
    label: Annotated[str, "only images of this class; empty means all"] = ""
    count: Annotated[int, Range(1, 1_000_000), "first n test images to look through"] = 10_000


@dataclass(frozen=True, kw_only=True)
class Robustness:
    change: Annotated[str, CHANGE, CHANGE_WORDS] = "up"
    count: Annotated[int, Range(1, 1_000_000), "first n test images"] = 1000
    seed: Annotated[int, Range(0, 2**32 - 1), "of the noise"] = 0


@dataclass(frozen=True, kw_only=True)
class Calibration:
    bins: Annotated[int, Range(2, 50), "groups of equal width of the stated probability"] = 10
    count: Annotated[int, Range(1, 1_000_000), "first n test images"] = 10_000


VIEWS = (
    view(
        "learning-curve",
        "loss and accuracy by epoch: train, validation and test on the same axes",
        needs=("history",),
    ),
    view(
        "confusion",
        "which class is taken for which: counts and row percent",
        Confusion,
        needs=("evaluation",),
        frames="colour",
    ),
    view(
        "mistakes",
        "the test images that are answered wrongly with the most confidence",
        Mistakes,
        needs=("scores", "data"),
    ),
    view(
        "robustness",
        "accuracy on images that are moved, turned, scaled or made noisy",
        Robustness,
        needs=("scores", "data"),
        frames="change",
    ),
    view(
        "calibration",
        "how often the model is right where it says that it is 90 % sure",
        Calibration,
        needs=("probabilities", "data"),
    ),
    view(
        "weights-growing",
        "the first layer's weights along the way, from the first training step to the last",
        Growing,
        needs=("snapshots", "dense-first-layer"),
        frames="moment",
    ),
)
