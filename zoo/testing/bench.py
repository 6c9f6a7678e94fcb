"""`Bench`: one plugin under test, and what its checks share, each part made on first use."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import shutil
import tempfile
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from zoo.errors import PluginError, ZooError, one_line
from zoo.hookspecs import HOOKS
from zoo.plugins import Catalogue, Offer, Plugin, bare, resolve
from zoo.plugins.entries import Entry
from zoo.plugins.guard import Broken, attempt, described
from zoo.plugins.hooks import Manager, misuses
from zoo.plugins.resolving import load_object
from zoo.progress import Reporter
from zoo.settings import Settings
from zoo.specs import DatasetSpec, ModelSpec, ViewSpec
from zoo.testing.limits import OverdueError
from zoo.testing.outcomes import SkippedError
from zoo.testing.quiet import ButOf, Quiet
from zoo.weights.fitting import teach

if TYPE_CHECKING:
    from zoo.data import Dataset, TrainingData
    from zoo.modelling import History, Model
    from zoo.registry import Registry
    from zoo.testing.tiny import TinyZoo
    from zoo.views import ViewContext
    from zoo.weights.selection import Selection

__all__ = ["SEED", "TINY", "Bench", "Trained", "untrained"]

S = TypeVar("S", ModelSpec, DatasetSpec, ViewSpec)

SEED = 7
"""Of every training here."""

TINY = "on a few hundred patterns that any model can tell apart"
"""What the tiny dataset is."""


@dataclass(frozen=True)
class Trained:
    """A model trained on the tiny dataset.

    Attributes:
        labels: Name of each class, in column order.
    """

    selection: Selection
    model: Model
    history: History
    data: TrainingData
    labels: tuple[str, ...]


class Bench:
    """One plugin under test.

    Args:
        entry: Its entry point.
        settings: Of the person; only mirror, plugins and strictness count. Nothing is downloaded,
            and nothing is kept outside a temporary folder.
        reporter: Hears notices, such as that TensorFlow is imported.
    """

    def __init__(self, entry: Entry, settings: Settings, reporter: Reporter) -> None:
        self.entry = entry
        self.given = settings
        self.reporter: Reporter = Quiet(reporter)
        self._trained: dict[str, Trained | Exception] = {}

    @functools.cached_property
    def home(self) -> Path:
        """A temporary ZOO_HOME, gone with the bench."""
        folder = tempfile.mkdtemp(prefix="zoo-bench-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return Path(folder)

    @property
    def settings(self) -> Settings:
        """What the person set, but offline, with the temporary home and no registry of theirs."""
        return dataclasses.replace(
            self.given, home=self.home, offline=True, registry=None, strict_plugins=False
        )

    @functools.cached_property
    def zoo(self) -> TinyZoo:
        """A zoo in which everything is small."""
        return self.another_zoo("first")

    def another_zoo(self, name: str) -> TinyZoo:
        """A zoo of the same plugins that remembers nothing, with a home of this name."""
        from zoo.testing.tiny import TinyZoo

        found = TinyZoo(self.home / name, plugins=self.given.plugins, reporter=self.reporter)
        found.catalogue = self.catalogue
        return found

    @functools.cached_property
    def catalogue(self) -> Catalogue:
        from zoo.plugins import discover

        settings = dataclasses.replace(self.given, strict_plugins=False)
        return discover(settings, reporter=ButOf(self.entry.label, self.reporter))

    @functools.cached_property
    def registry(self) -> Registry:
        """What is published, by the bundled registry and those of plugins."""
        from zoo.registry import load_registry

        def offline(url: str) -> bytes:
            raise AssertionError(f"no registry is fetched here: {url}")

        return load_registry(self.catalogue, self.settings, offline)

    @functools.cached_property
    def plugin(self) -> Plugin:
        """The plugin as discovery found it.

        Raises:
            PluginError: It was left out by ``ZOO_PLUGINS``.
        """
        for plugin in self.catalogue.plugins:
            if (plugin.name, plugin.distribution) == (self.entry.name, self.entry.distribution):
                if plugin.status == "blocked":
                    raise PluginError(f"plugin {plugin.label} is left out by ZOO_PLUGINS; unset it")
                return plugin
        raise PluginError(f"plugin {self.entry.label} is installed no more")

    def own(self, offers: tuple[Offer[S], ...]) -> tuple[Offer[S], ...]:
        """Those of the offers that are of this plugin."""
        return tuple(offer for offer in offers if offer.plugin == self.plugin)

    @functools.cached_property
    def raw_specs(self) -> tuple[ModelSpec | DatasetSpec | ViewSpec, ...]:
        """Every spec as the hooks return it, also those that discovery refuses.

        Raises:
            SkippedError: If it cannot be imported.
        """

        def collect() -> list[Any]:
            plugin = load_object(self.entry.target)
            manager = Manager(misuses(plugin))
            manager.register(plugin)
            answers: list[Any] = []
            for hook in HOOKS:
                with contextlib.suppress(Exception):  # the check of hooks tells it
                    answers += getattr(manager.hook, hook)()
            return answers

        try:
            answers = attempt(collect)
        except Broken as broken:
            raise SkippedError(f"it cannot be imported ({broken})") from None
        specs = [spec for answer in answers if isinstance(answer, list) for spec in answer]
        return tuple(spec for spec in specs if isinstance(spec, (ModelSpec, DatasetSpec, ViewSpec)))

    def factory(self, spec: ModelSpec) -> Any:
        """The class that a spec names.

        Raises:
            PluginError: If it cannot be loaded.
        """
        return resolve(spec.factory, plugin=self.plugin.name)

    def make(self, selection: Selection, *, exports: bool = True) -> Model:
        """Build a model without weights, on trained ones where it needs some."""
        offer = selection.offer
        required = {bare(name): self.required(name).model for name in selection.requires}
        made: Model = resolve(offer.spec.factory, plugin=offer.plugin.name)(  # type: ignore[operator]
            offer.spec,
            selection.hyperparameters,
            requires=required,
            exports=self.home / "exports" if exports else None,
            reporter=self.reporter,
        )
        return made

    def dataset(self, spec: ModelSpec) -> Dataset:
        """The tiny dataset, with the classes of the model's first known dataset."""
        return self.zoo.dataset(preferences=spec.datasets)

    def train(self, offer: Offer[ModelSpec], name: str = "") -> Trained:
        """Train a model, or what `name` says of it, on the tiny dataset; whatever it raises passes."""
        selection = self.zoo.select(name or offer.full_name)
        dataset = self.dataset(offer.spec)
        classes = selection.classes
        data = dataset.training(selection.recipe, classes=classes, seed=SEED)
        model = self.make(selection)
        recipe = selection.recipe
        history = teach(model, offer, data, recipe, seed=SEED, reporter=self.reporter)
        labels = dataset.labels if classes is None else tuple(dataset.labels[c] for c in classes)
        return Trained(selection, model, history, data, labels)

    def first_training(self, offer: Offer[ModelSpec], name: str = "") -> Trained:
        """Train a model once and keep what came of it, success or not; whatever it raises passes."""
        name = name or offer.full_name
        if name not in self._trained:
            try:
                self._trained[name] = self.train(offer, name)
            except OverdueError as error:  # waiting for it once is enough
                failed = PluginError(f"model {offer.spec.name}: training {TINY}: {error}; it must end")
                failed.__cause__ = error
                self._trained[name] = failed
            except Exception as error:
                self._trained[name] = error
        found = self._trained[name]
        if isinstance(found, Exception):
            raise found
        return found

    def required(self, name: str) -> Trained:
        """Return a model that another is built on, ``model`` or ``model:preset``, trained."""
        return self.trained(self.catalogue.model(name.partition(":")[0]), name)

    def judge(self, spec: ModelSpec) -> Model | None:
        """Return the model that reads what this one draws, trained; None where none is declared."""
        return None if spec.judge is None else self.required(spec.judge).model

    def trained(self, offer: Offer[ModelSpec], name: str = "") -> Trained:
        """Return the model, trained once.

        Raises:
            SkippedError: If it cannot be trained, which another check tells.
        """
        try:
            return self.first_training(offer, name)
        except SkippedError:
            raise
        except Exception as error:
            raise SkippedError(untrained(error)) from None

    def context(self, offer: Offer[ModelSpec]) -> ViewContext:
        """What views of the trained model are computed from."""
        from zoo.evaluation import evaluate
        from zoo.views import ViewContext
        from zoo.views.context import Company

        trained = self.trained(offer)
        parts = {"train": trained.data.train, "test": trained.data.test}

        def examples(part: str) -> Any:
            return parts[part]

        def evaluation() -> Any:
            judge = self.judge(offer.spec)
            return evaluate(trained.model, examples("test"), labels=trained.labels, judge=judge)

        return ViewContext(
            trained.model,
            offer.spec,
            trained.history,
            trained.labels,
            examples,
            evaluation,
            company=lambda _: Company(),  # to train others would take its time
        )


def untrained(error: Exception) -> str:
    """Say why what needs a trained model is skipped; what to do is said by the check of training."""
    reason = str(error) if isinstance(error, ZooError) else described(error)
    return one_line(f"it cannot be trained ({reason.partition(';')[0]})")
