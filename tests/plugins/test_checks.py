"""Every field of a spec is checked: each row changes one thing of a right spec."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.errors import PluginError
from zoo.parameters import Choice, Limit, Range
from zoo.plugins import MAX_PARAMETERS, classes_of, parameter_count, shapes_of
from zoo.plugins.checks import faults_of
from zoo.specs import DatasetSpec, ModelSpec, NoParameters, Preset, Recipe, Split, ViewSpec

HASHES = dict.fromkeys(("x_train", "y_train", "x_test", "y_test"), "0" * 64)
NAME = "a name of at most 40 characters: lower case, digits, single hyphens"
API = "api: expected 1, the plugin interface of this zoo, got 2; update the plugin, or digit-zoo"
WITHIN = "hyperparameters.hidden: its default does not fit"
TYPES = "type must be bool, int, float, str, a tuple of one, or one | None"
MEANT = "which has a meaning of its own"
LINE = "one line of text of at most 300 characters"


@dataclass(frozen=True, kw_only=True)
class Hidden:
    hidden: Annotated[int, Range(1, 4096), "units"] = 64
    rates: Annotated[tuple[float, ...], Range(0, 1), "one a layer"] = ()


@dataclass(frozen=True, kw_only=True)
class Slow(Recipe):
    patience_of_saints: Annotated[int, Range(0, 9), "very patient"] = 1


@dataclass(frozen=True, kw_only=True)
class Clashing(Recipe):
    hidden: Annotated[int, "the same name again"] = 1


@dataclass
class NoDefault:
    hidden: int


@dataclass
class WrongType:
    hidden: dict = dataclasses.field(default_factory=dict)


@dataclass
class Unresolvable:
    hidden: "Nowhere" = 1  # type: ignore[name-defined]  # noqa: F821, UP037


@dataclass
class DefaultOutside:
    hidden: Annotated[int, Range(1, 3), "units"] = 9


@dataclass
class TextBounds:
    hidden: Annotated[int, Range("a", "b"), "units"] = 9  # type: ignore[arg-type]


@dataclass
class NumberChoices:
    hidden: Annotated[str, Choice(1, 2), "units"] = "a"  # type: ignore[arg-type]


@dataclass
class Escapes:
    hidden: Annotated[int, "red \x1b[31m"] = 1


@dataclass
class Quarrel:
    hidden: int = 1

    def __post_init__(self) -> None:
        raise ValueError("hidden and hidden quarrel")


@dataclass
class Symbolic:
    unit: Annotated[int, Range(0, Limit("units - 1", lambda c: c.units)), "unit"] = 0


Many = dataclasses.make_dataclass("Many", [(f"p{n}", int, 0) for n in range(65)])

MODEL = ModelSpec(
    name="right",
    summary="a model",
    task="classification",
    factory="right.model:Right",
    hyperparameters=Hidden,
    shapes=lambda values: {"layer/kernel": (784, values.hidden), "layer/bias": (values.hidden,)},
    datasets=("mnist", "digits"),
    presets=(
        Preset(name="default", summary="as declared"),
        Preset(
            name="25-logistic", summary="small", hyperparameters={"hidden": 25}, recipe={"epochs": 2}
        ),
    ),
)
DATASET = DatasetSpec(name="right", summary="a dataset", classes=10, counts=(100, 20))
VIEW = ViewSpec(name="right", summary="a view", compute="m:a", draw="m:b")


def presets(**changes):
    return (MODEL.presets[0], replace(MODEL.presets[1], **changes))


@pytest.mark.parametrize(
    "spec",
    [
        MODEL,
        replace(MODEL, recipe=Slow, requires=("mlp",), judge="digit-zoo/cnn", layers=("conv1", "conv2")),
        replace(MODEL, task="binary", classes=lambda values: (1, 8), offers=("activations",)),
        replace(
            MODEL,
            classes=lambda values: [3, 1, 2],
            hyperparameters=NoParameters,
            presets=MODEL.presets[:1],
            shapes=lambda values: MappingProxyType({"a/b": [1, 2], "a/c": ()}),
            datasets=("mnist", "digits"),
        ),
        DATASET,
        replace(DATASET, loader="m:load", sha256=HASHES, labels=tuple("0123456789"), licence="MIT"),
        VIEW,
        replace(VIEW, parameters=Symbolic, frames="unit", needs=("history",)),
    ],
)
def test_right_specs(spec):
    assert faults_of(spec) == []


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        (
            {"api": 2},
            [API],
        ),
        (
            {"name": "A"},
            [f"name: expected {NAME}, got 'A'"],
        ),
        ({"summary": "two\nlines"}, [f"summary: expected {LINE}, got 'two\\nlines'"]),
        ({"summary": "x" * 301}, [f"summary: expected {LINE}, got a str of 303 characters"]),
        ({"summary": "\x1b[31m"}, [f"summary: expected {LINE}, got '\\x1b[31m'"]),
        ({"summary": ""}, [f"summary: expected {LINE}, got ''"]),
        ({"licence": 3}, [f"licence: expected {LINE}, got 3"]),
        ({"task": "guess"}, ["task: expected one of binary, classification, generation, got 'guess'"]),
        ({"inputs": []}, ["inputs: expected one of images, classes, got a list"]),
        ({"output": None}, ["output: expected one of probabilities, scores, images, got None"]),
        ({"factory": "right"}, ["factory: expected a reference 'module:Name', got 'right'"]),
        ({"factory": int}, ["factory: expected a reference 'module:Name', got a type"]),
        ({"version": True}, ["version: expected an integer in 0..1000000, got True"]),
        ({"datasets": ()}, ["datasets: expected at least one dataset, got none"]),
        (
            {"datasets": "mnist"},
            [
                "datasets: expected a tuple of at most 256 str, got 'mnist'",
                "datasets: expected at least one dataset, got none",
            ],
        ),
        (
            {"default_views": ("weights", "weights")},
            ["default_views: expected every name once, got weights twice"],
        ),
        ({"offers": (1,)}, ["offers: expected a tuple of str, got 1 in it"]),
        ({"requires": ("right",)}, ["requires: expected other models, got the model itself"]),
        (
            {"judge": "CNN"},
            [f"judge: expected {NAME}, got 'CNN'"],
        ),
        ({"layers": ("a b",)}, ["layers: expected plain layer names, got 'a b'"]),
        ({"shapes": None}, ["shapes: expected a function, got None"]),
        ({"classes": (1, 8)}, ["classes: expected a function, got a tuple"]),
        (
            {"hyperparameters": Hidden()},
            ["hyperparameters: expected a dataclass (the class, not an instance), got a Hidden"],
        ),
        (
            {"hyperparameters": int},
            ["hyperparameters: expected a dataclass (the class, not an instance), got a type"],
        ),
        (
            {"hyperparameters": NoDefault},
            ["hyperparameters: TypeError: hidden: a parameter needs a default"],
        ),
        (
            {"hyperparameters": WrongType},
            [f"hyperparameters: TypeError: hidden: {TYPES}"],
        ),
        (
            {"hyperparameters": Unresolvable},
            ["hyperparameters: NameError: name 'Nowhere' is not defined"],
        ),
        (
            {"hyperparameters": DefaultOutside},
            [
                f"{WITHIN}: hidden: expected an integer in 1..3, got 9",
            ],
        ),
        (
            {"hyperparameters": TextBounds},
            ["hyperparameters.hidden: expected numbers or Limits as ends of its Range, got others"],
        ),
        (
            {"hyperparameters": NumberChoices},
            ["hyperparameters.hidden: expected texts as choices, got others"],
        ),
        (
            {"hyperparameters": Escapes},
            [f"hyperparameters.hidden: expected {LINE}, got 'red \\x1b[31m'"],
        ),
        (
            {"hyperparameters": Quarrel},
            ["hyperparameters: its defaults do not fit together: ValueError: hidden and hidden quarrel"],
        ),
        ({"hyperparameters": Many}, ["hyperparameters: expected at most 64 fields, got 65"]),
        ({"recipe": Hidden}, ["recipe: expected zoo.Recipe or a subclass, got Hidden"]),
        ({"recipe": Clashing}, ["recipe: expected no name that is a hyperparameter too, got hidden"]),
        (
            {"presets": presets(name="custom")},
            [f"presets.name: expected another word than custom, {MEANT}, got 'custom'"],
        ),
        ({"presets": ()}, ["presets: expected one named 'default', got none"]),
        ({"presets": {}}, ["presets: expected a tuple of at most 256 Preset, got a dict"]),
        ({"presets": ("default",)}, ["presets: expected a tuple of Preset, got 'default' in it"]),
        (
            {"presets": MODEL.presets[::-1]},
            ["presets: expected one named 'default' first, got '25-logistic'"],
        ),
        (
            {"presets": MODEL.presets * 2},
            ["presets: expected every name once, got 25-logistic, default twice"],
        ),
        (
            {"presets": presets(summary=None)},
            [f"presets.25-logistic.summary: expected {LINE}, got None"],
        ),
        (
            {"presets": presets(hyperparameters={"hidden": 0})},
            ["presets.25-logistic.hyperparameters: hidden: expected an integer in 1..4096, got 0"],
        ),
        (
            {"presets": presets(hyperparameters={"epochs": 3})},
            ["presets.25-logistic.hyperparameters: unknown parameter 'epochs'; known: hidden, rates"],
        ),
        (
            {"presets": presets(hyperparameters=[1])},
            ["presets.25-logistic.hyperparameters: expected a mapping, got a list"],
        ),
        (
            {"presets": presets(recipe={1: 2})},
            ["presets.25-logistic.recipe: expected text keys, got others"],
        ),
        (
            {"presets": presets(recipe={"optimizer": "magic"})},
            ["presets.25-logistic.recipe: optimizer: expected one of adam, sgd, momentum, got 'magic'"],
        ),
    ],
)
def test_row_34_each_field_of_a_model(change, faults):
    assert faults_of(replace(MODEL, **change)) == faults


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"classes": 1}, ["classes: expected an integer in 2..1000, got 1"]),
        ({"classes": "ten"}, ["classes: expected an integer in 2..1000, got 'ten'"]),
        ({"labels": ("zero", "one")}, ["labels: expected 10 names or none, got 2"]),
        ({"labels": ("a\tb",) * 10}, [f"labels: expected {LINE}, got 'a\\tb'"] * 10),
        ({"counts": (60,)}, ["counts: expected two integers: images in train and in test, got a tuple"]),
        ({"counts": (60, 0)}, ["counts: expected an integer in 1..10000000, got 0"]),
        (
            {"counts": 60},
            [
                "counts: expected a tuple of at most 256 int, got 60",
                "counts: expected two integers: images in train and in test, got 60",
            ],
        ),
        (
            {"loader": "m:load"},
            ["sha256: expected the hash of each of x_train, y_train, x_test, y_test, got none"],
        ),
        ({"loader": 3, "sha256": HASHES}, ["loader: expected a reference 'module:Name', got 3"]),
        (
            {"sha256": HASHES | {"x_test": "F" * 64}},
            ["sha256: expected 64 lower-case hex digits each, got others"],
        ),
        ({"splits": ()}, ["splits: expected one named 'official' first, got none"]),
        (
            {"splits": (Split(name="lesson", summary="x"),)},
            ["splits: expected one named 'official' first, got 'lesson'"],
        ),
        (
            {"splits": (Split(name="official", summary="x", train=("train[0:5",)),)},
            [
                "splits.official.train: expected row ranges like 'train[:50000]', got 'train[0:5'",
            ],
        ),
        (
            {"splits": (Split(name="official", summary="x", test=("test[20:]", "train[-1:]")),)},
            [
                "splits.official.test: expected rows of the 20 there are, got 'test[20:]'",
            ],
        ),
        (
            {"splits": (Split(name="official", summary="x", test=()),)},
            [
                "splits.official.test: expected cuts of 1..10000000 images, got 0",
            ],
        ),
    ],
)
def test_row_34_each_field_of_a_dataset(change, faults):
    assert faults_of(replace(DATASET, **change)) == faults


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"compute": None}, ["compute: expected a reference 'module:Name', got None"]),
        ({"draw": "a.b"}, ["draw: expected a reference 'module:Name', got 'a.b'"]),
        (
            {"needs": ("History",)},
            [f"needs: expected {NAME}, got 'History'"],
        ),
        (
            {"frames": "unit"},
            ["frames: expected a parameter with one value (there is none), got 'unit'"],
        ),
        (
            {"parameters": Hidden, "frames": "rates"},
            ["frames: expected a parameter with one value (hidden), got 'rates'"],
        ),
        (
            {"parameters": None, "frames": "x"},
            ["parameters: expected a dataclass (the class, not an instance), got None"],
        ),
    ],
)
def test_row_34_each_field_of_a_view(change, faults):
    assert faults_of(replace(VIEW, **change)) == faults


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ([1], "shapes: expected a mapping 'layer/variable' → shape, got a list"),
        ({}, "shapes: expected 1..256 layers of at most 64 variables, got 0 layers, 0 variables"),
        ({"kernel": (1,)}, "shapes: expected names like 'layer/variable', got 'kernel'"),
        ({"a/b/c": (1,)}, "shapes: expected names like 'layer/variable', got 'a/b/c'"),
        ({1: (1,)}, "shapes: expected names like 'layer/variable', got 1"),
        ({"a/b": 3}, "shapes: a/b: expected a tuple of positive integers, got 3"),
        ({"a/b": (3, 0)}, "shapes: a/b: expected a tuple of positive integers, got (3, 0)"),
        ({"a/b": (3, True)}, "shapes: a/b: expected a tuple of positive integers, got (3, True)"),
        ({"a/b": (3.0,)}, "shapes: a/b: expected a tuple of positive integers, got (3.0)"),
        (
            {"a/b": (2**63,)},
            "shapes: a/b: expected a tuple of positive integers, got (9223372036854775808)",
        ),
        ({"a/b": (1,) * 9}, "shapes: a/b: expected at most 8 dimensions, got 9"),
        (
            {f"a{n}/b": (1,) for n in range(257)},
            "shapes: expected 1..256 layers of at most 64 variables, got 257 layers, 257 variables",
        ),
        (
            {f"a/b{n}": (1,) for n in range(65)},
            "shapes: expected 1..256 layers of at most 64 variables, got 1 layers, 65 variables",
        ),
        (
            {"a/b": (1_000_000, 1000)},
            "shapes: expected at most 50,000,000 parameters, got 1,000,000,000; choose fewer units",
        ),
        (
            {"a/b": (2**62,) * 8},
            "shapes: expected at most 50,000,000 parameters, got 2.0e+149; choose fewer units",
        ),
    ],
)
def test_row_37_what_shapes_may_answer(answer, text):
    spec = replace(MODEL, shapes=lambda values: answer)
    with pytest.raises(PluginError) as error:
        shapes_of(spec, Hidden())
    assert str(error.value) == f"model 'right': {text}"
    assert faults_of(spec) == [text, f"presets.25-logistic: {text}"]


def test_row_37_ten_to_the_ninth_parameters(install, found):
    install("too_big")
    catalogue = found()
    assert [offer.spec.name for offer in catalogue.models] == ["small"]
    with pytest.raises(PluginError) as error:
        catalogue.model("huge")
    assert (
        "shapes: expected at most 50,000,000 parameters, got 1,000,000,000; choose fewer units"
        in str(error.value)
    )


def test_row_37_values_of_a_person_are_held_to_the_same_limit():
    spec = replace(MODEL, shapes=lambda values: {"a/b": (values.hidden, 1_000_000)})
    assert shapes_of(spec, Hidden(hidden=50)) == {"a/b": (50, 1_000_000)}
    assert parameter_count({"a/b": (50, 1_000_000), "c/d": ()}) == MAX_PARAMETERS + 1
    with pytest.raises(PluginError, match="at most 50,000,000 parameters, got 51,000,000"):
        shapes_of(spec, Hidden(hidden=51))


def test_row_37_functions_that_fail():
    def fails(values):
        raise SystemExit("no")

    assert faults_of(replace(MODEL, shapes=fails, presets=MODEL.presets[:1])) == [
        "shapes: it called sys.exit(no)"
    ]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("18", "classes: expected a tuple of labels, got '18'"),
        ((), "classes: expected a tuple of labels, got ()"),
        ((1, 1000), "classes: expected a tuple of labels, got (1, 1000)"),
        ((1, True), "classes: expected a tuple of labels, got (1, True)"),
        ((1, 1), "classes: expected every label once, got (1, 1)"),
    ],
)
def test_row_34_what_classes_may_answer(answer, text):
    spec = replace(MODEL, classes=lambda values: answer, presets=MODEL.presets[:1])
    assert faults_of(spec) == [text]


def test_row_34_a_binary_model_tells_two_classes_apart():
    assert classes_of(MODEL, Hidden()) is None
    spec = replace(MODEL, task="binary", classes=lambda values: (1, 8, 3))
    with pytest.raises(
        PluginError, match=r"^model 'right': classes: expected two different labels, got \(1, 8, 3\)$"
    ):
        classes_of(spec, Hidden())
    assert classes_of(replace(spec, classes=lambda values: [8, 1]), Hidden()) == (8, 1)


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.binary(max_size=3),
    st.lists(st.integers() | st.text(max_size=3), max_size=3).map(tuple),
    st.just(int),
    st.just(len),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.builds(object),
)


@given(st.data(), st.sampled_from([MODEL, DATASET, VIEW]), ANYTHING)
def test_row_34_any_value_in_any_field_is_right_or_a_fault(data, spec, value):
    field = data.draw(st.sampled_from([f.name for f in dataclasses.fields(spec)]))
    faults = faults_of(replace(spec, **{field: value}))
    assert all(isinstance(fault, str) and fault.isprintable() for fault in faults)


@pytest.mark.parametrize(
    ("requires", "text"),
    [
        (lambda _: ("mlp:Forty",), f"requires: expected {NAME}, got 'Forty'"),
        (lambda _: "mlp", "requires: expected a tuple of at most 256 str, got 'mlp'"),
        (lambda _: ("right:other",), "requires: expected other models, got the model itself"),
        (lambda _: ("mlp:a", "mlp:b"), "requires: expected every name once, got mlp twice"),
        (lambda _: 1 / 0, "requires: ZeroDivisionError: division by zero"),
    ],
)
def test_a_function_that_names_required_models_is_asked_for_each_preset(requires, text):
    found = faults_of(replace(MODEL, requires=requires))
    assert found[0] == f"model 'right': {text}" or found[0] == text
    assert faults_of(replace(MODEL, requires=lambda _: ("digit-zoo/mlp:40", "cnn"))) == []
