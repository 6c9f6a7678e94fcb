"""Hostile weights files, made with h5py's low-level interface. Each builder returns a file's bytes.

All are variations of one good file, so that a reader that ignores the fault would find right
values: the test then fails, as it must.
"""

from __future__ import annotations

import functools
import gzip
import io
import json
import pickle
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from h5py import h5d, h5p, h5s, h5t

SHAPES = {
    "hidden_layer/kernel": (4, 3),
    "hidden_layer/bias": (3,),
    "output_layer/kernel": (3, 2),
    "output_layer/bias": (2,),
}
KERNEL = "model_weights/hidden_layer/hidden_layer/kernel"
BIAS = "model_weights/hidden_layer/hidden_layer/bias"
LAYER = "model_weights/hidden_layer"

F32_CLASS = b"\x11\x20\x1f\x00\x04\x00\x00\x00"
"""How a file says float32."""

Change = Callable[[h5py.File], object]
Files = Iterator[tuple[str, bytes]]


def kept(build: Callable[[], Files]) -> Callable[[], tuple[tuple[str, bytes], ...]]:
    """Build the files once: some take a second to write."""
    return functools.cache(lambda: tuple(build()))


def values() -> dict[str, np.ndarray]:
    chance = np.random.default_rng(0)
    return {name: chance.normal(size=shape).astype(np.float32) for name, shape in SHAPES.items()}


def good(change: Change | None = None, *, base: str = "model_weights/", **options: Any) -> bytes:
    """Write a legacy file as Keras 3 does, then let `change` spoil it."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", **options) as file:
        file.attrs["model_config"] = b'{"class_name": "Functional", "config": {}}'
        for name, array in values().items():
            layer = name.partition("/")[0]
            file[f"{base}{layer}/{name}"] = array
        for layer in ("input_layer", "dropout", "top_level_model_weights"):
            file.create_group(f"{base}{layer}")
        if change is not None:
            change(file)
    return buffer.getvalue()


def replaced(path: str = KERNEL, **options: Any) -> bytes:
    """Replace one array by a dataset made with `options`; its right values are given where they fit."""

    def change(file: h5py.File) -> None:
        name = "/".join(path.split("/")[-2:])
        del file[path]
        if not options.keys() & {"data", "shape"}:
            options["data"] = values()[name]
        file.create_dataset(path, **options)

    return good(change)


def low_level(type_: Any, space: Any, plist: Any, path: str = KERNEL) -> bytes:
    """Replace one array by a dataset made from HDF5's own parts; nothing is written to it."""

    def change(file: h5py.File) -> None:
        del file[path]
        parent, _, name = path.rpartition("/")
        h5d.create(file[parent].id, name.encode(), type_, space, plist)

    return good(change)


def created(**settings: Any) -> Any:
    """Make a creation list: ``created(set_chunk=((4,),))`` calls ``set_chunk((4,))``."""
    plist = h5p.create(h5p.DATASET_CREATE)
    for method, arguments in settings.items():
        getattr(plist, method)(*arguments)
    return plist


# Row 1: no HDF5, or not all of it.


@kept
def no_files() -> Files:
    data = good()
    page = b"<!DOCTYPE html>\n<html><title>Sign in to the network</title></html>\n"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("model.weights.h5", data)
    yield "empty", b""
    yield "one-byte", b"\x89"
    yield "signature-only", data[:8]
    for share in (0.01, 0.1, 0.5, 0.9, 0.999):
        yield f"truncated-{share}", data[: int(share * len(data))]
    yield "last-byte-missing", data[:-1]
    yield "html", page
    yield "html-in-front", page + data
    yield "html-padded-to-512-in-front", page.ljust(512) + data
    yield "newline-in-front", b"\n" + data
    yield "zeros-in-front", bytes(512) + data
    yield "gzip", gzip.compress(data)
    yield "zip", archive.getvalue()
    yield "pickle", pickle.dumps(values())
    yield "npy", b"\x93NUMPY\x01\x00" + bytes(200)
    yield "tflite", b"\x1c\x00\x00\x00TFL3" + bytes(200)
    yield "bytes-behind", data + b"\0"
    yield "zip-behind", data + archive.getvalue()
    yield "text-mode-transfer", data.replace(b"\r\n", b"\n")
    yield "utf-8-transfer", data.decode("latin-1").encode()
    yield "hdf4", b"\x0e\x03\x13\x01" + bytes(200)
    yield "user-block", good(userblock_size=512)
    yield "only-signature-and-zeros", data[:8] + bytes(500)
    yield "only-signature-and-ones", data[:8] + b"\xff" * 500


