"""Merging: the bundled registry stays, plugins list their own, a person's registry adds."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from zoo.errors import IntegrityError, InvalidValueError, PluginError, UnavailableError
from zoo.plugins import Catalogue, Offer, Plugin
from zoo.registry import Registry, bundled_registry, load_registry, sources
from zoo.settings import Settings
from zoo.specs import DatasetSpec, ModelSpec, NoParameters

MODEL = ModelSpec(
    name="mlp",
    summary="a model",
    task="classification",
    factory="m:M",
    hyperparameters=NoParameters,
    shapes=lambda values: {"a/b": (1,)},
    datasets=("mnist",),
)
DATASET = DatasetSpec(name="mnist", summary="digits", classes=10, counts=(6, 2))
OWN = Plugin("mlp", "zoo_mlp", "digit-zoo", "1.0")


@pytest.fixture
def bundled(folder, monkeypatch, write, weights, dataset):
    """A bundled registry with one entry of each kind; call it to write another one."""
    path = folder / "registry.toml"
    monkeypatch.setattr(sources, "bundled_registry", lambda: path)

    def fill(*tables):
        path.write_bytes(write(*tables))

    fill(("weights", weights), ("dataset", dataset))
    return fill


@pytest.fixture
def other(tmp_path):
    """A plugin of another distribution, with a package folder for its registry."""
    package = tmp_path / "other"
    package.mkdir()
    return Plugin("other", "other", "other-dist", "2.0", registry=package / "registry.toml")


def catalogue(*plugins):
    """All plugins offer a model mlp and a dataset mnist; the first keeps the bare names."""
    return Catalogue(
        plugins=plugins,
        models=tuple(
            Offer(MODEL, p, "mlp" if p is plugins[0] else f"{p.distribution}/mlp") for p in plugins
        ),
        datasets=tuple(
            Offer(DATASET, p, "mnist" if p is plugins[0] else f"{p.distribution}/mnist") for p in plugins
        ),
    )


def settings(registry=None, *, strict=False):
    return Settings(home=Path("/nowhere"), registry=registry, strict_plugins=strict)


def no_fetch(url):
    raise AssertionError(f"{url} was asked")


def test_the_bundled_registry(bundled):
    registry = load_registry(catalogue(OWN), settings(), no_fetch)
    assert registry.problems == ()
    (entry,) = registry.weights
    assert (entry.model, entry.dataset, entry.origin) == ("digit-zoo/mlp", "mnist", "of the zoo")
    for model in ("mlp", "digit-zoo/mlp"):
        for dataset in ("mnist", "digit-zoo/mnist"):
            assert registry.weights_for(model, "default", dataset) == (entry,)
    assert registry.weights_for("mlp", "16x16", "mnist") == ()
    assert registry.weights_for("mlp", "default", "digits") == ()
    assert registry.dataset("mnist") is registry.datasets[0]
    assert registry.dataset("digit-zoo/mnist") is registry.datasets[0]
    assert registry.dataset("digits") is None
    assert registry.datasets[0].distribution == "digit-zoo"


def test_without_plugins_it_can_still_be_read(bundled):
    registry = load_registry(Catalogue(), settings(), no_fetch)
    assert registry.weights[0].model == "digit-zoo/mlp"
    assert registry.weights[0].dataset == "mnist"
    assert registry.dataset("mnist") is registry.datasets[0]
    assert registry.problems == ()


def test_an_empty_registry():
    assert Registry().weights_for("a", "b", "c") == ()
    assert Registry().dataset("a") is None


def test_the_default_comes_first(bundled, weights):
    late = weights | {"tag": "late", "file": "late.h5"}
    bundled(("weights", weights | {"default": False}), ("weights", late))
    found = load_registry(catalogue(OWN), settings(), no_fetch).weights_for("mlp", "default", "mnist")
    assert [entry.tag for entry in found] == ["late", "upstream"]


def test_a_plugin_lists_its_own_names(bundled, other, write, weights, dataset):
    other.registry.write_bytes(write(("weights", weights), ("dataset", dataset)))
    twin = dataclasses.replace(other, name="second")  # two entry points of one package
    registry = load_registry(catalogue(OWN, other, twin), settings(), no_fetch)
    assert registry.problems == ()
    assert [e.model for e in registry.weights] == ["digit-zoo/mlp", "other-dist/mlp"]
    assert [e.dataset for e in registry.weights] == ["mnist", "other-dist/mnist"]
    assert [e.origin for e in registry.weights] == ["of the zoo", "of plugin other (other-dist 2.0)"]
    assert [d.distribution for d in registry.datasets] == ["digit-zoo", "other-dist"]
    assert registry.dataset("other-dist/mnist") is registry.datasets[1]
    assert registry.dataset("mnist") is registry.datasets[0]
    assert registry.weights_for("other-dist/mlp", "default", "other-dist/mnist") == (
        registry.weights[1],
    )
    assert registry.weights_for("other-dist/mlp", "default", "mnist") == ()


def test_a_plugin_lists_nothing_of_others(bundled, other, write, weights, dataset):
    tables = [
        ("weights", weights | {"model": "digit-zoo/mlp", "file": "a.h5"}),
        ("weights", weights | {"model": "cnn", "file": "b.h5"}),
        ("weights", weights | {"file": "c.h5"}),
        ("dataset", dataset | {"name": "digits"}),
    ]
    other.registry.write_bytes(write(*tables))
    registry = load_registry(catalogue(OWN, other), settings(), no_fetch)
    here = "registry of plugin other (other-dist 2.0)"
    assert registry.problems == (
        f"{here}: dataset 'digits': expected one that other-dist offers; it is left out",
        f"{here}: model 'digit-zoo/mlp': expected one that other-dist offers; it is left out",
        f"{here}: model 'cnn': expected one that other-dist offers; it is left out",
    )
    assert [e.artifact.file for e in registry.weights] == ["mlp.h5", "c.h5"]


def test_a_broken_registry_of_a_plugin_harms_no_other(bundled, other):
    other.registry.write_bytes(b"schema = 1\nweights = [\n")
    registry = load_registry(catalogue(OWN, other), settings(), no_fetch)
    (problem,) = registry.problems
    assert problem.startswith("registry of plugin other (other-dist 2.0), line ")
    assert len(registry.weights) == 1
    with pytest.raises(PluginError) as error:
        load_registry(catalogue(OWN, other), settings(strict=True), no_fetch)
    assert error.value.plugin == "other"
    other.registry.unlink()
    (problem,) = load_registry(catalogue(OWN, other), settings(), no_fetch).problems
    assert "there is no file" in problem


def test_a_persons_registry_adds(bundled, tmp_path, write, weights, dataset):
    mine = tmp_path / "mine.toml"
    new = weights | {"tag": "mine", "file": "mine.h5", "default": False}
    unknown = weights | {"model": "their-dist/later", "dataset": "later", "file": "later.h5"}
    mine.write_bytes(
        write(("weights", new), ("weights", unknown), ("dataset", dataset | {"name": "later"}))
    )
    registry = load_registry(catalogue(OWN), settings(str(mine)), no_fetch)
    assert registry.problems == ()
    assert [e.tag for e in registry.weights_for("mlp", "default", "mnist")] == ["upstream", "mine"]
    assert registry.weights[1].origin == str(mine)
    assert registry.weights[1].artifact.user_named is True
    assert registry.weights_for("their-dist/later", "default", "later") == (registry.weights[2],)
    assert registry.dataset("later").distribution == ""


def test_a_folder_may_stand_for_its_registry(bundled, tmp_path, write, weights):
    (tmp_path / "registry.toml").write_bytes(
        write(("weights", weights | {"tag": "mine", "default": False}))
    )
    assert len(load_registry(catalogue(OWN), settings(str(tmp_path)), no_fetch).weights) == 2


def test_nothing_bundled_is_replaced(bundled, tmp_path, write, weights, dataset):
    mine = tmp_path / "mine.toml"
    same = weights | {"sha256": "0" * 64}
    rival = weights | {"tag": "rival", "file": "rival.h5"}
    dataset["arrays"]["x_test"]["sha256"] = "0" * 64
    mine.write_bytes(write(("weights", same), ("dataset", dataset)))
    stays = "the registry of the zoo lists it already, which stays; choose another name"
    registry = load_registry(catalogue(OWN), settings(str(mine)), no_fetch)
    assert registry.problems == (
        f"registry {mine}: dataset 'mnist': {stays}",
        f"registry {mine}: weights 'upstream' of digit-zoo/mlp:default for mnist: {stays}",
    )
    assert len(registry.weights) == len(registry.datasets) == 1
    assert registry.weights[0].artifact.sha256 != "0" * 64
    mine.write_bytes(write(("weights", rival)))
    registry = load_registry(catalogue(OWN), settings(str(mine)), no_fetch)
    (problem,) = registry.problems
    assert problem == (
        f"registry {mine}: weights 'rival' of digit-zoo/mlp:default for mnist are not the default, "
        "as those of the registry of the zoo ('upstream') are; `--weights rival` takes them"
    )
    assert [(e.tag, e.default) for e in registry.weights_for("mlp", "default", "mnist")] == [
        ("upstream", True),
        ("rival", False),
    ]


def test_the_same_files_from_another_place(bundled, tmp_path, write, weights, dataset):
    mine = tmp_path / "mine.toml"
    near = "http://10.0.0.1/mlp.h5"
    mine.write_bytes(write(("weights", weights | {"urls": [near]}), ("dataset", dataset)))
    registry = load_registry(catalogue(OWN), settings(str(mine)), no_fetch)
    assert registry.problems == ()
    (entry,) = registry.weights
    assert entry.artifact.urls == ("https://example.org/mlp.h5", near)
    assert (entry.origin, entry.artifact.user_named) == ("of the zoo", True)
    assert len(registry.datasets[0].containers) == 4


def test_only_files_of_installed_packages_count_as_shipped(
    bundled, other, folder, tmp_path, write, weights
):
    near = weights | {"path": "mlp.h5"}
    bundled(("weights", near))
    for place in (folder, other.registry.parent, tmp_path):
        (place / "mlp.h5").write_bytes(b"")
    other.registry.write_bytes(write(("weights", near)))
    mine = tmp_path / "mine.toml"
    mine.write_bytes(write(("weights", near | {"tag": "mine", "file": "mine.h5", "default": False})))
    found = load_registry(catalogue(OWN, other), settings(str(mine)), no_fetch).weights
    assert [(e.origin, e.artifact.shipped) for e in found] == [
        ("of the zoo", True),
        ("of plugin other (other-dist 2.0)", True),
        (str(mine), False),
    ]
    assert all(e.artifact.local for e in found)


def test_a_file_that_a_person_adds_to_a_shipped_entry_is_not_shipped(bundled, tmp_path, write, weights):
    mine = tmp_path / "mine.toml"
    mine.write_bytes(write(("weights", weights | {"path": "mlp.h5"})))  # the bundled one has only a url
    (tmp_path / "mlp.h5").write_bytes(b"")
    (entry,) = load_registry(catalogue(OWN), settings(str(mine)), no_fetch).weights
    assert entry.artifact.local == str(tmp_path / "mlp.h5")
    assert entry.artifact.shipped is False


def test_a_registry_with_a_url(bundled, write, weights):
    asked = []

    def fetch(url):
        asked.append(url)
        return write(
            ("weights", weights | {"tag": "far", "path": "far.h5", "urls": [], "default": False})
        )

    registry = load_registry(catalogue(OWN), settings("http://10.0.0.1/zoo/registry.toml?v=1"), fetch)
    assert asked == ["http://10.0.0.1/zoo/registry.toml?v=1"]
    assert registry.problems == ()
    assert registry.weights[1].artifact.urls == ("http://10.0.0.1/zoo/far.h5",)
    assert registry.weights[1].origin == "http://10.0.0.1/zoo/registry.toml"


@pytest.mark.parametrize(
    ("place", "asked"),
    [
        ("http://10.0.0.1:8000/zoo/", "http://10.0.0.1:8000/zoo/registry.toml"),
        ("http://10.0.0.1:8000", "http://10.0.0.1:8000/registry.toml"),
        ("https://example.org/zoo/?v=1", "https://example.org/zoo/registry.toml?v=1"),
        ("https://example.org/zoo/class.toml", "https://example.org/zoo/class.toml"),
    ],
)
def test_the_url_of_a_folder_stands_for_its_registry(bundled, write, weights, place, asked):
    late = weights | {"tag": "late", "default": False, "urls": [], "path": "weights/late.h5"}
    urls = []

    def fetch(url):
        urls.append(url)
        return write(("weights", late | {"file": "late.h5"}))

    registry = load_registry(catalogue(OWN), settings(place), fetch)
    assert urls == [asked]
    base = asked.rpartition("/")[0]
    assert registry.weights[1].artifact.urls == (f"{base}/weights/late.h5",)


def test_a_url_that_cannot_be_reached_is_a_problem(bundled):
    def fetch(url):
        raise UnavailableError("no network")

    registry = load_registry(catalogue(OWN), settings("https://a:b@example.org/r.toml"), fetch)
    assert registry.problems == ("registry https://…@example.org/r.toml is not used: no network",)
    assert len(registry.weights) == 1


def test_what_a_person_names_must_be_right(bundled, tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_bytes(b"schema = 1\n= 3\n")
    with pytest.raises(IntegrityError) as error:
        load_registry(catalogue(OWN), settings(str(broken)), no_fetch)
    assert (
        str(error.value) == f"registry {broken}, line 2: expected TOML, got a mistake: Invalid statement"
    )
    with pytest.raises(IntegrityError):
        load_registry(catalogue(OWN), settings("https://example.org/r.toml"), lambda url: b"<html>")
    with pytest.raises(UnavailableError, match="there is no file"):
        load_registry(catalogue(OWN), settings(str(tmp_path / "missing.toml")), no_fetch)
    with pytest.raises(InvalidValueError) as wrong:
        load_registry(catalogue(OWN), settings("ftp://example.org/r.toml"), no_fetch)
    assert str(wrong.value) == (
        "ZOO_REGISTRY: expected a path or an https url, got 'ftp://example.org/r.toml'"
    )


def test_where_the_bundled_registry_is(tmp_path, monkeypatch):
    package = tmp_path / "zoo"
    monkeypatch.setattr(sources, "__file__", str(package / "registry" / "sources.py"))
    with pytest.raises(IntegrityError) as error:
        bundled_registry()
    packed = package / "published" / "registry.toml"
    assert str(error.value) == f"{packed}: the registry of the zoo is missing; install digit-zoo again"
    beside = tmp_path / "registry.toml"
    beside.write_text("")
    with pytest.raises(IntegrityError):
        bundled_registry()  # site-packages, not a checkout
    (tmp_path / "pyproject.toml").write_text("")
    assert bundled_registry() == beside
    packed.parent.mkdir(parents=True)
    packed.write_text("")
    assert bundled_registry() == packed
