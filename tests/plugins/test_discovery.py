"""Discovery with real distributions: rows 31, 33 and 34 of the fault table, and what works."""

from __future__ import annotations

import importlib.metadata
import sys

import pytest

import zoo
from zoo.errors import InvalidValueError, PluginError, UnknownNameError


def status(catalogue):
    return {plugin.name: plugin.status for plugin in catalogue.plugins}


def reason(catalogue, name):
    return next(plugin.reason for plugin in catalogue.plugins if plugin.name == name)


def test_nothing_installed(found):
    assert found().plugins == ()
    assert found().models == ()
    with pytest.raises(UnknownNameError, match=r"^unknown model 'mlp'; there is no model at all$"):
        found().model("mlp")


def test_good_plugin(install, found, site):
    install("good", version="2.5")
    catalogue = found()
    (plugin,) = catalogue.plugins
    assert catalogue.warnings == ()
    assert (plugin.name, plugin.module, plugin.distribution, plugin.version) == (
        "good",
        "good",
        "good",
        "2.5",
    )
    assert (plugin.status, plugin.stage, plugin.reason, plugin.problems) == ("ok", "", "", ())
    assert plugin.hooks == ("zoo_models", "zoo_datasets", "zoo_views")
    assert (plugin.models, plugin.datasets, plugin.views) == (("good",), ("good-data",), ("good-view",))
    assert plugin.registry == site / "good" / "registry.toml"
    assert plugin.heavy == ()
    assert plugin.label == "good (good 2.5)"
    assert plugin.warning() == ""
    offer = catalogue.model("good")
    assert offer.spec.name == offer.name == "good"
    assert offer.full_name == "good/good"
    assert offer.plugin is plugin
    assert catalogue.model("good/good") is offer
    assert catalogue.dataset("good-data").spec.counts == (60, 10)
    assert catalogue.view("good-view").spec.frames == "unit"


def test_only_the_kinds_that_are_asked_for(install, found):
    install(
        "asked",
        source=(
            "import zoo\n"
            "@zoo.hookimpl\n"
            "def zoo_views(): raise ValueError('called')\n"
            "@zoo.hookimpl\n"
            "def zoo_datasets(): return []\n"
        ),
    )
    (plugin,) = found(kinds=("model", "dataset")).plugins
    assert (plugin.status, plugin.hooks) == ("ok", ("zoo_datasets", "zoo_views"))
    (plugin,) = found().plugins
    assert plugin.reason == "zoo_views(): ValueError: called"


def test_what_was_not_asked_for_may_still_be_there(install, found):
    """A plugin with a misspelt hook and views is incomplete, not lost, before its views are read."""
    install(
        "asked",
        source=(
            "import zoo\n"
            "@zoo.hookimpl\n"
            "def zoo_views(): return []\n"
            "@zoo.hookimpl\n"
            "def zoo_model(): return []\n"
        ),
    )
    (plugin,) = found(kinds=("model",)).plugins
    assert plugin.status == "partial"


def test_row_31_broken_plugins_leave_the_others_alone(install, found):
    install("raises_on_import", version="0.3")
    install("exits")
    install("broken_syntax", source="import zoo\ndef zoo_models(:\n")
    install("good")
    install("no_attribute", entries="no-attribute = good:missing.thing")
    install("no_module", entries="no-module = there_is_no_such_module")
    catalogue = found()
    assert status(catalogue) == {
        "broken-syntax": "failed",
        "exits": "failed",
        "good": "ok",
        "no-attribute": "failed",
        "no-module": "failed",
        "raises-on-import": "failed",
    }
    assert {p.stage for p in catalogue.plugins if p.status == "failed"} == {"import"}
    assert reason(catalogue, "raises-on-import") == (
        "ValueError: the moon is not full and this is a second line"
    )
    assert reason(catalogue, "exits") == "it called sys.exit(3)"
    assert reason(catalogue, "broken-syntax").startswith("SyntaxError: ")
    assert "broken_syntax.py, line 2" in reason(catalogue, "broken-syntax")
    assert (
        reason(catalogue, "no-attribute") == "AttributeError: module 'good' has no attribute 'missing'"
    )
    assert reason(catalogue, "no-module") == (
        "ModuleNotFoundError: No module named 'there_is_no_such_module'"
    )
    assert len(catalogue.warnings) == 5
    assert catalogue.warnings[-1] == (
        "plugin raises-on-import (raises-on-import 0.3) failed at import: ValueError: the moon is not "
        "full and this is a second line; see `zoo plugins`, or leave it out with "
        "ZOO_PLUGINS=-raises-on-import"
    )
    failed = next(plugin for plugin in catalogue.plugins if plugin.name == "raises-on-import")
    assert "raises_on_import/__init__.py" in failed.traceback.replace("\\", "/")
    assert [offer.spec.name for offer in catalogue.models] == ["good"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("= good", "= good"),
        ("nonsense", "nonsense"),
        ("bad = not a module!", "bad = not a module!"),
        ("bad = good:", "bad = good:"),
        ("a b = good", "a b = good"),
        ("bad =", "bad ="),
        ("bad\x1b = good", "bad\N{REPLACEMENT CHARACTER} = good"),
    ],
)
def test_row_31_garbage_entry_point(install, found, line, shown):
    install("good", entries=f"{line}\n# a comment\nfine = good [extra]\n")
    catalogue = found()
    broken, fine = sorted(catalogue.plugins, key=lambda plugin: plugin.status)
    assert fine.status == "ok"
    assert broken.status == "failed"
    assert broken.reason == (
        f"entry point: expected 'name = module' or 'name = module:object', got {shown!r}"
    )


