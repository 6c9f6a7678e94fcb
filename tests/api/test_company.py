"""Other models beside the one a view is of: which, how they are obtained, and what is refused."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import SmallZoo
from tests.weights import small
from zoo import LoadedModel, UnavailableError, UnknownNameError, UsageError
from zoo.plugins import Catalogue, Offer
from zoo.views.context import Company
from zoo.weights.plan import ask


def with_models(zoo: SmallZoo, **others: dict[str, Any]) -> None:
    """Offer variants of the model under other names."""
    specs = [small.SPEC, *(dataclasses.replace(small.SPEC, name=n, **c) for n, c in others.items())]
    zoo.__dict__["catalogue"] = Catalogue(
        plugins=(small.PLUGIN,),
        models=tuple(Offer(spec, small.PLUGIN, spec.name) for spec in specs),
        datasets=(
            *small.CATALOGUE.datasets,
            Offer(dataclasses.replace(small.HALVES, name="quarters"), small.PLUGIN, "quarters"),
        ),
    )


def publish(
    zoo: SmallZoo, folder: Path, model: str, *, bias: float = 0.0, preset: str = "default"
) -> None:
    content = small.weight_file(bias=bias)
    path = folder / f"{model}-{preset}.h5"
    path.write_bytes(content)
    entry = small.entry(content, local=str(path), file=path.name)
    entry = dataclasses.replace(entry, model=f"small-models/{model}", preset=preset)
    zoo.listed = (*zoo.listed, entry)
    zoo.__dict__.pop("registry", None)  # it was read before


@pytest.fixture
def host(small_zoo: SmallZoo) -> LoadedModel:
    loaded = small_zoo.train("mean").loaded
    with_models(
        small_zoo,
        other={},
        third={},
        elsewhere={"datasets": ("quarters",)},
        painter={"output": "images", "task": "generation"},
    )
    return loaded


def titles(company: Company) -> list[str]:
    return [model.title for model in company.models]


def test_models_at_hand_are_asked_and_nothing_is_trained(
    host: LoadedModel, small_zoo: SmallZoo, tmp_path: Path
) -> None:
    publish(small_zoo, tmp_path, "other", bias=1e4)
    fits = small.MeanModel.fits
    found = host.context.company()
    assert titles(found) == ["other"]
    assert dict(found.left_out) == {"third": "no weights are at hand without a training"}
    assert small.MeanModel.fits == fits
    assert found.models[0].labels == host.context.labels
    assert found.models[0].model.predict(host.context.image("test:1")).argmax() == 0  # a class 1: wrong


def test_weights_trained_earlier_are_at_hand(host: LoadedModel, small_zoo: SmallZoo) -> None:
    small_zoo.train("third")
    fits = small.MeanModel.fits
    assert titles(host.context.company()) == ["third"]
    assert small.MeanModel.fits == fits


def test_what_is_named_is_trained_and_presets_count(host: LoadedModel) -> None:
    fits = small.MeanModel.fits
    found = host.context.company(("mean:loud", "third", "third", "mean"))
    assert titles(found) == ["mean:loud", "third"]  # each once, and never the host
    assert small.MeanModel.fits == fits + 2
    assert found.left_out == {}
    host.context.company(("mean:loud", "third", "third", "mean"))
    assert small.MeanModel.fits == fits + 2


def test_a_host_of_other_values_meets_the_model_of_its_name(
    host: LoadedModel, small_zoo: SmallZoo
) -> None:
    custom = small_zoo.load("mean", values={"scale": 3.0})
    assert custom.title == "mean:custom"
    assert titles(custom.context.company()) == ["mean"]


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("thrid", UnknownNameError, "unknown model 'thrid'; did you mean third or other?"),
        ("third:laud", UnknownNameError, "unknown preset of third 'laud'; did you mean loud?"),
        (
            "painter",
            UsageError,
            "models: painter does not say what it sees in an image; choose from mean, other, third",
        ),
        (
            "elsewhere",
            UsageError,
            "models: elsewhere takes quarters, not halves; choose from mean, other, third",
        ),
    ],
)
def test_names_that_do_not_fit_are_refused_before_any_model_is_loaded(
    host: LoadedModel, name: str, error: type[UsageError], message: str
) -> None:
    fits = small.MeanModel.fits
    with pytest.raises(error) as caught:
        host.context.company(("other", name))
    assert str(caught.value) == message
    assert small.MeanModel.fits == fits


def test_a_published_file_that_is_damaged_leaves_its_model_out(
    host: LoadedModel, small_zoo: SmallZoo, tmp_path: Path
) -> None:
    publish(small_zoo, tmp_path, "other")
    path = tmp_path / "other-default.h5"
    path.write_bytes(bytes(path.stat().st_size))
    publish(small_zoo, tmp_path, "third")
    found = host.context.company()
    assert titles(found) == ["third"]
    assert list(found.left_out) == ["other"]
    assert "expected" in found.left_out["other"]


def test_nothing_is_trained_for_a_model_built_on_another(
    host: LoadedModel, small_zoo: SmallZoo, tmp_path: Path
) -> None:
    with_models(small_zoo, base={}, tower={"requires": ("base",)})
    publish(small_zoo, tmp_path, "tower")
    fits = small.MeanModel.fits
    assert host.context.company().left_out == {
        "base": "no weights are at hand without a training",
        "tower": "base: no weights are at hand without a training",
    }
    assert small.MeanModel.fits == fits


def test_obtaining_without_a_training_says_that_none_is_there(small_zoo: SmallZoo) -> None:
    selection = small_zoo.select("mean")
    asked = ask("auto", preset="default", seeded=False, may_train=False)
    with pytest.raises(UnavailableError) as caught:
        small_zoo.obtain(selection, asked, data="halves", seed=None)
    assert str(caught.value) == "mean: no weights are at hand without a training"


def test_a_judge_is_asked_only_where_its_weights_are_at_hand(
    host: LoadedModel, small_zoo: SmallZoo, tmp_path: Path
) -> None:
    assert host.context.judge() is None  # none is declared
    with_models(small_zoo, painter={}, alone={})
    for name in ("painter", "alone"):
        small_zoo.train(name)
    with_models(small_zoo, reader={}, painter={"judge": "reader"}, alone={"judge": "gone"})
    fits = small.MeanModel.fits
    for name in ("painter", "alone"):
        assert small_zoo.load(name).context.judge() is None
    assert small.MeanModel.fits == fits
    small_zoo.train("reader")
    found = small_zoo.load("painter").context.judge()
    assert found is not None
    assert found.title == "reader"
