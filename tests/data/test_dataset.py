from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.conftest import House, some_arrays
from zoo.data import Dataset
from zoo.errors import InvalidValueError, UnknownNameError
from zoo.specs import DatasetSpec, Recipe, Split

ARRAYS = some_arrays(train=100, test=40)


def dataset(*splits: Split, read: list[str] | None = None) -> Dataset:
    spec = DatasetSpec(
        name="tiny",
        summary="t",
        classes=10,
        counts=(100, 40),
        splits=(Split(name="official", summary="as published"), *splits),
    )

    def load(name: str) -> np.ndarray:
        if read is not None:
            read.append(name)
        return ARRAYS[name]

    return Dataset(
        name="tiny", spec=spec, counts=(100, 40), sha256="0" * 64, way="cache", reason="", load=load
    )


def test_only_the_files_of_the_part_are_read_and_once() -> None:
    read: list[str] = []
    tiny = dataset(Split(name="n2", summary="", train=("train[:80]",), test=("train[80:]",)), read=read)
    tiny.examples("test")
    tiny.examples("test")
    assert read == ["x_test", "y_test"]
    tiny.examples("test", "n2")
    assert read == ["x_test", "y_test", "x_train", "y_train"]


def test_a_split_may_take_rows_of_both_parts_in_its_order() -> None:
    mixed = Split(
        name="all", summary="", train=("test[10:]", "train[:90]"), test=("train[90:]", "test[:10]")
    )
    tiny = dataset(mixed)
    train, test = tiny.examples("train", "all"), tiny.examples("test", "all")
    np.testing.assert_array_equal(
        train.images, np.concatenate([ARRAYS["x_test"][10:], ARRAYS["x_train"][:90]])
    )
    np.testing.assert_array_equal(
        test.labels, np.concatenate([ARRAYS["y_train"][90:], ARRAYS["y_test"][:10]])
    )


def test_every_image_of_a_split_has_the_name_that_finds_it_among_the_published() -> None:
    found = dataset(
        Split(name="mixed", summary="", train=("test[10:12]", "train[:3]"), test=("train[3:]",))
    )
    for part in ("train", "test"):
        examples, names = found.examples(part, "mixed"), found.names(part, "mixed")
        assert len(names) == len(examples)
        for image, name in zip(examples.images, names, strict=True):
            home, row = name.split(":")
            assert np.array_equal(found.published(home).images[int(row)], image)
    assert found.names("train", "mixed") == ("test:10", "test:11", "train:0", "train:1", "train:2")


def test_words_that_name_nothing() -> None:
    with pytest.raises(UnknownNameError) as unknown:
        dataset(Split(name="n2", summary="")).examples("test", "n3")
    assert str(unknown.value) == "unknown split of dataset tiny 'n3'; did you mean n2?"
    with pytest.raises(InvalidValueError) as invalid:
        dataset().examples("dev")
    assert str(invalid.value) == "part: expected train or test, got 'dev'"
    with pytest.raises(InvalidValueError) as invalid:
        dataset(Split(name="odd", summary="", train=("train[:101]",))).examples("train", "odd")
    assert str(invalid.value) == (
        "dataset tiny, split odd: expected rows of train in 0..100, the first below the second, "
        "got train[:101]"
    )


def rows_of(images: np.ndarray) -> list[int]:
    """Find each image's row in the training part; random images are all different."""
    known = {image.tobytes(): row for row, image in enumerate(ARRAYS["x_train"])}
    return [known[image.tobytes()] for image in images]


@settings(max_examples=60, deadline=None)
@given(
    subset=st.integers(0, 100),
    share=st.floats(0.0, 0.9),
    seed=st.integers(0, 2**32),
    classes=st.none() | st.lists(st.integers(0, 9), min_size=1, unique=True).map(tuple),
)
def test_training_and_validation_are_a_partition_of_the_chosen_rows(
    subset: int, share: float, seed: int, classes: tuple[int, ...] | None
) -> None:
    wanted = [row for row in range(100) if classes is None or row % 10 in classes]
    subset = min(subset, len(wanted))
    recipe = Recipe(subset=subset, validation=share)
    wanted = wanted[:subset] if subset else wanted
    if share and max(1, round(share * len(wanted))) >= len(wanted):
        with pytest.raises(InvalidValueError):
            dataset().training(recipe, classes=classes, seed=seed)
        return
    data = dataset().training(recipe, classes=classes, seed=seed)
    train = rows_of(data.train.images)
    held = rows_of(data.validation.images) if data.validation is not None else []
    assert sorted(train + held) == wanted
    assert train == sorted(train)
    assert held == sorted(held)
    assert len(held) == (max(1, round(share * len(wanted))) if share else 0)
    assert data.classes == (10 if classes is None else len(classes))
    column = (
        {label: index for index, label in enumerate(classes)} if classes else {k: k for k in range(10)}
    )
    assert list(data.train.labels) == [column[row % 10] for row in train]
    assert data.test is not None
    assert set(data.test.labels) == set(range(data.classes))
    again = dataset().training(recipe, classes=classes, seed=seed)
    np.testing.assert_array_equal(again.train.images, data.train.images)


def test_another_seed_holds_out_others() -> None:
    first, second = (dataset().training(Recipe(validation=0.3), seed=seed).validation for seed in (0, 1))
    assert first is not None
    assert second is not None
    assert rows_of(first.images) != rows_of(second.images)


def test_a_recipe_that_does_not_fit() -> None:
    with pytest.raises(InvalidValueError) as caught:
        dataset().training(Recipe(subset=101))
    assert str(caught.value) == (
        "subset: expected at most 100 (training images of tiny), or 0 for all, got 101"
    )
    with pytest.raises(InvalidValueError) as caught:
        dataset().training(Recipe(subset=11), classes=(3,))
    assert str(caught.value) == (
        "subset: expected at most 10 (training images of tiny), or 0 for all, got 11"
    )
    with pytest.raises(InvalidValueError) as caught:
        dataset().training(Recipe(subset=1, validation=0.1))
    assert str(caught.value) == (
        "validation: expected a share that leaves images to train on, got 0.1 of 1"
    )
    with pytest.raises(InvalidValueError) as caught:
        dataset().training(Recipe(), seed=-1)
    assert str(caught.value) == "seed: expected an integer of at least 0, got -1"


def test_the_test_part_alone_costs_its_own_files(house: House) -> None:
    """What is kept of the training part may even be gone."""
    house.fill_mirror()
    tiny = house.obtain("tiny")
    assert isinstance(tiny.path, Path)
    (tiny.path / "x_train.npy").write_bytes(b"damaged")
    np.testing.assert_array_equal(tiny.examples("test").images, house.arrays["x_test"])
    assert house.reporter.warnings == []
