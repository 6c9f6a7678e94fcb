"""Entries are added to registry files while everything else in them stays."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.errors import IntegrityError, ZooError
from zoo.registry import bundled_registry
from zoo.registry.editing import put_entry

ENTRY = {"model": "mlp", "tag": "new", "default": True, "published": {"accuracy": 0.9781}}
TABLE = """[[weights]]
model = "mlp"
tag = "new"
default = true
published = { accuracy = 0.9781 }
"""
FILE = """# what a class shares
schema = 1

[[weights]]
# the first one
model = "mlp"
tag = "old"  # as it was
default = true  # for now
urls = [
  "https://example.org/a.h5",
]
[weights.published]
accuracy = 0.9

# the dataset
[[dataset]]
name = "paper"
"""


def put(text: str, **facts) -> str:
    return put_entry(text.encode(), ENTRY, origin="r.toml", **facts).decode()


def test_a_new_registry():
    assert put("") == (
        "# Published weights, for `zoo --registry`; written by `zoo publish`.\nschema = 1\n\n" + TABLE
    )


def test_an_entry_is_appended_and_nothing_else_changes():
    assert put(FILE) == FILE + "\n" + TABLE
    assert put(FILE.rstrip("\n")) == FILE + "\n" + TABLE


def test_an_entry_that_is_the_default_no_longer_keeps_its_comments():
    edited = put(FILE, lowers=[0])
    assert edited == FILE.replace("true  # for now", "false  # for now") + "\n" + TABLE


def test_an_entry_takes_the_place_of_another_with_all_its_parts():
    expected = "# what a class shares\nschema = 1\n\n  # the first one\n" + TABLE
    expected = expected.replace("  # the first", "# the first")
    assert put(FILE, replaces=0) == expected + '\n# the dataset\n[[dataset]]\nname = "paper"\n'


def test_line_ends_stay():
    edited = put(FILE.replace("\n", "\r\n"))
    assert edited == (FILE + "\n" + TABLE).replace("\n", "\r\n")


def test_the_bundled_registry_can_be_edited():
    text = bundled_registry().read_text(encoding="utf-8")
    count = len(tomllib.loads(text)["weights"])
    edited = put(text, replaces=count - 1, lowers=range(count - 1))
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert [line for line in edited.splitlines() if line.startswith("#")] == comments
    assert tomllib.loads(edited)["weights"][-1] == ENTRY
    assert tomllib.loads(edited)["dataset"] == tomllib.loads(text)["dataset"]
    assert "default = true" not in edited.replace(TABLE, "")


@pytest.mark.parametrize(
    "text",
    [
        'schema = 1\nweights = [{ model = "mlp" }]\n',
        'schema = 1\n[["weights"]]\nmodel = "mlp"\n',
        'schema = 1\n[[weights]]\n"default" = true\n',
        'schema = 1\nweights = "none"\n',
    ],
)
def test_a_layout_that_cannot_be_edited_is_refused(text):
    with pytest.raises(ZooError) as caught:
        put(text, lowers=[0] if "default" in text else [])
    assert str(caught.value) == (
        "registry r.toml: expected a layout that can be edited, with [[weights]] tables, "
        "got another one; write each entry as a [[weights]] table of its own"
    )


def test_what_is_no_toml_is_said_with_its_line():
    with pytest.raises(IntegrityError, match=r"^registry r\.toml, line 2: expected TOML"):
        put("schema = 1\n[[weights]\n")


texts = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=20)
keys = st.sampled_from(["model", "tag", "summary", "note-1"])
tables = st.lists(st.dictionaries(keys, texts, min_size=1), max_size=4)


@given(tables, st.data())
def test_any_entry_of_any_registry_can_be_replaced(listed, data):
    text = ""
    for number, table in enumerate(listed):
        text = put_entry(text.encode(), table, origin="r").decode()
        text += f"\n# after {number}\n"
    place = data.draw(st.none() | st.sampled_from(range(len(listed)))) if listed else None
    edited = tomllib.loads(put(text, replaces=place))
    if place is None:
        assert edited["weights"] == [*listed, ENTRY]
    else:
        assert edited["weights"] == [ENTRY if n == place else t for n, t in enumerate(listed)]
    for number in range(len(listed)):
        assert f"# after {number}\n" in put(text, replaces=place)