@kept
def superblocks() -> Files:
    data = good()
    yield "version-1", data[:8] + b"\x01" + data[9:]
    yield "version-9", data[:8] + b"\x09" + data[9:]
    yield "addresses-of-4-bytes", data[:13] + b"\x04" + data[14:]
    yield "base-address", data[:24] + struct.pack("<Q", 96) + data[32:]
    yield "end-too-small", data[:40] + struct.pack("<Q", len(data) - 8) + data[48:]
    yield "end-huge", data[:40] + struct.pack("<Q", 2**60) + data[48:]
    yield "driver-information", data[:48] + struct.pack("<Q", 96) + data[56:]
    yield "root-nowhere", data[:64] + struct.pack("<Q", 2**40) + data[72:]
    yield "root-undefined", data[:64] + b"\xff" * 8 + data[72:]
    yield "node-sizes-zero", data[:16] + bytes(4) + data[20:]
    yield "node-sizes-huge", data[:16] + b"\xff" * 4 + data[20:]
    yield "family-driver", good(fs_strategy="page", fs_page_size=4096)


# Row 2: what leads elsewhere.


@kept
def links() -> Files:
    def moved(path: str, link: Any) -> Change:
        def change(file: h5py.File) -> None:
            file.move(path, "elsewhere")
            file[path] = link

        return change

    def root_as_model(file: h5py.File) -> None:
        file.move("model_weights", "elsewhere")
        file["model_weights"] = file["/"]

    def layer_in_itself(file: h5py.File) -> None:
        file[f"{LAYER}/loop"] = file[LAYER]

    def root_in_layer(file: h5py.File) -> None:
        file[f"{LAYER}/loop"] = file["/"]

    def two_soft(file: h5py.File) -> None:
        del file[KERNEL]
        file[KERNEL] = h5py.SoftLink(f"/{KERNEL}2")
        file[f"{KERNEL}2"] = h5py.SoftLink(f"/{KERNEL}")

    def alias(file: h5py.File) -> None:
        del file["model_weights/input_layer"]
        file["model_weights/input_layer"] = file["model_weights/dropout"]

    def shared(file: h5py.File) -> None:
        del file[f"{LAYER}/hidden_layer/bias"]
        file[f"{LAYER}/hidden_layer/bias"] = file[KERNEL]

    for path in ("model_weights", LAYER, f"{LAYER}/hidden_layer", KERNEL):
        depth = path.count("/")
        yield f"soft-{depth}", good(moved(path, h5py.SoftLink("/elsewhere")))
        yield f"soft-dangling-{depth}", good(moved(path, h5py.SoftLink("/nowhere")))
        yield f"soft-to-itself-{depth}", good(moved(path, h5py.SoftLink(f"/{path}")))
        yield f"external-{depth}", good(moved(path, h5py.ExternalLink("other.h5", path)))
    # A name with a slash would be followed as a path: past the check of the link, into another file.
    data = good(lambda file: file.__setitem__("model_weights/e", h5py.ExternalLink("right.h5", "/")))
    yield "name-is-a-path", data.replace(b"dropout", b"e/other")
    yield "name-is-a-dot", good().replace(b"dropout\0", b".\0\0\0\0\0\0\0")
    yield "name-is-empty", good().replace(b"dropout\0", bytes(8))
    yield "soft-pair", good(two_soft)
    yield (
        "soft-in-unknown-layer",
        good(lambda f: f.__setitem__("model_weights/dropout/x", h5py.SoftLink("/"))),
    )
    yield "model-is-root", good(root_as_model)
    yield "layer-in-itself", good(layer_in_itself)
    yield "root-in-layer", good(root_in_layer)
    yield "one-group-two-layers", good(alias)
    yield "one-array-two-names", good(shared)


