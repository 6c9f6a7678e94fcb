"""publish, mirror, reproduce, compare: options, tables, exit codes."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.cli.test_options import complete
from zoo import UsageError

SHA = "ab" * 32
WEIGHTS = {"source": "cache", "tag": None, "reason": "trained earlier", "sha256": SHA, "path": "/a.h5"}


def result(data, exit_code=0):
    return SimpleNamespace(to_data=lambda: data, exit_code=exit_code)


PUBLISHED = {
    "model": "squares",
    "preset": "deep",
    "dataset": {"name": "paper", "sha256": SHA},
    "tag": "own",
    "default": True,
    "change": "added",
    "registry": "/srv/my class/registry.toml",
    "path": "/srv/my class/weights/squares-deep-own.h5",
    "bytes": 632_152,
    "graph": [],
    "sha256": SHA,
    "evaluation": {"accuracy": 0.9781, "loss": 0.0712},
    "training": {"seed": 0, "seconds": 7.54},
    "command": "zoo --registry '/srv/my class' run squares:deep --weights own",
}


def test_publish(invoke):
    ended = invoke("publish", "squares:deep", "--to", "class", "--default", publish=result(PUBLISHED))
    assert (
        ended.out
        == f"""\
squares:deep for paper, tag own, the default: added
registry  /srv/my class/registry.toml
file      /srv/my class/weights/squares-deep-own.h5 (632 kB)
sha256    {SHA}
accuracy  97.81 %
loss      0.0712
trained   in 7.5 s with seed 0

to use them:
  zoo --registry '/srv/my class' run squares:deep --weights own
"""
    )
    assert ended.calls == [
        (
            "publish",
            ("squares:deep",),
            {
                "to": Path("class"),
                "tag": "own",
                "default": True,
                "replace": False,
                "graph": False,
                "values": {},
                "data": "auto",
                "weights": "auto",
                "seed": None,
            },
        )
    ]


def test_the_command_that_publish_prints_works_as_printed(real, tmp_path):
    """For a dataset that the model would not take by itself, and not as the default."""
    words = ["--set", "epochs=1", "--data", "digits", "--offline"]
    ended = real("publish", "scratch:tutorial", "--to", "my class", "--tag", "v9", *words)
    assert ended.code == 0, ended.err
    command = ended.out.splitlines()[-1].strip()
    assert command == (
        f"zoo --registry '{tmp_path}/my class' run scratch:tutorial --data digits --weights v9"
    )
    told = real(*shlex.split(command)[1:], "--offline", "--json")
    assert (told.code, told.err) == (0, "")
    assert json.loads(told.out)["weights"]["tag"] == "v9"


def test_publish_with_a_graph_names_its_files(invoke):
    data = {**PUBLISHED, "graph": ["/srv/deep.tflite", "/srv/deep.layers.json"]}
    ended = invoke("publish", "squares", "--to", "class", "--graph", publish=result(data))
    assert "graph     /srv/deep.tflite, /srv/deep.layers.json\n" in ended.out
    ((_, _, options),) = ended.calls
    assert options["graph"] is True


def test_publish_leaves_out_what_is_not_known(invoke):
    data = {
        **PUBLISHED,
        "preset": "default",
        "default": False,
        "change": "unchanged",
        "training": None,
        "evaluation": {"accuracy": None, "loss": 0.0188},
    }
    lines = invoke("publish", "squares", "--to", "class", publish=result(data)).out.splitlines()
    assert lines[0] == "squares for paper, tag own: published already, as it is"
    assert [line.split()[0] for line in lines[1:5]] == ["registry", "file", "sha256", "loss"]


def test_publish_needs_a_folder(invoke, tmp_path):
    assert invoke("publish", "squares").err == (
        "error: missing option '--to'; see `zoo publish --help`\n"
    )
    (tmp_path / "file").write_text("")
    ended = invoke("publish", "squares", "--to", "file")
    assert (ended.code, ended.err) == (
        2,
        "error: invalid value for '--to': 'file' is not a folder; see `zoo publish --help`\n",
    )


MIRRORED = {
    "folder": "/media/stick",
    "files": [
        {"file": "squares.h5", "title": "squares, first", "way": "kept", "bytes": 632_152},
        {"file": "paper.npz", "title": "paper", "way": "download", "bytes": 11_490_434},
    ],
    "failed": [],
    "warnings": [],
}


def test_mirror(invoke):
    ended = invoke("mirror", "stick", mirror=result(MIRRORED))
    assert (
        ended.out
        == """\
/media/stick: 2 files, 12.1 MB
FILE        WHAT            FROM         SIZE
squares.h5  squares, first  kept       632 kB
paper.npz   paper           download  11.5 MB

to use it:
  zoo --mirror /media/stick run MODEL
"""
    )
    assert ended.calls == [("mirror", (Path("stick"),), {"models": None, "datasets": None})]


def test_mirror_says_what_is_missing(invoke):
    failed = [{"title": "dataset paper", "reason": "paper.npz: not downloaded, offline"}]
    data = {**MIRRORED, "files": [], "failed": failed}
    ended = invoke("mirror", "stick", mirror=result(data, 3))
    assert ended.code == 3
    assert (
        ended.out
        == """\
/media/stick: 0 files, 0 B

missing: dataset paper
    paper.npz: not downloaded, offline
