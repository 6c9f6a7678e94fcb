from __future__ import annotations

import doctest
import threading
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import zoo.views.tiles
from zoo import canvas
from zoo.views.cells import NAMES
from zoo.views.guard import colour_faults
from zoo.views.layout import DPI, wrap


def maps(count: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(count, 28, 28))


def test_tiles_are_one_image_with_masked_gaps_and_the_maps_unchanged() -> None:
    shown = maps(10)
    figure = canvas.tiles(
        shown, title="ten", scale=canvas.signed_scale(shown), captions=list("abcdefghij"), bar="weight"
    )
    assert colour_faults(figure) == []
    array: Any = figure.axes[0].images[0].get_array()
    assert np.ma.count(array) == 10 * 784
    assert np.allclose(np.sort(array.compressed()), np.sort(shown.ravel()))
    assert [text.get_text() for text in figure.axes[0].texts] == list("abcdefghij")


@pytest.mark.parametrize("count", [1, 2, 7, 40, 64])
def test_a_cell_is_a_whole_number_of_pixels_and_lies_on_whole_pixels(count: int) -> None:
    figure = canvas.tiles(maps(count), title="t", scale=canvas.signed_scale(maps(count)), bar="w")
    axes = figure.axes[0]
    box = axes.get_window_extent()
    cells: Any = axes.images[0].get_array()
    rows, columns = cells.shape
    assert box.width / columns == pytest.approx(round(box.width / columns))
    assert box.height / rows == pytest.approx(box.width / columns)
    assert box.x0 == pytest.approx(round(box.x0), abs=1e-6)
    assert box.y0 == pytest.approx(round(box.y0), abs=1e-6)


def test_places_without_a_map_are_crossed_out_and_masked() -> None:
    figure = canvas.tiles(maps(7), title="t", scale=canvas.signed_scale(maps(7)), columns=4, bar="w")
    axes = figure.axes[0]
    assert len(axes.lines) == 1
    cells: Any = axes.images[0].get_array()
    assert np.ma.getmaskarray(cells[-28:, -28:]).all()


def test_a_map_of_zeros_is_marked_but_a_blank_image_is_just_black() -> None:
    shown = maps(2)
    shown[1] = 0
    figure = canvas.tiles(shown, title="t", scale=canvas.signed_scale(shown), bar="w")
    assert [text.get_text() for text in figure.axes[0].texts] == ["all 0"]
    assert list(canvas.tiles(np.zeros((2, 28, 28)), title="t").axes[0].texts) == []


def test_no_picture_is_wider_than_asked() -> None:
    for count in (1, 5, 10, 64, 100):
        assert canvas.tiles(np.zeros((count, 28, 28)), title="t " * 90).get_figwidth() <= canvas.WIDTH


@given(st.integers(1, 400))
def test_a_grid_has_room_for_all_and_no_empty_row(count: int) -> None:
    rows, columns = canvas.grid_shape(count)
    assert (rows - 1) * columns < count <= rows * columns


def test_examples_in_the_docstrings() -> None:
    failed, tried = doctest.testmod(zoo.views.tiles)
    assert (failed, tried > 0) == (0, True)


def test_signed_panels_share_one_scale() -> None:
    sheet = canvas.figure(1, 2, title="t", bar=True)
    scale = canvas.show_signed(sheet.axes, [np.eye(2), -3 * np.eye(2)])
    canvas.colour_bar(sheet, scale, "weight")
    norms = [axes.images[0].norm for axes in sheet.axes]
    assert [(norm.vmin, norm.vmax) for norm in norms] == [(-3, 3), (-3, 3)]
    assert colour_faults(sheet.figure) == []


def test_an_intensity_image_is_never_rescaled() -> None:
    sheet = canvas.figure(title="t")
    image = canvas.show_intensity(sheet.axes[0], np.full((28, 28), 0.25))
    assert (image.norm.vmin, image.norm.vmax) == (0, 1)
    assert image.get_interpolation() == "nearest"


def test_masked_cells_get_a_mark_of_their_own() -> None:
    sheet = canvas.figure(title="t", bar=True)
    values = np.ma.masked_array([[1.0, 2.0]], mask=[[False, True]])
    scale = canvas.positive_scale(values)
    canvas.show(sheet.axes[0], values, scale)
    canvas.colour_bar(sheet, scale)
    boxes, strokes = sheet.axes[0].collections
    assert (len(boxes.get_paths()), len(strokes.get_paths())) == (1, 1)
    assert scale.high == 1.0


