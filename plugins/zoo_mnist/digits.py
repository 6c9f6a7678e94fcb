"""The digits that come with scikit-learn, brought to MNIST form. The same bytes on every machine.

1,797 handwritten digits, counted in cells of 4×4 pixels: 8×8 numbers from 0 to 16 (E. Alpaydin and
C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998). Their
file is read without importing scikit-learn.

Steps, for all digits at once: sharpen and enlarge eight times (a cell is a blurred sample of the
pen), cut the ramps to edges, scale the ink's box to 20 pixels by averaging areas, place it by whole
pixels so that the centre of mass comes nearest to index 14. All numbers are integers; where they are
carried in float64, for the sake of fast matrix products, they stay far below 2**53 and every sum is
exact in any order.
"""

from __future__ import annotations

import importlib.util
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from zoo import IntegrityError, UnavailableError

__all__ = ["load"]

Ints = NDArray[np.int64]

FILE = "datasets/data/digits.csv.gz"
FILE_LIMIT = 1_000_000
"""Bytes of the unpacked file, which has 264,712."""

COUNT = 1797
TEST = 360
CLASSES = 10

CELLS = 8
MARGIN = 1
"""Empty cells on each side of the enlarged picture: edges lie less than half a cell outside."""

FACTOR = 8
"""Pixels for a cell in the enlarged picture."""

KERNEL_UNIT = 8192
"""Catmull–Rom weights at sixteenths of a cell are whole multiples of 1/8192."""

SHARPEN_UNIT = 4
"""Sharpening takes a quarter of each neighbour's difference: it makes up for a cell's own blur."""

INK = (8, 12)
"""Cell values where ink begins and is full. Tried from 2 to 14: pens come out 2.1 to 5 pixels wide,
most often 3, loops stay open, and networks trained on MNIST read most of them."""

SIDE = 28
BOX = 20
CENTRE = 14
CHUNK = 256


def load() -> dict[str, NDArray[np.uint8]]:
    """Return the digits in MNIST form, split 1,437 to 360 with every class in proportion.

    Returns:
        x_train (1437, 28, 28), y_train (1437,), x_test (360, 28, 28), y_test (360,), all uint8.

    Raises:
        UnavailableError: If scikit-learn or its data file is not installed.
        IntegrityError: If the file is another one.
    """
    cells, labels = _read(_find())
    images = np.concatenate([_mnist_form(cells[at : at + CHUNK]) for at in range(0, len(cells), CHUNK)])
    is_test = _choose_test(labels)
    y = labels.astype(np.uint8)
    return {
        "x_train": images[~is_test],
        "y_train": y[~is_test],
        "x_test": images[is_test],
        "y_test": y[is_test],
    }


def _find() -> Path:
    """Find scikit-learn's folder; naming a top-level package imports nothing."""
    try:
        spec = importlib.util.find_spec("sklearn")
    except (ImportError, ValueError):
        spec = None
    for folder in (spec.submodule_search_locations or []) if spec is not None else []:
        if (Path(folder) / FILE).is_file():
            return Path(folder) / FILE
    raise UnavailableError("digits: scikit-learn's digits.csv.gz was not found; install scikit-learn")


def _read(path: Path) -> tuple[Ints, Ints]:
    """Return cells (n, 8, 8) and labels (n,)."""
    try:
        unpack = zlib.decompressobj(wbits=31)
        text = unpack.decompress(path.read_bytes(), FILE_LIMIT)
        rows = np.array(text.replace(b"\n", b",").rstrip(b",").split(b","), "S2").astype(np.int64)
        table = rows.reshape(COUNT, CELLS * CELLS + 1)
    except (OSError, zlib.error, ValueError) as error:
        raise IntegrityError(
            f"digits: {path} cannot be used ({error}); reinstall scikit-learn"
        ) from None
    cells, labels = table[:, :-1].reshape(-1, CELLS, CELLS), table[:, -1]
    if cells.min() < 0 or cells.max() > 16 or labels.min() < 0 or labels.max() >= CLASSES:
        raise IntegrityError(f"digits: {path} holds other numbers than digits; reinstall scikit-learn")
    return cells, labels


def _choose_test(labels: Ints) -> NDArray[np.bool_]:
    """Mark the test rows: of each class its share, evenly spread over the file's order of writers."""
    counts = np.bincount(labels, minlength=CLASSES)
    shares, rest = np.divmod(counts * TEST, len(labels))
    most_left = np.argsort(-rest, kind="stable")[: TEST - shares.sum()]
    shares[most_left] += 1
    chosen = np.zeros(len(labels), bool)
    for label in range(CLASSES):
        rows = np.flatnonzero(labels == label)
        steps = np.arange(len(rows) + 1) * shares[label] // len(rows)
        chosen[rows[np.diff(steps) > 0]] = True
    return chosen


