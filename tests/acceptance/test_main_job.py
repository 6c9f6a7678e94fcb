"""The main job as a person runs it: a process of its own, in an empty folder, with a dead network."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Process = Callable[..., subprocess.CompletedProcess[str]]

PICTURES = ["activations", "confusion", "digits", "learning-curve", "weights"]


def result(ended: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert ended.returncode == 0, ended.stderr
    return dict(json.loads(ended.stdout))


@pytest.mark.mnist
def test_published_weights_on_mnist_are_measured_and_drawn_and_fetched_once(
    zoo_process: Process, mirror: Path, tmp_path: Path
) -> None:
    command = ("run", "mlp", "--weights", "upstream", "--visualize", "--json")
    first = result(zoo_process(*command, ZOO_MIRROR=str(mirror)))
    assert first["evaluation"]["n"] == 10_000
    assert round(first["evaluation"]["accuracy"], 4) == 0.9695
    assert round(first["evaluation"]["loss"], 4) == 0.1008
    assert (first["weights"]["source"], first["weights"]["tag"]) == ("mirror", "upstream")
    assert first["dataset"]["source"] == "mirror"
    files = {path.name: path.read_bytes() for path in (tmp_path / "zoo-out" / "mlp").iterdir()}
    assert {"weights.png", "confusion.png", "report.html"} <= set(files)

    second = result(zoo_process(*command, "--offline"))  # nothing is fetched again
    assert (second["weights"]["source"], second["dataset"]["source"]) == ("cache", "cache")
    assert second["evaluation"]["accuracy"] == first["evaluation"]["accuracy"]
    again = {path.name: path.read_bytes() for path in (tmp_path / "zoo-out" / "mlp").iterdir()}
    pictures = [name for name in files if name.endswith(".png")]
    assert {name: files[name] for name in pictures} == {name: again[name] for name in pictures}


def test_without_mirror_and_network_it_trains_on_the_embedded_digits_and_says_so(
    zoo_process: Process, tmp_path: Path
) -> None:
    started = time.monotonic()
    ended = zoo_process("run", "mlp", "--visualize")
    assert time.monotonic() - started < 120  # a promise to people, not a benchmark
    assert ended.returncode == 0, ended.stderr
    assert "using digits: 1,797 embedded images" in ended.stderr
    for name in PICTURES:
        assert (tmp_path / "zoo-out" / "mlp" / f"{name}.png").stat().st_size > 10_000
    assert (tmp_path / "zoo-out" / "mlp" / "report.html").is_file()

    again = result(zoo_process("run", "mlp", "--json", "--offline"))
    assert again["dataset"]["name"] == "digits"
    assert again["weights"]["source"] == "cache"
    assert again["evaluation"]["accuracy"] >= 0.93
    assert again["warnings"]


@pytest.mark.mnist
def test_training_on_mnist_clears_its_floor_and_is_found_again(
    zoo_process: Process, mirror: Path
) -> None:
    command = ("run", "mlp", "--weights", "train", "--data", "mnist", "--json")
    first = result(zoo_process(*command, ZOO_MIRROR=str(mirror)))
    assert first["weights"]["source"] == "trained"
    assert first["evaluation"]["accuracy"] >= 0.975
    second = result(zoo_process(*command, "--offline"))
    assert second["weights"]["source"] == "cache"
    assert second["weights"]["sha256"] == first["weights"]["sha256"]
    assert second["evaluation"]["accuracy"] == first["evaluation"]["accuracy"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("run", "mpl"), 2, "unknown model 'mpl'; did you mean mlp?"),
        (("run", "mlp:16x61"), 2, "unknown preset of mlp '16x61'; did you mean 16x16?"),
        (("visualize", "mlp", "wieghts"), 2, "unknown view 'wieghts'; did you mean weights"),
        (("run", "mlp", "--set", "hiden=3"), 2, "unknown parameter of mlp 'hiden'"),
        (("run", "mlp", "--set", "hidden=many"), 2, "hidden: expected a list like 16,16"),
        (("run", "mlp", "--set", "hidden=0"), 2, "hidden: expected a list like 16,16"),
        (("run", "mlp", "--set", "dropout=2"), 2, "dropout: expected a number in 0..0.9, got 2.0"),
        (("run", "mlp", "--data", "minst"), 2, "unknown dataset 'minst'; did you mean mnist?"),
        (("run", "mlp", "--data", "none.npz"), 3, "none.npz"),
        (("run", "mlp", "--weights", "upsteam", "--data", "mnist", "--offline"), 3, "mnist"),
        (("run", "mlp", "--weights", "none.h5"), 3, "none.h5"),
        (("run", "mlp", "--weights", "download", "--offline"), 3, "weights"),
        (("run", "mlp", "-o", "file/out"), 1, "cannot make this folder"),
        (("predict", "mlp", "file"), 2, "image file: expected a picture"),
        (("predict", "mlp", "nothing.png"), 3, "nothing.png"),
    ],
)
def test_row_42_bad_input_is_one_line_with_its_exit_code(
    zoo_process: Process, tmp_path: Path, isolated: Path, arguments: Any, code: int, words: str
) -> None:
    (tmp_path / "file").write_text("neither a folder nor an image")
    before = sorted(path.name for path in tmp_path.iterdir())
    ended = zoo_process(*arguments)
    errors = [line for line in ended.stderr.splitlines() if line.startswith("error: ")]
    assert ended.returncode == code, ended.stderr
    assert len(errors) == 1
    assert words in errors[0]
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert not list(isolated.glob("trained/*"))
