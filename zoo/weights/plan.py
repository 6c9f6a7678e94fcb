"""Decide how weights are obtained: a pure function of what was asked for and what is there.

Nothing here reads a file, opens a socket or imports anything heavy; `zoo.weights.obtain` carries
the plan out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from zoo.errors import (
    InvalidValueError,
    UnavailableError,
    UnknownNameError,
    UsageError,
    ZooError,
    complaint,
    one_line,
    unknown,
)
from zoo.settings import at_home
from zoo.specs import RESERVED

if TYPE_CHECKING:
    from zoo.registry import WeightsEntry

__all__ = ["Asked", "Plan", "Published", "Step", "Target", "Way", "ask", "plan"]

Way = Literal["packaged", "cache", "mirror", "download", "trained", "train", "file"]
"""``trained`` is a file trained earlier under the same key; ``train`` fits now."""

MODES = RESERVED["tag"]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What ``--weights`` and its neighbours said.

    Attributes:
        mode: ``auto``, ``download``, ``train``, ``tag`` or ``file``.
        tag: With mode ``tag``.
        path: With mode ``file``.
        preset: Name of the preset whose values are used, or ``custom``.
        seeded: True where a seed was asked for.
        fresh: Fit even if a trained file is there (``zoo train``).
        may_train: False where no weights are better than a training that nobody asked for.
    """

    mode: Literal["auto", "download", "train", "tag", "file"]
    tag: str = ""
    path: Path | None = None
    preset: str = "default"
    seeded: bool = False
    fresh: bool = False
    may_train: bool = True


@dataclass(frozen=True, kw_only=True)
class Published:
    """A registry entry, and where its bytes could come from."""

    entry: WeightsEntry
    packaged: bool
    cached: bool
    mirror: bool
    urls: bool
    offline: bool


@dataclass(frozen=True, kw_only=True)
class Target:
    """A dataset that weights may belong to, in order of preference.

    Attributes:
        published: Every entry for this model, preset and dataset, the default first.
        trained: True where a file trained under the same key is in the cache.
    """

    dataset: str
    published: tuple[Published, ...] = ()
    trained: bool = False


