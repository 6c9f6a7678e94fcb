"""Obtaining datasets: every way, every fallback, damage and races."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.data.conftest import IDX, House, idx_bytes, npz_bytes, npz_container, some_arrays
from zoo.errors import IntegrityError, PluginError, UnavailableError, UnknownNameError, ZooError
from zoo.settings import Settings

Write = Callable[[str, str], None]


def calls(tmp_path: Path) -> int:
    """How often the embedded dataset's loader has run."""
    return len((tmp_path / "calls").read_text()) if (tmp_path / "calls").exists() else 0


def same(house: House, name: str = "tiny") -> bool:
    dataset = house.obtain(name)
    arrays = house.arrays if name == "tiny" else house.own
    found = {part: dataset.examples(part) for part in ("train", "test")}
    return all(
        np.array_equal(found[part].images, arrays[f"x_{part}"])
        and np.array_equal(found[part].labels, arrays[f"y_{part}"])
        for part in found
    )


@pytest.mark.parametrize("kind", ["npz", "idx"])
def test_any_container_of_the_mirror_will_do_and_arrays_are_kept(house: House, kind: str) -> None:
    house.fill_mirror(kind)
    dataset = house.obtain("tiny")
    assert (dataset.way, dataset.reason) == ("mirror", f"from the mirror {house.mirror}")
    assert dataset.warnings == ()
    assert same(house)
    assert dataset.path == house.folders.dataset("tiny", dataset.sha256)
    for file in house.mirror.iterdir():
        file.unlink()
    again = house.obtain("tiny")
    assert (again.way, again.reason) == ("cache", "already in the cache")
    assert again.sha256 == dataset.sha256
    assert same(house)
    assert np.array_equal(np.load(dataset.path / "x_test.npy"), house.arrays["x_test"])


def test_of_a_container_with_several_files_all_must_come(house: House) -> None:
    house.fill_mirror("idx", without="y_test")
    with pytest.raises(
        UnavailableError, match=r"^dataset tiny cannot be had: .*t10k-labels.*; set ZOO_MIRROR"
    ):
        house.obtain("tiny")
    assert not house.folders.datasets.exists() or not list(house.folders.datasets.iterdir())


def test_row_30_wrong_array_hashes_are_not_used(house: House) -> None:
    wrong = some_arrays(seed=7)
    (house.mirror / "tiny.npz").write_bytes(npz_bytes(wrong))
    good, bad = (
        hashlib.sha256(arrays["x_train"].tobytes()).hexdigest() for arrays in (house.arrays, wrong)
    )
    with pytest.raises(IntegrityError) as caught:
        house.obtain("tiny")
    line = f"tiny.npz: x_train: expected sha256 {good}, got {bad}; not used"
    assert line in str(caught.value)
    assert house.reporter.warnings == [], "the error says it"
    assert not list(house.folders.datasets.glob("*/*"))


def test_row_30_after_wrong_bytes_the_next_container_is_tried_loudly(house: House) -> None:
    house.fill_mirror("idx")
    (house.mirror / "tiny.npz").write_bytes(b"<html>captive portal</html>")
    dataset = house.obtain("tiny")
    assert dataset.way == "mirror"
    assert same(house)
    (warning,) = house.reporter.warnings
    assert "tiny.npz: expected an .npz file, got something else" in warning


def test_the_nearest_container_comes_first(house: House) -> None:
    """The idx files lie in the mirror, the npz would have to be downloaded: no url is asked."""
    house.files[0] = npz_container(urls=("http://127.0.0.1:9/tiny.npz",))
    house.fill_mirror("idx")
    assert house.obtain("tiny").way == "mirror"
    assert house.reporter.notices == []
    assert house.reporter.warnings == []


def test_auto_takes_the_first_that_can_be_had(house: House) -> None:
    house.fill_mirror()
    dataset = house.obtain("auto")
    assert (dataset.name, dataset.warnings, house.reporter.warnings) == ("tiny", (), [])


def test_auto_falls_back_with_one_line(house: House) -> None:
    house.settings = Settings(home=house.settings.home, offline=True)
    dataset = house.obtain("auto")
    line = "tiny cannot be had (offline); using home: 50 embedded images"
    assert (dataset.name, dataset.way, dataset.reason) == ("home", "embedded", line)
    assert dataset.warnings == (line,)
    assert house.reporter.warnings == [line]
    assert same(house, "home")


def test_auto_says_why_when_bytes_were_wrong(house: House) -> None:
    house.files = house.files[:1]
    (house.mirror / "tiny.npz").write_bytes(b"wrong")
    dataset = house.obtain("auto")
    assert dataset.name == "home"
    assert "tiny.npz: expected an .npz file, got something else" in dataset.reason
    assert dataset.reason.endswith("; using home: 50 embedded images")


def test_auto_skips_a_dataset_that_no_plugin_offers(house: House) -> None:
    dataset = house.obtain("auto", ("nowhere", "home"))
    assert dataset.name == "home"
    assert dataset.reason.startswith("nowhere cannot be had (unknown dataset 'nowhere'")


