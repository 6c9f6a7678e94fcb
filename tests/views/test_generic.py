"""The first views that come with the zoo, by their numbers; drawn, all keep the rules of colour."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy as np
import pytest

from tests.views.asking import linear
from tests.views.fakes import DRAWN, EVALUATION, HISTORY, SPEC, VIEWS, Evaluation, Tiny, context, tiny
from zoo.errors import InvalidValueError, UnknownNameError, UsageError
from zoo.modelling import History
from zoo.parameters import Limit, describe
from zoo.views import draw, frames, outlines
from zoo.views.cells import NAMES
from zoo.views.guard import colour_faults
from zoo.views.layout import SMALL
from zoo.views.matching import check
from zoo.views.picture import Frames


def numbers(view: str, here: Any = None, **values: Any) -> Any:
    return draw(VIEWS[view], here or context(), **values).numbers


def extremes() -> list[tuple[str, str, Any]]:
    """Every view at the minimum, the maximum and each choice of every parameter."""
    found = []
    here = context()
    for name, offer in DRAWN.items():
        for parameter in describe(offer.spec.parameters):
            ends = [
                end.of(here) if isinstance(end, Limit) else end
                for end in (parameter.low, parameter.high)
            ]
            values = [*parameter.choices, *(end for end in ends if end is not None)]
            values = values or (["test:0"] if parameter.image else [parameter.default])
            many = [value if isinstance(value, tuple) else (value,) for value in values]
            found += [(name, parameter.name, value) for value in (many if parameter.many else values)]
    return found


@pytest.mark.parametrize(("view", "parameter", "value"), extremes())
def test_every_parameter_at_its_ends(view: str, parameter: str, value: Any) -> None:
    try:
        picture = draw(VIEWS[view], context(), **{parameter: value})
    except InvalidValueError as error:  # a limit that depends on another parameter, or on the data
        refusal = str(error)
    else:
        assert colour_faults(picture.figure) == []
        return
    assert re.search(r"expected (a number|numbers) in 0\.\.\d+ of layer|; raise count$", refusal)


@pytest.mark.parametrize("view", DRAWN)
def test_every_view_at_its_defaults(view: str) -> None:
    shown = frames(VIEWS[view], context())
    for picture in shown.pictures if isinstance(shown, Frames) else [shown]:
        assert colour_faults(picture.figure) == []
        assert picture.alt.endswith(".")
        assert "\n" not in picture.alt
        assert picture.figure.get_label()
        assert picture.encode("png").startswith(b"\x89PNG")
        frozen = type(picture.numbers).__dataclass_params__.frozen
        assert dataclasses.is_dataclass(picture.numbers)
        assert frozen


# weights


def test_weight_maps_are_the_columns_of_the_kernel() -> None:
    here = context()
    found = numbers("weights", here)
    kernel = here.weights["hidden_layer/kernel"]
    assert found.units == (0, 1, 2, 3, 4, 5)
    for unit in range(6):
        assert np.allclose(found.maps[unit].ravel(), kernel[:, unit])
    assert found.scale.high == pytest.approx(np.abs(kernel).max())
    assert found.captions[0] == "unit 0"


def test_the_scale_is_over_the_panels_shown_the_layer_or_each_panel() -> None:
    here = context()
    kernel = np.abs(here.weights["hidden_layer/kernel"])
    weakest = int(kernel.max(axis=0).argmin())
    shown = numbers("weights", here, units=(weakest,))
    layer = numbers("weights", here, units=(weakest,), scale="layer")
    panel = numbers("weights", here, scale="panel")
    assert shown.scale.high == pytest.approx(kernel[:, weakest].max())
    assert layer.scale.high == pytest.approx(kernel.max())
    assert panel.scale.high == 1.0
    assert np.allclose(panel.peaks, kernel.max(axis=0))
    assert shown.title == "Weights of tiny: 1 of 6 units of hidden_layer"
    assert layer.title.endswith(", on the scale of the whole layer")
    assert panel.title.endswith(", each panel on its own scale")


def test_clipping_is_written_in_the_title() -> None:
    found = numbers("weights", clip="percentile-99")
    assert found.title == "Weights of tiny: 6 units of hidden_layer, clipped at the 99th percentile"
    assert found.scale.clipped


def test_a_dead_unit_is_marked() -> None:
    model = tiny()
    weights = dict(model.weights)
    weights["hidden_layer/kernel"] = weights["hidden_layer/kernel"].copy()
    weights["hidden_layer/kernel"][:, 2] = 0
    model.weights = weights
    for scale in ("all", "panel"):
        picture = draw(VIEWS["weights"], context(model=model), scale=scale)
        assert "all 0" in [text.get_text() for text in picture.figure.axes[0].texts]
        assert colour_faults(picture.figure) == []


def test_of_a_large_layer_the_first_hundred_are_shown() -> None:
    found = numbers("weights", context(model=tiny(130)))
    assert len(found.units) == 100
    assert found.title == "Weights of tiny: 100 of 130 units of hidden_layer"
    assert numbers("weights", context(model=tiny(130)), units=(129,)).units == (129,)


def test_units_beyond_the_layer_are_refused_with_the_range() -> None:
    with pytest.raises(InvalidValueError) as caught:
        draw(VIEWS["weights"], context(), units=(6,))
    assert str(caught.value) == "units: expected a list like 0,1,2 of integers in 0..5, got (6,)"


def test_a_layer_that_does_not_see_the_pixels_is_refused() -> None:
    with pytest.raises(InvalidValueError) as caught:
        draw(VIEWS["weights"], context(), layer="output_layer")
    assert str(caught.value) == (
        "layer output_layer: expected one weight a pixel (784 inputs), got 6 inputs; "
        "look at hidden_layer"
    )
    with pytest.raises(UnknownNameError, match="unknown dense layer 'hiden'"):
        draw(VIEWS["weights"], context(), layer="hiden")


def test_a_layer_that_answers_is_named_by_class_without_asking_for_data() -> None:
    def refuse(*_: Any) -> Any:
        raise AssertionError("data was asked for")

    spec = dataclasses.replace(
        SPEC,
        layers=("output_layer",),
        shapes=lambda _: {"output_layer/kernel": (784, 3), "output_layer/bias": (3,)},
        classes=lambda _: (1, 3, 8),
    )
    here = context(model=tiny(spec=spec), spec=spec, labels=refuse, examples=refuse, evaluation=refuse)
    assert numbers("weights", here).captions == ("class 1", "class 3", "class 8")


# confusion


def test_weights_of_one_unit_are_a_map_and_the_same_as_a_strip_on_the_same_scale() -> None:
    picture = draw(VIEWS["weights"], linear(classes=1))
    found = picture.numbers
    first, second = (image for axes in picture.figure.axes for image in axes.images)
    assert np.array_equal(np.asarray(first.get_array()), found.maps[0])
    assert np.array_equal(np.asarray(second.get_array()), found.maps[0].reshape(1, 784))
    assert first.get_clim() == second.get_clim() == (found.scale.low, found.scale.high)
    assert "one strip of 784" in picture.alt
    several = draw(VIEWS["weights"], linear()).figure
    assert sum(len(axes.images) for axes in several.axes) == 1


def test_confusion_counts_and_shares_of_each_row() -> None:
    found = numbers("confusion")
    assert found.counts.tolist() == EVALUATION.confusion
    assert found.shares.sum(axis=1).tolist() == pytest.approx([1, 1, 1])
    assert found.note == (
        "23 of 30 right (76.67\u00a0%); most often two is taken for one (4 times); "
        "each cell: images and row percent"
    )


def test_the_cells_say_both_numbers() -> None:
    picture = draw(VIEWS["confusion"], context())
    texts = [text.get_text() for text in picture.figure.axes[0].texts]
    assert texts == [
        "8",
        "2",
        "1",
        "9",
        "4",
        "6",
        "80.0 %",
        "20.0 %",
        "10.0 %",
        "90.0 %",
        "40.0 %",
        "60.0 %",
    ]


def test_mistakes_have_a_scale_of_their_own_and_the_diagonal_is_quiet() -> None:
    picture = draw(VIEWS["confusion"], context())
    found = picture.numbers
    assert np.diag(np.ma.getmaskarray(found.shown)).all()
    assert found.scale.high == pytest.approx(40)  # percent of the true class
    assert "colour for mistakes only" in found.title
    axes, bar = picture.figure.axes
    assert bar.get_ylabel() == "mistakes: percent of the true class"
    assert not axes.collections  # crossed out is only what holds nothing
    assert axes.get_facecolor()[:3] != (1, 1, 1)  # nor does it look like the worst mistake


def test_mistakes_can_be_told_apart_where_nearly_all_is_right() -> None:
    counts = [[1000, 1, 2], [4, 1000, 8], [0, 3, 1000]]
    few = context(evaluation=lambda: Evaluation(counts, ("a", "b", "c")))
    found = numbers("confusion", few)
    wrong = [found.scale.colours(found.shown[y, x])[0] for y, x in ((0, 1), (0, 2), (1, 0), (1, 2))]
    assert np.diff(wrong).min() > 0.08
    shared = numbers("confusion", few, colour="share")
    assert (shared.scale.low, shared.scale.high) == (0, 1)
    assert not np.ma.getmaskarray(shared.shown).any()


def test_a_class_without_images_is_masked_not_zero() -> None:
    empty = Evaluation([[5, 0, 0], [0, 0, 0], [0, 0, 5]], ("a", "b", "c"))
    found = numbers("confusion", context(evaluation=lambda: empty))
    assert np.ma.getmaskarray(found.shares).tolist() == [[False] * 3, [True] * 3, [False] * 3]
    assert "no mistake" in found.alt
    for colour in ("share", "mistakes"):
        picture = draw(VIEWS["confusion"], context(evaluation=lambda: empty), colour=colour)
        assert [fault for fault in colour_faults(picture.figure) if "all 0" not in fault] == []


@pytest.mark.parametrize(
    ("counts", "favourite", "words"),
    [
        ([[9, 0], [11, 0]], 0, "all 20 images are called a: whatever it is shown, one answer."),
        ([[9, 0], [10, 1]], 0, "19 of 20 images are called a: whatever it is shown, one answer."),
        ([[0, 10], [0, 10]], 1, "all 20 images are called b: whatever it is shown, one answer."),
        ([[8, 1], [8, 3]], None, "most often b is taken for a (8 times)."),
        ([[19, 0], [1, 0]], None, "most often b is taken for a (once)."),  # as the images are
        ([[9, 0], [0, 0]], None, "no mistake."),
    ],
)
def test_one_answer_to_everything_is_said_and_framed(
    counts: list[list[int]], favourite: int | None, words: str
) -> None:
    here = context(evaluation=lambda: Evaluation(counts, ("a", "b")))
    found = numbers("confusion", here)
    assert found.favourite == favourite
    assert found.alt.endswith(f"; {words}")
    assert words.removesuffix(".") in found.note
    frames = draw(VIEWS["confusion"], here).figure.axes[0].patches
    assert {patch.get_x() for patch in frames} == ({favourite - 0.5} if favourite is not None else set())


@pytest.mark.parametrize("classes", [2, 10, 26])
def test_any_number_of_classes_can_be_drawn(classes: int) -> None:
    some = Evaluation((np.eye(classes, dtype=int) * 990 + 1).tolist(), tuple(map(str, range(classes))))
    picture = draw(VIEWS["confusion"], context(evaluation=lambda: some))
    assert colour_faults(picture.figure) == []


# learning curve


def test_the_curves_are_the_stored_ones() -> None:
    found = numbers("learning-curve")
    told = {(curve.measure, curve.part): curve.values for curve in found.curves}
    assert told == {
        ("accuracy", "train"): HISTORY.epochs["accuracy"],
        ("accuracy", "validation"): HISTORY.epochs["validation_accuracy"],
        ("accuracy", "test"): HISTORY.epochs["test_accuracy"],
        ("loss", "train"): HISTORY.epochs["loss"],
        ("loss", "validation"): HISTORY.epochs["validation_loss"],
        ("loss", "test"): HISTORY.epochs["test_loss"],
    }
    assert all(curve.epochs == (1, 2, 3) for curve in found.curves)
    assert found.note == (
        "best accuracy: train 87.50\u00a0% (epoch\u00a03), validation 80.00\u00a0% (epoch\u00a02), "
        "test 65.00\u00a0% (epoch\u00a03)"
    )


def test_all_parts_of_a_measure_share_axes_and_a_legend() -> None:
    figure = draw(VIEWS["learning-curve"], context()).figure
    accuracy, loss = figure.axes
    assert [line.get_label() for line in accuracy.lines] == ["train", "validation", "test"]
    assert [line.get_label() for line in loss.lines] == ["train", "validation", "test"]
    assert accuracy.lines[0].get_ydata().tolist() == [50.0, 75.0, 87.5]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["train", "validation", "test"]


@pytest.mark.parametrize(
    ("curves", "panels"),
    [
        ({"loss": (1.0, 0.5)}, ["loss"]),
        ({"accuracy": (0.5,)}, ["accuracy (%)"]),
        ({"accuracy": (0.5, float("nan")), "loss": (1.0, float("inf"))}, ["accuracy (%)", "loss"]),
    ],
)
def test_what_is_missing_or_not_finite_is_left_out(curves: Any, panels: list[str]) -> None:
    picture = draw(VIEWS["learning-curve"], context(history=History(curves)))
    assert [axes.get_ylabel() for axes in picture.figure.axes] == panels
    assert ("not finite after epoch 2" in picture.alt) == (len(curves) == 2)


def test_a_history_that_holds_nothing_is_said() -> None:
    with pytest.raises(InvalidValueError, match="expected a history with loss or accuracy"):
        draw(VIEWS["learning-curve"], context(history=History({"learning_rate": (0.1,)})))


def test_a_value_measured_once_belongs_to_the_last_epoch() -> None:
    found = numbers(
        "learning-curve",
        context(history=History({"accuracy": (0.1, 0.2, 0.3), "test_accuracy": (0.25,)})),
    )
    assert found.curves[1].epochs == (3,)


# activations


def test_class_means_are_means_over_the_test_images_of_each_class() -> None:
    here = context()
    found = numbers("activations", here)
    answers = here.model.activations(here.examples("test").images / np.float32(255))["hidden_layer"]
    for row in range(3):
        assert np.allclose(found.values[row], answers[row::3].mean(axis=0), rtol=1e-5)
    assert found.rows == ("class zero", "class one", "class two")
    assert found.images.shape == (3, 28, 28)


def test_chosen_images_are_rows_in_the_order_given() -> None:
    here = context()
    found = numbers("activations", here, images=("test:5", "noise:1", "test:5"), layer="output_layer")
    assert found.rows == ("test:5", "noise:1", "test:5")
    assert np.array_equal(found.values[0], found.values[2])
    assert np.array_equal(found.images[1], here.image("noise:1"))


@pytest.mark.parametrize("order", ["unit", "mean", "peak"])
def test_sorting_moves_columns_and_changes_none(order: str) -> None:
    plain, found = numbers("activations"), numbers("activations", order=order)
    assert sorted(found.units) == list(range(6))
    assert np.array_equal(found.values, plain.values[:, list(found.units)])
    means = found.values.mean(axis=0)
    if order == "mean":
        assert (np.diff(means) <= 0).all()
    if order == "peak":
        assert (np.diff(found.values.argmax(axis=0)) >= 0).all()


def test_relu_goes_from_zero_to_max_and_signed_layers_are_symmetric() -> None:
    relu = numbers("activations").scale
    assert (relu.low, relu.palette) == (0.0, "positive")
    model = tiny()
    model.negative = True
    signed = numbers("activations", context(model=model)).scale
    assert signed.low == -signed.high


def test_silent_units_are_named() -> None:
    class Silent(Tiny):
        def activations(self, images: Any) -> Any:
            found = super().activations(images)
            found["hidden_layer"][:, 4] = 0
            return found

    model = Silent(SPEC, tiny().hyperparameters)
    model.weights = tiny().weights
    found = numbers("activations", context(model=model))
    assert found.silent == (4,)
    assert "1 unit is silent in every row" in found.alt


class Flattening(Tiny):
    """Flattens first: a layer of 784 values without weights, which activations show as well."""

    def activations(self, images: Any) -> Any:
        flat = np.asarray(images, np.float32).reshape(len(images), -1)
        return {"flatten": flat, **super().activations(images)}


def flattening() -> Any:
    model = Flattening(SPEC, tiny().hyperparameters)
    model.weights = tiny().weights
    return context(model=model)


def test_without_a_name_activations_are_those_of_the_last_hidden_layer_that_has_weights() -> None:
    assert numbers("activations", flattening()).layer == "hidden_layer"
    spec = dataclasses.replace(SPEC, layers=("output_layer", "hidden_layer"))
    assert numbers("activations", context(model=tiny(spec=spec), spec=spec)).layer == "hidden_layer"


def test_of_a_large_layer_the_strongest_units_are_shown_and_spoken_of() -> None:
    here = flattening()
    found = numbers("activations", here, layer="flatten", images=("test:3", "test:29"))
    assert found.units == tuple(range(128))
    assert "the 128 strongest of 784 units" in found.title
    assert "494 of 784 units are silent in every row" in found.alt
    ink = numbers("activations", here, layer="flatten", images=("noise:1",))
    peak = here.image("noise:1").ravel()
    assert set(ink.units) == set(np.argsort(-peak, kind="stable")[:128].tolist())
    assert f"the strongest, {peak.max():.3g}, is unit {int(peak.argmax())} for noise:1" in ink.alt
    assert ink.scale.high == pytest.approx(ink.values.max())


@pytest.mark.parametrize(
    ("view", "hidden"), [("activations", 64), ("activations", 128), ("knock-out", 128)]
)
def test_every_column_carries_the_number_of_its_unit_and_no_two_touch(view: str, hidden: int) -> None:
    values = {"order": "mean"} if view == "activations" else {}
    picture = draw(VIEWS[view], context(model=tiny(hidden)), **values)
    axes = picture.figure.axes[0]
    picture.encode("png")
    (names,) = (artist for artist in axes.collections if artist.get_label() == NAMES)
    expected = [outlines.outline(str(unit), outlines.font(SMALL)) for unit in picture.numbers.units]
    assert [len(shape.vertices) for shape in names.get_paths()] == [len(p.vertices) for p in expected]
    places = names.get_offset_transform().transform(names.get_offsets())
    middles = axes.transData.transform([(column, 0) for column in range(hidden)])
    assert np.allclose(places[:, 0], middles[:, 0])
    boxes = [
        shape.transformed(names.get_transform()).get_extents().translated(*place)
        for shape, place in zip(names.get_paths(), places, strict=True)
    ]
    assert all(abs((box.x0 + box.x1) / 2 - x) < 2 for box, (x, _) in zip(boxes, places, strict=True))
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    page = picture.figure.bbox
    below = axes.xaxis.label.get_window_extent()
    assert below.y0 >= page.y0
    assert below.y1 <= min(box.y0 for box in boxes)


def test_a_layer_that_is_not_there_and_a_model_without_any() -> None:
    with pytest.raises(UnknownNameError, match="unknown layer 'hidden'; did you mean hidden_layer"):
        draw(VIEWS["activations"], context(), layer="hidden")

    class Mute(Tiny):
        def activations(self, images: Any) -> Any:
            return {}

    model = Mute(SPEC, tiny().hyperparameters)
    model.weights = tiny().weights
    with pytest.raises(UsageError, match="shows no layer with one value a unit"):
        draw(VIEWS["activations"], context(model=model))


def test_an_image_that_is_no_reference_is_refused_before_anything_is_computed() -> None:
    with pytest.raises(InvalidValueError, match="image 'test:x': expected test:17"):
        check(VIEWS["activations"].spec, {"images": ("test:x",)})
