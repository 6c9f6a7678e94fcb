from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from zoo.views.scales import INTENSITY, Scale, finite, positive_scale, signed_scale

NUMBERS = hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=3), elements=st.floats(-1e6, 1e6))


def lightness(rgba: np.ndarray) -> Any:
    """CIE L* of sRGB."""
    srgb = rgba[..., :3]
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    y = linear @ np.array([0.2126, 0.7152, 0.0722])
    return 116 * np.cbrt(y) - 16


@given(NUMBERS)
def test_a_signed_scale_is_symmetric_and_holds_all_panels(maps: np.ndarray) -> None:
    scale = signed_scale([maps, -0.5 * maps])
    assert scale.low == -scale.high
    assert scale.high == (np.abs(maps).max() or 1.0)
    assert not scale.clipped


@pytest.mark.parametrize("palette", ["weights", "inputs"])
def test_zero_is_the_lightest_colour_and_lightness_falls_alike_on_both_sides(palette: str) -> None:
    scale = Scale(palette, -1, 1)  # type: ignore[arg-type]
    values = np.linspace(0, 1, 60)
    up, down = lightness(scale.colours(values)), lightness(scale.colours(-values))
    assert up[0] > 94
    assert np.abs(up - down).max() < 1
    assert (np.diff(up) <= 1e-6).all()
    assert (np.diff(down) <= 1e-6).all()


def test_the_two_signs_differ_in_hue_and_the_two_palettes_from_each_other() -> None:
    ends = [
        Scale(palette, -1, 1).colours(value)[:3]
        for palette in ("weights", "inputs")
        for value in (-1.0, 1.0)
    ]
    for i, one in enumerate(ends):
        for other in ends[:i]:
            assert np.abs(one - other).max() > 0.15


def test_the_intensity_scale_is_fixed_gray() -> None:
    assert (INTENSITY.low, INTENSITY.high) == (0, 1)
    assert INTENSITY.colours([0.0, 1.0]).tolist() == [[0, 0, 0, 1], [1, 1, 1, 1]]


def test_clipping_is_named_counted_and_marked_by_other_colours() -> None:
    values = np.arange(-100.0, 101.0)
    scale = signed_scale(values, clip="percentile-95")
    assert scale.clipped
    assert scale.high == np.percentile(np.abs(values), 95)
    assert scale.text == "± 95 over all panels, the 95th percentile: 5.0\u00a0% lie beyond"
    inside, beyond = scale.colours([scale.high, 100.0])
    assert not np.array_equal(inside, beyond)


def test_nothing_is_clipped_where_all_values_are_alike() -> None:
    assert not signed_scale(np.full(10, -3.0), clip="percentile-99").clipped


def test_all_zero_maps_still_have_a_scale() -> None:
    assert signed_scale(np.zeros((2, 2))).high == 1.0
    assert positive_scale(np.zeros((2, 2))).high == 1.0


def test_negative_values_are_no_positive_scale() -> None:
    with pytest.raises(ValueError, match="negative"):
        positive_scale([-1.0, 2.0])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_never_drawn(bad: float) -> None:
    with pytest.raises(ValueError, match="1 of 4 values to be drawn are not finite"):
        finite([[1.0, bad], [2.0, 3.0]])
    with pytest.raises(ValueError, match="not finite"):
        signed_scale(np.array([bad]))


def test_what_is_masked_may_be_anything_and_leaves_nothing_behind() -> None:
    shown = finite(np.ma.masked_array([1.0, np.nan], mask=[False, True]))
    assert shown.data.tolist() == [1.0, 0.0]


@given(st.floats(-1, 1), st.sampled_from(["weights", "inputs", "intensity", "positive"]))
def test_text_on_a_cell_has_the_colour_that_stands_out_more(value: float, palette: str) -> None:
    scale = Scale(palette, -1.0 if palette in ("weights", "inputs") else 0.0, 1.0)  # type: ignore[arg-type]
    light = lightness(scale.colours(value))
    y = ((light + 16) / 116) ** 3
    white, black = 1.05 / (y + 0.05), (y + 0.05) / 0.05
    chosen = white if scale.dark(value) else black
    assert chosen >= 4.4 or chosen >= max(white, black) - 0.2
