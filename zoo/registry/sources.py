"""Where registries come from: bundled, of plugins, and the one a person names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from zoo.errors import (
    IntegrityError,
    InvalidValueError,
    PluginError,
    UnavailableError,
    complaint,
    one_line,
)
from zoo.plugins.entries import OWN
from zoo.registry.entries import Parsed
from zoo.registry.merging import Merger, Registry
from zoo.registry.reading import parse_registry
from zoo.registry.toml import SIZE_LIMIT
from zoo.settings import at_home
from zoo.store.files import read_bytes
from zoo.store.urls import show

if TYPE_CHECKING:
    from zoo.plugins import Catalogue
    from zoo.settings import Settings

__all__ = ["bundled_registry", "load_registry"]

FILE = "registry.toml"


def load_registry(
    catalogue: Catalogue, settings: Settings, fetch_url: Callable[[str], bytes]
) -> Registry:
    """Read and merge all registries.

    The bundled one comes first, then those of plugins, which may only list their own models and
    datasets, then the one of ``settings.registry``, which may add to all but replaces nothing.

    Args:
        catalogue: Whose names the entries are about.
        settings: ``registry`` (path, folder or url) and ``strict_plugins`` count.
        fetch_url: Called with the url, if ``settings.registry`` is one.

    Raises:
        UnavailableError: If the file of ``settings.registry`` is missing. A url that cannot be
            reached is only a problem: the network may be away.
        IntegrityError: If that registry, or the bundled one, cannot be parsed.
        PluginError: If ``strict_plugins`` is set and a plugin's registry has a problem.
    """
    merger = Merger(catalogue)
    path = bundled_registry()
    data = read_bytes(path, limit=SIZE_LIMIT, thing="the registry of the zoo", follow_links=True)
    merger.add(parse_registry(data, base=path.parent, origin="of the zoo"), owner=OWN)
    seen = {path}
    for plugin in catalogue.plugins:
        if plugin.registry is None or plugin.registry in seen:
            continue
        seen.add(plugin.registry)
        before = len(merger.problems)
        origin = f"of plugin {plugin.label}"
        try:
            data = read_bytes(
                plugin.registry, limit=SIZE_LIMIT, thing=f"registry {origin}", follow_links=True
            )
            parsed = parse_registry(data, base=plugin.registry.parent, origin=origin)
            merger.add(parsed, owner=plugin.distribution, only_own=True)
        except (IntegrityError, UnavailableError) as error:
            merger.problems.append(str(error))
        if settings.strict_plugins and len(merger.problems) > before:
            text = one_line("; ".join(merger.problems[before:]))
            raise PluginError(text, plugin=plugin.name)
    if settings.registry:
        try:
            merger.add(_named(settings.registry, fetch_url))
        except _UnreachableError as error:
            merger.problems.append(f"registry {show(settings.registry)} is not used: {error}")
    return merger.registry()


def bundled_registry() -> Path:
    """Return the registry that came with this installation: in the package, or beside it (a checkout).

    Raises:
        IntegrityError: If there is none.
    """
    package = Path(__file__).parents[1]
    packed = package / "published" / FILE
    if packed.is_file():
        return packed
    # Beside an installed package is site-packages, where a registry.toml could be anyone's.
    if (package.parent / "pyproject.toml").is_file() and (package.parent / FILE).is_file():
        return package.parent / FILE
    raise IntegrityError(
        complaint(f"{packed}: the registry of the zoo is missing", do="install digit-zoo again")
    )


class _UnreachableError(Exception):
    """The registry of a url cannot be had just now."""


def _named(place: str, fetch_url: Callable[[str], bytes]) -> Parsed:
    scheme, separator, _ = place.partition("://")
    if separator:
        if scheme.lower() not in ("http", "https"):
            raise InvalidValueError(
                complaint("ZOO_REGISTRY", expected="a path or an https url", got=repr(show(place)))
            )
        place = _file_url(place)
        try:
            data = fetch_url(place)
        except UnavailableError as error:
            raise _UnreachableError(str(error)) from None
        base = urlsplit(place)._replace(query="", fragment="").geturl()
        return parse_registry(data, base=base, origin=show(place), user_named=True)
    path = at_home(place).absolute()
    if path.is_dir():
        path = path / FILE
    data = read_bytes(path, limit=SIZE_LIMIT, thing="registry", follow_links=True)
    return parse_registry(data, base=path.parent, origin=str(path), user_named=True)


def _file_url(url: str) -> str:
    """Return the url of the registry file; a folder's, with a slash at its end, stands for its own."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url  # whoever fetches it says what is wrong
    if parts.path and not parts.path.endswith("/"):
        return url
    return parts._replace(path=f"{parts.path or '/'}{FILE}").geturl()
