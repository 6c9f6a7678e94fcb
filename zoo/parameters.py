"""Parameters declared once: a light dataclass whose fields carry type, range and help.

Hyperparameters, recipes and the parameters of views are all declared this way. The command line,
help texts, documents, notebook sliders and checks come from the declaration::

    @dataclass(frozen=True, kw_only=True)
    class Hyperparameters:
        hidden: Annotated[tuple[int, ...], Range(1, 4096), "units of each hidden layer"] = (64,)
        activation: Annotated[str, Choice("relu", "sigmoid"), "of the hidden layers"] = "relu"

Types: ``bool``, ``int``, ``float``, ``str``, ``tuple`` of one of these, and any of them ``| None``.
A dataclass may check across fields in ``__post_init__`` by raising `ValueError`.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import math
import sys
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from zoo.errors import InvalidValueError, complaint, one_line, unknown

T = TypeVar("T")

__all__ = [
    "Choice", "Image", "Limit", "ModelName", "Parameter", "Range",
    "check", "describe", "parse", "to_data",
]  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Limit:
    """A bound that depends on the loaded model: words for help, a function for the check."""

    text: str
    of: Callable[[Any], float]


@dataclasses.dataclass(frozen=True)
class Range:
    """Both ends included. An end may be a `Limit`, known only once a model is loaded."""

    low: float | Limit
    high: float | Limit


class Choice:
    """One of a few named values."""

    def __init__(self, *values: str) -> None:
        self.values = values


@dataclasses.dataclass(frozen=True)
class Image:
    """Marks a ``str`` parameter that names an image: ``test:17``, ``class:3#12``, a file."""


@dataclasses.dataclass(frozen=True)
class ModelName:
    """Marks a ``str`` parameter that names a model, ``model`` or ``model:preset``."""


@dataclasses.dataclass(frozen=True)
class Parameter:
    """One declared parameter.

    Attributes:
        name: Name in Python; on the command line underscores become hyphens.
        kind: ``bool``, ``int``, ``float`` or ``str``: of the value, or of a tuple's items.
        many: True for a tuple; written ``16,16`` in text.
        optional: True where ``None`` (text: ``none``) is allowed.
        default: Value used when none is given.
        help: One line for people.
        low, high: Bounds, both included; None where there is none.
        choices: Allowed values of a ``str``; empty where any will do.
        image: True where the text names an image.
        model: True where the text names a model.
    """

    name: str
    kind: type
    many: bool
    optional: bool
    default: Any
    help: str
    low: float | Limit | None = None
    high: float | Limit | None = None
    choices: tuple[str, ...] = ()
    image: bool = False
    model: bool = False

    @property
    def limited(self) -> bool:
        """Whether a bound is known only once a model is."""
        return isinstance(self.low, Limit) or isinstance(self.high, Limit)

    @property
    def option(self) -> str:
        return "--" + self.name.replace("_", "-")

    def allowed(self, context: Any = None) -> str:
        """Say in words which values are allowed, e.g. ``an integer in 1..4096``."""
        if self.choices:
            words = "one of " + ", ".join(self.choices)
        elif self.image:
            words = "an image (test:17, train:5, class:3#12, noise:7, blank, or a file)"
        else:
            words = {bool: "true or false", int: "an integer", float: "a number", str: "a text"}[
                self.kind
            ]
            low, high = _bound(self.low, context), _bound(self.high, context)
            if low is not None and high is not None:
                words += f" in {low}..{high}"
            elif low is not None:
                words += f" of at least {low}"
            elif high is not None:
                words += f" of at most {high}"
        if self.many:
            words = words.removeprefix("an ").removeprefix("a ").replace("integer", "integers", 1)
            example = "a,b" if self.kind is str else "0,1,2" if self.low == 0 else "16,16"
            words = f"a list like {example} of {words}"
        return words + (" or none" if self.optional else "")

    def read(self, text: str, context: Any = None) -> Any:
        """Turn command-line text into a value of the declared type.

        Args:
            text: As typed.
            context: What limits in the message are asked of; without one they stay words.

        Raises:
            InvalidValueError: If the text is not of that type.
        """
        if self.optional and text.lower() == "none":
            return None
        try:
            if self.many:
                parts = [part.strip() for part in text.split(",")]
                if not parts[-1]:  # nothing at all, or a comma at the end as Python writes it
                    parts.pop()
                if "" in parts:
                    raise ValueError(text)
                return tuple(_read(self.kind, part) for part in parts)
            return _read(self.kind, text)
        except ValueError:
            raise self._error(repr(text), context) from None

    def check(self, value: Any, context: Any = None) -> Any:
        """Return `value`, normalised to the declared type, or raise `InvalidValueError`."""
        if value is None and self.optional:
            return None
        if self.many:
            if isinstance(value, self.kind) and self.kind is not str:
                value = (value,)
            if not isinstance(value, (tuple, list)):
                raise self._error(_shown(value), context)
            return tuple(self._check_one(item, value, context) for item in value)
        return self._check_one(value, value, context)

    def _check_one(self, item: Any, value: Any, context: Any) -> Any:
        if self.kind is float and isinstance(item, int) and not isinstance(item, bool):
            item = float(item)
        if self.kind is int and not isinstance(item, (bool, int)) and hasattr(item, "__index__"):
            item = item.__index__()  # a NumPy integer
        right = isinstance(item, self.kind) and (self.kind is bool or not isinstance(item, bool))
        if right and self.kind is float:
            right = math.isfinite(item)
        if right and self.choices:
            right = item in self.choices
        if right and self.kind in (int, float):
            low, high = _resolve(self.low, context), _resolve(self.high, context)
            right = (low is None or item >= low) and (high is None or item <= high)
        if not right:
            raise self._error(_shown(value), context)
        return item

    def _error(self, got: str, context: Any = None) -> InvalidValueError:
        return InvalidValueError(complaint(self.name, expected=self.allowed(context), got=got))


