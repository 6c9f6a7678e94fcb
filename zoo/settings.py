"""What a run may do and where it keeps things: environment variables, and options for some."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from pathlib import Path

from zoo.errors import InvalidValueError, UsageError, complaint, one_line

__all__ = ["Settings", "at_home"]

TRUE = ("1", "true", "yes", "on")
FALSE = ("", "0", "false", "no", "off")

DOWNLOAD_SECONDS = 600
"""All downloads of one command together: MNIST (11.5 MB) through the poorest line we plan for, twice."""

LONGEST_DOWNLOAD_SECONDS = 86_400
"""A day: what is asked for beyond it is a slip."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings of one `zoo.Zoo`.

    Attributes:
        home: Folder of everything the zoo keeps (``ZOO_HOME``); None is the user's cache folder.
        offline: Open no socket (``ZOO_OFFLINE``).
        mirror: Folder or base URL asked before the artifacts' own urls (``ZOO_MIRROR``).
        registry: Path or URL of one more registry (``ZOO_REGISTRY``).
        plugins: Allow list (``a,b``) or block list (``-a,-b``) of entry points (``ZOO_PLUGINS``);
            empty loads all, ``none`` loads none but those of the zoo itself.
        strict_plugins: Make every plugin problem an error (``ZOO_STRICT_PLUGINS``).
        download_seconds: For all downloads of one command together, 1..86400
            (``ZOO_DOWNLOAD_SECONDS``); more of them also make more of a slow line.
    """

    home: Path | None = None
    offline: bool = False
    mirror: str | None = None
    registry: str | None = None
    plugins: str = ""
    strict_plugins: bool = False
    download_seconds: int = DOWNLOAD_SECONDS

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] | None = None, **overrides: object
    ) -> Settings:
        """Read the environment; an override that is not None wins.

        Raises:
            InvalidValueError: If a switch is neither true nor false, if a number is none or out of
                range.
            UsageError: If the home folder is that of a user who does not exist.
        """
        env = os.environ if environment is None else environment
        values: dict[str, object] = {
            "home": env.get("ZOO_HOME") or None,
            "offline": _switch(env, "ZOO_OFFLINE"),
            "mirror": env.get("ZOO_MIRROR") or None,
            "registry": env.get("ZOO_REGISTRY") or None,
            "plugins": env.get("ZOO_PLUGINS", ""),
            "strict_plugins": _switch(env, "ZOO_STRICT_PLUGINS"),
            "download_seconds": _seconds(env, "ZOO_DOWNLOAD_SECONDS"),
        }
        values.update({name: value for name, value in overrides.items() if value is not None})
        home = values["home"]
        values["home"] = at_home(str(home)).absolute() if home else None
        return cls(**values)  # type: ignore[arg-type]

    @property
    def folder(self) -> Path:
        """`home`, or the user's cache folder, which is only looked up where it is needed.

        Raises:
            InvalidValueError: If there is none.
        """
        return self.home if self.home is not None else _default_home()


def at_home(path: Path | str) -> Path:
    """Return a path that a user wrote, ``~`` replaced by the home folder it means.

    Raises:
        UsageError: If there is no such user, or nobody knows their home folder.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        text = f"{path}: there is no such user; give the path of a folder or file"
        raise UsageError(one_line(text)) from None


def _switch(env: Mapping[str, str], name: str) -> bool:
    text = env.get(name, "").strip().lower()
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise InvalidValueError(complaint(name, expected="1 or 0", got=repr(text)))


def _seconds(env: Mapping[str, str], name: str) -> int:
    text = env.get(name, "").strip()
    if not text:
        return DOWNLOAD_SECONDS
    if text.isascii() and text.isdecimal() and len(text) <= 9:
        seconds = int(text)
        if 1 <= seconds <= LONGEST_DOWNLOAD_SECONDS:
            return seconds
    expected = f"whole seconds in 1..{LONGEST_DOWNLOAD_SECONDS}"
    raise InvalidValueError(complaint(name, expected=expected, got=repr(text)))


def _default_home() -> Path:
    import platformdirs  # only where ZOO_HOME does not say: it imports much

    try:
        return Path(platformdirs.user_cache_path("digit-zoo"))
    except (RuntimeError, KeyError, OSError):
        raise InvalidValueError("no home folder was found; set ZOO_HOME to a folder") from None
