"""`Application`: owns what a command says, how it ends, and the `zoo.Zoo` it works on."""

from __future__ import annotations

import contextlib
import math
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import IO, TYPE_CHECKING, Any

from zoo.cli.reporter import TerminalReporter
from zoo.cli.terminal import colourful
from zoo.errors import ZooError, complaint
from zoo.settings import Settings

if TYPE_CHECKING:
    from zoo.api.house import Zoo
    from zoo.progress import Reporter

__all__ = ["Application", "OutputClosedError", "json_text", "silence"]

Make = Callable[[Settings, "Reporter"], "Zoo"]
Lines = Callable[[Mapping[str, Any]], Iterable[str]]


class OutputClosedError(Exception):
    """Who reads our output has read enough (``zoo list | head -1``); nothing is wrong."""


class Application:
    """State of one command.

    Commands hand over results with `show` and set `exit_code`; they never print or exit. One that
    needs no views sets `kinds` before it asks for the zoo, and starts sooner.

    Args:
        make: Builds the `zoo.Zoo`; another than the real one for tests.
    """

    def __init__(self, make: Make | None = None) -> None:
        self.reporter = TerminalReporter()
        self.debug = False
        self.exit_code = 0
        self.kinds: Collection[str] | None = None
        self._make = make
        self._overrides: dict[str, Any] = {}
        self._zoo: Zoo | None = None
        self._stdout: IO[str] | None = None

    @property
    def zoo(self) -> Zoo:
        """The zoo under the settings of environment and options."""
        if self._zoo is None:
            settings = Settings.from_environment(**self._overrides)
            if self._make is not None:
                self._zoo = self._make(settings, self.reporter)
            else:
                from zoo.api.house import Zoo

                chosen = {} if self.kinds is None else {"kinds": self.kinds}
                self._zoo = Zoo(settings, reporter=self.reporter, **chosen)
        return self._zoo

    def override(self, name: str, value: object) -> None:
        """Let an option win over the environment."""
        self._overrides[name] = value

    def say_warnings(self) -> list[str]:
        """Say what is wrong with plugins, if they were looked at; return all warnings so far."""
        if self._zoo is not None and "catalogue" in vars(self._zoo):
            for text in self._zoo.catalogue.warnings:
                self.reporter.warning(text)
        return list(self.reporter.warnings)

    def show(self, data: Mapping[str, Any], lines: Lines, *, as_json: bool) -> None:
        """Write a result to stdout: one JSON document, or lines for people made of the same data."""
        self.write(json_text(data) if as_json else "".join(f"{line}\n" for line in lines(data)))

    @property
    def stdout(self) -> IO[str] | None:
        """Where results go."""
        return self._stdout if self._stdout is not None else sys.stdout

    def write(self, text: str) -> None:
        """Write to the real stdout.

        Raises:
            OutputClosedError: Its reader has gone.
            ZooError: It cannot be written, as on a full disk.
        """
        stream = self.stdout
        if stream is None:  # pythonw, or stdout was closed by the caller
            return
        try:
            stream.write(text)
            stream.flush()
        except BrokenPipeError:
            silence(stream)
            raise OutputClosedError from None
        except OSError as error:
            silence(stream)
            raise ZooError(complaint(f"standard output cannot be written: {error.strerror}")) from None

    def say_traceback(self, title: str, text: str) -> None:
        """With ``--debug``, show on stderr where something happened that is not raised here."""
        if self.debug and text and sys.stderr is not None:
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write(f"{title}:\n{text.rstrip()}\n")

    def heading(self, text: str) -> str:
        """Return `text`, bold where stdout can show it."""
        return f"\x1b[1m{text}\x1b[0m" if colourful(self.stdout) else text

    @contextlib.contextmanager
    def results_only(self) -> Iterator[None]:
        """While open, whatever plugins and libraries print goes to stderr: stdout is for results."""
        if self._stdout is not None:
            yield
            return
        self._stdout = sys.stdout
        try:
            with contextlib.redirect_stdout(sys.stderr):
                yield
        finally:
            self._stdout = None


def silence(stream: IO[str]) -> None:
    """Point a stream that failed at nothing, or Python would complain again when it exits."""
    with contextlib.suppress(OSError, ValueError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())
        os.close(nothing)


def json_text(data: Any) -> str:
    """One document, the same bytes everywhere: sorted keys, ASCII, null for what is no number."""
    import json

    return json.dumps(_jsonable(data), indent=2, sort_keys=True, allow_nan=False) + "\n"


def _jsonable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        return [_jsonable(item) for item in items]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, (str, bool, int, type(None))):
        return value
    if isinstance(value, PurePath):
        return str(value)
    for convert in ("tolist", "item"):  # NumPy, which is not imported for its sake
        if hasattr(value, convert):
            return _jsonable(getattr(value, convert)())
    raise TypeError(f"a {type(value).__name__} in a result cannot be written as JSON")
