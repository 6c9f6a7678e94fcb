"""`zoo views`: whole outputs over an invented zoo."""

from __future__ import annotations

import json

from tests.cli.conftest import CATALOGUE, DOTS, LINES, OWN
from zoo.plugins import Catalogue, Offer


def catalogue() -> Catalogue:
    import dataclasses

    needy = dataclasses.replace(LINES, needs=("convolutions", "data"))
    views = (Offer(DOTS, OWN, "dots"), Offer(needy, OWN, "lines"))
    return dataclasses.replace(CATALOGUE, views=views)


def test_all_views_with_what_they_need(invoke):
    ended = invoke("views", catalogue=catalogue())
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "VIEW   WHAT         NEEDS\ndots   draws dots   –\nlines  draws lines  convolutions, data\n"
    )


def test_the_views_of_a_model_and_why_others_are_not(invoke):
    ended = invoke("views", "squares", catalogue=catalogue())
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[0].split() == ["VIEW", "WHAT", "OPTIONS"]
    assert lines[1].startswith("dots*  draws dots  --unit 0, --scale all,")
    assert "* drawn by `zoo run squares --visualize`" in lines
    assert lines[-1] == "not offered: lines needs convolutions"


def test_as_json(invoke):
    data = json.loads(invoke("views", "squares", "--json", catalogue=catalogue()).out)
    assert (data["schema"], data["model"], data["preset"]) == (1, "squares", "default")
    dots, lines = data["views"]
    assert (dots["offered"], dots["missing"], dots["default"]) == (True, [], True)
    assert (lines["offered"], lines["missing"], lines["needs"]) == (
        False, ["convolutions"], ["convolutions", "data"],
    )  # fmt: skip
    assert dots["parameters"][0] == {
        "name": "unit",
        "option": "--unit",
        "default": 0,
        "allowed": "an integer in 0..(units - 1)",
        "help": "hidden unit",
    }
    everything = json.loads(invoke("views", "--json", catalogue=catalogue()).out)
    assert "convolutions" in everything["capabilities"]


def test_a_model_that_does_not_exist(invoke):
    ended = invoke("views", "circles", catalogue=catalogue())
    assert ended.code == 2
    assert "unknown model 'circles'" in ended.err
