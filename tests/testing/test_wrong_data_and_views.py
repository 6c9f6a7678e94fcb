"""Datasets and views that are wrong: the check fails and says what to do."""

from __future__ import annotations

import pytest

from tests.testing.cases import IMAGES, INIT, VIEW, Case, case, fails
from tests.testing.conftest import Wrong
from zoo.testing import check_plugin
from zoo.testing.checks import datasets, views

CASES = [
    case(
        "dataset-listed",
        "dataset",
        (INIT, 'loader="zoo_wrong.images:load"', "loader=None"),
        text=(
            "no registry lists wrong; write a registry.toml with a [[dataset]] of this name into "
            "the folder of the package, or name a loader"
        ),
    ),
    case(
        "dataset-loads",
        "dataset",
        (IMAGES, "] = 120", "] = 121"),
        text=(
            "the bytes of x_train, x_test are not those that sha256 pins; if they are as they "
            "should be, write sha256={'x_train': '"
        ),
    ),
    case(
        "dataset-loads",
        "dataset",
        (INIT, "counts=(500, 100)", "counts=(400, 100)"),
        text=(
            "zoo_wrong.images:load gives 500 and 100 images; if that is right, write "
            "counts=(500, 100) into the spec"
        ),
    ),
    case(
        "dataset-loads",
        "dataset",
        (IMAGES, '"y_test": labels[500:]', '"y_test": labels[501:]'),
        text=(
            "dataset wrong: y_test: expected as many labels as images (100), got 99; correct "
            "zoo_wrong.images:load"
        ),
    ),
    case(
        "dataset-loads",
        "dataset",
        (IMAGES, "images, labels = draw(600)", "images, labels = draw(600 / 0)"),
        text="zoo_wrong.images:load failed: ZeroDivisionError: division by zero",
    ),
    case(
        "dataset-splits",
        "dataset",
        (INIT, "import DatasetSpec", "import DatasetSpec, Split"),
        (
            INIT,
            "counts=(500, 100),",
            (
                "counts=(500, 100),\n"
                " splits=(Split(name='official', summary='a', train=('train[:400]',), "
                "test=('train[350:]',)),),"
            ),
        ),
        text="split official: 50 images are in train and in test; cut them apart",
    ),
    case(
        "view-resolves",
        "view",
        (INIT, "view:draw", "view:drawn"),
        text=(
            "draw: plugin wrong: zoo_wrong.view:drawn cannot be loaded: AttributeError: module "
            "'zoo_wrong.view' has no attribute 'drawn'; name it as 'module:function'"
        ),
    ),
    case(
        "view-draws",
        "view",
        (VIEW, "else 'training'}", "else 1 / 0}"),
        text=(
            "with part=train: PluginError: wrong: compute of plugin wrong failed: "
            "ZeroDivisionError: division by zero"
        ),
    ),
    case(
        "view-colours",
        "view",
        (
            VIEW,
            ("    return canvas.tiles(numbers.images, title=numbers.title, captions=numbers.captions)"),
            (
                "    sheet = canvas.figure(1, 1, title='x')\n"
                "    sheet.axes[0].imshow(numbers.images[0] - 0.5, cmap='RdBu')\n"
                "    return sheet.figure"
            ),
        ),
        text="; zoo.canvas draws it right",
    ),
    case(
        "view-numbers",
        "view",
        (VIEW, "@dataclass(frozen=True)", "@dataclass"),
        text="Means is not frozen, so that draw() could change it; write @dataclass(frozen=True)",
    ),
    case(
        "view-numbers",
        "view",
        (VIEW, 'alt=f"Mean image of each class over {count}: ', 'alt="means" or f"{count}'),
        text="alt is 'means'; write one sentence that tells the picture",
    ),
    case(
        "view-repeats",
        "view",
        (
            VIEW,
            "captions=captions,",
            "captions=captions[:-1] + (str(np.random.default_rng().random()),),",
        ),
        text=(
            "two drawings differ; draw random numbers from a seed that is a parameter, and leave "
            "out the clock"
        ),
    ),
]


@pytest.mark.parametrize(
    "change", [(INIT, "counts=(500, 100)", "counts=(400, 100)"), (IMAGES, "] = 120", "] = 121")]
)
def test_what_a_loader_gives_is_told_once_and_no_registry_is_named(
    wrong: Wrong, change: tuple[str, str, str]
) -> None:
    report = check_plugin(wrong("dataset", change))
    assert [result.id for result in report.having("failed")] == ["dataset-loads[wrong]"]
    assert "registry" not in report.having("failed")[0].text
    skipped = {result.id: result.text for result in report.having("skipped")}
    assert skipped["dataset-splits[wrong]"] == (
        "it is not what its spec says; the check dataset-loads tells more"
    )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_wrong_plugin_fails_the_check(wrong: Wrong, case: Case) -> None:
    fails(wrong, case)


def test_every_check_has_its_wrong_plugin() -> None:
    names = {function.__name__.replace("_", "-") for function in (*datasets.CHECKS, *views.CHECKS)}
    assert names == {case.check for case in CASES}
