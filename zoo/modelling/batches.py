"""The training images of each epoch: their order and, if asked for, their random shifts."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Chunk", "Generators", "chunks", "moved"]


@dataclass(frozen=True)
class Generators:
    """Independent random generators of one training, all from its seed."""

    order: np.random.Generator
    shift: np.random.Generator
    initial: np.random.SeedSequence
    dropout: np.random.SeedSequence

    @classmethod
    def of(cls, seed: int) -> Generators:
        initial, order, shift, dropout = np.random.SeedSequence(seed).spawn(4)
        return cls(np.random.default_rng(order), np.random.default_rng(shift), initial, dropout)


@dataclass(frozen=True)
class Chunk:
    """Some steps in a row: images uint8 (step, batch, 28, 28), labels int32 (step, batch).

    Attributes:
        first: Steps taken in this epoch before these.
    """

    first: int
    images: NDArray[np.uint8]
    labels: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.images)


def chunks(
    images: NDArray[np.uint8],
    labels: NDArray[Any],
    generators: Generators,
    *,
    batch: int,
    bounds: list[int],
    shift: int = 0,
) -> Iterator[Chunk]:
    """Yield the steps of one epoch, a chunk between each two neighbours of `bounds`.

    Gathering a few thousand images at a time keeps them in the processor's cache, and the training
    set itself stays as it is: uint8, once.

    `bounds` ascend from 0 to the number of steps. Each image is moved by up to `shift` pixels in both
    directions, zeros coming in.
    """
    order = generators.order.permutation(len(images))[: bounds[-1] * batch]
    down, right = generators.shift.integers(-shift, shift + 1, (2, len(order)))
    for first, last in itertools.pairwise(bounds):
        part = slice(first * batch, last * batch)
        rows = order[part]
        taken = images[rows]
        if shift:
            taken = moved(taken, down[part], right[part])
        shape = (last - first, batch)
        yield Chunk(
            first, taken.reshape(*shape, *taken.shape[1:]), labels[rows].astype(np.int32).reshape(shape)
        )


def moved(
    images: NDArray[np.uint8], down: NDArray[np.int64], right: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """Move each image by its own whole numbers of pixels; negative is up, or left.

    An image is moved as one row of pixels, which is a plain copy; what went over an edge has then
    come in at the other one, and is set to zero.
    """
    reach = int(max(np.abs(down).max(initial=0), np.abs(right).max(initial=0)))
    n, height, width = images.shape
    margin = reach * (width + 1)
    rows = np.zeros((n, height * width + 2 * margin), np.uint8)
    rows[:, margin : margin + height * width] = images.reshape(n, -1)
    places = np.lib.stride_tricks.sliding_window_view(rows, height * width, axis=1)
    taken: NDArray[np.uint8] = places[np.arange(n), margin - down * width - right].reshape(
        n, height, width
    )
    for column in range(reach):
        taken[right > column, :, column] = 0
        taken[right < -column, :, width - 1 - column] = 0
    return taken
