"""`zoo info`: everything that is known of a model before its weights are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from zoo.parameters import Parameter, to_data
from zoo.parameters import describe as describe_parameters
from zoo.views.capabilities import lacking

if TYPE_CHECKING:
    from zoo.api.house import Zoo
    from zoo.specs import Shapes
    from zoo.weights.selection import Selection

__all__ = ["describe", "layers"]


def describe(zoo: Zoo, selection: Selection) -> dict[str, Any]:
    """Return plain data about a model, preset and values; imports nothing heavy."""
    spec = selection.spec
    plugin = selection.offer.plugin
    shapes = selection.shapes
    entries = [e for e in zoo.registry.weights if e.model == selection.full_name]
    return {
        "schema": 1,
        "model": spec.name,
        "full_name": selection.full_name,
        "preset": selection.preset,
        "summary": spec.summary,
        "task": spec.task,
        "plugin": {"distribution": plugin.distribution, "version": plugin.version},
        "datasets": list(spec.datasets),
        "requires": list(selection.requires),
        "parameters": sum(math.prod(shape) for shape in shapes.values()),
        "layers": layers(shapes),
        "hyperparameters": _values(spec.hyperparameters, selection.hyperparameters),
        "recipe": _values(spec.recipe, selection.recipe),
        "presets": [
            {
                "name": preset.name,
                "summary": preset.summary,
                "hyperparameters": dict(preset.hyperparameters),
                "recipe": dict(preset.recipe),
            }
            for preset in spec.presets
        ],
        "weights": [
            {
                "tag": entry.tag,
                "preset": entry.preset,
                "dataset": entry.dataset,
                "default": entry.default,
                "summary": entry.summary,
                "bytes": entry.artifact.size,
                "sha256": entry.artifact.sha256,
                **{f"published_{name}": value for name, value in entry.published.items()},
            }
            for entry in entries
        ],
        "views": [
            {
                "name": offer.spec.name,
                "summary": offer.spec.summary,
                "default": offer.spec.name in spec.default_views,
            }
            for offer in zoo.catalogue.views
            if not lacking(offer.spec.needs, spec, shapes)
        ],
        "licence": spec.licence,
    }


def layers(shapes: Shapes) -> list[dict[str, Any]]:
    """Group weight shapes by layer, in forward order."""
    grouped: dict[str, dict[str, list[int]]] = {}
    for name, shape in shapes.items():
        layer, _, variable = name.rpartition("/")
        grouped.setdefault(layer, {})[variable] = list(shape)
    return [
        {
            "name": layer,
            "variables": variables,
            "parameters": sum(math.prod(shape) for shape in variables.values()),
        }
        for layer, variables in grouped.items()
    ]


def _values(declaration: type, chosen: Any) -> list[dict[str, Any]]:
    values = to_data(chosen)
    return [
        _parameter(parameter, values[parameter.name]) for parameter in describe_parameters(declaration)
    ]


def _parameter(parameter: Parameter, value: Any) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "value": value,
        "allowed": parameter.allowed(),
        "help": parameter.help,
    }
