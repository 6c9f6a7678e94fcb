"""The views that show digits rather than models: declarations, and which functions make them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from zoo import Choice, Image, Limit, Range, ViewSpec

__all__ = ["VIEWS", "DigitsView", "FlattenView", "NumbersView", "RowView"]


def _last_image(context: Any) -> int:
    return len(context.examples("train")) - 1


@dataclass(frozen=True, kw_only=True)
class DigitsView:
    """Which images to show."""

    n: Annotated[int, Range(1, 200), "how many"] = 10
    part: Annotated[str, Choice("train", "test"), "part of the dataset"] = "train"
    start: Annotated[
        int, Range(0, Limit("training images - 1", _last_image)), "first image, counted from 0"
    ] = 0
    label: Annotated[str, "only images of this class, such as 3; empty means all"] = ""
    random: Annotated[bool, "draw them at random, in place of n in a row"] = False
    seed: Annotated[int, Range(0, 2**32 - 1), "of the random draw"] = 0


@dataclass(frozen=True, kw_only=True)
class FlattenView:
    image: Annotated[str, Image(), "image to look at"] = "test:0"


@dataclass(frozen=True, kw_only=True)
class RowView:
    """Which row or column, of which image, moved how far."""

    image: Annotated[str, Image(), "image to look at"] = "test:0"
    n: Annotated[int, Range(0, 27), "which row or column"] = 14
    line: Annotated[str, Choice("row", "column"), "what is inspected"] = "row"
    dx: Annotated[int, Range(-27, 27), "pixels the image is moved to the right"] = 0
    dy: Annotated[int, Range(-27, 27), "pixels the image is moved down"] = 0
    wrap: Annotated[bool, "let what leaves on one side come in on the other, not paper"] = False


def _last_unit(context: Any) -> int:
    return int(context.units()) - 1


@dataclass(frozen=True, kw_only=True)
class NumbersView:
    """Which numbers to write."""

    image: Annotated[str, Image(), "image to look at"] = "test:0"
    form: Annotated[
        str, Choice("bytes", "shares"), "0 to 255 as they are stored, or 0 to 1 as models take them"
    ] = "bytes"
    unit: Annotated[
        int | None,
        Range(0, Limit("units of the first layer - 1", _last_unit)),
        "in place of the image, the weights of this unit of the first dense layer",
    ] = None


VIEWS = [
    ViewSpec(
        name="digits",
        summary="images of the dataset with their classes",
        compute="zoo_mnist.view:compute",
        draw="zoo_mnist.view:draw",
        parameters=DigitsView,
        needs=("data",),
    ),
    ViewSpec(
        name="numbers",
        summary="an image as the numbers it consists of, its type and its label as one-hot",
        compute="zoo_mnist.numbers:compute",
        draw="zoo_mnist.numbers:draw",
        parameters=NumbersView,
        needs=("data",),
    ),
    ViewSpec(
        name="flatten",
        summary="28 rows of an image one after another: the 784 numbers a dense layer sees",
        compute="zoo_mnist.flatten:compute",
        draw="zoo_mnist.flatten:draw",
        parameters=FlattenView,
        needs=("data",),
    ),
    ViewSpec(
        name="row-inspection",
        summary="one row or column, its place among the 784, and the answer to a moved image",
        compute="zoo_mnist.rows:compute",
        draw="zoo_mnist.rows:draw",
        parameters=RowView,
        needs=("data",),
        frames="n",
    ),
]