@pytest.mark.parametrize("value", ["...", "good..x", "0", "good:__doc__", "good:zoo_models"])
def test_row_31_entry_point_of_something_else(install, found, value):
    install("good", entries=f"odd = {value}")
    (plugin,) = found().plugins
    assert plugin.status == "failed"
    assert plugin.reason


def test_row_31_an_object_may_be_the_plugin(install, found):
    source = (
        "import zoo\n"
        "class Plugin:\n"
        "    @zoo.hookimpl\n"
        "    def zoo_views(self):\n"
        "        return [zoo.ViewSpec(name='v', summary='a view', compute='m:a', draw='m:b')]\n"
        "plugin = Plugin()\n"
    )
    install("object", source=source, entries="object = object_plugin:plugin")
    install("object_plugin", source=source, entries="")
    assert found().view("v").plugin.module == "object_plugin"


def test_row_31_entry_points_that_are_not_utf8(install, found):
    (install("good") / "entry_points.txt").write_bytes(b"[zoo]\n\xff = good\n")
    (install("prints") / "entry_points.txt").write_bytes(b"[console_scripts]\n\xff = good\n")
    (plugin,) = found().plugins
    assert (plugin.name, plugin.status) == ("good", "failed")
    assert plugin.reason == "its entry_points.txt is not UTF-8; install it again"


def test_row_31_metadata_may_be_damaged_or_missing(install, found):
    (install("good") / "METADATA").unlink()
    (install("shared_one") / "METADATA").write_bytes(b"Name: shared-\xff\n")
    (install("shared_two") / "METADATA").write_bytes(b"Name: Shared_.Two\nVersion: 1\xff\n\n")
    catalogue = found()
    assert {(p.name, p.distribution, p.version, p.status) for p in catalogue.plugins} == {
        ("good", "unnamed-distribution", "", "ok"),
        ("shared-one", "unnamed-distribution", "", "ok"),
        ("shared-two", "shared-two", "1\N{REPLACEMENT CHARACTER}", "ok"),
    }
    assert catalogue.model("Shared.Two/shared").spec.summary == "of shared_two"


def test_row_31_other_distributions_are_not_looked_at(install, found):
    (install("good") / "entry_points.txt").write_text("[zoos]\nx = raises_on_import\n")
    (install("prints") / "entry_points.txt").unlink()
    (install("shared_one") / "METADATA").write_text("Name: another-name-than-its-folder\n")
    catalogue = found()
    assert [offer.full_name for offer in catalogue.models] == ["another-name-than-its-folder/shared"]
    assert catalogue.warnings == ()