def test_texts_on_cells_are_black_or_white_by_lightness() -> None:
    sheet = canvas.figure(title="t")
    values = np.array([[0.0, 1.0]])
    canvas.show(sheet.axes[0], values)
    canvas.annotate_cells(sheet.axes[0], values, canvas.INTENSITY, [["a", "b"]])
    assert [text.get_color() for text in sheet.axes[0].texts] == ["white", "black"]


def test_a_colour_bar_needs_its_place() -> None:
    with pytest.raises(ValueError, match="no place for a colour bar"):
        canvas.colour_bar(canvas.figure(title="t"), canvas.INTENSITY)


def test_a_colour_bar_has_arrows_only_where_values_are_clipped() -> None:
    for clip, extend in (("none", "neither"), ("percentile-95", "both")):
        figure = canvas.tiles(
            maps(2), title="t", scale=canvas.signed_scale(maps(2), clip=clip), bar="weight"
        )
        assert figure.axes[1]._colorbar.extend == extend  # type: ignore[attr-defined]


def test_lines_differ_in_dash_and_marker_as_well_as_hue() -> None:
    for key in ("color", "linestyle", "marker"):
        assert len({str(series[key]) for series in canvas.SERIES}) == len(canvas.SERIES)


def test_the_users_settings_are_neither_used_nor_changed() -> None:
    with mpl.rc_context({"font.size": 33.0, "axes.facecolor": "red", "text.usetex": True}):
        before = dict(mpl.rcParams)
        with canvas.style():
            assert mpl.rcParams["axes.facecolor"] == "white"
            assert mpl.rcParams["text.usetex"] is False
            assert mpl.rcParams["text.parse_math"] is False
        assert dict(mpl.rcParams) == before


def test_two_drawing_threads_leave_the_settings_as_they_were() -> None:
    before = dict(mpl.rcParams)
    inside = threading.Barrier(2, timeout=0.2)

    def draw() -> None:
        with canvas.style():
            try:
                inside.wait()  # both inside at once would break the order of restoring
            except threading.BrokenBarrierError:
                return
            raise AssertionError("two threads were in the style at once")

    threads = [threading.Thread(target=draw) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert dict(mpl.rcParams) == before


@given(st.text(max_size=200))
def test_wrapped_lines_fit(text: str) -> None:
    with canvas.style():
        for line in wrap(text, 2.0, 10):
            assert canvas.text_width(line, 10) <= 2.0


def test_a_dollar_in_a_title_is_a_dollar() -> None:
    with canvas.style():
        sheet = canvas.figure(title="costs $5 or $\\frac{1}{2")
        sheet.figure.canvas.draw()
    assert sheet.figure.texts[0].get_text() == "costs $5 or $\\frac{1}{2"


def test_pictures_have_150_pixels_an_inch() -> None:
    assert canvas.figure(title="t").figure.dpi == DPI == 150


def test_a_strip_gives_each_of_784_numbers_a_column_of_its_own_and_marks_the_rows() -> None:
    sheet = canvas.figure(title="A strip", panel=(6, 1))
    values = np.linspace(-1, 1, 784)
    axes = canvas.strip(sheet, values.reshape(28, 28), canvas.signed_scale(values))
    (image,) = axes.images
    assert np.array_equal(np.asarray(image.get_array())[0], values)
    assert axes.get_window_extent().width == pytest.approx(784)
    marks = {*axes.get_xticks(), *axes.get_xticks(minor=True)}
    assert marks == {28 * row - 0.5 for row in range(28)}


def named(names: list[str], width: float) -> list[Any]:
    """Return the box of each name below a panel, in points about the middle of its column."""
    sheet = canvas.figure(title="t", panel=(width, 1.0), room=(0.0, 0.6))
    axes = sheet.axes[0]
    canvas.show(axes, np.zeros((1, len(names))), aspect="auto")
    axes.set_xlabel("said before")
    canvas.name_columns(axes, names, width)
    assert axes.get_xlabel() == "said before"
    canvas.name_columns(axes, names, width, label="said now")
    assert axes.get_xlabel() == "said now"
    (artist, _) = (artist for artist in axes.collections if artist.get_label() == NAMES)
    return [shape.get_extents() for shape in artist.get_paths()]


def test_names_side_by_side_stand_on_one_line() -> None:
    boxes = named(["ocean", "sand", "mmm", "1,000", "xx"], 6.0)
    plain = [boxes[place].y0 for place in (0, 1, 2, 4)]  # the comma reaches lower, round letters a bit
    assert max(plain) - min(plain) < 0.2
    assert all(abs(box.x0 + box.x1) < 2 for box in boxes)


def test_upright_names_stand_on_one_line_too() -> None:
    boxes = named(["ocean", "sand", "mmm", "xx"] * 10, 6.0)
    plain = [box.x1 for box in boxes]
    assert max(plain) - min(plain) < 0.2
