"""`LoadedModel`: a model with its weights, and everything a user asks of one."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from zoo.errors import PluginError, UnavailableError, UnknownNameError, one_line
from zoo.specs import ModelSpec, Recipe

if TYPE_CHECKING:
    import numpy as np

    from zoo.api.house import Zoo
    from zoo.data import Dataset, Examples
    from zoo.evaluation import Evaluation
    from zoo.modelling import History, Model
    from zoo.plugins import Offer, Plugin
    from zoo.specs import Provenance, ViewSpec
    from zoo.views import Frames, Picture, ViewContext
    from zoo.views.references import Album
    from zoo.weights.obtain import Obtained, Source
    from zoo.weights.selection import Selection

__all__ = ["LoadedModel"]

DIGITS = 10
"""Classes of a dataset that no plugin declares: a person's own file of digits."""


class LoadedModel:
    """A model with its weights.

    Attributes:
        model: The `zoo.Model` itself.
        source: Which way the weights came, and why.
        provenance: How they were trained; None where the file does not say.
        history: Loss and accuracy by epoch; None where the file does not say.
        warnings: What went wrong on the way, in plain words.
        seed: What training would use, or used.
        data: The dataset that was asked for, as text; ``auto``: the one the weights belong to.
    """

    def __init__(
        self, zoo: Zoo, selection: Selection, obtained: Obtained, *, seed: int, data: str = "auto"
    ) -> None:
        self._zoo = zoo
        self._selection = selection
        self._obtained = obtained
        self._evaluations: dict[tuple[str, str, str], Evaluation] = {}
        self._datasets: dict[str, Dataset] = {}
        self.data = data
        self.seed = seed
        self.model: Model = obtained.model
        self.source: Source = obtained.source
        self.provenance: Provenance | None = obtained.provenance
        self.history: History | None = obtained.history
        self.warnings: tuple[str, ...] = obtained.warnings

    @property
    def title(self) -> str:
        """``mlp``, ``mlp:16x16`` or ``mlp:custom``."""
        return self._selection.title

    @property
    def spec(self) -> ModelSpec:
        return self._selection.spec

    @property
    def plugin(self) -> Plugin:
        """Who offers the model."""
        return self._selection.offer.plugin

    @property
    def preset(self) -> str:
        return self._selection.preset

    @property
    def hyperparameters(self) -> Any:
        return self._selection.hyperparameters

    @property
    def classes(self) -> tuple[int, ...] | None:
        """Labels of the dataset that the model tells apart, in column order; None means all."""
        return self._selection.classes

    @property
    def recipe(self) -> Recipe:
        return self._selection.recipe

    @property
    def belongs(self) -> str | None:
        """Name of the dataset the weights belong to; None for a file that does not say."""
        return self._obtained.dataset

    @property
    def weights(self) -> Mapping[str, np.ndarray]:
        """``"layer/variable"`` → float32 array."""
        return self.model.weights

    @property
    def weights_sha256(self) -> str:
        """Of the arrays: unlike that of the file it does not depend on when they were trained."""
        from zoo.modelling.arrays import hash_weights

        return hash_weights(self.weights)

    def predict(self, images: Any) -> np.ndarray:
        """Return scores (n, classes) for images (n, 28, 28) or one image (28, 28).

        Images are float in [0, 1] or uint8, ink bright on dark. No dataset is needed.

        Raises:
            InvalidValueError: If shape, type or range do not fit.
        """
        return self.model.predict(images)

    def dataset(self, data: str = "auto") -> Dataset:
        """Obtain a dataset; by default the one asked for on loading, else the one the weights belong to.

        Raises:
            UsageError: If the weights belong to another dataset; those of a file may be scored on any.
        """
        from zoo.api.loading import check_scored_on

        if data not in self._datasets:
            name = self._meant(data)
            if name not in self._datasets:
                found = self._zoo.dataset(name, preferences=self.spec.datasets)
                check_scored_on(self.belongs, self.source.way, found.name, self.title)
                if name == "auto" and self.belongs is not None:
                    self._warn(
                        f"{self.title}: the weights are of a dataset {one_line(self.belongs, 60)}, "
                        f"which is none here, so {found.name} is used instead; name theirs with --data"
                    )
                self._datasets[name] = found
            self._datasets[data] = self._datasets[name]
        return self._datasets[data]

    def _meant(self, data: str) -> str:
        """Name the dataset that ``auto`` stands for here, where that is known."""
        if data != "auto" or self.data != "auto":
            return self.data if data == "auto" else data
        known = {offer.spec.name for offer in self._zoo.catalogue.datasets}
        return self.belongs if self.belongs is not None and self.belongs in known else data

    @property
    def fetched(self) -> Dataset | None:
        """The dataset that images are taken from, where it is at hand already."""
        return self._datasets.get("auto")

    def use(self, dataset: Dataset, *, name: str = "auto") -> None:
        """Score on this dataset, which is at hand already, where `name` is asked for."""
        self._datasets[name] = dataset
        self._datasets.setdefault("auto", dataset)
        vars(self).pop("context", None)  # it may have taken images of another

    def examples(self, part: str = "test", data: str = "auto", *, split: str | None = None) -> Examples:
        """Return images and labels of ``train`` or ``test``, only of the classes told apart.

        Args:
            split: Another than that of the recipe.
        """
        from zoo.weights.classes import check_classes

        chosen = split or self.recipe.split
        found = self.dataset(data).examples(part, split=chosen)
        check_classes(self._selection, self.dataset(data), part, chosen)
        classes = self._selection.classes
        return found if classes is None else found.only(classes)

    def evaluate(self, data: str = "auto", *, split: str | None = None) -> Evaluation:
        """Measure on the test part: accuracy, loss, confusion matrix, precision, recall, n, seconds.

        Args:
            split: Another than that of the recipe.
        """
        from zoo.evaluation import evaluate

        asked = self._asked(data, split)
        if asked not in self._evaluations:
            self._evaluations[asked] = evaluate(
                self.model,
                self.examples("test", data, split=split),
                labels=self.labels(data),
                judge=self._judge(self.dataset(data)),
            )
        return self._evaluations[asked]

    def _asked(self, data: str = "auto", split: str | None = None) -> tuple[str, str, str]:
        """Return what tells one evaluation from another."""
        dataset = self.dataset(data)
        return dataset.name, dataset.sha256, split or self.recipe.split

    def _judge(self, dataset: Dataset) -> Model | None:
        """Return the model that reads what this one draws; where it cannot be had, say so."""
        from zoo.api.loading import load_judge

        try:
            found = load_judge(self._zoo, self._selection, data=dataset.name, dataset=dataset)
        except (PluginError, UnavailableError, UnknownNameError) as error:
            self._warn(f"{self.title}: {self.spec.judge}, which reads its images, is missing ({error})")
            return None
        return found.model if found is not None else None

    def _warn(self, text: str) -> None:
        line = one_line(text)
        self.warnings = (*self.warnings, line)
        self._zoo.reporter.warning(line)

    def labels(self, data: str = "auto") -> tuple[str, ...]:
        """Name of each class, in the order of the score columns; no dataset is fetched for it."""
        name = data if data in self._datasets else self._meant(data)
        if name in self._datasets:
            names = self._datasets[name].labels
        else:
            declared = {offer.name: offer.spec for offer in self._zoo.catalogue.datasets}
            if name == "auto":
                name = self.belongs or self.spec.datasets[0]
            spec = declared.get(name)
            names = spec.labels or numbers(spec.classes) if spec is not None else numbers(DIGITS)
        classes = self._selection.classes
        return names if classes is None else tuple(names[c] for c in classes)

    @functools.cached_property
    def context(self) -> ViewContext:
        """What views are computed from."""
        from zoo.api.company import company, judge
        from zoo.views import ViewContext

        taken: dict[str, tuple[str, str, str]] = {}  # another dataset may come into use

        def examples(part: str) -> Examples:
            taken[part] = self._asked()
            return self.examples(part)

        def measured() -> Evaluation | None:
            return self._evaluations.get(taken["test"]) if "test" in taken else None

        return ViewContext(
            model=self.model,
            spec=self.spec,
            history=self.history,
            labels=self.labels,
            examples=examples,
            evaluation=self.evaluate,
            title=self.title,
            company=functools.partial(company, self._zoo, self),
            judge=functools.partial(judge, self._zoo, self, self._selection),
            album=self._album,
            measured=measured,
        )

    def _album(self) -> Album:
        from zoo.views.references import Album

        dataset = self.dataset()

        def names(part: str) -> tuple[str, ...]:
            found, classes = dataset.names(part, self.recipe.split), self.classes
            if classes is None:
                return found
            labels = dataset.examples(part, self.recipe.split).labels
            return tuple(name for name, label in zip(found, labels, strict=True) if label in classes)

        return Album(dataset.labels, dataset.published, functools.cache(names))

    def views(self) -> tuple[Offer[ViewSpec], ...]:
        """The views that this model, with these weights, has all it takes for."""
        from zoo.views.matching import offered

        return offered(self._zoo.catalogue, self.context)

    def view(self, name: str, **values: Any) -> Picture:
        """Draw one view.

        Raises:
            UnknownNameError: No such view or parameter.
            InvalidValueError: A value is out of range.
            UsageError: This model lacks what the view needs.
        """
        from zoo.views import draw

        return draw(self._zoo.catalogue.view(name), self.context, **values)

    def film(self, name: str, **values: Any) -> Frames:
        """Draw one view for each value of its slider; ``.save("film.gif")`` writes it.

        Raises:
            UsageError: The view has no slider, or its parameter is among `values`; and as `view`.
        """
        from zoo.views import film, frames

        offer = self._zoo.catalogue.view(name)
        film.check(offer.spec, values)
        return cast("Frames", frames(offer, self.context, **values))

    def to_data(self) -> dict[str, Any]:
        """The ``weights`` part of a result's JSON."""
        return self.source.to_data()

    def __repr__(self) -> str:
        return f"<LoadedModel {self.title}: weights from {self.source.way}, {self.source.reason}>"


def numbers(count: int) -> tuple[str, ...]:
    """Name `count` classes by their numbers."""
    return tuple(str(number) for number in range(count))