def test_keyboard_interrupt_passes(install, found):
    install("interrupted", source="raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        found()
    install("good")
    assert found("-interrupted").models  # nothing is left locked


def test_row_33_the_zoos_own_model_keeps_its_bare_name(install, found):
    install("shared_one", distribution="a-stranger")
    install("shared_two", distribution="digit-zoo")
    catalogue = found()
    assert [offer.full_name for offer in catalogue.models] == ["digit-zoo/shared", "a-stranger/shared"]
    assert [offer.name for offer in catalogue.models] == ["shared", "a-stranger/shared"]
    assert catalogue.model("shared").spec.summary == "of shared_two"
    assert catalogue.model("digit-zoo/shared").spec.summary == "of shared_two"
    assert catalogue.model("A_Stranger/shared").spec.summary == "of shared_one"
    stranger = catalogue.plugins[1]
    assert (stranger.status, stranger.stage) == ("ok", "name")
    assert stranger.reason == "model 'shared' is that of digit-zoo; this one is 'a-stranger/shared'"
    (warning,) = catalogue.warnings
    assert warning == f"plugin shared-one (a-stranger 1.0) shares a name: {stranger.reason}"


def test_row_33_among_strangers_the_alphabet_decides(install, found):
    install("shared_one", distribution="zebra")
    install("shared_two", distribution="aardvark")
    assert found().model("shared").full_name == "aardvark/shared"


def test_row_33_two_plugins_with_one_name(install, found):
    install("good", distribution="first", entries="same = good")
    install("shared_one", distribution="second", entries="same = shared_one")
    catalogue = found()
    assert [(p.distribution, p.status) for p in catalogue.plugins] == [("first", "ok"), ("second", "ok")]
    assert catalogue.plugins[1].reason == "another plugin, of first, has the same name"
    assert {offer.name for offer in catalogue.models} == {"good", "shared"}


def test_row_33_one_distribution_offers_a_name_twice(install, found):
    install("shared_one", distribution="twice", entries="a = shared_one\nb = shared_two\n")
    install("shared_two", distribution="other", entries="")
    catalogue = found()
    assert status(catalogue) == {"a": "ok", "b": "failed"}
    assert reason(catalogue, "b") == (
        "model 'shared' is offered by plugin a of twice too; the first one counts"
    )
    assert len(catalogue.models) == 1


def test_row_33_an_entry_listed_twice(install, found):
    install("good", entries="good = good\ngood = good\ngood = shared_one\n")
    first, second = found().plugins
    assert (first.status, second.status) == ("ok", "failed")
    assert (
        "entry point 'good' is listed twice by one distribution; the first one counts" in second.reason
    )


@pytest.fixture
def later(tmp_path, monkeypatch):
    """A second folder with distributions, behind the first."""
    folder = tmp_path / "later"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder)])
    importlib.metadata.distributions.keywords["path"].append(str(folder))
    return folder


def test_row_33_the_first_version_on_the_path_counts(install, found, later):
    install("good", version="2.0")
    install("good", version="1.0", folder=later, entries="good = good\nold = good\n")
    assert [(p.name, p.version) for p in found().plugins] == [("good", "2.0")]


def test_row_33_a_version_without_plugins_hides_one_with(install, found, later):
    (install("good", version="2.0") / "entry_points.txt").unlink()
    install("good", version="1.0", folder=later)
    assert found().plugins == ()


def test_row_34_wrong_answers(install, found):
    install("wrong_answers")
    install("good")
    catalogue = found()
    assert status(catalogue) == {"good": "ok", "wrong-answers": "failed"}
    plugin = catalogue.plugins[1]
    assert [(p.stage, p.text) for p in plugin.problems] == [
        ("hook", "zoo_models(): RuntimeError: no models today"),
        ("hook", "zoo_datasets(): expected a list, got None"),
        ("hook", "zoo_views(): expected a list, got a generator"),
    ]
    assert "no models today" in plugin.traceback


