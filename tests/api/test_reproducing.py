"""Training again from provenance."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.api.conftest import SmallZoo
from tests.weights import small
from zoo import InvalidValueError, UnavailableError, UsageError
from zoo.store import h5
from zoo.weights import provenance as provenances


def rewritten(path: str, target: Path, *, weights: Any = None, **changes: Any) -> str:
    """Write the file again with other arrays, or another provenance."""
    contents = h5.read(
        Path(path).read_bytes(), small.shapes(small.Hyperparameters()), trusted=True, thing=path
    )
    record = {**(contents.extras.provenance or {}), **changes}
    target.write_bytes(
        h5.write(
            {**contents.weights, **(weights or {})},
            config=None,
            provenance=record,
            history=None,
            snapshots={},
        )
    )
    return str(target)


def test_the_same_seed_gives_the_same_arrays_and_nothing_is_kept(small_zoo: SmallZoo) -> None:
    trained = small_zoo.train("mean:loud", seed=7).loaded.source
    kept = {path: path.read_bytes() for path in small_zoo.settings.home.rglob("*.h5")}
    fits = small.MeanModel.fits
    found = small_zoo.reproduce("mean", weights=trained.path)
    assert small.MeanModel.fits == fits + 1
    assert (found.agrees, found.identical, found.exit_code) == (True, True, 0)
    assert found.provenance.seed == 7
    assert found.loaded.preset == "loud"
    assert [metric.name for metric in found.metrics] == ["accuracy", "loss"]
    assert found.notes == ()
    assert {path: path.read_bytes() for path in small_zoo.settings.home.rglob("*.h5")} == kept
    data = found.to_data()
    assert data["metrics"]["accuracy"] == {
        "stated": 1.0,
        "measured": 1.0,
        "again": 1.0,
        "difference": 0.0,
    }
    assert (data["seed"], data["largest_difference"]) == (7, 0.0)


def test_published_weights_are_found_by_their_tag(small_zoo: SmallZoo) -> None:
    content = Path(small_zoo.train("mean", seed=2).loaded.source.path).read_bytes()
    small_zoo.listed = (small.entry(content, tag="own"),)
    del small_zoo.__dict__["registry"]
    path = small_zoo.folders.artifact(small_zoo.listed[0].artifact)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    found = small_zoo.reproduce("mean", weights="own")
    assert found.identical
    assert found.loaded.source.path == str(path)


def test_arrays_that_no_training_gave_are_seen(small_zoo: SmallZoo, tmp_path: Path) -> None:
    path = small_zoo.train("mean").loaded.source.path
    bias = {"layer/bias": np.array([0.25, 0.0], np.float32)}
    found = small_zoo.reproduce("mean", weights=rewritten(path, tmp_path / "a.h5", weights=bias))
    assert (found.identical, found.largest) == (False, 0.25)
    assert found.agrees
    bias = {"layer/bias": np.array([1e4, 0.0], np.float32)}
    found = small_zoo.reproduce("mean", weights=rewritten(path, tmp_path / "b.h5", weights=bias))
    accuracy = {metric.name: metric for metric in found.metrics}["accuracy"]
    assert (accuracy.stated, accuracy.measured, accuracy.again) == (1.0, 0.5, 1.0)
    assert (found.agrees, found.exit_code) == (False, 1)


def test_a_figure_that_was_never_reached_is_seen(small_zoo: SmallZoo, tmp_path: Path) -> None:
    path = small_zoo.train("mean").loaded.source.path
    loss = small_zoo.load("mean").evaluate().loss
    told = rewritten(path, tmp_path / "a.h5", metrics={"accuracy": 0.99, "loss": loss})
    assert small_zoo.reproduce("mean", weights=told, tolerance=0.011).agrees
    found = small_zoo.reproduce("mean", weights=told, tolerance=0.009)
    assert (found.agrees, found.identical, found.exit_code) == (False, True, 1)


def test_a_seed_is_part_of_the_provenance(small_zoo: SmallZoo, tmp_path: Path) -> None:
    path = small_zoo.train("mean", seed=1).loaded.source.path
    found = small_zoo.reproduce("mean", weights=rewritten(path, tmp_path / "a.h5", seed=2))
    assert not found.identical
    assert found.notes == ("this version of the model is declared to train differently",)


def test_what_is_not_as_it_was_is_noted(small_zoo: SmallZoo, tmp_path: Path) -> None:
    path = small_zoo.train("mean").loaded.source.path
    other = rewritten(path, tmp_path / "a.h5", versions={"numpy": "1.0", "no-such-thing": "2"})
    installed = provenances.versions("small-models")["numpy"]
    assert small_zoo.reproduce("mean", weights=other).notes == (
        f"numpy was 1.0 then and is {installed} now",
        "no-such-thing was 2 then and is not installed now",
    )


def test_weights_that_do_not_say_how_they_were_trained(small_zoo: SmallZoo, tmp_path: Path) -> None:
    (tmp_path / "mine.h5").write_bytes(small.weight_file())
    with pytest.raises(UsageError) as caught:
        small_zoo.reproduce("mean", weights="mine.h5")
    assert str(caught.value) == (
        "mine.h5: these weights do not say how they were trained, so nothing can be repeated; "
        "name others with --weights"
    )


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"model": "small-models/median"},
            "model: expected small-models/mean, got small-models/median; name that model",
        ),
        (
            {"hyperparameters": {"scale": 99.0}, "versions": {"small-models": "0.1"}},
            (
                "its provenance does not fit the installed small-models/mean: scale: expected a number "
                "in 0.1..10, got 99.0; it was made by small-models 0.1"
            ),
        ),
        (
            {"seed": -1, "versions": {}},
            (
                "its provenance does not fit the installed small-models/mean: seed: expected an "
                "integer in 0..2147483647, got -1; it was made by an unknown version"
            ),
        ),
    ],
)
def test_provenance_that_does_not_fit(
    small_zoo: SmallZoo, tmp_path: Path, changes: dict[str, Any], text: str
) -> None:
    path = small_zoo.train("mean").loaded.source.path
    other = rewritten(path, tmp_path / "a.h5", **changes)
    with pytest.raises(UsageError) as caught:
        small_zoo.reproduce("mean", weights=other)
    assert str(caught.value) == f"{other}: {text}"


def test_other_images_than_then_are_refused(small_zoo: SmallZoo, tmp_path: Path) -> None:
    path = small_zoo.train("mean").loaded.source.path
    other = rewritten(path, tmp_path / "a.h5", dataset={"name": "halves", "sha256": "0" * 64})
    with pytest.raises(UnavailableError) as caught:
        small_zoo.reproduce("mean", weights=other)
    assert str(caught.value) == (
        f"{other}: the images it was trained on: expected halves ({'0' * 64}), got halves "
        f"({small.dataset().sha256}); name the right ones with --data"
    )


@pytest.mark.parametrize("tolerance", [-0.1, 1.5, float("nan"), "much"])
def test_tolerances_that_mean_nothing(small_zoo: SmallZoo, tolerance: Any) -> None:
    with pytest.raises(InvalidValueError) as caught:
        small_zoo.reproduce("mean", tolerance=tolerance)
    assert str(caught.value) == f"tolerance: expected 0..1, got {tolerance}"


def test_a_raised_spec_version_is_noted(small_zoo: SmallZoo) -> None:
    path = small_zoo.train("mean").loaded.source.path
    spec = dataclasses.replace(small.SPEC, version=2)
    offers = [dataclasses.replace(offer, spec=spec) for offer in small.CATALOGUE.models]
    small_zoo.__dict__["catalogue"] = dataclasses.replace(small.CATALOGUE, models=tuple(offers))
    found = small_zoo.reproduce("mean", weights=path)
    assert found.notes == ("this version of the model is declared to train differently",)


@pytest.mark.parametrize(
    ("metrics", "note"),
    [
        ({}, "its provenance states no accuracy and no loss"),
        ({"accuracy": "high", "loss": None}, "its provenance states no accuracy and no loss"),
        ({"accuracy": True, "precision": 1.0}, "its provenance states no accuracy and no loss"),
    ],
)
def test_nothing_agrees_with_figures_that_were_never_stated(
    small_zoo: SmallZoo, tmp_path: Path, metrics: dict[str, Any], note: str
) -> None:
    path = small_zoo.train("mean").loaded.source.path
    found = small_zoo.reproduce("mean", weights=rewritten(path, tmp_path / "a.h5", metrics=metrics))
    assert (found.agrees, found.identical, found.exit_code) == (None, True, 1)
    assert found.to_data()["agrees"] is None
    assert found.notes == (note,)


def test_a_figure_that_was_not_stated_is_noted_beside_those_that_were(
    small_zoo: SmallZoo, tmp_path: Path
) -> None:
    path = small_zoo.train("mean").loaded.source.path
    told = rewritten(path, tmp_path / "a.h5", metrics={"accuracy": 1.0})
    found = small_zoo.reproduce("mean", weights=told)
    assert (found.agrees, found.exit_code) == (True, 0)
    assert found.notes == ("its provenance states no loss",)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("/etc/passwd", "a dataset that is none here, /etc/passwd"),
        ("auto", "a dataset that is none here, auto"),
        ("quarters\n", "a dataset that is none here, quarters"),
        (["halves"], "a dataset that is none here, ['halves']"),
        (None, "no dataset"),
    ],
)
def test_a_file_cannot_name_what_is_opened(
    small_zoo: SmallZoo, tmp_path: Path, name: Any, said: str
) -> None:
    path = small_zoo.train("mean").loaded.source.path
    dataset = {"sha256": small.dataset().sha256, **({} if name is None else {"name": name})}
    other = rewritten(path, tmp_path / "a.h5", dataset=dataset)
    small_zoo.obtained.clear()
    with pytest.raises(UsageError) as caught:
        small_zoo.reproduce("mean", weights=other)
    assert str(caught.value) == (
        f"{other}: its provenance names {said}; name the one it was trained on with --data"
    )
    assert small_zoo.obtained == []
    assert small_zoo.reproduce("mean", weights=other, data="halves").identical
