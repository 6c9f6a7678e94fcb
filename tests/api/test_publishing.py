"""Publishing weights into a registry folder, and using that folder: by path and over http."""

from __future__ import annotations

import dataclasses
import functools
import http.server
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import SmallZoo
from tests.weights import small
from zoo import IntegrityError, Settings, UsageError
from zoo.registry import Registry, load_registry
from zoo.store import h5


def listed(folder: Path) -> list[dict[str, Any]]:
    return tomllib.loads((folder / "registry.toml").read_text(encoding="utf-8"))["weights"]


def test_trained_weights_are_published_as_they_are(small_zoo: SmallZoo, tmp_path: Path) -> None:
    run = small_zoo.train("mean", seed=3)
    data = small_zoo.publish("mean", to="class", weights=run.loaded.source.path).to_data()
    file = tmp_path / "class" / "weights" / "mean-default-own.h5"
    assert file.read_bytes() == Path(run.loaded.source.path).read_bytes()
    assert listed(tmp_path / "class") == [
        {
            "model": "small-models/mean",
            "preset": "default",
            "dataset": "halves",
            "tag": "own",
            "summary": "trained with seed 3",
            "file": "mean-default-own.h5",
            "path": "weights/mean-default-own.h5",
            "size": file.stat().st_size,
            "sha256": run.loaded.source.sha256,
            "published": {k: round(v, 6) for k, v in run.evaluation.metrics().items()},  # type: ignore[union-attr]
        }
    ]
    assert (data["change"], data["path"], data["default"]) == ("added", str(file), False)
    assert data["evaluation"]["accuracy"] == 1.0
    assert data["training"]["seed"] == 3
    assert data["warnings"] == []


def test_it_trains_where_nothing_is_there_and_says_nothing_the_second_time(
    small_zoo: SmallZoo,
) -> None:
    first = small_zoo.publish("mean:loud", to="class", tag="v1", default=True)
    assert first.loaded.source.way == "trained"
    assert first.put.entry.default
    again = small_zoo.publish("mean:loud", to="class", tag="v1")
    assert again.put.change == "unchanged"
    assert again.put.path.name == "mean-loud-v1.h5"


