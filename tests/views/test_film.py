"""Films: a view's slider as an animated GIF."""

from __future__ import annotations

import dataclasses
import io
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageSequence

from tests.views.fakes import DRAWN, VIEWS, context
from zoo.errors import InvalidValueError, UsageError
from zoo.views import Frames, film, frames

COMMAND = "zoo visualize tiny weights-growing --format gif"


def growing() -> Frames:
    made = frames(DRAWN["weights-growing"], context(), units=(0, 1))
    assert isinstance(made, Frames)
    return made


def pixels(image: Image.Image) -> Any:
    return np.asarray(image.convert("RGB"), float)


def test_a_film_has_a_frame_for_each_value_and_repeats(tmp_path: Path) -> None:
    made = growing()
    path = made.save(tmp_path / "growing.gif", command=COMMAND)
    with Image.open(path) as image:
        assert image.format == "GIF"
        assert image.n_frames == len(made.pictures) == 4  # type: ignore[attr-defined]
        assert image.info["loop"] == 0
        assert image.info["comment"] == COMMAND.encode()
        shown = [(pixels(page), page.info["duration"]) for page in ImageSequence.Iterator(image)]
        assert image.width <= film.WIDTH
    assert [duration for _, duration in shown] == [film.STEP] * 3 + [film.HOLD]
    for (one, _), (other, _) in itertools.pairwise(shown):
        assert np.abs(one - other).max() > 30
    assert [file.name for file in tmp_path.iterdir()] == ["growing.gif"]


def test_a_frame_looks_like_its_picture(tmp_path: Path) -> None:
    made = growing()
    with Image.open(made.save(tmp_path / "growing.gif")) as image:
        image.seek(2)
        drawn = pixels(image)
    still = made.pictures[2].save(tmp_path / "still.png")
    with Image.open(still) as picture:
        factor = -(-picture.width // film.WIDTH)
        assert factor > 1
        grids = [picture.crop((x, y, *picture.size)) for x in range(factor) for y in range(factor)]
        small = [pixels(grid.convert("RGB").reduce(factor)) for grid in grids]
    high, wide = drawn.shape[:2]
    off = [
        np.abs(drawn - page[:high, :wide]).mean()
        for page in small
        if page[:high, :wide].size == drawn.size
    ]
    assert min(off) < 1
    assert (drawn[0, 0] == 255).all()


@dataclasses.dataclass
class Chequered:
    """A page of cells, 4 pixels wide, that start at a place of their own."""

    left: int
    top: int
    alt: str = "cells"

    def encode(self, kind: str) -> bytes:
        assert kind == "png"
        cells = np.random.default_rng(0).integers(0, 8, (200, 300)) * 32
        page = np.full((900, 1300), 255, np.uint8)
        page[self.top : self.top + 800, self.left : self.left + 1200] = np.kron(cells, np.ones((4, 4)))
        buffer = io.BytesIO()
        Image.fromarray(page).save(buffer, "PNG")
        return buffer.getvalue()


@pytest.mark.parametrize(("left", "top"), [(40, 40), (41, 40), (40, 41), (43, 45)])
def test_cells_stay_cells_of_one_colour(left: int, top: int) -> None:
    """A page is halved on a grid that the cells lie on: no colour comes in between."""
    pages: Any = (Chequered(left, top), Chequered(left, top))
    made = film.encode(Frames("cells", "moment", ("a", "b"), pages))
    with Image.open(io.BytesIO(made)) as image:
        assert image.size == ((1300 - left % 2) // 2, (900 - top % 2) // 2)
        assert set(np.unique(pixels(image))) == {0, 32, 64, 96, 128, 160, 192, 224, 255}


def test_the_same_film_gives_the_same_bytes() -> None:
    assert film.encode(growing(), command=COMMAND) == film.encode(growing(), command=COMMAND)


def test_frames_of_several_sizes_are_put_on_one(tmp_path: Path) -> None:
    few = frames(DRAWN["weights-growing"], context(), units=(0,))
    assert isinstance(few, Frames)
    mixed = Frames("mixed", "moment", ("a", "b"), (growing().pictures[1], few.pictures[3]))
    with Image.open(mixed.save(tmp_path / "mixed.gif")) as image:
        assert image.n_frames == 2  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("view", "values", "words"),
    [
        (
            "weights",
            {},
            (
                "weights: a GIF runs through the values of a view's slider, and this view has none; "
                "choose png, svg or pdf"
            ),
        ),
        (
            "weights-growing",
            {"moment": 3},
            "moment: a GIF runs through all its values; leave this option out",
        ),
    ],
)
def test_what_cannot_run_is_refused(view: str, values: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        film.check(VIEWS[view].spec, values)
    assert str(caught.value) == words


def test_a_film_is_no_png(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError) as caught:
        growing().save(tmp_path / "a.png")
    assert str(caught.value) == "picture a.png: expected a name that ends in .gif, got ending '.png'"
    assert list(tmp_path.iterdir()) == []
