"""What `run`, `evaluate`, `train`, `predict`, `data`, `cache` and `doctor` say: whole outputs."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

SOURCES = """\
weights  mirror: published weights 'first' for paper, from the mirror
         /home/artifacts/squares.h5
         sha256 {hash}
dataset  paper: fetched earlier
""".format(hash="ab" * 32)


def test_run(invoke, canned):
    ended = invoke("run", "squares", run=canned())
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "squares on paper: accuracy 96.95 %, loss 0.1008, 10,000 test images, 0.4 s\n" + SOURCES
    )


def test_run_hands_every_option_to_the_library(invoke, canned):
    ended = invoke(
        *("run", "squares:deep", "--set", "hidden=8,8", "--set", "learning-rate=0.1", "--seed", "3"),
        *("--data", "paper", "--weights", "train", "--visualize", "--output", "here", "--show", "never"),
        run=canned(),
    )
    command = ended.calls[0][2].pop("command")
    assert command("dots") == (
        "zoo visualize squares:deep dots --set hidden=8,8 --set learning_rate=0.1 --model-seed 3 "
        "--data paper --weights train"
    )
    assert command("lines").endswith(
        " lines --set hidden=8,8 --set learning_rate=0.1 --seed 3 --data paper --weights train"
    )
    assert ended.calls == [
        (
            "run",
            ("squares:deep",),
            {
                "values": {"hidden": "8,8", "learning_rate": "0.1"},
                "data": "paper",
                "weights": "train",
                "seed": 3,
                "visualize": True,
                "output": Path("here"),
            },
        )
    ]


@pytest.mark.parametrize("args", [["--output", "here"], ["--show", "browser"], ["--visualize"]])
def test_asking_for_pictures_in_any_way_draws_them(invoke, canned, args):
    ended = invoke("run", "squares", *args, run=canned())
    assert ended.calls[0][2]["visualize"] is True


def test_pictures_are_listed_with_a_sentence_each(invoke, canned):
    result = canned(
        exit_code=1,
        views=[
            {
                "name": "dots",
                "files": ["zoo-out/squares/dots.png"],
                "alt": "Ten dots, each " + "very " * 20,
            }
        ],
        report="zoo-out/squares/report.html",
    )
    ended = invoke("run", "squares", "--visualize", run=result)
    assert ended.code == 1
    assert ended.out.endswith(
        "\n"
        "zoo-out/squares/dots.png\n"
        "    Ten dots, each very very very very very very very very very very very very\n"
        "    very very very very very very very very\n"
        "zoo-out/squares/report.html\n"
        "    all of them on one page, with the facts of this run\n"
    )


def test_run_as_json_is_the_result_itself(invoke, canned):
    result = canned(warnings=["something"])
    ended = invoke("run", "squares", "--json", run=result)
    assert json.loads(ended.out) == json.loads(json.dumps(result.to_data()))


def test_json_holds_no_nan_and_is_ascii_and_sorted(invoke, canned):
    evaluation = {"loss": math.nan, "accuracy": math.inf, "n": 1}
    ended = invoke("run", "squares", "--json", run=canned(evaluation=evaluation, warnings=["naïve ×"]))
    data = json.loads(ended.out, parse_constant=pytest.fail)
    assert data["evaluation"] == {"loss": None, "accuracy": None, "n": 1}
    assert ended.out.isascii()
    assert list(data) == sorted(data)


def test_json_knows_numpy_and_paths(invoke, canned):
    import numpy as np

    evaluation = {"confusion": np.eye(2, dtype=np.int64), "loss": np.float32(0.5), "n": np.int64(3)}
    ended = invoke("run", "squares", "--json", run=canned(evaluation=evaluation, report=Path("a") / "b"))
    data = json.loads(ended.out)
    assert data["evaluation"] == {"confusion": [[1, 0], [0, 1]], "loss": 0.5, "n": 3}
    assert data["report"] == str(Path("a") / "b")


def test_evaluate(invoke, canned):
    ended = invoke("evaluate", "squares", run=canned())
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "squares on paper: accuracy 96.95 %, loss 0.1008, 10,000 test images, 0.4 s\n" + SOURCES + "\n"
        "CLASS  IMAGES  PRECISION   RECALL\n"
        "0       5,000    96.00 %  98.00 %\n"
        "1       5,000    98.00 %  95.90 %\n"
        "\n"
        "Confusion matrix: rows are the true classes, columns the answers\n"
        "TRUE     0     1\n"
        "0     4900   100\n"
        "1      205  4795\n"
    )
    assert "visualize" not in ended.calls[0][2]


def test_a_measurement_without_classes_is_shown_too(invoke, canned):
    evaluation = {"task": "generation", "n": 100, "accuracy": None, "loss": 0.0188, "seconds": None}
    ended = invoke("evaluate", "squares", run=canned(evaluation=evaluation))
    assert ended.out.splitlines()[0] == "squares on paper: loss 0.0188, 100 test images"


def test_the_ranking_of_two_classes_is_in_the_headline(invoke, canned):
    evaluation = {
        "task": "binary",
        "n": 100,
        "accuracy": 0.99999,
        "loss": 0.5,
        "auc": 0.98765,
        "seconds": None,
    }
    ended = invoke("evaluate", "squares", run=canned(evaluation=evaluation))
    words = "squares on paper: accuracy >99.99 %, ROC AUC 0.9877, loss 0.5000, 100 test images "
    assert " ".join(ended.out.split()).startswith(words)


def test_what_a_judge_reads_is_no_accuracy_of_the_model_that_draws(invoke, canned):
    evaluation = {
        "task": "generation", "n": 10_000, "accuracy": 1.0, "loss": 0.0605, "seconds": None,
        "judge": "cnn", "labels": ["a", "b"],
        "drawn": {"n": 1000, "seed": 0, "shares": [0.25, 0.75], "recognised": 0.927},
    }  # fmt: skip
    out = " ".join(invoke("evaluate", "squares", run=canned(evaluation=evaluation)).out.split())
    assert "accuracy" not in out
    assert (
        "squares on paper: cnn reads 100.00 % of the 10,000 images drawn for the test images as their "
        "class, pixel error 0.0605"
    ) in out
    assert (
        "1,000 images drawn from random numbers (seed 0): cnn reads 92.70 % as the class they were "
        "meant to show all of them: cnn reads 25.00 % as a, 75.00 % as b"
    ) in out


def test_a_matrix_of_many_classes_is_left_to_json(invoke, canned):
    n = 13
    evaluation = {
        "n": n,
        "labels": [str(i) for i in range(n)],
        "confusion": [[1] * n] * n,
        "precision": [None] * n,
        "recall": [1.0] * n,
    }
    out = invoke("evaluate", "squares", run=canned(evaluation=evaluation)).out
    assert out.endswith("13 classes: too many for a table here; --json has it\n")
    assert "\n12         13          –  100.00 %\n" in out


PREDICTIONS = {
    "schema": 1,
    "predictions": [
        {
            "image": "a.png",
            "model": "squares",
            "preset": "default",
            "title": "squares",
            "answer": "7",
            "kind": "probabilities",
            "scores": {"1": 0.01, "7": 0.99},
        }
    ],
    "models": [
        {
            "model": "squares",
            "preset": "default",
            "title": "squares",
            "weights": {"source": "cache", "reason": "fetched earlier"},
        }
    ],
    "warnings": [],
}


def test_predict_one_image(invoke):
    ended = invoke("predict", "squares", "a.png", predict=PREDICTIONS)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "IMAGE  MODEL    ANSWER  PROBABILITY  RUNNER-UP\n"
        "a.png  squares  7           99.00 %  1 (1.00 %)\n"
        "\n"
        "CLASS  PROBABILITY\n"
        "1           1.00 %\n"
        "7          99.00 %\n"
        "\n"
        "squares: weights cache, fetched earlier\n"
    )


def test_predict_hands_over_models_and_images(invoke):
    ended = invoke("predict", "squares, squares:deep,squares", "a.png", "test:17", predict=PREDICTIONS)
    assert ended.calls[0][1] == (["squares", "squares:deep"], ("a.png", "test:17"))


@pytest.mark.parametrize(
    ("words", "models", "images"),
    [
        (["squares", "squares:deep", "a.png"], ["squares", "squares:deep"], ("a.png",)),
        (["squares", "squares:deep,squares", "a", "b"], ["squares", "squares:deep"], ("a", "b")),
        (["squares", "a.png", "squares:deep"], ["squares"], ("a.png", "squares:deep")),
        (["squares", "squares:deep"], ["squares"], ("squares:deep",)),  # some image there must be
        (["squares", "squares:dep", "a.png"], ["squares", "squares:dep"], ("a.png",)),  # said by the zoo
    ],
)
def test_models_of_predict_stand_one_after_another_as_those_of_compare(invoke, words, models, images):
    ended = invoke("predict", *words, predict=PREDICTIONS)
    assert ended.calls[0][1] == (models, images)


def test_a_file_that_is_called_like_a_model_is_an_image(invoke, tmp_path):
    (tmp_path / "squares").write_bytes(b"")
    ended = invoke("predict", "squares", "squares", "a.png", predict=PREDICTIONS)
    assert ended.calls[0][1] == (["squares"], ("squares", "a.png"))


def test_predict_several(invoke):
    first = PREDICTIONS["predictions"][0]
    second = {
        **first,
        "image": "b.png",
        "kind": "scores",
        "scores": {"1": 3.25, "7": -1.5},
        "answer": "1",
    }
    result = {**PREDICTIONS, "predictions": [first, second], "models": []}
    assert invoke("predict", "squares", "a.png", "b.png", predict=result).out == (
        "IMAGE  MODEL    ANSWER    SCORE  RUNNER-UP\n"
        "a.png  squares  7       99.00 %  1 (1.00 %)\n"
        "b.png  squares  1          3.25  7 (-1.5)\n"
    )
    assert json.loads(invoke("predict", "squares", "a.png", "--json", predict=result).out) == result


def test_visualize_hands_checked_options_of_the_view_to_the_library(invoke, canned):
    ended = invoke(
        *("visualize", "squares", "dots", "--unit", "3", "--random", "--seed", "5", "--units", "1,2"),
        *("--view-output", "0.5", "--model-seed", "9", "-o", "x.svg", "--offline"),
        visualize=canned(),
    )
    assert ended.code == 0, ended.err
    assert ended.calls[0][2].pop("command")("dots") == (
        "zoo visualize squares dots --unit=3 --random --seed=5 --units=1,2 --view-output=0.5 "
        "--model-seed 9"
    )
    assert ended.calls == [
        (
            "visualize",
            (
                "squares",
                "dots",
                {"unit": 3, "random": True, "seed": 5, "units": (1, 2), "output": 0.5},
            ),
            {
                "values": {},
                "data": "auto",
                "weights": "auto",
                "seed": 9,
                "output": Path("x.svg"),
                "format": None,
            },
        )
    ]
    assert ended.zoo is not None
    assert ended.zoo.settings.offline


def test_options_may_stand_before_the_view(invoke, canned):
    ended = invoke("visualize", "squares", "--unit", "3", "--seed=5", "dots", visualize=canned())
    assert ended.calls[0][1] == ("squares", "dots", {"unit": 3, "seed": 5})


def test_an_option_of_a_view_without_a_view(invoke, canned):
    ended = invoke("visualize", "squares", "--zebra", "3", visualize=canned())
    assert (ended.code, ended.err) == (2, "error: no such option --zebra; see `zoo visualize --help`\n")


def test_visualize_without_a_view_draws_the_default_ones(invoke, canned):
    ended = invoke("visualize", "squares", "--seed", "5", "-o", "folder", visualize=canned(exit_code=1))
    assert ended.calls[0][1] == ("squares", None, {})
    assert ended.calls[0][2]["seed"] == 5
    assert ended.code == 1


def test_help_of_a_view_lists_its_options_with_ranges(invoke):
    ended = invoke("visualize", "squares", "dots", "--help")
    assert ended.code == 0
    assert "Draw dots: draws dots" in ended.out
    assert (
        "  --unit N                hidden unit  [an integer in 0..(units - 1); default:\n"
        "                          0]\n"
        "  --scale panel|all       what shares a scale  [one of panel, all; default: all]\n"
    ) in ended.out
    assert "--model-seed N" in ended.out
    assert "-o, --output FILE|DIR" in ended.out


def test_train_shows_epochs_and_how_to_use_the_weights(invoke, canned):
    training = {
        "seed": 7,
        "seconds": 12.34,
        "epochs": {"loss": [0.5, 0.25], "accuracy": [0.8, 0.9], "validation_loss": []},
    }
    ended = invoke(
        "train", "squares", "--seed", "7", "--set", "hidden=8", train=canned(training=training)
    )
    assert ended.calls == [
        ("train", ("squares",), {"values": {"hidden": "8"}, "data": "auto", "seed": 7})
    ]
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "squares on paper: accuracy 96.95 %, loss 0.1008, 10,000 test images, 0.4 s\n" + SOURCES + "\n"
        "EPOCH  LOSS  ACCURACY\n"
        "    1   0.5   80.00 %\n"
        "    2  0.25   90.00 %\n"
        "trained in 12.3 s with seed 7\n"
        "\n"
        "to use these weights:\n"
        "  zoo run squares --set hidden=8 --weights /home/artifacts/squares.h5\n"
    )


def test_long_training_is_shown_in_steps_and_with_its_last_epoch():
    from zoo.cli.commands.train import epochs

    rows = list(epochs({"loss": [1 / (n + 1) for n in range(101)]}))
    assert len(rows) == 18
    assert rows[1].split()[0] == "6"
    assert rows[-1].split()[0] == "101"


def test_doctor(invoke):
    checks = [
        {"name": "python", "status": "ok", "text": "3.11.7"},
        {"name": "cache", "status": "error", "text": "/x: no space"},
    ]
    ended = invoke("doctor", doctor=checks)
    assert (ended.code, ended.err) == (1, "")
    assert ended.out == (
        "STATUS  CHECK   FOUND\nok      python  3.11.7\nerror   cache   /x: no space\n\n1 error\n"
    )
    ended = invoke("doctor", "--json", doctor=checks[:1])
    assert (ended.code, json.loads(ended.out)) == (0, {"schema": 1, "checks": checks[:1], "errors": 0})


def test_cache(invoke, isolated):
    assert invoke("cache", "path").out == f"{isolated}\n"
    assert json.loads(invoke("cache", "path", "--json").out) == {"schema": 1, "path": str(isolated)}
    assert invoke("cache").out == f"nothing is kept in {isolated}\n"
    place = isolated / "artifacts" / ("ab" * 32)
    place.mkdir(parents=True)
    (place / "squares.h5").write_bytes(b"x" * 1500)
    (isolated / "notes.txt").write_text("mine")
    listed = invoke("cache", "list").out
    assert listed == (f"KIND       SIZE  NAME\nartifacts  2 kB  squares.h5\n2 kB in {isolated}\n")
    assert json.loads(invoke("cache", "--json").out)["bytes"] == 1500
    said = invoke("cache", "clean", "--dry-run").out
    assert said == "would remove artifacts squares.h5\nwould remove 1 entries, 2 kB\n"
    assert invoke("cache", "clean", "trained").out == "removed 0 entries, 0 B\n"
    assert invoke("cache", "clean").out == "removed artifacts squares.h5\nremoved 1 entries, 2 kB\n"
    assert not place.exists()
    assert (isolated / "notes.txt").exists()
