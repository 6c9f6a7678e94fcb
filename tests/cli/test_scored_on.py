"""Which dataset weights are scored on: the one that was asked for, whatever a file says of itself."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.conftest import Ended
from zoo import Settings, UnavailableError, Zoo

Real = Callable[..., Ended]

FILE = str(Path(__file__).parents[2] / "weights" / "ovr-default-v1.h5")
"""It belongs to mnist, which an offline zoo does not have: whoever asks for it fails."""


@pytest.fixture
def zoo(isolated: Path) -> Zoo:
    return Zoo(Settings(home=isolated, offline=True))


@pytest.fixture
def report(real: Real) -> Callable[..., Any]:
    def run(*args: str) -> Any:
        ended = real(*args, "--weights", FILE, "--json", "--offline")
        assert (ended.code, ended.err) == (0, "")
        return json.loads(ended.out)

    return run


@pytest.mark.parametrize("verb", ["evaluate", "run"])
def test_a_named_file_is_scored_on_the_dataset_asked_for(
    zoo: Zoo, report: Callable[..., Any], verb: str
) -> None:
    digits = zoo.dataset("digits")
    told = report(verb, "ovr", "--data", "digits")
    assert (told["dataset"]["name"], told["dataset"]["sha256"]) == ("digits", digits.sha256)
    assert told["dataset"]["n"] == told["evaluation"]["n"] == digits.counts[1]
    accuracy = zoo.load("ovr", weights=FILE).evaluate("digits").accuracy
    assert told["evaluation"]["accuracy"] == accuracy
    assert zoo.run("ovr", weights=FILE, data="digits").evaluation.accuracy == accuracy  # type: ignore[union-attr]
    assert zoo.load("ovr", weights=FILE, data="digits").evaluate().accuracy == accuracy


@pytest.mark.parametrize("view", ["confusion", "digits", "mistakes"])
def test_its_pictures_show_that_dataset(zoo: Zoo, report: Callable[..., Any], view: str) -> None:
    (drawn,) = report("visualize", "ovr", view, "--data", "digits")["views"]
    known = zoo.load("ovr", weights=FILE)
    known.use(zoo.dataset("digits"))
    assert drawn["numbers"] == json.loads(json.dumps(known.view(view).to_data()["numbers"]))


def test_images_are_taken_from_that_dataset(zoo: Zoo, report: Callable[..., Any]) -> None:
    last = zoo.dataset("digits").examples("test").images[-1]
    number = zoo.dataset("digits").counts[1] - 1
    (told,) = report("predict", "ovr", f"test:{number}", "--data", "digits")["predictions"]
    scores = zoo.load("ovr", weights=FILE).predict(last)[0]
    assert list(told["scores"].values()) == pytest.approx(scores.tolist())


def own(zoo: Zoo, path: Path, *classes: int) -> None:
    """Write a dataset of one's own: 30 images in each part, all or these classes."""
    digits = zoo.dataset("digits")
    few = {}
    for part in ("train", "test"):
        every = digits.examples(part)
        examples = every.rows(np.isin(every.labels, classes or range(10)).nonzero()[0]).first(30)
        few |= {f"x_{part}": examples.images, f"y_{part}": examples.labels.astype(np.uint8)}
    np.savez(path, **few)  # type: ignore[arg-type]


def test_the_dataset_may_be_a_file(zoo: Zoo, report: Callable[..., Any], tmp_path: Path) -> None:
    own(zoo, tmp_path / "my.npz")
    told = report("evaluate", "ovr", "--data", "my.npz")
    assert (told["dataset"]["name"], told["dataset"]["n"], told["evaluation"]["n"]) == ("my", 30, 30)
    assert len(report("predict", "ovr", "test:29", "--data", "my.npz")["predictions"]) == 1


def test_company_looks_at_that_dataset(zoo: Zoo) -> None:
    loaded = zoo.load("ovr", weights=FILE, data="digits")
    zoo.train("scratch", data="digits", values={"epochs": 1, "hidden": (8,)})
    found = loaded.context.company(("scratch",))
    assert [model.title for model in found.models] == ["scratch"]
    assert len(found.models[0].examples("test")) == zoo.dataset("digits").counts[1]


def test_one_dataset_after_another(zoo: Zoo) -> None:
    loaded = zoo.load("ovr", weights=FILE)
    assert loaded.evaluate("digits").n == zoo.dataset("digits").counts[1]
    with pytest.raises(UnavailableError, match="mnist"):  # its own, which cannot be had here
        loaded.evaluate()


TRAIN = ("train", "ovr", "--set", "epochs=1", "--data")


def test_what_train_advises_measures_on_the_same_data(zoo: Zoo, real: Real, tmp_path: Path) -> None:
    own(zoo, tmp_path / "my own.npz")
    trained = real(*TRAIN, "my own.npz", "--offline")
    command = trained.out.splitlines()[-1].strip()
    assert command.startswith("zoo run ovr --set epochs=1 --data 'my own.npz' --weights ")
    again = real(*shlex.split(command)[1:], "--offline")
    assert again.out.partition(" images,")[0] == trained.out.partition(" images,")[0]
    assert again.out.startswith("ovr:custom on my-own: accuracy ")
    assert again.err == ""


def test_it_is_said_where_the_own_data_of_weights_is_not_there(
    zoo: Zoo, real: Real, tmp_path: Path
) -> None:
    own(zoo, tmp_path / "my.npz")
    path = json.loads(real(*TRAIN, "my.npz", "--offline", "--json").out)["weights"]["path"]
    for verb in ("run", "evaluate"):
        ended = real(verb, "ovr", "--weights", path, "--offline", "--json")
        text = (
            "ovr: the weights are of a dataset my, which is none here, so digits is used instead; "
            "name theirs with --data"
        )
        assert (ended.code, ended.err.splitlines()[-1]) == (0, f"warning: {text}")
        told = json.loads(ended.out)
        assert (told["dataset"]["name"], told["warnings"][-1]) == ("digits", text)


def test_data_that_lacks_a_class(zoo: Zoo, real: Real, tmp_path: Path) -> None:
    own(zoo, tmp_path / "two.npz", 3, 4)
    ended = real("train", "neuron", "--data", "two.npz", "--offline")
    advice = "--set first=3 --set second=4"
    assert (ended.code, ended.error) == (
        2,
        (
            "dataset two: its train images have none of class 1, 8, which neuron tells apart; "
            f"there are 3, 4: try {advice}"
        ),
    )
    assert real("train", "neuron", "--data", "two.npz", "--offline", *advice.split()).code == 0


@pytest.mark.parametrize("view", ["means", "threshold"])
def test_no_count_is_raised_where_none_helps(zoo: Zoo, real: Real, tmp_path: Path, view: str) -> None:
    own(zoo, tmp_path / "two.npz", 3, 4)
    words = ("visualize", "ovr", view, "--weights", FILE, "--offline", "--data")
    ended = real(*words, "two.npz")
    assert ended.code == 2
    assert ended.error.endswith("choose another class, or other data")
    assert real(*words, "digits", "--count", "1").error.endswith("; raise count")
