"""Pages for pictures: a title, a note, panels on a fixed grid, room for a colour bar.

Everything is placed in inches, rounded to whole pixels at 150 dpi, so that a picture needs no layout
engine (slow) and a cell of an image is the same number of pixels everywhere (crisp).
"""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import warnings
from collections.abc import Iterator
from typing import Any, cast

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from zoo.views import outlines

__all__ = [
    "DPI",
    "FAINT",
    "INK",
    "PALE",
    "QUIET",
    "WIDTH",
    "Sheet",
    "beside",
    "caption",
    "figure",
    "pixels",
    "place",
    "style",
    "text_width",
]

DPI = 150
"""Pixels an inch of every PNG."""

WIDTH = 8.2
"""Inches that a picture aims for: text of 9–14 points is then easily read from the back of a room."""

NARROW = 4.4
"""Least width in inches: a title needs room even above a single digit."""

INK, QUIET, FAINT, PALE = "#16181d", "#555b66", "#c3c8d1", "#e9edf3"
"""Colours of text, of notes and labels, of lines that only help the eye, and of empty cells."""

TITLE, NOTE, LABEL, SMALL = 14.0, 9.5, 9.5, 8.5
"""Font sizes in points."""

MARGIN = 0.28
LEADING = 1.35
LEGEND = 0.34

NO_BREAK = "\N{NO-BREAK SPACE}"

ASIDE = "aside"
"""Label of a panel that only explains another; a terminal has no room for it."""
BAR_WIDTH, BAR_GAP, BAR_ROOM = 0.14, 0.2, 0.72

STYLE: dict[str, Any] = {
    "font.family": [outlines.FAMILY],  # the same picture on every machine
    "text.parse_math": False,  # a $ in a name is a $
    "text.color": INK,
    "axes.labelcolor": QUIET,
    "axes.edgecolor": "#8a909b",
    "axes.linewidth": 0.7,
    "axes.labelsize": LABEL,
    "axes.titlesize": LABEL,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": "#8a909b",
    "ytick.color": "#8a909b",
    "xtick.labelcolor": QUIET,
    "ytick.labelcolor": QUIET,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "xtick.major.size": 3.0,
    "ytick.major.size": 3.0,
    "grid.color": "#e6e8ec",
    "grid.linewidth": 0.7,
    "legend.fontsize": LABEL,
    "legend.frameon": False,
    "svg.hashsalt": "digit-zoo",  # names of SVG elements do not change from run to run
    "pdf.fonttype": 42,
}

_style_lock = threading.RLock()


@contextlib.contextmanager
def style() -> Iterator[None]:
    """Draw in the style of the zoo, whatever the user's matplotlibrc says; one thread at a time.

    matplotlib keeps its settings in one global place; the lock keeps two drawing threads from
    leaving each other's settings behind.
    """
    with _style_lock, mpl.rc_context(), warnings.catch_warnings():
        # A name in a script that the font lacks is drawn with stand-ins; that needs no warning.
        warnings.filterwarnings("ignore", message="(?s)Glyph .* missing from")
        mpl.rcdefaults()
        mpl.rcParams.update(cast(Any, STYLE))
        yield


@dataclasses.dataclass(frozen=True)
class Sheet:
    """A figure with its panels.

    Attributes:
        axes: The panels, row by row.
        bar: Place of the colour bar, None where none was asked for.
        corner: Left end and top of the line kept for a legend, in shares of the figure.
    """

    figure: Figure
    axes: tuple[Axes, ...]
    bar: Axes | None = None
    corner: tuple[float, float] = (0.0, 1.0)


