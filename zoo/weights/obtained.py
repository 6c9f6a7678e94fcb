"""Weights that were obtained: which way, why, and all that is known of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zoo.specs import Provenance

if TYPE_CHECKING:
    from zoo.modelling import History, Model

__all__ = ["Belongs", "Obtained", "Source"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """Which way weights came and why.

    Attributes:
        way: ``packaged``, ``cache``, ``mirror``, ``download``, ``trained`` or ``file``.
        tag: Of published weights; None for others.
        reason: One sentence for people.
        sha256: Of the ``.h5`` file.
        path: Where the file is.
    """

    way: str
    tag: str | None
    reason: str
    sha256: str
    path: str

    def to_data(self) -> dict[str, Any]:
        return {
            "source": self.way,
            "tag": self.tag,
            "reason": self.reason,
            "sha256": self.sha256,
            "path": self.path,
        }


@dataclass(frozen=True, kw_only=True)
class Belongs:
    """A dataset that weights may belong to: its name and the hash of its contents, if known."""

    name: str
    sha256: str | None


@dataclass(frozen=True, kw_only=True)
class Obtained:
    """Weights, already set in `model`, with all that is known of them.

    Attributes:
        dataset: Name of the dataset they belong to; None for a file that does not say.
    """

    model: Model
    source: Source
    dataset: str | None
    provenance: Provenance | None
    history: History | None
    warnings: tuple[str, ...] = ()
