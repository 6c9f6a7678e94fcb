"""Trained models that answer wrongly: the check fails and says what to do."""

from __future__ import annotations

import pytest

from tests.testing.cases import INIT, MODEL, Case, case, fails
from tests.testing.conftest import Wrong
from zoo.testing.checks import behaviour

CASES = [
    case(
        "predictions",
        "numpy",
        (MODEL, "(powers / powers.sum(axis=1, keepdims=True)", "(powers"),
        text="; normalise them, or declare output='scores'",
    ),
    case(
        "predictions",
        "numpy",
        (MODEL, "return self._probabilities(inputs", "return np.nan * self._probabilities(inputs"),
        text="predict() gives NaN or infinities; subtract the largest score before exp()",
    ),
    case(
        "predictions",
        "numpy",
        (MODEL, "self.weights)\n\n    def act", "self.weights)[:, :9]\n\n    def act"),
        text=("predict() gives 9 columns for 10 classes; one for each class, also where there are two"),
    ),
    case(
        "predictions",
        "numpy",
        (MODEL, "return self._probabilities(inputs", "return 1.0 * len(self._probabilities(inputs"),
        (MODEL, "self.weights)\n\n    def act", "self.weights))\n\n    def act"),
        text=(
            "predict() failed for 50 tiny test images: model wrong: its forward(): expected "
            "float32 (50, classes), got float64 ()"
        ),
    ),
    case(
        "batches",
        "numpy",
        (MODEL, "scores = x @", "x = x - x.mean(axis=0)\n        scores = x @"),
        text=(
            "predict() answers otherwise for a single one than for the same within nine; an "
            "answer must not depend on its neighbours in the batch, nor on chance"
        ),
    ),
    case(
        "batches",
        "numpy",
        (MODEL, "    def forward(", "    def forward(self, x):\n        1 / (len(x) - 1)\n"),
        (
            MODEL,
            "        1 / (len(x) - 1)\n",
            "        1 / (len(x) - 1)\n        return self.f(x)\n\n    def f(",
        ),
        text=(
            "predict() failed for an empty batch: model wrong: its forward() failed: "
            "ZeroDivisionError: division by zero, in /"
        ),
    ),
    case(
        "evaluation",
        "numpy",
        (MODEL, "self.weights)\n\n    def act", "self.weights)[:, :9]\n\n    def act"),
        text="it cannot be evaluated: ",
    ),
    case(
        "offers",
        "numpy",
        (INIT, '"activations")', '"activations", "input-gradients")'),
        text=(
            "offers input-gradients, but UsageError: model wrong offers no input gradients; "
            "write it, or take 'input-gradients' out of spec.offers"
        ),
    ),
    case(
        "offers",
        "numpy",
        (INIT, '"activations")', '"activations", "convolutions")'),
        text=(
            "offers convolutions, but no weight is a kernel (height, width, channels, filters); write "
            "it, or take 'convolutions' out of spec.offers"
        ),
    ),
    case(
        "views",
        "numpy",
        (INIT, '("dense-first-layer", "activations")', '("activations",)'),
        text=(
            "weights, a default view, needs dense-first-layer, which wrong does not offer; "
            "correct spec.offers, spec.default_views or the model"
        ),
    ),
    case(
        "run",
        "numpy",
        (MODEL, "", "\n    def config(self) -> str:\n        raise RuntimeError('no')\n"),
        text="`zoo run wrong` fails: RuntimeError: no",
    ),
]

IN_KERAS = [
    case(
        "export",
        "keras",
        (MODEL, "import Input, Model, layers", "import Input, Model, layers, random"),
        (
            MODEL,
            "return Model(image, x)",
            (
                "noise = layers.Lambda(lambda t: t + 0.1 * random.uniform((1, 10)), "
                "name='noise')\n        return Model(image, noise(x))"
            ),
        ),
        text="; use layers",
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
    names = {function.__name__.replace("_", "-") for function in behaviour.CHECKS}
    assert names == {case.check for case in (*CASES, *IN_KERAS)}
