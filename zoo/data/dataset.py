"""`Dataset`: one dataset that is at hand; its arrays are read when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from zoo.data.examples import Examples, TrainingData
from zoo.data.splits import Rows, parse_rows
from zoo.errors import InvalidValueError, complaint, unknown
from zoo.specs import DatasetSpec, Recipe, Split

__all__ = ["Dataset"]


class Dataset:
    """Images and labels, verified and at hand.

    Attributes:
        name: The name that leads to it; of a person's own file its stem, made safe.
        spec: Its declaration.
        counts: Images in ``train`` and ``test``.
        sha256: Over the hashes of its arrays: the same contents have the same sha256 in any container.
        way: ``cache``, ``mirror``, ``download``, ``packaged``, ``embedded`` or ``file``.
        reason: Why this dataset, and from where, in one line.
        path: Folder or file of its arrays; None where they are only in memory.
        warnings: What a person should know, such as that another dataset was preferred.
        labels: Name of each class.
    """

    def __init__(
        self,
        *,
        name: str,
        spec: DatasetSpec,
        counts: tuple[int, int],
        sha256: str,
        way: str,
        reason: str,
        load: Callable[[str], NDArray[np.uint8]],
        path: Path | None = None,
        warnings: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.spec = spec
        self.counts = counts
        self.sha256 = sha256
        self.way = way
        self.reason = reason
        self.path = path
        self.warnings = warnings
        self.labels = spec.labels or tuple(str(label) for label in range(spec.classes))
        self._load = load
        self._arrays: dict[str, NDArray[np.uint8]] = {}

    def __repr__(self) -> str:
        return f"<Dataset {self.name}: {self.counts[0]:,} + {self.counts[1]:,} images, {self.way}>"

    def examples(self, part: str = "test", split: str = "official") -> Examples:
        """Return the images of one part of a split. Only the files it needs are read, once.

        Args:
            part: ``train`` or ``test``.
            split: Name of a split; `spec` lists them.

        Raises:
            UnknownNameError: If there is no such split.
            InvalidValueError: If `part` is another word, or the split leaves the dataset.
            IntegrityError: If what is kept is damaged and cannot be had again.
        """
        if part not in ("train", "test"):
            raise InvalidValueError(complaint("part", expected="train or test", got=repr(part)))
        chosen = self._split(split)
        ranges = [self._rows(text, chosen) for text in getattr(chosen, part)]
        if not ranges:
            raise InvalidValueError(f"dataset {self.name}: split {chosen.name} has no {part} rows")
        pieces = [self._piece(rows) for rows in ranges]
        if len(pieces) == 1:
            return pieces[0]
        return Examples(
            np.concatenate([piece.images for piece in pieces]),
            np.concatenate([piece.labels for piece in pieces]),
        )

    def published(self, part: str = "test") -> Examples:
        """Return all images of a part as published, whatever the splits: what references count in."""
        return self._piece(Rows(part, 0, self.counts[("train", "test").index(part)]))

    def names(self, part: str = "test", split: str = "official") -> tuple[str, ...]:
        """Return the reference of each image that `examples` returns: ``train:50000``, ``test:7``."""
        chosen = self._split(split)
        ranges = [self._rows(text, chosen) for text in getattr(chosen, part)]
        return tuple(f"{rows.part}:{row}" for rows in ranges for row in range(rows.start, rows.stop))

    def training(
        self, recipe: Recipe, *, classes: Sequence[int] | None = None, seed: int = 0
    ) -> TrainingData:
        """Return what a model trains on, as the recipe says: split, classes, subset, validation.

        First the classes are picked, then the first ``recipe.subset`` of them; of these a share of
        ``recipe.validation``, drawn with `seed`, is held out. Both parts keep their order.

        Args:
            recipe: Of it only `split`, `subset` and `validation`.
            classes: Only these, labelled by column in this order; None takes all.
            seed: Decides which images are held out.

        Raises:
            InvalidValueError: If the subset is larger than what there is, or nothing is left to
                train on.
        """
        train = self.examples("train", recipe.split)
        test = self.examples("test", recipe.split)
        if classes is not None:
            train, test = train.only(classes), test.only(classes)
        count = len(train)
        if recipe.subset > count:
            expected = f"at most {count} (training images of {self.name}), or 0 for all"
            raise InvalidValueError(complaint("subset", expected=expected, got=str(recipe.subset)))
        if recipe.subset:
            train = train.first(recipe.subset)
        train, validation = _held_out(train, recipe.validation, seed)
        return TrainingData(
            train=train,
            validation=validation,
            test=test,
            classes=self.spec.classes if classes is None else len(classes),
        )

    def _split(self, name: str) -> Split:
        for split in self.spec.splits:
            if split.name == name:
                return split
        raise unknown(f"split of dataset {self.name}", name, [split.name for split in self.spec.splits])

    def _rows(self, text: str, split: Split) -> Rows:
        return parse_rows(text, self.counts, thing=f"dataset {self.name}, split {split.name}")

    def _piece(self, rows: Rows) -> Examples:
        images, labels = (self._array(f"{kind}_{rows.part}") for kind in "xy")
        kept = slice(rows.start, rows.stop)
        return Examples(images[kept], labels[kept].astype(np.int64))

    def _array(self, name: str) -> NDArray[np.uint8]:
        if name not in self._arrays:
            self._arrays[name] = self._load(name)
        return self._arrays[name]


def _held_out(train: Examples, share: float, seed: int) -> tuple[Examples, Examples | None]:
    """Hold out a share of the examples; a share above 0 holds out at least one."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise InvalidValueError(complaint("seed", expected="an integer of at least 0", got=repr(seed)))
    if not share:
        return train, None
    count = len(train)
    held = max(1, round(share * count))
    if held >= count:
        expected = "a share that leaves images to train on"
        raise InvalidValueError(complaint("validation", expected=expected, got=f"{share:g} of {count}"))
    order = np.random.default_rng(int(seed)).permutation(count)
    return train.rows(np.sort(order[held:])), train.rows(np.sort(order[:held]))
