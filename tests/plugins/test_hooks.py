"""Hooks that were meant and are not: row 35; api versions are in test_discovery and test_checks."""

from __future__ import annotations

import pytest

from zoo.errors import PluginError


def test_row_35_misspelt_hooks_and_wrong_signatures_are_named(install, found):
    install("misspelt")
    (plugin,) = found().plugins
    assert plugin.status == "partial"
    assert plugin.views == ("survivor",)
    assert plugin.hooks == ("zoo_views",)
    assert [(p.stage, p.text) for p in plugin.problems] == [
        ("hook", "zoo_dataset is no hook of the zoo; did you mean zoo_datasets?"),
        ("hook", "zoo_modles is no hook of the zoo; did you mean zoo_models?"),
        ("hook", "zoo_views: expected no arguments, got (catalogue)"),
    ]


def test_row_35_strict_makes_it_an_error(install, found):
    install("misspelt")
    with pytest.raises(PluginError, match="zoo_modles is no hook of the zoo; did you mean zoo_models"):
        found(strict=True)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (
            "def zoo_models(): return []",
            "zoo_models is not marked with @zoo.hookimpl, so it is never called",
        ),
        ("def helper(): return []", "it offers nothing: no function of it is marked with @zoo.hookimpl"),
        ("zoo_models = []", "it offers nothing: no function of it is marked with @zoo.hookimpl"),
        (
            "from zoo.hookspecs import zoo_models",
            "it offers nothing: no function of it is marked with @zoo.hookimpl",
        ),
        ("@zoo.hookimpl\ndef zoo_models(*, n): return []", "zoo_models: expected no arguments, got (n)"),
        (
            "@zoo.hookimpl\ndef views(): return []",
            "views is no hook of the zoo; did you mean zoo_views?",
        ),
        (
            "@zoo.hookimpl\ndef unrelated(): return []",
            "unrelated is no hook of the zoo; hooks: zoo_models, zoo_datasets, zoo_views",
        ),
        (
            "@zoo.hookimpl(wrapper=True)\ndef zoo_models():\n    return (yield)",
            "zoo_models: a wrapper has nothing to wrap, as each plugin is called alone; return a list",
        ),
    ],
)
def test_row_35_each_kind_of_slip(install, found, code, text):
    install("slip", source=f"import zoo\n{code}\n")
    (plugin,) = found().plugins
    assert (plugin.status, plugin.stage, plugin.reason) == ("failed", "hook", text)


@pytest.mark.parametrize("arguments", ["", "n=3", "*rest", "**rest"])
def test_arguments_that_need_no_value_are_fine(install, found, arguments):
    install("fine", source=f"import zoo\n@zoo.hookimpl\ndef zoo_models({arguments}): return []\n")
    (plugin,) = found().plugins
    assert (plugin.status, plugin.hooks, plugin.reason) == ("ok", ("zoo_models",), "")


def test_hooks_that_cannot_be_read(install, found):
    source = "class P:\n    def __dir__(self):\n        raise ValueError('closed')\nplugin = P()\n"
    install("closed", source=source, entries="closed = closed:plugin")
    (plugin,) = found().plugins
    assert plugin.reason == "its hooks cannot be read: ValueError: closed"
