"""The kit as a whole: what it yields, how checks end, and that it leaves nothing behind."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.testing.conftest import Wrong
from zoo import PluginError, Settings, UnknownNameError, UsageError
from zoo.plugins import discovery, guard
from zoo.progress import LoggingReporter
from zoo.testing import FailedError, blame, check_plugin, checks_of, kit, limits
from zoo.testing.located import visible

LIGHT = ["imports", "names"]


@pytest.mark.parametrize("kind", ["numpy", "dataset", "view"])
def test_a_right_plugin_passes_every_check(wrong: Wrong, kind: str) -> None:
    report = check_plugin(wrong(kind))
    assert report.having("failed") == ()
    assert len(report.having("passed")) >= 8
    assert report.conforms
    report.raise_if_failed()


def test_checks_have_names_subjects_and_rules(wrong: Wrong) -> None:
    with checks_of(wrong("numpy")) as checks:
        ids = [check.id for check in checks]
        assert len(set(ids)) == len(ids)
        assert {"imports[wrong]", "same-seed[wrong]", "run[wrong]"} <= set(ids)
        assert all(check.summary.endswith(".") for check in checks)


def test_a_wrong_name_of_a_model_is_told_although_discovery_drops_it(wrong: Wrong) -> None:
    folder = wrong("numpy", ("__init__.py", 'name="wrong"', 'name="No Name"'))
    report = check_plugin(folder)
    assert [result.id for result in report.having("failed")] == ["names[wrong]"]


def test_an_expected_failure_keeps_its_reason(wrong: Wrong) -> None:
    folder = wrong("numpy", ("__init__.py", "", "\nprint('hello')\n"))
    report = check_plugin(
        folder, only=["clean-stdout", "imports"], expected_failures={"clean-stdout": "it must greet"}
    )
    assert [(result.id, result.status) for result in report.results] == [
        ("imports[wrong]", "passed"),
        ("clean-stdout[wrong]", "expected"),
    ]
    assert report.results[1].text.startswith("it must greet (zoo_wrong prints 'hello'")
    assert report.conforms


def test_an_expected_failure_that_does_not_happen_fails(wrong: Wrong) -> None:
    report = check_plugin(wrong("numpy"), only=LIGHT, expected_failures={"names[wrong]": "history"})
    assert [(result.id, result.text) for result in report.having("failed")] == [
        (
            "names[wrong]",
            "it is expected to fail (history), and does not; take it off the expected failures",
        )
    ]
    with pytest.raises(PluginError, match=r"plugin .*zoo-wrong: names\[wrong\]: it is expected"):
        report.raise_if_failed()


def test_an_expected_failure_that_is_skipped_is_said(wrong: Wrong) -> None:
    report = check_plugin(wrong("view"), only=["registry"], expected_failures={"registry": "history"})
    assert [(result.status, result.text) for result in report.results] == [
        ("skipped", "it has no registry.toml; it is expected to fail (history), and was not tried")
    ]


def test_mistakes_in_the_call_are_told(wrong: Wrong) -> None:
    folder = wrong("numpy")
    with pytest.raises(UnknownNameError, match="unknown check 'nmaes'; did you mean names"):
        check_plugin(folder, only=["nmaes"])
    with pytest.raises(UnknownNameError, match="unknown check 'sane-seed'; did you mean same-seed"):
        check_plugin(folder, expected_failures={"sane-seed": "why not"})
    with pytest.raises(UsageError, match=r"^expected failure names: say why it may fail$"):
        check_plugin(folder, expected_failures={"names": " "})


def test_a_report_is_json(wrong: Wrong) -> None:
    data = check_plugin(wrong("view"), only=LIGHT).to_data()
    assert json.loads(json.dumps(data))["counts"] == {
        "passed": 2,
        "failed": 0,
        "skipped": 0,
        "expected": 0,
    }
    assert data["checks"][0]["check"] == "imports[wrong]"


def test_an_error_of_the_plugin_is_told_with_its_place(wrong: Wrong) -> None:
    folder = wrong("numpy", ("__init__.py", "    return {", "    raise OSError('gone')\n    return {"))
    with checks_of(folder) as checks:
        check = next(check for check in checks if check.name == "spec-fields")
        with pytest.raises(FailedError, match="model 'wrong': shapes: OSError: gone"):
            check()


def test_a_plugin_that_ends_the_process_does_not(wrong: Wrong) -> None:
    folder = wrong("numpy", ("model.py", "rng = np", "raise SystemExit(3)\n        rng = np"))
    result = check_plugin(folder, only=["training"]).results[0]
    assert result.status == "failed"
    assert "it called sys.exit(3), in " in result.text
    assert "zoo_wrong/model.py:" in result.text
    assert result.text.count("\n") == 0
    assert "raise SystemExit(3)" in result.traceback


def test_what_needs_weights_is_skipped_with_the_reason_where_fit_sets_none(wrong: Wrong) -> None:
    report = check_plugin(wrong("numpy", ("model.py", "        self.weights = weights\n", "")))
    assert [result.id for result in report.having("failed")] == ["training[wrong]"]
    skipped = {result.id: result.text for result in report.having("skipped")}
    for name in ("shapes", "layers", "same-seed", "save-load", "predictions", "batches", "run"):
        assert skipped[f"{name}[wrong]"] == (
            "it cannot be trained (model wrong of plugin wrong: fit() left the model without weights)"
        )


def test_the_place_is_a_line_of_the_plugin_not_of_a_library(wrong: Wrong) -> None:
    folder = wrong("numpy", ("model.py", "rng = np", "np.stack([])\n        rng = np"))
    text = check_plugin(folder, only=["training"]).results[0].text
    assert "ValueError: need at least one array to stack, in " in text
    assert "zoo_wrong/model.py:" in text


def test_a_folder_whose_name_begins_like_that_of_the_zoo_is_not_the_zoo(
    wrong: Wrong, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = wrong("numpy", ("model.py", "rng = np", "raise OSError\n        rng = np"))
    monkeypatch.setattr(blame, "HERE", str(folder.parent / "zoo") + os.sep)
    text = check_plugin(folder, only=["training"]).results[0].text
    assert "zoo-wrong/zoo_wrong/model.py:" in text


def test_advice_names_no_command_that_needs_an_installation(wrong: Wrong) -> None:
    folder = wrong("numpy", ("model.py", "rng = np", "raise OSError\n        rng = np"))
    assert "zoo train" not in check_plugin(folder, only=["training"]).results[0].text


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (("__init__.py", "", "\n1 / 0\n"), True),
        (("__init__.py", "@hookimpl\n", ""), False),
    ],
)
def test_a_traceback_is_promised_only_where_there_is_one(
    wrong: Wrong, change: tuple[str, str, str], shown: bool
) -> None:
    result = check_plugin(wrong("numpy", change), only=["imports"]).results[0]
    assert result.status == "failed"
    assert ("--debug" in result.text) == shown
    assert ("1 / 0" in result.traceback) == shown == bool(result.traceback)


def test_a_plugin_that_ends_the_process_at_import_fails_and_nothing_else_is_tried(wrong: Wrong) -> None:
    report = check_plugin(wrong("numpy", ("__init__.py", "", "\nimport os\nos._exit(3)\n")))
    assert [(result.id, result.text) for result in report.having("failed")] == [
        (
            "imports[wrong]",
            (
                "imported in a process of its own, it ends the whole process, with code 3; it must "
                "import without side effects"
            ),
        )
    ]
    assert {result.text for result in report.having("skipped")} == {
        "it cannot be imported (it ends the whole process, with code 3)"
    }
    assert len(report.results) == 7


def test_a_slow_import_is_said_without_advice_to_leave_it_out(
    wrong: Wrong, monkeypatch: pytest.MonkeyPatch
) -> None:
    def soon(say: Callable[[str], None], _: float = 0.0) -> guard.Watch:
        return guard.Watch(say, 0.2)

    for module in (discovery, kit):
        monkeypatch.setattr(module, "Watch", soon)
    heard = Heard()
    folder = wrong("view", ("__init__.py", "", "\nimport time\ntime.sleep(1)\n"))
    assert check_plugin(folder, only=["imports"], reporter=heard).conforms
    assert heard.notices[0] == "importing zoo_wrong is taking long; it is given up after 60 s"
    assert not [text for text in heard.notices if "ZOO_PLUGINS" in text]


class Heard(LoggingReporter):
    def __init__(self) -> None:
        super().__init__()
        self.notices: list[str] = []

    def notice(self, text: str) -> None:
        self.notices.append(text)


@pytest.mark.skipif(not limits.CAN_INTERRUPT, reason="this system has no timer that interrupts")
def test_a_fit_that_hangs_is_named_and_given_up(wrong: Wrong, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LIMIT", 1.0)
    monkeypatch.setattr(kit, "PATIENCE", 0.2)
    hang = (
        "while True:\n            try:\n                time.sleep(60)\n            except Exception:\n"
    )
    hang += "                pass\n        rng = np"
    imported = ("model.py", "import numpy as np", "import time\nimport numpy as np")
    folder = wrong("numpy", ("model.py", "rng = np", hang), imported)
    heard = Heard()
    before = signal.getitimer(signal.ITIMER_REAL)[0]
    report = check_plugin(folder, only=["training", "layers", "same-seed"], reporter=heard)
    training, *others = report.results
    assert training.status == "failed"
    assert re.search(
        r"it takes more than 1 s; it must end, in \S+zoo_wrong/model.py:\d+$", training.text
    )
    assert [result.status for result in others] == ["skipped", "skipped"]
    assert sum(result.seconds for result in report.results) < 10
    assert (
        "training[wrong] is taking long; it is given up after 1 s; Ctrl-C ends it now" in heard.notices
    )
    assert (signal.getitimer(signal.ITIMER_REAL)[0] > 0) == (before > 0)


@pytest.mark.skipif(not limits.CAN_INTERRUPT, reason="this system has no timer that interrupts")
def test_a_check_that_hangs_elsewhere_is_given_up(wrong: Wrong, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LIMIT", 1.0)
    folder = wrong("view", ("view.py", "    examples = ", "    while True: pass\n    examples = "))
    result = check_plugin(folder, only=["view-draws"]).results[0]
    assert result.status == "failed"
    assert re.search(r"^it takes more than 1 s, in \S+zoo_wrong/view.py:\d+; it must end$", result.text)


def test_nothing_is_left_behind(wrong: Wrong, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = wrong("numpy")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    before, path = set(sys.modules), list(sys.path)
    check_plugin(folder, only=["training", "light-import"])
    assert sys.path == path
    assert not {name for name in set(sys.modules) - before if name.startswith("zoo_wrong")}
    assert list(temporary.iterdir()) == []


def test_two_copies_do_not_share_modules(wrong: Wrong, tmp_path: Path) -> None:
    first = wrong("numpy")
    second = first.rename(tmp_path / "second")
    first = wrong("numpy", ("__init__.py", 'task="classification"', 'task="guessing"'))
    assert not check_plugin(first, only=["spec-fields"]).conforms
    assert check_plugin(second, only=["spec-fields"]).conforms


def test_a_plugin_left_out_by_the_setting_is_named(wrong: Wrong, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, plugins="-wrong")
    with pytest.raises(
        PluginError, match=r"plugin wrong \(zoo-wrong 0.1.0\) is left out by ZOO_PLUGINS"
    ):
        check_plugin(wrong("view"), settings=settings)


def test_a_package_and_a_module_will_do(wrong: Wrong, tmp_path: Path) -> None:
    package = wrong("view") / "zoo_wrong"
    assert check_plugin(package, only=["imports"]).conforms
    module = tmp_path / "single.py"
    module.write_text("import zoo\n@zoo.hookimpl\ndef zoo_models():\n    return []\n", encoding="utf-8")
    assert check_plugin(module, only=["imports"]).conforms
    with visible(str(module)) as entries:
        assert [(entry.name, entry.target) for entry in entries] == [("single", "single")]


def test_installed_plugins_are_found_by_name_and_distribution() -> None:
    with visible("mnist") as entries:
        assert [entry.distribution for entry in entries] == ["digit-zoo"]
    with visible("digit-zoo/mlp") as entries:
        assert [entry.name for entry in entries] == ["mlp"]
    with visible("Digit_Zoo") as entries:
        assert {"mlp", "mnist", "views"} <= {entry.name for entry in entries}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "expected a folder with a pyproject.toml, a package or a module, got something else"),
        ("[project", "expected a TOML file, got Expected ']' at the end of a table declaration"),
        (
            '[project]\nname = "x"\n',
            "expected a project.name and an entry point in [project.entry-points.zoo], got none; write",
        ),
        ("project = 3\n", "expected a project.name and an entry point"),
    ],
)
def test_a_folder_without_a_plugin_is_told(tmp_path: Path, content: str | None, words: str) -> None:
    if content is not None:
        (tmp_path / "pyproject.toml").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        check_plugin(tmp_path)
    assert words in str(caught.value)


def test_an_unknown_plugin_is_told() -> None:
    with pytest.raises(UsageError, match=r"^~nosuch-user-here/x: there is no such user; give the path"):
        check_plugin("~nosuch-user-here/x")
    with pytest.raises(UnknownNameError, match=r"unknown plugin 'mpl'; did you mean mlp.*install it"):
        check_plugin("mpl")
    with pytest.raises(UsageError, match=r"nowhere/at/all: expected a folder .* got nothing there"):
        check_plugin("nowhere/at/all")
