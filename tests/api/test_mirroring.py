"""A mirror: everything that is published in one folder, verified, from wherever it can be had."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.api.conftest import SmallZoo
from tests.weights import small
from zoo import Settings, UnavailableError, UnknownNameError, Zoo, ZooError
from zoo.registry import ArrayFact, Container, ContainerFile, DatasetEntry, Registry
from zoo.specs import Artifact

WEIGHTS = small.weight_file()
OTHER = small.weight_file(bias=1.0)


def facts() -> dict[str, ArrayFact]:
    return {
        name: ArrayFact(array.shape, hashlib.sha256(array.tobytes()).hexdigest())
        for name, array in small.arrays().items()
    }


def halves(*extra: Container) -> DatasetEntry:
    artifact = Artifact(file="halves.npz", limit=10**7)
    container = Container("npz", (ContainerFile(artifact, None),))
    return DatasetEntry("halves", facts(), (*extra, container), "a test", "small-models")


IDX = Container(
    "idx",
    tuple(
        ContainerFile(Artifact(file=f"{name}.gz", limit=10**7), name)
        for name in ("x_train", "y_train", "x_test", "y_test")
    ),
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder that has all there is."""
    folder = tmp_path / "source"
    folder.mkdir()
    np.savez_compressed(folder / "halves.npz", **small.arrays())
    (folder / "mean-first.h5").write_bytes(WEIGHTS)
    (folder / "mean-second.h5").write_bytes(OTHER)
    return folder


@pytest.fixture
def house(small_zoo: SmallZoo, source: Path) -> SmallZoo:
    """A zoo with two weight files, one of them of another preset, and one dataset."""
    loud = dataclasses.replace(small.entry(OTHER, tag="second"), preset="loud")
    publish(small_zoo, small.entry(WEIGHTS), loud)
    small_zoo.settings = Settings(home=small_zoo.settings.home, offline=True, mirror=str(source))
    return small_zoo


def publish(zoo: SmallZoo, *weights: Any, datasets: tuple[DatasetEntry, ...] = (halves(IDX),)) -> None:
    zoo.__dict__["registry"] = Registry(weights=weights, datasets=datasets)


def ways(done: Any) -> dict[str, str]:
    return {file.file: file.way for file in done.files}


def test_everything_is_gathered_and_kept_the_second_time(house: SmallZoo, tmp_path: Path) -> None:
    done = house.mirror("mirror")
    names = ["mean-first.h5", "mean-second.h5", "halves.npz"]
    assert ways(done) == dict.fromkeys(names, "mirror")
    assert sorted(path.name for path in (tmp_path / "mirror").iterdir()) == sorted(names)
    assert (tmp_path / "mirror" / "mean-first.h5").read_bytes() == WEIGHTS
    assert (done.exit_code, done.failed, done.warnings) == (0, {}, [])
    house.settings = dataclasses.replace(house.settings, mirror=None)
    assert ways(house.mirror("mirror")) == dict.fromkeys(names, "kept")


def test_another_zoo_lives_on_it(house: SmallZoo, tmp_path: Path) -> None:
    house.mirror("mirror")
    pupil = SmallZoo(tmp_path / "pupil")
    publish(pupil, small.entry(WEIGHTS))
    pupil.settings = Settings(home=tmp_path / "pupil", offline=True, mirror=str(tmp_path / "mirror"))
    assert pupil.load("mean").source.way == "mirror"
    dataset = Zoo.dataset(pupil, "halves")
    assert (dataset.way, len(dataset.examples("test"))) == ("mirror", 20)


def test_a_wrong_file_is_replaced_and_a_missing_one_added(house: SmallZoo, tmp_path: Path) -> None:
    house.mirror("mirror")
    (tmp_path / "mirror" / "mean-first.h5").write_bytes(b"cut")
    (tmp_path / "mirror" / "halves.npz").unlink()
    done = house.mirror("mirror")
    # What has a pinned hash is in the cache by now.
    assert ways(done) == {"mean-first.h5": "cache", "mean-second.h5": "kept", "halves.npz": "mirror"}
    assert len(done.warnings) == 1
    assert "mean-first.h5: " in done.warnings[0]
    assert done.warnings[0].endswith("not used; getting it again")
    assert (tmp_path / "mirror" / "mean-first.h5").read_bytes() == WEIGHTS


