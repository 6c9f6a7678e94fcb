"""Each fault of the source notebooks, drawn with plain matplotlib, is found; good figures pass."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from zoo.views.guard import colour_faults

SIGNED = np.random.default_rng(0).normal(size=(28, 28))
INK = np.abs(SIGNED) / 9


def panel(values: Any, *, bar: bool = False, **how: Any) -> Figure:
    figure = Figure()
    axes = figure.add_subplot()
    image = axes.imshow(values, **({"interpolation": "nearest"} | how))
    if bar:
        figure.colorbar(image, ax=axes)
    return figure


def with_gap(fill: float) -> Figure:
    """Two maps in a grid of four, with masked gaps; the other two places hold `fill`."""
    grid: Any = np.ma.masked_array(np.zeros((57, 57)), mask=True)
    for index, (y, x) in enumerate([(0, 0), (0, 29), (29, 0), (29, 29)]):
        grid[y : y + 28, x : x + 28] = SIGNED if index < 2 else fill
    if np.isnan(fill):
        grid = np.ma.masked_array(
            np.where(grid.mask | np.isnan(grid), 0, grid), grid.mask | np.isnan(grid)
        )
    return panel(grid, bar=True, cmap="RdBu_r", vmin=-4, vmax=4)


@pytest.mark.parametrize(
    "figure",
    [
        panel(INK, cmap="gray", vmin=0, vmax=1),
        panel(np.zeros((28, 28)), cmap="gray", vmin=0, vmax=1),
        panel(INK, bar=True, cmap="gray", vmin=0, vmax=INK.max()),
        panel(SIGNED, bar=True, cmap="RdBu_r", vmin=-4, vmax=4),
        with_gap(np.nan),
        panel(np.repeat(INK[..., None], 3, axis=2)),
    ],
)
def test_good_figures_pass(figure: Figure) -> None:
    assert colour_faults(figure) == []


@pytest.mark.parametrize(
    ("figure", "fault"),
    [
        (
            panel(SIGNED, bar=True, cmap="bwr", vmin=-1, vmax=4),
            "a signed map from -1 to 4 is not symmetric about zero",
        ),
        (
            panel(SIGNED, bar=True, cmap="gray", vmin=-4, vmax=4),
            "negative values on a map without a middle",
        ),
        (
            panel(INK + 0.1, bar=True, cmap="gray"),
            f"the scale starts at {(INK + 0.1).min():.3g}, not at 0",
        ),
        (
            panel(INK, cmap="gray", vmin=0, vmax=INK.max()),
            f"no colour bar for gray from 0 to {INK.max():.3g}",
        ),
        (panel(SIGNED, cmap="RdBu_r", vmin=-4, vmax=4), "no colour bar for RdBu_r from -4 to 4"),
        (
            panel(np.where(SIGNED > 2, np.nan, SIGNED), bar=True, cmap="RdBu_r", vmin=-4, vmax=4),
            "values that are not finite",
        ),
        (
            panel(SIGNED, bar=True, cmap="RdBu_r", vmin=-1, vmax=1),
            "values beyond the scale, and no mark that says so",
        ),
        (
            panel(INK, cmap="gray", vmin=0, vmax=1, interpolation="bilinear"),
            "cells are smoothed (bilinear)",
        ),
        (
            with_gap(0.0),
            "cells 29:57, 0:28 are all 0 and unmarked: mask what is empty, mark what is zero",
        ),
        (
            panel(np.zeros((4, 4)), bar=True, cmap="RdBu_r", vmin=-4, vmax=4),
            "cells 0:4, 0:4 are all 0 and unmarked: mask what is empty, mark what is zero",
        ),
        (
            panel(np.stack([INK, 0 * INK, INK], axis=2)),
            "colours that neither a legend nor a colour bar explains",
        ),
    ],
)
def test_each_fault_is_found(figure: Figure, fault: str) -> None:
    assert f"panel 0: {fault}" in colour_faults(figure)


def test_a_bar_of_another_scale_explains_nothing() -> None:
    figure = Figure()
    left, right = figure.subplots(1, 2)
    image = left.imshow(SIGNED, cmap="RdBu_r", vmin=-4, vmax=4, interpolation="nearest")
    right.imshow(SIGNED, cmap="RdBu_r", vmin=-5, vmax=5, interpolation="nearest")
    figure.colorbar(image, ax=left)
    assert colour_faults(figure) == ["panel 1: no colour bar for RdBu_r from -5 to 5"]


def test_a_scatter_coloured_by_value_is_held_to_the_same() -> None:
    figure = Figure()
    figure.add_subplot().scatter([1, 2], [1, 2], c=[0.0, 3.0], cmap="viridis", vmin=0, vmax=3)
    assert colour_faults(figure) == ["panel 0: no colour bar for viridis from 0 to 3"]


def test_a_scale_that_nobody_set_is_found() -> None:
    figure = Figure()
    squares = PolyCollection([[(0, 0), (0, 1), (1, 1)]])
    squares.set_array(np.array([0.5]))
    figure.add_subplot().add_collection(squares)
    squares.norm = Normalize()  # set when drawn, to whatever the values are
    assert colour_faults(figure) == ["panel 0: the scale was left automatic"]


def test_a_panel_that_holds_nothing_must_be_hidden() -> None:
    figure = Figure()
    left, right = figure.subplots(1, 2)
    left.plot([1, 2], [3, 4])
    assert colour_faults(figure) == ["panel 1: holds nothing and is not hidden"]
    right.set_axis_off()
    assert colour_faults(figure) == []


def test_text_must_stand_out_from_its_cell() -> None:
    figure = panel(np.array([[0.0, 1.0]]), cmap="gray", vmin=0, vmax=1)
    figure.axes[0].text(0, 0, "seen", color="white")
    figure.axes[0].text(1, 0, "lost", color="white")
    assert colour_faults(figure) == ["panel 0: text 'lost' does not stand out from its cell"]
