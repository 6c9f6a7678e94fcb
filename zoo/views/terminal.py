"""Pictures for a terminal: half blocks where there is colour, shades and signs where there is none."""

from __future__ import annotations

import functools
import re
import textwrap
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from zoo.views.picture import Picture

__all__ = ["Colour", "half_blocks", "render"]

Colour = Literal["truecolor", "256", "none"]

SHADES = " .:-=+*#%@"
"""Dark to bright, for intensities."""

PLUS, MINUS = " .:+*#", " ,;-=~"
"""Zero outwards, for positive and for negative values: told apart by the sign itself."""

LEVELS = (0, 95, 135, 175, 215, 255)
"""Brightness of the steps of the 256-colour cube."""

ROWS = 14
"""Lines of a line plot."""

RESET = "\x1b[0m"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def render(picture: Picture, *, columns: int = 80, colour: Colour = "none") -> str:
    """Return the picture as lines of text, none wider than `columns`: title, panels, scales, `alt`.

    Images become cells, two rows a line; a matrix with texts on it becomes a table; line plots
    become letters on a grid. Panels stand one below the other.
    """
    figure = picture.figure
    panels, words = [], []
    signed = False
    for axes in figure.axes:
        bar = getattr(axes, "_colorbar", None)
        if bar is not None:
            norm = bar.mappable.norm
            words.append(f"{axes.get_ylabel() or 'scale'}: {norm.vmin:.3g} … {norm.vmax:.3g}")
        elif axes.images and axes.get_label() != "aside":
            signed |= _signed(axes.images[0])
            panels.append(_panel(axes, axes.images[0], columns, colour))
        elif axes.lines:
            panels.append(_plot(axes, columns))
    if signed and colour == "none":
        words.append(f"above zero {PLUS.strip()}   below zero {MINUS.strip()}")
    texts = [
        _CONTROL.sub(" ", text)
        for text in (str(figure.get_label()) or picture.view, *words, picture.alt)
    ]
    lines = [line for text in texts for line in textwrap.wrap(text, columns)]
    title = textwrap.wrap(texts[0], columns)
    return "\n".join([*title, "", "\n\n".join(panels), "", *lines[len(title) :]]) + "\n"


def half_blocks(rgb: npt.NDArray[np.uint8], *, colour: Literal["truecolor", "256"] = "truecolor") -> str:
    """Return an image, uint8 (height, width, 3), as half blocks: two pixels a character."""
    if len(rgb) % 2:
        rgb = np.concatenate([rgb, np.full_like(rgb[:1], 255)])
    lines = []
    for above, below in zip(rgb[::2], rgb[1::2], strict=True):
        line, last = [], ""
        for one, other in zip(above, below, strict=True):
            code = f"\x1b[{_code(one, 38, colour)};{_code(other, 48, colour)}m"
            line.append(("" if code == last else code) + "▀")
            last = code
        lines.append("".join(line) + RESET)
    return "\n".join(lines)