def test_when_none_can_be_had_every_reason_is_told(house: House) -> None:
    house.settings = Settings(home=house.settings.home, offline=True)
    house.loader = "no_such_module:load"
    with pytest.raises(UnavailableError) as caught:
        house.obtain("auto")
    assert str(caught.value).startswith("no dataset can be had: tiny (offline); home (plugin some: ")
    assert str(caught.value).endswith("name a file with --data FILE")


def test_an_unknown_name_has_close_matches(house: House) -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean tiny\?"):
        house.obtain("tinny")


def test_an_embedded_dataset_is_computed_once(house: House, tmp_path: Path) -> None:
    assert same(house, "home")
    assert same(house, "home")
    assert calls(tmp_path) == 1
    assert house.obtain("home").path is not None


def test_an_embedded_dataset_whose_arrays_are_not_pinned_is_not_kept(
    house: House, tmp_path: Path
) -> None:
    pinned = house.obtain("home").sha256
    house.pinned = False
    dataset = house.obtain("home")
    assert dataset.sha256 == pinned
    assert dataset.path is None
    assert calls(tmp_path) == 2


LOADERS = {
    "raises": ("def load(): raise KeyError('x')", PluginError, "KeyError"),
    "exits": ("def load(): raise SystemExit(3)", PluginError, "it called sys.exit(3)"),
    "none": ("def load(): return None", PluginError, "expected a dict, got a NoneType"),
    "not callable": ("load = 3", PluginError, "not callable"),
    "empty": ("def load(): return {}", PluginError, "got no x_train, no y_train"),
    "lists": (
        "def load(): return dict.fromkeys(['x_train', 'y_train', 'x_test', 'y_test'], [1])",
        PluginError,
        "x_train: expected an array, got list",
    ),
    "unavailable": (
        "import zoo\ndef load(): raise zoo.UnavailableError('install something')",
        UnavailableError,
        "install something",
    ),
}


@pytest.mark.parametrize("fault", LOADERS)
def test_row_30_a_loader_that_does_not_keep_its_contract(
    house: House, plugin_module: Write, fault: str
) -> None:
    source, kind, words = LOADERS[fault]
    plugin_module(f"loader_{fault.replace(' ', '_')}", source)
    house.loader = f"loader_{fault.replace(' ', '_')}:load"
    with pytest.raises(kind) as caught:
        house.obtain("home")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_row_30_embedded_arrays_must_be_the_pinned_ones(house: House, tmp_path: Path) -> None:
    (tmp_path / "own.npz").write_bytes(npz_bytes(some_arrays(seed=5)))
    with pytest.raises(
        IntegrityError, match=r"^dataset home: x_train: expected sha256 [0-9a-f]{64}, got "
    ):
        house.obtain("home")


def damage(path: Path, how: str, tmp_path: Path) -> None:
    data = path.read_bytes()
    path.unlink()
    if how == "bit":
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    elif how == "header":
        path.write_bytes(data.replace(b"'|u1'", b"'|i1'"))
    elif how == "cut":
        path.write_bytes(data[:-1])
    elif how == "folder":
        path.mkdir()
    elif how == "link":
        (tmp_path / "elsewhere").write_bytes(data)
        path.symlink_to(tmp_path / "elsewhere")
    elif how == "pipe":
        os.mkfifo(path)


DAMAGE = ["bit", "header", "cut", "folder", "link", "pipe", "missing"]


@pytest.mark.parametrize("how", DAMAGE)
@pytest.mark.parametrize("noticed", ["before", "while reading"])
def test_damage_is_found_and_mended_once(house: House, tmp_path: Path, how: str, noticed: str) -> None:
    house.fill_mirror()
    dataset = house.obtain("tiny")
    assert dataset.path is not None
    damage(dataset.path / "x_test.npy", how, tmp_path)
    if noticed == "before":
        dataset = house.obtain("tiny")
    np.testing.assert_array_equal(dataset.examples("test").images, house.arrays["x_test"])
    again = house.obtain("tiny")
    assert again.way == "cache"
    assert again.examples("test").images.tobytes() == house.arrays["x_test"].tobytes()
    if noticed == "while reading":
        assert len(house.reporter.warnings) == 1
        assert house.reporter.warnings[0].endswith("; getting it again")


def test_damage_that_cannot_be_mended_is_a_clear_error(house: House) -> None:
    house.fill_mirror()
    dataset = house.obtain("tiny")
    assert dataset.path is not None
    damage(dataset.path / "x_test.npy", "bit", dataset.path)
    (house.mirror / "tiny.npz").unlink()
    house.settings = Settings(home=house.settings.home, offline=True)
    with pytest.raises(UnavailableError, match="dataset tiny cannot be had"):
        house.obtain("tiny").examples("test")