def figure(
    rows: int = 1,
    columns: int = 1,
    *,
    title: str,
    note: str = "",
    panel: tuple[float, float] = (3.0, 3.0),
    gap: tuple[float, float] = (0.3, 0.3),
    room: tuple[float, float] = (0.0, 0.0),
    bar: bool = False,
    legend: bool = False,
    head: float = 0.0,
) -> Sheet:
    """Make an empty page with ``rows × columns`` panels.

    Args:
        rows: Panels down.
        columns: Panels across.
        title: Says what is seen; wrapped where it is too long.
        note: One or two quiet lines under the title: the scale, the numbers that matter.
        panel: Width and height of a panel in inches.
        gap: Inches between panels, across and down.
        room: Inches left of and below the panels for tick labels.
        bar: Leave a place for a colour bar right of the panels.
        legend: Leave a line for a legend above the panels.
        head: Inches above the first row of panels for their captions; later rows use the gap.
    """
    (wide, high), (across, down), (left, below) = _snap(panel), _snap(gap), _snap(room)
    inner = columns * wide + (columns - 1) * across
    tail = BAR_GAP + BAR_WIDTH + BAR_ROOM if bar else 0.0
    width = pixels(max(2 * MARGIN + left + inner + tail, NARROW))
    spare = pixels((width - 2 * MARGIN - left - inner - tail) / 2)
    heading = wrap(title, width - 2 * MARGIN, TITLE, bold=True)
    quiet = wrap(note, width - 2 * MARGIN, NOTE) if note else []
    header = (len(heading) * TITLE + len(quiet) * NOTE) * LEADING / 72
    top = MARGIN + header + 0.12 + (LEGEND if legend else 0.0) + pixels(head)
    floor = 0.14 if below else MARGIN  # what hangs below the panels needs less
    height = pixels(top + rows * high + (rows - 1) * down + below + floor)

    page = Figure(figsize=(width, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(page)
    page.set_label(title)
    y = 1 - MARGIN / height
    for lines, size, colour, weight in ((heading, TITLE, INK, "bold"), (quiet, NOTE, QUIET, "normal")):
        for line in lines:
            page.text(MARGIN / width, y, line, va="top", size=size, color=colour, weight=weight)
            y -= size * LEADING / 72 / height
    x0, y0 = pixels(MARGIN + left + spare), pixels(floor + below)
    axes = [
        page.add_axes(
            (
                (x0 + column * (wide + across)) / width,
                (y0 + row * (high + down)) / height,
                wide / width,
                high / height,
            )
        )
        for row in reversed(range(rows))
        for column in range(columns)
    ]
    place = None
    if bar:
        total = rows * high + (rows - 1) * down
        tall = pixels(min(total, 2.6))
        start = y0 + pixels((total - tall) / 2)
        box = ((x0 + inner + BAR_GAP) / width, start / height, BAR_WIDTH / width, tall / height)
        place = page.add_axes(box)
    return Sheet(page, tuple(axes), place, (x0 / width, y - 0.04 / height))


def beside(sheet: Sheet, axes: Axes, width: float, gap: float) -> Axes:
    """Make a panel of `width` inches left of another, as high, `gap` inches away."""
    box = axes.get_position()
    whole = sheet.figure.get_figwidth()
    left = box.x0 - pixels(width + gap) / whole
    place = (left, box.y0, pixels(width) / whole, box.height)
    return sheet.figure.add_axes(place, label=ASIDE)


def place(sheet: Sheet, left: float, top: float, width: float, height: float) -> Axes:
    """Make a panel at a place of its own, in inches from the upper left corner of the first panel.

    That panel is then a stage: hide its frame with ``sheet.axes[0].axis("off")``.
    """
    stage = sheet.axes[0].get_position()
    whole, tall = sheet.figure.get_figwidth(), sheet.figure.get_figheight()
    left, top, width, height = (pixels(inches) for inches in (left, top, width, height))
    box = (stage.x0 + left / whole, stage.y1 - (top + height) / tall, width / whole, height / tall)
    return sheet.figure.add_axes(box)


def caption(axes: Axes, text: str, *, size: float = LABEL, strong: bool = False) -> None:
    """Write a short text above a panel; the page keeps room for it by ``head``."""
    axes.set_title(text, size=size, color=INK if strong else QUIET, pad=5, loc="center")


def pixels(inches: float) -> float:
    """Round to whole pixels."""
    return round(inches * DPI) / DPI


def _snap(pair: tuple[float, float]) -> tuple[float, float]:
    return pixels(pair[0]), pixels(pair[1])


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Break `text` into lines that fit `width` inches; a word that is too long is cut."""
    text = "".join(c if c.isprintable() or c == NO_BREAK else " " for c in text).strip(" ")
    if text and text_width(text, size, bold=bold) <= width:
        return [text]
    lines: list[str] = []
    line = ""
    for word in filter(None, text.split(" ")):  # a no-break space keeps number and unit together
        longer = f"{line} {word}" if line else word
        if text_width(longer, size, bold=bold) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        while text_width(word, size, bold=bold) > width and len(word) > 1:
            word = word[: max(1, len(word) * 9 // 10 - 1)] + "…"
        line = word
    return [*lines, line] if line else lines


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of one line in inches."""
    wide, _, _ = outlines.size(text, outlines.font(size, bold=bold))
    return wide / 72
