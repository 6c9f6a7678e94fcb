"""Row 9 of the faults: whatever happens in the child, the parent raises the typed error."""

from __future__ import annotations

import io
import json
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.store.h5 import hostile
from tests.store.h5.hostile import SHAPES
from tests.store.h5.test_hostile import refusal
from zoo.errors import ZooError
from zoo.store import h5
from zoo.store.h5 import child, limits, sandbox
from zoo.store.h5.locate import locate

resource = pytest.importorskip("resource")  # where there are no such limits, only the clock counts

NONSENSE = "expected HDF5 that can be read, got an answer that makes no sense"
READY = "import sys; sys.stdout.write('ready\\n'); sys.stdout.flush()"
RESTRICTED = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from zoo.store.h5 import child; "
    f"{READY}; child.restrict()"
)


@pytest.fixture
def in_child(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run other code in the child, as if the library had been made to do it."""

    def replace(code: str) -> None:
        monkeypatch.setattr(sandbox, "BOOT", code)

    return replace


def test_row_09_a_crash_is_contained(in_child: Any) -> None:
    in_child(READY + "; import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    text = "expected HDF5 that can be read, got a crash of the HDF5 library (SIGSEGV)"
    assert refusal(hostile.good(), trusted=False) == text


def test_row_09_a_strange_end_is_contained(in_child: Any) -> None:
    in_child(READY + "; sys.exit(7)")
    text = "expected HDF5 that can be read, got a crash of the HDF5 library (exit code 7)"
    assert refusal(hostile.good(), trusted=False) == text


def test_row_09_a_busy_hang_is_ended(in_child: Any) -> None:
    in_child(RESTRICTED + "\nwhile True: pass")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    text = refusal(hostile.good(), trusted=False)
    assert text.removesuffix(" of processor time") in (
        "expected HDF5 that can be read, got no end of it after 1.5 s",
        "expected HDF5 that can be read, got no end of it after 2 s",  # on a busy machine
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 3


def test_row_09_an_idle_hang_is_ended_by_the_clock(in_child: Any) -> None:
    in_child(READY + "; import time; time.sleep(60)")
    text = "expected HDF5 that can be read, got no end of it after 2 s"
    assert refusal(hostile.good(), trusted=False) == text


def test_row_09_a_burst_of_memory_is_ended(in_child: Any) -> None:
    in_child(RESTRICTED + f"; x = bytearray({2 * limits.MEMORY_HEADROOM})")
    assert "exit code 1" in refusal(hostile.good(), trusted=False)


def test_row_09_a_flood_of_answers_is_ended(in_child: Any) -> None:
    in_child(READY + "\nwhile True: sys.stdout.write('x' * 65536)")
    assert "crash" in refusal(hostile.good(), trusted=False)


@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/hostname')",
        "open('left behind', 'w')",
        "import socket; socket.socket()",
        "import subprocess; subprocess.run(['true'])",
    ],
)
def test_row_09_the_child_cannot_reach_out(in_child: Any, attempt: str) -> None:
    code = RESTRICTED + f"\ntry:\n    {attempt}\nexcept OSError:\n    sys.exit(42)"
    in_child(code)
    assert "exit code 42" in refusal(hostile.good(), trusted=False)


def answer(**changes: Any) -> dict[str, Any]:
    located = child.answer(hostile.good(), {name: list(shape) for name, shape in SHAPES.items()})
    for path, value in changes.items():
        place = located
        *parents, last = path.split("__")
        for part in parents:
            place = place[part]
        place[last] = value
    return located


def test_row_09_the_right_answer_is_understood(in_child: Any) -> None:
    in_child(READY + f"; print({json.dumps(answer())!r})")
    found = h5.read_weights(hostile.good(), SHAPES, trusted=False, thing="x")
    np.testing.assert_array_equal(found["hidden_layer/kernel"], hostile.values()["hidden_layer/kernel"])


SPOT = {"path": "x", "kind": "float32", "shape": [3], "offset": 4096}


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 5000,
        '{"located": 1}',
        json.dumps({"located": {"weights": {}, "extras": {}, "snapshots": {}}}),
        json.dumps(answer(located__weights__x=1, located__extras=[])),
        json.dumps(answer(located__extras={"history": SPOT | {"offset": -1}})),
        json.dumps(answer(located__extras={"history": SPOT | {"offset": True}})),
        json.dumps(answer(located__extras={"history": SPOT | {"shape": [1.5]}})),
        json.dumps(answer(located__extras={"history": SPOT | {"kind": "object"}})),
        json.dumps(answer(located__snapshots={"a": 5})),
    ],
)
def test_row_09_nonsense_is_not_believed(in_child: Any, reply: str) -> None:
    in_child(READY + f"; print({reply!r})")
    assert refusal(hostile.good(), trusted=False) == NONSENSE


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"offset": 10**9}, "expected storage within the 13,780 bytes, got bytes 1,000,000,000 onwards"),
        ({"shape": [10**15]}, "expected storage within the 13,780 bytes, got bytes 4,096 onwards"),
        ({"kind": "uint8"}, "expected float32 or float16 of any shape, got uint8 (3,)"),
        ({"shape": [0]}, "expected at least one value, got float32 (0,)"),
    ],
)
def test_row_09_a_lie_about_places_is_found(in_child: Any, changes: dict[str, Any], text: str) -> None:
    reply = json.dumps(answer(located__snapshots={"a": SPOT | changes}))
    in_child(READY + f"; print({reply!r})")
    assert refusal(hostile.good(), trusted=False) == f"x: {text}"


def test_row_09_places_that_overlap_are_found(in_child: Any) -> None:
    where = answer()["located"]["weights"]["hidden_layer/kernel"]["offset"]
    in_child(
        READY + f"; print({json.dumps(answer(located__snapshots={'a': SPOT | {'offset': where}}))!r})"
    )
    assert "expected bytes of its own, got bytes shared with" in refusal(hostile.good(), trusted=False)


def test_a_child_that_cannot_start_is_no_fault_of_the_file(
    in_child: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_child("raise SystemExit(3)")
    with pytest.raises(
        ZooError, match=r"not start \(exit code 3\); check that this works: .*import h5py"
    ):
        h5.read_weights(hostile.good(), SHAPES, trusted=False, thing="x")
    monkeypatch.setattr(sandbox, "START_SECONDS", 0.2)
    in_child("import time; time.sleep(60)")
    with pytest.raises(ZooError, match=r"did not start \(nothing after 0.2 s\)"):
        h5.read_weights(hostile.good(), SHAPES, trusted=False, thing="x")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(ZooError, match=r"did not start \(.*\); free some memory"):
        h5.read_weights(hostile.good(), SHAPES, trusted=False, thing="x")


def test_an_interrupt_ends_the_child(in_child: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    popen = sandbox.subprocess.Popen

    class Interrupted(popen):  # type: ignore[misc, valid-type]
        def wait(self, timeout: float | None = None) -> int:
            if not started:
                started.append(self)
                raise KeyboardInterrupt
            return int(super().wait(timeout))

    monkeypatch.setattr(sandbox.subprocess, "Popen", Interrupted)
    in_child(READY + "; import os, time; os.close(1); time.sleep(60)")
    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        h5.read_weights(hostile.good(), SHAPES, trusted=False, thing="x")
    assert started[0].returncode is not None
    assert threading.active_count() == before


def test_the_child_is_not_led_astray(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("cwd", "pythonpath"):
        (tmp_path / folder).mkdir()
        for name in ("h5py", "numpy", "json", "sitecustomize"):
            (tmp_path / folder / f"{name}.py").write_text("raise SystemExit('led astray')\n")
    monkeypatch.chdir(tmp_path / "cwd")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "pythonpath"))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "cwd" / "json.py"))
    monkeypatch.setenv("HDF5_DRIVER", "no such driver")
    monkeypatch.setattr(sys, "path", ["", ".", *sys.path])
    assert h5.read_weights(hostile.good(), SHAPES, trusted=False, thing="x")


def test_the_child_is_light() -> None:
    h5.read_weights(hostile.good(), SHAPES, trusted=False, thing="x")  # caches are filled
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    h5.read_weights(hostile.good(), SHAPES, trusted=False, thing="x")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1


def test_reading_apart_needs_no_h5py_in_this_process() -> None:
    code = (
        "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from zoo.store import h5; "
        "h5.read(sys.stdin.buffer.read(), json.loads(sys.argv[2]), trusted=False, thing='x'); "
        "sys.exit('h5py' in sys.modules)"
    )
    command = [sys.executable, "-c", code, json.dumps(sys.path), json.dumps(SHAPES)]
    assert sandbox.subprocess.run(command, input=hostile.good(), check=False).returncode == 0


@pytest.fixture
def unrestricted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "restrict", lambda: None)


@pytest.mark.usefixtures("unrestricted")
def test_the_child_answers_what_was_asked() -> None:
    def ask(data: bytes, shapes: dict[str, Any] | None) -> Any:
        out = io.BytesIO()
        question = json.dumps({"size": len(data), "shapes": shapes}).encode()
        child.main(io.BytesIO(question + b"\n" + data), out)
        assert out.getvalue().startswith(sandbox.READY)
        return json.loads(out.getvalue().removeprefix(sandbox.READY))

    located = ask(hostile.good(), SHAPES)["located"]
    right = locate(hostile.good(), SHAPES)
    assert {n: s["offset"] for n, s in located["weights"].items()} == {
        n: s.offset for n, s in right.weights.items()
    }
    assert ask(hostile.good(), None)["located"]["weights"] == {}
    assert ask(b"junk", SHAPES) == {"damaged": "expected HDF5, got bytes b'junk'"}


def test_the_child_gives_up_all_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[int, int] = {}

    def setrlimit(which: int, limit: tuple[int, int]) -> None:
        given[which] = limit[0]
        if which == resource.RLIMIT_NPROC:
            raise ValueError("not here")  # one that a system refuses does not stop the others

    timers: list[tuple[int, float]] = []
    monkeypatch.setattr(resource, "setrlimit", setrlimit)
    monkeypatch.setattr("signal.setitimer", lambda which, seconds: timers.append((which, seconds)))
    child.restrict()
    for which in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        assert given[which] == 0
    assert len(timers) == 1
    if Path("/proc/self/statm").exists():
        assert given[resource.RLIMIT_AS] > limits.MEMORY_HEADROOM
