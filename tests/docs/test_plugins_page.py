"""What the documents say of plugins: commands exist, tables are those of the kit, examples conform."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import numpy as np
import pytest

from tests.docs.pages import BESIDE, PAGES, ROOT, blocks, prose, table, text_of
from zoo.cli.wiring import cli
from zoo.data.idx import FILES, read_idx
from zoo.testing import check_plugin, dataset_entry, fixtures
from zoo.testing.checks import behaviour, datasets, models, plugins, views

EXAMPLES = sorted(path.parent for path in (ROOT / "docs" / "examples").glob("*/pyproject.toml"))


def test_the_table_of_checks_is_that_of_the_kit() -> None:
    subjects = [
        ("the plugin", plugins),
        ("each model", models),
        ("each model", behaviour),
        ("each dataset", datasets),
        ("each view", views),
    ]
    assert table("reference/testing.md", "checks") == [
        [
            f"`{function.__name__.replace('_', '-')}`",
            subject,
            str(function.__doc__).strip().partition("\n")[0],
        ]
        for subject, module in subjects
        for function in module.CHECKS
    ]


def test_the_table_of_fixtures_is_complete() -> None:
    assert sorted(name.strip("`") for name, _ in table("reference/testing.md", "fixtures")) == sorted(
        fixtures.__all__
    )


def commands() -> list[str]:
    """Every ``zoo …`` that a page shows, in a block or in a line of text."""
    found = set()
    for page in [*PAGES, *BESIDE]:
        if page.name in ("help.md", "gallery.md", "CHANGELOG.md"):
            continue  # written by a program, or about the past
        text = page.read_text(encoding="utf-8")
        typed = [
            line for info, body in blocks(text) if info in ("sh", "bat") for line in body.splitlines()
        ]
        typed = [command for line in typed for command in re.split(r"&&|[#>|]", line)]
        typed += re.findall(r"`(zoo [^`]+)`", prose(text))
        found |= {" ".join(line.split()) for line in typed if line.strip().startswith("zoo ")}
    return sorted(found)


@pytest.mark.parametrize("line", commands())
def test_every_command_exists_with_its_options(line: str) -> None:
    command: click.Command = cli
    context = click.Context(cli)
    words = shlex.split(line)[1:]
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words.pop(0))
        assert found is not None, line
        command = found
    context = click.Context(command)
    known = {option for parameter in command.get_params(context) for option in parameter.opts}
    if isinstance(command, click.Group):  # the bare noun lists
        listing = command.get_command(context, "list")
        assert listing is not None
        known |= {option for parameter in listing.get_params(context) for option in parameter.opts}
    if "visualize" not in line:  # its other options are those of the view
        assert {word for word in words if word.startswith("--")} <= known, line


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_each_example_is_under_forty_lines(folder: Path) -> None:
    package = folder / folder.name.replace("-", "_")
    lines = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in package.rglob("*.py"))
    assert lines < 40


def test_the_pages_say_how_many_lines_the_first_plugin_has() -> None:
    package = ROOT / "docs" / "examples" / "zoo-slim-cnn" / "zoo_slim_cnn"
    lines = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in package.glob("*.py"))
    for page in ("plugins.md", "tutorial/first-plugin.md"):
        assert f"{lines} lines of Python" in " ".join(text_of(page).split())


def test_the_dataset_example_passes_every_check() -> None:
    report = check_plugin(ROOT / "docs" / "examples" / "zoo-garments")
    assert report.having("failed") == ()
    assert {result.id for result in report.having("passed")} >= {
        "registry[garments]",
        "dataset-listed[garments]",
        "dataset-loads[garments]",
    }


@pytest.mark.tensorflow
def test_the_model_example_passes_every_check() -> None:
    report = check_plugin(ROOT / "docs" / "examples" / "zoo-slim-cnn")
    assert report.having("failed") == ()


def test_the_images_of_the_dataset_example_are_those_its_script_draws(tmp_path: Path) -> None:
    folder = ROOT / "docs" / "examples" / "zoo-garments"
    script: dict[str, object] = {"__file__": str(folder / "make_data.py"), "__name__": "make_data"}
    exec((folder / "make_data.py").read_text(encoding="utf-8"), script)
    script["write"](tmp_path)  # type: ignore[operator]
    for array, file in FILES.items():
        drawn, kept = (
            read_idx((place / f"{file}.gz").read_bytes(), array, thing=file)
            for place in (tmp_path, folder / "zoo_garments" / "data")
        )
        assert np.array_equal(drawn, kept)
    data = folder / "zoo_garments" / "data"
    entry = dataset_entry(data, name="garments", path="data", prefix="garments-", whole=True)
    registry = (folder / "zoo_garments" / "registry.toml").read_text(encoding="utf-8")
    assert registry == entry
