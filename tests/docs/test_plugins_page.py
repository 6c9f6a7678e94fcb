"""docs/plugins.md: its code is that of real files, its tables are those of the code."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import numpy as np
import pytest

from zoo.cli.wiring import cli
from zoo.data.idx import FILES, read_idx
from zoo.testing import check_plugin, dataset_entry, fixtures
from zoo.testing.checks import behaviour, datasets, models, plugins, views

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
EXAMPLES = sorted(path.parent for path in (ROOT / "docs" / "examples").glob("*/pyproject.toml"))
INCLUDED = re.findall(
    r"^<!-- (all|part) of (\S+) -->\n```\w+\n(.*?)\n```$", PAGE, re.MULTILINE | re.DOTALL
)


@pytest.mark.parametrize(("share", "name", "code"), INCLUDED, ids=[name for _, name, _ in INCLUDED])
def test_included_code_is_that_of_the_file(share: str, name: str, code: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    if share == "all":
        assert code == text.rstrip("\n")
    else:
        assert f"\n{code}\n" in f"\n{text}\n"


def test_no_include_is_overlooked() -> None:
    assert len(INCLUDED) == len(re.findall(r"^<!-- (?:all|part) of", PAGE, re.MULTILINE)) >= 10


def rows(title: str) -> list[list[str]]:
    table = PAGE.partition(f"<!-- {title} -->\n")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_the_table_of_checks_is_that_of_the_kit() -> None:
    subjects = [
        ("the plugin", plugins),
        ("each model", models),
        ("each model", behaviour),
        ("each dataset", datasets),
        ("each view", views),
    ]
    assert rows("checks") == [
        [
            f"`{function.__name__.replace('_', '-')}`",
            subject,
            str(function.__doc__).strip().partition("\n")[0],
        ]
        for subject, module in subjects
        for function in module.CHECKS
    ]


def test_the_table_of_fixtures_is_complete() -> None:
    assert sorted(name.strip("`") for name, _ in rows("fixtures")) == sorted(fixtures.__all__)


def commands() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    typed = [line.partition("#")[0].partition(">")[0] for block in blocks for line in block.splitlines()]
    typed += re.findall(r"`(zoo [^`]+)`", PAGE)
    return sorted({line.strip() for line in typed if line.startswith("zoo ")})


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


def test_the_page_says_how_many_lines_the_first_plugin_has() -> None:
    package = ROOT / "docs" / "examples" / "zoo-slim-cnn" / "zoo_slim_cnn"
    lines = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in package.glob("*.py"))
    assert f"it has {lines}\nlines of Python" in PAGE


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
    entry = dataset_entry(folder / "zoo_garments" / "data", name="garments", path="data")
    registry = (folder / "zoo_garments" / "registry.toml").read_text(encoding="utf-8")
    assert registry == f"schema = 1\n{entry}"
