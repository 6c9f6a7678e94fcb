"""What is wrong before any model of a plugin is used: the check fails and says what to do."""

from __future__ import annotations

import pytest

from tests.testing.cases import INIT, REGISTRY, Case, case, fails
from tests.testing.conftest import Wrong
from zoo.testing import check_plugin
from zoo.testing.checks import plugins
from zoo.testing.located import visible

RETURN = "    return [\n        ModelSpec("
"""The line of a hook that hands over its specs."""

PUBLISHED = (
    "schema = 1\n[[weights]]\nmodel = 'wrong'\npreset = 'default'\ndataset = 'mnist'\n"
    "tag = 'mine'\nfile = 'w.h5'\npath = 'w.h5'\nsize = 17\n"
    "sha256 = '0000000000000000000000000000000000000000000000000000000000000000'\n"
)

CASES = [
    case(
        "imports",
        "numpy",
        (INIT, "", "\nraise ValueError('not today')\n"),
        text="zoo_wrong: ValueError: not today; `zoo plugins check --debug` shows more",
    ),
    case(
        "imports",
        "numpy",
        (INIT, "def zoo_models", "def zoo_model"),
        text="zoo_wrong: zoo_model is no hook of the zoo; did you mean zoo_models?",
    ),
    case(
        "imports",
        "numpy",
        (INIT, RETURN, f"    return None\n{RETURN}"),
        text="zoo_wrong: zoo_models(): expected a list, got None",
    ),
    case(
        "imports",
        "numpy",
        (INIT, "            summary=", "            sumary="),
        text="unexpected keyword argument 'sumary'; did you mean summary?",
    ),
    case(
        "light-import",
        "numpy",
        (INIT, "from dataclasses", "import numpy\nfrom dataclasses"),
        text=(
            "zoo_wrong: importing it imports numpy, which makes every `zoo list` slow; import it "
            "inside the functions that use it, or in another module that the spec names by a "
            "string"
        ),
    ),
    case(
        "light-import",
        "numpy",
        (INIT, RETURN, f"    import h5py\n{RETURN}"),
        text=(
            "zoo_wrong: calling its hooks imports numpy, h5py, which makes every `zoo list` "
            "slow; import it inside the functions that use it, or in another module that the "
            "spec names by a string"
        ),
    ),
    case(
        "light-import",
        "numpy",
        (INIT, "", "\nimport os, sys\nif 'pytest' not in sys.modules:\n    raise OSError(9)\n"),
        text=(
            "zoo_wrong cannot be imported in a process of its own: OSError: 9; whatever it needs "
            "belongs into its dependencies"
        ),
    ),
    case(
        "clean-stdout",
        "numpy",
        (INIT, "", "\nprint('hello')\n"),
        text="zoo_wrong prints 'hello', and stdout is for results; take the print away, or log it",
    ),
    case(
        "clean-stdout",
        "numpy",
        (INIT, RETURN, f"    import os\n    os.write(1, b'raw')\n{RETURN}"),
        text="zoo_wrong prints 'raw', and stdout is for results; take the print away, or log it",
    ),
    case(
        "spec-fields",
        "numpy",
        (INIT, 'task="classification"', 'task="guessing"'),
        text=("model 'wrong': task: expected one of binary, classification, generation, got 'guessing'"),
    ),
    case(
        "spec-fields",
        "numpy",
        (INIT, RETURN, "    return ['a model', \n        ModelSpec("),
        text="zoo_models(): expected ModelSpec items, got 'a model'",
    ),
    case(
        "spec-fields",
        "dataset",
        (INIT, "sha256={", "sha256={} and {"),
        text=(
            "dataset 'wrong': sha256: expected the hash of each of x_train, y_train, x_test, "
            "y_test, got none; those of its arrays are {'x_train': '936ae5e5"
        ),
    ),
    case(
        "names",
        "numpy",
        (INIT, 'name="wrong"', 'name="Wrong_Model"'),
        text=(
            "model 'Wrong_Model': name: expected a name of at most 40 characters: lower case, "
            "digits, single hyphens, got 'Wrong_Model'"
        ),
    ),
    case(
        "names",
        "numpy",
        (INIT, 'name="wrong"', 'name="mlp"'),
        text=("model 'mlp': the zoo itself has one of this name, which hides this one; choose another"),
    ),
    case(
        "names",
        "numpy",
        ("../pyproject.toml", 'wrong = "zoo_wrong"', 'none = "zoo_wrong"'),
        text="entry point 'none': ZOO_PLUGINS means something else by it; choose another",
    ),
    case(
        "names",
        "dataset",
        (INIT, 'name="wrong"', 'name="auto"'),
        text=(
            "dataset 'auto': name: expected another word than auto, which has a meaning of its own, "
            "got 'auto'"
        ),
    ),
    case(
        "names",
        "numpy",
        ("../pyproject.toml", 'wrong = "zoo_wrong"', 'Wrong_1 = "zoo_wrong"'),
        text="entry point 'Wrong_1': write it in lower case with single hyphens",
    ),
    case(
        "references",
        "numpy",
        (INIT, '"confusion"', '"confusoin"'),
        text=("model wrong: default_views: no plugin offers a view 'confusoin'; did you mean confusion"),
    ),
    case(
        "references",
        "numpy",
        (INIT, 'datasets=("mnist", "digits")', 'datasets=("zzz",)'),
        text="model wrong: datasets: no plugin offers a dataset 'zzz'; correct it, or leave it out",
    ),
    case(
        "references",
        "view",
        (INIT, 'needs=("data",)', 'needs=("dta",)'),
        text="view wrong: needs: no installed model offers 'dta'; did you mean data",
    ),
    case(
        "references",
        "numpy",
        (INIT, '"activations")', '"activation")'),
        text=(
            "model wrong: offers: there is no capability 'activation', and no view needs it; did "
            "you mean activations?"
        ),
    ),
    case(
        "registry",
        "numpy",
        (REGISTRY, "", PUBLISHED),
        text=(
            "w.h5: there is no file at its path, and it has no urls; correct these entries of "
            "registry.toml"
        ),
    ),
    case(
        "registry",
        "numpy",
        (REGISTRY, "", "schema = 1\n[[weights]]\nmodel = 'wrong'\n"),
        text=(
            "registry of plugin wrong (zoo-wrong 0.1.0): [[weights]] 1: object missing required "
            "field `preset`; correct these entries of registry.toml"
        ),
    ),
    case(
        "registry",
        "numpy",
        (
            REGISTRY,
            "",
            (
                "schema = 1\n[[weights]]\nmodel = 'digit-zoo/mlp'\npreset = 'default'\n"
                "dataset = 'mnist'\ntag = 'mine'\nfile = 'a.h5'\nsize = 9\n"
                "sha256 = '0000000000000000000000000000000000000000000000000000000000000000'\n"
            ),
        ),
        text=(
            "registry of plugin wrong (zoo-wrong 0.1.0): model 'digit-zoo/mlp': expected one "
            "that zoo-wrong offers; it is left out; correct these entries of registry.toml"
        ),
    ),
]


