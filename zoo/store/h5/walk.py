"""A bounded look at everything below one link."""

from __future__ import annotations

from zoo.store.h5.faults import fault
from zoo.store.h5.limits import DEPTH_LIMIT, OBJECTS_PER_LAYER
from zoo.store.h5.places import Array
from zoo.store.h5.tree import Group, Link

__all__ = ["arrays_below"]


def arrays_below(base: Group, link: Link) -> dict[str, Array]:
    """Collect the arrays of one layer by the last part of their path, within the limits.

    Raises:
        DamagedError: At anything but groups and arrays, two arrays of one name, or too many or too deep.
    """
    arrays: dict[str, Array] = {}
    count = 0
    waiting = [(base, link, 1)]
    while waiting:
        parent, here, depth = waiting.pop()
        found = parent.open(here)
        if isinstance(found, Array):
            variable = here.name.removesuffix(":0")
            if variable in arrays:
                raise fault(
                    here.path, expected="one array of this name in the layer", got=arrays[variable].path
                )
            arrays[variable] = found
            continue
        if depth == DEPTH_LIMIT:
            raise fault(here.path, expected=f"an array at depth {DEPTH_LIMIT}", got="a group")
        below = found.links(OBJECTS_PER_LAYER)
        count += len(below)
        if count > OBJECTS_PER_LAYER:
            raise fault(
                link.path, expected=f"at most {OBJECTS_PER_LAYER} objects", got=f"{count} or more"
            )
        waiting.extend((found, child, depth + 1) for child in below)
    return arrays
