"""Models that are wrong as declared, built or trained: the check fails and says what to do."""

from __future__ import annotations

import pytest

from tests.testing.cases import INIT, MODEL, REGISTRY, Case, case, fails
from tests.testing.conftest import Wrong
from zoo.testing.checks import models

PUBLISHED = (
    "schema = 1\n[[weights]]\nmodel = 'wrong'\npreset = 'default'\ndataset = 'mnist'\n"
    "tag = 'mine'\nfile = 'w.h5'\npath = 'w.h5'\nsize = 17\n"
    "sha256 = '0000000000000000000000000000000000000000000000000000000000000000'\n"
)

CASES = [
    case(
        "factory",
        "numpy",
        (INIT, "model:Wrong", "model:Worng"),
        text=(
            "plugin wrong: zoo_wrong.model:Worng cannot be loaded: AttributeError: module "
            "'zoo_wrong.model' has no attribute 'Worng'; factory names the class as "
            "'module:Class'"
        ),
    ),
    case(
        "factory",
        "numpy",
        (INIT, "model:Wrong", "model:np"),
        text="zoo_wrong.model:np is not a class derived from zoo.Model or zoo.KerasModel",
    ),
    case(
        "factory",
        "numpy",
        (MODEL, "def forward", "def foreward"),
        text="zoo_wrong.model:Wrong lacks forward(); write them",
    ),
    case(
        "factory",
        "numpy",
        (
            MODEL,
            "    def fit",
            "    def __init__(self, spec, hyperparameters):\n        pass\n\n    def fit",
        ),
        text=(
            "zoo_wrong.model:Wrong: its __init__ does not take requires, exports, reporter; pass "
            "on *args and **kwargs to zoo.Model"
        ),
    ),
    case(
        "shapes",
        "numpy",
        (MODEL, "        self.weights = weights\n", "        self.weights = weights | {'a/b': rng}\n"),
        text=(
            "preset default: weights of wrong: a/b: expected no such array; let spec.shapes and "
            "the model agree"
        ),
    ),
    case(
        "training",
        "numpy",
        (MODEL, "-= np.float32", "+= np.float32"),
        text=(
            "epochs on a few hundred patterns that any model can tell apart; it must fall: check "
            "the gradient and the learning rate"
        ),
    ),
    case(
        "training",
        "numpy",
        (MODEL, "self.weights = weights", "self.weights = {n: 0 * w for n, w in weights.items()}"),
        text=(
            "is 2.303, no better than the 2.303 of a guess; does fit() set what it learned, and "
            "does predict() use it?"
        ),
    ),
    case(
        "training",
        "numpy",
        (MODEL, "rng = np", "raise RuntimeError('no')\n        rng = np"),
        text="model wrong of plugin wrong: fit() failed: RuntimeError: no, in /",
    ),
    case(
        "training",
        "numpy",
        (MODEL, "        self.weights = weights\n", ""),
        text="fit() left the model without weights; set self.weights in fit()",
    ),
    case(
        "training",
        "numpy",
        (MODEL, "return History(", "History("),
        text="fit() gave a NoneType; return a zoo.History from fit()",
    ),
    case(
        "layers",
        "numpy",
        (INIT, 'layers=("output_layer",)', 'layers=("output",)'),
        text="there is no layer output; there are output_layer: correct spec.layers",
    ),
    case(
        "same-seed",
        "numpy",
        (MODEL, "default_rng(seed)", "default_rng()"),
        text=(
            "two trainings with seed 7 differ in output_layer/kernel, output_layer/bias; draw "
            "every random number from numpy.random.default_rng(seed); in Keras leave seeds out"
        ),
    ),
    case(
        "save-load",
        "numpy",
        (
            MODEL,
            "        self.weights = weights\n",
            "        self.weights = weights\n        self.s = 2\n",
        ),
        (MODEL, "/ np.float32(", "* getattr(self, 's', 1) / np.float32("),
        text="; everything fit() learns must be in self.weights, as nothing else is kept",
    ),
    case(
        "published-weights",
        "numpy",
        ("w.h5", "", "no weights at all"),
        (
            REGISTRY,
            "",
            PUBLISHED,
        ),
        text="; publish the file again, or correct the entry",
    ),
    case(
        "published-weights",
        "numpy",
        ("w.h5", "", "no weights at all"),
        (REGISTRY, "", PUBLISHED.replace("default", "nope")),
        text=(
            "mine: model wrong has no preset 'nope', only default; correct the entry of "
            "w.h5, or declare the preset"
        ),
    ),
]

IN_KERAS = [
    case(
        "shapes",
        "keras",
        (MODEL, "return Model(image, x)", "return Model(image, [x, x])"),
        text=(
            "preset default: model wrong: its build() gave a network with 2 outputs; give "
            "keras.Model one output"
        ),
    ),
    case(
        "shapes",
        "keras",
        (INIT, '"hidden_layer/bias": (chosen.units,)', '"hidden_layer/bias": (chosen.units + 1,)'),
        text=(
            "preset default: model wrong: its build() made other weights than its spec declares: "
            "hidden_layer/bias: expected (33,), got (32,); let spec.shapes and the model agree"
        ),
    ),
    case(
        "layers",
        "keras",
        (INIT, '("hidden_layer", "output_layer")', '("output_layer", "hidden_layer")'),
        text="the layers come in the order flatten, hidden_layer, output_layer; name them so",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_wrong_plugin_fails_the_check(wrong: Wrong, case: Case) -> None:
    fails(wrong, case)


@pytest.mark.tensorflow
@pytest.mark.parametrize("case", IN_KERAS, ids=str)
def test_the_wrong_keras_plugin_fails_the_check(wrong: Wrong, case: Case) -> None:
    fails(wrong, case)


def test_every_check_has_its_wrong_plugin() -> None:
    names = {function.__name__.replace("_", "-") for function in models.CHECKS}
    assert names == {case.check for case in (*CASES, *IN_KERAS)}
