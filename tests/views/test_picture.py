from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from PIL import Image

from tests.views.fakes import DRAWN, VIEWS, context
from zoo.errors import InvalidValueError, PluginError, ZooError
from zoo.views import Picture, draw
from zoo.views.picture import plain


def picture() -> Picture:
    return draw(VIEWS["weights"], context())


def test_a_png_has_150_dpi_and_says_how_to_draw_it_again(tmp_path: Path) -> None:
    one = picture()
    path = one.save(tmp_path / "weights.png", command="zoo visualize tiny weights")
    with Image.open(path) as image:
        image.load()
        assert image.text == {  # type: ignore[attr-defined]
            "Title": "weights",
            "Description": one.alt,
            "Source": "zoo visualize tiny weights",
        }
        assert image.info["dpi"] == pytest.approx((150, 150), abs=0.02)
        assert image.size == tuple(round(150 * inches) for inches in one.figure.get_size_inches())
        assert image.mode == "RGB"


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_same_picture_gives_the_same_bytes_and_no_clock(kind: str, tmp_path: Path) -> None:
    files = [
        picture().save(tmp_path / f"{name}.{kind}", command="zoo visualize tiny weights")
        for name in ("one", "two")
    ]
    first, second = (file.read_bytes() for file in files)
    assert first == second
    assert not re.search(
        rb"20[2-9]\d-[01]\d-|CreationDate|D:20[2-9]\d|matplotlib\.org|Matplotlib v", first
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"one.{kind}", f"two.{kind}"]


SCRIPT = """
import sys, matplotlib
from tests.views.fakes import VIEWS, context
from zoo.views import draw
sys.stdout.buffer.write(draw(VIEWS["confusion"], context()).encode(sys.argv[1], command="c"))
"""


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_another_process_hash_seed_and_matplotlibrc_give_the_same_bytes(
    kind: str, tmp_path: Path
) -> None:
    (tmp_path / "matplotlibrc").write_text("font.size: 31\naxes.facecolor: red\nsavefig.dpi: 33\n")
    outcomes = []
    for seed, settings in (("1", ""), ("2", str(tmp_path / "matplotlibrc"))):
        env = os.environ | {
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
        }
        if settings:
            env["MATPLOTLIBRC"] = settings
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, kind], capture_output=True, env=env, check=True
        )
        outcomes.append(done.stdout)
    assert outcomes[0] == outcomes[1]
    assert len(outcomes[0]) > 10_000


def test_the_svg_holds_title_sentence_and_command(tmp_path: Path) -> None:
    one = picture()
    text = one.save(tmp_path / "w.svg", command="zoo visualize <tiny>").read_text()
    assert "<dc:title>weights</dc:title>" in text
    assert one.alt in text
    assert "zoo visualize &lt;tiny&gt;" in text


def test_a_changed_figure_is_drawn_anew() -> None:
    one = picture()
    before = one.encode("png")
    assert one.encode("png") is not before
    assert one.encode("png") == before
    one.figure.texts[0].set_text("another title")
    assert one.encode("png") != before


@pytest.mark.parametrize(
    ("name", "got"),
    [("a.jpg", "ending '.jpg'"), ("a", "no ending"), ("a.png.exe", "ending '.exe'")],
)
def test_another_ending_is_refused(name: str, got: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError) as caught:
        picture().save(tmp_path / name)
    assert (
        str(caught.value)
        == f"picture {name}: expected a name that ends in .png, .svg or .pdf, got {got}"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_a_typed_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ZooError, match="file"):
        picture().save(tmp_path / "file" / "a.png")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_notebook_shows_the_png() -> None:
    assert picture()._repr_png_().startswith(b"\x89PNG\r\n")


@pytest.mark.parametrize("view", DRAWN)
def test_the_data_of_a_picture_is_json(view: str) -> None:
    data = draw(VIEWS[view], context()).to_data()
    assert set(data) == {"name", "parameters", "alt", "numbers"}
    assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_what_is_masked_or_not_finite_becomes_null() -> None:
    masked = np.ma.masked_array([1.0, 2.0], mask=[False, True])
    assert plain({"a": masked, "b": np.float32(0.5), "c": (float("nan"), np.int64(3))}) == {
        "a": [1.0, None], "b": 0.5, "c": [None, 3],
    }  # fmt: skip


class Breaks(Artist):
    def draw(self, renderer: Any) -> None:
        raise RuntimeError("no pen")


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_what_cannot_be_drawn_is_laid_at_the_door_of_its_plugin(kind: str) -> None:
    figure = Figure()
    figure.add_artist(Breaks())
    broken = Picture("v", {}, "sentence.", None, figure, "sketch")
    text = "v: its figure of plugin sketch cannot be drawn: RuntimeError: no pen"
    with pytest.raises(PluginError, match=text) as caught:
        broken.encode(kind)
    assert caught.value.plugin == "sketch"


def test_a_page_without_pixels_is_refused() -> None:
    with pytest.raises(PluginError, match="v: its figure cannot be drawn: ValueError: the page has no"):
        Picture("v", {}, "sentence.", None, Figure(figsize=(0.001, 1))).encode("png")


def test_a_hostile_command_stays_one_line_of_text() -> None:
    png = Picture("v", {}, "sentence.", None, Figure()).encode("png", command="zoo \x00\x1b[31m\nrun é")
    assert b"Source\0\0\0\0\0zoo \xef\xbf\xbd\xef\xbf\xbd[31m run \xc3\xa9" in png