def outside(folder: Path) -> Files:
    """Make files that lead to `folder`: ``right.h5`` and ``right.bin`` there hold the right values."""
    (folder / "right.h5").write_bytes(good())
    (folder / "right.bin").write_bytes(values()["hidden_layer/kernel"].tobytes())
    simple = h5s.create_simple((4, 3))
    for name in ("right.h5", "pipe", "folder", "missing"):
        target = str(folder / name)

        def change(file: h5py.File, target: str = target) -> None:
            del file[KERNEL]
            file[KERNEL] = h5py.ExternalLink(target, f"/{KERNEL}")

        yield f"external-link-{name}", good(change)
        yield (
            f"virtual-{name}",
            low_level(
                h5t.IEEE_F32LE,
                simple,
                created(set_virtual=(simple, target.encode(), KERNEL.encode(), simple)),
            ),
        )
    for name in ("right.bin", "pipe", "folder", "missing", "/dev/zero", "/dev/stdin"):
        target = str(folder / name)
        yield (
            f"external-storage-{Path(name).name}",
            replaced(shape=(4, 3), dtype="<f4", external=[(target, 0, 48)]),
        )
    whole = h5s.create_simple((0, 3), (h5s.UNLIMITED, 3))
    whole.select_hyperslab((0, 0), (1, 1), block=(h5s.UNLIMITED, 3))
    yield (
        "virtual-unlimited",
        low_level(
            h5t.IEEE_F32LE,
            h5s.create_simple((4, 3), (h5s.UNLIMITED, 3)),
            created(set_virtual=(whole, str(folder / "right.h5").encode(), KERNEL.encode(), whole)),
        ),
    )


# Row 3: what is larger, or stranger, than it looks.


@kept
def bombs() -> Files:
    f32, plain = h5t.IEEE_F32LE, h5s.create_simple((4, 3))
    late = created(set_alloc_time=(h5d.ALLOC_TIME_LATE,))
    yield "huge-shape", low_level(f32, h5s.create_simple((2**40, 2**20)), late)
    # The library refuses to write a size that overflows: put it into the finished file.
    shape = struct.pack("<QQ", 4, 3)
    yield "huge-shape-overflow", good().replace(shape, struct.pack("<QQ", 2**63, 8))
    yield "huge-shape-written", good().replace(shape, struct.pack("<QQ", 2**20, 2**10))
    yield "undefined-shape", good().replace(shape, b"\xff" * 16)
    yield "32-axes", low_level(f32, h5s.create_simple((2,) * 32), late)
    yield "never-written", low_level(f32, plain, late)
    yield (
        "never-written-with-fill",
        low_level(
            f32,
            plain,
            created(set_alloc_time=(h5d.ALLOC_TIME_LATE,), set_fill_value=(np.full(1, 0.5, "f4"),)),
        ),
    )
    yield "no-space", low_level(f32, h5s.create(h5s.NULL), late)
    yield "no-rows", low_level(f32, h5s.create_simple((0, 3)), late)
    yield "chunked", replaced(chunks=(2, 3))
    yield "deflate", replaced(chunks=(4, 3), compression="gzip")
    yield (
        "deflate-bomb",
        replaced(
            shape=(2**14, 2**11),
            dtype="<f4",
            chunks=(2**14, 2**11),
            compression="gzip",
            data=np.zeros((2**14, 2**11), "f4"),
        ),
    )
    yield (
        "chunk-bomb",
        low_level(f32, h5s.create_simple((2**33,), (h5s.UNLIMITED,)), created(set_chunk=((2**29,),))),
    )
    yield "many-chunks", replaced(shape=(20_000,), dtype="<f4", chunks=(8,), data=np.zeros(20_000, "f4"))
    yield "shuffle", replaced(chunks=(4, 3), shuffle=True)
    yield "fletcher32", replaced(chunks=(4, 3), fletcher32=True)
    yield (
        "unknown-filter",
        low_level(f32, plain, created(set_chunk=((4, 3),), set_filter=(32_123, h5p_optional()))),
    )
    yield "compact", low_level(f32, plain, created(set_layout=(h5d.COMPACT,)))
    yield "resizable", replaced(maxshape=(None, 3))


def h5p_optional() -> int:
    return int(h5py.h5z.FLAG_OPTIONAL)


