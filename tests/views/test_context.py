from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.views.fakes import SPEC, VIEWS, context, examples, tiny
from zoo.errors import InvalidValueError, UnknownNameError, UsageError
from zoo.parameters import describe
from zoo.views import ViewContext
from zoo.views.context import Album, outline, parse_reference
from zoo.views.matching import check


def test_test_and_train_count_from_zero() -> None:
    here = context()
    assert np.array_equal(here.image("test:17") * 255, examples("test").images[17])
    assert np.array_equal(here.image("train:59") * 255, examples("train").images[59])


def test_class_counts_among_its_test_images_by_the_name_of_the_class() -> None:
    found = context().image("class:one#2")
    assert np.array_equal(found * 255, examples("test").images[7])  # 1, 4, 7 are of class one
    assert np.array_equal(context().image("class:one"), context().image("class:one#0"))


def test_noise_has_a_seed_and_blank_no_ink() -> None:
    here = context()
    assert np.array_equal(here.image("noise:7"), context().image("noise:7"))
    assert not np.array_equal(here.image("noise:7"), here.image("noise:8"))
    assert here.image("noise:7").min() >= 0
    assert here.image("noise:7").max() <= 1
    assert not here.image("blank").any()


@pytest.mark.parametrize("text", ["test:3", "train:3", "class:two#1", "noise:1", "blank"])
def test_every_image_is_float32_28_28(text: str) -> None:
    image = context().image(text)
    assert (image.shape, image.dtype) == ((28, 28), np.float32)


def test_a_file_is_brought_to_the_form_of_mnist(tmp_path: Path) -> None:
    page = Image.new("L", (60, 60), 255)
    page.paste(0, (5, 5, 12, 40))
    page.save(tmp_path / "one.png")
    image = context().image(str(tmp_path / "one.png"))
    assert (image.shape, image.dtype) == ((28, 28), np.float32)
    rows = np.flatnonzero(image.max(axis=1) > 0.5)
    assert 18 <= len(rows) <= 21


