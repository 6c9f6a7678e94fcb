"""Which ways are tried, in which order, for which reason: a table of the pure function."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from zoo.errors import InvalidValueError, UnavailableError, UnknownNameError, UsageError
from zoo.registry import WeightsEntry
from zoo.specs import Artifact
from zoo.weights.plan import Asked, Plan, Published, Target, ask, plan


def entry(tag: str = "best", *, default: bool = True, dataset: str = "mnist") -> WeightsEntry:
    return WeightsEntry(
        model="digit-zoo/mlp",
        preset="default",
        dataset=dataset,
        tag=tag,
        default=default,
        artifact=Artifact(file=f"{tag}.h5", urls=("https://example.org/x.h5",), limit=10),
        summary="",
        published={},
        origin="test",
    )


def published(listed: WeightsEntry | None = None, **there: bool) -> Published:
    ways: dict[str, Any] = {
        "packaged": False,
        "cached": False,
        "mirror": False,
        "urls": True,
        "offline": False,
    }
    return Published(entry=listed or entry(), **{**ways, **there})


def mnist(*listed: Published, trained: bool = False) -> Target:
    return Target(dataset="mnist", published=listed, trained=trained)


def ways(decided: Plan) -> list[str]:
    return [step.way for step in decided.steps]


AUTO = Asked(mode="auto")


def test_auto_tries_the_nearest_published_copy_first_and_training_last() -> None:
    everywhere = published(packaged=True, cached=True, mirror=True)
    decided = plan(AUTO, [mnist(everywhere, trained=True)], model="mlp")
    assert ways(decided) == ["packaged", "cache", "mirror", "download", "trained", "train"]
    assert not decided.forced


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (AUTO, ["packaged", "download", "trained", "train"]),
        (
            ask("auto", preset="default", seeded=False, may_train=False),
            ["packaged", "download", "trained"],
        ),
        (ask("auto", preset="custom", seeded=False, may_train=False), ["trained"]),
    ],
)
def test_nothing_is_trained_where_nobody_asked_for_it(asked: Asked, expected: list[str]) -> None:
    decided = plan(asked, [mnist(published(packaged=True), trained=True)], model="mlp")
    assert ways(decided) == expected
    assert plan(Asked(mode="auto", may_train=False), [mnist()], model="mlp").steps == ()


def test_offline_never_plans_a_download() -> None:
    decided = plan(AUTO, [mnist(published(offline=True, mirror=True))], model="mlp")
    assert ways(decided) == ["mirror", "train"]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (Asked(mode="auto", seeded=True), "a seed was asked for"),
        (
            Asked(mode="auto", preset="custom"),
            "these hyperparameters or this recipe are no preset's own",
        ),
        (Asked(mode="train"), "asked to train"),
    ],
)
def test_what_published_weights_cannot_answer_is_trained(asked: Asked, reason: str) -> None:
    decided = plan(asked, [mnist(published(cached=True), trained=True)], model="mlp")
    assert ways(decided) == ["trained", "train"]
    assert decided.steps[0].reason == f"trained earlier on mnist ({reason})"
    assert decided.steps[1].reason == reason


def test_zoo_train_always_fits() -> None:
    decided = plan(
        Asked(mode="train", fresh=True), [mnist(published(cached=True), trained=True)], model="mlp"
    )
    assert ways(decided) == ["train"]


def test_a_dataset_without_published_weights_says_so() -> None:
    decided = plan(AUTO, [Target(dataset="digits")], model="mlp")
    assert [(s.way, s.reason) for s in decided.steps] == [
        ("train", "no weights are published for digits")
    ]


def test_only_the_default_entry_answers_auto() -> None:
    other = published(entry("upstream", default=False), cached=True)
    assert ways(plan(AUTO, [mnist(other)], model="mlp")) == ["train"]


def test_a_second_dataset_is_tried_after_the_first() -> None:
    targets = [mnist(published()), Target(dataset="digits", trained=True)]
    decided = plan(AUTO, targets, model="mlp")
    assert ways(decided) == ["download", "trained", "train"]
    assert decided.steps[1].reason.startswith("trained earlier on digits")


def test_download_forbids_training_and_trained_files() -> None:
    decided = plan(Asked(mode="download"), [mnist(published(cached=True), trained=True)], model="mlp")
    assert ways(decided) == ["cache", "download"]
    assert decided.forced


def test_download_of_what_nobody_published_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(UnavailableError) as caught:
        plan(Asked(mode="download"), [Target(dataset="digits", trained=True)], model="mlp")
    assert str(caught.value) == (
        "mlp: no weights are published for digits with these values; use --weights train"
    )


def test_a_tag_chooses_its_entry_alone() -> None:
    decided = plan(
        Asked(mode="tag", tag="upstream"),
        [mnist(published(), published(entry("upstream", default=False), cached=True))],
        model="mlp",
    )
    assert [step.entry.tag for step in decided.steps if step.entry] == ["upstream", "upstream"]
    assert ways(decided) == ["cache", "download"]


def test_an_unknown_tag_names_the_known_ones() -> None:
    with pytest.raises(UnknownNameError) as caught:
        plan(Asked(mode="tag", tag="upsteam"), [mnist(published(entry("upstream")))], model="mlp")
    assert str(caught.value) == (
        "unknown tag of published weights of mlp 'upsteam'; did you mean upstream?; "
        "or give a path ending in .h5"
    )


OTHERS = (
    entry("upstream", default=False),
    entry("v1"),
    dataclasses.replace(entry("v1"), preset="40"),
    dataclasses.replace(entry("v2"), preset="40", dataset="other-dist/digits"),
)
DIGITS = Target(dataset="digits")


@pytest.mark.parametrize(
    ("asked", "target", "model", "text"),
    [
        (
            Asked(mode="tag", tag="upstream"),
            DIGITS,
            "mlp",
            (
                "mlp: no weights 'upstream' are published for digits; there are for mnist: upstream, "
                "v1; or give a path ending in .h5"
            ),
        ),
        (
            Asked(mode="tag", tag="nonesuch"),
            DIGITS,
            "mlp:40",
            (
                "mlp:40: no weights 'nonesuch' are published for digits; there are for mnist: v1; "
                "for digits: v2; or give a path ending in .h5"
            ),
        ),
        (
            Asked(mode="tag", tag="upstream", preset="custom"),
            mnist(),
            "mlp:custom",
            (
                "mlp:custom: no weights 'upstream' are published for mnist; there are of mlp for mnist: "
                "upstream, v1; or give a path ending in .h5"
            ),
        ),
        (
            Asked(mode="tag", tag="upstream"),
            mnist(published(dataclasses.replace(entry("v1"), preset="40"))),
            "mlp:40",
            (
                "mlp:40: no weights 'upstream' are published for mnist; there are for mnist: v1; "
                "of mlp for mnist: upstream, v1; or give a path ending in .h5"
            ),
        ),
        (
            Asked(mode="download"),
            DIGITS,
            "mlp",
            (
                "mlp: no weights are published for digits with these values; there are for mnist: "
                "upstream, v1; or use --weights train"
            ),
        ),
        (
            Asked(mode="download"),
            mnist(published(entry("upstream", default=False))),
            "mlp",
            "mlp: none of the weights for mnist is the default; name one, --weights upstream",
        ),
    ],
)
def test_weights_that_exist_elsewhere_are_not_denied(
    asked: Asked, target: Target, model: str, text: str
) -> None:
    with pytest.raises((UnknownNameError, UnavailableError)) as caught:
        plan(asked, [target], model=model, others=OTHERS)
    assert str(caught.value) == text


@pytest.mark.parametrize("text", ["mine.h5", "./mine", "a/b", "a\\b", "X.H5"])
def test_a_separator_or_h5_means_a_path(text: str) -> None:
    asked = ask(text, preset="default", seeded=False)
    assert (asked.mode, asked.path) == ("file", Path(text))
    assert ways(plan(asked, [mnist(published(cached=True))], model="mlp")) == ["file"]


@pytest.mark.parametrize("text", ["auto", "download", "train"])
def test_modes_are_modes(text: str) -> None:
    assert ask(text, preset="default", seeded=False).mode == text


def test_other_words_are_tags_and_nothing_is_nothing() -> None:
    assert ask("upstream", preset="default", seeded=False).tag == "upstream"
    with pytest.raises(InvalidValueError, match="expected auto, download, train, a tag or a path"):
        ask("", preset="default", seeded=False)


@pytest.mark.parametrize("weights", ["upstream", "download", "mine.h5", Path("mine")])
def test_a_seed_and_weights_that_are_trained_already(weights: str | Path) -> None:
    with pytest.raises(UsageError) as caught:
        ask(weights, preset="default", seeded=True)
    assert str(caught.value) == (
        "seed: it would change nothing about weights that are trained already; "
        "leave it out, or use --weights train"
    )