def _mnist_form(cells: Ints) -> NDArray[np.uint8]:
    """Bring cells (n, 8, 8) of 0 to 16 to images (n, 28, 28)."""
    ink = _enlarged(cells)  # (n, 80, 80), 0 to 255
    tops, heights = _extent(ink, axis=2)
    lefts, widths = _extent(ink, axis=1)
    longer = np.maximum(heights, widths)
    rows = np.maximum(1, (2 * BOX * heights + longer) // (2 * longer))
    columns = np.maximum(1, (2 * BOX * widths + longer) // (2 * longer))
    side = ink.shape[1]
    down = _overlaps(tops, heights, rows, side)  # (n, 20, 80)
    across = _overlaps(lefts, widths, columns, side)
    sums = down @ ink.astype(np.float64) @ across.transpose(0, 2, 1)  # (n, 20, 20), below 2**24
    areas = (heights * widths)[:, None, None]
    boxes = (2 * sums.astype(np.int64) + areas) // (2 * areas)
    return _placed(boxes, rows, columns)


def _enlarged(cells: Ints) -> Ints:
    weights = _enlarging()  # (80, 8)
    fine = weights @ cells.astype(np.float64) @ weights.T  # below 2**36
    unit = (KERNEL_UNIT * SHARPEN_UNIT) ** 2
    low, high = INK[0] * unit, INK[1] * unit
    above = np.clip(fine.astype(np.int64) - low, 0, high - low)
    return (2 * 255 * above + (high - low)) // (2 * (high - low))


def _enlarging() -> NDArray[np.float64]:
    """Whole weights (80, 8): sharpen, then interpolate by E. Catmull's and R. Rom's cubic (1974)."""
    inner = CELLS + 4  # outside there is nothing, which sharpening makes less than nothing
    sharpen = np.zeros((inner, inner), np.int64)
    for cell in range(inner):
        sharpen[cell, cell] = SHARPEN_UNIT + 2
        for neighbour in (cell - 1, cell + 1):
            if 0 <= neighbour < inner:
                sharpen[cell, neighbour] = -1
    size = (CELLS + 2 * MARGIN) * FACTOR
    interpolate = np.zeros((size, inner), np.int64)
    for pixel in range(size):
        sixteenths = 2 * pixel + 1 - FACTOR + 2 * FACTOR * (2 - MARGIN)  # from the first cell's middle
        cell, t = divmod(sixteenths, 16)
        # -t/2 + t² - t³/2, 1 - 5t²/2 + 3t³/2, t/2 + 2t² - 3t³/2, -t²/2 + t³/2, in units of 1/8192
        cubic = (
            -256 * t + 32 * t**2 - t**3,
            8192 - 80 * t**2 + 3 * t**3,
            256 * t + 64 * t**2 - 3 * t**3,
            -16 * t**2 + t**3,
        )
        for offset, weight in enumerate(cubic, start=-1):
            if 0 <= cell + offset < inner:
                interpolate[pixel, cell + offset] += weight
    return (interpolate @ sharpen)[:, 2:-2].astype(np.float64)


def _extent(ink: Ints, axis: int) -> tuple[Ints, Ints]:
    """First row (axis 2) or column (axis 1) of each digit that is at least half ink, and how many."""
    there: NDArray[np.bool_] = np.asarray((ink >= 128).any(axis=axis))
    first = there.argmax(axis=1)
    last = there.shape[1] - there[:, ::-1].argmax(axis=1)
    return first, last - first


def _overlaps(starts: Ints, olds: Ints, news: Ints, side: int) -> NDArray[np.float64]:
    """Whole overlaps (n, 20, side) of new and old pixels; those of one new pixel sum to `olds`."""
    k = np.arange(BOX)[None, :, None]
    i = np.arange(side)[None, None, :] - starts[:, None, None]
    old, new = olds[:, None, None], news[:, None, None]
    overlap = np.minimum((k + 1) * old, (i + 1) * new) - np.maximum(k * old, i * new)
    return np.where((k < new) & (i >= 0) & (i < old), np.maximum(overlap, 0), 0).astype(np.float64)


def _placed(boxes: Ints, rows: Ints, columns: Ints) -> NDArray[np.uint8]:
    images = np.zeros((len(boxes), SIDE, SIDE), np.uint8)
    totals = boxes.sum(axis=(1, 2))
    index = np.arange(BOX)
    starts = []
    for axis, sizes in ((1, rows), (2, columns)):
        moments = (boxes.sum(axis=3 - axis) * index).sum(axis=1)
        nearest = (2 * CENTRE * totals - 2 * moments + totals) // (2 * totals)
        starts.append(np.clip(nearest, 0, SIDE - sizes))
    for n, (top, left) in enumerate(zip(*starts, strict=True)):
        height, width = rows[n], columns[n]
        images[n, top : top + height, left : left + width] = boxes[n, :height, :width]
    return images
