"""What exactly was asked for: a model, a preset, and values that differ from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zoo import parameters
from zoo.errors import InvalidValueError, complaint, one_line, unknown
from zoo.plugins import classes_of, requires_of, shapes_of
from zoo.specs import ModelSpec, Recipe

if TYPE_CHECKING:
    from zoo.plugins import Catalogue, Offer

__all__ = ["CUSTOM", "Selection", "select"]

CUSTOM = "custom"
"""Name, in provenance and file names, of values that belong to no preset."""


@dataclass(frozen=True, kw_only=True)
class Selection:
    """A model with every hyperparameter and every field of its recipe decided.

    Attributes:
        full_name: ``distribution/model``.
        preset: Name of the preset whose own values these are, or ``custom``.
    """

    full_name: str
    spec: ModelSpec
    preset: str
    hyperparameters: Any
    recipe: Recipe
    offer: Offer[ModelSpec]

    @property
    def title(self) -> str:
        """``mlp``, ``mlp:16x16`` or ``mlp:custom``."""
        return self.spec.name if self.preset == "default" else f"{self.spec.name}:{self.preset}"

    @property
    def stem(self) -> str:
        """The same as part of a file name."""
        return self.title.replace(":", "-")

    @property
    def classes(self) -> tuple[int, ...] | None:
        return classes_of(self.spec, self.hyperparameters)

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        return shapes_of(self.spec, self.hyperparameters)

    @property
    def requires(self) -> tuple[str, ...]:
        """Models this one is built on: ``model`` or ``model:preset`` each."""
        return requires_of(self.spec, self.hyperparameters)

    def key(self, *, seed: int, dataset: str, requires: Mapping[str, str]) -> str:
        """Hash of everything that decides the trained arrays: 64 hex digits.

        Args:
            dataset: Hash of the dataset.
            requires: Model → sha256 over the arrays of the weights this one is built on.
        """
        import hashlib
        import json

        facts = {
            "model": self.full_name,
            "version": self.spec.version,
            "hyperparameters": parameters.to_data(self.hyperparameters),
            "recipe": parameters.to_data(self.recipe),
            "seed": seed,
            "dataset": dataset,
            "requires": dict(sorted(requires.items())),
        }
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def select(catalogue: Catalogue, name: str, values: Mapping[str, Any] | None = None) -> Selection:
    """Find ``model`` or ``model:preset`` and apply `values` to its hyperparameters and recipe.

    Args:
        values: Hyperparameter or recipe name → value, or text as typed on a command line.

    Raises:
        UnknownNameError: No such model, preset or parameter.
        InvalidValueError: A value has the wrong type or range, or `name` is no text.
        PluginError: The plugin that should bring the model failed.
    """
    if not isinstance(name, str):
        raise InvalidValueError(complaint("model", expected="its name", got=one_line(repr(name), 60)))
    bare, colon, preset_name = name.partition(":")
    offer = catalogue.model(bare)
    spec = offer.spec
    presets = {preset.name: preset for preset in spec.presets}
    if colon and preset_name not in presets:
        raise unknown(f"preset of {bare}", preset_name, presets)
    preset = presets[preset_name or "default"]

    sides = {"hyperparameters": spec.hyperparameters, "recipe": spec.recipe}
    given = {"hyperparameters": dict(preset.hyperparameters), "recipe": dict(preset.recipe)}
    owner = {p.name: side for side, cls in sides.items() for p in parameters.describe(cls)}
    for raw_name, value in (values or {}).items():
        parameter = raw_name.replace("-", "_")
        if parameter not in owner:
            raise unknown(f"parameter of {bare}", raw_name, owner, do=f"`zoo info {bare}` lists all")
        side = owner[parameter]
        if isinstance(value, str):
            value = parameters.parse(sides[side], {parameter: value})[parameter]
        given[side][parameter] = value
    faults: list[str] = []
    made: dict[str, Any] = {}
    for side, cls in sides.items():
        try:
            made[side] = parameters.check(cls, given[side])
        except InvalidValueError as error:
            faults.append(str(error))
    if faults:
        raise InvalidValueError("; ".join(faults))
    return Selection(
        full_name=offer.full_name,
        spec=spec,
        preset=_own_preset(spec, preset.name, made),
        hyperparameters=made["hyperparameters"],
        recipe=made["recipe"],
        offer=offer,
    )


def check_seed(seed: int) -> int:
    """Return a usable seed: 0 ≤ seed < 2³¹, what every random generator here takes."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**31:
        raise InvalidValueError(
            complaint("seed", expected=f"an integer in 0..{2**31 - 1}", got=repr(seed))
        )
    return seed


def _own_preset(spec: ModelSpec, first: str, made: Mapping[str, Any]) -> str:
    """Name of the preset that has just these values: the one asked for, or another, or custom."""
    for preset in sorted(spec.presets, key=lambda p: p.name != first):
        own: tuple[Any, Any] = (
            parameters.check(spec.hyperparameters, preset.hyperparameters),
            parameters.check(spec.recipe, preset.recipe),
        )
        if own == (made["hyperparameters"], made["recipe"]):
            return preset.name
    return CUSTOM
