"""The main job: obtain weights, evaluate, draw the default views, report."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.api.drawing import Drawing, check_folder, draw_defaults, draw_one, place
from zoo.errors import UsageError
from zoo.parameters import describe, parse, to_data
from zoo.weights.plan import Asked
from zoo.weights.selection import Selection

if TYPE_CHECKING:
    from zoo.api.house import Zoo
    from zoo.api.loaded import LoadedModel
    from zoo.data import Dataset
    from zoo.evaluation import Evaluation

__all__ = ["Run", "run_model", "visualize_model"]

SCHEMA = 1
"""Version of the JSON that commands print."""


@dataclass
class Run:
    """The outcome of a command about one model; the parts that it did not touch are None or empty.

    Attributes:
        loaded: The model with its weights.
        dataset: What it was scored on.
        evaluation: The measurement.
        drawing: The views that were drawn.
        report: Path of ``report.html``.
        trained: True for ``zoo train``, which also reports the course of the training.
    """

    loaded: LoadedModel
    dataset: Dataset | None = None
    evaluation: Evaluation | None = None
    drawing: Drawing = field(default_factory=Drawing)
    report: Path | None = None
    trained: bool = False

    @property
    def exit_code(self) -> int:
        return self.drawing.exit_code

    @property
    def warnings(self) -> list[str]:
        """Everything that did not go as planned, each once."""
        dataset = self.dataset.warnings if self.dataset is not None else ()
        failed = self.drawing.failed.values()
        loaded = self.loaded
        return list(dict.fromkeys((*dataset, *loaded.warnings, *loaded.model.warnings, *failed)))

    def to_data(self) -> dict[str, Any]:
        """Return the JSON of a run, schema 1."""
        loaded, plugin = self.loaded, self.loaded.plugin
        data: dict[str, Any] = {
            "schema": SCHEMA,
            "model": loaded.spec.name,
            "preset": loaded.preset,
            "plugin": {"distribution": plugin.distribution, "version": plugin.version},
            "hyperparameters": to_data(loaded.hyperparameters),
            "recipe": to_data(loaded.recipe),
            "weights": loaded.to_data(),
        }
        if self.dataset is not None and self.evaluation is not None:
            data["dataset"] = {
                "name": self.dataset.name,
                "split": loaded.recipe.split,
                "n": self.evaluation.n,
                "sha256": self.dataset.sha256,
                "source": self.dataset.way,
                "reason": self.dataset.reason,
            }
            data["evaluation"] = self.evaluation.to_data()
        if self.trained:
            data["training"] = self._training()
        data["views"] = [drawn.to_data() for drawn in self.drawing.views]
        data["report"] = str(self.report) if self.report is not None else None
        data["warnings"] = self.warnings
        return data

    def _training(self) -> dict[str, Any]:
        provenance, history = self.loaded.provenance, self.loaded.history
        return {
            "seed": self.loaded.seed,
            "seconds": provenance.seconds if provenance is not None else None,
            "epochs": dict(history.epochs) if history is not None else {},
        }


def run_model(
    zoo: Zoo,
    selection: Selection,
    asked: Asked,
    *,
    data: str,
    seed: int | None,
    folder: Path | None = None,
    command: str | Callable[[str], str] = "",
) -> Run:
    """Run one model; see `zoo.Zoo.run`."""
    if folder is not None:
        check_folder(folder)
    if asked.mode == "file":  # the file says which dataset it belongs to
        loaded = zoo.obtain(selection, asked, data=data, seed=seed)
        dataset = loaded.dataset()
    else:
        dataset = zoo.dataset(data, preferences=selection.spec.datasets)
        loaded = zoo.obtain(selection, asked, data=data, seed=seed, dataset=dataset)
        loaded.use(dataset)
    run = Run(loaded, dataset, loaded.evaluate(), trained=asked.fresh)
    if folder is not None:
        run.drawing = draw_defaults(zoo, loaded, folder, command, sliders=True)
        _write_report(run, folder / "report.html")
    return run


def visualize_model(
    zoo: Zoo,
    selection: Selection,
    asked: Asked,
    *,
    view: str | None,
    view_values: Mapping[str, Any],
    data: str,
    seed: int | None,
    output: Path | None,
    kind: str | None,
    command: str | Callable[[str], str],
) -> Run:
    """Draw one view, or the default ones, without measuring; see `zoo.Zoo.visualize`."""
    from zoo.views import check, film, offered, unmet
    from zoo.views.context import outline

    names = [view] if view is not None else list(selection.spec.default_views)
    folder, file, kind = place(output, selection.stem, names, kind)
    values = dict(view_values)
    if view is not None:
        spec = zoo.catalogue.view(view).spec
        texts = {name: value for name, value in values.items() if isinstance(value, str)}
        values |= parse(spec.parameters, texts, outline(selection.spec, selection.shapes))
        _check_names(zoo, check(spec, values))
        if kind == "gif":
            film.check(spec, values)
        lacking = unmet(spec, selection.spec)
        if lacking is not None:
            others = ", ".join(offer.name for offer in offered(zoo.catalogue, selection.spec))
            raise UsageError(f"{view}: {lacking}; it offers {others}")
    elif kind == "gif":
        raise UsageError("a GIF is of one view: name a VIEW, or choose png, svg or pdf")
    check_folder(folder)
    loaded = zoo.obtain(selection, asked, data=data, seed=seed)
    if data != "auto":
        loaded.dataset()  # a wrong one is said before anything is drawn
    run = Run(loaded)
    if view is not None:
        run.drawing = draw_one(loaded, view, values, file or folder / f"{view}.{kind}", command)
    else:
        run.drawing = draw_defaults(zoo, loaded, folder, command, kind)
    return run


def _check_names(zoo: Zoo, parameters: Any) -> None:
    """Refuse models that do not exist before any is loaded; others, the view refuses.

    Raises:
        UnknownNameError: If there is no such model or preset.
    """
    for parameter in describe(type(parameters)):
        if parameter.model:
            value = getattr(parameters, parameter.name)
            for name in value if parameter.many else filter(None, (value,)):
                zoo.select(name)


def _write_report(run: Run, path: Path) -> None:
    from zoo.report import write
    from zoo.store.files import write_whole

    run.report = path
    facts = run.to_data()
    facts["skipped"] = [f"{name}: {why}" for name, why in run.drawing.skipped.items()]
    facts["parameters"] = sum(math.prod(shape) for shape in run.loaded.model.shapes.values())
    provenance = run.loaded.provenance
    facts["seed"] = provenance.seed if provenance is not None else None
    facts["versions"] = dict(provenance.versions) if provenance is not None else {}
    write_whole(path, write(facts, run.drawing.pictures))
