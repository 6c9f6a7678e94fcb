"""The layouts of weights that people have, and how each is mapped onto the expected names.

=====================  =======================================================  ==============
file                   path of an array                                          found by
=====================  =======================================================  ==============
whole legacy model     ``model_weights/<layer>/[<model>/][<layer>/]<variable>``  layer, last part
legacy weights only    ``<layer>/[<model>/][<layer>/]<variable>``                layer, last part
Keras 3 weights        ``layers/<class>_<count>/vars/<index>``                   order
=====================  =======================================================  ==============

In a Sequential's file the group between layer and variable is the model's name and changes from
run to run, so the last part decides; Keras 2 ends it in ``:0``.
"""

from __future__ import annotations

from zoo.specs import Shapes
from zoo.store.h5.faults import Faults
from zoo.store.h5.limits import LAYERS_LIMIT
from zoo.store.h5.ordered import find_ordered
from zoo.store.h5.places import Place, place, shown
from zoo.store.h5.tree import Group
from zoo.store.h5.walk import arrays_below

__all__ = ["EXTRAS_GROUP", "KERAS_3", "TOP_LEVEL", "WHOLE_MODEL", "find_weights"]

EXTRAS_GROUP = "zoo"
"""Group at the root that holds provenance, history and snapshots, never weights."""

WHOLE_MODEL = "model_weights"
TOP_LEVEL = "top_level_model_weights"
KERAS_3 = ("layers", "_layer_checkpoint_dependencies")


def find_weights(root: Group, shapes: Shapes, length: int, faults: Faults) -> dict[str, Place]:
    """Find every expected array and nothing else.

    Args:
        root: Root group of the file.
        shapes: Expected names and shapes, in forward order.
        length: Of the file, in bytes.
        faults: Gets every fault of names, types and shapes.

    Raises:
        DamagedError: If the structure is not to be trusted.
    """
    if root.has(WHOLE_MODEL):
        return _find_named(root.group(WHOLE_MODEL), shapes, length, faults)
    layers = {name.partition("/")[0] for name in shapes}
    containers = [name for name in KERAS_3 if name not in layers and root.has(name)]
    if containers:
        return find_ordered(root, containers, shapes, length, faults)
    return _find_named(root, shapes, length, faults)


def _find_named(base: Group, shapes: Shapes, length: int, faults: Faults) -> dict[str, Place]:
    wanted: dict[str, dict[str, tuple[int, ...]]] = {}
    for name, shape in shapes.items():
        layer, _, variable = name.partition("/")
        wanted.setdefault(layer, {})[variable] = tuple(shape)
    found: dict[str, Place] = {}
    present: set[str] = set()
    unknown: list[str] = []
    for link in base.links(LAYERS_LIMIT + 2):  # and the two groups that are no layers
        if link.path == EXTRAS_GROUP and link.name not in wanted:
            continue
        present.add(link.name)
        arrays = arrays_below(base, link)
        expected = wanted.get(link.name, {})
        if arrays and not expected:
            unknown.append(link.name)
        for variable, shape in expected.items():
            array = arrays.pop(variable, None)
            if array is None:
                _missing(f"{link.path}/{variable}", shape, sorted(arrays), faults)
            elif spot := place(array, length, faults, shape=shape):
                found[f"{link.name}/{variable}"] = spot
        for array in arrays.values():
            faults.add(array.path, expected="no array of this name", got=str(array))
    for layer, variables in wanted.items():
        if layer not in present:
            for variable, shape in variables.items():
                _missing("/".join(filter(None, (base.path, layer, variable))), shape, unknown, faults)
    return found


def _missing(path: str, shape: tuple[int, ...], others: list[str], faults: Faults) -> None:
    instead = f", but {', '.join(others[:5])}{', …' if len(others) > 5 else ''}" if others else ""
    faults.add(path, expected=f"float32 {shown(shape)}", got=f"nothing{instead}")
