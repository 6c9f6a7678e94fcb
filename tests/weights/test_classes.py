"""Datasets that lack a class which the model tells apart."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from tests.weights import small
from zoo.data import Dataset
from zoo.errors import InvalidValueError
from zoo.plugins import Catalogue, Offer
from zoo.specs import DatasetSpec
from zoo.weights.classes import check_classes
from zoo.weights.selection import Selection, select


@dataclasses.dataclass(frozen=True, kw_only=True)
class Pair:
    width: int = 8  # the same number as a class, but it decides none
    first: int = 1
    second: int = 8

    def __post_init__(self) -> None:
        if self.first == self.second:
            raise ValueError("twice the same")


def selected(classes: Any = lambda h: (h.first, h.second)) -> Selection:
    spec = dataclasses.replace(small.SPEC, hyperparameters=Pair, classes=classes, presets=PRESETS)
    return select(Catalogue(models=(Offer(spec, small.PLUGIN, "mean"),)), "mean")


PRESETS = (dataclasses.replace(small.SPEC.presets[0], hyperparameters={}),)


def dataset(train: Sequence[int], test: Sequence[int]) -> Dataset:
    arrays: dict[str, Any] = {}
    for part, labels in (("train", train), ("test", test)):
        arrays[f"x_{part}"] = np.zeros((len(labels), 28, 28), np.uint8)
        arrays[f"y_{part}"] = np.array(labels, np.uint8)
    counts = len(train), len(test)
    spec = DatasetSpec(name="few", summary="a few digits", classes=10, counts=counts)
    return Dataset(
        name="few", spec=spec, counts=counts, sha256="", way="", reason="", load=arrays.__getitem__
    )


ALL = list(range(10))


@pytest.mark.parametrize(
    ("train", "test", "part", "text"),
    [
        (
            [3, 4, 4],
            [3, 4],
            "train",
            (
                "train images have none of class 1, 8, which mean tells apart; there are 3, 4: "
                "try --set first=3 --set second=4"
            ),
        ),
        (
            [1, 2, 3],
            ALL,
            "train",
            (
                "train images have none of class 8, which mean tells apart; there are 1, 2, 3: "
                "try --set first=1 --set second=2"
            ),
        ),
        (
            ALL,
            [8, 9],
            "test",
            (
                "test images have none of class 1, which mean tells apart; there are 8, 9: "
                "try --set first=9 --set second=8"
            ),
        ),
        (
            [1, 2],
            [5, 8, 1],
            "train",
            (
                "train images have none of class 8, which mean tells apart; there are 1, 2: "
                "name another dataset with --data"
            ),
        ),
        (
            [5],
            [5],
            "test",
            (
                "test images have none of class 1, 8, which mean tells apart; there are 5: "
                "name another dataset with --data"
            ),
        ),
    ],
)
def test_what_is_there_and_how_to_ask_for_it(
    train: list[int], test: list[int], part: str, text: str
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        check_classes(selected(), dataset(train, test), part, "official")
    assert str(caught.value) == f"dataset few: its {text}"


def test_classes_that_no_hyperparameter_names() -> None:
    with pytest.raises(InvalidValueError, match="there are 3, 4: name another dataset with --data"):
        check_classes(selected(lambda _: (1, 8)), dataset([3, 4], [3, 4]), "train", "official")


def test_what_fits_passes() -> None:
    check_classes(selected(), dataset([1, 8, 3], [8, 1]), "train", "official")
    check_classes(selected(None), dataset([3], [3]), "train", "official")
