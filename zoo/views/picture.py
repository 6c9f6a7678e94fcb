"""`Picture`: a drawn view, with the numbers it was drawn from and a sentence that tells it."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from zoo.errors import InvalidValueError, PluginError, ZooError, complaint, one_line
from zoo.views.layout import DPI, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["FORMATS", "Frames", "Picture"]

FORMATS = ("png", "svg", "pdf")


@dataclasses.dataclass
class Picture:
    """One drawn view.

    Attributes:
        view: Name of the view.
        parameters: Every parameter with its value, as plain data.
        alt: One sentence that says what the picture shows.
        numbers: The frozen dataclass the picture was drawn from.
        figure: The matplotlib figure.
        plugin: Name of the plugin that drew it; empty where nobody knows.
    """

    view: str
    parameters: dict[str, Any]
    alt: str
    numbers: Any
    figure: Figure
    plugin: str = ""
    _pixels: npt.NDArray[np.uint8] | None = dataclasses.field(
        default=None, init=False, repr=False, compare=False
    )
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
        """Return the bytes of the picture as ``png``, ``svg`` or ``pdf``.

        Raises:
            PluginError: If what the view put on its page cannot be drawn.
        """
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
        with self._laid_at_its_door(), style():
            self.figure.savefig(buffer, format=kind, dpi=DPI, facecolor="white", metadata=metadata)
        return buffer.getvalue()

    def rasterise(self) -> None:
        """Draw the pixels now: `encode` as png is then only compression, which another thread may do.

        Raises:
            PluginError: If what the view put on its page cannot be drawn.
        """
        from zoo.views.raster import rasterise

        if (self._pixels is None and self._drawn is None) or self.figure.stale:
            with self._laid_at_its_door():
                self._pixels, self._drawn = rasterise(self.figure), None

    @contextlib.contextmanager
    def _laid_at_its_door(self) -> Iterator[None]:
        """Tell what goes wrong while artists draw themselves as a fault of the view that chose them."""
        try:
            yield
        except ZooError:
            raise
        except Exception as error:
            from zoo.plugins.guard import described

            by = f" of plugin {self.plugin}" if self.plugin else ""
            text = f"{self.view}: its figure{by} cannot be drawn: {described(error)}"
            raise PluginError(text, plugin=self.plugin) from error

    def _png(self, command: str) -> bytes:
        from zoo.views.raster import encode, with_notes

        self.rasterise()
        if self._pixels is not None:
            self._drawn, self._pixels = encode(self._pixels), None
        assert self._drawn is not None
        notes = {"Title": self.view, "Description": self.alt, "Source": command}
        return with_notes(self._drawn, notes)

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