def test_a_recipe_of_its_own_is_published_under_the_preset(small_zoo: SmallZoo) -> None:
    done = small_zoo.publish("mean", to="class", values={"epochs": "99"})
    assert (done.base.preset, done.loaded.preset) == ("default", "default")
    assert done.put.entry.summary == "trained with seed 0 and a recipe of its own"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"scale": 2.0}, "these are the values of mean:loud; publish that instead of mean"),
        (
            {"scale": 3.0},
            (
                "mean: published weights belong to a preset, whose hyperparameters stay as they are; "
                "--set may change its recipe only (presets: default, loud)"
            ),
        ),
    ],
)
def test_hyperparameters_of_no_preset_are_refused_before_any_work(
    small_zoo: SmallZoo, values: dict[str, Any], text: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as caught:
        small_zoo.publish("mean", to="class", values=values)
    assert str(caught.value) == text
    assert not (tmp_path / "class").exists()


def test_a_graph_is_refused_before_anything_is_written_where_there_is_none(
    small_zoo: SmallZoo, tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as caught:
        small_zoo.publish("mean", to=tmp_path / "class", graph=True)
    assert str(caught.value) == (
        "mean: there is no inference graph of this model to write; leave --graph out"
    )
    assert not (tmp_path / "class" / "registry.toml").exists()


@pytest.mark.parametrize("tag", ["auto", "download", "train"])
def test_tags_that_mean_something_else(small_zoo: SmallZoo, tag: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"^tag: --weights {tag} means something else; choose another"):
        small_zoo.publish("mean", to="class", tag=tag)
    assert not (tmp_path / "class").exists()


@pytest.mark.parametrize("tag", ["", "Own", "../own", "a b", "x" * 41])
def test_tags_that_are_no_names(small_zoo: SmallZoo, tag: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        small_zoo.publish("mean", to="class", tag=tag)
    assert str(caught.value) == (
        "tag: expected lower-case letters, digits and single hyphens, at most 40, got " + repr(tag)
    )
    assert not (tmp_path / "class").exists()


def test_weights_of_something_else_are_refused(small_zoo: SmallZoo) -> None:
    loud = small_zoo.train("mean:loud").loaded.source.path
    with pytest.raises(UsageError) as caught:
        small_zoo.publish("mean", to="class", weights=loud)
    assert str(caught.value) == (f"{loud}: scale: expected 1.0, got 2.0; publish them as what they are")


def test_a_file_that_says_nothing_needs_its_dataset_and_gets_a_warning(
    small_zoo: SmallZoo, tmp_path: Path
) -> None:
    (tmp_path / "mine.h5").write_bytes(small.weight_file())
    with pytest.raises(UsageError) as caught:
        small_zoo.publish("mean", to="class", weights="mine.h5")
    assert str(caught.value) == (
        "mine.h5: does not say which dataset its weights belong to; name it with --data"
    )
    done = small_zoo.publish("mean", to="class", weights="mine.h5", data="halves")
    (warning,) = done.warnings
    assert warning == (
        "mean-default-own.h5: these weights do not say how they were trained, so nobody can "
        "reproduce them"
    )
    assert done.put.entry.summary == ""


def test_images_of_ones_own_are_no_dataset_for_others(
    small_zoo: SmallZoo, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = small.dataset()
    own.name = "mine"
    monkeypatch.setattr(small_zoo, "dataset", lambda *_, **__: own)
    with pytest.raises(UsageError) as caught:
        small_zoo.publish("mean", to="class", data="mine.npz")
    assert str(caught.value) == (
        "mine: a file of your own is no dataset that others can name; publish weights for one that "
        "a plugin offers"
    )


def test_a_tag_is_not_given_twice(small_zoo: SmallZoo, tmp_path: Path) -> None:
    small_zoo.publish("mean", to="class")
    with pytest.raises(UsageError, match="is taken by other weights; choose another --tag"):
        small_zoo.publish("mean", to="class", seed=1)
    small_zoo.publish("mean", to="class", seed=1, replace=True)
    assert [table["summary"] for table in listed(tmp_path / "class")] == ["trained with seed 1"]


def test_what_other_registries_list_is_said(small_zoo: SmallZoo) -> None:
    content = small.weight_file()
    small_zoo.listed = (small.entry(content, tag="own"),)
    done = small_zoo.publish("mean", to="class", weights="train")
    (warning,) = done.warnings
    assert warning == (
        "the registry a test lists weights 'own' of mean for halves already, which stay: "
        "choose another --tag"
    )
    done = small_zoo.publish("mean", to="class", weights="train", tag="mine", default=True)
    (warning,) = done.warnings
    assert warning == (
        "weights 'own' of mean for halves, of the registry a test, stay the default where both are "
        "read; `--weights mine` takes these"
    )
    assert small_zoo.listener.warnings[-1:] == list(done.warnings)


class Reader(SmallZoo):
    """Somebody else's zoo, which reads registries for real."""

    def __init__(self, home: Path, registry: str, **settings: Any) -> None:
        super().__init__(home)
        self.settings = Settings(home=home, registry=registry, **settings)

    @functools.cached_property
    def registry(self) -> Registry:
        return load_registry(self.catalogue, self.settings, self._fetch_registry)


@pytest.mark.parametrize("place", ["class", "class/registry.toml"])
def test_a_folder_is_used_by_its_path(small_zoo: SmallZoo, place: str, tmp_path: Path) -> None:
    done = small_zoo.publish("mean", to="class", default=True)
    reader = Reader(tmp_path / "other", place, offline=True)
    loaded = reader.load("mean")
    assert loaded.source.way == "packaged"
    assert (
        loaded.source.reason == "published weights 'own' for halves, from the folder of their registry"
    )
    assert loaded.source.sha256 == done.put.entry.artifact.sha256
    assert loaded.provenance is not None
    assert reader.info("mean")["weights"][-1]["published_accuracy"] == 1.0


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """What `python -m http.server` does, on loopback, for the folder ``class``."""
    handler = functools.partial(Quiet, directory=str(tmp_path / "class"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("end", ["/", "", "/registry.toml"])
def test_a_folder_is_used_over_http(small_zoo: SmallZoo, served: str, end: str, tmp_path: Path) -> None:
    done = small_zoo.publish("mean", to="class")
    reader = Reader(tmp_path / "other", served + end)
    run = reader.run("mean", weights="own")
    assert run.loaded.source.way == "download"
    assert run.loaded.source.sha256 == done.put.entry.artifact.sha256
    assert run.evaluation is not None
    assert run.evaluation.accuracy == 1.0


def test_a_file_that_was_changed_on_the_server_is_not_used(
    small_zoo: SmallZoo, served: str, tmp_path: Path
) -> None:
    path = small_zoo.publish("mean", to="class").put.path
    path.write_bytes(bytes(reversed(path.read_bytes())))
    with pytest.raises(IntegrityError, match="expected sha256"):
        Reader(tmp_path / "other", served + "/").load("mean", weights="own")


def test_published_files_are_read_strictly_by_whoever_publishes(
    small_zoo: SmallZoo, tmp_path: Path
) -> None:
    arrays = {**small.weights(), "more/kernel": small.weights()["layer/bias"]}
    (tmp_path / "mine.h5").write_bytes(
        h5.write(arrays, config=None, provenance=None, history=None, snapshots={})
    )
    with pytest.raises(IntegrityError, match="more"):
        small_zoo.publish("mean", to="class", weights="mine.h5", data="halves")
    assert not (tmp_path / "class" / "registry.toml").exists()


def test_provenance_of_other_images_is_refused(
    small_zoo: SmallZoo, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = small_zoo.train("mean").loaded.source.path
    other = small.dataset()
    other.sha256 = "0" * 64
    monkeypatch.setattr(small_zoo, "dataset", lambda *_, **__: other)
    with pytest.raises(UsageError, match="contents of the dataset: expected 0000"):
        small_zoo.publish("mean", to="class", weights=path)


def test_the_models_of_the_zoo_itself_are_listed_by_their_bare_names(small_zoo: SmallZoo) -> None:
    plugin = dataclasses.replace(small.PLUGIN, distribution="digit-zoo")
    offers = [dataclasses.replace(offer, plugin=plugin) for offer in small.CATALOGUE.models]
    small_zoo.__dict__["catalogue"] = dataclasses.replace(small.CATALOGUE, models=tuple(offers))
    done = small_zoo.publish("mean", to="class")
    assert listed(done.registry.parent)[0]["model"] == "mean"
