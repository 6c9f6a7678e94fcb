from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from tests.views.fakes import DRAWN, VIEWS, context, tiny
from zoo.views import draw
from zoo.views.terminal import half_blocks, render

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def shown(view: str, colour: Any = "none", columns: int = 80, **values: Any) -> str:
    return render(draw(VIEWS[view], context(), **values), columns=columns, colour=colour)


@pytest.mark.parametrize("view", DRAWN)
def test_no_line_is_wider_than_the_terminal(view: str) -> None:
    picture = draw(VIEWS[view], context())
    for columns in (40, 80):
        for colour in ("none", "256", "truecolor"):
            text = render(picture, columns=columns, colour=colour)
            assert max(len(ANSI.sub("", line)) for line in text.splitlines()) <= columns
            if view in ("weights", "activations", "learning-curve"):
                assert ("\x1b" in text) == (colour != "none" and view != "learning-curve")


def test_half_blocks_hold_two_pixels_a_character() -> None:
    image = np.array([[[255, 0, 0]], [[0, 0, 255]], [[9, 9, 9]]], np.uint8)
    assert half_blocks(image) == (
        "\x1b[38;2;255;0;0;48;2;0;0;255m▀\x1b[0m\n\x1b[38;2;9;9;9;48;2;255;255;255m▀\x1b[0m"
    )
    assert half_blocks(image[:2], colour="256") == "\x1b[38;5;196;48;5;21m▀\x1b[0m"


def test_a_colour_is_said_once_for_a_run_of_cells() -> None:
    assert half_blocks(np.zeros((2, 5, 3), np.uint8)).count("\x1b[38") == 1


def test_without_colour_signs_differ_and_are_explained() -> None:
    model = tiny(2)
    weights = {name: np.zeros_like(array) for name, array in model.weights.items()}
    weights["hidden_layer/kernel"][:, 0], weights["hidden_layer/kernel"][:, 1] = 1, -1
    model.weights = weights
    text = render(draw(VIEWS["weights"], context(model=model)), columns=80)
    rows = [line for line in text.splitlines() if "##" in line]
    assert len(rows) == 14
    assert all("##" in row and "~~" in row and row.index("#") < row.index("~") for row in rows)
    assert "above zero .:+*#   below zero ,;-=~" in text


def test_the_confusion_matrix_is_a_table() -> None:
    assert shown("confusion").splitlines()[2:6] == [
        "      zero  one  two",
        "zero     8    2    ·",
        " one     1    9    ·",
        " two     ·    4    6",
    ]


def test_lines_are_letters_with_their_names() -> None:
    text = shown("learning-curve")
    assert "accuracy (%) by epoch (t = train, v = validation, e = test)" in text
    plot = text.split("e = test)")[1].split("loss by epoch")[0]
    assert plot.count("e") == 3


def test_a_heat_map_names_its_rows() -> None:
    text = shown("activations")
    assert [line[:11] for line in text.splitlines()[2:5]] == [
        "class zero ",
        " class one ",
        " class two ",
    ]


def test_title_scale_and_sentence_frame_the_picture() -> None:
    picture = draw(VIEWS["weights"], context(), scale="panel")
    lines = render(picture, columns=200).splitlines()
    assert lines[0] == "Weights of tiny: 6 units of hidden_layer, each panel on its own scale"
    assert "share of the panel's largest |weight|: -1 … 1" in lines
    assert lines[-1] == picture.alt


def test_captions_of_maps_are_listed_row_by_row() -> None:
    text = shown("weights", units=(0, 1, 2, 3, 4))
    assert "\n[unit 0, unit 1, unit 2]\n[unit 3, unit 4]\n\nweight:" in text


def test_names_cannot_steer_the_terminal() -> None:
    here = context(labels=("a\x1b[2J", "b", "c"))
    text = render(draw(VIEWS["activations"], here), columns=80)
    assert "\x1b" not in text