def test_what_cannot_be_had_is_reported_and_the_rest_gathered(house: SmallZoo, source: Path) -> None:
    (source / "mean-first.h5").unlink()
    np.savez_compressed(source / "halves.npz", **{**small.arrays(), "y_test": np.zeros(20, np.uint8)})
    done = house.mirror("mirror")
    assert done.exit_code == 3
    assert ways(done) == {"mean-second.h5": "mirror"}
    assert set(done.failed) == {
        "weights small-models/mean:default for halves, first",
        "dataset halves",
    }
    assert "y_test: expected sha256" in done.failed["dataset halves"]
    assert done.to_data()["failed"][0]["title"].startswith("weights ")


def test_a_dataset_that_is_kept_here_is_packed_where_its_file_is_out_of_reach(
    house: SmallZoo, source: Path, tmp_path: Path
) -> None:
    Zoo.dataset(house, "halves")
    (source / "halves.npz").unlink()
    done = house.mirror("mirror", models=["none"])
    assert ways(done) == {"halves.npz": "packed"}
    first = (tmp_path / "mirror" / "halves.npz").read_bytes()
    assert ways(house.mirror("mirror", models=["none"])) == {"halves.npz": "kept"}
    house.mirror("second", models=["none"])
    assert (tmp_path / "second" / "halves.npz").read_bytes() == first


@pytest.mark.parametrize(
    ("models", "datasets", "names"),
    [
        (["mean"], ["none"], ["mean-first.h5", "mean-second.h5"]),
        (["mean:loud"], ["none"], ["mean-second.h5"]),
        (["mean:default", "mean:loud"], ["none"], ["mean-first.h5", "mean-second.h5"]),
        (["none"], ["halves"], ["halves.npz"]),
        (["none"], None, ["halves.npz"]),
        (["none"], ["none"], []),
    ],
)
def test_only_what_was_asked_for(
    house: SmallZoo, models: list[str], datasets: list[str] | None, names: list[str]
) -> None:
    assert list(ways(house.mirror("mirror", models=models, datasets=datasets))) == names


def test_names_that_do_not_exist_are_said_before_any_work(house: SmallZoo, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="unknown model 'maen'; did you mean mean"):
        house.mirror("mirror", models=["maen"])
    with pytest.raises(UnknownNameError, match="unknown dataset 'halfs'; did you mean halves"):
        house.mirror("mirror", datasets=["halfs"])
    publish(house, datasets=())
    with pytest.raises(UnavailableError) as caught:
        house.mirror("mirror", datasets=["halves"])
    assert str(caught.value) == (
        "dataset halves: no registry says where it is; name one with ZOO_REGISTRY"
    )
    assert not (tmp_path / "mirror").exists()


def test_two_files_of_one_name_do_not_overwrite_each_other(house: SmallZoo, tmp_path: Path) -> None:
    publish(
        house, small.entry(WEIGHTS), small.entry(OTHER, tag="second", file="mean-first.h5"), datasets=()
    )
    done = house.mirror("second")
    assert (tmp_path / "second" / "mean-first.h5").read_bytes() == WEIGHTS
    assert done.failed == {
        "weights small-models/mean:default for halves, second": (
            "mean-first.h5: small-models/mean:default for halves, first has this file name already, "
            "with other bytes; gather it into a folder of its own"
        )
    }


def test_a_folder_that_cannot_be_made(house: SmallZoo, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ZooError, match="a file where a folder should be; choose another place"):
        house.mirror("file/mirror")


def test_what_a_killed_writer_left_behind_is_swept(house: SmallZoo, tmp_path: Path) -> None:
    left = tmp_path / "mirror" / ".mean-first.h5.0123456789abcdef.part"
    left.parent.mkdir()
    left.write_bytes(b"half")
    house.mirror("mirror")
    assert not left.exists()
