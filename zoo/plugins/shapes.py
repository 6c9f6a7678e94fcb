"""What a model declares about its weights: checked before anything heavy is built or read."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from zoo.errors import PluginError, complaint
from zoo.plugins.fields import kind_of
from zoo.plugins.guard import Broken, attempt
from zoo.specs import ModelSpec

__all__ = ["MAX_PARAMETERS", "classes_of", "parameter_count", "shapes_of"]

MAX_PARAMETERS = 50_000_000
"""Weights of one model: 200 MB as float32, four times that while Adam trains them. More is a slip of a
digit, not a model of this zoo."""

MAX_LAYERS = 256
"""Layers with weights: the most that the reader of weight files lists."""

MAX_VARIABLES = 64
"""Variables of one layer: likewise."""

MAX_RANK = 8
"""Dimensions of one weight; a convolution has four."""

MAX_CLASSES = 1000
"""Classes a model tells apart; the zoo's datasets have ten."""

_WEIGHT = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")


def shapes_of(spec: ModelSpec, hyperparameters: object) -> dict[str, tuple[int, ...]]:
    """Return the weight shapes a model declares for these hyperparameters.

    Returns:
        ``"layer/variable"`` → shape, in forward order.

    Raises:
        PluginError: If the spec's function fails, its answer is no mapping of such names to shapes,
            or the weights would be more than `MAX_PARAMETERS`.
    """
    shapes = _asked(spec, "shapes", lambda: _plain(spec.shapes(hyperparameters)))
    if not isinstance(shapes, dict):
        raise _error(spec, "shapes", "a mapping 'layer/variable' → shape", kind_of(shapes))
    layers: dict[str, int] = {}
    for name, shape in shapes.items():
        if not isinstance(name, str) or not _WEIGHT.fullmatch(name):
            raise _error(spec, "shapes", "names like 'layer/variable'", kind_of(name))
        if not isinstance(shape, tuple) or not all(type(n) is int and 0 < n < 2**63 for n in shape):
            raise _error(spec, f"shapes: {name}", "a tuple of positive integers", _short(shape))
        if len(shape) > MAX_RANK:
            raise _error(spec, f"shapes: {name}", f"at most {MAX_RANK} dimensions", str(len(shape)))
        layer = name.partition("/")[0]
        layers[layer] = layers.get(layer, 0) + 1
    if not shapes or len(layers) > MAX_LAYERS or max(layers.values()) > MAX_VARIABLES:
        expected = f"1..{MAX_LAYERS} layers of at most {MAX_VARIABLES} variables"
        raise _error(spec, "shapes", expected, f"{len(layers)} layers, {len(shapes)} variables")
    count = parameter_count(shapes)
    if count > MAX_PARAMETERS:
        expected = f"at most {MAX_PARAMETERS:,} parameters"
        raise _error(spec, "shapes", expected, _large(count), do="choose fewer units")
    return shapes


def classes_of(spec: ModelSpec, hyperparameters: object) -> tuple[int, ...] | None:
    """Return the dataset labels a model tells apart, in column order; None means every class.

    Raises:
        PluginError: If the spec's function fails or answers anything but distinct small integers.
    """
    function = spec.classes
    if function is None:
        return None
    classes: Any = _asked(spec, "classes", lambda: function(hyperparameters))
    right = isinstance(classes, (tuple, list)) and 0 < len(classes) <= MAX_CLASSES
    if not right or not all(type(label) is int and 0 <= label < MAX_CLASSES for label in classes):
        raise _error(spec, "classes", "a tuple of labels", _short(classes))
    if len(set(classes)) != len(classes) or (spec.task == "binary" and len(classes) != 2):
        expected = "two different labels" if spec.task == "binary" else "every label once"
        raise _error(spec, "classes", expected, _short(classes))
    return tuple(classes)


def parameter_count(shapes: Mapping[str, tuple[int, ...]]) -> int:
    """Return the number of single weights."""
    return sum(math.prod(shape) for shape in shapes.values())


def _asked(spec: ModelSpec, path: str, call: Any) -> Any:
    try:
        return attempt(call)
    except Broken as broken:
        raise PluginError(f"model {spec.name!r}: {path}: {broken}") from broken.__cause__


def _plain(answer: Any) -> Any:
    """Make a dict of any mapping; a list as shape is as good as a tuple."""
    if not isinstance(answer, Mapping):
        return answer
    return {k: tuple(v) if isinstance(v, (list, tuple)) else v for k, v in answer.items()}


def _error(spec: ModelSpec, path: str, expected: str, got: str, *, do: str | None = None) -> PluginError:
    return PluginError(complaint(f"model {spec.name!r}: {path}", expected=expected, got=got, do=do))


def _large(count: int) -> str:
    return f"{count:,}" if count < 10**15 else f"{count:.1e}"


def _short(value: object) -> str:
    if isinstance(value, (tuple, list)) and len(value) <= MAX_RANK:
        return "(" + ", ".join(kind_of(item) for item in value) + ")"
    return kind_of(value)
