"""From the one name a person gives to the names in a package: distribution, module, class."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass

from zoo.errors import InvalidValueError, complaint
from zoo.registry.names import file_fault
from zoo.specs import NAME, NAME_LIMIT

__all__ = ["Names"]

PREFIX = "zoo-"
"""Of distributions: who looks for plugins of the zoo in a package index finds them together."""

TAKEN_CLASSES = frozenset({"Annotated", "Any", "Hyperparameters", "Means", "OwnRecipe", "Parameters"})
"""Names that the templates define or import; those of `zoo` itself are avoided too."""

_TEMPLATES_OWN = re.compile("zoo_okapi|zoo-okapi|Okapi|okapi")


@dataclass(frozen=True)
class Names:
    """What a plugin called ``small-net`` is called everywhere.

    Attributes:
        name: ``small-net``: of the model, dataset or view, and of the entry point.
    """

    name: str

    @classmethod
    def of(cls, text: str) -> Names:
        """Check what a person typed; ``zoo-small-net`` is taken for ``small-net``.

        Raises:
            InvalidValueError: If it breaks the rules for names; the error suggests one that does.
        """
        name = text.removeprefix(PREFIX)
        if NAME.fullmatch(name) is None or len(name) > NAME_LIMIT:
            spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name)
            better = re.sub(r"[^a-z0-9]+", "-", spaced.lower()).strip("-")[:NAME_LIMIT].strip("-")
            expected = f"a name of at most {NAME_LIMIT} characters: lower case, digits, single hyphens"
            shown = repr(text) if len(text) <= 2 * NAME_LIMIT else f"{len(text)} characters"
            do = f"try {better}" if better and better != name else None
            raise InvalidValueError(complaint("name", expected=expected, got=shown, do=do))
        if file_fault(name):
            raise InvalidValueError(f"name: {name} can be no folder on Windows; choose another")
        return cls(name)

    @property
    def distribution(self) -> str:
        """``zoo-small-net``: what pip installs, and the folder."""
        return PREFIX + self.name

    @property
    def module(self) -> str:
        """``zoo_small_net``: what Python imports."""
        return self.distribution.replace("-", "_")

    @property
    def class_name(self) -> str:
        """``SmallNet``; never a name that the templates import or define."""
        import zoo

        words = "".join(part[:1].upper() + part[1:] for part in self.name.split("-"))
        taken = words in TAKEN_CLASSES or words in zoo.__all__ or keyword.iskeyword(words)
        return words if words[0].isalpha() and not taken else f"My{words}"

    def replace(self, text: str) -> str:
        """Put these names in the place of the templates' own."""
        mine = {
            "zoo_okapi": self.module,
            "zoo-okapi": self.distribution,
            "Okapi": self.class_name,
            "okapi": self.name,
        }
        # in one pass: the new names may hold the old one
        return _TEMPLATES_OWN.sub(lambda match: mine[match[0]], text)
