"""Images with their labels, and what a model trains on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoo.errors import InvalidValueError, complaint
from zoo.imaging.checks import to_floats
from zoo.imaging.form import SIDE

__all__ = ["Examples", "TrainingData"]


@dataclass(frozen=True)
class Examples:
    """Images and what they show.

    Attributes:
        images: uint8 (n, 28, 28), ink bright.
        labels: int64 (n,): the dataset's class, or the column of the model's scores after `only`.

    Raises:
        InvalidValueError: If shapes or types are others.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def __post_init__(self) -> None:
        images, labels = np.asarray(self.images), np.asarray(self.labels)
        right = images.dtype == np.uint8 and images.ndim == 3 and images.shape[1:] == (SIDE, SIDE)
        if not right or labels.dtype.kind not in "iu" or labels.shape != images.shape[:1]:
            raise InvalidValueError(
                complaint(
                    "examples",
                    expected="images uint8 (n, 28, 28) and integer labels (n,)",
                    got=f"{images.dtype} {images.shape} and {labels.dtype} {labels.shape}",
                )
            )
        object.__setattr__(self, "images", images)
        object.__setattr__(self, "labels", labels.astype(np.int64, copy=False))

    def __len__(self) -> int:
        return len(self.labels)

    def floats(self) -> NDArray[np.float32]:
        """Return the images as models take them: float32 (n, 28, 28) in [0, 1]."""
        return to_floats(self.images)

    def first(self, n: int) -> Examples:
        """Return the first `n` examples, or all if there are fewer."""
        return self.rows(slice(0, max(0, n)))

    def rows(self, index: slice | NDArray[np.intp]) -> Examples:
        """Return the examples of these rows, in this order."""
        return Examples(self.images[index], self.labels[index])

    def only(self, classes: Sequence[int]) -> Examples:
        """Return the examples of these classes, in their order here, labelled by column.

        The label of class ``classes[k]`` becomes ``k``.

        Raises:
            InvalidValueError: If a class is named twice, or has no example.
        """
        wanted = [int(label) for label in classes]
        if len(set(wanted)) != len(wanted) or not wanted:
            raise InvalidValueError(complaint("classes", expected="different classes", got=str(wanted)))
        known = np.unique(self.labels)
        for label in wanted:
            if label not in known:
                have = ", ".join(str(value) for value in known)
                raise InvalidValueError(
                    complaint("classes", expected=f"some of {have}", got=str(label), do="choose others")
                )
        columns = np.full(max(int(known.max()), *wanted) + 1, -1, np.int64)
        columns[wanted] = np.arange(len(wanted))
        renamed = columns[self.labels]
        kept = np.flatnonzero(renamed >= 0)
        return Examples(self.images[kept], renamed[kept])


@dataclass(frozen=True)
class TrainingData:
    """What a model trains on.

    Attributes:
        train: Images to learn from.
        validation: Images held out from the training part; None where the recipe holds none.
        test: The test part of the split, never learned from.
        classes: Number of classes; labels are below it.
    """

    train: Examples
    validation: Examples | None
    test: Examples | None
    classes: int
