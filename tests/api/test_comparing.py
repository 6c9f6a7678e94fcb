"""Models side by side."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import SmallZoo
from tests.weights import small
from zoo import UnknownNameError, UsageError
from zoo.plugins import Catalogue, Offer


def test_figures_sizes_times_and_agreement(small_zoo: SmallZoo) -> None:
    trained = small_zoo.train("mean").loaded
    found = small_zoo.compare(["mean", "mean:loud", "mean"])
    data = found.to_data()
    assert data["dataset"]["name"] == "halves"
    assert [model["title"] for model in data["models"]] == ["mean", "mean:loud"]
    first = data["models"][0]
    assert (first["accuracy"], first["n"], first["parameters"]) == (1.0, 20, 1570)
    assert first["bytes"] == Path(trained.source.path).stat().st_size
    assert trained.provenance is not None
    assert first["training_seconds"] == trained.provenance.seconds
    assert 0 < first["inference_seconds"] < 1
    assert first["weights"]["sha256"] == trained.source.sha256
    assert data["agreement"] == [[1.0, 1.0], [1.0, 1.0]]


def test_agreement_counts_images_not_successes(small_zoo: SmallZoo, tmp_path: Path) -> None:
    """One model always answers 0: it is right, and agrees with the other, on half of the images."""
    content = small.weight_file(bias=1e4)
    (tmp_path / "always.h5").write_bytes(content)
    entry = dataclasses.replace(small.entry(content, local=str(tmp_path / "always.h5")), preset="loud")
    small_zoo.listed = (entry,)
    data = small_zoo.compare(["mean", "mean:loud"]).to_data()
    assert [model["accuracy"] for model in data["models"]] == [1.0, 0.5]
    assert data["agreement"] == [[1.0, 0.5], [0.5, 1.0]]
    assert data["models"][1]["training_seconds"] is None


def with_models(zoo: SmallZoo, **others: dict[str, Any]) -> None:
    """Offer variants of the model under other names."""
    specs = [small.SPEC, *(dataclasses.replace(small.SPEC, name=n, **c) for n, c in others.items())]
    zoo.__dict__["catalogue"] = Catalogue(
        plugins=(small.PLUGIN,),
        models=tuple(Offer(spec, small.PLUGIN, spec.name) for spec in specs),
        datasets=small.CATALOGUE.datasets,
    )


def test_models_that_know_other_classes_are_compared_where_both_know(small_zoo: SmallZoo) -> None:
    """Columns of `turned` are the classes 1 and 0: its answers are compared by class, not column."""
    with_models(small_zoo, turned={"classes": lambda _: (1, 0)})
    data = small_zoo.compare(["mean", "turned"]).to_data()
    assert [model["accuracy"] for model in data["models"]] == [1.0, 1.0]
    assert data["agreement"] == [[1.0, 1.0], [1.0, 1.0]]


def test_models_without_a_common_dataset(small_zoo: SmallZoo) -> None:
    with_models(small_zoo, other={"datasets": ("quarters",)})
    with pytest.raises(UsageError) as caught:
        small_zoo.compare(["mean", "other"])
    assert str(caught.value) == ("mean, other: there is no dataset that all of them take; compare fewer")


def test_names_that_do_not_exist_are_said_before_any_work(small_zoo: SmallZoo) -> None:
    with pytest.raises(UnknownNameError, match="unknown model 'maen'"):
        small_zoo.compare(["mean", "maen"])
    with pytest.raises(UsageError, match="no model to compare"):
        small_zoo.compare([])
    assert small_zoo.obtained == []
