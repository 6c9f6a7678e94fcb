"""Draw views into files: each whole or not at all, one failing view does not stop the others."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.errors import UnknownNameError, UsageError, ZooError, one_line, unknown
from zoo.store.files import sweep

if TYPE_CHECKING:
    from zoo.api.house import Zoo
    from zoo.api.loaded import LoadedModel
    from zoo.views import Frames, Picture

__all__ = ["Drawing", "Drawn", "check_folder", "draw_defaults", "draw_one"]

FORMATS = ("png", "svg", "pdf", "gif")
"""Of a picture; a GIF runs through the values of the view's slider."""

ENDINGS = tuple(f".{kind}" for kind in FORMATS)
"""Of a name that means one picture; anything else is a folder."""


Command = str | Callable[[str], str]
"""What draws a picture again: a text, or a function of the view's name; empty for the plain command."""


@dataclass(frozen=True)
class Drawn:
    """A picture on disk; `numbers` is what it was drawn from, where one view was asked for."""

    name: str
    files: tuple[str, ...]
    alt: str
    parameters: Mapping[str, Any]
    numbers: Any = None

    def to_data(self) -> dict[str, Any]:
        data = {
            "name": self.name,
            "files": list(self.files),
            "alt": self.alt,
            "parameters": dict(self.parameters),
        }
        return data if self.numbers is None else {**data, "numbers": self.numbers}


@dataclass
class Drawing:
    """What became of some views.

    Attributes:
        pictures: As drawn, in order; with a slider where the view declares one.
        views: The same on disk.
        skipped: View → why the model does not have what it needs.
        failed: View → what went wrong.
    """

    pictures: list[Picture | Frames] = field(default_factory=list)
    views: list[Drawn] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        return 1 if self.failed else 0


def check_folder(folder: Path) -> None:
    """Make the output folder now: a wrong place is said before any work is done.

    Half pictures that a killed process left there are removed.

    Raises:
        ZooError: If it cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ZooError(
            one_line(f"{folder}: cannot make this folder ({reason}); choose another with --output")
        ) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ZooError(
            one_line(f"{folder}: cannot write into this folder; choose another with --output")
        )
    sweep(folder)


def draw_defaults(
    zoo: Zoo,
    loaded: LoadedModel,
    folder: Path,
    command: Command,
    kind: str = "png",
    *,
    sliders: bool = False,
) -> Drawing:
    """Draw the model's default views into `folder`, under stable names.

    Args:
        zoo: Where the views come from.
        loaded: The model.
        folder: It exists.
        command: What draws a picture again.
        kind: One of `FORMATS`.
        sliders: Draw all frames of a view that has a slider, as a report wants them.
    """
    from zoo.views.matching import draw, frames, unmet
    from zoo.views.picture import Frames

    drawing = Drawing()
    saving: list[tuple[Picture | Frames, Drawn, list[Future[Any]]]] = []
    # Another thread compresses and writes a picture while the next is drawn: zlib needs no Python.
    with ThreadPoolExecutor(max_workers=1) as scribe:
        for name in loaded.spec.default_views:
            with _noted(zoo, drawing, name):
                try:
                    offer = zoo.catalogue.view(name)
                    missing = unmet(offer.spec, loaded.context)
                except UnknownNameError:
                    missing = "no plugin that is in use offers this view"
                if missing is not None:
                    drawing.skipped[name] = missing
                    zoo.reporter.notice(f"{name}: not drawn, {missing}")
                    continue
                drawn = (frames if sliders else draw)(offer, loaded.context)
                picture = drawn.picture if isinstance(drawn, Frames) else drawn
                pages = [picture, *(drawn.pictures if isinstance(drawn, Frames) else ())]
                if kind == "png":
                    for page in pages:
                        page.rasterise()
                path = folder / f"{name}.{kind}"
                jobs: list[Future[Any]] = [
                    scribe.submit(picture.save, path, command=_redraws(loaded, name, command)),
                    *(scribe.submit(page.encode) for page in pages[1:]),
                ]
                saving.append((drawn, Drawn(name, (str(path),), picture.alt, picture.parameters), jobs))
    for drawn, view, jobs in saving:
        with _noted(zoo, drawing, view.name):
            for job in jobs:
                job.result()
            drawing.pictures.append(drawn)
            drawing.views.append(view)
    return drawing


@contextlib.contextmanager
def _noted(zoo: Zoo, drawing: Drawing, name: str) -> Iterator[None]:
    """Let a view that goes wrong not stop the others, and keep what there is to say of it."""
    try:
        yield
    except UsageError as error:  # its own defaults find nothing to show, such as no mistakes
        drawing.skipped[name] = str(error).removeprefix(f"{name}: ")
        zoo.reporter.notice(f"{name}: not drawn, {drawing.skipped[name]}")
    except ZooError as error:
        drawing.failed[name] = str(error)
        zoo.reporter.warning(str(error))


def draw_one(
    loaded: LoadedModel, name: str, values: Mapping[str, Any], path: Path, command: Command
) -> Drawing:
    """Draw one view into one file.

    Raises:
        ZooError: If it cannot be drawn or written; nothing is left behind.
    """
    words = _redraws(loaded, name, command)
    if path.suffix.lower() == ".gif":
        film = loaded.film(name, **values)
        film.save(path, command=words)
        first, last = film.labels[0], film.labels[-1]
        shown = film.pictures[film.start]
        alt = f"{len(film.labels)} frames, {film.parameter} {first} to {last}; one of them: {shown.alt}"
        return Drawing([film], [Drawn(name, (str(path),), alt, film.parameters)])
    picture = loaded.view(name, **values)
    picture.save(path, command=words)
    numbers = picture.to_data()["numbers"]
    return Drawing([picture], [Drawn(name, (str(path),), picture.alt, picture.parameters, numbers)])


def _redraws(loaded: LoadedModel, name: str, command: Command) -> str:
    words = command(name) if callable(command) else command
    return words or f"zoo visualize {loaded.title} {name}"


def place(
    output: Path | None, stem: str, names: Sequence[str], kind: str | None = None
) -> tuple[Path, Path | None, str]:
    """Return the folder to draw into, the one file if `output` names a picture, and its format.

    Raises:
        UsageError: If `kind` is no format, or not that of the file's name.
    """
    if kind is not None and kind not in FORMATS:
        raise unknown("format", kind, FORMATS)
    if output is None:
        return Path("zoo-out") / stem, None, kind or "png"
    ending = output.suffix.lower()
    if ending in ENDINGS and not output.is_dir() and len(names) == 1:
        if kind is not None and ending != f".{kind}":
            raise UsageError(one_line(f"{output}: this is the name of no {kind}; end it in .{kind}"))
        return output.parent, output, ending.removeprefix(".")
    return output, None, kind or "png"
