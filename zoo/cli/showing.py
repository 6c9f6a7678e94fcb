"""Show pictures that are on disk: in the browser, or in the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from zoo.cli.application import Application
from zoo.cli.terminal import colourful, is_terminal, width
from zoo.errors import UsageError

if TYPE_CHECKING:
    from zoo.views.picture import Frames, Picture
    from zoo.views.terminal import Colour

__all__ = ["check", "colours", "has_display", "show_pictures"]


def check(show: str, *, as_json: bool) -> None:
    """Refuse a choice that cannot work, before anything heavy starts."""
    if show == "terminal" and as_json:
        raise UsageError("--show terminal and --json exclude each other: both write to stdout")


def show_pictures(
    app: Application,
    result: Mapping[str, Any],
    pictures: Sequence[Picture | Frames],
    show: str,
    *,
    as_json: bool,
) -> None:
    """Open the report, or the first picture, or draw all pictures in the terminal."""
    files = [Path(file) for view in result["views"] for file in view["files"]]
    if not files or show == "never":
        return
    if show == "terminal":
        from zoo.views.picture import Frames
        from zoo.views.terminal import render

        for drawn in pictures:
            picture = drawn.picture if isinstance(drawn, Frames) else drawn
            app.write("\n" + render(picture, columns=width(), colour=colours(app.stdout)))
        return
    if show == "browser" or (not as_json and has_display()):
        page = Path(result.get("report") or files[0]).absolute()
        import webbrowser

        if not webbrowser.open(page.as_uri()) and show == "browser":
            app.reporter.warning(f"no browser could be started; open {page}")


def has_display(environment: Mapping[str, str] = os.environ, *, platform: str = sys.platform) -> bool:
    """Whether a person sits at this terminal, before a desktop: not over SSH, not in CI."""
    if any(environment.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "CI")):
        return False
    if not (is_terminal(sys.stderr) and is_terminal(sys.stdin)):
        return False
    if platform in ("win32", "darwin"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def colours(stream: IO[str] | None, environment: Mapping[str, str] = os.environ) -> Colour:
    """How many colours a stream can show."""
    if not colourful(stream):
        return "none"
    return "truecolor" if environment.get("COLORTERM") in ("truecolor", "24bit") else "256"
