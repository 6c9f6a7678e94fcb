"""The bundled datasets and the view that shows them."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import os
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zoo
import zoo_mnist
from zoo.parameters import check
from zoo_mnist import DIGITS, MNIST
from zoo_mnist.digits import load
from zoo_mnist.view import compute, draw
from zoo_mnist.views import DigitsView


@pytest.fixture(scope="module")
def digits() -> dict[str, np.ndarray]:
    return load()


def test_the_plugin_imports_nothing_heavy_and_reading_digits_not_scikit_learn() -> None:
    code = (
        "import sys, zoo_mnist; zoo_mnist.zoo_views(); zoo_mnist.zoo_datasets(); "
        "print(sorted({'numpy', 'matplotlib', 'sklearn'} & set(sys.modules)));"
        "from zoo_mnist.digits import load; load(); print('sklearn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "False"]


def test_digits_are_the_same_bytes_on_every_machine(digits: dict[str, np.ndarray]) -> None:
    """Products of different size are summed in another order; the numbers must not notice."""
    found = {name: hashlib.sha256(array.tobytes()).hexdigest() for name, array in digits.items()}
    assert found == DIGITS.sha256
    code = (
        "import hashlib, zoo_mnist.digits as d; d.CHUNK = 97; "
        "print(hashlib.sha256(d.load()['x_train'].tobytes()).hexdigest())"
    )
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OPENBLAS_CORETYPE": "Prescott"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == DIGITS.sha256["x_train"]


def test_digits_are_split_four_to_one_in_every_class(digits: dict[str, np.ndarray]) -> None:
    assert (len(digits["x_train"]), len(digits["x_test"])) == DIGITS.counts == (1437, 360)
    train, test = (np.bincount(digits[f"y_{part}"], minlength=10) for part in ("train", "test"))
    np.testing.assert_allclose(test / (train + test), 360 / 1797, atol=0.004)
    together = np.concatenate([digits["x_train"], digits["x_test"]])
    assert len({image.tobytes() for image in together}) > 1790


def test_digits_are_in_mnist_form(digits: dict[str, np.ndarray]) -> None:
    images = np.concatenate([digits["x_train"], digits["x_test"]]).astype(np.float64)
    rows, columns = images.any(axis=2), images.any(axis=1)
    longer = np.maximum(rows.sum(axis=1), columns.sum(axis=1))
    assert (longer <= 20).all()
    assert (longer == 20).mean() > 0.99
    index, total = np.arange(28), images.sum(axis=(1, 2))
    for axis in (2, 1):
        centre = (images.sum(axis=axis) * index).sum(axis=1) / total
        assert np.abs(centre - 14).max() <= 0.5
    assert (images.max(axis=(1, 2)) == 255).all()
    assert 0.2 < images.mean() / 255 * 784 / 400 < 0.35  # MNIST: 0.26 of the box is ink


def test_digits_show_what_scikit_learn_has(digits: dict[str, np.ndarray]) -> None:
    """Averaged back to 8×8 cells they are like the originals, each with its own label."""
    path = Path(importlib.util.find_spec("sklearn").submodule_search_locations[0])  # type: ignore
    lines = gzip.decompress((path / "datasets/data/digits.csv.gz").read_bytes()).decode().split()
    table = np.array([line.split(",") for line in lines], float)
    labels = np.concatenate([digits["y_train"], digits["y_test"]])
    assert sorted(labels) == sorted(table[:, -1])
    for label in range(10):
        original = table[table[:, -1] == label, :-1].mean(axis=0).reshape(8, 8)
        images = np.concatenate([digits["x_train"], digits["x_test"]])[labels == label]
        box = images.mean(axis=0)[4:24, 4:24].reshape(20, 20)
        cells = np.add.reduceat(np.add.reduceat(box, range(0, 20, 5), axis=0), range(0, 20, 5), axis=1)
        coarse = original.reshape(4, 2, 4, 2).sum(axis=(1, 3))
        assert np.corrcoef(cells.ravel(), coarse.ravel())[0, 1] > 0.8


def fake_sklearn(folder: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None) -> None:
    place = folder / "datasets" / "data"
    place.mkdir(parents=True)
    if content is not None:
        (place / "digits.csv.gz").write_bytes(content)
    spec = ModuleSpec("sklearn", None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)


ROWS = ("0," * 64 + "3\n").encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no gzip",
        gzip.compress(b"a,b\n"),
        gzip.compress(ROWS * 1796),
        gzip.compress(ROWS * 1797)[:-20],
        gzip.compress(ROWS.replace(b"3", b"x") * 1797),
        gzip.compress(ROWS.replace(b"3", b"11") * 1797),
        gzip.compress(ROWS.replace(b"0,", b"99,", 1) * 1797),
        gzip.compress(bytes(5_000_000)),
    ],
    ids=["empty", "text", "letters", "short", "cut", "label x", "label 11", "cell 99", "zeros"],
)
def test_row_30_another_file_of_digits_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    fake_sklearn(tmp_path / "sklearn", monkeypatch, content)
    with pytest.raises(zoo.IntegrityError, match="reinstall scikit-learn"):
        load()


def test_without_scikit_learn_there_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "digits: scikit-learn's digits.csv.gz was not found; install scikit-learn"
    fake_sklearn(tmp_path / "sklearn", monkeypatch, None)
    with pytest.raises(zoo.UnavailableError) as caught:
        load()
    assert str(caught.value) == text
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(zoo.UnavailableError) as caught:
        load()
    assert str(caught.value) == text


def test_the_zoo_offers_both_and_falls_back_to_digits() -> None:
    house = zoo.Zoo(zoo.Settings(home=Path(os.environ["ZOO_HOME"]), offline=True))
    assert {"mnist", "digits"} <= {offer.name for offer in house.datasets()}
    dataset = house.dataset("auto", preferences=("mnist", "digits"))
    assert dataset.reason == "mnist cannot be had (offline); using digits: 1,797 embedded images"
    assert dataset.examples("test").images.shape == (360, 28, 28)


@pytest.mark.mnist
def test_the_real_mnist_from_the_mirror(mirror: Path) -> None:
    settings = zoo.Settings(home=Path(os.environ["ZOO_HOME"]), mirror=str(mirror))
    dataset = zoo.Zoo(settings).dataset("mnist")
    assert (dataset.way, dataset.counts) == ("mirror", MNIST.counts)
    for split, train, test in (("official", 60_000, 10_000), ("n2", 50_000, 10_000)):
        assert len(dataset.examples("train", split)) == train
        assert len(dataset.examples("test", split)) == test
    pair = dataset.training(zoo.Recipe(subset=10_000, validation=0.0), classes=(1, 8))
    assert (len(pair.train), len(pair.test or ())) == (10_000, 2109)
    again = zoo.Zoo(zoo.Settings(home=settings.home, offline=True)).dataset("auto")
    assert (again.name, again.way, again.sha256) == ("mnist", "cache", dataset.sha256)


@pytest.fixture(scope="module")
def context(digits: dict[str, np.ndarray]) -> Any:
    """What the view needs of a `zoo.ViewContext`, with a model that tells two classes apart."""
    both = {part: zoo.Examples(digits[f"x_{part}"], digits[f"y_{part}"]) for part in ("train", "test")}

    def make(classes: tuple[int, ...] = tuple(range(10))) -> Any:
        spec = SimpleNamespace(name="some", layers=(), offers=())
        parts = {part: examples.only(classes) for part, examples in both.items()}
        labels = tuple(str(label) for label in classes)
        return zoo.ViewContext(SimpleNamespace(weights={}), spec, None, labels, parts.__getitem__)  # type: ignore[arg-type]

    return make


def test_the_view_shows_the_first_ten_training_digits(
    context: Any, digits: dict[str, np.ndarray]
) -> None:
    shown = compute(context(), DigitsView())
    np.testing.assert_array_equal(shown.images, digits["x_train"][:10] / np.float32(255))
    assert shown.labels == tuple(str(label) for label in digits["y_train"][:10])
    assert shown.indices == tuple(range(10))
    names = ", ".join(shown.labels)
    assert shown.alt == (f"Handwritten digits, 10 of the training images, from number 0 on: {names}.")


@settings(max_examples=40, deadline=None)
@given(
    n=st.integers(1, 200),
    start=st.integers(0, 30),
    label=st.sampled_from(["", "1", "8"]),
    random=st.booleans(),
    part=st.sampled_from(["train", "test"]),
)
def test_the_view_shows_what_is_asked_for(
    context: Any, n: int, start: int, label: str, random: bool, part: str
) -> None:
    asked = DigitsView(n=n, start=start, label=label, random=random, part=part)
    two = context((8, 1))
    shown = compute(two, asked)
    examples = two.examples(part)
    assert 1 <= len(shown.images) == len(shown.labels) == len(set(shown.indices)) <= n
    np.testing.assert_array_equal(shown.images, examples.rows(np.array(shown.indices)).floats())
    assert set(shown.labels) <= ({label} if label else {"1", "8"})
    if not random and not label:
        assert shown.indices[0] == start
    assert compute(two, asked).indices == shown.indices


def test_another_seed_draws_others(context: Any) -> None:
    draws = {compute(context(), DigitsView(random=True, seed=seed)).indices for seed in range(5)}
    assert len(draws) == 5


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"start": 1437}, "start: expected an integer in 0..1436, got 1437"),
        ({"n": 0}, "n: expected an integer in 1..200, got 0"),
        ({"part": "dev"}, "part: expected one of train, test, got 'dev'"),
    ],
)
def test_values_out_of_range(context: Any, values: dict[str, Any], text: str) -> None:
    with pytest.raises(zoo.InvalidValueError) as caught:
        check(DigitsView, values, context())
    assert str(caught.value) == text


def test_an_item_beyond_its_class_names_the_range(context: Any) -> None:
    with pytest.raises(zoo.InvalidValueError) as caught:
        compute(context(), DigitsView(label="3", start=146))
    assert str(caught.value) == (
        "start: expected an integer in 0..145 (training images of class 3), got 146"
    )
    with pytest.raises(zoo.UnknownNameError):
        compute(context((1, 8)), DigitsView(label="3"))


@pytest.mark.parametrize("n", [1, 10, 200])
def test_the_picture_has_the_class_above_each_digit(context: Any, n: int) -> None:
    shown = compute(context(), DigitsView(n=n))
    figure = draw(shown)
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert [text for text in texts if text in set("0123456789")] == list(shown.labels)
    images = [image for axes in figure.axes for image in axes.images]
    assert [image.get_clim() for image in images] == [(0.0, 1.0)] * len(images)


def test_hooks_return_what_they_declare() -> None:
    assert [spec.name for spec in zoo_mnist.zoo_datasets()] == ["mnist", "digits"]
    views = {view.name: view.needs for view in zoo_mnist.zoo_views()}
    assert views["digits"] == ("data",)
    assert all("data" in needs or not needs for needs in views.values())
