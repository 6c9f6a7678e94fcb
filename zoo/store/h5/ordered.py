"""Keras 3's ``.weights.h5``: layers are named by class and counter, variables by index.

The order within one class is the counter's, read as a number. The order between classes is not in
the file; it is found by laying the layers onto the expected shapes. If that can be done in two
ways, the file is refused rather than guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from zoo.specs import Shapes
from zoo.store.h5.faults import Faults, fault
from zoo.store.h5.limits import LAYERS_LIMIT, OBJECTS_PER_LAYER
from zoo.store.h5.places import Array, Place, place, shown
from zoo.store.h5.tree import Group
from zoo.store.h5.walk import arrays_below

__all__ = ["find_ordered"]

COUNTED = re.compile(r"(.+?)(?:_([1-9][0-9]{0,3}))?")
NOT_WEIGHTS = "seed_generator"
"""State of random layers, saved beside `vars`; nothing to do with weights."""

STATES_LIMIT = 256
"""Most ways, at one layer, in which the classes may be interleaved before we stop looking."""

LAYERS_SHOWN = 12
"""Layers spelled out in a message."""

Layer = list[Array]
"""The arrays of one layer, by index."""


def find_ordered(
    root: Group, containers: Sequence[str], shapes: Shapes, length: int, faults: Faults
) -> dict[str, Place]:
    """Map the layers of a ``.weights.h5`` onto the expected names, in forward order."""
    if root.has("vars"):
        _require_empty(root, "vars")
    classes: dict[str, list[Layer]] = {}
    for name in containers:
        found = _read_container(root.group(name))
        if classes and found:
            raise fault(name, expected=f"weights in {containers[0]} only", got="weights in both")
        classes = classes or found
    wanted: dict[str, list[tuple[str, tuple[int, ...]]]] = {}
    for name, shape in shapes.items():
        wanted.setdefault(name.partition("/")[0], []).append((name, tuple(shape)))
    layers = _interleave(list(classes.values()), [[s for _, s in w] for w in wanted.values()])
    if layers is None:
        _compare(classes, wanted, faults)
        return {}
    spots: dict[str, Place] = {}
    for layer, expected in zip(layers, wanted.values(), strict=True):
        for array, (name, shape) in zip(layer, expected, strict=True):
            if spot := place(array, length, faults, shape=shape):
                spots[name] = spot
    return spots


def _read_container(base: Group) -> dict[str, list[Layer]]:
    """Read the layers that hold weights, by class, in the order of their counters."""
    counted: dict[str, dict[int, Layer]] = {}
    for link in base.links(LAYERS_LIMIT):
        match = COUNTED.fullmatch(link.name)
        if match is None:
            raise fault(link.path, expected="a layer named class_count", got=repr(link.name))
        layer = _read_layer(base.group(link.name))
        counted.setdefault(match[1], {})[int(match[2] or 0)] = layer
    classes = {}
    for name, layers in counted.items():
        # Keras counts without gaps: a gap means that a name, and with it the order, is damaged.
        if sorted(layers) != list(range(len(layers))):
            numbers = ", ".join(str(n) for n in sorted(layers)[:8])
            raise fault(f"{base.path}/{name}", expected=f"counters 0..{len(layers) - 1}", got=numbers)
        holding = [layers[n] for n in sorted(layers) if layers[n]]
        if holding:
            classes[name] = holding
    return classes


def _read_layer(group: Group) -> Layer:
    arrays: dict[str, Array] = {}
    for link in group.links(OBJECTS_PER_LAYER):
        if link.name == NOT_WEIGHTS:
            continue
        if link.name != "vars":
            _require_empty(group, link.name)
            continue
        variables = group.group("vars")
        for inner in variables.links(OBJECTS_PER_LAYER):
            found = variables.open(inner)
            if isinstance(found, Group):
                raise fault(inner.path, expected="an array", got="a group")
            arrays[inner.name] = found
    indices = [str(n) for n in range(len(arrays))]
    if set(arrays) != set(indices):
        raise fault(
            f"{group.path}/vars",
            expected=f"arrays 0..{len(arrays) - 1}",
            got=", ".join(sorted(arrays)[:8]),
        )
    return [arrays[n] for n in indices]


def _require_empty(parent: Group, name: str) -> None:
    """Refuse weights outside the layers directly below the container: nothing tells their place."""
    for array in arrays_below(parent, parent.link(name)).values():
        raise fault(array.path, expected="weights in layers/<class>_<count>/vars only", got=str(array))


def _interleave(queues: list[list[Layer]], wanted: list[list[tuple[int, ...]]]) -> list[Layer] | None:
    """Merge the classes' layers, each in its own order, so that all shapes fit; None if they cannot.

    Raises:
        DamagedError: If two merges fit.
    """
    shapes = [[[array.shape for array in layer] for layer in queue] for queue in queues]
    start = (0,) * len(queues)
    ways: dict[tuple[int, ...], tuple[int, list[int]]] = {
        start: (1, [])
    }  # taken → number of ways, one of them
    for expected in wanted:
        reached: dict[tuple[int, ...], tuple[int, list[int]]] = {}
        for taken, (number, steps) in ways.items():
            for i, queue in enumerate(shapes):
                if taken[i] < len(queue) and queue[taken[i]] == expected:
                    state = (*taken[:i], taken[i] + 1, *taken[i + 1 :])
                    before = reached.get(state, (0, []))[0]
                    reached[state] = (min(before + number, 2), [*steps, i])
        if len(reached) > STATES_LIMIT:
            raise fault("layers", expected="one order of layers that fits", got="too many to try")
        ways = reached
    complete = ways.get(tuple(len(queue) for queue in queues))
    if complete is None:
        return None
    if complete[0] > 1:
        raise fault(
            "layers",
            expected="one order of layers that fits",
            got="two: save the whole model as .h5 instead",
        )
    rest = [iter(queue) for queue in queues]
    return [next(rest[i]) for i in complete[1]]


def _compare(
    classes: dict[str, list[Layer]], wanted: dict[str, list[tuple[str, tuple[int, ...]]]], faults: Faults
) -> None:
    """Say what was found where no order fits."""
    expected = [
        f"{name} {' + '.join(shown(shape) for _, shape in layer)}" for name, layer in wanted.items()
    ]
    found = [
        f"{name}{f'_{i}' if i else ''} {' + '.join(shown(array.shape or ()) for array in layer)}"
        for name, layers in classes.items()
        for i, layer in enumerate(layers)
    ]
    faults.add("layers", expected=f"in some order {_short(expected)}", got=_short(found) or "no weights")


def _short(items: list[str]) -> str:
    return ", ".join(items[:LAYERS_SHOWN]) + (", …" if len(items) > LAYERS_SHOWN else "")
