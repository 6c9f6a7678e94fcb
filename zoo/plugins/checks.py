"""What is wrong with a spec: every fault at once, each with the path of its field.

Specs are dataclasses that believe whatever they are given; here it is checked, so that everything
behind the catalogue may believe them.
"""

from __future__ import annotations

import re
import typing
from typing import Any

from zoo.errors import ZooError, complaint
from zoo.parameters import check
from zoo.plugins.fields import Fields, kind_of
from zoo.plugins.requiring import check_requires, requires_of
from zoo.plugins.shapes import classes_of, shapes_of
from zoo.specs import API_VERSION, DatasetSpec, ModelSpec, Preset, Recipe, Split, Task, ViewSpec

__all__ = ["ARRAYS", "faults_of"]

ARRAYS = ("x_train", "y_train", "x_test", "y_test")
"""The arrays every dataset consists of."""

MAX_VERSION = 1_000_000
"""Of a spec; a counter, not a date."""

MAX_CLASSES = 1000
"""Classes of a dataset."""

MAX_IMAGES = 10_000_000
"""Images of one part of a dataset: 7.8 GB of 28×28 bytes."""

_CUT = re.compile(r"(train|test)\[(-?\d{1,8})?:(-?\d{1,8})?\]")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LAYER = re.compile(r"[A-Za-z0-9_.-]{1,100}")


def faults_of(spec: ModelSpec | DatasetSpec | ViewSpec) -> list[str]:
    """Return all that is wrong with a spec; empty if it can be used."""
    if spec.api != API_VERSION:  # nothing else of it can be understood
        return [
            complaint(
                "api",
                expected=f"{API_VERSION}, the plugin interface of this zoo",
                got=kind_of(spec.api),
                do="update the plugin, or digit-zoo",
            )
        ]
    fields = Fields()
    fields.name("name", spec.name, kind="dataset" if isinstance(spec, DatasetSpec) else "")
    fields.text("summary", spec.summary)
    if isinstance(spec, ModelSpec):
        _model(fields, spec)
    elif isinstance(spec, DatasetSpec):
        _dataset(fields, spec)
    else:
        _view(fields, spec)
    return fields.faults


def _model(fields: Fields, spec: ModelSpec) -> None:
    fields.choice("task", spec.task, typing.get_args(Task))
    fields.choice("inputs", spec.inputs, ("images", "classes"))
    fields.choice("output", spec.output, ("probabilities", "scores", "images"))
    fields.reference("factory", spec.factory)
    fields.integer("version", spec.version, 0, MAX_VERSION)
    fields.text("licence", spec.licence, empty=True)
    if not fields.names("datasets", spec.datasets, qualified=True):
        fields.fault("datasets", "at least one dataset", "none")
    fields.names("default_views", spec.default_views, qualified=True)
    fields.names("offers", spec.offers)
    if not callable(spec.requires):
        check_requires(fields, spec.name, spec.requires)
    if spec.judge is not None:
        fields.names("judge", (spec.judge,), qualified=True, presets=True)
    layers = fields.items("layers", spec.layers)
    for layer in layers:
        if not _LAYER.fullmatch(layer):
            fields.fault("layers", "plain layer names", kind_of(layer))
    fields.unique("layers", layers)
    callables = fields.function("shapes", spec.shapes)
    if spec.classes is not None:
        callables = fields.function("classes", spec.classes) and callables
    hyperparameters = fields.declaration("hyperparameters", spec.hyperparameters)
    recipe = fields.declaration("recipe", spec.recipe)
    recipe_class: type = spec.recipe
    if recipe is not None and not issubclass(recipe_class, Recipe):
        fields.fault("recipe", "zoo.Recipe or a subclass", recipe_class.__name__)
        recipe = None
    if hyperparameters is None or recipe is None:
        return
    both = sorted({p.name for p in hyperparameters} & {p.name for p in recipe})
    if both:
        fields.fault("recipe", "no name that is a hyperparameter too", ", ".join(both))
    if not fields.faults or callables:
        _presets(fields, spec, callables=callables)