@kept
def strange_types() -> Files:
    plain = h5s.create_simple((4, 3))
    opaque = h5t.create(h5t.OPAQUE, 4)
    opaque.set_tag(b"tag")
    yield "variable-strings", replaced(data=np.full((4, 3), "x", object), dtype=h5py.string_dtype())
    yield "fixed-strings", replaced(data=np.full((4, 3), b"1.25"))
    yield "variable-floats", replaced(shape=(4, 3), dtype=h5py.vlen_dtype(np.float32))
    yield "object-references", replaced(shape=(4, 3), dtype=h5py.ref_dtype)
    yield "region-references", replaced(shape=(4, 3), dtype=h5py.regionref_dtype)
    yield "compound", replaced(data=np.zeros((4, 3), [("v", "<f4")]))
    yield "opaque", low_level(opaque, plain, created())
    yield "enumeration", replaced(shape=(4, 3), dtype=h5py.enum_dtype({"a": 1}, "i4"))
    yield "bits", low_level(h5t.STD_B32LE, plain, created())
    yield "array-type", replaced(shape=(4,), dtype=np.dtype(("<f4", (3,))))
    yield "time", replaced(shape=(4, 3), dtype="<i8", data=np.zeros((4, 3), "<i8"))
    yield "unknown-class", good().replace(F32_CLASS, b"\x1f" + F32_CLASS[1:])
    yield "boolean", replaced(data=np.zeros((4, 3), bool))
    yield (
        "vax",
        low_level(h5t.VAX_F32, plain, created()) if hasattr(h5t, "VAX_F32") else replaced(dtype=">f4"),
    )

    def committed(file: h5py.File) -> None:
        del file[KERNEL]
        file["float"] = np.dtype("<f4")
        file.create_dataset(KERNEL, data=values()["hidden_layer/kernel"], dtype=file["float"])

    def named_type(file: h5py.File) -> None:
        del file[KERNEL]
        file[KERNEL] = np.dtype("<f4")

    def deviating(file: h5py.File) -> None:
        type_ = h5t.IEEE_F32LE.copy()
        type_.set_ebias(126)
        del file[KERNEL]
        h5d.create(file[f"{LAYER}/hidden_layer"].id, b"kernel", type_, plain, created())

    yield "committed", good(committed)
    yield "type-instead-of-array", good(named_type)
    yield "float-of-another-kind", good(deviating)


def attributes(path: str, count: int) -> Change:
    def change(file: h5py.File) -> None:
        for i in range(count):
            file[path].attrs[f"attribute_{i}"] = i

    return change


def groups(*paths: str, count: int) -> Change:
    def change(file: h5py.File) -> None:
        for path in paths:
            for i in range(count):
                file.create_group(f"{path}/group_{i}")

    return change


@kept
def crowds() -> Files:
    """Too many of something."""
    parts = [f"{LAYER}/part_{i}" for i in range(3)]
    layers = [f"model_weights/layer_{i}" for i in range(200)]
    deep = f"{LAYER}/" + "/".join("abcdefgh" * 20)
    yield "attributes-on-root", good(attributes("/", 2000))
    yield "attributes-on-layer", good(attributes(LAYER, 2000))
    yield "attributes-on-array", good(attributes(KERNEL, 2000))
    yield "attributes-dense", good(attributes(KERNEL, 2000), libver="latest")
    yield "thousands-of-layers", good(groups("model_weights", count=5000))
    yield "thousands-in-layer", good(groups(LAYER, count=5000))
    yield "thousands-in-layer-dense", good(groups(LAYER, count=5000), libver="latest")
    yield "thousands-in-unknown-layer", good(groups("model_weights/dropout", count=5000))
    yield "hundred-in-layer", good(groups(LAYER, count=100))
    yield "many-in-parts", good(groups(*parts, count=30))
    yield "many-in-every-layer", good(groups(*layers, count=30))
    yield "deep", good(lambda file: file.create_group(deep))
    yield "thousands-at-root", good(groups("", count=5000), base="")


@kept
def dense() -> Files:
    """Storage of newer files for many links or attributes: crafted, it makes the library crash."""
    yield "attributes", good(attributes(KERNEL, 20), libver="latest")
    yield "links", good(groups("model_weights", count=20), libver="latest")
    yield "links-in-order", good(groups(LAYER, count=20), track_order=True)


# Row 4: right structure, wrong arrays.


