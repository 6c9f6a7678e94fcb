"""Which views fit which model, their parameters checked, and the way from both to a picture."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import zoo.parameters
from zoo.errors import PluginError, UsageError, ZooError, one_line
from zoo.parameters import Limit, Parameter
from zoo.specs import ModelSpec, ViewSpec
from zoo.views.capabilities import FROM_THE_RUN, WHY, derived
from zoo.views.context import ViewContext, parse_reference

if TYPE_CHECKING:
    from zoo.plugins import Offer
    from zoo.views.picture import Frames, Picture

__all__ = ["check", "draw", "frames", "offered", "unmet"]

FRAME_LIMIT = 24
"""Frames of one slider: each adds about 100 kB to a report."""

STEPS = 9
"""Frames of a slider over a range of numbers that are not whole."""


NEAR = 1e-9
"""Difference up to which a frame's value is the default: steps are sums of fractions."""


class _Catalogue(Protocol):
    @property
    def views(self) -> Iterable[Offer[ViewSpec]]: ...


def unmet(view: ViewSpec, subject: ViewContext | ModelSpec) -> str | None:
    """Say what the view needs and the subject does not have; None where it can be drawn.

    Args:
        view: The view.
        subject: A context: everything is decided. A spec: history and data may still come.
    """
    if isinstance(subject, ModelSpec):
        has = frozenset(subject.offers) | derived(subject) | frozenset(FROM_THE_RUN)
        name = subject.name
    else:
        has, name = subject.offers, subject.title
    missing = [need for need in view.needs if need not in has]
    if not missing:
        return None
    reasons = [WHY.get(need, f"needs {need}, which {name} does not offer") for need in missing]
    return one_line("; ".join(reasons))


def offered(catalogue: _Catalogue, subject: ViewContext | ModelSpec) -> tuple[Offer[ViewSpec], ...]:
    """Return the views whose needs are met, in the order of the catalogue."""
    return tuple(offer for offer in catalogue.views if unmet(offer.spec, subject) is None)


def check(view: ViewSpec, values: Mapping[str, Any], context: ViewContext | None = None) -> Any:
    """Make the view's parameters from values; every front end uses this one check.

    Args:
        view: The view.
        values: Parameter name → value.
        context: What limits that depend on the model are asked of, and which classes an image that
            nobody named may show; None leaves both alone.

    Raises:
        UnknownNameError: If a parameter is not declared.
        InvalidValueError: If values do not fit; the message lists all faults.
    """
    parameters: Any = zoo.parameters.check(view.parameters, values, context)
    for parameter in zoo.parameters.describe(view.parameters):
        if parameter.image:
            value = getattr(parameters, parameter.name)
            if parameter.name not in values and isinstance(value, str) and context is not None:
                value = _own(context, value)
                parameters = dataclasses.replace(parameters, **{parameter.name: value})
            for text in value if parameter.many else (value,):
                if text is not None:
                    parse_reference(text)
    return parameters


def _own(context: ViewContext, image: str) -> str:
    """Return the default image, or for a model of fewer classes the next that is one of its own."""
    return context.own_image(image) if "data" in context.offers else image


def draw(offer: Offer[ViewSpec], context: ViewContext, **values: Any) -> Picture:
    """Compute and draw one view.

    Raises:
        UsageError: If the model lacks what the view needs, or a value does not fit.
        PluginError: If the view itself fails; it names plugin and reason.
    """
    from zoo.views.layout import style
    from zoo.views.picture import Picture

    view = offer.spec
    lacking = unmet(view, context)
    if lacking is not None:
        raise UsageError(f"{view.name}: {lacking}")
    parameters = check(view, values, context)
    plugin = offer.plugin.name
    numbers = _call(offer, "compute", view.compute, context, parameters)
    alt = getattr(numbers, "alt", None)
    if not dataclasses.is_dataclass(numbers) or not isinstance(alt, str) or not alt.strip():
        text = f"{view.name}: compute of plugin {plugin} must return a dataclass with a sentence `alt`"
        raise PluginError(text, plugin=plugin)
    with style():
        figure = _call(offer, "draw", view.draw, numbers)
    from matplotlib.figure import Figure

    if not isinstance(figure, Figure):
        text = (
            f"{view.name}: draw of plugin {plugin} must return a Figure, got a {type(figure).__name__}"
        )
        raise PluginError(text, plugin=plugin)
    data = zoo.parameters.to_data(parameters)
    return Picture(view.name, data, one_line(alt), numbers, figure, plugin)


def frames(offer: Offer[ViewSpec], context: ViewContext, **values: Any) -> Frames | Picture:
    """Draw one view for the values of its slider parameter; a view without one gives its picture."""
    from zoo.views.picture import Frames

    view = offer.spec
    known = {parameter.name: parameter for parameter in zoo.parameters.describe(view.parameters)}
    slider = known.get(view.frames or "")
    if slider is None or slider.name in values:
        return draw(offer, context, **values)
    choices = _values(slider, context)
    default = slider.default
    if not choices or slider.many:
        return draw(offer, context, **values)
    pictures = [draw(offer, context, **values, **{slider.name: value}) for value in choices]
    start = len(choices) - 1  # of moments of a training, the last one tells most
    if default is not None:
        start = min(range(len(choices)), key=lambda i: _distance(choices[i], default))
    labels = tuple(_label(value) for value in choices)
    still = draw(offer, context, **values) if _distance(choices[start], default) > NEAR else None
    return Frames(view.name, slider.name, labels, tuple(pictures), start, still)


def _call(offer: Offer[ViewSpec], step: str, reference: str, *arguments: Any) -> Any:
    """Call one step of a view; what goes wrong in a plugin's code is laid at its door."""
    from zoo.plugins import resolve
    from zoo.plugins.guard import described

    plugin = offer.plugin.name
    function: Callable[..., Any] = resolve(reference, plugin=plugin)  # type: ignore[assignment]
    try:
        return function(*arguments)
    except ZooError:
        raise
    except Exception as error:
        text = f"{offer.spec.name}: {step} of plugin {plugin} failed: {described(error)}"
        raise PluginError(text, plugin=plugin) from error


def _values(parameter: Parameter, context: ViewContext) -> list[Any]:
    if parameter.choices:
        return list(parameter.choices)
    if parameter.kind is bool:
        return [False, True]
    low, high = _bound(parameter.low, context), _bound(parameter.high, context)
    if low is None or high is None or high < low:
        return []
    if parameter.kind is int:
        count = int(min(high - low + 1, FRAME_LIMIT))
        steps = [int(low) + round(i * (high - low) / max(count - 1, 1)) for i in range(count)]
        return sorted({*steps, parameter.default} if isinstance(parameter.default, int) else steps)
    return [low + i * (high - low) / (STEPS - 1) for i in range(STEPS)]


def _bound(bound: float | Limit | None, context: ViewContext) -> float | None:
    return bound.of(context) if isinstance(bound, Limit) else bound


def _distance(value: Any, default: Any) -> float:
    if isinstance(value, (int, float)) and isinstance(default, (int, float)):
        return abs(value - default)
    return 0.0 if value == default else 1.0


def _label(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