def test_capabilities_of_ones_own_are_right(wrong: Wrong) -> None:
    """A model may offer what no view needs, and a view may need what an installed model offers."""
    folder = wrong("view", (INIT, 'needs=("data",)', 'needs=("data", "ripples")'))
    folder = folder.rename(folder.with_name("a-view"))
    report = check_plugin(folder, only=["references"])
    assert "no installed model offers 'ripples'; known: activations, binary, " in report.results[0].text
    model = wrong("numpy", (INIT, '"activations")', '"activations", "ripples")'))
    assert check_plugin(model, only=["references"]).conforms
    model = model.rename(model.with_name("a-model"))
    toml = (model / "pyproject.toml").read_text(encoding="utf-8")
    toml = toml.replace("zoo-wrong", "zoo-other").replace('wrong = "zoo_wrong"', 'other = "zoo_other"')
    (model / "pyproject.toml").write_text(toml, encoding="utf-8")
    (model / "zoo_wrong").rename(model / "zoo_other")
    with visible(model):
        assert check_plugin(folder, only=["references"]).conforms


def test_a_file_that_is_downloaded_need_not_be_there(wrong: Wrong) -> None:
    elsewhere = PUBLISHED + "urls = ['https://example.org/w.h5']\n"
    assert check_plugin(wrong("numpy", (REGISTRY, "", elsewhere)), only=["registry"]).conforms


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_wrong_plugin_fails_the_check(wrong: Wrong, case: Case) -> None:
    fails(wrong, case)


def test_every_check_has_its_wrong_plugin() -> None:
    names = {function.__name__.replace("_", "-") for function in plugins.CHECKS}
    assert names == {case.check for case in CASES}
