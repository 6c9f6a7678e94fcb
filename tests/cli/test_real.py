"""The installed command over the bundled plugins, offline: whole ways through, and every exit code."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["info", "mpl"], 2, "unknown model 'mpl'; did you mean mlp?"),
        (["info", "mlp:16x61"], 2, "did you mean 16x16?"),
        (["run", "mlp", "--set", "hiden=3"], 2, "did you mean hidden?"),
        (
            ["run", "mlp", "--set", "hidden=0"],
            2,
            "hidden: expected a list like 16,16 of integers in 1",
        ),
        (["run", "mlp", "--data", "minst"], 2, "did you mean mnist?"),
        (["visualize", "mlp", "wieghts"], 2, "did you mean weights"),
        (["visualize", "mlp", "weights", "--scale", "huge"], 2, "scale: expected one of"),
        (["predict", "mlp", "test:x"], 2, "test:17, train:5"),
        (["run", "mlp", "--visualize", "--output", "file/x"], 1, "choose another with --output"),
        (["run", "mlp", "--data", "mnist"], 3, "mnist"),
        (["run", "mlp", "--data", "digits", "--weights", "download"], 3, "no weights are published"),
        (["predict", "mlp", "blank", "--weights", "./garbage.h5"], 4, "garbage.h5"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_row_42_errors_are_one_line_with_the_code_of_their_kind(
    zoo_process, tmp_path, args, code, words
):
    (tmp_path / "file").write_text("")
    (tmp_path / "garbage.h5").write_bytes(b"<html>" * 100)
    ended = zoo_process(*args, "--offline")
    assert (ended.returncode, ended.stdout) == (code, ""), ended.stderr
    assert words in ended.stderr
    assert ended.stderr.startswith("error: ")
    assert len(ended.stderr.splitlines()) == 1


def test_reports_are_json(zoo_process):
    for args in (
        ["list"],
        ["info", "mlp"],
        ["plugins"],
        ["data"],
        ["doctor"],
        ["cache"],
        ["cache", "path"],
    ):
        ended = zoo_process(*args, "--json", "--offline")
        assert (ended.returncode, ended.stderr) == (0, ""), args
        assert json.loads(ended.stdout)["schema"] == 1
        assert zoo_process(*args, "--json", "--offline").stdout == ended.stdout, args


def test_get_the_embedded_dataset(zoo_process):
    ended = zoo_process("data", "get", "digits", "--offline", "--json")
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)["dataset"]
    assert found["name"] == "digits"
    kept = json.loads(zoo_process("cache", "--json").stdout)["entries"]
    assert all(entry["kind"] == "datasets" for entry in kept)
    assert zoo_process("cache", "clean").returncode == 0
    assert json.loads(zoo_process("cache", "--json").stdout)["entries"] == []


def test_the_view_of_a_real_model_lists_its_options(zoo_process):
    ended = zoo_process("visualize", "mlp", "weights", "--help")
    assert ended.returncode == 0
    assert "Options of the view weights:" in ended.stdout
    assert "--units N,…" in ended.stdout


@pytest.mark.tensorflow
@pytest.mark.slow
def test_train_run_draw_predict(zoo_process, tmp_path):
    small = ["--set", "hidden=8", "--set", "epochs=1", "--data", "digits", "--offline"]
    ended = zoo_process("train", "mlp", *small, "--seed", "1", "--json")
    assert ended.returncode == 0, ended.stderr
    trained = json.loads(ended.stdout)
    assert trained["weights"]["source"] == "trained"
    assert trained["training"]["seed"] == 1
    assert len(trained["training"]["epochs"]["loss"]) == 1

    weights = ["--weights", trained["weights"]["path"]]
    ended = zoo_process("run", "mlp", *small, *weights, "--visualize", "--output", "out")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("mlp:custom on digits: accuracy ")
    report = tmp_path / "out" / "report.html"
    assert f"{report.relative_to(tmp_path)}\n" in ended.stdout
    for line in ended.stdout.splitlines():
        if line.startswith("out/"):
            assert (tmp_path / line).stat().st_size > 1000

    for name in ("w.png", "w.svg", "w.pdf"):
        ended = zoo_process(
            "visualize", "mlp", "weights", "--units", "0,3", *small, *weights, "-o", name
        )
        assert (ended.returncode, ended.stderr) == (0, "")
        assert f"\n{name}\n" in ended.stdout
        assert (tmp_path / name).stat().st_size > 1000
    ended = zoo_process("visualize", "mlp", "weights", "--units", "8", *small, *weights)
    assert ended.returncode == 2
    assert "in 0..7" in ended.stderr

    ended = zoo_process("predict", "mlp", "w.png", "blank", *small, *weights, "--json")
    assert ended.returncode == 0, ended.stderr
    answers = json.loads(ended.stdout)["predictions"]
    assert [answer["image"] for answer in answers] == ["w.png", "blank"]
    assert all(abs(sum(answer["scores"].values()) - 1) < 1e-5 for answer in answers)


@pytest.mark.mnist
@pytest.mark.tensorflow
@pytest.mark.slow
def test_published_weights_from_the_mirror_and_damaged_ones(zoo_process, mirror, tmp_path):
    published = ("run", "mlp", "--weights", "upstream", "--offline")
    ended = zoo_process(*published, "--mirror", str(mirror), "--json")
    assert ended.returncode == 0, ended.stderr
    result = json.loads(ended.stdout)
    assert (result["weights"]["source"], result["dataset"]["name"]) == ("mirror", "mnist")
    assert result["evaluation"]["accuracy"] == pytest.approx(0.9695)

    folder = tmp_path / "mirror"
    shutil.copytree(mirror, folder, copy_function=lambda source, target: Path(target).symlink_to(source))
    good = (mirror / "mlp_model.h5").read_bytes()
    (folder / "mlp_model.h5").unlink()
    (folder / "mlp_model.h5").write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    ended = zoo_process(*published, "--mirror", str(folder), ZOO_HOME=str(tmp_path / "other"))
    assert (ended.returncode, ended.stdout) == (4, "")
    assert "mlp_model.h5" in ended.stderr.splitlines()[-1]


SMALL = ("scratch", "--data", "digits", "--set", "epochs=1", "--set", "hidden=8", "--offline")


def test_one_digit_seen_by_several_models(zoo_process):
    """Only what is at hand is asked; what is named is trained; wrong names are one line."""
    ended = zoo_process("visualize", *SMALL, "same-digit", "--json")
    assert ended.returncode == 0, ended.stderr
    (view,) = json.loads(ended.stdout)["views"]
    assert view["numbers"]["models"] == ["scratch:custom"]
    assert len(view["numbers"]["left_out"]) >= 3
    assert "no weights are at hand of " in view["alt"]

    ended = zoo_process("visualize", *SMALL, "same-digit", "--models", "neuron", "--json")
    assert ended.returncode == 0, ended.stderr
    (view,) = json.loads(ended.stdout)["views"]
    assert view["numbers"]["models"] == ["scratch:custom", "neuron"]
    assert view["parameters"]["models"] == ["neuron"]

    for name, words in (
        ("giraffe", "unknown model 'giraffe'"),
        ("generator", "models: generator does not say what it sees in an image; choose from"),
    ):
        ended = zoo_process("visualize", *SMALL, "disagreements", "--models", f"neuron,{name}")
        assert (ended.returncode, ended.stdout) == (2, "")
        assert ended.stderr.splitlines()[-1].startswith(f"error: {words}")
