"""The numbers that prove the pictures of one image: each is computed in a second way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.views.asking import linear, numbers
from tests.views.fake_conv import conv_context, convolve_by_loops
from tests.views.fakes import VIEWS, context, tiny
from zoo.errors import InvalidValueError, UsageError
from zoo.views import draw
from zoo.views.generic.grids import convolve, find_grid
from zoo.views.generic.tracing import trace
from zoo.views.guard import colour_faults

# one layer, one image


def test_weighted_inputs_and_bias_sum_to_what_the_layer_bends() -> None:
    here = context()
    found = numbers("hidden-input", here, image="noise:3")
    flat = here.image("noise:3").ravel().astype(np.float64)
    expected = flat @ here.weights["hidden_layer/kernel"] + here.weights["hidden_layer/bias"]
    assert np.allclose(found.maps.sum(axis=(1, 2)) + found.bias, expected, atol=1e-5)
    assert np.allclose(found.sums, expected, atol=1e-5)
    assert np.allclose(found.outputs, np.maximum(expected, 0), atol=1e-5)
    one = numbers("hidden-input", here, image="noise:3", unit=4)
    assert one.units == (4,)
    assert np.allclose(one.maps[0], one.image * one.weights[0])


@pytest.mark.parametrize("make", [context, conv_context, linear])
def test_contributions_and_bias_are_the_logit(make: Any) -> None:
    here = make()
    for image in ("test:7", "noise:2", "blank"):
        found = numbers("why", here, image=image)
        scores = here.model.predict(here.image(image))[0].astype(np.float64)
        columns = [here.labels.index(label) for label in found.labels]
        apart = np.log(scores[columns[0]]) - np.log(scores[columns[1]])
        assert np.abs(found.maps.sum(axis=(1, 2)) + found.biases - found.logits).max() <= 1e-4
        assert found.logits[0] - found.logits[1] == pytest.approx(apart, abs=1e-4)
        assert (found.maps[:, here.image(image) == 0] == 0).all()


def test_contributions_of_a_curved_network_are_refused() -> None:
    model = tiny()
    model.negative = True  # tanh
    with pytest.raises(
        UsageError, match=r"^layer hidden_layer: expected linear or relu units, got tanh$"
    ):
        numbers("why", context(model=model))


def test_logits_of_a_trace_are_those_of_the_model() -> None:
    here = conv_context()
    images = here.examples("test").first(3).floats()
    found = trace(here, images)
    assert np.allclose(found.logits, here.model.sums(images)["logits"], atol=1e-4)  # type: ignore[attr-defined]
    assert [step.kind for step in found.steps] == [
        "convolution", "pooling", "convolution", "pooling", "bend", "dense",
    ]  # fmt: skip
    again = found.run(images.astype(np.float64))
    assert np.allclose(again.logits, found.logits, atol=1e-4)


@pytest.mark.parametrize("curved", [False, True])
def test_gradients_agree_with_central_differences(curved: bool) -> None:
    model = tiny()
    model.negative = curved
    for here in (context(model=model), conv_context()):
        image = here.image("noise:5")[None].astype(np.float64)
        whole = trace(here, image)
        gradient = whole.gradient(1)[0]
        for y, x in ((0, 0), (13, 14), (27, 5), (9, 9)):
            step = np.zeros_like(image)
            step[0, y, x] = 1e-5
            up, down = (whole.run(image + sign * step).logits[0, 1] for sign in (1, -1))
            assert gradient[y, x] == pytest.approx((up - down) / 2e-5, abs=1e-6)


def test_occlusion_lights_up_the_only_pixel_that_counts() -> None:
    here = linear(one_pixel=(4, 6))
    found = numbers("occlusion", here, image="noise:1", size=1, label="one")
    assert np.argwhere(found.drops != 0).tolist() == [[4, 6]]
    assert found.drops[4, 6] == pytest.approx(2.0 * here.image("noise:1")[4, 6], abs=1e-5)
    wide = numbers("occlusion", here, image="noise:1", size=3, label="one")
    assert {tuple(place) for place in np.argwhere(wide.drops != 0)} == {
        (y, x) for y in (3, 4, 5) for x in (5, 6, 7)
    }


# convolutions


@pytest.mark.parametrize("layer", ["conv", "conv_2"])
@pytest.mark.parametrize("place", [(0, 0), (5, 7), (10, 10)])
def test_a_convolution_step_by_step_is_the_layers_output(layer: str, place: tuple[int, int]) -> None:
    here = conv_context()
    image = here.image("noise:4")[None]
    sums = here.model.sums(image)  # type: ignore[attr-defined]
    for number in (0, 3):
        found = numbers(
            "convolution", here, image="noise:4", layer=layer, filter=number,
            row=place[0], column=place[1],
        )  # fmt: skip
        assert found.products.sum() == pytest.approx(found.here)
        assert found.here + found.elsewhere + found.bias == pytest.approx(found.total)
        assert found.total == pytest.approx(sums[layer][0, place[0], place[1], number], abs=1e-5)
        assert found.output == pytest.approx(max(found.total, 0.0), abs=1e-5)
        pooled = sums["pool" if layer == "conv" else "pool_2"][0, :, :, number]
        half = (place[0] // 2, place[1] // 2)
        if half[0] < pooled.shape[0]:
            assert found.pooled == pytest.approx(pooled[half], abs=1e-5)
        else:
            assert found.pooled is None


def test_the_patch_lies_where_it_is_framed() -> None:
    here = conv_context()
    found = numbers("convolution", here, image="noise:4", row=7, column=9)
    y, x = found.corner
    assert (y, x) == (6, 8)  # one pixel of padding
    assert np.allclose(found.patch, here.image("noise:4")[y : y + 3, x : x + 3])


def test_places_and_filters_that_are_not_there_are_refused() -> None:
    with pytest.raises(InvalidValueError, match=r"^row: expected an integer in 0\.\.11, got 27$"):
        numbers("convolution", conv_context(), layer="conv_2", row=27)
    with pytest.raises(InvalidValueError, match=r"^filter: expected a number in 0\.\.3 of layer conv"):
        numbers("convolution", conv_context(), layer="conv", filter=4)


@pytest.mark.parametrize("same", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_convolutions_agree_with_plain_loops(same: bool, size: int) -> None:
    rng = np.random.default_rng(size)
    maps, kernel = rng.normal(size=(2, 9, 8, 3)), rng.normal(size=(size, size, 3, 4))
    expected = convolve_by_loops(maps, kernel, same=same)
    grids = [g for g in find_grid(maps.shape, expected.shape, kernel.shape) if g.stride == (1, 1)]
    assert any(np.allclose(convolve(maps, kernel, grid), expected) for grid in grids)


def test_kernels_and_feature_maps_are_those_of_the_model() -> None:
    here = conv_context()
    found = numbers("kernels", here, layer="conv_2", filters=(3, 0), channel=2)
    assert np.array_equal(found.maps[0], here.weights["conv_2/kernel"][:, :, 2, 3])
    maps = numbers("feature-maps", here, image="noise:1", channels=(2,), layer="conv")
    assert np.allclose(
        maps.maps[0], here.model.activations(here.image("noise:1")[None])["conv"][0, :, :, 2]
    )


@pytest.mark.parametrize(
    ("view", "values"),
    [
        ("architecture", {}),
        ("kernels", {}),
        ("kernels", {"values": True}),
        ("kernels", {"layer": "conv_2", "channel": 3}),
        *(("feature-maps", {"scale": scale}) for scale in ("layer", "panel", "all")),
        ("feature-maps", {"layer": "pool_2", "image": "blank"}),
        ("convolution", {}),
        ("convolution", {"layer": "conv_2", "filter": 4}),
        ("why", {}),
        ("dream", {"steps": 2}),
        ("knock-out", {}),
        ("top-images", {"layer": "conv_2"}),
        ("activation-map", {}),
    ],
)
def test_pictures_of_a_convolutional_model(view: str, values: dict[str, Any]) -> None:
    picture = draw(VIEWS[view], conv_context(), **values)
    assert colour_faults(picture.figure) == []
    assert picture.alt.endswith(".")
