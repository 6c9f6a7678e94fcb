"""The small checks that the checks of specs are made of; each notes its fault and goes on."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from typing import Any

from zoo.errors import ZooError, complaint
from zoo.parameters import Limit, Parameter, describe
from zoo.plugins.guard import described
from zoo.plugins.resolving import REFERENCE
from zoo.specs import NAME, NAME_LIMIT, RESERVED

__all__ = ["Fields", "is_name", "kind_of"]

TEXT_LIMIT = 300
"""Characters of a summary or help line: about three lines of a terminal."""

LIST_LIMIT = 256
"""Items of any list in a spec; the longest real ones have a dozen."""

PARAMETER_LIMIT = 64
"""Fields of one parameters dataclass."""


def is_name(value: object) -> bool:
    """Tell whether a value follows the rules for names of models, presets, datasets and views."""
    return isinstance(value, str) and len(value) <= NAME_LIMIT and NAME.fullmatch(value) is not None


def kind_of(value: object) -> str:
    """Say what a wrong value is: short values themselves, others by their type."""
    if value is None or isinstance(value, (bool, int, float, str)):
        text = repr(value)
        return text if len(text) <= 60 else f"a {type(value).__name__} of {len(text)} characters"
    return f"a {type(value).__name__}"


class Fields:
    """Collects the faults of one spec, each with the path of its field."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def fault(self, path: str, expected: str, got: str) -> None:
        self.faults.append(complaint(path, expected=expected, got=got))

    def name(self, path: str, value: object, *, kind: str = "") -> bool:
        """Check a name; `kind` says of what, where some words are reserved."""
        if value in RESERVED.get(kind, ()):
            self.fault(
                path, f"another word than {value}, which has a meaning of its own", kind_of(value)
            )
            return False
        if is_name(value):
            return True
        words = f"a name of at most {NAME_LIMIT} characters: lower case, digits, single hyphens"
        self.fault(path, words, kind_of(value))
        return False

    def text(self, path: str, value: object, *, empty: bool = False) -> None:
        """Check one line for a table: control characters would reach the terminal."""
        right = isinstance(value, str) and len(value) <= TEXT_LIMIT and value.isprintable()
        if not right or not (value or empty):
            self.fault(path, f"one line of text of at most {TEXT_LIMIT} characters", kind_of(value))

    def choice(self, path: str, value: object, known: Collection[str]) -> None:
        if not isinstance(value, str) or value not in known:
            self.fault(path, "one of " + ", ".join(known), kind_of(value))

    def integer(self, path: str, value: object, low: int, high: int) -> bool:
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return True
        self.fault(path, f"an integer in {low}..{high}", kind_of(value))
        return False

    def reference(self, path: str, value: object) -> None:
        if not isinstance(value, str) or not REFERENCE.fullmatch(value):
            self.fault(path, "a reference 'module:Name'", kind_of(value))

    def function(self, path: str, value: object) -> bool:
        if callable(value):
            return True
        self.fault(path, "a function", kind_of(value))
        return False

    def items(self, path: str, value: object, kind: type = str) -> tuple[Any, ...]:
        """Return a tuple of `kind`, or note the fault and return an empty one."""
        if isinstance(value, (tuple, list)) and len(value) <= LIST_LIMIT:
            if all(isinstance(item, kind) for item in value):
                return tuple(value)
            wrong = next(item for item in value if not isinstance(item, kind))
            self.fault(path, f"a tuple of {kind.__name__}", f"{kind_of(wrong)} in it")
        else:
            self.fault(path, f"a tuple of at most {LIST_LIMIT} {kind.__name__}", kind_of(value))
        return ()

    def names(
        self, path: str, value: object, *, qualified: bool = False, presets: bool = False
    ) -> tuple[str, ...]:
        """Check a tuple of names without doubles.

        Args:
            path: Of the field.
            value: What it holds.
            qualified: Names may be ``distribution/name``.
            presets: Names may end in ``:preset``.
        """
        found = self.items(path, value)
        for item in found:
            name, colon, preset = item.partition(":") if presets else (item, "", "")
            self.name(path, name.rpartition("/")[2] if qualified else name)
            if colon:
                self.name(path, preset)
        self.unique(path, found)
        return found

    def unique(self, path: str, found: tuple[str, ...]) -> None:
        doubles = sorted({item for item in found if found.count(item) > 1})
        if doubles:
            self.fault(path, "every name once", f"{', '.join(doubles)} twice")

    def mapping(self, path: str, value: object) -> dict[str, Any]:
        """Return a mapping with text keys as a dict, or note the fault and return an empty one."""
        if isinstance(value, Mapping) and len(value) <= LIST_LIMIT:
            if all(isinstance(key, str) for key in value):
                return dict(value)
            self.fault(path, "text keys", "others")
        else:
            self.fault(path, "a mapping", kind_of(value))
        return {}

    def declaration(self, path: str, value: object) -> tuple[Parameter, ...] | None:
        """Check a parameters dataclass: every field described, every default within its own limits.

        Returns:
            Its parameters; None if there is a fault.
        """
        if not isinstance(value, type) or not dataclasses.is_dataclass(value):
            self.fault(path, "a dataclass (the class, not an instance)", kind_of(value))
            return None
        try:
            parameters = describe(value)
        except Exception as error:  # whatever the annotations of a stranger evaluate to
            self.faults.append(f"{path}: {described(error)}")
            return None
        before = len(self.faults)
        if len(parameters) > PARAMETER_LIMIT:
            self.fault(path, f"at most {PARAMETER_LIMIT} fields", str(len(parameters)))
            return None
        for parameter in parameters:
            self._parameter(f"{path}.{parameter.name}", parameter)
        if len(self.faults) == before:
            try:
                value()
            except Exception as error:
                self.faults.append(f"{path}: its defaults do not fit together: {described(error)}")
        return parameters if len(self.faults) == before else None

    def _parameter(self, path: str, parameter: Parameter) -> None:
        self.text(path, parameter.help, empty=True)
        before = len(self.faults)
        bounds = (parameter.low, parameter.high)
        if any(not (b is None or isinstance(b, (int, float, Limit))) for b in bounds):
            self.fault(path, "numbers or Limits as ends of its Range", "others")
        if not all(isinstance(choice, str) for choice in parameter.choices):
            self.fault(path, "texts as choices", "others")
        if len(self.faults) == before:
            try:
                parameter.check(parameter.default)
            except ZooError as error:
                self.faults.append(f"{path}: its default does not fit: {error}")
