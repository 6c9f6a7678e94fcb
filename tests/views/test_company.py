"""Views of several models: what each says of the same images, and who agrees."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.views.asking import numbers
from tests.views.fakes import SPEC, VIEWS, company, context, examples, tiny
from tests.views.test_context import two_classes
from zoo.errors import InvalidValueError, UsageError
from zoo.views import ViewContext, canvas, colour_faults, draw
from zoo.views.context import Company
from zoo.views.generic.jury import with_article


class Says:
    """Not a trained model: it answers what it is told to, however surely."""

    output = "probabilities"
    shapes = tiny().shapes

    def __init__(self, *scores: float) -> None:
        self.scores = np.array(scores, np.float32)

    def predict(self, images: Any) -> Any:
        return np.repeat(self.scores[None], len(np.asarray(images).reshape(-1, 28, 28)), axis=0)


def saying(title: str, *scores: float, labels: tuple[str, ...] = ("zero", "one", "two")) -> ViewContext:
    model: Any = Says(*scores)
    return ViewContext(model, SPEC, labels=labels, title=title)


def among(
    *others: ViewContext, host: tuple[float, ...] = (0.8, 0.1, 0.1), **left_out: str
) -> ViewContext:
    return context(model=Says(*host), company=lambda _: Company(others, left_out))


def test_each_models_probabilities_stand_in_the_columns_of_their_classes() -> None:
    here = context()
    found = numbers("same-digit", here, image="test:7")
    image = here.image("test:7")
    assert (found.models, found.classes) == (("tiny", "other", "pair"), ("zero", "one", "two"))
    for row, one in zip(found.shares[:2], (here, *company().models), strict=False):
        np.testing.assert_allclose(row, one.model.predict(image)[0])
    assert np.ma.getmaskarray(found.shares).tolist() == [[False] * 3, [False] * 3, [True, False, False]]
    np.testing.assert_allclose(found.shares[2, 1:], company().models[1].model.predict(image)[0])
    assert found.truth == "one"
    assert found.left_out == ("giraffe: no weights are at hand without a training",)
    assert "no weights are at hand of giraffe" in found.alt
    assert colour_faults(draw(VIEWS["same-digit"], here).figure) == []


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ([], "test:0, a zero, as one model sees it: it says zero, and that is right;"),
        ([(0.9, 0.1, 0)], "both say zero, and that is right;"),
        ([(0.9, 0.1, 0), (0.5, 0.4, 0.1)], "all 3 say zero, and that is right;"),
        ([(0, 1, 0)], "1 of 2 say zero, m0 says one;"),
        ([(0, 1, 0), (0, 1, 0)], "2 of 3 say one, tiny says zero;"),
        ([(0, 1, 0), (0, 0, 1), (1, 0, 0)], "2 of 4 say zero, m0 says one, m1 says two;"),
    ],
)
def test_the_sentence_says_who_agrees(others: list[tuple[float, ...]], words: str) -> None:
    here = among(*(saying(f"m{number}", *scores) for number, scores in enumerate(others)))
    found = numbers("same-digit", here)
    assert words in found.alt
    assert "tiny zero (80.0\N{NO-BREAK SPACE}%)" in found.alt


def test_agreeing_is_not_being_right() -> None:
    here = among(saying("m", 1, 0, 0))
    assert "both say zero, and that is wrong;" in numbers("same-digit", here, image="test:1").alt


def test_a_model_that_does_not_know_the_class_is_no_dissenter() -> None:
    here = among(saying("pair", 0.9, 0.1, labels=("one", "two")))
    found = numbers("same-digit", here, image="class:zero#2")
    assert "it says zero, and that is right; pair, which knows no zero, says one;" in found.alt
    assert (found.knowing, found.answers) == ((True, False), ("zero", "one"))
    panels = draw(VIEWS["same-digit"], here).figure.axes
    texts = [text.get_text() for axes in panels for text in axes.texts]
    assert {"zero ✓", "one "} <= set(texts)


def test_a_host_that_knows_few_classes_is_shown_beside_those_that_know_more() -> None:
    host = among(saying("m", 0.1, 0.2, 0.7), host=(0.6, 0.4))
    host._labels = ("one", "two")
    found = numbers("same-digit", host, image="noise:1")
    assert found.classes == ("zero", "one", "two")
    assert np.ma.getmaskarray(found.shares).tolist() == [[True, False, False], [False] * 3]
    assert (found.truth, found.answers) == ("", ("one", "two"))


def test_an_image_of_ones_own_has_no_true_class(tmp_path: Path) -> None:
    page = Image.new("L", (60, 60), 255)
    page.paste(0, (5, 5, 12, 40))
    page.save(tmp_path / "one.png")
    found = numbers("same-digit", image=str(tmp_path / "one.png"))
    assert found.truth == ""
    assert "right" not in found.alt
    assert "framed" not in found.note


def test_scores_are_called_scores_and_shown_only_within_0_and_1() -> None:
    other = dataclasses.replace(SPEC, output="scores")
    small, large = (saying(name, *s) for name, s in (("small", (0.2, 0.1, 0)), ("large", (9, -1, 3))))
    for one in (small, large):
        one.spec = other
    found = numbers("same-digit", among(small, large))
    assert "small zero (score 0.2); large zero;" in found.alt
    assert "small and large: scores, which need not add up to 1" in found.note
    assert "crossed out: scores beyond 0 to 1" in found.note
    assert np.ma.getmaskarray(found.shares).all(axis=1).tolist() == [False, False, True]


def test_names_are_handed_on_and_no_zoo_is_an_error() -> None:
    asked = []
    here = context(company=lambda names: asked.append(names) or company())
    numbers("same-digit", here, models=("a", "b:c"))
    numbers("same-digit", here, models=("a", "b:c"), image="blank")
    assert asked == [("a", "b:c")]  # once, however often a slider moves
    with pytest.raises(UsageError, match="^tiny: there is no zoo here to take other models from$"):
        context(company=None).company()


def test_what_is_disputed_is_what_the_models_answer_differently() -> None:
    here = context()
    found = numbers("disagreements", here, n=40, count=30)
    test = examples("test")
    one, other = (c.model.predict(test.floats()).argmax(axis=1) for c in (here, company().models[0]))
    pair = company().models[1].model.predict(test.floats()).argmax(axis=1) + 1
    knows = test.labels != 0  # pair knows one and two
    apart = (one != other) | (knows & (pair != one))
    indices = [int(name.removeprefix("test:")) for name in found.names]
    assert sorted(indices) == np.flatnonzero(apart).tolist()
    assert found.agreed == pytest.approx(1 - apart.mean())
    for column, index in enumerate(indices):
        names = [("zero", "one", "two")[answers[index]] for answers in (one, other, pair)]
        assert [row[column] for row in found.answers] == [*names[:2], names[2] if knows[index] else ""]
        share = here.model.predict(test.floats())[index, test.labels[index]]
        assert found.shares[0, column] == pytest.approx(share)
    assert np.ma.getmaskarray(found.shares)[2].tolist() == [not knows[i] for i in indices]
    right = (pair == test.labels)[knows].mean()
    assert f"pair {100 * right:.0f}" in found.note
    assert "of those it knows" in found.note


def test_the_most_divided_images_come_first() -> None:
    found = numbers("disagreements", n=40, count=30)
    divided = [len({a for a in said if a}) for said in zip(*found.answers, strict=True)]
    assert divided == sorted(divided, reverse=True)
    few = numbers("disagreements", n=3, count=30)
    assert few.names == found.names[:3]
    assert "the first 30" in few.note


@pytest.mark.parametrize("n", [1, 40])
def test_any_number_of_disputed_images_can_be_drawn(n: int) -> None:
    assert colour_faults(draw(VIEWS["disagreements"], context(), n=n).figure) == []


def test_without_company_or_without_dispute_there_is_nothing_to_show() -> None:
    with pytest.raises(InvalidValueError) as caught:
        numbers("disagreements", among(far="it would have to be trained"))
    assert str(caught.value) == (
        "disagreements: there is no model beside tiny; name some with models "
        "(no weights are at hand of far: named in `models` they are trained)"
    )
    with pytest.raises(InvalidValueError) as caught:
        numbers("disagreements", among(saying("m", 1, 0, 0)))
    assert (
        str(caught.value)
        == "disagreements: tiny and m agree on the first 30 test images; look through more"
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [("7", "a 7"), ("8", "an 8"), ("18", "an 18"), ("apple", "an apple"), ("1", "a 1")],
)
def test_articles(name: str, words: str) -> None:
    assert with_article(name) == words


def test_all_models_stand_the_same_change() -> None:
    here = context()
    found = numbers("robustness-compared", here, change="noise", count=9)
    alone = numbers("robustness", here, change="noise", count=9)
    assert found.models == ("tiny", "other", "pair")
    assert found.doses == alone.doses
    np.testing.assert_allclose(found.accuracy[0], alone.accuracy)
    assert found.counts == (9, 9, 6)  # the pair knows two of the three classes
    assert "pair on the images whose class it knows" in found.note
    picture = draw(VIEWS["robustness-compared"], here, change="noise", count=9)
    assert colour_faults(picture.figure) == []
    plot = next(axes for axes in picture.figure.axes if axes.get_ylabel() == "accuracy (%)")
    for line, row in zip(plot.get_lines(), found.accuracy, strict=True):
        np.testing.assert_allclose(line.get_ydata(), 100 * row)
    looks = {(line.get_color(), line.get_marker()) for line in plot.get_lines()}
    assert len(looks) == 3


def test_a_model_of_few_classes_is_not_called_the_best() -> None:
    right = saying("pair", 1.0, 0.0, labels=("zero", "one"))
    found = numbers("robustness-compared", among(right, saying("m", 0.1, 0.8, 0.1)), count=9)
    assert found.accuracy[1].tolist() == [0.5] * len(found.doses)
    assert "where tiny is best" in found.alt


def test_robustness_is_compared_with_those_who_can_be_asked() -> None:
    alone = numbers("robustness-compared", among(giraffe="no weights"), count=9)
    assert alone.title == "tiny on images that are moved up"
    assert "no other model is asked; no weights are at hand of giraffe" in alone.note
    stranger = saying("stranger", 1.0, 0.0, labels=("three", "four"))
    with pytest.raises(InvalidValueError, match="stranger knows no class of the first 9 test images"):
        numbers("robustness-compared", among(stranger), count=9)


def test_every_series_has_a_look_of_its_own() -> None:
    looks = [(look["color"], look["linestyle"], look["marker"]) for look in canvas.SERIES]
    assert len(set(looks)) == len(looks) == 8
    assert len({look["marker"] for look in canvas.SERIES}) == 8


def test_models_that_do_not_know_the_class_are_told_apart_from_those_that_err() -> None:
    pair = ("one", "two")
    host = two_classes(model=Says(0.9, 0.1), company=lambda _: Company())
    found = numbers("same-digit", host, image="test:0")
    assert (found.truth, found.knowing) == ("zero", (False,))
    assert "sees it: tiny, which knows no zero, says one" in found.title
    both = two_classes(
        model=Says(0.9, 0.1), company=lambda _: Company((saying("b", 0.1, 0.9, labels=pair),))
    )
    assert "none of them knows a zero; tiny, which" in numbers("same-digit", both, image="test:0").title
    assert colour_faults(draw(VIEWS["same-digit"], both, image="test:0").figure) == []
