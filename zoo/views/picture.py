"""`Picture`: a drawn view, with the numbers it was drawn from and a sentence that tells it."""

from __future__ import annotations

import dataclasses
import io
import math
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.errors import InvalidValueError, complaint, one_line
from zoo.views.layout import DPI, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["FORMATS", "Frames", "Picture"]

FORMATS = ("png", "svg", "pdf")

HEADER = 33
"""Bytes of a PNG before its first chunk after IHDR: there text chunks may go in."""

COMPRESSION = 4
"""zlib level of PNGs: level 6 takes half as long again and saves 3 %."""


@dataclasses.dataclass
class Picture:
    """One drawn view.

    Attributes:
        view: Name of the view.
        parameters: Every parameter with its value, as plain data.
        alt: One sentence that says what the picture shows.
        numbers: The frozen dataclass the picture was drawn from.
        figure: The matplotlib figure.
    """

    view: str
    parameters: dict[str, Any]
    alt: str
    numbers: Any
    figure: Figure
    _drawn: bytes | None = dataclasses.field(default=None, init=False, repr=False, compare=False)

    def save(self, path: Path | str, *, command: str = "") -> Path:
        """Write the picture as ``.png`` (150 dpi), ``.svg`` or ``.pdf``, whole or not at all.

        Args:
            path: Where to; the folder exists.
            command: How to draw it again; kept in the file. The same picture and command give the
                same bytes: nothing of the clock or the machine is in the file.

        Raises:
            InvalidValueError: If the ending is another.
            ZooError: If the file cannot be written.
        """
        from zoo.store.files import write_whole

        path = Path(path)
        write_whole(path, self.encode(_format(path), command=command))
        return path

    def encode(self, kind: str = "png", *, command: str = "") -> bytes:
        """Return the bytes of the picture as ``png``, ``svg`` or ``pdf``."""
        command = one_line(command)
        if kind == "png":
            return self._png(command)
        metadata: dict[str, str | None]
        if kind == "svg":
            metadata = {"Date": None, "Creator": None, "Title": self.view, "Description": self.alt}
            if command:
                metadata["Source"] = command
        else:
            metadata = {"CreationDate": None, "Creator": None, "Producer": None, "Title": self.view}
            metadata |= {"Subject": command or self.alt}
        buffer = io.BytesIO()
        with style():
            self.figure.savefig(buffer, format=kind, dpi=DPI, facecolor="white", metadata=metadata)
        return buffer.getvalue()

    def _png(self, command: str) -> bytes:
        if self._drawn is None or self.figure.stale:
            self._drawn = _rasterise(self.figure)
        notes = {"Title": self.view, "Description": self.alt, "Source": command}
        chunks = b"".join(_text_chunk(key, text) for key, text in notes.items() if text)
        return self._drawn[:HEADER] + chunks + self._drawn[HEADER:]

    def to_data(self) -> dict[str, Any]:
        """Return plain JSON-able data: name, parameters, alt and the numbers."""
        return {
            "name": self.view,
            "parameters": dict(self.parameters),
            "alt": self.alt,
            "numbers": plain(self.numbers),
        }

    def _repr_png_(self) -> bytes:
        return self.encode("png")

    def __repr__(self) -> str:
        return f"<Picture {self.view}: {self.alt}>"


@dataclasses.dataclass
class Frames:
    """One view drawn for each value of one parameter; the report shows it with a slider.

    Attributes:
        view: Name of the view.
        parameter: The parameter that changes.
        labels: Its value in words, one a picture.
        pictures: In the order of the values.
        start: Index of the picture shown first: the parameter's default, or the value nearest to it;
            the last one where the default is none of the values.
        still: The picture drawn at the default, where that is none of the values.
    """

    view: str
    parameter: str
    labels: tuple[str, ...]
    pictures: tuple[Picture, ...]
    start: int = 0
    still: Picture | None = None

    @property
    def picture(self) -> Picture:
        """The picture drawn at the parameter's default; the one to keep as a file."""
        return self.still or self.pictures[self.start]

    @property
    def alt(self) -> str:
        return self.picture.alt

    @property
    def parameters(self) -> dict[str, Any]:
        """Those that all pictures share."""
        shared = self.picture.parameters.items()
        return {name: value for name, value in shared if name != self.parameter}

    def save(self, path: Path | str, *, command: str = "") -> Path:
        """Write all pictures as one ``.gif`` that repeats, whole or not at all; as `Picture.save`."""
        from zoo.store.files import write_whole
        from zoo.views.film import encode

        path = Path(path)
        if path.suffix.lower() != ".gif":
            raise _wrong_ending(path, "a name that ends in .gif")
        write_whole(path, encode(self, command=command))
        return path


def _rasterise(figure: Figure) -> bytes:
    """Draw a figure into a PNG without any text chunk.

    Not by savefig: that lays the figure out twice and keeps an alpha channel opaque everywhere.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    with style():
        figure.set_dpi(DPI)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()  # type: ignore[no-untyped-call]
        pixels = np.asarray(canvas.buffer_rgba())[..., :3]  # type: ignore[no-untyped-call]
    buffer = io.BytesIO()
    image = Image.fromarray(np.ascontiguousarray(pixels))
    image.save(buffer, "PNG", compress_level=COMPRESSION, dpi=(DPI, DPI))
    return buffer.getvalue()


def _text_chunk(key: str, text: str) -> bytes:
    """Make an iTXt chunk: UTF-8, not compressed (PNG specification, 11.3.3.4)."""
    body = b"iTXt" + key.encode("latin-1") + b"\0\0\0\0\0" + text.encode("utf-8", "replace")
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def plain(value: Any) -> Any:
    """Turn numbers of a view into JSON-able data: arrays become lists; masked or not finite, None."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, (np.ndarray, np.generic)):  # masked arrays too: their tolist gives None
        return plain(value.tolist())
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None  # JSON has no word for it
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)


def _format(path: Path) -> str:
    kind = path.suffix.removeprefix(".").lower()
    if kind not in FORMATS:
        raise _wrong_ending(path, "a name that ends in .png, .svg or .pdf")
    return kind


def _wrong_ending(path: Path, expected: str) -> InvalidValueError:
    got = f"ending {path.suffix!r}" if path.suffix else "no ending"
    return InvalidValueError(complaint(f"picture {one_line(path.name, 80)}", expected=expected, got=got))