"""
    )
    ended = invoke("mirror", "stick", "--json", mirror=result(data, 3))
    assert (ended.code, json.loads(ended.out)["failed"]) == (3, failed)


def test_mirror_of_some(invoke):
    words = ["--models", "squares, squares:deep", "--datasets", "none"]
    ended = invoke("mirror", "stick", *words, mirror=result(MIRRORED))
    assert ended.calls[0][2] == {"models": ["squares", "squares:deep"], "datasets": ["none"]}
    ended = invoke("mirror", "stick", "--models", " , ")
    assert ended.err == (
        "error: invalid value for '--models': nothing is named; `none` leaves all of them out; "
        "see `zoo mirror --help`\n"
    )


def figure(stated, measured, again, difference):
    return {"stated": stated, "measured": measured, "again": again, "difference": difference}


REPRODUCED = {
    "model": "squares",
    "preset": "default",
    "dataset": {"name": "paper"},
    "weights": WEIGHTS,
    "seed": 0,
    "seconds": {"stated": 7.5, "again": 8.25},
    "metrics": {
        "accuracy": figure(0.9781, 0.9781, 0.9779, 0.0002),
        "auc": figure(None, 0.5, 0.5, 0),
    },
    "tolerance": 0.003,
    "agrees": True,
    "identical": False,
    "largest_difference": 0.0123,
    "notes": ["keras was 3.14 then and is 3.15 now"],
}


def test_reproduce(invoke):
    ended = invoke("reproduce", "squares", "--weights", "own", reproduce=result(REPRODUCED))
    assert (
        ended.out
        == """\
squares on paper: trained again in 8.2 s (7.5 s then), seed 0
FIGURE    STATED  MEASURED   AGAIN  DIFFERENCE
accuracy  0.9781    0.9781  0.9779      0.0002
auc            –    0.5000  0.5000      0.0000

figures  agree within 0.003
arrays   differ by up to 0.012
weights  /a.h5
note: keras was 3.14 then and is 3.15 now
"""
    )
    assert ended.calls == [
        ("reproduce", ("squares",), {"weights": "own", "data": "auto", "tolerance": 0.003})
    ]


def test_reproduce_that_does_not_agree_exits_with_1(invoke):
    data = {**REPRODUCED, "agrees": False, "identical": True}
    ended = invoke("reproduce", "squares", "--tolerance", "0.1", reproduce=result(data, 1))
    assert ended.code == 1
    assert "figures  do NOT agree within 0.003\narrays   identical\n" in ended.out
    assert ended.calls[0][2]["tolerance"] == 0.1


def test_reproduce_with_nothing_to_compare_exits_with_1(invoke):
    metrics = {"accuracy": figure(None, 0.9781, 0.9781, 0)}
    data = {**REPRODUCED, "agrees": None, "metrics": metrics}
    ended = invoke("reproduce", "squares", reproduce=result(data, 1))
    assert ended.code == 1
    assert "figures  none was stated to compare with\n" in ended.out


def test_reproduce_without_provenance(invoke):
    ended = invoke("reproduce", "squares", reproduce=UsageError("a.h5: nothing can be repeated"))
    assert (ended.code, ended.out, ended.err) == (2, "", "error: a.h5: nothing can be repeated\n")


def row(title, **facts):
    known = {
        "title": title,
        "n": 10_000,
        "accuracy": 0.97,
        "loss": 0.1,
        "parameters": 50_890,
        "bytes": 632_152,
        "training_seconds": 7.5,
        "inference_seconds": 3.4e-6,
        "weights": WEIGHTS,
    }
    return {**known, **facts}


def test_compare(invoke):
    few = row("few", n=2_109, training_seconds=None, loss=None)
    drawn = row("drawn", accuracy=None)
    data = {
        "dataset": {"name": "paper"},
        "models": [row("squares"), few, drawn],
        "agreement": [[1.0, 0.5, None], [0.5, 1.0, None], [None, None, None]],
    }
    ended = invoke("compare", "squares", "few", "drawn", compare=result(data))
    assert (
        ended.out
        == """\
paper: 10,000 test images
MODEL    ACCURACY    LOSS  PARAMETERS    SIZE  TRAINED  AN IMAGE
squares   97.00 %  0.1000      50,890  632 kB    7.5 s    3.4 µs
few       97.00 %       –      50,890  632 kB        –    3.4 µs
drawn           –  0.1000      50,890  632 kB    7.5 s    3.4 µs
on the images of its own classes only: few (2,109)

Agreement: share of the images that get the same answer
MODEL     squares       few  drawn
squares  100.00 %   50.00 %      –
few       50.00 %  100.00 %      –
drawn           –         –      –

squares: weights cache, trained earlier
few: weights cache, trained earlier
drawn: weights cache, trained earlier
"""
    )
    assert ended.calls == [
        ("compare", (("squares", "few", "drawn"),), {"data": "auto", "weights": "auto"})
    ]


def test_compare_of_one_has_no_agreement(invoke):
    data = {"dataset": {"name": "paper"}, "models": [row("squares")], "agreement": [[1.0]]}
    assert "Agreement" not in invoke("compare", "squares", compare=result(data)).out


def test_compare_needs_a_model(invoke):
    assert invoke("compare").err == "error: missing argument 'MODEL…'; see `zoo compare --help`\n"


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["publish", ""], ["squares", "squares:deep"]),
        (["publish", "squares", "--weights", "f"], ["first"]),
        (["publish", "squares", "--set", "hid"], ["hidden="]),
        (["compare", "squares", "squares:"], ["squares:deep"]),
        (["reproduce", "squares", "--weights", "f"], ["first"]),
        (["mirror", "stick", "--models", "squares,sq"], ["squares,squares", "squares,squares:deep"]),
        (["mirror", "stick", "--datasets", ""], ["paper"]),
    ],
)
def test_completion(words, offered):
    assert complete(*words) == offered