@functools.cache  # every recipe has the fields of Recipe, and evaluating them takes long
def _own_hints(declaration: Any) -> dict[str, Any]:
    """Evaluate the annotations of one class, without those of its bases."""
    own = types.SimpleNamespace(__annotations__=inspect.get_annotations(declaration))
    around = vars(sys.modules[declaration.__module__])
    return typing.get_type_hints(own, around, dict(vars(declaration)), include_extras=True)


@functools.cache
def _described(declaration: Any) -> tuple[Parameter, ...]:
    hints: dict[str, Any] = {}
    for base in reversed(declaration.__mro__):
        hints |= _own_hints(base)
    return tuple(_parameter(field, hints[field.name]) for field in dataclasses.fields(declaration))


def describe(declaration: type) -> tuple[Parameter, ...]:
    """Read a parameters dataclass into its `Parameter` list, in the order of declaration.

    Raises:
        TypeError: If a field has no default or a type outside the short list above.
    """
    return _described(declaration)


def parse(declaration: type, texts: Mapping[str, str], context: Any = None) -> dict[str, Any]:
    """Turn ``name → text`` (hyphens allowed in names) into ``name → value``; `context` as in `read`."""
    known = {p.name: p for p in describe(declaration)}
    values = {}
    for name, text in texts.items():
        key = name.replace("-", "_")
        if key not in known:
            raise unknown("parameter", name, known)
        values[key] = known[key].read(text, context)
    return values


def check(declaration: type[T], values: Mapping[str, Any], context: Any = None) -> T:
    """Make an instance from values, checking every one; the message lists all faults at once.

    Args:
        context: What `Limit` functions are called with; None leaves those limits unchecked.

    Raises:
        UnknownNameError: If a name is not declared.
        InvalidValueError: If values do not fit.
    """
    known = {p.name: p for p in describe(declaration)}
    checked: dict[str, Any] = {}
    faults = []
    for name, value in values.items():
        if name not in known:
            raise unknown("parameter", name, known)
        try:
            checked[name] = known[name].check(value, context)
        except InvalidValueError as error:
            faults.append(str(error))
    for name, parameter in known.items():
        if name not in values and context is not None:
            try:
                parameter.check(parameter.default, context)
            except InvalidValueError as error:
                faults.append(str(error))
    if faults:
        raise InvalidValueError("; ".join(faults))
    try:
        return declaration(**checked)
    except ValueError as error:
        raise InvalidValueError(one_line(str(error))) from None


def to_data(instance: Any) -> dict[str, Any]:
    """Return plain JSON-able data: tuples become lists, fields in order of declaration."""
    data = {p.name: getattr(instance, p.name) for p in describe(type(instance))}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in data.items()}


def _parameter(field: dataclasses.Field[Any], hint: Any) -> Parameter:
    notes: Iterable[Any] = ()
    if typing.get_origin(hint) is typing.Annotated:
        hint, *notes = typing.get_args(hint)
    optional = many = False
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        inner = [arg for arg in typing.get_args(hint) if arg is not type(None)]
        optional, hint = True, inner[0] if len(inner) == 1 else None
    if typing.get_origin(hint) is tuple:
        many, hint = True, typing.get_args(hint)[0]
    if hint not in (bool, int, float, str):
        raise TypeError(
            f"{field.name}: type must be bool, int, float, str, a tuple of one, or one | None"
        )
    if field.default is dataclasses.MISSING:
        raise TypeError(f"{field.name}: a parameter needs a default")
    facts: dict[str, Any] = {}
    words = ""
    for note in notes:
        if isinstance(note, str):
            words = note
        elif isinstance(note, Range):
            facts.update(low=note.low, high=note.high)
        elif isinstance(note, Choice):
            facts.update(choices=note.values)
        elif isinstance(note, Image):
            facts.update(image=True)
        elif isinstance(note, ModelName):
            facts.update(model=True)
    return Parameter(field.name, hint, many, optional, field.default, words, **facts)


def _read(kind: type, text: str) -> Any:
    if kind is bool:
        lowered = text.lower()
        if lowered in ("true", "yes", "on", "1"):
            return True
        if lowered in ("false", "no", "off", "0"):
            return False
        raise ValueError(text)
    if kind in (int, float) and (len(text) > 40 or "_" in text or not text.isascii()):
        raise ValueError(text)
    return kind(text)


def _bound(bound: float | Limit | None, context: Any) -> str | None:
    if isinstance(bound, Limit) and context is None:
        return f"({bound.text})"
    try:
        value = _resolve(bound, context)
    except LookupError:  # known only with weights
        return f"({bound.text})" if isinstance(bound, Limit) else None
    return None if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _resolve(bound: float | Limit | None, context: Any) -> float | None:
    if isinstance(bound, Limit):
        return None if context is None else bound.of(context)
    return bound


def _shown(value: Any) -> str:
    if isinstance(value, (bool, int, float, str, tuple, list, type(None))):
        text = repr(value)
        return text if len(text) <= 60 else text[:57] + "…"
    return f"a value of type {type(value).__name__}"
