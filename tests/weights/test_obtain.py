"""Weights are had in the planned order, always say where they come from, and nothing wrong is used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.weights.small import House, MeanModel, dataset, entry, weight_file, weights
from zoo.data import Dataset
from zoo.errors import IntegrityError, InvalidValueError, UnavailableError, ZooError


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror"
    folder.mkdir()
    (folder / "mean-first.h5").write_bytes(weight_file())
    return folder


PUBLISHED = entry(weight_file())


def fits() -> int:
    return MeanModel.fits


def test_published_weights_come_from_the_mirror_then_from_the_cache(home: Path, mirror: Path) -> None:
    house = House(home, mirror, listed=(PUBLISHED,))
    before = fits()
    first = house.obtain()
    assert (first.source.way, first.source.tag) == ("mirror", "first")
    assert first.source.sha256 == PUBLISHED.artifact.sha256
    assert first.source.reason == "published weights 'first' for halves, from the mirror"
    np.testing.assert_array_equal(first.model.weights["layer/kernel"], weights()["layer/kernel"])
    second = House(home, listed=(PUBLISHED,)).obtain()
    assert (second.source.way, second.source.reason) == (
        "cache",
        "published weights 'first' for halves, fetched earlier",
    )
    assert Path(second.source.path).read_bytes() == weight_file()
    assert fits() == before
    assert (first.warnings, second.warnings, house.listener.warnings) == ((), (), [])


def test_nothing_published_means_training_once_and_the_next_run_finds_it(home: Path) -> None:
    before = fits()
    first = House(home).obtain()
    assert first.source.way == "trained"
    assert first.source.reason == "trained now on halves (no weights are published for halves)"
    second = House(home).obtain()
    assert second.source.way == "cache"
    assert second.source.reason.startswith("trained earlier on halves")
    assert second.source.sha256 == first.source.sha256
    assert fits() == before + 1
    for name, array in first.model.weights.items():
        np.testing.assert_array_equal(array, second.model.weights[name])


def test_a_trained_file_tells_its_whole_story(home: Path) -> None:
    House(home).obtain(seed=7)
    again = House(home).obtain(seed=7)
    record = again.provenance
    assert record is not None
    assert (record.model, record.preset, record.seed) == ("small-models/mean", "default", 7)
    assert record.hyperparameters == {"scale": 1.0}
    assert record.recipe["epochs"] == 10
    assert record.dataset == {"name": "halves", "sha256": dataset().sha256, "split": "official"}
    assert record.metrics["accuracy"] == 1.0
    assert record.versions["numpy"] == np.__version__
    assert record.created.endswith("Z")
    assert again.history is not None
    assert again.history.epochs["loss"] == (1.0, 0.5)
    assert again.dataset == "halves"


def test_another_seed_preset_or_value_is_another_training(home: Path) -> None:
    house = House(home)
    hashes = [
        house.obtain(seed=0).source.sha256,
        house.obtain(seed=1).source.sha256,
        house.obtain(model="mean:loud").source.sha256,
        house.obtain(values={"epochs": 3}).source.sha256,
    ]
    assert len(set(hashes)) == 4
    assert len(list((home / "trained").glob("*.h5"))) == 4


def test_values_equal_to_a_preset_are_that_preset(home: Path) -> None:
    house = House(home)
    first = house.obtain(model="mean:loud")
    assert house.obtain(values={"scale": 2.0}).source.sha256 == first.source.sha256


def test_zoo_train_fits_again(home: Path) -> None:
    house = House(home)
    house.obtain("train")
    before = fits()
    again = house.obtain("train", fresh=True)
    assert fits() == before + 1
    assert again.source.way == "trained"
    assert len(list((home / "trained").glob("*.h5"))) == 1


def test_a_training_that_comes_to_the_same_weights_keeps_their_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(home)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    first = house.obtain("train", fresh=True).source
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1100000000")
    again = house.obtain("train", fresh=True).source
    assert (again.sha256, again.path, again.way) == (first.sha256, first.path, "trained")
    assert again.reason == first.reason + ", to the same weights as before"
    fit = MeanModel.fit

    def other(self: Any, data: Any, recipe: Any, *, seed: int, reporter: Any) -> Any:
        return fit(self, data, recipe, seed=seed + 1, reporter=reporter)

    monkeypatch.setattr(MeanModel, "fit", other)
    changed = house.obtain("train", fresh=True).source
    assert changed.path != first.path
    assert changed.reason == first.reason
    assert [str(path) for path in (home / "trained").glob("*.h5")] == [changed.path]


def test_a_seed_is_never_answered_with_published_weights(home: Path, mirror: Path) -> None:
    obtained = House(home, mirror, listed=(PUBLISHED,)).obtain(seed=0)
    assert obtained.source.way == "trained"
    assert obtained.source.reason == "trained now on halves (a seed was asked for)"


def test_row_19_wrong_bytes_are_discarded_and_training_takes_over_loudly(
    home: Path, mirror: Path
) -> None:
    (mirror / "mean-first.h5").write_bytes(weight_file(bias=1.0))
    house = House(home, mirror, listed=(PUBLISHED,))
    obtained = house.obtain()
    assert obtained.source.way == "trained"
    assert obtained.source.reason == "trained now on halves (published weights could not be had)"
    (warning,) = obtained.warnings
    assert "mean-first.h5" in warning
    assert str(PUBLISHED.artifact.sha256) in warning
    assert house.listener.warnings == [warning]
    assert not list((home / "artifacts").rglob("*.h5"))


def test_row_19_a_forced_download_of_wrong_bytes_is_an_integrity_error(home: Path, mirror: Path) -> None:
    (mirror / "mean-first.h5").write_bytes(weight_file(bias=1.0))
    before = fits()
    for asked in ("download", "first"):
        house = House(home, mirror, listed=(PUBLISHED,))
        with pytest.raises(IntegrityError, match=r"mean-first\.h5"):
            house.obtain(asked)
        assert house.listener.warnings == [], "the error says it"
    assert fits() == before


def test_a_forced_download_offline_is_unavailable_and_says_what_to_do(home: Path) -> None:
    with pytest.raises(UnavailableError) as caught:
        House(home, listed=(PUBLISHED,)).obtain("download")
    assert str(caught.value) == (
        "mean: weights 'download' cannot be had offline; fetch them once with a network or give --mirror"
    )


def test_row_24_a_damaged_cached_download_is_replaced(home: Path, mirror: Path) -> None:
    house = House(home, mirror, listed=(PUBLISHED,))
    path = Path(house.obtain().source.path)
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    again = house.obtain()
    assert again.source.way == "mirror"
    assert len(again.warnings) == 1
    assert path.read_bytes() == weight_file()
    assert house.obtain().source.way == "cache"


@pytest.mark.parametrize("damage", ["flip", "truncate", "empty", "folder", "link"])
def test_row_24_a_damaged_trained_file_is_trained_again(home: Path, damage: str, tmp_path: Path) -> None:
    house = House(home)
    first = house.obtain()
    path = Path(first.source.path)
    content = path.read_bytes()
    if damage == "flip":
        path.write_bytes(content[:3000] + bytes([content[3000] ^ 1]) + content[3001:])
    elif damage == "truncate":
        path.write_bytes(content[:-100])
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()
        if damage == "folder":
            path.mkdir()
        else:
            elsewhere = tmp_path / "elsewhere.h5"
            elsewhere.write_bytes(content)
            path.symlink_to(elsewhere)
    before = fits()
    second = house.obtain()
    assert fits() == before + 1
    assert second.source.way == "trained"
    assert house.listener.warnings
    assert house.obtain().source.way == "cache"


def test_a_file_of_the_user_is_read_and_nothing_else_is_tried(home: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.h5"
    mine.write_bytes(weight_file(bias=0.25))
    obtained = House(home, listed=(PUBLISHED,)).obtain(str(mine))
    assert (obtained.source.way, obtained.source.path) == ("file", str(mine))
    assert obtained.dataset is None
    assert obtained.provenance is None
    assert obtained.model.weights["layer/bias"][0] == 0.25


def test_a_wrong_or_missing_file_of_the_user_is_an_error(home: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.h5"
    wrong.write_bytes(b"<html>not here</html>")
    with pytest.raises(IntegrityError, match=r"wrong\.h5"):
        House(home).obtain(str(wrong))
    with pytest.raises(UnavailableError, match=r"none\.h5"):
        House(home).obtain(str(tmp_path / "none.h5"))


def test_a_trained_file_given_by_path_keeps_its_provenance(home: Path) -> None:
    path = House(home).obtain(seed=3).source.path
    obtained = House(home).obtain(path)
    assert obtained.source.way == "file"
    assert obtained.dataset == "halves"
    assert obtained.provenance is not None
    assert obtained.provenance.seed == 3


def test_row_23_a_cache_that_cannot_be_written_is_said_before_training(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("a file where the folder should be")
    before = fits()
    with pytest.raises(ZooError, match="ZOO_HOME"):
        House(home).obtain()
    assert fits() == before


def test_a_failed_training_leaves_nothing_behind(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(MeanModel, "fit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        House(home).obtain()
    assert not list((home / "trained").iterdir())
    monkeypatch.undo()
    assert House(home).obtain().source.way == "trained"


def test_data_that_cannot_be_had_is_the_error_of_training(home: Path) -> None:
    def nothing() -> None:
        raise UnavailableError("dataset halves cannot be had")

    with pytest.raises(UnavailableError, match="dataset halves cannot be had"):
        House(home, data=nothing).obtain()  # type: ignore[arg-type]


def test_a_value_that_does_not_fit_fails_before_anything_is_made(home: Path) -> None:
    with pytest.raises(InvalidValueError, match=r"scale: .*; batch: "):
        House(home).obtain(values={"scale": 100.0, "batch": 0})
    assert not home.exists()


def test_row_22_what_another_process_trained_meanwhile_is_taken(home: Path) -> None:
    def data() -> Dataset:
        House(home).obtain()  # it gets the lock first
        return dataset()

    before = fits()
    obtained = House(home, data=data).obtain()
    assert (obtained.source.way, obtained.source.reason) == ("cache", "trained earlier on halves")
    assert fits() == before + 1
    assert obtained.source.to_data()["path"] == obtained.source.path


def test_row_19_wrong_bytes_everywhere_are_one_error(home: Path, mirror: Path) -> None:
    house = House(home, mirror, listed=(PUBLISHED,))
    path = Path(house.obtain().source.path)
    for place in (path, mirror / "mean-first.h5"):
        place.write_bytes(place.read_bytes()[:-1] + b"\0")
    with pytest.raises(IntegrityError) as caught:
        house.obtain("first")
    text = str(caught.value)
    assert text.startswith("mean: weights 'first' cannot be had: ")
    assert str(path) in text
    assert str(mirror) in text
    assert house.listener.warnings == [], "the error says it all"
