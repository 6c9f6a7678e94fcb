"""Whether a dataset has the classes that a model tells apart, and what to ask for where it has not."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from zoo.errors import InvalidValueError, ZooError, one_line
from zoo.parameters import describe
from zoo.plugins import classes_of
from zoo.weights.selection import Selection

if TYPE_CHECKING:
    from zoo.data import Dataset

__all__ = ["check_classes"]


def check_classes(selection: Selection, dataset: Dataset, part: str, split: str) -> None:
    """Refuse images of which some of the model's own classes have none.

    Raises:
        InvalidValueError: It says which classes there are, and how to ask for them.
    """
    if selection.classes is None:
        return
    there = _labels(dataset, part, split)
    missing = [label for label in selection.classes if label not in there]
    if not missing:
        return
    other = "train" if part == "test" else "test"
    both = sorted(there & _labels(dataset, other, split))

    def names(labels: Iterable[int]) -> str:
        return ", ".join(dataset.labels[label] for label in sorted(labels))

    raise InvalidValueError(
        one_line(
            f"dataset {dataset.name}: its {part} images have none of class {names(missing)}, which "
            f"{selection.title} tells apart; there are {names(there)}: {_advice(selection, both)}"
        )
    )


def _labels(dataset: Dataset, part: str, split: str) -> set[int]:
    import numpy as np

    return {int(label) for label in np.unique(dataset.examples(part, split).labels)}


def _advice(selection: Selection, there: Sequence[int]) -> str:
    """Say which values choose classes that there are, if that is known and there are enough."""
    wanted = selection.classes or ()
    spare = [label for label in there if label not in wanted]
    deciding = _deciding(selection)
    if not deciding or len(there) < len(wanted):
        return "name another dataset with --data"
    values = [label if label in there else spare.pop(0) for label in wanted]
    return "try " + " ".join(
        f"--set {name}={value}" for name, value in zip(deciding, values, strict=True)
    )


def _deciding(selection: Selection) -> list[str]:
    """Return the hyperparameter that names each class, in their order; empty if some class has none."""
    chosen, wanted = selection.hyperparameters, selection.classes or ()
    other = next(label for label in range(len(wanted) + 1) if label not in wanted)
    found = []
    for column, label in enumerate(wanted):
        for parameter in describe(type(chosen)):
            name = parameter.name
            if type(getattr(chosen, name)) is not int or getattr(chosen, name) != label:
                continue
            try:
                changed = classes_of(selection.spec, dataclasses.replace(chosen, **{name: other}))
            except (ValueError, ZooError):
                continue
            if changed is not None and changed[column : column + 1] == (other,):
                found.append(name)
                break
    return found if len(found) == len(wanted) else []
