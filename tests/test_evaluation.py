from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from tests.modelling.stand_ins import examples, nearest, spec
from zoo.data import Examples
from zoo.errors import InvalidValueError
from zoo.evaluation import evaluate
from zoo.modelling import Model
from zoo.specs import NoParameters


class Told(Model):
    """Gives the scores it is told, image by image; an image's first pixels are its row number."""

    def __init__(self, scores: Any, **facts: Any) -> None:
        super().__init__(
            spec(
                **{"name": "told", "hyperparameters": NoParameters, "shapes": lambda _: {"a/b": (1,)}}
                | facts
            ),
            NoParameters(),
        )
        self.scores = np.asarray(scores, np.float32)
        self.asked: list[int] = []
        self.weights = {"a/b": np.zeros(1, np.float32)}

    def fit(self, *args: Any, **named: Any) -> Any:
        raise NotImplementedError

    def forward(self, inputs: Any) -> Any:
        self.asked.append(len(inputs))
        numbers = np.rint(inputs[:, 0, :2] * 255).astype(int) @ [1, 256]
        return self.scores[numbers]


def numbered(labels: Any) -> Examples:
    labels = np.asarray(labels, np.int64)
    images = np.zeros((len(labels), 28, 28), np.uint8)
    images[:, 0, 0], images[:, 0, 1] = np.arange(len(labels)) % 256, np.arange(len(labels)) // 256
    return Examples(images, labels)


SCORES = [[0.7, 0.2, 0.1], [0.5, 0.4, 0.1], [0.1, 0.8, 0.1], [0.6, 0.3, 0.1]]


def test_a_worked_example() -> None:
    found = evaluate(Told(SCORES), numbered([0, 1, 1, 0]), labels=["a", "b", "c"])
    assert found.task == "classification"
    assert found.n == 4
    assert found.accuracy == 0.75
    assert found.confusion == ((2, 0, 0), (1, 1, 0), (0, 0, 0))
    assert found.precision == (pytest.approx(2 / 3), 1.0, None)  # c is never the answer
    assert found.recall == (1.0, 0.5, None)  # and there is no c
    assert found.loss == pytest.approx(-np.log([0.7, 0.4, 0.8, 0.6]).mean(), rel=1e-6)
    assert found.labels == ("a", "b", "c")
    assert found.auc is None
    assert found.seconds >= 0
    assert found.metrics() == {"accuracy": 0.75, "loss": found.loss}


def test_it_is_plain_json() -> None:
    found = evaluate(Told(SCORES), numbered([0, 1, 1, 0]), labels=range(3))
    data = json.loads(json.dumps(found.to_data()))
    assert data["confusion"] == [[2, 0, 0], [1, 1, 0], [0, 0, 0]]
    assert data["labels"] == ["0", "1", "2"]
    assert data["precision"][2] is None
    assert list(data) == [
        "task",
        "n",
        "accuracy",
        "loss",
        "confusion",
        "precision",
        "recall",
        "labels",
        "seconds",
    ]


def test_a_certain_mistake_costs_a_finite_amount() -> None:
    found = evaluate(Told([[1.0, 0.0]]), numbered([1]), labels="ab")
    assert found.loss == pytest.approx(-np.log(1e-7))


def test_scores_that_are_no_probabilities_have_no_loss() -> None:
    found = evaluate(Told([[3.0, -2.0]], output="scores"), numbered([0]), labels="ab")
    assert found.loss is None
    assert found.accuracy == 1.0
    assert found.metrics() == {"accuracy": 1.0}


