"""Other models for a view of one: loaded by name, or all whose weights are at hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from zoo.data import identity
from zoo.errors import UsageError, ZooError, one_line
from zoo.specs import ModelSpec
from zoo.views.capabilities import derived
from zoo.weights.plan import ask
from zoo.weights.selection import CUSTOM, Selection

if TYPE_CHECKING:
    from zoo.api.house import Zoo
    from zoo.api.loaded import LoadedModel
    from zoo.data import Dataset
    from zoo.views.context import Company, ViewContext

__all__ = ["company", "judge"]


def company(zoo: Zoo, host: LoadedModel, names: tuple[str, ...]) -> Company:
    """Load other models for the dataset that the host's images come from; see `ViewContext.company`.

    All names are looked at before the first model is loaded. The host is never among its company.
    """
    from zoo.views.context import Company

    data, dataset = _place(zoo, host)
    about = dataset.name if dataset is not None else data
    chosen = _named(zoo, names, about) if names else _all(zoo, about)
    models, left_out = {}, {}
    for selection in chosen:
        title = selection.title
        if title in models or (title == host.title and selection.preset != CUSTOM):
            continue
        asked = ask("auto", preset=selection.preset, seeded=False, may_train=bool(names))
        try:
            loaded = zoo.obtain(selection, asked, data=data, seed=None, dataset=dataset)
        except ZooError as error:
            if names:
                raise
            left_out[title] = str(error).removeprefix(f"{title}: ")
            continue
        if dataset is not None:
            loaded.use(dataset)
        models[title] = loaded.context
    return Company(tuple(models.values()), left_out)


def judge(zoo: Zoo, host: LoadedModel, selection: Selection) -> ViewContext | None:
    """Load the model that reads what the host draws, see `ViewContext.judge`."""
    from zoo.api.loading import load_judge

    if selection.spec.judge is None:  # then no dataset need be looked for
        return None
    try:
        data, dataset = _place(zoo, host)
        found = load_judge(zoo, selection, data=data, dataset=dataset, may_train=False)
    except ZooError:  # the picture is drawn without its words
        return None
    return found.context if found is not None else None


def _place(zoo: Zoo, host: LoadedModel) -> tuple[str, Dataset | None]:
    """Say which dataset it is about; it is not fetched where its name says enough."""
    declared = {offer.spec.name for offer in zoo.catalogue.datasets}
    meant = host.belongs if host.data == "auto" else host.data
    name = meant if host.fetched is None else None
    if name in declared and identity(name, catalogue=zoo.catalogue, registry=zoo.registry) is not None:
        return name, None
    return "auto", host.dataset()


def _named(zoo: Zoo, names: tuple[str, ...], dataset: str) -> list[Selection]:
    found = []
    for name in names:
        selection = zoo.select(name)
        reason = _unfit(zoo, selection.spec, dataset)
        if reason:
            raise UsageError(one_line(f"models: {name} {reason}; choose from {_fitting(zoo, dataset)}"))
        found.append(selection)
    return found


def _all(zoo: Zoo, dataset: str) -> Iterator[Selection]:
    """Yield each model that fits, as its default preset has it."""
    for offer in zoo.models():
        if not _unfit(zoo, offer.spec, dataset):
            yield zoo.select(offer.name)


def _fitting(zoo: Zoo, dataset: str) -> str:
    return ", ".join(selection.title for selection in _all(zoo, dataset)) or "none that is installed"


def _unfit(zoo: Zoo, spec: ModelSpec, dataset: str) -> str:
    """Say why a model cannot be asked what it sees in images of this dataset; empty if it can."""
    if "scores" not in derived(spec):
        return "does not say what it sees in an image"
    declared = {offer.spec.name for offer in zoo.catalogue.datasets}
    if dataset in declared and dataset not in spec.datasets:
        return f"takes {' and '.join(spec.datasets)}, not {dataset}"
    return ""
