"""Options that work everywhere, and completion."""

from __future__ import annotations

import os

import pytest
from click.shell_completion import BashComplete

from tests.cli.conftest import SmallZoo
from zoo.cli.application import Application
from zoo.cli.wiring import cli


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        (["--offline"], "offline", True),
        (["--mirror", "/m"], "mirror", "/m"),
        (["--registry", "r.toml"], "registry", "r.toml"),
        (["--no-plugins"], "plugins", "none"),
    ],
)
def test_settings_before_and_after_the_verb(invoke, words, field, value):
    late = ["visualize", "squares", *words, "dots", "--help"]
    joined = ["visualize", "squares", "dots", "=".join(words), "--help"]
    for args in ([*words, "list"], ["list", *words], late, joined):
        ended = invoke(*args)
        assert ended.code == 0, ended.err
        assert ended.zoo is not None
        assert getattr(ended.zoo.settings, field) == value


def test_an_option_wins_over_the_environment_and_the_later_one_over_the_earlier(invoke, monkeypatch):
    monkeypatch.setenv("ZOO_MIRROR", "/from/environment")
    monkeypatch.setenv("ZOO_STRICT_PLUGINS", "1")
    assert invoke("list").zoo.settings.mirror == "/from/environment"
    assert invoke("list").zoo.settings.strict_plugins
    assert invoke("--mirror", "/a", "list", "--mirror", "/b").zoo.settings.mirror == "/b"


def test_groups_take_them_as_well(invoke):
    assert invoke("cache", "--offline", "path").zoo.settings.offline
    assert invoke("cache", "path", "--offline").zoo.settings.offline
    assert invoke("cache", "--offline").zoo.settings.offline


def test_quiet_drops_notices_and_keeps_warnings(invoke):
    def noisy(zoo):
        zoo.reporter.notice("importing")
        zoo.reporter.warning("careful")
        zoo.reporter.warning("careful")
        return []

    for quiet, err in (([], "importing\nwarning: careful\n"), (["--quiet"], "warning: careful\n")):
        SmallZoo.doctor = noisy  # type: ignore[method-assign, assignment]
        try:
            ended = invoke("doctor", *quiet)
        finally:
            del SmallZoo.doctor
        assert (ended.code, ended.err) == (0, err)


def test_what_libraries_print_does_not_reach_stdout(invoke):
    def chatty(zoo):
        print("1/1 ━━━━ 0s")  # noqa: T201
        return []

    SmallZoo.doctor = chatty  # type: ignore[method-assign, assignment]
    try:
        ended = invoke("doctor", "--json")
    finally:
        del SmallZoo.doctor
    assert ended.out.startswith("{\n")
    assert ended.err == "1/1 ━━━━ 0s\n"


def complete(*words: str) -> list[str]:
    """What the shell is offered for the last word."""
    app = Application(lambda settings, reporter: SmallZoo(settings, reporter=reporter))
    completer = BashComplete(cli, {"obj": app}, "zoo", "_ZOO_COMPLETE")
    return [item.value for item in completer.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["in"], ["info"]),
        (["cache", ""], ["path", "list", "clean"]),
        (["info", ""], ["squares", "squares:deep"]),
        (["run", "squares:"], ["squares:deep"]),
        (["predict", "squares,sq"], ["squares,squares", "squares,squares:deep"]),
        (["visualize", "squares", ""], ["dots", "lines"]),
        (["visualize", "squares", "dots", "--un"], ["--unit", "--units"]),
        (["visualize", "squares", "dots", "--scale", ""], ["panel", "all"]),
        (["run", "squares", "--set", "hid"], ["hidden="]),
        (["run", "squares", "--data", "p"], ["paper"]),
        (["run", "squares", "--weights", ""], ["auto", "download", "train", "first"]),
        (["run", "nonsense", "--set", ""], []),
        (["visualize", "squares", "nonsense", "--off"], ["--offline"]),
    ],
)
def test_completion(words, offered):
    assert complete(*words) == offered


def test_completion_never_fails(monkeypatch):
    monkeypatch.setenv("ZOO_OFFLINE", "maybe")
    assert complete("info", "") == []
    assert complete("visualize", "x", "y", "--off") == ["--offline"]


def test_the_shell_gets_its_script(zoo_process):
    ended = zoo_process(_ZOO_COMPLETE="zsh_source")
    assert ended.returncode == 0
    assert "#compdef" in ended.stdout


@pytest.mark.skipif(os.name == "nt", reason="bash")
def test_completion_through_the_process(zoo_process):
    ended = zoo_process(_ZOO_COMPLETE="bash_complete", COMP_WORDS="zoo pre", COMP_CWORD="1")
    assert (ended.stdout, ended.stderr) == ("plain,predict\n", "")