@settings(max_examples=40, deadline=None)
@given(st.data(), st.integers(2, 5), st.integers(1, 40))
def test_the_counts_add_up(data: st.DataObject, classes: int, n: int) -> None:
    labels = data.draw(npst.arrays(np.int64, n, elements=st.integers(0, classes - 1)))
    scores = data.draw(npst.arrays(np.float32, (n, classes), elements=st.floats(0, 1, width=32)))
    found = evaluate(Told(scores), numbered(labels), labels=range(classes))
    counts = np.array(found.confusion)
    np.testing.assert_array_equal(counts.sum(axis=1), np.bincount(labels, minlength=classes))
    np.testing.assert_array_equal(
        counts.sum(axis=0), np.bincount(scores.argmax(axis=1), minlength=classes)
    )
    assert found.accuracy == np.trace(counts) / n
    for share, whole in ((found.precision, counts.sum(axis=0)), (found.recall, counts.sum(axis=1))):
        assert [value is None for value in share] == [total == 0 for total in whole]
        assert all(0 <= value <= 1 for value in share if value is not None)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0])),
        min_size=2,
        max_size=30,
    )
)
def test_auc_is_the_chance_that_a_positive_ranks_higher(pairs: list[tuple[int, float]]) -> None:
    labels, p = (np.array(column) for column in zip(*pairs, strict=True))
    model = Told(np.stack([1 - p, p], axis=1), task="binary")
    found = evaluate(model, numbered(labels), labels="ab")
    positives, negatives = p[labels == 1], p[labels == 0]
    if len(positives) == 0 or len(negatives) == 0:
        assert found.auc is None
        assert "auc" not in found.to_data()
        return
    wins = (positives[:, None] > negatives).mean() + 0.5 * (positives[:, None] == negatives).mean()
    assert found.auc == pytest.approx(wins)
    assert found.metrics()["auc"] == found.auc


def test_images_are_handed_over_in_blocks() -> None:
    model = Told(np.tile([0.9, 0.1], (2500, 1)))
    found = evaluate(model, numbered(np.arange(2500) % 2), labels="ab")
    assert model.asked == [1000, 1000, 500]
    assert found.accuracy == 0.5


def test_uint8_images_become_floats_once() -> None:
    model = nearest()
    kernel = np.random.default_rng(0).normal(0, 1, (784, 10)).astype(np.float32)
    model.weights = {"means/kernel": kernel}
    test = examples(50)
    by_hand = (model.predict(test.floats()).argmax(axis=1) == test.labels).mean()
    assert evaluate(model, test, labels=range(10)).accuracy == pytest.approx(by_hand)


class Copier(Told):
    """Gives back half of each image."""

    def forward(self, inputs: Any) -> Any:
        return inputs / 2


def test_generated_images_are_measured_by_pixels_and_by_a_judge() -> None:
    model = Copier([], task="generation", output="images")
    test = numbered([0, 1, 1])
    alone = evaluate(model, test, labels="ab")
    assert alone.loss == pytest.approx(np.square(test.floats() / 2).mean())
    assert (alone.accuracy, alone.confusion, alone.precision) == (None, (), ())
    assert alone.metrics() == {"loss": alone.loss}
    judge = Told([[0.9, 0.1], [0.1, 0.9]])  # halved numbers: rows 0, 0 or 1, 1
    judged = evaluate(model, test, labels="ab", judge=judge)
    assert judged.loss == alone.loss
    assert (alone.judge, judged.judge) == (None, "told")
    assert ("judge" in alone.to_data(), judged.to_data()["judge"]) == (False, "told")
    assert judged.n == sum(map(sum, judged.confusion)) == 3
    assert judged.accuracy == sum(judged.confusion[i][i] for i in range(2)) / 3


@pytest.mark.parametrize(
    ("labels", "names", "message"),
    [
        ([], "abc", "evaluating told: expected images, got none"),
        ([0, 3], "abc", "evaluating told: expected labels in 0..2, got 0..3"),
        (
            [0, 1],
            "ab",
            "evaluating told: expected 2 score columns, one for each class, got 3",
        ),
    ],
)
def test_what_does_not_fit_is_refused(labels: list[int], names: str, message: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        evaluate(Told(SCORES), numbered(labels), labels=names)
    assert str(caught.value) == message


class Drawer(Copier):
    """Draws blank images, and means every class in turn."""

    def generate(self, count: int, *, seed: int = 0, spread: float = 1.0) -> Any:
        return np.zeros((count, 28, 28), np.float32), np.arange(count) % 2


def test_images_drawn_from_random_numbers_are_read_by_the_judge() -> None:
    model = Drawer([], task="generation", output="images", offers=("generates",))
    judge = Told([[0.9, 0.1], [0.1, 0.9]])  # blank images are row 0
    test = numbered([0, 1, 1])
    found = evaluate(model, test, labels="ab", judge=judge).drawn
    assert found is not None
    assert found.to_data() == {"n": 1000, "seed": 0, "shares": [1.0, 0.0], "recognised": 0.5}
    assert evaluate(model, test, labels="ab").drawn is None


def test_no_loss_is_a_plain_zero() -> None:
    found = evaluate(Told([[1.0, 0.0]]), numbered([0]), labels=["a", "b"])
    assert f"{found.loss:.4f}" == "0.0000"
