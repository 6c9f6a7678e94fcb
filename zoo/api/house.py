"""`Zoo`: one set of settings, and everything that can be done with it.

Importing this module is cheap; each method imports what it needs.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.api.sharing import Sharing
from zoo.errors import UsageError
from zoo.plugins import ALL_KINDS, Catalogue, Offer, discover
from zoo.progress import LoggingReporter, Reporter
from zoo.settings import Settings, at_home
from zoo.specs import DatasetSpec, ModelSpec

if TYPE_CHECKING:
    from zoo.api.loaded import LoadedModel
    from zoo.api.running import Run
    from zoo.data import Dataset
    from zoo.registry import Registry
    from zoo.store.artifacts import Artifacts
    from zoo.store.folders import Folders
    from zoo.store.network import Network
    from zoo.weights.plan import Asked
    from zoo.weights.selection import Selection

__all__ = ["Zoo"]


class Zoo(Sharing):
    """The models, datasets and views of every installed plugin, under one set of settings.

    Args:
        settings: Default: read from the environment.
        reporter: Where notices, warnings and progress go; default: the ``zoo`` logger.
        kinds: What plugins are asked for, of ``model``, ``dataset`` and ``view``; what needs none of
            the others starts sooner without them.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        reporter: Reporter | None = None,
        kinds: Collection[str] = ALL_KINDS,
    ) -> None:
        self.kinds = kinds
        self.settings = settings if settings is not None else Settings.from_environment()
        self.reporter: Reporter = reporter if reporter is not None else LoggingReporter()

    @functools.cached_property
    def catalogue(self) -> Catalogue:
        """What the installed plugins offer; plugins that fail are recorded, not raised."""
        return discover(self.settings, reporter=self.reporter, kinds=self.kinds)

    @functools.cached_property
    def network(self) -> Network:
        from zoo.store.network import Network

        return Network(self.settings, self.reporter)

    @functools.cached_property
    def folders(self) -> Folders:
        from zoo.store.folders import Folders

        return Folders(self.settings.folder)

    @functools.cached_property
    def artifacts(self) -> Artifacts:
        from zoo.store.artifacts import Artifacts

        return Artifacts(self.settings, self.folders, self.network, self.reporter)

    @functools.cached_property
    def registry(self) -> Registry:
        """Published weights and datasets, those that are bundled, of plugins, and the user's own."""
        from zoo.registry import load_registry

        registry = load_registry(self.catalogue, self.settings, self._fetch_registry)
        for problem in registry.problems:
            self.reporter.warning(problem)
        return registry

    def models(self) -> tuple[Offer[ModelSpec], ...]:
        """Every model, in the order of their names."""
        return self.catalogue.models

    def datasets(self) -> tuple[Offer[DatasetSpec], ...]:
        """Every dataset, in the order of their names."""
        return self.catalogue.datasets

    def select(self, model: str, values: Mapping[str, Any] | None = None) -> Selection:
        """Decide every hyperparameter and recipe field of ``model`` or ``model:preset``."""
        from zoo.weights.selection import select

        return select(self.catalogue, model, values)

    def info(self, model: str, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Describe one model as plain data, without importing anything heavy.

        Raises:
            UnknownNameError: No such model, preset or parameter.
        """
        from zoo.api.describing import describe

        return describe(self, self.select(model, values))

    def dataset(self, name: str = "auto", *, preferences: Sequence[str] = ()) -> Dataset:
        """Obtain a dataset: by name, from a file, or the first of `preferences` that can be had.

        Args:
            preferences: Names, the best first; by default every dataset, embedded ones last.

        Raises:
            UnknownNameError: No such dataset.
            UnavailableError: It cannot be had.
            IntegrityError: Its bytes are not what they should be.
        """
        from zoo.data import obtain

        offers = sorted(self.datasets(), key=lambda offer: offer.spec.loader is not None)
        return obtain(
            name,
            preferences=tuple(preferences) or tuple(offer.name for offer in offers),
            catalogue=self.catalogue,
            registry=self.registry,
            artifacts=self.artifacts,
            folders=self.folders,
            reporter=self.reporter,
        )

    def load(
        self,
        model: str,
        *,
        values: Mapping[str, Any] | None = None,
        data: str = "auto",
        weights: str | Path = "auto",
        seed: int | None = None,
    ) -> LoadedModel:
        """Return a model with weights: published, trained earlier, or trained now.

        No dataset is fetched unless it comes to training.

        Args:
            model: ``mlp`` or ``mlp:16x16``.
            values: Hyperparameters and recipe fields that differ from the preset.
            data: ``auto``, a dataset's name, or a file.
            weights: ``auto``, ``download``, ``train``, a tag, or a path to an ``.h5`` file.
            seed: Of initialisation and order, 0 if not given; one that is given is never answered
                with published weights.

        Raises:
            UsageError: Something asked for does not exist or does not fit.
            UnavailableError: The way that was forced failed.
            IntegrityError: Bytes are not what they should be.
        """
        selection, asked = self._asked(model, values, weights, seed)
        return self.obtain(selection, asked, data=data, seed=seed)

    def train(
        self,
        model: str,
        *,
        values: Mapping[str, Any] | None = None,
        data: str = "auto",
        seed: int | None = None,
    ) -> Run:
        """Train now, whatever is there, keep the weights, and measure them."""
        from zoo.api.running import run_model

        selection, asked = self._asked(model, values, "train", seed, fresh=True)
        return run_model(self, selection, asked, data=data, seed=seed)

    def run(
        self,
        model: str,
        *,
        values: Mapping[str, Any] | None = None,
        data: str = "auto",
        weights: str | Path = "auto",
        seed: int | None = None,
        visualize: bool = False,
        output: Path | str | None = None,
        command: str | Callable[[str], str] = "",
    ) -> Run:
        """Obtain weights, evaluate, and draw the default views if asked to; arguments as for `load`.

        Args:
            output: Folder for pictures and report; default ``zoo-out/<model>``.
            command: Written into each picture, so that it can be drawn again: a text, or a function
                of the view's name; ``zoo visualize MODEL VIEW`` by default.
        """
        from zoo.api.running import run_model

        selection, asked = self._asked(model, values, weights, seed)
        folder = None
        if visualize:
            folder = at_home(output) if output is not None else Path("zoo-out") / selection.stem
        return run_model(self, selection, asked, data=data, seed=seed, folder=folder, command=command)

    def visualize(
        self,
        model: str,
        view: str | None = None,
        view_values: Mapping[str, Any] | None = None,
        *,
        values: Mapping[str, Any] | None = None,
        data: str = "auto",
        weights: str | Path = "auto",
        seed: int | None = None,
        output: Path | str | None = None,
        format: str | None = None,  # noqa: A002  # as the command line calls it
        command: str | Callable[[str], str] = "",
    ) -> Run:
        """Draw one view, or the default ones, into files; arguments as for `run`.

        Args:
            view_values: Parameters of the view, as values or as text.
            output: A ``.png``, ``.svg``, ``.pdf`` or ``.gif`` for one view, or a folder.
            format: ``png``, ``svg``, ``pdf`` or ``gif``, which runs through the values of the view's
                slider; as the name of `output` ends, or ``png``, by default.

        Raises:
            UnknownNameError: No such view or parameter.
            UsageError: The model does not offer what the view needs.
        """
        from zoo.api.running import visualize_model

        selection, asked = self._asked(model, values, weights, seed)
        return visualize_model(
            self,
            selection,
            asked,
            view=view,
            view_values=view_values or {},
            data=data,
            seed=seed,
            output=at_home(output) if output is not None else None,
            kind=format,
            command=command,
        )

    def predict(
        self,
        models: Sequence[str],
        images: Sequence[str],
        *,
        values: Mapping[str, Any] | None = None,
        data: str = "auto",
        weights: str | Path = "auto",
        seed: int | None = None,
    ) -> dict[str, Any]:
        """Ask several models what they see in images, named as text: ``test:17``, a file.

        Returns:
            ``predictions`` (image, title, answer, kind, scores by class), ``models``, ``warnings``.
        """
        from zoo.api.predicting import predict

        return predict(self, models, images, values=values, data=data, weights=weights, seed=seed)

    def doctor(self) -> list[dict[str, Any]]:
        """Check installation, plugins, cache, registry and network settings; one entry a check."""
        from zoo.api.doctor import examine

        return examine(self)

    def _asked(
        self,
        model: str,
        values: Mapping[str, Any] | None,
        weights: str | Path,
        seed: int | None,
        *,
        fresh: bool = False,
    ) -> tuple[Selection, Asked]:
        from zoo.weights.plan import ask
        from zoo.weights.selection import check_seed

        selection = self.select(model, values)
        if seed is not None:
            check_seed(seed)
        asked = ask(weights, preset=selection.preset, seeded=seed is not None, fresh=fresh)
        return selection, asked

    def obtain(
        self,
        selection: Selection,
        asked: Asked,
        *,
        data: str,
        seed: int | None,
        dataset: Dataset | None = None,
        below: tuple[str, ...] = (),
    ) -> LoadedModel:
        """Obtain weights for what `select` decided.

        Args:
            dataset: The one to use, where it is at hand already.
            below: Models that wait for this one; it must not be among them.
        """
        from zoo.api.loading import load_model

        if selection.full_name in below:
            chain = " → ".join((*below, selection.full_name))
            raise UsageError(f"models require each other in a circle: {chain}")
        return load_model(self, selection, asked, data=data, seed=seed, dataset=dataset, below=below)

    def _fetch_registry(self, url: str) -> bytes:
        self.network.require("registry")
        from zoo.registry import SIZE_LIMIT
        from zoo.store.download import download

        return download(self.network, url, limit=SIZE_LIMIT, label="registry", user_named=True)
