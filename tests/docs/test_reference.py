"""docs/reference: nothing public is missing, and every table says what the code says."""

from __future__ import annotations

import ast
import inspect
import json
import re
import types
import typing
from pathlib import Path
from typing import Any

import msgspec
import pytest

import zoo
from tests.docs.pages import DOCS, directives, table, text_of
from zoo import canvas, descent, errors, hookspecs, imaging, testing
from zoo.parameters import describe
from zoo.registry import tables
from zoo.registry.reading import LIST_LIMIT
from zoo.registry.toml import SIZE_LIMIT
from zoo.settings import Settings
from zoo.specs import API_VERSION, NAME_LIMIT, Recipe
from zoo.views import capabilities

REFERENCE = sorted(path.relative_to(DOCS).as_posix() for path in (DOCS / "reference").glob("*.md"))
DESCRIBED = {name for page in REFERENCE for _, name in directives(page)}

ROOMS = {"network", "folders", "artifacts", "obtain"}
"""Of `zoo.Zoo`, for the zoo's own rooms: they take and return what is not public."""


def members(page: str, name: str) -> set[str]:
    """Return what the directive of a class lists behind ``:members:``."""
    options = re.search(
        rf"^\.\. autoclass:: {re.escape(name)}\n((?: +.*\n)+)", text_of(page), re.MULTILINE
    )
    assert options
    listed = re.search(r":members:((?:.|\n)*?)(?=\n *:|\n\n|\n```|\Z)", options[1] + "\n\n")
    assert listed
    return set(re.findall(r"\w+", listed[1]))


def test_every_public_name_is_described() -> None:
    described = {name.removeprefix("zoo.") for name in DESCRIBED if name.count(".") == 1}
    described |= {name for name in ("__version__",) if f"`zoo.{name}`" in text_of("reference/python.md")}
    # Not imported from `zoo`, and said to be so: the kit has its own page.
    assert described - {"testing"} == set(zoo.__all__)


@pytest.mark.parametrize(
    ("module", "prefix"),
    [(imaging, "zoo.imaging."), (descent, "zoo.descent."), (testing, "zoo.testing.")],
)
def test_every_name_of_a_public_module_is_described(module: types.ModuleType, prefix: str) -> None:
    found = {name.removeprefix(prefix) for name in DESCRIBED if name.startswith(prefix)}
    assert found == set(module.__all__)


def test_every_name_of_the_canvas_is_described() -> None:
    page = text_of("reference/views.md")
    found = {name.removeprefix("zoo.canvas.") for name in DESCRIBED if name.startswith("zoo.canvas.")}
    found |= set(re.findall(r"`canvas\.(\w+)`", page.partition("| constant |")[2].partition("\n\n")[0]))
    assert found == set(canvas.__all__)


def test_every_method_of_the_zoo_is_described() -> None:
    public = {name for name in dir(zoo.Zoo) if not name.startswith("_")}
    assert members("reference/python.md", "zoo.Zoo") == public - ROOMS


def test_the_hooks_are_described_with_their_arguments() -> None:
    expected = []
    for name in hookspecs.HOOKS:
        hook = getattr(hookspecs, name)
        arguments = ", ".join(f"`{argument}`" for argument in inspect.signature(hook).parameters)
        returned = str(hook.__annotations__["return"]).removeprefix("list[").removesuffix("]")
        expected.append([f"`{name}`", arguments or "none", f"a list of `zoo.{returned}`"])
    assert table("reference/hooks.md", "hooks") == expected
    assert {f"zoo.hookspecs.{name}" for name in hookspecs.HOOKS} <= DESCRIBED


@pytest.mark.parametrize("spec", [zoo.ModelSpec, zoo.DatasetSpec, zoo.ViewSpec])
def test_every_field_of_a_spec_is_described(spec: Any) -> None:
    said = re.findall(r"^ +(\w+(?:, \w+)*): ", str(spec.__doc__), re.MULTILINE)
    assert {name for names in said for name in names.split(", ")} >= set(spec.__dataclass_fields__)


def test_the_recipe_is_that_of_the_code() -> None:
    assert table("reference/specs.md", "recipe") == [
        [f"`{p.name}`", f"`{p.kind.__name__}`", f"`{p.default}`", p.allowed(), p.help]
        for p in describe(Recipe)
    ]
    assert f"{NAME_LIMIT} characters at most" in text_of("reference/specs.md")


@pytest.mark.parametrize(
    ("title", "known"),
    [
        ("offered", capabilities.OFFERED),
        ("following", capabilities.FOLLOWING),
        ("from-the-run", capabilities.FROM_THE_RUN),
    ],
)
def test_what_views_may_need_is_that_of_the_code(title: str, known: dict[str, str]) -> None:
    assert table("reference/views.md", title) == [[f"`{name}`", words] for name, words in known.items()]


