"""What the declarations share: limits that depend on the loaded model, and the way to name steps."""

from __future__ import annotations

from typing import Any

from zoo.parameters import Choice, Limit
from zoo.specs import NoParameters, ViewSpec

__all__ = [
    "CHANGE", "CHANGE_WORDS", "CLIP", "CLIP_WORDS", "LAST_CHANNEL", "LAST_MOMENT", "LAST_OF_ANY",
    "LAST_UNIT", "view",
]  # fmt: skip


def _last_unit(context: Any) -> int:
    return int(context.units()) - 1


def _last_moment(context: Any) -> int:
    if context.history is None:
        raise LookupError("no snapshots: which moments there are is not known")
    return len(context.history.steps) - 1


def _last_of_any(context: Any) -> int:
    return max((shape[-1] for shape in context.model.shapes.values() if shape), default=1) - 1


def _last_channel(context: Any) -> int:
    return max((s[2] for s in context.model.shapes.values() if len(s) == 4), default=1) - 1


CHANGE = Choice("up", "down", "left", "right", "turn", "size", "noise")
CHANGE_WORDS = "what is done to the images: moved, turned, scaled, or made noisy"
CLIP = Choice("none", "percentile-99", "percentile-95")
CLIP_WORDS = "end the scale at this percentile of |value|; what lies beyond gets a colour of its own"
LAST_UNIT = Limit("units of the first layer - 1", _last_unit)
LAST_OF_ANY = Limit("units of the largest layer - 1", _last_of_any)
LAST_CHANNEL = Limit("input channels of any layer - 1", _last_channel)
LAST_MOMENT = Limit("snapshots - 1", _last_moment)


def view(
    name: str,
    summary: str,
    parameters: type = NoParameters,
    *,
    needs: tuple[str, ...] = (),
    frames: str | None = None,
) -> ViewSpec:
    """Declare a view whose steps are in ``zoo.views.generic``, in the module of its name."""
    home = f"zoo.views.generic.{name.replace('-', '_')}"
    return ViewSpec(
        name=name,
        summary=summary,
        compute=f"{home}:compute",
        draw=f"{home}:draw",
        parameters=parameters,
        needs=needs,
        frames=frames,
    )
