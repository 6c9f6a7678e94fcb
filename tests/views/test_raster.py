"""Pixels: images and texts stand where matplotlib puts them, and a PNG gives back what went in."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from zoo import canvas
from zoo.views.raster import encode, rasterise, with_notes

SIZES = st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(3))


@given(arrays.arrays(np.uint8, SIZES))
def test_a_png_gives_back_its_pixels(pixels: np.ndarray) -> None:
    png = with_notes(encode(pixels), {"Title": "größer", "Source": "zoo run", "Description": ""})
    with Image.open(io.BytesIO(png)) as image:
        image.load()
        assert image.mode == "RGB"
        assert np.array_equal(np.asarray(image), pixels)
        assert image.text == {"Title": "größer", "Source": "zoo run"}  # type: ignore[attr-defined]
        assert image.info["dpi"] == pytest.approx((150, 150), abs=0.02)


def test_pixels_that_do_not_lie_side_by_side_are_encoded_as_well() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (9, 7, 4), np.uint8)[::-1, ::2, :3]
    with Image.open(io.BytesIO(encode(pixels))) as image:
        assert np.array_equal(np.asarray(image), pixels)


def by_matplotlib(figure: Figure) -> np.ndarray:
    figure.set_dpi(canvas.DPI)
    agg = FigureCanvasAgg(figure)
    agg.draw()
    return np.asarray(agg.buffer_rgba())[..., :3]


def panel(values: Any, scale: Any, own: bool, side: float, aspect: Any = "equal") -> Figure:
    sheet = canvas.figure(title="", panel=(side, side))
    axes = sheet.axes[0]
    if own:
        canvas.show(axes, values, scale, marks=False, aspect=aspect)
    else:
        axes.imshow(values, cmap=scale.cmap, norm=scale.norm(), interpolation="nearest", aspect=aspect)
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    return sheet.figure


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("cells", [1, 3, 30, 90])
def test_cells_of_whole_pixels_are_those_of_matplotlib(cells: int, masked: bool) -> None:
    values: Any = np.random.default_rng(cells).normal(size=(cells, cells))
    if masked and cells > 1:
        values = np.ma.masked_array(values, values < -1)
    scale = canvas.signed_scale([values])
    own, other = (panel(values, scale, ours, 1.2) for ours in (True, False))
    assert np.array_equal(rasterise(own), by_matplotlib(other))


@given(st.integers(1, 60), st.integers(1, 60), st.sampled_from([0.7, 1.0, 1.37]))
def test_other_cells_miss_their_place_by_less_than_a_pixel(rows: int, columns: int, side: float) -> None:
    values = np.random.default_rng(0).random((rows, columns))
    figure = panel(values, canvas.INTENSITY, True, side, "auto")
    box = figure.axes[0].get_window_extent()
    pixels = rasterise(figure)
    part = pixels[
        len(pixels) - round(box.y1) : len(pixels) - round(box.y0), round(box.x0) : round(box.x1), 0
    ]
    colours = canvas.INTENSITY.cmap(values, bytes=True)[..., 0]
    high, wide = part.shape
    middles = [
        ((np.arange(count) + 0.5) * length / count).astype(int)
        for count, length in ((rows, high), (columns, wide))
    ]
    assert np.array_equal(part[np.ix_(*middles)], colours)


def alter(image: Any, how: str) -> None:
    match how:
        case "translucent":
            image.set_alpha(0.5)
        case "fading":
            image.set_alpha(np.linspace(0, 1, 36).reshape(6, 6))
        case "smooth":
            image.set_interpolation("bilinear")
        case "rgb":
            image.set_data(np.random.default_rng(0).random((6, 6, 3)))
        case "rgba":
            image.set_data(np.random.default_rng(0).random((6, 6, 4)))


@pytest.mark.parametrize("how", ["translucent", "fading", "smooth", "rgb", "rgba"])
def test_what_a_plugin_changes_about_an_image_is_seen(how: str) -> None:
    values = np.random.default_rng(1).random((6, 6))
    pages = []
    for own in (True, False):
        figure = panel(values, canvas.INTENSITY, own, 1.2)
        alter(figure.axes[0].images[0], how)
        pages.append(rasterise(figure) if own else by_matplotlib(figure))
    assert np.abs(pages[0].astype(int) - pages[1].astype(int)).max() <= 2  # of 255


@pytest.mark.parametrize("channels", [3, 4])
def test_colours_may_be_shown_as_they_are(channels: int) -> None:
    sheet = canvas.figure(title="", panel=(1.2, 1.2))
    canvas.show(sheet.axes[0], np.random.default_rng(0).random((4, 4, channels)))
    assert rasterise(sheet.figure).std() > 0


def test_a_panel_that_shows_a_part_of_its_image_shows_that_part() -> None:
    figure = panel(np.eye(4), canvas.INTENSITY, True, 1.0)
    figure.axes[0].set_xlim(-0.5, 1.5)
    other = panel(np.eye(4), canvas.INTENSITY, False, 1.0)
    other.axes[0].set_xlim(-0.5, 1.5)
    assert np.array_equal(rasterise(figure), by_matplotlib(other))


@pytest.mark.parametrize("rotation", [0, 90, 37])
@pytest.mark.parametrize("place", [("left", "top"), ("center", "center"), ("right", "baseline")])
def test_a_text_stands_where_matplotlib_puts_it(rotation: float, place: tuple[str, str]) -> None:
    def ink(draw: Any) -> np.ndarray:
        figure = Figure(figsize=(3, 3), dpi=canvas.DPI)
        across, up = place
        figure.text(0.5, 0.5, "Tg 14", size=14, rotation=rotation, ha=across, va=up)  # type: ignore[arg-type]
        return np.argwhere(draw(figure)[..., 0] < 128)

    ours, theirs = ink(rasterise), ink(by_matplotlib)  # that one is hinted: a little wider
    assert np.abs(ours.min(axis=0) - theirs.min(axis=0)).max() <= 3
    assert np.abs(ours.max(axis=0) - theirs.max(axis=0)).max() <= 3
    assert len(ours) == pytest.approx(len(theirs), rel=0.2)


@pytest.mark.parametrize("inches", [(8.27, 11.69), (1.003, 1.0037), (8.06, 4.6733333333), (0.01, 0.01)])
def test_a_page_has_as_many_pixels_as_agg_gives_it(inches: tuple[float, float]) -> None:
    figure = Figure(figsize=inches, dpi=canvas.DPI, facecolor="b")
    pixels = rasterise(figure)
    assert pixels.shape[:2] == tuple(int(150 * side + 1e-6) for side in inches[::-1])
    assert (pixels == (0, 0, 255)).all()


def test_letters_without_smoothing_and_without_ligatures_are_left_to_matplotlib() -> None:
    def page(draw: Any) -> np.ndarray:
        figure = Figure(figsize=(2, 1), dpi=canvas.DPI)
        figure.text(0.1, 0.5, "first", antialiased=False)
        if hasattr(Text, "set_fontfeatures"):
            figure.text(0.1, 0.1, "office", fontfeatures=["-liga"])  # type: ignore[call-arg]
        return np.asarray(draw(figure))

    assert np.abs(page(rasterise).astype(int) - page(by_matplotlib).astype(int)).mean() < 1


def test_mathematics_and_nothing_at_all_can_be_written() -> None:
    figure = Figure(figsize=(2, 1), dpi=canvas.DPI)
    for text in ("$x^2$", " ", "\n", "a\nb"):
        figure.text(0.5, 0.5, text, parse_math=True)
    assert (rasterise(figure) < 128).any()
