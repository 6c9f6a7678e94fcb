"""What is selected by a name and values, and what is refused."""

from __future__ import annotations

import pytest

from tests.weights.small import CATALOGUE
from zoo.errors import IntegrityError, InvalidValueError, UnknownNameError, UsageError
from zoo.weights.provenance import from_data
from zoo.weights.selection import check_seed, select


def test_values_are_taken_as_typed_or_as_they_are() -> None:
    typed = select(CATALOGUE, "mean:loud", {"scale": "3", "learning-rate": "0.5"})
    given = select(CATALOGUE, "mean", {"scale": 3.0, "learning_rate": 0.5})
    assert typed.hyperparameters == given.hyperparameters
    assert typed.recipe == given.recipe
    assert typed.key(seed=0, dataset="x", requires={}) == given.key(seed=0, dataset="x", requires={})
    assert typed.requires == ()


@pytest.mark.parametrize("seed", [0, 7, 2**31 - 1])
def test_seeds(seed: int) -> None:
    assert check_seed(seed) == seed


@pytest.mark.parametrize("seed", [-1, 2**31, True, 1.0, "1"])
def test_row_39_seeds_that_are_none(seed: object) -> None:
    with pytest.raises(InvalidValueError, match=r"^seed: expected an integer in 0\.\.2147483647, got "):
        check_seed(seed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "values", "kind", "text"),
    [
        ("maen", {}, UnknownNameError, "did you mean mean?"),
        ("mean:lout", {}, UnknownNameError, "unknown preset of mean 'lout'; did you mean loud?"),
        (
            "mean",
            {"scal": 1},
            UnknownNameError,
            "unknown parameter of mean 'scal'; did you mean scale or",
        ),
        ("mean", {"scale": 11.0}, InvalidValueError, "scale: expected a number in 0.1..10, got 11.0"),
        ("mean", {"scale": 11.0, "epochs": -1}, InvalidValueError, "; epochs: expected "),
        ("mean", {"patience": 3, "validation": 0.0}, UsageError, "patience 3: stopping early needs"),
    ],
)
def test_row_39_what_is_refused(
    name: str, values: dict[str, object], kind: type[Exception], text: str
) -> None:
    with pytest.raises(kind) as caught:
        select(CATALOGUE, name, values)
    assert text in str(caught.value)


@pytest.mark.parametrize("data", [{}, {"model": 3}, {"unknown": 1}])
def test_row_09_a_provenance_that_is_none(data: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match=r"^x\.h5: provenance: expected a record written by zoo"):
        from_data(data, thing="x.h5")
