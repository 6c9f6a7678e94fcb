"""Every installed view × every installed model: drawn by the rules, or "not offered: needs …"."""

from __future__ import annotations

import dataclasses
import functools
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.views.fake_conv import conv_context
from tests.views.fakes import EVALUATION, HISTORY, context
from zoo.data import Examples
from zoo.errors import InvalidValueError
from zoo.modelling import History
from zoo.parameters import Limit, describe
from zoo.plugins import Catalogue, Offer, discover, requires_of, resolve
from zoo.settings import Settings
from zoo.specs import ModelSpec, ViewSpec
from zoo.views import ViewContext, check, colour_faults, draw, offered, unmet
from zoo.views.context import Company
from zoo.views.terminal import render

CATALOGUE = discover(Settings(home=Path("/nonexistent")))
CHEAP: dict[str, dict[str, Any]] = {"dream": {"steps": 3}}
"""Parameters that cost the most, kept small while the others go to their ends."""

REFUSALS = r"expected (a number|numbers) in 0\.\.\d+ of layer|; raise count$|makes none in"
REFUSALS += (
    r"|; look through more$|inputs, not 784 pixels$|^(row|column): expected an integer in 0\.\.\d+, got"
)
"""What a view may say to values that do not fit another parameter, or to so few images."""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return CATALOGUE


def test_the_zoos_own_views_are_found_like_anyones(catalogue: Catalogue) -> None:
    names = {offer.name for offer in catalogue.views}
    assert {"activations", "confusion", "learning-curve", "weights"} <= names


def test_default_views_exist_and_fit(catalogue: Catalogue) -> None:
    for model in catalogue.models:
        assert len(model.spec.default_views) <= 7
        for name in model.spec.default_views:
            assert unmet(catalogue.view(name).spec, model.spec) is None


@pytest.mark.parametrize("make", [context, conv_context])
def test_colours_of_every_view_that_fits_a_small_model(catalogue: Catalogue, make: Any) -> None:
    here = make()
    faults = {}
    for offer in offered(catalogue, here):
        faults[offer.full_name] = colour_faults(draw(offer, here).figure)
    assert faults == {name: [] for name in faults}
    assert len(faults) >= 4


@functools.cache
def examples(part: str, classes: tuple[int, ...] | None) -> Examples:
    """240 digits of the dataset that is computed rather than downloaded."""
    arrays: Any = resolve(CATALOGUE.dataset("digits").spec.loader or "", plugin="digits")()  # type: ignore[operator]
    found = Examples(arrays[f"x_{part}"], arrays[f"y_{part}"].astype(np.int64)).first(240)
    return found if classes is None else found.only(classes)


def weights(shapes: dict[str, tuple[int, ...]], seed: int = 5) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    return {
        name: (rng.normal(size=shape) / np.sqrt(max(np.prod(shape[:-1]), 1))).astype(np.float32)
        for name, shape in shapes.items()
    }


def model_context(spec: ModelSpec, exports: Path) -> ViewContext:
    """The model with random weights, everything its views may need at hand."""
    hyperparameters = spec.hyperparameters()
    requires = {}
    for name in requires_of(spec, hyperparameters):
        needed = CATALOGUE.model(name.partition(":")[0]).spec
        requires[name] = model_context(needed, exports).model
    factory: Any = resolve(spec.factory, plugin=spec.name)
    model = factory(spec, hyperparameters, requires=requires, exports=exports)
    model.weights = weights(dict(spec.shapes(hyperparameters)))
    first = next((n for n, s in model.shapes.items() if len(s) == 2 and s[0] == 784), "")
    growing = (
        {f"{step:08d}": weights({"w": model.shapes[first]})["w"] * step for step in (0, 1, 50)}
        if first
        else {}
    )
    classes = spec.classes(hyperparameters) if spec.classes is not None else None
    count = len(classes) if classes is not None else 10
    evaluation = dataclasses.replace(EVALUATION, confusion=(np.eye(count, dtype=int) * 9 + 1).tolist(),
                                     labels=tuple(map(str, classes or range(10))))  # fmt: skip
    labels = tuple(map(str, classes or range(10)))
    other = factory(spec, hyperparameters, requires=requires, exports=exports)
    other.weights = weights(dict(spec.shapes(hyperparameters)), seed=6)
    company = Company((ViewContext(other, spec, labels=labels, title="other"),), {"giraffe": "gone"})
    return ViewContext(
        model=model,
        spec=spec,
        history=History(HISTORY.epochs, growing, first),
        labels=labels,
        examples=lambda part: examples(part, classes),
        evaluation=lambda: evaluation,  # type: ignore[arg-type,return-value]
        company=lambda _: company,
    )


def ends(offer: Offer[ViewSpec], here: ViewContext) -> list[dict[str, Any]]:
    """Each parameter at its minimum, its maximum, and each choice."""
    found: list[dict[str, Any]] = []
    cheap = CHEAP.get(offer.name, {})
    for parameter in describe(offer.spec.parameters):
        bounds = [parameter.low, parameter.high]
        values = [b.of(here) if isinstance(b, Limit) else b for b in bounds if b is not None]
        found += [
            {**cheap, parameter.name: (value,) if parameter.many else value}
            for value in (*values, *parameter.choices)
        ]
    return found


@pytest.mark.tensorflow
@pytest.mark.parametrize("model", CATALOGUE.models, ids=lambda offer: offer.name)
def test_table_of_every_view_for_a_model(model: Offer[ModelSpec], tmp_path: Path) -> None:
    here = model_context(model.spec, tmp_path)
    table = {}
    refused: list[tuple[str, dict[str, Any], str]] = []
    for offer in CATALOGUE.views:
        lacking = unmet(offer.spec, here)
        if lacking is not None:
            table[offer.full_name] = f"not offered: {lacking}"
            continue
        picture = draw(offer, here)  # at the defaults
        assert finite(picture.numbers), offer.name
        assert colour_faults(picture.figure) == [], offer.name
        assert max(map(len, render(picture, columns=80).splitlines())) <= 80, offer.name
        compute: Any = resolve(offer.spec.compute, plugin=offer.plugin.name)
        for values in ends(offer, here):
            try:
                numbers = compute(here, check(offer.spec, values, here))
            except InvalidValueError as error:
                refused.append((offer.name, values, str(error)))
                continue
            assert numbers.alt.strip(), (offer.name, values)
            assert finite(numbers), (offer.name, values)
        table[offer.full_name] = "drawn"
    assert [case for case in refused if not re.search(REFUSALS, case[2])] == []
    assert all(re.fullmatch(r"drawn|not offered: needs .+", text) for text in table.values())
    assert "drawn" in table.values()


def finite(numbers: Any) -> bool:
    if dataclasses.is_dataclass(numbers):
        return all(finite(getattr(numbers, field.name)) for field in dataclasses.fields(numbers))
    if isinstance(numbers, np.ndarray) and numbers.dtype.kind == "f":
        return bool(np.isfinite(np.ma.filled(numbers, 0.0)).all())
    if isinstance(numbers, (list, tuple)):
        return all(finite(item) for item in numbers)
    return not isinstance(numbers, float) or bool(np.isfinite(numbers))