FORMS = "test:17, train:5, class:3#12, noise:7, blank, or an image file"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("test:30", "image test:30: expected an index in 0..29 of the test images, got 30"),
        ("train:60", "image train:60: expected an index in 0..59 of the train images, got 60"),
        ("class:one#10", "image class:one#10: expected an index in 0..9 of the class one, got 10"),
        ("test:", f"image 'test:': expected {FORMS}"),
        ("test:-1", f"image 'test:-1': expected {FORMS}"),
        ("noise:1_0", f"image 'noise:1_0': expected {FORMS}"),
        ("test:99999999999", f"image 'test:99999999999': expected {FORMS}"),
        ("class:#3", f"image 'class:#3': expected {FORMS}"),
        ("", f"image: expected {FORMS}, got ''"),
    ],
)
def test_what_is_wrong_with_a_reference(text: str, message: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        context().image(text)
    assert str(caught.value) == message


def test_an_unknown_class_lists_the_known() -> None:
    with pytest.raises(UnknownNameError) as caught:
        context().image("class:twoo#1")
    assert str(caught.value) == "image class:twoo#1: unknown class 'twoo'; known: one, two, zero"


def test_digits_are_listed_rather_than_guessed_at() -> None:
    with pytest.raises(UnknownNameError) as caught:
        context(labels=tuple("0123456789")).column("11")
    assert str(caught.value) == "unknown class '11'; known: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9"


def test_limits_can_be_told_before_there_are_weights() -> None:
    declared = {parameter.name: parameter for parameter in describe(VIEWS["weights"].spec.parameters)}
    early = outline(SPEC, SPEC.shapes(SPEC.hyperparameters()))
    with pytest.raises(InvalidValueError) as caught:
        declared["units"].read("0-8", early)
    assert str(caught.value) == "units: expected a list like 0,1,2 of integers in 0..5, got '0-8'"
    growing = {p.name: p for p in describe(VIEWS["weights-growing"].spec.parameters)}
    with pytest.raises(InvalidValueError, match=r"an integer in 0\.\.\(snapshots - 1\) or none"):
        growing["moment"].read("x", early)


@given(st.text(max_size=30) | st.from_regex(r"(test|train|class|noise):\S{0,12}"))
def test_any_text_is_a_reference_or_a_typed_error(text: str) -> None:
    try:
        reference = parse_reference(text)
    except InvalidValueError:
        return
    assert reference.kind in ("test", "train", "class", "noise", "blank", "file")
    assert reference.number >= 0


@given(st.sampled_from(["test", "train", "noise"]), st.integers(0, 10**9))
def test_a_reference_that_is_written_is_read_back(kind: str, number: int) -> None:
    reference = parse_reference(f"{kind}:{number}")
    assert (reference.kind, reference.number) == (kind, number)


def test_without_a_dataset_the_error_says_so() -> None:
    here = context(examples=None, evaluation=None)
    with pytest.raises(UsageError, match=r"^tiny: there is no dataset here to take test images from$"):
        here.image("test:1")
    with pytest.raises(UsageError, match=r"^tiny: there is no dataset here to evaluate on$"):
        here.evaluation()
    assert here.image("noise:1").any()


def test_offers_are_the_models_and_what_is_at_hand() -> None:
    own = {"dense-first-layer", "activations", "scores", "probabilities", "hidden"}
    assert context().offers == own | {"history", "snapshots", "data", "evaluation", "company"}
    bare = context(history=None, examples=None, evaluation=None, company=None)
    assert bare.offers == own


def test_labels_data_and_evaluation_are_asked_for_once_and_only_when_used() -> None:
    asked: list[Any] = []

    def note(*what: Any) -> Any:
        asked.append(what)
        return ("a", "b")

    here = context(labels=note, examples=note, evaluation=note)
    assert asked == []
    for _ in range(2):
        assert here.labels == ("a", "b")
        here.examples("test")
        here.evaluation()
    assert asked == [(), ("test",), ()]


def test_units_of_the_first_dense_layer_or_a_named_one() -> None:
    here = context()
    assert (here.first_layer(), here.units(), here.units("output_layer")) == ("hidden_layer", 6, 3)
    with pytest.raises(UnknownNameError, match="unknown dense layer 'hiden_layer'; did you mean"):
        here.units("hiden_layer")


def test_the_order_of_layers_is_the_specs() -> None:
    model = tiny()
    turned = dict(reversed(model.weights.items()))

    class Turned:
        weights = turned

    assert context(model=Turned(), spec=SPEC).first_layer() == "hidden_layer"


def two_classes(**changes: Any) -> ViewContext:
    """A model that knows the classes one and two of a dataset of three."""
    names = {"test": [f"test:{row}" for row in range(30) if row % 3], "train": []}
    return context(
        labels=("one", "two"),
        examples=lambda part: examples(part).only((1, 2)),
        album=lambda: Album(("zero", "one", "two"), examples, names.__getitem__),
        **changes,
    )


def test_a_reference_names_the_same_image_whatever_the_model_knows() -> None:
    here, all_classes = two_classes(), context()
    for text in ("test:0", "test:17", "train:3", "class:two#4", "class:zero"):
        assert np.array_equal(here.image(text), all_classes.image(text))
        assert here.truth(text) == all_classes.truth(text)
    assert (here.truth("test:0"), here.truth("class:zero#2"), here.truth("blank")) == (
        "zero",
        "zero",
        "",
    )


def test_the_default_image_is_one_the_model_knows_and_a_named_one_is_not_changed() -> None:
    here, view = two_classes(), VIEWS["why"].spec
    assert check(view, {}, here).image == "test:1"
    assert check(view, {"image": "test:0"}, here).image == "test:0"
    assert check(view, {}, context()).image == check(view, {}).image == "test:0"


def test_a_row_of_the_models_own_images_has_the_reference_of_the_same_image() -> None:
    here = two_classes()
    for row, image in enumerate(here.examples("test").floats()):
        assert np.array_equal(here.image(here.reference("test", row)), image)
    assert context().reference("train", 5) == "train:5"