WORDS = {str: "text", int: "integer", bool: "truth", float: "number", list: "list", dict: "table"}


def word(kind: Any) -> str:
    """Say a type as the pages say it: ``list of texts``."""
    origin, inner = (
        typing.get_origin(kind),
        [a for a in typing.get_args(kind) if a is not types.NoneType],
    )
    if origin in (typing.Union, types.UnionType):
        return word(inner[0])
    if origin in (list, dict):
        return f"{WORDS[origin]} of {word(inner[-1])}s"
    return WORDS.get(kind, "table")


@pytest.mark.parametrize(
    "struct",
    [
        tables.WeightsTable,
        tables.DatasetTable,
        tables.ArrayTable,
        tables.ContainerTable,
        tables.FileTable,
    ],
)
def test_the_keys_of_a_registry_are_those_of_the_code(struct: type[msgspec.Struct]) -> None:
    hints = typing.get_type_hints(struct)
    expected = []
    for field in msgspec.structs.fields(struct):
        default = "" if field.required else field.default
        if field.default_factory is not msgspec.NODEFAULT:
            default = field.default_factory()
        shown = "none" if default is None else f"`{json.dumps(default)}`"
        expected.append([f"`{field.name}`", word(hints[field.name]), "" if field.required else shown])
    assert [row[:3] for row in table("reference/registry.md", struct.__name__)] == expected
    assert all(row[3] for row in table("reference/registry.md", struct.__name__))


def test_the_limits_of_a_registry_are_those_of_the_code() -> None:
    page = text_of("reference/registry.md")
    assert f"{SIZE_LIMIT:,} bytes" in page
    assert f"at most {LIST_LIMIT} |" in page


def test_the_settings_are_those_of_the_code() -> None:
    rows = table("reference/environment.md", "settings")
    fields = Settings.__dataclass_fields__
    assert [row[0].strip("`").removeprefix("ZOO_").lower() for row in rows] == list(fields)
    settings = Path(inspect.getfile(Settings)).read_text(encoding="utf-8")
    assert {row[0].strip("`") for row in rows} == set(re.findall(r"ZOO_[A-Z_]+", settings))
    for variable, option, default, _ in rows:
        field = variable.strip("`").removeprefix("ZOO_").lower()
        value = "1" if fields[field].type in ("bool", "int") else f"/{field}"
        usual = Settings.from_environment({"ZOO_HOME": "/"})
        changed = Settings.from_environment({"ZOO_HOME": "/", variable.strip("`"): value})
        assert getattr(changed, field) != getattr(usual, field), variable
        if fields[field].type in ("bool", "int"):
            assert default == f"`{int(getattr(usual, field))}`"
        if option:
            assert option.strip("`") in text_of("reference/help.md")


LIBRARIES = {"HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "COLUMNS"}
"""Variables that are read for us, by urllib and shutil."""


NOT_READ = {
    *("ZOO_", "PYTHON", "HDF5_", "ERROR", "SIGPROF", "CREATE_NO_WINDOW", "GPU"),  # no variables
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "HDF5_PLUGIN_PRELOAD"),
}
"""Those of the second row are set for the child process that examines files."""


def test_every_variable_that_is_read_is_described() -> None:
    found = set()
    for path in Path(zoo.__file__).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "environ" in text:
            found |= {
                node.value
                for node in ast.walk(ast.parse(text))
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch(r"[A-Z][A-Z0-9_]+", node.value)
            }
    names = {
        name
        for title in ("settings", "others")
        for row in table("reference/environment.md", title)
        for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", row[0])
    }
    assert names - LIBRARIES == found - NOT_READ - LIBRARIES
    assert names > LIBRARIES


def test_the_exit_codes_are_those_of_the_code() -> None:
    rows = table("reference/exit-codes.md", "exit-codes")
    assert {int(row[0]): row[1] for row in rows} == errors.EXIT_CODES
    for code, _, classes, *_ in rows:
        named = set(re.findall(r"`zoo\.(\w+)`", classes))
        assert named == {
            name
            for name in zoo.__all__
            if name.endswith("Error") and str(getattr(zoo, name).exit_code) == code
        }


def test_the_versions_are_those_of_the_code() -> None:
    from zoo.api.running import SCHEMA as JSON_SCHEMA
    from zoo.registry.tables import SCHEMA as REGISTRY_SCHEMA
    from zoo.specs import Provenance

    rows = {row[0]: row[2] for row in table("explanation/stability.md", "versions")}
    provenance = Provenance.__dataclass_fields__["schema"].default
    assert rows == {
        "api": str(API_VERSION),
        "registry schema": str(REGISTRY_SCHEMA),
        "JSON schema": str(JSON_SCHEMA),
        "provenance schema": str(provenance),
    }
