"""`zoo predict`: ask models what they see in images."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from zoo.cli.application import Application
from zoo.cli.group import Command
from zoo.cli.options import MODEL, as_json, model_options, pass_app
from zoo.cli.results import percent
from zoo.cli.tables import table, wrapped
from zoo.errors import ZooError

__all__ = ["command"]


def _several(ctx: click.Context, param: click.Parameter, value: str) -> list[str]:
    models = list(dict.fromkeys(_names(value)))
    if not models:
        raise click.BadParameter("no model is named", ctx, param)
    return models


def _models_first(app: Application, words: tuple[str, ...]) -> tuple[list[str], tuple[str, ...]]:
    """Split the words after the first model into more models and the images, at least one."""
    models: list[str] = []
    for place, word in enumerate(words[:-1]):  # the last one is an image, whatever it is called
        names = _names(word)
        if not all(_is_model(app, name) for name in names) or Path(word).exists():
            return models, words[place:]
        models += names
    return models, words[-1:]


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _is_model(app: Application, name: str) -> bool:
    try:
        app.zoo.catalogue.model(name.partition(":")[0])
    except ZooError:
        return False
    return True


@click.command("predict", cls=Command)
@click.argument("models", type=MODEL, metavar="MODEL…", callback=_several)
@click.argument("images", nargs=-1, required=True, metavar="IMAGE…", type=click.Path())
@model_options()
@as_json
@pass_app
def command(
    app: Application,
    *,
    models: list[str],
    images: tuple[str, ...],
    values: dict[str, str],
    seed: int | None,
    data: str,
    weights: str,
    as_json: bool,
) -> None:
    """Ask each MODEL what it sees in each IMAGE.

    Several models stand one after another, as in `zoo compare`, or are joined by commas; the first word
    that names no model is the first image.

    IMAGE is a file (a drawing or photo, dark on light or light on dark, of any size), or one of
    test:17, train:5, class:3#12, noise:7, blank.
    """
    more, pictures = _models_first(app, images)
    models = list(dict.fromkeys([*models, *more]))
    result = app.zoo.predict(models, pictures, values=values, data=data, weights=weights, seed=seed)
    app.show(result, lines, as_json=as_json)


def lines(data: Mapping[str, Any]) -> Iterator[str]:
    """A table of answers; for one image and one model the score of every class as well."""
    predictions = data["predictions"]
    rows = []
    for found in predictions:
        ranked = sorted(found["scores"].items(), key=lambda item: -item[1])
        runner_up = f"{ranked[1][0]} ({_score(found, ranked[1][1])})" if len(ranked) > 1 else "–"
        rows.append(
            (found["image"], found["title"], found["answer"], _score(found, ranked[0][1]), runner_up)
        )
    kinds = {found["kind"] for found in predictions}
    word = "PROBABILITY" if kinds == {"probabilities"} else "SCORE"
    yield from table(("IMAGE", "MODEL", "ANSWER", word, "RUNNER-UP"), rows, right="...r.")
    if len(predictions) == 1:
        yield ""
        scores = predictions[0]["scores"].items()
        yield from table(
            ("CLASS", word),
            [(name, _score(predictions[0], score)) for name, score in scores],
            right=".r",
        )
    for model in data["models"]:
        yield ""
        yield from wrapped(
            f"{model['title']}: weights {model['weights']['source']}, {model['weights']['reason']}"
        )


def _score(found: Mapping[str, Any], value: float) -> str:
    return percent(value) if found["kind"] == "probabilities" else f"{value:.4g}"
