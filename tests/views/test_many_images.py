"""The numbers of pictures over many images, of structure and of training, in a second way."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.views.asking import linear, numbers
from tests.views.fake_conv import conv_context
from tests.views.fakes import SPEC, VIEWS, Pair, Shape, Tiny, context, tiny
from tests.views.test_context import two_classes
from zoo.errors import InvalidValueError
from zoo.views import draw
from zoo.views.generic.activation_map import apart, principal
from zoo.views.generic.threshold import _signed

# many images


def test_knocking_out_a_unit_is_zeroing_its_outgoing_weights() -> None:
    here = context()
    found = numbers("knock-out", here, count=30)
    examples = here.examples("test")
    for column, unit in enumerate(found.units):
        model = tiny()
        weights = {name: array.copy() for name, array in model.weights.items()}
        weights["output_layer/kernel"][unit] = 0
        model.weights = weights
        right = (model.predict(examples.images).argmax(axis=1) == examples.labels).mean()
        assert found.change[0, column] == pytest.approx(100 * (right - found.before[0]))


def test_prototypes_are_mean_activations_times_weights() -> None:
    here = context()
    found = numbers("prototypes", here, spread=0.0)
    examples = here.examples("test")
    hidden = here.model.activations(examples.floats())["hidden_layer"]
    kernel = here.weights["hidden_layer/kernel"]
    for column in range(3):
        mean = hidden[examples.labels == column].mean(axis=0)
        assert np.allclose(found.maps[0, column].ravel(), kernel @ mean, rtol=1e-4, atol=1e-4)
    three = numbers("prototypes", here, spread=2.0).maps
    assert np.allclose(three[0] + three[2], 2 * three[1])  # mean ∓ 2 std


def test_means_of_a_pair_and_of_one_against_the_rest() -> None:
    here = linear()
    images, labels = here.examples("train").floats(), here.examples("train").labels
    pair = numbers("means", here, one="two", other="zero")
    assert np.allclose(pair.one, images[labels == 2].mean(axis=0), atol=1e-6)
    kernel = here.weights["line/kernel"].astype(np.float64)
    assert np.allclose(pair.weights.ravel(), kernel[:, 2] - kernel[:, 0])
    swapped = numbers("means", here, one="zero", other="two")
    assert np.allclose(swapped.difference, -pair.difference)  # the order only turns the sign
    rest = numbers("means", here, one="one")
    assert rest.names == ("class one", "the rest")
    assert rest.counts == (20, 40)
    assert np.isfinite(rest.other).all()
    assert np.allclose(rest.other, images[labels != 1].mean(axis=0), atol=1e-6)
    assert numbers("means").weights is None  # of a model that is not linear there are none to show
    with pytest.raises(InvalidValueError, match="other: expected another class than `one`, got one"):
        numbers("means", here, one="one", other="one")


@pytest.mark.parametrize("here", [linear, context])
def test_means_give_each_class_one_colour_and_say_it_at_every_bar(here: Any) -> None:
    picture = draw(VIEWS["means"], here(), one="one", other="two")
    bars = [axes._colorbar for axes in picture.figure.axes if hasattr(axes, "_colorbar")]
    assert len(bars) == (2 if here is linear else 1)
    (legend,) = picture.figure.legends
    inks = [np.asarray(patch.get_facecolor())[:3] for patch in legend.get_patches()]
    assert [text.get_text() for text in legend.get_texts()] == ["class one", "class two", "both"]
    for bar in bars:
        assert bar.ax.get_ylabel().endswith(": ← class two · class one →")
        ends = bar.mappable.to_rgba([bar.norm.vmax, bar.norm.vmin])[:, :3]
        assert np.allclose(inks[:2], ends, atol=1 / 255)
    (overlay,) = (a.images[0] for a in picture.figure.axes if a.get_title().startswith("both"))
    paper: Any = overlay.get_array()
    found = picture.numbers
    alone = (found.one == 0) & (found.other > 0)  # ink of class two only
    assert alone.any()
    assert np.allclose(paper[alone], 1 - found.other[alone][:, None] * (1 - inks[1]), atol=0.01)
    assert np.allclose(paper[(found.one == 0) & (found.other == 0)], 1)


def test_both_sides_of_the_threshold_are_all_images() -> None:
    here = context()
    found = numbers("threshold", here, label="two", probability=0.4)
    scores = here.model.predict(here.examples("test").images)
    above, truth = scores[:, 2] >= 0.4, here.examples("test").labels == 2
    assert (found.found, found.alarms) == (int((above & truth).sum()), int((above & ~truth).sum()))
    assert found.found + found.missed + found.alarms + found.passed == 30
    assert found.inside.sum() + found.outside.sum() == 30


def test_mistakes_of_a_model_of_two_classes_are_named_as_all_models_name_them() -> None:
    here = two_classes(model=Pair(SPEC, Shape()))
    here.model.weights = tiny().weights
    found = numbers("mistakes", here)
    for image, name, truth in zip(found.images, found.names, found.truth, strict=True):
        assert np.array_equal(context().image(name), image.astype(np.float32))
        assert truth == context().truth(name)


def test_mistakes_are_wrong_and_ordered_by_confidence() -> None:
    here = context()
    found = numbers("mistakes", here)
    scores, labels = here.model.predict(here.examples("test").images), here.examples("test").labels
    wrong = np.flatnonzero(scores.argmax(axis=1) != labels)
    assert set(found.names) == {f"test:{row}" for row in wrong}
    for image, name, caption in zip(found.images, found.names, found.captions, strict=True):
        assert np.array_equal(here.image(name), image.astype(np.float32))
        assert caption.startswith(f"{name}\n")
    assert (np.diff(found.confidence) <= 0).all()
    assert all(t != a for t, a in zip(found.truth, found.answers, strict=True))


def test_calibration_counts_every_image_once() -> None:
    found = numbers("calibration", bins=7)
    assert found.counts.sum() == 30
    there = found.counts > 0
    assert (found.stated[there] >= found.edges[:-1][there] - 1e-9).all()
    assert (found.stated[there] <= found.edges[1:][there] + 1e-9).all()
    assert found.error == pytest.approx((found.counts * np.abs(found.right - found.stated)).sum() / 30)


def test_principal_directions_are_those_of_the_svd() -> None:
    values = np.random.default_rng(0).normal(size=(50, 6)) * [5, 3, 1, 1, 1, 1]
    points, shares = principal(values)
    _, sizes, directions = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    expected = (values - values.mean(axis=0)) @ directions[:2].T
    assert np.allclose(np.abs(points), np.abs(expected))
    assert shares == pytest.approx(tuple(sizes[:2] ** 2 / (sizes**2).sum()))


def test_dreams_climb() -> None:
    few, many = (numbers("dream", steps=steps).logits for steps in (1, 15))
    assert (many > few).all()


def test_top_images_are_the_strongest_and_silent_units_say_so() -> None:
    here = context()
    found = numbers("top-images", here, units=(1, 4), n=3)
    for images, names in zip(found.images, found.names, strict=True):
        assert all(np.array_equal(here.image(name), i) for i, name in zip(images, names, strict=True))
    hidden = here.model.activations(here.examples("test").floats())["hidden_layer"]
    assert np.allclose(found.values[0], np.sort(hidden[:, 1])[::-1][:3])
    model = tiny()
    weights = {name: array.copy() for name, array in model.weights.items()}
    weights["hidden_layer/kernel"][:, 4], weights["hidden_layer/bias"][4] = 0, -1
    model.weights = weights
    picture = draw(VIEWS["top-images"], context(model=model))
    assert picture.numbers.silent == (4,)
    assert "answers all images alike" in [text.get_text() for text in picture.figure.axes[0].texts]


# structure and training


def test_the_neuron_of_the_lesson() -> None:
    found = numbers("single-neuron", x=(1.0, 0.5, 0.25, 1.0, 0.5), bias=-1.0)
    assert found.products.tolist() == [2, 2, -0.5, 0, -2]
    assert found.z == 0.5
    assert found.output == pytest.approx(1 / (1 + np.exp(-0.5)))
    assert numbers("single-neuron", inputs=2, activation="relu").products.tolist() == pytest.approx(
        [1.6, 1.2]
    )
    assert numbers("single-neuron", inputs=7).w.tolist() == [2, 4, -2, 0, -4, 0, 0]


def test_parameters_add_up() -> None:
    found = numbers("architecture")
    assert found.total == 784 * 6 + 6 + 6 * 3 + 3
    assert [block.formula for block in found.blocks] == [
        "784 × 6 weights + 6 biases", "6 × 3 weights + 3 biases",
    ]  # fmt: skip
    conv = numbers("architecture", conv_context())
    assert sum(block.parameters for block in conv.blocks) == conv.total == 40 + 185 + 543
    assert conv.blocks[1].formula == "3 × 3 × 4 × 5 weights + 5 biases"


def test_weights_growing_says_how_many_units_there_are_and_how_many_are_kept() -> None:
    large = numbers("weights-growing", context(model=tiny(100)), units=(0, 5))
    assert "weights of 2 of 100 units from" in large.title
    assert "2 of 100 units" in large.alt
    assert "snapshots hold the first 6 units;" in large.note
    with pytest.raises(InvalidValueError) as caught:
        numbers("weights-growing", context(model=tiny(100)), units=(6,))
    assert str(caught.value) == (
        "units: expected numbers in 0..5 of layer hidden_layer, which its snapshots hold, got 6"
    )
    small = numbers("weights-growing")
    assert "weights of 6 units from" in small.title
    assert "snapshots hold" not in small.note


def test_architecture_says_what_a_model_ends_in() -> None:
    assert "from 28 × 28 pixels to the answer: " in numbers("architecture").alt
    drawing = dataclasses.replace(SPEC, output="images")
    assert "from 28 × 28 pixels to the image: " in numbers("architecture", context(spec=drawing)).alt


def test_weights_grow_on_one_scale_for_all_moments() -> None:
    here = context()
    assert here.history is not None
    strip = numbers("weights-growing", here)
    assert strip.steps == (0, 1, 10, 100)
    assert np.array_equal(strip.maps[2, 1].ravel(), here.history.snapshot(10)[:, 1])
    film = [numbers("weights-growing", here, moment=moment) for moment in range(4)]
    assert len({frame.scale.high for frame in film}) == 1
    assert [frame.steps for frame in film] == [(0,), (1,), (10,), (100,)]


@pytest.mark.mnist
def test_the_published_mlp_moved_up(mirror: Any, tmp_path: Any) -> None:
    import zoo
    from zoo.plugins import resolve

    class Dense(Tiny):
        """The published weights in NumPy: no framework is needed to check a picture's numbers."""

    house = zoo.Zoo(zoo.Settings(home=tmp_path, mirror=str(mirror)))
    loaded = house.load("mlp", data="mnist", weights="upstream")
    spec = dataclasses.replace(SPEC, shapes=lambda _: {n: a.shape for n, a in loaded.weights.items()})
    model = Dense(spec, Shape())
    model.weights = loaded.weights
    here = context(model=model, spec=spec, examples=loaded.examples, labels=tuple("0123456789"))
    view = house.catalogue.view("robustness").spec
    found: Any = resolve(view.compute, plugin="views")(here, view.parameters(count=10_000))  # type: ignore[operator]
    assert [round(100 * share, 2) for share in found.accuracy[1:5]] == [93.61, 77.31, 43.31, 18.69]


