"""`zoo doctor`: one check a line, each saying what was found and what to do about it."""

from __future__ import annotations

import importlib.util
import platform
import shutil
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Literal

from zoo.errors import ZooError, one_line

if TYPE_CHECKING:
    from zoo.api.house import Zoo

__all__ = ["examine"]

FREE_SPACE = 500_000_000
"""Bytes: the datasets (55 MB), graphs and some weights, with room for a class's experiments."""

PARTS = {
    "keras": "needed to train",
    "tensorflow": "needed to train",
    "ai-edge-litert": "makes predictions fast; without it Keras predicts",
    "scikit-learn": "brings the embedded digits",
    "matplotlib": "needed to draw",
}

Check = dict[str, Any]
Status = Literal["ok", "warning", "error"]


def examine(zoo: Zoo) -> list[Check]:
    """Run every check; one that fails does not stop the others."""
    checks: list[Callable[[Zoo], Iterator[Check]]] = [
        _python,
        _packages,
        _plugins,
        _home,
        _registry,
        _datasets,
        _network,
    ]
    found: list[Check] = []
    for check in checks:
        try:
            found.extend(check(zoo))
        except ZooError as error:
            found.append(_check(check.__name__.strip("_"), "error", str(error)))
    return found


def _check(name: str, status: Status, text: str) -> Check:
    return {"name": name, "status": status, "text": one_line(text)}


def _python(_: Zoo) -> Iterator[Check]:
    yield _check(
        "python", "ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    )


def _packages(_: Zoo) -> Iterator[Check]:
    for name, purpose in PARTS.items():
        try:
            yield _check(name, "ok", version(name))
        except PackageNotFoundError:
            module = {"ai-edge-litert": "ai_edge_litert", "scikit-learn": "sklearn"}.get(name, name)
            there = importlib.util.find_spec(module) is not None
            status: Status = "ok" if there else "warning"
            what = "installed" if there else f"not installed: {purpose}; run `pip install {name}`"
            yield _check(name, status, what)


def _plugins(zoo: Zoo) -> Iterator[Check]:
    for plugin in zoo.catalogue.plugins:
        title = f"{plugin.distribution} {plugin.version}"
        if plugin.status == "ok":
            yield _check(f"plugin {plugin.name}", "ok", title)
        else:
            status: Status = "warning" if plugin.status in ("blocked", "partial") else "error"
            yield _check(f"plugin {plugin.name}", status, f"{title}: {plugin.status}, {plugin.reason}")


def _home(zoo: Zoo) -> Iterator[Check]:
    home = zoo.settings.folder
    zoo.folders.prepare()
    free = shutil.disk_usage(home).free
    if free < FREE_SPACE:
        yield _check(
            "cache",
            "warning",
            f"{home}: only {free / 1e6:.0f} MB free; set ZOO_HOME to a folder on another disk",
        )
    else:
        yield _check("cache", "ok", f"{home} ({free / 1e9:.0f} GB free)")


def _registry(zoo: Zoo) -> Iterator[Check]:
    from zoo.registry import load_registry

    registry = load_registry(zoo.catalogue, zoo.settings, zoo._fetch_registry)
    for problem in registry.problems:
        yield _check("registry", "error", problem)
    if not registry.problems:
        yield _check(
            "registry",
            "ok",
            f"{len(registry.weights)} published weights, {len(registry.datasets)} datasets",
        )


def _datasets(zoo: Zoo) -> Iterator[Check]:
    from zoo.data import is_at_hand

    for offer in zoo.catalogue.datasets:
        name = offer.spec.name
        there = is_at_hand(name, catalogue=zoo.catalogue, registry=zoo.registry, folders=zoo.folders)
        if there:
            yield _check(f"dataset {name}", "ok", "at hand")
        else:
            yield _check(f"dataset {name}", "warning", f"not here yet; `zoo data get {name}` fetches it")


def _network(zoo: Zoo) -> Iterator[Check]:
    settings = zoo.settings
    if settings.offline:
        yield _check("network", "ok", "offline by choice: no socket is opened")
    if settings.mirror:
        yield _check("mirror", "ok", settings.mirror)
    if not settings.offline and not settings.mirror:
        yield _check("network", "ok", "used when something has to be fetched; not tried now")
