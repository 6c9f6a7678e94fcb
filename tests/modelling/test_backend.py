from __future__ import annotations

import os
import random
import subprocess
import sys
import threading

import pytest

from zoo.modelling.backend import backend_name, isolated, quiet


def test_isolated_gives_the_result_and_leaves_random_alone() -> None:
    random.seed(5)
    expected = random.random()
    random.seed(5)
    assert isolated(lambda: random.random() * 0 + 3) == 3
    assert random.random() == expected


def test_isolated_raises_what_the_work_raised() -> None:
    def work() -> None:
        raise KeyError("inside")

    before = threading.active_count()
    with pytest.raises(KeyError, match="inside"):
        isolated(work)
    assert threading.active_count() == before


def test_quiet_holds_back_noise_and_passes_on_the_rest(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet():
        os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n")
        os.write(2, b"I0000 00:00:1795337359.344497    7257 port.cc:153] oneDNN\n")
        os.write(2, b"WARNING: All log messages before absl::InitializeLog() is called\n")
        os.write(2, b"2026-11-22 09:00:00.123456: I tensorflow/core.cc:1] hello\n")
        os.write(2, b"E0000 00:00:1795337359.344497    7257 real.cc:1] trouble\n")
        sys.stderr.write("from Python\n")
    lines = capfd.readouterr().err.splitlines()
    assert sorted(lines) == [
        "E0000 00:00:1795337359.344497    7257 real.cc:1] trouble",
        "from Python",
    ]


def test_quiet_ends_with_an_exception(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with quiet(), quiet():
            os.write(2, b"kept\n")
            raise RuntimeError("inside")

    with pytest.raises(RuntimeError, match="inside"):
        fail()
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "kept\nafter\n"


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("TF_", "KERAS_"))} | environment
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)


def test_quiet_without_stderr() -> None:
    code = "import os; os.close(2)\nfrom zoo.modelling.backend import quiet\nwith quiet(): print('fine')"
    assert run(code).stdout == "fine\n"


def test_logs_that_were_asked_for_are_left_alone() -> None:
    code = "from zoo.modelling.backend import quiet\nimport os\nwith quiet(): os.write(2, b'INFO: x\\n')"
    assert run(code).stderr == ""
    assert run(code, TF_CPP_MIN_LOG_LEVEL="0").stderr == "INFO: x\n"


def test_a_broken_backend_is_one_line() -> None:
    code = (
        "from zoo.modelling.backend import import_keras\n"
        "from zoo.progress import LoggingReporter\n"
        "from zoo.errors import ZooError\n"
        "try: import_keras(LoggingReporter())\n"
        "except ZooError as error: print(error)\n"
        "import sys; assert 'tensorflow' not in sys.modules"
    )
    done = run(code, KERAS_BACKEND="torch")
    assert done.stdout.startswith("Keras on torch cannot be imported (")
    assert done.stdout.endswith("); install torch, or unset KERAS_BACKEND\n")
    assert done.stdout.count("\n") == 1
    done = run(code, KERAS_BACKEND="jaxx")
    assert done.stdout.startswith("unknown KERAS_BACKEND 'jaxx'; did you mean jax?")


@pytest.mark.tensorflow
def test_the_wait_is_announced_once_and_nothing_else_is_said() -> None:
    code = (
        "import sys\n"
        "from zoo.modelling.backend import import_keras\n"
        "class Said:\n"
        "    def notice(self, text): print(text, 'keras' in sys.modules)\n"
        "keras = import_keras(Said())\n"
        "assert import_keras(Said()) is keras and 'tensorflow' in sys.modules"
    )
    done = run(code)
    assert (done.stdout, done.stderr) == ("importing TensorFlow False\n", "")


def test_the_backend_is_known_before_keras_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    if "keras" in sys.modules:
        assert backend_name() == sys.modules["keras"].backend.backend()
    else:
        monkeypatch.setenv("KERAS_BACKEND", "jax")
        assert backend_name() == "jax"