@dataclass(frozen=True, kw_only=True)
class Step:
    """One way to try, the reason to give if it works, and what it is about."""

    way: Way
    reason: str
    target: Target | None = None
    entry: WeightsEntry | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Steps in order; a forced plan never falls back to training."""

    steps: tuple[Step, ...]
    forced: bool


def ask(
    weights: str | Path, *, preset: str, seeded: bool, fresh: bool = False, may_train: bool = True
) -> Asked:
    """Read the text of ``--weights``: a separator or ``.h5`` means a path, other words a tag.

    Raises:
        InvalidValueError: If it is neither text nor a path.
        UsageError: If a seed is asked for, and weights that are trained already.
    """
    if seeded and weights not in ("auto", "train"):
        raise UsageError(
            "seed: it would change nothing about weights that are trained already; "
            "leave it out, or use --weights train"
        )
    if isinstance(weights, Path):
        return Asked(mode="file", path=at_home(weights), preset=preset)
    if not isinstance(weights, str) or not weights:
        expected, got = "auto, download, train, a tag or a path", one_line(repr(weights), 60)
        raise InvalidValueError(complaint("weights", expected=expected, got=got))
    if weights in MODES:
        return Asked(
            mode=weights,  # type: ignore[arg-type]
            preset=preset,
            seeded=seeded,
            fresh=fresh,
            may_train=may_train,
        )
    if "/" in weights or "\\" in weights or weights.lower().endswith(".h5"):
        return Asked(mode="file", path=at_home(weights), preset=preset)
    return Asked(mode="tag", tag=weights, preset=preset)


def plan(
    asked: Asked, targets: Sequence[Target], *, model: str, others: Sequence[WeightsEntry] = ()
) -> Plan:
    """Return the steps to try, in order.

    auto: published (packaged, cache, mirror, download), then a file trained earlier, then train.
    Published files are passed over where a seed was asked for or the values are no preset's own; the
    training is left out where nobody asked for one.

    Args:
        model: Title, for messages.
        others: All that is published of this model, of any preset and for any dataset, for messages.

    Raises:
        UnknownNameError: If a tag was asked for that no registry lists for this model, preset and
            dataset.
        UnavailableError: If a download was forced and nothing is published.
    """
    if asked.mode == "file":
        return Plan(steps=(Step(way="file", reason=f"named by the user: {asked.path}"),), forced=True)
    if asked.fresh:
        return Plan(steps=(Step(way="train", reason="asked to train", target=None),), forced=False)
    if asked.mode in ("tag", "download"):
        return _forced(asked, targets, model, others)

    steps: list[Step] = []
    why = "asked to train"
    if asked.mode == "auto":
        why = _why_not_published(asked, targets)
        if not why:
            why = "published weights could not be had"
            for target in targets:
                steps += [s for p in target.published if p.entry.default for s in _ways(p, target)]
                steps += _earlier(target, why)
            return Plan(steps=(*steps, *_now(asked, why)), forced=False)
    for target in targets:
        steps += _earlier(target, why)
    return Plan(steps=(*steps, *_now(asked, why)), forced=False)


def _why_not_published(asked: Asked, targets: Sequence[Target]) -> str:
    if asked.preset == "custom":
        return "these hyperparameters or this recipe are no preset's own"
    if asked.seeded:
        return "a seed was asked for"
    if not any(p.entry.default for target in targets for p in target.published):
        names = " or ".join(target.dataset for target in targets) or "this dataset"
        return f"no weights are published for {names}"
    return ""


def _forced(asked: Asked, targets: Sequence[Target], model: str, others: Sequence[WeightsEntry]) -> Plan:
    listed = [(target, p) for target in targets for p in target.published]
    if asked.mode == "tag":
        chosen = [(target, p) for target, p in listed if p.entry.tag == asked.tag]
    else:
        chosen = [(target, p) for target, p in listed if p.entry.default]
    if not chosen:
        raise _unpublished(asked, targets, model, others)
    return Plan(steps=tuple(s for target, p in chosen for s in _ways(p, target)), forced=True)


def _unpublished(
    asked: Asked, targets: Sequence[Target], model: str, others: Sequence[WeightsEntry]
) -> ZooError:
    """Build the error for weights that are not there, with those that are."""
    tags = [p.entry.tag for target in targets for p in target.published]
    names = " or ".join(target.dataset for target in targets)
    elsewhere = _elsewhere(others, model, asked.tag)
    if asked.mode == "tag":
        path = "or give a path ending in .h5"
        if not others or (tags and all(entry.tag != asked.tag for entry in others)):
            return unknown(f"tag of published weights of {model}", asked.tag, tags, do=path)
        what = f"{model}: no weights {asked.tag!r} are published for {names}"
        here = f"for {names}: {', '.join(tags)}; " if tags else ""
        return UnknownNameError(one_line(f"{what}; there are {here}{elsewhere}; {path}"))
    if tags:
        return UnavailableError(
            f"{model}: none of the weights for {names} is the default; name one, --weights {tags[0]}"
            + (f" (or {', '.join(tags[1:])})" if tags[1:] else "")
        )
    there = f"there are {elsewhere}; or " if elsewhere else ""
    what = f"{model}: no weights are published for {names} with these values"
    return UnavailableError(one_line(f"{what}; {there}use --weights train"))


def _elsewhere(others: Sequence[WeightsEntry], model: str, tag: str) -> str:
    """List tags by preset and dataset: where there is this tag, if anywhere, and best of this preset."""
    found: dict[tuple[str, str], list[str]] = {}
    bare = model.partition(":")[0]
    for entry in others:
        title = bare if entry.preset == "default" else f"{bare}:{entry.preset}"
        found.setdefault((title, entry.dataset.rpartition("/")[2]), []).append(entry.tag)
    right = {place: tags for place, tags in found.items() if tag in tags} or found
    own = {place: tags for place, tags in right.items() if place[0] == model} or right
    return "; ".join(
        f"{'' if title == model else f'of {title} '}for {dataset}: {', '.join(tags)}"
        for (title, dataset), tags in own.items()
    )


def _ways(published: Published, target: Target) -> list[Step]:
    entry = published.entry
    title = f"published weights {entry.tag!r} for {entry.dataset}"
    own = not entry.artifact.user_named
    beside = "part of the installation" if own else "from the folder of their registry"
    ways: list[tuple[Way, bool, str]] = [
        ("packaged", published.packaged, f"{title}, {beside}"),
        ("cache", published.cached, f"{title}, fetched earlier"),
        ("mirror", published.mirror, f"{title}, from the mirror"),
        ("download", published.urls and not published.offline, f"{title}, downloaded"),
    ]
    return [Step(way=way, reason=why, target=target, entry=entry) for way, there, why in ways if there]


def _earlier(target: Target, why: str) -> list[Step]:
    if not target.trained:
        return []
    return [Step(way="trained", reason=f"trained earlier on {target.dataset} ({why})", target=target)]


def _now(asked: Asked, why: str) -> list[Step]:
    return [Step(way="train", reason=why)] if asked.may_train else []
