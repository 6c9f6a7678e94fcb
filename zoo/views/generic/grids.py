"""Convolution and pooling in NumPy, forwards and backwards; maps are (n, height, width, channel)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Grid", "convolve", "find_grid", "find_pool", "patch", "pool", "spread", "unpool"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    """Where windows lie.

    Attributes:
        stride: Pixels from one window to the next, down and across.
        before, after: Pixels of padding, (down, across).
        padding: ``valid`` or ``same``.
        reduce: ``max`` or ``mean`` for a pooling; its window is as large as its stride.
    """

    stride: tuple[int, int] = (1, 1)
    before: tuple[int, int] = (0, 0)
    after: tuple[int, int] = (0, 0)
    padding: str = "valid"
    reduce: str = ""


def find_grid(given: Sequence[int], made: Sequence[int], kernel: Sequence[int]) -> Iterator[Grid]:
    """Yield each padding and stride that turns maps of shape `given` into `made`."""
    for step in (1, 2, 3, 4):
        sizes = [(given[axis], made[axis], kernel[axis - 1]) for axis in (1, 2)]
        if all((size - width) // step + 1 == out for size, out, width in sizes):
            yield Grid((step, step))
        if all(-(-size // step) == out for size, out, _ in sizes):
            whole = [max((out - 1) * step + width - size, 0) for size, out, width in sizes]
            before = (whole[0] // 2, whole[1] // 2)
            after = (whole[0] - before[0], whole[1] - before[1])
            yield Grid((step, step), before, after, "same")


def convolve(maps: Array, kernel: Array, grid: Grid) -> Array:
    """Return the sums (n, height, width, filter), without the bias."""
    windows = _windows(maps, kernel.shape, grid)  # (n, y, x, channel, ky, kx)
    columns = windows.transpose(0, 1, 2, 4, 5, 3).reshape(*windows.shape[:3], -1)
    return np.asarray(columns @ kernel.reshape(-1, kernel.shape[3]))


def patch(maps: Array, kernel: Array, grid: Grid, y: int, x: int) -> Array:
    """Return what the kernel covers at one place: (n, ky, kx, channel)."""
    return np.asarray(_windows(maps, kernel.shape, grid)[:, y, x].transpose(0, 2, 3, 1))


def spread(gradient: Array, kernel: Array, grid: Grid, shape: Sequence[int]) -> Array:
    """Turn d / d sums into d / d maps: each sum's share goes back to the pixels it was made of."""
    high, wide = kernel.shape[:2]
    tall = shape[1] + grid.before[0] + grid.after[0]
    across = shape[2] + grid.before[1] + grid.after[1]
    found = np.zeros((shape[0], tall, across, kernel.shape[2]))
    rows, columns = gradient.shape[1], gradient.shape[2]
    for y in range(high):
        for x in range(wide):
            down = slice(y, y + grid.stride[0] * (rows - 1) + 1, grid.stride[0])
            right = slice(x, x + grid.stride[1] * (columns - 1) + 1, grid.stride[1])
            found[:, down, right] += gradient @ kernel[y, x].T
    return found[:, grid.before[0] : tall - grid.after[0], grid.before[1] : across - grid.after[1]]


def find_pool(maps: Array, outputs: Array, tolerance: float) -> Grid | None:
    """Find the pooling, of windows side by side, that gives `outputs`; None if there is none."""
    if maps.ndim != 4 or outputs.ndim not in (2, 4) or maps.shape[3] != outputs.shape[-1]:
        return None
    made = outputs if outputs.ndim == 4 else outputs[:, None, None, :]
    stride = (maps.shape[1] // made.shape[1], maps.shape[2] // made.shape[2])
    room = tolerance * max(float(np.abs(outputs).max(initial=0.0)), 1e-3)
    for reduce in ("max", "mean"):
        grid = Grid(stride, reduce=reduce)
        if min(stride) < 1 or pool(maps, grid).shape != made.shape:
            continue
        if outputs.ndim == 4 and np.abs(pool(maps, grid) - made).max(initial=0.0) <= room:
            return grid
    return None


def pool(maps: Array, grid: Grid) -> Array:
    """Return the largest or mean value of each window."""
    blocks = _blocks(maps, grid)
    return np.asarray(blocks.max(axis=(2, 4)) if grid.reduce == "max" else blocks.mean(axis=(2, 4)))


def unpool(gradient: Array, maps: Array, grid: Grid) -> Array:
    """Turn d / d pooled into d / d maps: to the largest cell of each window, or evenly to all."""
    blocks = _blocks(maps, grid)
    down, across = grid.stride
    wide = gradient[:, :, None, :, None, :]
    if grid.reduce == "max":
        order = blocks.transpose(0, 1, 3, 5, 2, 4)  # (n, y, x, channel, ky, kx)
        flat = order.reshape(*order.shape[:4], down * across)
        chosen = np.zeros_like(flat)
        np.put_along_axis(chosen, flat.argmax(axis=-1)[..., None], 1.0, axis=-1)  # ties: the first
        shares = chosen.reshape(order.shape).transpose(0, 1, 4, 2, 5, 3)
    else:
        shares = np.full(blocks.shape, 1.0 / (down * across))
    found = np.zeros_like(maps)
    inside = (shares * wide).reshape(
        len(maps), gradient.shape[1] * down, gradient.shape[2] * across, maps.shape[3]
    )
    found[:, : inside.shape[1], : inside.shape[2]] = inside
    return found


def _blocks(maps: Array, grid: Grid) -> Array:
    down, across = grid.stride
    rows, columns = maps.shape[1] // down, maps.shape[2] // across
    inside = maps[:, : rows * down, : columns * across]
    return inside.reshape(len(maps), rows, down, columns, across, maps.shape[3])


def _windows(maps: Array, kernel: Sequence[int], grid: Grid) -> Array:
    padded = np.pad(
        maps,
        [(0, 0), (grid.before[0], grid.after[0]), (grid.before[1], grid.after[1]), (0, 0)],
    )
    windows = np.lib.stride_tricks.sliding_window_view(padded, tuple(kernel[:2]), axis=(1, 2))
    return np.asarray(windows[:, :: grid.stride[0], :: grid.stride[1]])