def _presets(fields: Fields, spec: ModelSpec, *, callables: bool) -> None:
    presets = fields.items("presets", spec.presets, Preset)
    names = tuple(
        preset.name for preset in presets if fields.name("presets.name", preset.name, kind="preset")
    )
    fields.unique("presets", names)
    if presets and (not names or names[0] != "default"):
        fields.fault("presets", "one named 'default' first", kind_of(presets[0].name))
    if not presets and not any(fault.startswith("presets") for fault in fields.faults):
        fields.fault("presets", "one named 'default'", "none")
    for preset in presets:
        path = f"presets.{preset.name}"
        fields.text(f"{path}.summary", preset.summary)
        chosen = _checked(
            fields, f"{path}.hyperparameters", spec.hyperparameters, preset.hyperparameters
        )
        _checked(fields, f"{path}.recipe", spec.recipe, preset.recipe)
        if chosen is not None and callables:
            asked = (shapes_of, classes_of, *([requires_of] if callable(spec.requires) else []))
            for ask in asked:
                try:
                    ask(spec, chosen)
                except ZooError as error:
                    text = str(error).removeprefix(f"model {spec.name!r}: ")
                    fields.faults.append(text if preset is presets[0] else f"{path}: {text}")


def _checked(fields: Fields, path: str, declaration: type, values: object) -> Any:
    try:
        return check(declaration, fields.mapping(path, values))
    except ZooError as error:
        fields.faults.append(f"{path}: {error}")
        return None


def _dataset(fields: Fields, spec: DatasetSpec) -> None:
    fields.text("licence", spec.licence, empty=True)
    classes_right = fields.integer("classes", spec.classes, 2, MAX_CLASSES)
    labels = fields.items("labels", spec.labels)
    for label in labels:
        fields.text("labels", label)
    if labels and classes_right and len(labels) != spec.classes:
        fields.fault("labels", f"{spec.classes} names or none", str(len(labels)))
    sha256 = fields.mapping("sha256", spec.sha256)
    if spec.loader is not None:
        fields.reference("loader", spec.loader)
        if set(sha256) != set(ARRAYS):
            fields.fault(
                "sha256", "the hash of each of " + ", ".join(ARRAYS), ", ".join(sha256) or "none"
            )
    if not all(isinstance(value, str) and _SHA256.fullmatch(value) for value in sha256.values()):
        fields.fault("sha256", "64 lower-case hex digits each", "others")
    counts = fields.items("counts", spec.counts, int)
    if len(counts) != 2:
        fields.fault("counts", "two integers: images in train and in test", kind_of(spec.counts))
    elif all(fields.integer("counts", count, 1, MAX_IMAGES) for count in counts):
        _splits(fields, spec, {"train": counts[0], "test": counts[1]})


def _splits(fields: Fields, spec: DatasetSpec, counts: dict[str, int]) -> None:
    splits = fields.items("splits", spec.splits, Split)
    names = tuple(split.name for split in splits if fields.name("splits.name", split.name))
    fields.unique("splits", names)
    if not names or names[0] != "official":
        fields.fault("splits", "one named 'official' first", kind_of(names[0]) if names else "none")
    for split in splits:
        path = f"splits.{split.name}"
        fields.text(f"{path}.summary", split.summary)
        for part, cuts in (("train", split.train), ("test", split.test)):
            found = fields.items(f"{path}.{part}", cuts)
            rows = sum(_rows(fields, f"{path}.{part}", cut, counts) for cut in found)
            if not found or rows > MAX_IMAGES:
                fields.fault(f"{path}.{part}", f"cuts of 1..{MAX_IMAGES} images", str(rows))


def _rows(fields: Fields, path: str, cut: str, counts: dict[str, int]) -> int:
    match = _CUT.fullmatch(cut)
    if match is None:
        fields.fault(path, "row ranges like 'train[:50000]'", kind_of(cut))
        return 0
    start, stop = (int(end) if end else None for end in match.group(2, 3))
    rows = len(range(*slice(start, stop).indices(counts[match[1]])))
    if not rows:
        fields.fault(path, f"rows of the {counts[match[1]]} there are", kind_of(cut))
    return rows


def _view(fields: Fields, spec: ViewSpec) -> None:
    fields.reference("compute", spec.compute)
    fields.reference("draw", spec.draw)
    fields.names("needs", spec.needs)
    parameters = fields.declaration("parameters", spec.parameters)
    if spec.frames is not None and parameters is not None:
        single = [p.name for p in parameters if not p.many]
        if spec.frames not in single:
            expected = f"a parameter with one value ({', '.join(single) or 'there is none'})"
            fields.fault("frames", expected, kind_of(spec.frames))
