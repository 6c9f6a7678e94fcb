"""What this plugin offers. Data only: neither NumPy nor matplotlib is imported here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from zoo import Choice, ViewSpec, hookimpl


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """What the picture takes; each is an option: ``zoo visualize mlp okapi --part train``."""

    part: Annotated[str, Choice("test", "train"), "part of the dataset"] = "test"


@hookimpl
def zoo_views() -> list[ViewSpec]:
    return [
        ViewSpec(
            name="okapi",
            summary="the mean image of each class",
            compute="zoo_okapi.view:compute",
            draw="zoo_okapi.view:draw",
            parameters=Parameters,
            needs=("data",),
        )
    ]