@kept
def wrong_arrays() -> Files:
    kernel = values()["hidden_layer/kernel"]
    for dtype in ("<f2", "<f8", ">f4", ">f8", "<i4", "<u4", "i1", "<i8", "<c8", "<c16"):
        yield f"dtype-{dtype}", replaced(dtype=dtype, data=kernel.astype(dtype))
    for name, data in (
        ("transposed", np.ascontiguousarray(kernel.T)),
        ("flat", kernel.ravel()),
        ("scalar", np.float32(1)),
        ("one-more-axis", kernel[None]),
        ("one-row-more", np.vstack([kernel, kernel[:1]])),
        ("one-row-less", kernel[1:]),
    ):
        yield name, replaced(data=data)

    def renamed(old: str, new: str) -> bytes:
        return good(lambda file: file.move(old, new))

    yield "variable-missing", good(lambda file: file.__delitem__(BIAS))
    yield "layer-missing", good(lambda file: file.__delitem__(LAYER))
    yield "variable-renamed", renamed(BIAS, f"{LAYER}/hidden_layer/biases")
    yield "variable-in-capitals", renamed(BIAS, f"{LAYER}/hidden_layer/Bias")
    yield "layer-renamed", renamed(LAYER, "model_weights/dense")
    yield (
        "variable-extra",
        good(lambda file: file.__setitem__(f"{LAYER}/hidden_layer/scale", np.zeros(3, "f4"))),
    )
    yield (
        "layer-extra",
        good(lambda file: file.__setitem__("model_weights/extra/extra/kernel", np.zeros(3, "f4"))),
    )
    yield (
        "array-in-weightless-layer",
        good(lambda file: file.__setitem__("model_weights/dropout/kernel", np.zeros(3, "f4"))),
    )
    yield (
        "array-at-top-level",
        good(
            lambda file: file.__setitem__("model_weights/top_level_model_weights/x", np.zeros(3, "f4"))
        ),
    )
    yield (
        "array-instead-of-layer",
        good(lambda file: file.__setitem__("model_weights/extra", np.zeros(3, "f4"))),
    )
    yield (
        "two-kernels",
        good(lambda file: file.__setitem__(f"{LAYER}/other/kernel", np.zeros((4, 3), "f4"))),
    )
    yield (
        "two-kernels-by-suffix",
        good(lambda file: file.__setitem__(f"{LAYER}/hidden_layer/kernel:0", np.zeros((4, 3), "f4"))),
    )
    yield "no-weights-at-all", good(lambda file: file.__delitem__("model_weights"))
    yield "name-not-utf-8", good().replace(b"dropout\0", b"\xff\xfe\xfdpout\0")
    yield "name-with-escape", renamed(LAYER, "model_weights/\x1b[31mhidden_layer")


# Row 5: right arrays, wrong values.


@kept
def wrong_values() -> Files:
    for name, value in (
        ("nan", np.nan),
        ("inf", np.inf),
        ("minus-inf", -np.inf),
        ("huge", 1e30),
        ("minus-huge", -2e6),
    ):
        for path, last in ((KERNEL, False), ("model_weights/output_layer/output_layer/bias", True)):
            array = values()["output_layer/bias" if last else "hidden_layer/kernel"].copy()
            array.flat[-1] = value
            yield f"{name}-{'last' if last else 'first'}", replaced(path, data=array)


# Row 6: code that must never run.


def code(marker: Path) -> Files:
    """Make files with right weights whose configuration writes `marker` when it is believed."""

    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (marker,))

    call = f"__import__('pathlib').Path({str(marker)!r}).touch()"
    layer = {"class_name": "Lambda", "config": {"function": [call, None, None]}}
    lambda_layer = json.dumps({"class_name": "Sequential", "config": {"layers": [layer]}})
    attributes = {
        "lambda": lambda_layer.encode(),
        "pickle": np.void(pickle.dumps(Bomb())),
        "huge": b"[" * 1_000_000,
        "not-utf-8": np.void(b"\xff\xfe\x00" * 100),
    }
    for name, value in attributes.items():

        def change(file: h5py.File, value: Any = value) -> None:
            del file.attrs["model_config"]
            for attribute in ("model_config", "training_config", "keras_version"):
                file.attrs[attribute] = value
            file["model_weights"].attrs["layer_names"] = value
            file[LAYER].attrs["weight_names"] = value
            file["optimizer_weights/vars"] = np.zeros(5, "i8")

        yield name, good(change)


def everything(folder: Path) -> Files:
    """Return every file that must be refused."""
    for row, files in (
        (1, no_files()),
        (1, superblocks()),
        (2, links()),
        (2, outside(folder)),
        (3, bombs()),
        (3, strange_types()),
        (3, crowds()),
        (3, dense()),
        (4, wrong_arrays()),
        (5, wrong_values()),
    ):
        for name, data in files:
            yield f"row{row}-{name}", data
