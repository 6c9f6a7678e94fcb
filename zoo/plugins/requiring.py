"""Which models a model is built on: declared as names, or as a light function that gives them."""

from __future__ import annotations

from zoo.errors import PluginError
from zoo.plugins.fields import Fields
from zoo.plugins.guard import Broken, attempt
from zoo.specs import ModelSpec

__all__ = ["bare", "check_requires", "requires_of"]


def bare(reference: str) -> str:
    """Return the model's own name in ``distribution/model:preset``."""
    return reference.partition(":")[0].rpartition("/")[2]


def check_requires(fields: Fields, model: str, value: object) -> tuple[str, ...]:
    """Note what is wrong with the names of required models: each is named once, whatever preset."""
    found = fields.names("requires", value, qualified=True, presets=True)
    models = tuple(bare(name) for name in found)
    if model in models:
        fields.fault("requires", "other models", "the model itself")
    if len(set(found)) == len(found):
        fields.unique("requires", models)
    return found


def requires_of(spec: ModelSpec, hyperparameters: object) -> tuple[str, ...]:
    """Return the models needed to build this one: ``model`` or ``model:preset`` each.

    Raises:
        PluginError: If the spec's function fails or answers anything but such names.
    """
    declared = spec.requires
    answer: object = declared
    if callable(declared):
        try:
            answer = attempt(lambda: declared(hyperparameters))
        except Broken as broken:
            raise PluginError(f"model {spec.name!r}: requires: {broken}") from broken.__cause__
    fields = Fields()
    found = check_requires(fields, spec.name, answer)
    if fields.faults:
        raise PluginError(f"model {spec.name!r}: {'; '.join(fields.faults)}")
    return found
