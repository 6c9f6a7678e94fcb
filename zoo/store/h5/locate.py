"""Find where in a file everything lies that may be read. No value is looked at here."""

from __future__ import annotations

from zoo.specs import Shapes
from zoo.store.h5.container import check_container
from zoo.store.h5.faults import DamagedError, Faults, fault
from zoo.store.h5.layouts import EXTRAS_GROUP, find_weights
from zoo.store.h5.limits import SNAPSHOT_COUNT, SNAPSHOTS_LIMIT
from zoo.store.h5.places import DIGEST, RECORDS, Array, Located, Place, check_apart, place
from zoo.store.h5.structure import structure
from zoo.store.h5.tree import Group, Tree

__all__ = ["DIGEST_BYTES", "SNAPSHOTS", "locate"]

DIGEST_BYTES = 32
SNAPSHOTS = "snapshots"


def locate(data: bytes, shapes: Shapes | None) -> Located:
    """Check the whole structure of a file that is relevant and say where the arrays lie.

    Args:
        data: The file.
        shapes: Expected weights; None looks for the extras only.

    Raises:
        DamagedError: With all faults of names, types, shapes and storage, or the first structural one.
    """
    check_container(data, shapes)
    try:
        return _locate(data, shapes)
    except DamagedError:
        raise
    except Exception as error:
        # h5py turns what the HDF5 library says into a dozen exception types, without promise which.
        said = error.args[0] if error.args and isinstance(error.args[0], str) else type(error).__name__
        raise fault("", expected="readable HDF5", got=f"an error of the library ({said})") from None


def _locate(data: bytes, shapes: Shapes | None) -> Located:
    faults = Faults()
    length = len(data)
    with Tree(data) as tree:
        root = tree.root()
        found: dict[str, Place] = {}
        if shapes is not None:
            found = find_weights(root, shapes, length, faults)
        extras: dict[str, Place] = {}
        snapshots: dict[str, Place] = {}
        if root.has(EXTRAS_GROUP) and not (
            shapes and any(n.startswith(f"{EXTRAS_GROUP}/") for n in shapes)
        ):
            _find_extras(root.group(EXTRAS_GROUP), length, faults, extras, snapshots)
        taken = structure(data, tree.addresses)
        check_apart([*found.values(), *extras.values(), *snapshots.values()], taken, faults)
        faults.check()
    return Located({name: found[name] for name in shapes or ()}, extras, snapshots)


def _find_extras(
    group: Group, length: int, faults: Faults, extras: dict[str, Place], snapshots: dict[str, Place]
) -> None:
    for name, limit in (*RECORDS.items(), (DIGEST, DIGEST_BYTES)):
        if group.has(name):
            spot = _bytes(group, name, length, faults)
            if spot and spot.size > limit:
                faults.add(spot.path, expected=f"at most {limit:,} bytes", got=f"{spot.size:,}")
            elif spot and name == DIGEST and spot.size != DIGEST_BYTES:
                faults.add(spot.path, expected=f"{DIGEST_BYTES} bytes", got=f"{spot.size}")
            elif spot:
                extras[name] = spot
    if group.has(SNAPSHOTS):
        inner = group.group(SNAPSHOTS)
        for link in inner.links(SNAPSHOT_COUNT):
            found = inner.open(link)
            if isinstance(found, Group):
                faults.add(link.path, expected="an array", got="a group")
            elif spot := place(found, length, faults, kinds=("float32", "float16")):
                snapshots[link.name] = spot
        total = sum(spot.size for spot in snapshots.values())
        if total > SNAPSHOTS_LIMIT:
            faults.add(inner.path, expected=f"at most {SNAPSHOTS_LIMIT:,} bytes", got=f"{total:,}")


def _bytes(group: Group, name: str, length: int, faults: Faults) -> Place | None:
    link = group.link(name)
    found = group.open(link)
    if not isinstance(found, Array):
        faults.add(link.path, expected="uint8 in one row", got="a group")
        return None
    spot = place(found, length, faults, kinds=("uint8",))
    if spot and len(spot.shape) != 1:
        faults.add(link.path, expected="uint8 in one row", got=str(found))
        return None
    return spot
