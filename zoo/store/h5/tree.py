"""Careful steps through one open file: one hard link at a time, within limits, no attribute read.

The bytes are read through h5py's driver for Python file objects, so the HDF5 library has no way to
open any other file. Every object is opened once only: cycles and aliases are faults.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from h5py import h5a, h5d, h5f, h5fd, h5g, h5l, h5p, h5s, h5t

from zoo.store.h5.faults import fault
from zoo.store.h5.limits import ATTRIBUTES_LIMIT, OBJECTS_LIMIT
from zoo.store.h5.places import ITEM_BYTES, Array

__all__ = ["Group", "Link", "Tree"]

LINK_KINDS = {
    h5l.TYPE_HARD: "a hard link",
    h5l.TYPE_SOFT: "a soft link",
    h5l.TYPE_EXTERNAL: "an external link",
}
OBJECT_KINDS = {h5g.GROUP: "a group", h5g.DATASET: "an array", h5g.TYPE: "a named type"}
STORAGES = {h5d.COMPACT: "stored compactly", h5d.CHUNKED: "stored in chunks"}
EXACT_TYPES = (("float32", h5t.IEEE_F32LE), ("float16", h5t.IEEE_F16LE), ("uint8", h5t.STD_U8LE))
CLASSES = {
    h5t.INTEGER: "integer",
    h5t.FLOAT: "float",
    h5t.STRING: "string",
    h5t.BITFIELD: "bit field",
    h5t.OPAQUE: "opaque",
    h5t.COMPOUND: "compound",
    h5t.REFERENCE: "reference",
    h5t.ENUM: "enumeration",
    h5t.VLEN: "variable-length",
    h5t.ARRAY: "array type",
}


@dataclass(frozen=True)
class Link:
    """A name in a group. For a hard link, `address` is where the header of the object lies."""

    name: str
    path: str
    kind: int
    address: int


class Tree:
    """An open file; a context manager."""

    def __init__(self, data: bytes) -> None:
        access = h5p.create(h5p.FILE_ACCESS)
        access.set_fileobj_driver(h5fd.fileobj_driver, io.BytesIO(data))
        access.set_fclose_degree(h5f.CLOSE_STRONG)
        # Nothing of this name is opened; being absolute, it spares a look at the current folder.
        self._file = h5f.open(b"/memory", h5f.ACC_RDONLY, access)
        self.addresses: set[int] = set()
        """Headers of the objects that were opened."""

    def __enter__(self) -> Tree:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def root(self) -> Group:
        group = h5g.open(self._file, b"/")
        low, high = h5g.get_objinfo(group).objno  # one address in two C longs
        self.admit("/", group, low | high << 8 * struct.calcsize("L"))
        return Group(self, group, "")

    def admit(self, path: str, handle: Any, address: int) -> None:
        """Count an object that was opened; refuse one that was met before or carries a bomb."""
        if address in self.addresses:
            raise fault(path, expected="an object of its own", got="a hard link to one met before")
        self.addresses.add(address)
        if len(self.addresses) > OBJECTS_LIMIT:
            raise fault("", expected=f"at most {OBJECTS_LIMIT} objects", got="more")
        attributes = h5a.get_num_attrs(handle)
        if attributes > ATTRIBUTES_LIMIT:
            raise fault(path, expected=f"at most {ATTRIBUTES_LIMIT} attributes", got=f"{attributes}")


class Group:
    """An open group."""

    def __init__(self, tree: Tree, handle: Any, path: str) -> None:
        self._tree = tree
        self._handle = handle
        self.path = path

    def has(self, name: str) -> bool:
        return bool(self._handle.links.exists(name.encode()))

    def link(self, name: str) -> Link:
        info = self._handle.links.get_info(name.encode())
        return self._link(name.encode(), info.type, info.u)

    def links(self, limit: int) -> list[Link]:
        """List the names in this group, in the order of their bytes.

        Raises:
            DamagedError: If there are more than `limit`, or one is not UTF-8.
        """
        count = self._handle.get_num_objs()  # a claim of the file: checked again while listing
        raw: list[tuple[bytes, int, int]] = []

        def take(name: bytes, info: Any) -> bool | None:  # h5py cannot bear an exception in here
            raw.append((name, info.type, info.u))
            return True if len(raw) > limit else None  # True ends the iteration

        if count <= limit:
            self._handle.links.iterate(take, info=True)
            count = max(count, len(raw))
        if count > limit:
            raise fault(self.path or "/", expected=f"at most {limit} names", got=f"{count} or more")
        return [self._link(*item) for item in raw]

    def open(self, link: Link) -> Group | Array:
        """Open what a link of this group leads to.

        Raises:
            DamagedError: If it is no hard link, or leads to anything but a group or an array.
        """
        if link.kind != h5l.TYPE_HARD:
            raise fault(
                link.path,
                expected="a hard link",
                got=LINK_KINDS.get(link.kind, "a link of unknown kind"),
            )
        name = link.name.encode()
        kind = h5g.get_objinfo(self._handle, name, follow_link=False).type
        if kind == h5g.GROUP:
            group = h5g.open(self._handle, name)
            self._tree.admit(link.path, group, link.address)
            return Group(self._tree, group, link.path)
        if kind == h5g.DATASET:
            dataset = h5d.open(self._handle, name)
            self._tree.admit(link.path, dataset, link.address)
            return _describe(dataset, link.path)
        raise fault(
            link.path, expected="a group or an array", got=OBJECT_KINDS.get(kind, "an unknown object")
        )

    def group(self, name: str) -> Group:
        """Open a group by name; anything else under that name is a fault."""
        link = self.link(name)
        found = self.open(link)
        if isinstance(found, Array):
            raise fault(link.path, expected="a group", got=f"an array, {found}")
        return found

    def _link(self, raw: bytes, kind: int, address: int) -> Link:
        try:
            name = raw.decode()
        except UnicodeDecodeError:
            raise fault(self.path or "/", expected="names in UTF-8", got=repr(raw[:40])) from None
        path = f"{self.path}/{name}" if self.path else name
        if "/" in name or name in ("", "."):  # the library would follow it as a path
            raise fault(self.path or "/", expected="plain names", got=repr(name[:40]))
        return Link(name, path, kind, address)


def _describe(dataset: Any, path: str) -> Array:
    # The creation list comes first: asking a virtual dataset for its extent would look for its sources.
    created = dataset.get_create_plist()
    layout = created.get_layout()
    kind = _kind(dataset.get_type())
    if layout == h5d.VIRTUAL:
        return Array(path, kind, None, "virtual")
    space = dataset.get_space()
    shape = None
    if space.get_simple_extent_type() in (h5s.SIMPLE, h5s.SCALAR):
        shape = tuple(int(n) for n in space.get_simple_extent_dims())
    if layout != h5d.CONTIGUOUS:
        return Array(path, kind, shape, STORAGES.get(layout, "stored in an unknown way"))
    if created.get_external_count():
        return Array(path, kind, shape, "stored in another file")
    if created.get_nfilters():
        return Array(path, kind, shape, "filtered")
    offset = dataset.get_offset()
    if offset is None:
        return Array(path, kind, shape, "never written")
    return Array(path, kind, shape, "", int(offset), int(dataset.get_storage_size()))


def _kind(type_: Any) -> str:
    if type_.committed():
        return "a named type"
    for name, exact in EXACT_TYPES:
        if type_.equal(exact):
            return name
    class_ = type_.get_class()
    if class_ not in (h5t.INTEGER, h5t.FLOAT):
        return CLASSES.get(class_, "an unknown type")
    bits = 8 * type_.get_size()
    if class_ == h5t.FLOAT:
        name = f"float{bits}"
    else:
        name = f"{'u' if type_.get_sign() == h5t.SGN_NONE else ''}int{bits}"
    if bits > 8 and type_.get_order() == h5t.ORDER_BE:
        return f"big-endian {name}"
    return f"odd {name}" if name in ITEM_BYTES else name  # of that size, but with other fields