def test_a_home_that_cannot_be_written_is_named(house: House, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    house.settings = Settings(home=tmp_path / "file" / "home", mirror=str(house.mirror))
    house.fill_mirror()
    with pytest.raises(ZooError, match="set ZOO_HOME to another folder"):
        house.obtain("tiny")


def test_a_person_s_own_npz(house: House, tmp_path: Path) -> None:
    arrays = some_arrays(train=13, test=5, seed=9)
    arrays["y_train"] = arrays["y_train"].astype(np.int64)
    path = tmp_path / "My Digits (2).npz"
    path.write_bytes(npz_bytes(arrays))
    dataset = house.obtain(str(path))
    assert (dataset.name, dataset.way, dataset.counts) == ("my-digits-2", "file", (13, 5))
    assert dataset.reason == f"from the file {path}"
    np.testing.assert_array_equal(dataset.examples("train").images, arrays["x_train"])
    other = some_arrays(train=13, test=5, seed=10)
    path.write_bytes(npz_bytes(other))
    assert house.obtain(str(path)).sha256 != dataset.sha256
    assert house.reporter.warnings == []


def test_known_contents_are_that_dataset_whatever_the_file_is_called(
    house: House, tmp_path: Path
) -> None:
    path = tmp_path / "download(1).npz"
    path.write_bytes(npz_bytes(house.arrays))
    dataset = house.obtain(str(path))
    assert (dataset.name, dataset.way) == ("tiny", "file")
    assert len(dataset.examples("train", "half")) == 15
    house.fill_mirror()
    assert dataset.sha256 == house.obtain("tiny").sha256


def test_other_contents_never_take_a_dataset_s_name(house: House, tmp_path: Path) -> None:
    path = tmp_path / "tiny.npz"
    path.write_bytes(npz_bytes(some_arrays(seed=9)))
    assert house.obtain(str(path)).name == "own-tiny"


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("asked", ["folder", "file"])
def test_a_person_s_own_idx_files(house: House, tmp_path: Path, packed: bool, asked: str) -> None:
    folder = tmp_path / "Raw"
    folder.mkdir()
    arrays = some_arrays(seed=9)
    for array, name in IDX.items():
        name = name if packed else name.removesuffix(".gz").replace("-idx", ".idx")
        (folder / name).write_bytes(idx_bytes(arrays[array], packed=packed))
    dataset = house.obtain(f"{folder}/" if asked == "folder" else str(folder / name))
    np.testing.assert_array_equal(dataset.examples("test").images, arrays["x_test"])
    (folder / name).unlink()
    with pytest.raises(UnavailableError) as caught:
        house.obtain(f"{folder}/")
    assert str(caught.value) == (
        f"dataset Raw: expected t10k-labels-idx1-ubyte or t10k-labels-idx1-ubyte.gz in {folder}, "
        "got neither; all four files are needed"
    )


OWN = {
    "text": (
        b"x,y\n",
        "expected an .npz file, or MNIST's four idx files, got a file that begins with 78 2c 79 0a",
    ),
    "empty": (b"", "got a file that begins with nothing"),
    "cut": (npz_bytes(some_arrays())[:-9], "expected an .npz file"),
    "labels": (
        npz_bytes(some_arrays() | {"y_test": np.full(20, 11)}),
        "dataset own.npz: y_test: expected labels in 0..9, got 11..11",
    ),
    "one array": (
        npz_bytes({"x_train": some_arrays()["x_train"]}),
        "got no y_train, no x_test, no y_test",
    ),
}


@pytest.mark.parametrize("fault", OWN)
def test_row_30_a_person_s_file_that_is_no_dataset(house: House, tmp_path: Path, fault: str) -> None:
    data, words = OWN[fault]
    (tmp_path / "own.npz").write_bytes(data)
    with pytest.raises(IntegrityError) as caught:
        house.obtain(str(tmp_path / "own.npz"))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_here_is_found_by_its_name_but_a_dataset_s_name_comes_first(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    house.fill_mirror("idx")
    assert house.obtain("mirror").reason == "from the file mirror"
    (tmp_path / "home").mkdir()
    assert house.obtain("home").way == "embedded"


def test_a_file_that_is_not_there(house: House, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError) as caught:
        house.obtain(str(tmp_path / "nothing.npz"))
    assert str(caught.value) == f"dataset: there is no file {tmp_path}/nothing.npz; check the path"


def test_row_22_eight_processes_prepare_a_dataset_once(house: House, tmp_path: Path) -> None:
    script = tmp_path / "one.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import sys
            sys.path[:0] = [{str(tmp_path / "site")!r}, {str(Path(__file__).parents[2])!r}]
            from pathlib import Path
            from tests.data.conftest import House, some_arrays
            from zoo.settings import Settings
            settings = Settings(home=Path({str(house.settings.home)!r}))
            house = House(settings, some_arrays(), some_arrays(seed=1))
            print(len(house.obtain("home").examples("train")))
            """
        )
    )
    running = [
        subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(8)
    ]
    ends = [process.communicate(timeout=120) for process in running]
    assert [out.strip() for out, _ in ends] == [b"30"] * 8, ends
    assert calls(tmp_path) == 1
    assert not list(house.settings.home.rglob("*.part"))
