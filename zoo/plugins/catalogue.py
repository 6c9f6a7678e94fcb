"""What all plugins together offer, by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Literal, TypeVar

from zoo.errors import InvalidValueError, PluginError, complaint, unknown
from zoo.plugins.entries import normalise
from zoo.specs import DatasetSpec, ModelSpec, ViewSpec

__all__ = ["Catalogue", "Offer", "Plugin", "Problem", "Spec"]

Spec = ModelSpec | DatasetSpec | ViewSpec
S = TypeVar("S", ModelSpec, DatasetSpec, ViewSpec)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a plugin.

    Attributes:
        stage: ``import``, ``hook``, ``spec``, or ``name`` for a clash of names, which drops nothing
            that cannot be reached in another way.
        text: What is wrong, in one line.
        dropped: ``"model mlp"`` where a spec of a known name was left out.
    """

    stage: Literal["import", "hook", "spec", "name"]
    text: str
    dropped: str = ""


@dataclass(frozen=True)
class Plugin:
    """One entry point and what became of it.

    Attributes:
        name: Name of the entry point.
        module: What it points to.
        distribution: Normalised name of the distribution that installed it.
        version: Version of the distribution.
        status: ``ok``; ``partial``: some of what it offers was left out; ``failed``: all of it;
            ``blocked``: not imported, because of ``ZOO_PLUGINS``.
        stage: Where the first problem arose; empty if there is none.
        reason: All problems in one line.
        hooks: Names of the hooks it implements.
        models, datasets, views: Bare names of what it offers.
        registry: Its own ``registry.toml``, if its package has one.
        heavy: Large libraries that were imported with it; a light plugin has none.
        problems: One by one.
        traceback: Of the first failure, for people who mend it.
    """

    name: str
    module: str
    distribution: str
    version: str
    status: Literal["ok", "partial", "failed", "blocked"] = "ok"
    stage: str = ""
    reason: str = ""
    hooks: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    views: tuple[str, ...] = ()
    registry: Path | None = None
    heavy: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    traceback: str = field(default="", repr=False, compare=False)

    @property
    def label(self) -> str:
        """The plugin as messages name it, e.g. ``extra (some-distribution 1.0)``."""
        return f"{self.name} ({self.distribution}{' ' + self.version if self.version else ''})"

    def warning(self) -> str:
        """Return the one line that says what is wrong and what to do; empty if nothing is."""
        if not self.problems:
            return ""
        words = {"failed": f"failed at {self.stage}", "partial": "is incomplete", "ok": "shares a name"}
        text = f"plugin {self.label} {words.get(self.status, self.status)}: {self.reason}"
        if self.status == "ok":
            return complaint(text)
        return complaint(text, do=f"see `zoo plugins`, or leave it out with ZOO_PLUGINS=-{self.name}")


@dataclass(frozen=True)
class Offer(Generic[S]):
    """A spec and the plugin it comes from.

    Attributes:
        name: Shortest name that leads here: the bare one, or the full one after a clash.
    """

    spec: S
    plugin: Plugin
    name: str

    @property
    def full_name(self) -> str:
        """``distribution/name``: leads here whatever else is installed."""
        return f"{self.plugin.distribution}/{self.spec.name}"


@dataclass(frozen=True)
class Catalogue:
    """Everything that can be had, and what became of every plugin.

    Attributes:
        plugins: In order of precedence: the zoo's own, then by distribution and name.
        warnings: One line for each plugin with a problem, and for each wrong name in ``ZOO_PLUGINS``.
    """

    plugins: tuple[Plugin, ...] = ()
    models: tuple[Offer[ModelSpec], ...] = ()
    datasets: tuple[Offer[DatasetSpec], ...] = ()
    views: tuple[Offer[ViewSpec], ...] = ()
    warnings: tuple[str, ...] = ()
    _index: Mapping[tuple[str, str], Offer[ModelSpec] | Offer[DatasetSpec] | Offer[ViewSpec]] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        index = {}
        for kind, offers in (("model", self.models), ("dataset", self.datasets), ("view", self.views)):
            for offer in offers:
                index[kind, offer.full_name] = offer
                index[kind, offer.name] = offer
        object.__setattr__(self, "_index", index)

    def model(self, name: str) -> Offer[ModelSpec]:
        """Find a model by ``name`` or ``distribution/name``.

        Raises:
            UnknownNameError: If no plugin offers it; with close matches.
            PluginError: If it was left out because its spec, or its whole plugin, is broken.
        """
        return self._find("model", name, self.models)

    def dataset(self, name: str) -> Offer[DatasetSpec]:
        """Find a dataset by name; errors as for `model`."""
        return self._find("dataset", name, self.datasets)

    def view(self, name: str) -> Offer[ViewSpec]:
        """Find a view by name; errors as for `model`."""
        return self._find("view", name, self.views)

    def _find(self, kind: str, name: str, offers: Sequence[Offer[S]]) -> Offer[S]:
        if not isinstance(name, str):
            raise InvalidValueError(complaint(kind, expected="a name", got=f"a {type(name).__name__}"))
        distribution, slash, bare = name.rpartition("/")
        key = f"{normalise(distribution)}/{bare}" if slash else name
        found = self._index.get((kind, key))
        if found is not None:
            return found  # type: ignore[return-value]  # the kind in the key is the type
        for plugin in self.plugins:
            if slash and normalise(distribution) != plugin.distribution:
                continue
            for problem in plugin.problems:
                if problem.dropped == f"{kind} {bare}":
                    text = f"{kind} {name!r} was left out: {plugin.warning()}"
                    raise PluginError(text, plugin=plugin.name)
            if slash and plugin.status == "failed":
                text = f"{kind} {name!r} cannot be had: {plugin.warning()}"
                raise PluginError(text, plugin=plugin.name)
        known = {offer.name for offer in offers} | (
            {offer.full_name for offer in offers} if slash else set()
        )
        raise unknown(kind, name, known, do=self._hint())

    def _hint(self) -> str | None:
        away = [p.name for p in self.plugins if p.status in ("failed", "blocked")]
        return f"plugins not in use: {', '.join(away[:8])} (see `zoo plugins`)" if away else None


def with_problems(plugin: Plugin, problems: Sequence[Problem], *, usable: bool) -> Plugin:
    """Return the plugin with its problems, and the status, stage and reason that follow from them."""
    if not problems:
        return plugin
    lost = any(problem.stage != "name" or problem.dropped for problem in problems)
    status: Literal["ok", "partial", "failed"] = "partial" if usable else "failed"
    return dataclasses.replace(
        plugin,
        status=status if lost else "ok",
        stage=problems[0].stage,
        reason="; ".join(problem.text for problem in problems),
        problems=tuple(problems),
    )