def _panel(axes: Axes, image: Any, columns: int, colour: Colour) -> str:
    values: np.ma.MaskedArray[Any, Any] = np.ma.asarray(image.get_array())
    texts = {
        (round(y), round(x)): text.get_text() for text in reversed(axes.texts) for x, y in [_xy(text)]
    }
    rows, across = _ticks(axes.yaxis), _ticks(axes.xaxis)
    if values.ndim == 2 and len(rows) == len(values) and any(rows):
        if len(across) == values.shape[1] and len(texts) > len(values):
            return _table(values, texts, rows, across, columns)
        return _bands(image, values, rows, columns, colour)
    step = max(1, -(-values.shape[1] // columns))
    captions = _captions(values, texts, columns)
    if colour == "none":
        return "\n".join([*_shaded(image, _coarse(values, step), pairs=True), *captions])
    rgba = image.to_rgba(_coarse(values, step))
    page = rgba[..., :3] * rgba[..., 3:] + (1 - rgba[..., 3:])
    return "\n".join([half_blocks((255 * page + 0.5).astype(np.uint8), colour=colour), *captions])


def _captions(values: Any, texts: dict[tuple[int, int], str], columns: int) -> list[str]:
    """List what stands in the gaps of a grid of maps, row by row."""
    mask = np.ma.getmaskarray(values)
    rows: dict[int, list[str]] = {}
    for (y, x), text in sorted(texts.items()):
        if 0 <= y < len(mask) and 0 <= x < mask.shape[1] and mask[y, x].all():
            rows.setdefault(y, []).append(_CONTROL.sub(" ", text))
    lines = [", ".join(row) for row in rows.values()]
    return [line for text in lines for line in textwrap.wrap(f"[{text}]", columns)]


def _table(
    values: npt.NDArray[Any],
    texts: dict[tuple[int, int], str],
    rows: list[str],
    across: list[str],
    columns: int,
) -> str:
    """Write a matrix with texts on its cells as a table of these texts."""
    grid = [["", *across]]
    for y, label in enumerate(rows):
        grid.append([label, *(texts.get((y, x), "·") for x in range(values.shape[1]))])
    wide = [max(len(row[x]) for row in grid) for x in range(len(grid[0]))]
    lines = ["  ".join(cell.rjust(wide[x]) for x, cell in enumerate(row)) for row in grid]
    return "\n".join(_CONTROL.sub(" ", line)[:columns] for line in lines)


def _bands(image: Any, values: npt.NDArray[Any], rows: list[str], columns: int, colour: Colour) -> str:
    """Write each row of a heat map as one labelled line."""
    margin = min(max(len(row) for row in rows), columns // 3)
    room = max(8, columns - margin - 1)
    count = values.shape[1]
    wide = min(room, count * max(1, min(4, room // count)))
    shown = values[:, np.arange(wide) * count // wide]
    if colour == "none":
        bands = _shaded(image, shown, pairs=False)
    else:
        cells = (255 * image.to_rgba(shown)[..., :3] + 0.5).astype(np.uint8)
        bands = ["".join(f"\x1b[{_code(cell, 48, colour)}m " for cell in row) + RESET for row in cells]
    labels = [_CONTROL.sub(" ", row)[:margin].rjust(margin) for row in rows]
    return "\n".join(f"{label} {band}" for label, band in zip(labels, bands, strict=True))


def _shaded(image: Any, values: npt.NDArray[Any], *, pairs: bool) -> list[str]:
    cells: np.ma.MaskedArray[Any, Any] = np.ma.asarray(values)
    if cells.ndim == 3:
        cells = np.ma.asarray(cells[..., :3].mean(axis=-1))
    if pairs:  # a character is twice as high as wide: it stands for two rows
        if len(cells) % 2:
            cells = np.ma.concatenate([cells, np.ma.masked_all_like(cells[:1])])  # type: ignore[no-untyped-call]
        cells = _pool(cells.reshape(-1, 2, cells.shape[1]), 1)
    shares = np.ma.filled(cells, 0.0) / float(image.norm.vmax or 1.0)
    mask = np.ma.getmaskarray(cells)
    plus, minus = (PLUS, MINUS) if _signed(image) else (SHADES, SHADES)
    return [
        "".join(" " if gap else _shade(share, plus, minus) for share, gap in zip(row, gaps, strict=True))
        for row, gaps in zip(shares, mask, strict=True)
    ]


def _shade(share: float, plus: str, minus: str) -> str:
    ramp = plus if share >= 0 else minus
    return ramp[min(len(ramp) - 1, round(abs(share) * (len(ramp) - 1)))]


def _coarse(values: np.ma.MaskedArray[Any, Any], step: int) -> np.ma.MaskedArray[Any, Any]:
    """Make blocks of ``step × step`` cells one: their mean, so that strokes and signs remain."""
    if step == 1 or values.ndim == 3:
        return np.ma.asarray(values[::step, ::step])
    high, wide = (-(-size // step) * step for size in values.shape)
    room: np.ma.MaskedArray[Any, Any] = np.ma.masked_array(np.zeros((high, wide)), mask=True)
    room[: values.shape[0], : values.shape[1]] = values
    return _pool(_pool(room.reshape(high // step, step, wide // step, step), 3), 1)


def _pool(cells: np.ma.MaskedArray[Any, Any], axis: int) -> np.ma.MaskedArray[Any, Any]:
    """Average what is not masked."""
    return np.ma.asarray(cells.mean(axis=axis))


def _signed(image: Any) -> bool:
    return image.norm.vmin is not None and image.norm.vmin < 0


def _ticks(axis: Any) -> list[str]:
    return list(axis.get_major_formatter().format_ticks(axis.get_ticklocs()))


def _xy(text: Any) -> tuple[float, float]:
    x, y = text.get_position()
    return float(x), float(y)


def _plot(axes: Axes, columns: int) -> str:
    """Draw lines as letters, each the first of its name that is free, within the panel's limits."""
    wide = max(16, min(columns - 12, 64))
    grid = [[" "] * wide for _ in range(ROWS)]
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    names: dict[str, str] = {}
    for line in axes.lines:
        word = str(line.get_label())
        letter = next(
            (c for c in word + word.upper() + "0123456789" if c.isalnum() and c not in names), "*"
        )
        names[letter] = word
        for x, y in zip(*(np.asarray(part, float) for part in line.get_data()), strict=True):
            column = round((x - left) / ((right - left) or 1) * (wide - 1))
            row = round((high - y) / ((high - low) or 1) * (ROWS - 1))
            if 0 <= row < ROWS and 0 <= column < wide:
                grid[row][column] = letter
    edges = {0: f"{high:>8.3g} ┤", ROWS - 1: f"{low:>8.3g} ┤"}
    rows = [edges.get(y, " " * 9 + "│") + "".join(row).rstrip() for y, row in enumerate(grid)]
    legend = ", ".join(f"{letter} = {word}" for letter, word in names.items())
    head = f"{axes.get_ylabel()} by {axes.get_xlabel()} ({legend})"
    return "\n".join([*textwrap.wrap(head, columns), *rows, " " * 9 + "└" + "─" * wide])


def _code(pixel: npt.NDArray[np.uint8], ground: int, colour: str) -> str:
    red, green, blue = (int(part) for part in pixel)
    if colour == "truecolor":
        return f"{ground};2;{red};{green};{blue}"
    return f"{ground};5;{_nearest(red, green, blue)}"


@functools.lru_cache(4096)
def _nearest(red: int, green: int, blue: int) -> int:
    """Number of the nearest of the 256 colours; the first 16 differ between terminals."""
    cube = [(r, g, b) for r in LEVELS for g in LEVELS for b in LEVELS]
    grays = [(level, level, level) for level in range(8, 248, 10)]
    distances = ((np.array(cube + grays) - (red, green, blue)) ** 2).sum(axis=1)
    return 16 + int(distances.argmin())
