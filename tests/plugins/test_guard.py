"""Foreign code at arm's length: rows 32, 36 and 38, in processes of their own where it matters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from zoo.errors import PluginError
from zoo.plugins import resolve
from zoo.plugins.guard import PATIENCE, Watch, clean_stdout

ROOT = Path(__file__).parents[2]
SAY = (
    "import json, sys\n"
    "from pathlib import Path\n"
    "from zoo.plugins import discover\n"
    "from zoo.settings import Settings\n"
    "found = discover(Settings.from_environment())\n"
    "print(json.dumps({p.name: [p.status, *p.views] for p in found.plugins}))\n"
)


def environment(site: Path, **more: str) -> dict[str, str]:
    fixed = {
        "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)]),
        "PYTHONUNBUFFERED": "",  # what waits in a buffer must not turn up on stdout later
        "ZOO_HOME": str(site),
    }
    return os.environ | fixed | more


def python(code: str, site: Path, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, env=environment(site, **more), capture_output=True, text=True, timeout=60
    )


def test_row_32_stdout_stays_clean(install, site):
    install("prints")
    done = python(SAY, site)
    assert done.returncode == 0
    assert json.loads(done.stdout)["prints"] == ["ok", "prints-view"]  # nothing else is there
    for text in (
        "printed at import",
        "written to the original stdout at import",
        "written to descriptor 1 at import",
        "printed by a child",
        "printed in a hook",
        "written to descriptor 1 in a hook",
    ):
        assert text in done.stderr


def test_row_32_what_was_printed_before_stays_where_it_was(site):
    code = (
        "import sys\n"
        "from zoo.plugins.guard import clean_stdout\n"
        "sys.stdout.write('before ')\n"
        "with clean_stdout():\n"
        "    print('inside')\n"
        "print('after')\n"
    )
    done = python(code, site)
    assert (done.stdout, done.stderr) == ("before after\n", "inside\n")


@pytest.mark.parametrize("closed", ["1", "2", "1, 2"])
def test_row_32_without_descriptors(site, closed):
    code = (
        "import os, sys\n"
        f"for n in ({closed},): os.close(n)\n"
        "from zoo.plugins.guard import clean_stdout\n"
        "with clean_stdout():\n"
        "    pass\n"
        "sys.stdout = sys.stderr = None\n"
        "with clean_stdout():\n"
        "    pass\n"
        "os._exit(7)\n"
    )
    assert python(code, site).returncode == 7


def test_clean_stdout_survives_a_plugin_that_closes_everything(capfd):
    with clean_stdout():
        os.close(1)
        sys.stdout = None  # type: ignore[assignment]
    os.write(1, b"still here\n")
    assert sys.stdout is not None
    assert capfd.readouterr().out == "still here\n"


def test_row_36_a_heavy_plugin_works_and_is_seen(install, found, site):
    (site / "tensorflow.py").write_text("")
    install("imports_tensorflow")
    real = sys.modules.pop("tensorflow", None)
    try:
        (plugin,) = found().plugins
    finally:
        sys.modules.pop("tensorflow", None)
        if real is not None:
            sys.modules["tensorflow"] = real
    assert (plugin.status, plugin.views, plugin.heavy) == ("ok", ("heavy",), ("tensorflow",))


def test_row_38_the_name_of_a_hanging_plugin_is_on_screen_in_time(install, site):
    install("hangs")
    with subprocess.Popen(
        [sys.executable, "-c", SAY], env=environment(site), stderr=subprocess.PIPE, text=True
    ) as process:
        started = time.monotonic()
        line = process.stderr.readline()
        seconds = time.monotonic() - started
        process.kill()
    assert line == (
        "plugin hangs (hangs 1.0) is taking long: importing it; "
        "stop with Ctrl-C and set ZOO_PLUGINS=-hangs to go on without it\n"
    )
    assert seconds < 5


@pytest.mark.parametrize("setting", ["-hangs", "none", "prints"])
def test_row_38_lists_get_past_it(install, site, setting):
    install("hangs")
    install("prints")
    done = python(SAY, site, ZOO_PLUGINS=setting)
    assert json.loads(done.stdout)["hangs"] == ["blocked"]


def test_row_38_a_reporter_hears_it(install, found, monkeypatch):
    install("slow", source="import time\ntime.sleep(0.6)\n")
    install("quick", source="")
    heard = []

    class Ear:
        def warning(self, text):
            heard.append(text)
            raise RuntimeError("a broken reporter must not end the watch")

    monkeypatch.setattr("zoo.plugins.discovery.Watch", lambda say: Watch(say, patience=0.2))
    found(reporter=Ear())
    (text,) = heard
    assert text == (
        "plugin slow (slow 1.0) is taking long: importing it; "
        "stop with Ctrl-C and set ZOO_PLUGINS=-slow to go on without it"
    )


def test_row_38_without_a_reporter_the_log_hears_it(install, found, monkeypatch, caplog):
    install("slow", source="import time\ntime.sleep(0.6)\n")
    monkeypatch.setattr("zoo.plugins.discovery.Watch", lambda say: Watch(say, patience=0.2))
    found()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "plugin slow (slow 1.0) is taking long" in caplog.text


def test_the_watch_leaves_no_thread_behind(found):
    assert PATIENCE < 5
    before = threading.active_count()
    found()
    assert threading.active_count() == before


def test_discovery_imports_nothing_heavy(install, site):
    install("good")
    heavy = "numpy keras tensorflow h5py matplotlib requests PIL rich msgspec tomllib logging"
    done = python(f"{SAY}print([name for name in {heavy.split()} if name in sys.modules])\n", site)
    assert done.stdout.splitlines()[-1] == "[]"


def test_resolve(install):
    install("good")
    assert resolve("good.model:Good", plugin="good").__name__ == "Good"  # type: ignore[attr-defined]
    assert resolve("good.model:Good.Inner", plugin="good").__name__ == "Inner"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("good.model:Bad", "AttributeError: module 'good.model' has no attribute 'Bad'"),
        ("good.nothing:Good", "ModuleNotFoundError: No module named 'good.nothing'"),
        ("exits:x", "it called sys.exit(3)"),
    ],
)
def test_resolve_says_why_it_cannot(install, reference, text):
    install("good")
    install("exits")
    with pytest.raises(PluginError) as error:
        resolve(reference, plugin="good")
    assert str(error.value) == (
        f"plugin good: {reference} cannot be loaded: {text}; "
        "repair or update the plugin, or leave it out with ZOO_PLUGINS=-good"
    )
    assert error.value.plugin == "good"


@pytest.mark.parametrize("reference", ["good", "good:", ":Good", "good model:x", "good:x()", 3])
def test_resolve_wants_a_reference(reference):
    with pytest.raises(PluginError, match=r"^plugin p: expected a reference 'module:Name', got "):
        resolve(reference, plugin="p")
