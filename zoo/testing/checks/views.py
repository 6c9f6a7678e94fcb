"""Checks of a view: that it draws, for every choice, in the colours of the zoo, the same each time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from zoo.errors import ZooError
from zoo.parameters import describe
from zoo.plugins import Offer, resolve
from zoo.plugins.guard import described
from zoo.specs import ViewSpec
from zoo.testing.bench import Bench
from zoo.testing.blame import told
from zoo.testing.outcomes import FailedError, SkippedError
from zoo.testing.sample import SAMPLE, sample_context
from zoo.views import ViewContext, colour_faults, draw
from zoo.views.capabilities import lacking

if TYPE_CHECKING:
    from zoo.views import Picture

__all__ = ["CHECKS"]

VARIANT_LIMIT = 12
"""Pictures that are tried beside the default one: each takes a tenth of a second."""


def view_resolves(bench: Bench, offer: Offer[ViewSpec]) -> None:
    """The functions that compute and draw name are there."""
    for field in ("compute", "draw"):
        reference = getattr(offer.spec, field)
        try:
            found = resolve(reference, plugin=bench.plugin.name)
        except ZooError as error:
            reason = str(error).partition("; repair or update the plugin")[0]
            raise FailedError(f"{field}: {reason}; name it as 'module:function'") from None
        if not callable(found):
            raise FailedError(f"{field}: {reference} is a {type(found).__name__}, not a function")


def view_draws(bench: Bench, offer: Offer[ViewSpec]) -> None:
    """It draws with its defaults and with every choice it declares."""
    context = _context(bench, offer)
    for values in ({}, *_variants(offer.spec)):
        words = ", ".join(f"{name}={value}" for name, value in values.items()) or "its defaults"
        try:
            draw(offer, context, **values)
        except Exception as error:
            raise FailedError(f"with {words}: {told(error)}") from error


def view_colours(bench: Bench, offer: Offer[ViewSpec]) -> None:
    """Scales start at 0 or are symmetric, a bar explains every colour, what is cut off is marked."""
    faults = colour_faults(_drawn(bench, offer).figure)
    if faults:
        raise FailedError(f"{'; '.join(faults)}; zoo.canvas draws it right")


def view_numbers(bench: Bench, offer: Offer[ViewSpec]) -> None:
    """What compute gives is a frozen dataclass, with one sentence that tells the picture."""
    picture = _drawn(bench, offer)
    options = getattr(type(picture.numbers), "__dataclass_params__", None)
    if options is None or not options.frozen:
        raise FailedError(
            f"{type(picture.numbers).__name__} is not frozen, so that draw() could change it; write "
            "@dataclass(frozen=True)"
        )
    words = picture.alt.split()
    if len(words) < 3 or not picture.alt.rstrip().endswith("."):  # a sentence, not a name
        raise FailedError(f"alt is {picture.alt!r}; write one sentence that tells the picture")


def view_repeats(bench: Bench, offer: Offer[ViewSpec]) -> None:
    """The same parameters give the same picture, byte for byte."""
    if _drawn(bench, offer).encode() != _drawn(bench, offer).encode():
        raise FailedError(
            "two drawings differ; draw random numbers from a seed that is a parameter, and leave out "
            "the clock"
        )


CHECKS = (view_resolves, view_draws, view_colours, view_numbers, view_repeats)


def _drawn(bench: Bench, offer: Offer[ViewSpec]) -> Picture:
    try:
        return draw(offer, _context(bench, offer))
    except SkippedError:
        raise
    except Exception as error:
        raise SkippedError(f"it cannot be drawn ({described(error)})") from None


def _context(bench: Bench, offer: Offer[ViewSpec]) -> ViewContext:
    """Return something that has all the view needs: the sample model, or an installed one."""
    needs = offer.spec.needs
    if not lacking(needs, SAMPLE):
        return sample_context()
    models = sorted(bench.catalogue.models, key=lambda model: model.plugin != bench.plugin)
    for model in models:
        if not lacking(needs, model.spec):
            return bench.context(model)
    raise SkippedError(
        f"no installed model offers {', '.join(needs)}; install one, or correct spec.needs"
    )


def _variants(spec: ViewSpec) -> Iterator[dict[str, Any]]:
    """Each choice and each switch, one at a time, the others at their defaults."""
    variants = []
    for parameter in describe(spec.parameters):
        if parameter.choices and not parameter.many:
            others: list[Any] = [choice for choice in parameter.choices if choice != parameter.default]
        elif parameter.kind is bool and not parameter.many:
            others = [not parameter.default]
        else:
            others = []
        variants += [{parameter.name: value} for value in others]
    yield from variants[:VARIANT_LIMIT]
