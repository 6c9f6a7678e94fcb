"""`zoo list`, `zoo info`, `zoo plugins`: whole outputs over an invented zoo."""

from __future__ import annotations

import json
import re


def test_list(invoke):
    ended = invoke("list")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "MODEL    PRESETS  WHAT                             PUBLISHED WEIGHTS\n"
        "squares  deep     knows a square when it sees one  paper\n"
    )


def test_list_is_one_json_document(invoke):
    ended = invoke("list", "--json")
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out) == {
        "schema": 1,
        "models": [
            {
                "name": "squares",
                "model": "squares",
                "full_name": "digit-zoo/squares",
                "summary": "knows a square when it sees one",
                "task": "classification",
                "presets": ["default", "deep"],
                "datasets": ["paper"],
                "weights": [{"tag": "first", "preset": "default", "dataset": "paper", "default": True}],
                "plugin": {"distribution": "digit-zoo", "version": "1.0"},
            }
        ],
        "warnings": [],
    }
    assert ended.out == json.dumps(json.loads(ended.out), indent=2, sort_keys=True) + "\n"


def test_list_all_shows_clashes(invoke, clashing):
    ended = invoke("list", "--all", catalogue=clashing)
    assert ended.code == 0
    assert ended.out == (
        "MODEL              WHAT                             PLUGIN\n"
        "digit-zoo/squares  knows a square when it sees one  digit-zoo 1.0\n"
        "copy-cat/squares   knows a square when it sees one  copy-cat 2.0\n"
        "\n"
        "clash: squares means digit-zoo/squares; copy-cat/squares is the other one\n"
    )


def test_a_shadowed_model_is_listed_and_reached_by_its_full_name(invoke, clashing):
    assert "\ncopy-cat/squares  " in invoke("list", catalogue=clashing).out
    assert (
        invoke("info", "copy-cat/squares", catalogue=clashing).out.splitlines()[1]
        == "plugin    copy-cat 2.0"
    )


def test_an_empty_zoo_says_where_to_look(invoke, clashing):
    import dataclasses

    nothing = dataclasses.replace(clashing, models=(), datasets=(), plugins=())
    assert invoke("list", catalogue=nothing).out == "no models; `zoo plugins` shows what is installed\n"
    assert invoke("plugins", catalogue=dataclasses.replace(nothing, warnings=())).out == "no plugins\n"


def test_info(invoke):
    ended = invoke("info", "squares:deep", "--set", "epochs=3")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(INFO_START)
    assert ended.out.endswith(INFO_END)
    recipe = ended.out.removeprefix(INFO_START).removesuffix(INFO_END).splitlines()
    assert recipe[0].split() == ["NAME", "VALUE", "ALLOWED", "WHAT"]
    epochs = next(line for line in recipe if line.startswith("epochs"))
    assert re.fullmatch(r"epochs +3 +an integer in \d+\.\.\d+ +passes over the training", epochs)


INFO_START = """\
squares:custom: knows a square when it sees one
plugin    digit-zoo 1.0
task      classification
datasets  paper
licence   MIT

Layers (13,002 parameters)
LAYER    SHAPES                  PARAMETERS
dense_1  kernel 784×16, bias 16      12,560
dense_2  kernel 16×16, bias 16          272
dense_3  kernel 16×10, bias 10          170

Presets
PRESET   WHAT               CHANGES
default  one hidden layer   –
deep     two hidden layers  hidden=16,16

Hyperparameters (--set NAME=VALUE)
NAME        VALUE  ALLOWED                            WHAT
hidden      16,16  a list like 16,16 of integers in   units of each hidden layer
                   1..4096
activation  relu   one of relu, sigmoid               of the hidden layers

Recipe (--set NAME=VALUE)
"""
INFO_END = """\

Published weights
TAG     PRESET   DATASET  ACCURACY    SIZE  WHAT
first*  default  paper     96.95 %  632 kB  by the author
* taken by default

Views (zoo visualize)
VIEW   WHAT
dots*  draws dots
lines  draws lines
* drawn by default
"""


def test_info_as_json_is_what_the_library_says(invoke):
    ended = invoke("info", "squares", "--json")
    assert ended.zoo is not None
    assert json.loads(ended.out) == json.loads(json.dumps(ended.zoo.info("squares")))


def test_plugins(invoke, clashing):
    ended = invoke("plugins", catalogue=clashing)
    assert ended.code == 0
    assert ended.out == (
        "PLUGIN   FROM           HOOKS            STATUS  OFFERS\n"
        "squares  digit-zoo 1.0  models datasets  ok      model squares; dataset paper\n"
        "copy     copy-cat 2.0   models           ok      model squares\n"
        "broken   broken 0.1                      failed  nothing\n"
        "\n"
        "copy: model 'squares' is digit-zoo's; this one is 'copy-cat/squares'\n"
        "broken: ValueError: no\n"
    )
    data = json.loads(invoke("plugins", "--json", catalogue=clashing).out)
    assert [(p["name"], p["status"], p["reason"]) for p in data["plugins"]][2] == (
        "broken",
        "failed",
        "ValueError: no",
    )
    assert data["warnings"] == ["plugin broken (broken 0.1) failed at import: ValueError: no"]


def test_text_from_outside_cannot_steer_the_terminal(invoke, clashing):
    import dataclasses

    offer = clashing.models[0]
    evil = dataclasses.replace(offer, spec=dataclasses.replace(offer.spec, summary="\x1b[2Jgone\nnext"))
    ended = invoke("list", catalogue=dataclasses.replace(clashing, models=(evil,)))
    assert "\x1b" not in ended.out
    assert "\N{REPLACEMENT CHARACTER}[2Jgone next" in ended.out
