"""`zoo.models()`, `zoo.load()`, `zoo.run()`: the verbs of a `Zoo` that the environment describes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.api.house import Zoo

if TYPE_CHECKING:
    from zoo.api.loaded import LoadedModel
    from zoo.api.running import Run
    from zoo.plugins import Offer
    from zoo.specs import ModelSpec

__all__ = ["load", "models", "run"]


def models() -> tuple[Offer[ModelSpec], ...]:
    """Every model of the zoo that the environment describes."""
    return Zoo().models()


def load(
    model: str,
    *,
    data: str = "auto",
    weights: str | Path = "auto",
    seed: int | None = None,
    **values: Any,
) -> LoadedModel:
    """`Zoo.load` with settings from the environment: ``zoo.load("mlp", hidden=(16, 16))``."""
    return Zoo().load(model, values=values, data=data, weights=weights, seed=seed)


def run(
    model: str,
    *,
    data: str = "auto",
    weights: str | Path = "auto",
    seed: int | None = None,
    visualize: bool = False,
    output: Path | str | None = None,
    **values: Any,
) -> Run:
    """`Zoo.run` with settings from the environment."""
    return Zoo().run(
        model,
        values=values,
        data=data,
        weights=weights,
        seed=seed,
        visualize=visualize,
        output=output,
    )