# what stands on pictures


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=12))
def test_labels_are_moved_apart_and_those_that_have_room_stay(cells: list[tuple[int, int]]) -> None:
    places = np.asarray(cells, np.float64) / 4
    moved = apart(places, 0.4)
    distance = np.hypot(*(moved[:, None] - moved).transpose(2, 0, 1)) + np.eye(len(places))
    assert distance.min() >= 0.39
    alone = np.hypot(*(places[:, None] - places).transpose(2, 0, 1)) + np.eye(len(places))
    if alone.min() >= 0.41:
        assert np.array_equal(moved, places)


def test_no_class_hides_the_name_of_another_on_the_map() -> None:
    here = context(model=tiny(1), labels=("zero", "one", "two"))  # one unit: all on one line
    picture = draw(VIEWS["activation-map"], here)
    picture.encode("png")
    boxes: list[Any] = [
        text.get_bbox_patch().get_window_extent() for text in picture.figure.axes[0].texts
    ]
    middles = [((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2, box.width) for box in boxes]
    assert len(middles) == 3
    for i, (x, y, width) in enumerate(middles):
        assert all(np.hypot(x - u, y - v) >= 0.95 * (width + w) / 2 for u, v, w in middles[:i])


def test_images_that_get_answers_stand_above_them_and_are_framed() -> None:
    figure = draw(VIEWS["always-answers"], context()).figure
    top, below = (axes for axes in figure.axes if axes.images)
    strip, answers = top.get_position(), below.get_position()
    assert (strip.x0, strip.x1) == (answers.x0, answers.x1)
    left, right = sorted(top.get_xlim())
    assert len(top.lines) == 9
    for index, line in enumerate(top.lines):
        corners = np.asarray(line.get_xdata(), float)
        middle = ((corners.min() + corners.max()) / 2 - left) / (right - left)
        assert middle == pytest.approx((index + 0.5) / 9)


@pytest.mark.parametrize("layer", ["conv", "conv_2"])
def test_values_on_kernels_stay_inside_their_cells(layer: str) -> None:
    picture = draw(VIEWS["kernels"], conv_context(), layer=layer, values=True)
    picture.encode("png")
    axes = picture.figure.axes[0]
    cells: Any = axes.images[0].get_array()
    cell = axes.get_window_extent().width / cells.shape[1]
    written = [text for text in axes.texts if text.get_va() == "center"]
    assert len(written) == picture.numbers.maps.size
    assert max(text.get_window_extent().width for text in written) <= 0.9 * cell


def test_scores_at_the_line_have_digits_enough_to_tell_their_side() -> None:
    here = context()
    scores = here.model.predict(here.examples("test").images)[:, 2]
    on_the_line = float(scores[7])
    found = numbers("threshold", here, label="two", probability=round(on_the_line, 3), n=3)
    assert not [text for text in found.captions if re.search(r"[+−]0\.?0*$", text)]
    assert _signed(np.array([-0.004, 0.03, 1.5])) == ["−0.004", "+0.030", "+1.500"]
    assert _signed(np.array([-2.04, 1.5])) == ["−2.0", "+1.5"]


def test_one_unit_is_no_units() -> None:
    here = context(model=tiny(1))
    assert "as 1 unit of hidden_layer sees it" in numbers("hidden-input", here).title
    assert "For 1 unit of layer" in numbers("top-images", here, layer="hidden_layer").alt


def test_a_unit_that_answers_all_alike_is_said_to() -> None:
    model = tiny()
    weights = {name: array.copy() for name, array in model.weights.items()}
    weights["hidden_layer/kernel"][:, 2] = 0
    model.weights = weights
    alt = numbers("top-images", context(model=model), layer="hidden_layer").alt
    assert "unit 2 no class: it answers all images alike," in alt


def test_frames_of_a_convolution_leave_what_they_frame_to_be_seen() -> None:
    picture = draw(VIEWS["convolution"], conv_context())
    (axes,) = (a for a in picture.figure.axes if a.get_title().startswith("output of"))
    y, x = picture.numbers.place
    cell = axes.get_window_extent().width / picture.numbers.result.shape[1]  # pixels at 150 dpi
    inner = axes.patches[-1]  # drawn last: the orange frame, its line half inside
    seen = cell * inner.get_width() - inner.get_linewidth() / 72 * 150  # type: ignore[attr-defined]
    assert seen >= 0.9 * cell
    assert inner.get_x() < x - 0.5 < x + 0.5 < inner.get_x() + inner.get_width()  # type: ignore[attr-defined]
    assert inner.get_y() < y - 0.5  # type: ignore[attr-defined]


def test_numbers_of_a_convolution_stay_inside_their_cells() -> None:
    picture = draw(VIEWS["convolution"], conv_context())
    picture.encode("png")
    grids = [a for a in picture.figure.axes if a.get_title() in ("patch", "kernel", "patch × kernel")]
    assert len(grids) == 3
    for axes in grids:
        cell = axes.get_window_extent().width / picture.numbers.kernel.shape[1]
        assert max(text.get_window_extent().width for text in axes.texts) <= 0.9 * cell
