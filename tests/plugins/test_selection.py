"""Allow and block lists: applied before anything is imported."""

from __future__ import annotations

import sys

import pytest

from zoo.errors import InvalidValueError

ALL = {"good", "shared-one", "shared-two"}


@pytest.fixture
def three(install):
    install("good", distribution="Digit_Zoo")
    install("shared_one", distribution="one-distribution")
    install("shared_two", distribution="other-distribution")


@pytest.mark.parametrize(
    ("text", "loaded"),
    [
        ("", ALL),
        (" , ", ALL),
        ("none", {"good"}),
        ("shared-one", {"good", "shared-one"}),
        (" shared-one , shared-two,", ALL),
        ("One.Distribution", {"good", "shared-one"}),
        ("one-distribution/shared-one", {"good", "shared-one"}),
        ("-shared-one", {"good", "shared-two"}),
        ("-shared-one,-shared-two", {"good"}),
        ("-other_distribution", {"good", "shared-one"}),
        ("-other-distribution/shared-two", {"good", "shared-one"}),
        ("-good", {"shared-one", "shared-two"}),
        ("-digit-zoo", {"shared-one", "shared-two"}),
    ],
)
def test_row_38_lists_are_applied_before_import(three, found, text, loaded):
    catalogue = found(text)
    assert {p.name for p in catalogue.plugins if p.status == "ok"} == loaded
    blocked = {p.name: p.reason for p in catalogue.plugins if p.status == "blocked"}
    assert blocked == dict.fromkeys(ALL - loaded, "left out by ZOO_PLUGINS")
    for name in ALL:
        assert (name.replace("-", "_") in sys.modules) == (name in loaded)
    assert not [w for w in catalogue.warnings if "ZOO_PLUGINS:" in w]


@pytest.mark.parametrize("text", ["a,-b", "-a,b", "-", "-a,-"])
def test_mixed_lists_are_refused(found, text):
    with pytest.raises(InvalidValueError) as error:
        found(text)
    assert str(error.value) == (
        f"ZOO_PLUGINS: expected a list to allow (a,b), a list to block (-a,-b) or none, got {text!r}"
    )


def test_names_nobody_has_are_warned_of(three, found):
    assert found("-god,-zzz").warnings[:2] == (
        "ZOO_PLUGINS: no installed plugin is called 'god'; did you mean good?",
        "ZOO_PLUGINS: no installed plugin is called 'zzz'; installed: good, shared-one, shared-two",
    )
