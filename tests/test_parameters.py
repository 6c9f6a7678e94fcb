"""One declaration gives parsing, checking, words for help, and data."""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo import parameters
from zoo.errors import InvalidValueError, UnknownNameError
from zoo.parameters import Choice, Image, Limit, Range


@dataclass(frozen=True, kw_only=True)
class Everything:
    count: Annotated[int, Range(1, 10), "how many"] = 3
    rate: Annotated[float, Range(0.0, 1.0), "how fast"] = 0.5
    sizes: Annotated[tuple[int, ...], Range(1, 64), "units"] = (16,)
    name: Annotated[str, Choice("relu", "tanh"), "which"] = "relu"
    bias: Annotated[bool, "with or without"] = True
    seed: Annotated[int | None, Range(0, 100), "of the noise"] = None
    unit: Annotated[int, Range(0, Limit("units - 1", lambda units: units - 1)), "which unit"] = 0
    image: Annotated[str, Image(), "what is shown"] = "test:0"


ALLOWED = {
    "count": "an integer in 1..10",
    "rate": "a number in 0..1",
    "sizes": "a list like 16,16 of integers in 1..64",
    "name": "one of relu, tanh",
    "bias": "true or false",
    "seed": "an integer in 0..100 or none",
    "unit": "an integer in 0..(units - 1)",
    "image": "an image (test:17, train:5, class:3#12, noise:7, blank, or a file)",
}


def test_allowed_says_in_words_what_fits() -> None:
    assert {p.name: p.allowed() for p in parameters.describe(Everything)} == ALLOWED


def test_defaults_are_allowed_and_survive_a_round_trip() -> None:
    made = parameters.check(Everything, {})
    assert made == Everything()
    data = parameters.to_data(made)
    assert data["sizes"] == [16]
    assert parameters.check(Everything, data) == made


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("count", "7", 7),
        ("rate", "1", 1.0),
        ("rate", "1e-2", 0.01),
        ("sizes", "16,8", (16, 8)),
        ("sizes", "16", (16,)),
        ("bias", "no", False),
        ("seed", "none", None),
        ("seed", "4", 4),
        ("name", "tanh", "tanh"),
    ],
)
def test_text_becomes_a_value(name: str, text: str, value: Any) -> None:
    assert (
        getattr(parameters.check(Everything, parameters.parse(Everything, {name: text})), name) == value
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("count", "many"),
        ("count", "1.5"),
        ("count", "1_0"),
        ("count", "9" * 5000),
        ("bias", "perhaps"),
        ("rate", ""),
    ],
)
def test_text_of_the_wrong_type_is_refused(name: str, text: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        parameters.parse(Everything, {name: text})
    assert str(caught.value).startswith(f"{name}: expected {ALLOWED[name]}, got ")


@pytest.mark.parametrize(
    ("name", "value", "got"),
    [
        ("count", 0, "0"),
        ("count", 11, "11"),
        ("count", True, "True"),
        ("count", 2.0, "2.0"),
        ("count", None, "None"),
        ("rate", math.nan, "nan"),
        ("rate", "0.5", "'0.5'"),
        ("sizes", (16, 65), "(16, 65)"),
        ("sizes", "16", "'16'"),
        ("name", "elu", "'elu'"),
        ("bias", 1, "1"),
        ("unit", -1, "-1"),
        ("image", object(), "a value of type object"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_what_would(name: str, value: Any, got: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        parameters.check(Everything, {name: value})
    assert str(caught.value) == f"{name}: expected {ALLOWED[name]}, got {got}"


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(InvalidValueError, match=r"count: .*; rate: "):
        parameters.check(Everything, {"count": 0, "rate": 2.0})


def test_a_limit_is_checked_once_there_is_a_context() -> None:
    assert parameters.check(Everything, {"unit": 1000}).unit == 1000
    with pytest.raises(InvalidValueError, match=r"^unit: expected an integer in 0\.\.63, got 64$"):
        parameters.check(Everything, {"unit": 64}, context=64)


def test_unknown_names_are_refused_with_close_matches() -> None:
    for call in (parameters.parse, parameters.check):
        with pytest.raises(UnknownNameError, match=r"^unknown parameter 'cuont'; did you mean count"):
            call(Everything, {"cuont": "3"})


def test_a_check_across_fields_is_an_invalid_value() -> None:
    @dataclass(frozen=True)
    class Pair:
        first: Annotated[int, "one"] = 1
        second: Annotated[int, "other"] = 8

        def __post_init__(self) -> None:
            if self.first == self.second:
                raise ValueError("first and second: expected two different digits")

    with pytest.raises(InvalidValueError, match="expected two different digits"):
        parameters.check(Pair, {"first": 8})


def test_a_declaration_without_default_or_with_another_type_is_a_bug_of_its_author() -> None:
    @dataclass
    class NoDefault:
        count: int

    @dataclass
    class Odd:
        table: dict[str, int] | None = None

    for wrong in (NoDefault, Odd):
        with pytest.raises(TypeError):
            parameters.describe(wrong)


@given(st.dictionaries(st.sampled_from(sorted(ALLOWED)), st.text(max_size=30)))
def test_any_text_is_read_or_refused(texts: dict[str, str]) -> None:
    with contextlib.suppress(InvalidValueError):
        made = parameters.check(Everything, parameters.parse(Everything, texts), context=5)
        assert parameters.check(Everything, parameters.to_data(made), context=5) == made
