"""docs/reference/json.md lists the keys that a run has, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import table
from zoo import Evaluation, Settings, Zoo
from zoo.evaluation import Drawn

OPEN = {"hyperparameters", "recipe", "epochs", "parameters", "numbers"}
"""Tables whose keys are names of something: the page has a star for them."""


def paths(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict) and value:
        names = path.rpartition(".")[2] in OPEN
        for key, item in value.items():
            below = f"{path}.{'*' if names else key}".lstrip(".")
            if names and not path.endswith("epochs"):
                yield below  # of any kind
            else:
                yield from paths(item, below)
    elif isinstance(value, (list, tuple)):
        for item in value[:1] or [None]:
            yield from paths(item, f"{path}[]")
    else:
        yield path


def said(where: set[str]) -> set[str]:
    return {row[0].strip("`") for row in table("reference/json.md", "run") if row[2] in where}


ALWAYS, MEASURED, TRAINED, PICTURES = {""}, {"measured"}, {"`zoo train`"}, {"pictures"}
BINARY, DRAWS, ONE_VIEW = {"two classes"}, {"models that draw"}, {"`zoo visualize` of one view"}


@pytest.fixture
def house(isolated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Zoo:
    monkeypatch.chdir(tmp_path)
    return Zoo(Settings(home=isolated, offline=True))


def test_the_keys_of_a_run(house: Zoo) -> None:
    run = house.train("neuron", values={"epochs": 1})
    data = run.to_data() | {"warnings": ["one"]}
    assert set(paths(data)) - {"views[]"} == said(ALWAYS | MEASURED | BINARY | TRAINED)
    drawn = house.visualize("neuron", "weights", output="weights.png").to_data() | {"warnings": ["one"]}
    assert set(paths(drawn)) == said(ALWAYS | PICTURES | ONE_VIEW)


def test_the_keys_of_an_evaluation() -> None:
    evaluation = Evaluation(
        task="generation",
        n=1,
        accuracy=None,
        loss=0.1,
        confusion=((1,),),
        precision=(None,),
        recall=(None,),
        labels=("0",),
        judge="cnn",
        drawn=Drawn(n=1, seed=0, shares=(1.0,), recognised=None),
        seconds=0.1,
    )
    found = {f"evaluation.{path}" for path in paths(evaluation.to_data())}
    assert found == {path for path in said(MEASURED | DRAWS) if path.startswith("evaluation.")}
