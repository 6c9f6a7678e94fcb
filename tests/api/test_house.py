"""What users call, on a small model: load, train, run, predict, and their refusals."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.api.conftest import SmallZoo
from tests.weights import small
from zoo import InvalidValueError, PluginError, Settings, UnknownNameError, UsageError, Zoo
from zoo.data import Dataset
from zoo.plugins import Catalogue, Offer
from zoo.store import h5


def test_load_predicts_without_a_dataset_once_weights_are_there(small_zoo: SmallZoo) -> None:
    small_zoo.train("mean")
    small_zoo.obtained.clear()
    loaded = small_zoo.load("mean")
    scores = loaded.predict(np.zeros((28, 28)))
    assert scores.shape == (1, 2)
    assert loaded.source.way == "cache"
    assert loaded.labels() == ("0", "1")
    assert repr(loaded).startswith("<LoadedModel mean: weights from cache, trained earlier on halves")


def test_run_reports_every_part_of_the_schema(small_zoo: SmallZoo) -> None:
    data = small_zoo.run("mean").to_data()
    assert data["schema"] == 1
    assert (data["model"], data["preset"]) == ("mean", "default")
    assert data["plugin"] == {"distribution": "small-models", "version": "1.0"}
    assert data["dataset"]["name"] == "halves"
    assert data["dataset"]["n"] == 20
    assert data["dataset"]["sha256"] == small.dataset().sha256
    assert set(data["weights"]) == {"source", "tag", "reason", "sha256", "path"}
    assert data["evaluation"]["accuracy"] == 1.0
    assert data["evaluation"]["confusion"] == [[10, 0], [0, 10]]
    assert data["evaluation"]["n"] == 20
    assert data["views"] == []
    assert data["warnings"] == []


def test_views_take_the_scores_that_were_measured_already(small_zoo: SmallZoo) -> None:
    loaded = small_zoo.load("mean")
    before = loaded.context.scores(7)
    scores = loaded.evaluate().scores
    assert scores is not None
    again = small_zoo.load("mean")
    again.evaluate()
    again.model.predict = None  # type: ignore[method-assign,assignment]
    assert np.array_equal(again.context.scores(7), scores[:7])
    assert np.array_equal(before, scores[:7])
    assert "scores" not in loaded.evaluate().to_data()
    with pytest.raises(ValueError, match="read-only"):
        again.context.scores(7)[:] = 0


def test_scores_are_those_of_the_images_that_a_view_takes(small_zoo: SmallZoo) -> None:
    loaded = small_zoo.load("mean")
    before = loaded.context
    old = before.examples("test")
    turned = {name: array[::-1].copy() for name, array in small.arrays().items()}
    other = Dataset(
        name="halves",
        spec=small.HALVES,
        counts=(40, 20),
        sha256="9" * 64,
        way="embedded",
        reason="made for a test",
        load=turned.__getitem__,
    )
    assert not np.array_equal(old.images, other.examples("test").images)
    loaded.use(other)
    loaded.evaluate()
    assert np.array_equal(before.scores(9), loaded.predict(old.images)[:9])
    assert np.array_equal(loaded.context.scores(9), loaded.predict(other.examples("test").images)[:9])


def test_train_reports_the_course_of_the_training(small_zoo: SmallZoo) -> None:
    training = small_zoo.train("mean", seed=5).to_data()["training"]
    assert training["seed"] == 5
    assert training["epochs"] == {"loss": (1.0, 0.5), "accuracy": (0.5, 1.0)}
    assert training["seconds"] >= 0


def test_values_decide_the_preset_that_is_reported(small_zoo: SmallZoo) -> None:
    assert small_zoo.run("mean:loud").to_data()["preset"] == "loud"
    custom = small_zoo.run("mean", values={"scale": "3"}).to_data()
    assert custom["preset"] == "custom"
    assert custom["hyperparameters"] == {"scale": 3.0}


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (("maen", {}), "unknown model 'maen'; did you mean mean?"),
        (("mean:lood", {}), "unknown preset of mean 'lood'; did you mean loud?"),
        (
            ("mean", {"values": {"scael": 1}}),
            (
                "unknown parameter of mean 'scael'; did you mean scale or schedule?; "
                "`zoo info mean` lists all"
            ),
        ),
    ],
)
def test_row_39_names_that_do_not_exist(small_zoo: SmallZoo, call: Any, text: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        small_zoo.run(call[0], **call[1])
    assert str(caught.value) == text
    assert not small_zoo.settings.home.exists()


@pytest.mark.parametrize("seed", [-1, 2**31, True, "3"])
def test_row_39_seeds_that_no_generator_takes(small_zoo: SmallZoo, seed: Any) -> None:
    with pytest.raises(InvalidValueError, match=r"^seed: expected an integer in 0\.\.2147483647, got "):
        small_zoo.load("mean", seed=seed)


def test_weights_are_not_scored_on_a_dataset_they_do_not_belong_to(small_zoo: SmallZoo) -> None:
    loaded = small_zoo.train("mean").loaded

    def other(name: str = "auto", *, preferences: Any = ()) -> Any:
        found = small.dataset()
        found.name = "quarters"
        return found

    small_zoo.dataset = other  # type: ignore[method-assign]
    with pytest.raises(UsageError) as caught:
        loaded.evaluate("quarters")
    assert str(caught.value) == (
        "mean: these weights belong to halves, not quarters; use --data halves, or --weights train"
    )
    named = small_zoo.load("mean", weights=loaded.source.path)
    assert named.evaluate("quarters").n == 20


def test_predict_answers_for_each_image_and_model(small_zoo: SmallZoo) -> None:
    found = small_zoo.predict(["mean", "mean:loud"], ["test:0", "test:1"])
    assert [(p["image"], p["title"], p["answer"]) for p in found["predictions"]] == [
        ("test:0", "mean", "0"),
        ("test:0", "mean:loud", "0"),
        ("test:1", "mean", "1"),
        ("test:1", "mean:loud", "1"),
    ]
    assert sum(found["predictions"][0]["scores"].values()) == pytest.approx(1)
    assert [model["title"] for model in found["models"]] == ["mean", "mean:loud"]


def test_predict_refuses_a_wrong_reference_before_any_work(small_zoo: SmallZoo) -> None:
    with pytest.raises(InvalidValueError, match="test:17, train:5"):
        small_zoo.predict(["mean"], ["test:many"])
    assert not small_zoo.settings.home.exists()


def with_spec(zoo: SmallZoo, **changes: Any) -> None:
    spec = dataclasses.replace(small.SPEC, **changes)
    zoo.__dict__["catalogue"] = Catalogue(
        plugins=(small.PLUGIN,),
        models=(Offer(spec, small.PLUGIN, "mean"),),
        datasets=small.CATALOGUE.datasets,
    )


def test_models_that_require_each_other_are_refused(small_zoo: SmallZoo) -> None:
    specs = [
        dataclasses.replace(small.SPEC, name=name, requires=(other,))
        for name, other in (("egg", "hen"), ("hen", "egg"))
    ]
    small_zoo.__dict__["catalogue"] = Catalogue(
        plugins=(small.PLUGIN,),
        models=tuple(Offer(spec, small.PLUGIN, spec.name) for spec in specs),
        datasets=small.CATALOGUE.datasets,
    )
    with pytest.raises(UsageError) as caught:
        small_zoo.load("egg")
    assert str(caught.value) == (
        "models require each other in a circle: small-models/egg → small-models/hen → small-models/egg"
    )


@pytest.mark.parametrize("factory", ["tests.weights.small:dataset", "tests.weights.small:Listener"])
def test_row_37_a_factory_that_is_no_model_is_the_plugins_fault(
    small_zoo: SmallZoo, factory: str
) -> None:
    with_spec(small_zoo, factory=factory)
    with pytest.raises(PluginError) as caught:
        small_zoo.load("mean")
    assert str(caught.value) == f"plugin small: {factory} is not a subclass of zoo.Model"


def test_info_counts_parameters_and_lists_presets(small_zoo: SmallZoo) -> None:
    info = small_zoo.info("mean:loud")
    assert info["parameters"] == 784 * 2 + 2
    assert info["layers"] == [
        {"name": "layer", "variables": {"kernel": [784, 2], "bias": [2]}, "parameters": 1570}
    ]
    assert [preset["name"] for preset in info["presets"]] == ["default", "loud"]
    assert info["hyperparameters"] == [
        {"name": "scale", "value": 2.0, "allowed": "a number in 0.1..10", "help": "of the scores"}
    ]


def test_a_default_view_that_no_plugin_offers_is_skipped_with_a_line(
    small_zoo: SmallZoo, tmp_path: Path
) -> None:
    notices: list[str] = []
    small_zoo.listener.notice = notices.append  # type: ignore[method-assign]
    with_spec(small_zoo, default_views=("nowhere",))
    run = small_zoo.run("mean", visualize=True, output=tmp_path / "out")
    assert run.exit_code == 0
    assert notices == ["nowhere: not drawn, no plugin that is in use offers this view"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["report.html"]


def test_row_41_an_output_folder_that_cannot_be_made_is_said_before_any_work(
    small_zoo: SmallZoo, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Exception, match="cannot make this folder") as caught:
        small_zoo.run("mean", visualize=True, output=tmp_path / "file" / "out")
    assert str(caught.value).endswith("choose another with --output")
    assert not small_zoo.settings.home.exists()


def test_doctor_has_a_line_for_every_part(small_zoo: SmallZoo) -> None:
    checks = {check["name"]: check["status"] for check in small_zoo.doctor()}
    assert {"python", "keras", "plugin small", "cache", "registry", "network"} <= set(checks)
    assert set(checks.values()) <= {"ok", "warning", "error"}


def test_the_module_functions_are_the_same_zoo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import zoo

    made = functools.partial(SmallZoo, tmp_path / "home")
    monkeypatch.setattr("zoo.api.shortcuts.Zoo", made)
    assert [offer.name for offer in zoo.models()] == ["mean"]
    assert zoo.load("mean", scale=2.0).preset == "loud"
    assert zoo.run("mean").evaluation.accuracy == 1.0  # type: ignore[union-attr]


def test_a_judge_that_is_not_there_is_missed_in_one_line(small_zoo: SmallZoo) -> None:
    loaded = small_zoo.load("mean")
    spec = dataclasses.replace(loaded.spec, judge="critic")
    loaded._selection = dataclasses.replace(loaded._selection, spec=spec)
    assert loaded.evaluate().accuracy is not None
    (text,) = loaded.warnings[-1:]
    assert text == (
        "mean: critic, which reads its images, is missing (unknown model 'critic'; known: mean)"
    )


def with_base(zoo: SmallZoo) -> None:
    """Let ``mean:loud`` be built on ``base:loud``."""
    base = dataclasses.replace(small.SPEC, name="base")
    top = dataclasses.replace(small.SPEC, requires=lambda h: ("base:loud",) if h.scale > 1 else ())
    zoo.__dict__["catalogue"] = Catalogue(
        plugins=(small.PLUGIN,),
        models=(Offer(top, small.PLUGIN, "mean"), Offer(base, small.PLUGIN, "base")),
        datasets=small.CATALOGUE.datasets,
    )


def test_the_key_does_not_depend_on_when_a_required_model_was_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bases, tops = [], []
    for day in ("1", "2"):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", f"{day}00000")
        house = SmallZoo(tmp_path / day)
        with_base(house)
        tops.append(house.load("mean:loud"))
        bases.append(house.load("base:loud"))
    assert bases[0].source.sha256 != bases[1].source.sha256
    first, second = (top.provenance for top in tops)
    assert first is not None
    assert second is not None
    assert (first.key, first.requires) == (second.key, second.requires)
    other = house.train("base:loud", seed=1).loaded
    assert other.weights_sha256 != bases[0].weights_sha256


def test_records_that_name_the_file_of_a_required_model_are_still_understood(
    small_zoo: SmallZoo, tmp_path: Path
) -> None:
    with_base(small_zoo)
    path = small_zoo.train("mean:loud").loaded.source.path
    base = small_zoo.load("base:loud")
    for sha256, notes in ((base.source.sha256, 0), (base.weights_sha256, 0), ("0" * 64, 1)):
        contents = h5.read(Path(path).read_bytes(), base.model.shapes, trusted=True, thing=path)
        record = {**(contents.extras.provenance or {}), "requires": {"base:loud": sha256}}
        file = tmp_path / "a.h5"
        extras: dict[str, Any] = {"config": None, "history": None, "snapshots": {}}
        file.write_bytes(h5.write(contents.weights, provenance=record, **extras))
        found = small_zoo.reproduce("mean", weights=str(file))
        assert sum("other weights of base:loud" in note for note in found.notes) == notes


def test_another_preset_of_a_model_can_be_required(small_zoo: SmallZoo) -> None:
    with_base(small_zoo)
    assert small_zoo.load("mean").model.requires == {}
    loaded = small_zoo.load("mean:loud")
    needed = small_zoo.load("base:loud")
    assert loaded.model.requires["base"].hyperparameters.scale == 2.0
    assert loaded.provenance is not None
    assert loaded.provenance.requires == {"base:loud": needed.weights_sha256}
    assert small_zoo.info("mean:loud")["requires"] == ["base:loud"]


@pytest.mark.parametrize("name", [None, 3, ("mean",)])
def test_row_39_a_model_that_is_no_text(small_zoo: SmallZoo, name: Any) -> None:
    for call in (small_zoo.load, small_zoo.run, small_zoo.train, small_zoo.info, small_zoo.visualize):
        with pytest.raises(InvalidValueError) as caught:
            call(name)
        assert str(caught.value) == f"model: expected its name, got {name!r}"


@pytest.mark.parametrize("weights", [None, 3, "", b"a.h5"])
def test_row_39_weights_that_are_neither_text_nor_path(small_zoo: SmallZoo, weights: Any) -> None:
    with pytest.raises(InvalidValueError) as caught:
        small_zoo.load("mean", weights=weights)
    assert str(caught.value) == (
        f"weights: expected auto, download, train, a tag or a path, got {weights!r}"
    )


@pytest.mark.parametrize("data", [None, 3, "", b"digits"])
def test_row_39_data_that_is_neither_text_nor_path(isolated: Path, data: Any) -> None:
    house = Zoo(Settings(home=isolated, offline=True))
    file = Path(__file__).parents[2] / "weights" / "ovr-default-v1.h5"
    loaded = house.load("ovr", weights=file)
    text = f"dataset: expected auto, a name or a file, got {data!r}"
    calls: tuple[Any, ...] = (
        lambda: house.load("ovr", data=data, weights="train"),
        lambda: house.run("ovr", data=data),
        lambda: house.dataset(data),
        lambda: loaded.evaluate(data),
        lambda: loaded.examples("test", data),
    )
    for call in calls:
        with pytest.raises(InvalidValueError) as caught:
            call()
        assert str(caught.value) == text


def test_weights_may_be_a_path(small_zoo: SmallZoo, tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(Path(small_zoo.train("mean").loaded.source.path).read_bytes())
    for path in (Path("plain"), tmp_path / "plain"):
        assert small_zoo.load("mean", weights=path).source.path == str(tmp_path / "plain")
    assert small_zoo.run("mean", weights=Path("plain")).loaded.source.way == "file"
    with pytest.raises(
        InvalidValueError, match="weights of mean: expected a mapping from names to arra"
    ):
        small_zoo.load("mean").model.weights = None  # type: ignore[assignment]