def test_row_34_wrong_specs_are_dropped_alone(install, found):
    install("wrong_specs")
    catalogue = found()
    (plugin,) = catalogue.plugins
    assert plugin.status == "partial"
    assert plugin.views == ("right", "also-right")
    api = "api: expected 1, the plugin interface of this zoo, got 2; update the plugin, or digit-zoo"
    name = "a name of at most 40 characters: lower case, digits, single hyphens"
    assert [p.text for p in plugin.problems] == [
        "zoo_views(): expected ViewSpec items, got 'a view'",
        f"a view without a usable name: name: expected {name}, got 'Wrong Name'",
        "view 'no-summary': summary: expected one line of text of at most 300 characters, got None",
        "view 'also-right': it is offered twice; the first one counts",
        f"view 'newer': {api}",
    ]
    with pytest.raises(PluginError) as error:
        catalogue.view("no-summary")
    assert str(error.value).startswith(
        "view 'no-summary' was left out: plugin wrong-specs (wrong-specs 1.0) is incomplete: "
    )
    assert error.value.plugin == "wrong-specs"
    assert error.value.exit_code == 5


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("return (SPEC,)", "zoo_views(): expected a list, got a tuple"),
        ("return SPEC", "zoo_views(): expected a list, got a ViewSpec"),
        ("return 'x' * 1000", "zoo_views(): expected a list, got a str of 1002 characters"),
        ("return [SPEC] * 501", "zoo_views(): expected at most 500 specs, got 501"),
        ("return [None]", "zoo_views(): expected ViewSpec items, got None"),
        ("return [zoo.ViewSpec]", "zoo_views(): expected ViewSpec items, got a type"),
        (
            "return [zoo.ViewSpec(name='x', sumary='y')]",
            (
                "zoo_views(): TypeError: ViewSpec.__init__() got an unexpected keyword argument "
                "'sumary'; did you mean summary?"
            ),
        ),
        ("return [Hostile('v')]", "view 'v': it cannot be checked: ValueError: not now"),
        ("raise Mute", "zoo_views(): Mute"),
        ("sys.exit()", "zoo_views(): it called sys.exit()"),
        ("raise GeneratorExit", "zoo_views(): GeneratorExit"),
    ],
)
def test_row_34_what_a_hook_may_answer(install, found, body, text):
    source = f"""
import sys
import zoo
SPEC = zoo.ViewSpec(name="v", summary="a view", compute="m:a", draw="m:b")
class Mute(BaseException):
    def __str__(self):
        raise RuntimeError
class Hostile(zoo.ViewSpec):
    def __init__(self, name):
        object.__setattr__(self, "name", name)
    @property
    def api(self):
        raise ValueError("not now")
    @api.setter
    def api(self, value):
        pass
@zoo.hookimpl
def zoo_views():
    {body}
"""
    install("answers", source=source)
    (plugin,) = found().plugins
    assert plugin.reason == text
    assert plugin.status == "failed"


def test_row_34_a_coroutine_leaves_no_warning_behind(install, found):
    install("later", source="import zoo\n@zoo.hookimpl\nasync def zoo_views():\n    return []\n")
    assert reason(found(), "later") == "zoo_views(): expected a list, got a coroutine"


def test_two_functions_for_one_hook(install, found):
    spec = "zoo.ViewSpec(name='{}', summary='a view', compute='m:a', draw='m:b')"
    source = "import zoo\n" + "".join(
        f"@zoo.hookimpl(specname='zoo_views')\ndef f{name}():\n    return {answer}\n"
        for name, answer in {
            "a": f"[{spec.format('a')}]",
            "b": "None",
            "c": f"[{spec.format('c')}]",
        }.items()
    )
    install("several", source=source)
    (plugin,) = found().plugins
    assert set(plugin.views) == {"a", "c"}
    assert plugin.reason == "zoo_views(): expected a list, got None"


def test_strict_makes_every_problem_an_error(install, found):
    install("good")
    assert found(strict=True).models
    install("wrong_answers")
    with pytest.raises(
        PluginError, match=r"plugin wrong-answers \(wrong-answers 1.0\) failed at hook"
    ) as error:
        found(strict=True)
    assert error.value.plugin == "wrong-answers"


def test_a_plugin_must_not_list_plugins_while_it_is_loaded(install, found):
    source = (
        "from pathlib import Path\n"
        "from zoo.plugins import discover\n"
        "from zoo.settings import Settings\n"
        "discover(Settings(home=Path('.')))\n"
    )
    install("curious", source=source)
    assert reason(found(), "curious") == (
        "PluginError: a plugin asked for the list of plugins while it was being loaded"
    )


def test_names_that_do_not_exist(install, found):
    install("good")
    catalogue = found()
    with pytest.raises(UnknownNameError, match=r"^unknown model 'god'; did you mean good\?$"):
        catalogue.model("god")
    with pytest.raises(
        UnknownNameError, match=r"^unknown model 'good/god'; did you mean good/good or good\?$"
    ):
        catalogue.model("good/god")
    with pytest.raises(UnknownNameError, match=r"^unknown view 'zzz'; known: good-view$"):
        catalogue.view("zzz")
    with pytest.raises(InvalidValueError, match=r"^dataset: expected a name, got a int$"):
        catalogue.dataset(3)
    install("raises_on_import")
    with pytest.raises(UnknownNameError) as error:
        found().model("zzz")
    assert str(error.value) == (
        "unknown model 'zzz'; known: good; plugins not in use: raises-on-import (see `zoo plugins`)"
    )
    with pytest.raises(
        PluginError, match=r"^model 'raises-on-import/x' cannot be had: plugin raises-on-import"
    ):
        found().model("raises-on-import/x")


def test_pluggy_users_find_what_they_know(install, found):
    install("good")
    found()
    import good

    assert good.zoo_models.zoo_impl["specname"] is None
    assert zoo.hookimpl.project_name == "zoo"
