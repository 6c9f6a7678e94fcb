"""From a selection to a `LoadedModel`: which datasets its weights may belong to, then obtain."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

from zoo import plugins
from zoo.api.loaded import LoadedModel
from zoo.data import identity, is_at_hand
from zoo.errors import PluginError, UsageError
from zoo.modelling import Model
from zoo.weights.fitting import Fitted, fit
from zoo.weights.obtain import Belongs, Way, obtain
from zoo.weights.plan import Asked, ask
from zoo.weights.selection import Selection

if TYPE_CHECKING:
    from zoo.api.house import Zoo
    from zoo.data import Dataset

__all__ = ["fit_only", "load_judge", "load_model"]


def load_model(
    zoo: Zoo,
    selection: Selection,
    asked: Asked,
    *,
    data: str,
    seed: int | None,
    dataset: Dataset | None,
    below: tuple[str, ...],
) -> LoadedModel:
    """Obtain weights for `selection`; `dataset`, where it is at hand already, is the one used."""

    @functools.cache
    def the_dataset() -> Dataset:
        if dataset is not None:
            return dataset
        return zoo.dataset(data, preferences=selection.spec.datasets)

    required = _required(
        zoo, selection, data=data, dataset=dataset, below=below, may_train=asked.may_train
    )
    chosen_seed = seed if seed is not None else 0
    way = Way(
        selection=selection,
        seed=chosen_seed,
        make=_maker(zoo, selection, required),
        data=the_dataset,
        requires={name: loaded.weights_sha256 for name, loaded in required.items()},
        registry=zoo.registry,
        artifacts=zoo.artifacts,
        folders=zoo.folders,
        reporter=zoo.reporter,
    )
    belongs = _belongs(zoo, selection, asked, data, dataset, the_dataset)
    return LoadedModel(zoo, selection, obtain(asked, belongs, way), seed=chosen_seed, data=data)


def fit_only(
    zoo: Zoo, selection: Selection, *, dataset: Dataset, data: str, seed: int
) -> tuple[Fitted, dict[str, LoadedModel]]:
    """Train on `dataset`, which `data` names, and keep nothing.

    Returns:
        The outcome, and the models that this one is built on, by the names it requires.
    """
    required = _required(zoo, selection, data=data, dataset=dataset, below=())
    make = _maker(zoo, selection, required)
    fitted = fit(selection, make=make, dataset=dataset, seed=seed, reporter=zoo.reporter)
    return fitted, required


def _belongs(
    zoo: Zoo,
    selection: Selection,
    asked: Asked,
    data: str,
    dataset: Dataset | None,
    the_dataset: Callable[[], Dataset],
) -> list[Belongs]:
    """Return the datasets whose weights will do, best first.

    Where the dataset is decided there is one. Otherwise the model's preferences count, up to the
    first that is at hand: weights of a later one would surprise.
    """
    if asked.mode == "file":
        return []
    if dataset is not None:
        return [Belongs(name=dataset.name, sha256=dataset.sha256)]
    names = {offer.spec.name for offer in zoo.catalogue.datasets}
    if data != "auto" and data not in names:  # a file: its contents are its identity
        found = the_dataset()
        return [Belongs(name=found.name, sha256=found.sha256)]
    belongs = []
    for name in selection.spec.datasets if data == "auto" else (data,):
        if name not in names:
            continue
        belongs.append(
            Belongs(name=name, sha256=identity(name, catalogue=zoo.catalogue, registry=zoo.registry))
        )
        if is_at_hand(name, catalogue=zoo.catalogue, registry=zoo.registry, folders=zoo.folders):
            break
    return belongs


def load_judge(
    zoo: Zoo, selection: Selection, *, data: str, dataset: Dataset | None, may_train: bool = True
) -> LoadedModel | None:
    """Obtain the model that reads what the selected one draws; None where none is declared.

    Raises:
        ZooError: If it cannot be had.
    """
    name = selection.spec.judge
    if name is None:
        return None
    below = (selection.full_name,)
    return _other(zoo, name, data=data, dataset=dataset, below=below, may_train=may_train)


def _required(
    zoo: Zoo,
    selection: Selection,
    *,
    data: str,
    dataset: Dataset | None,
    below: tuple[str, ...],
    may_train: bool = True,
) -> dict[str, LoadedModel]:
    """Obtain the models that this one is built on, by ``model`` or ``model:preset`` as declared."""
    above = (*below, selection.full_name)
    return {
        name: _other(zoo, name, data=data, dataset=dataset, below=above, may_train=may_train)
        for name in selection.requires
    }


def _other(
    zoo: Zoo,
    name: str,
    *,
    data: str,
    dataset: Dataset | None,
    below: tuple[str, ...],
    may_train: bool = True,
) -> LoadedModel:
    """Obtain a model that another needs, in its usual way."""
    selection = zoo.select(name)
    asked = ask("auto", preset=selection.preset, seeded=False, may_train=may_train)
    return zoo.obtain(selection, asked, data=data, seed=None, dataset=dataset, below=below)


def _maker(zoo: Zoo, selection: Selection, required: dict[str, LoadedModel]) -> Callable[[], Model]:
    """Resolve the factory now, so that a broken plugin fails before anything is fetched."""
    requires = {plugins.bare(name): loaded.model for name, loaded in required.items()}
    plugin = selection.offer.plugin
    factory = plugins.resolve(selection.spec.factory, plugin=plugin.name)
    if not (isinstance(factory, type) and issubclass(factory, Model)):
        raise PluginError(
            f"plugin {plugin.name}: {selection.spec.factory} is not a subclass of zoo.Model",
            plugin=plugin.name,
        )

    def make() -> Model:
        return factory(
            selection.spec,
            selection.hyperparameters,
            requires=requires,
            exports=zoo.folders.exports,
            reporter=zoo.reporter,
        )

    return make


def check_scored_on(loaded_dataset: str | None, way: str, asked_name: str, title: str) -> None:
    """Refuse to score weights on a dataset they do not belong to, unless the user named the file.

    Raises:
        UsageError: If the names differ.
    """
    if way == "file" or loaded_dataset is None or loaded_dataset == asked_name:
        return
    raise UsageError(
        f"{title}: these weights belong to {loaded_dataset}, not {asked_name}; "
        f"use --data {loaded_dataset}, or --weights train"
    )
