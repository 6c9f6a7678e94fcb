"""The measuring code: what it runs, and the statistics of what it found."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("resource", reason="benchmarks need a Unix")

from benchmarks import session
from benchmarks.measuring import BenchmarkError, Place, Spread, in_turn, ratios, run
from benchmarks.rows import Figure, Row, Side

ROOT = Path(__file__).parents[2]


def rounds(*pairs: tuple[float, float]) -> list[dict[str, dict[str, Any]]]:
    return [{"ours": {"seconds": a}, "other": {"seconds": b}} for a, b in pairs]


def test_spread_is_median_smallest_and_largest() -> None:
    assert Spread.of([3.0, 1.0, 8.0]) == Spread(3.0, 1.0, 8.0)
    assert Spread.of([4.0, 1.0, 2.0, 9.0]) == Spread(3.0, 1.0, 9.0)
    with pytest.raises(BenchmarkError, match="nothing to take the median of"):
        Spread.of([])


def test_ratios_compare_within_a_round() -> None:
    """A slow minute slows both sides; the ratio of the medians would be 2/30."""
    found = rounds((1, 10), (10, 100), (2, 30))
    assert ratios(found, "seconds") == pytest.approx([0.1, 0.1, 2 / 30])
    data = session.figure_data(Figure(name="f", quantity="seconds", target=0.1), found)
    assert (data["ours"], data["other"]) == (2, 30)
    assert (data["ratio"], data["ratio_low"], data["ratio_high"]) == pytest.approx((0.1, 2 / 30, 0.1))
    assert data["met"] is True


@pytest.mark.parametrize(
    ("target", "of", "met"),
    [(0.5, "ratio", True), (0.4, "ratio", False), (2, "ours", True), (1, "ours", False)],
)
def test_a_target_is_about_the_ratio_or_about_ours(target: float, of: Any, met: bool) -> None:
    figure = Figure(name="f", quantity="seconds", target=target, of=of)
    assert session.figure_data(figure, rounds((2, 4)))["met"] is met


def test_what_is_not_known_is_not_met() -> None:
    figure = Figure(name="f", quantity="peak_mb", target=250, of="ours")
    data = session.figure_data(figure, [{"ours": {"peak_mb": None}, "other": {"peak_mb": 100.0}}])
    assert data["ours"] is None
    assert data["met"] is False
    assert "ratio" not in data


def test_sides_take_turns() -> None:
    order: list[str] = []

    def side(name: str) -> Any:
        return lambda: order.append(name) or {"n": len(order)}

    found = in_turn(side("ours"), side("other"), 3)
    assert order == ["ours", "other", "other", "ours", "ours", "other"]
    assert found[1] == {"ours": {"n": 4}, "other": {"n": 3}}
    assert in_turn(side("alone"), None, 1) == [{"ours": {"n": 7}}]


def test_a_row_keeps_every_round_and_the_stated_accuracy() -> None:
    row = Row(
        name="r",
        title="work",
        ours=Side(what="the zoo", command=()),
        other=Side(what="the other", command=()),
        figures=(Figure(name="f", quantity="seconds", target=0.5),),
        stated=0.99,
    )
    found = [
        {"ours": {"seconds": 1.0, "accuracy": a}, "other": {"seconds": 4.0, "accuracy": 0.5}}
        for a in (0.7, 0.9, 0.8)
    ]
    data = session.row_data(row, found, load=0.5)
    assert data["accuracy"] == {"ours": 0.8, "other": 0.99, "other_is_stated": True}
    assert data["rounds"] == found


def measured(code: str, place: Place) -> dict[str, Any]:
    return run([sys.executable, "-c", code], place)


def test_a_process_is_timed_and_tells_its_figures(tmp_path: Path) -> None:
    place = Place(tmp_path, {"BENCHMARK_WORD": "hello"})
    code = (
        "import os, time, json; time.sleep(0.3); print('chat'); "
        "print(json.dumps({'word': os.environ['BENCHMARK_WORD'], 'at': os.getcwd()}))"
    )
    found = measured(code, place)
    assert (found["word"], found["at"]) == ("hello", str(tmp_path.resolve()))
    assert 0.3 <= found["wall_seconds"] < 30
    assert found["cpu_seconds"] < found["wall_seconds"]


def test_reckoned_seconds_count_as_wall_time(tmp_path: Path) -> None:
    found = measured("print('{\"reckoned_seconds\": 1000}')", Place(tmp_path, {}))
    assert 1000 < found["wall_seconds"] < 1030


def test_of_a_run_the_accuracy_is_taken(tmp_path: Path) -> None:
    report = json.dumps({"schema": 1, "evaluation": {"accuracy": 0.5}}, indent=1)
    assert measured(f"print('''{report}''')", Place(tmp_path, {}))["accuracy"] == 0.5


def test_a_process_that_fails_is_an_error_with_its_last_line(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match=r"ended with code 1: ValueError: too large$"):
        measured("raise ValueError('too large')", Place(tmp_path, {}))


CHILD = """
from pathlib import Path
from benchmarks.measuring import Place, run
import json, sys
held = bytearray({before} * 1_000_000)
del held
place = Place(Path("."), {{}})
found = run([sys.executable, "-c", "held = bytearray({child} * 1_000_000)"], place)
print(json.dumps(found["peak_mb"]))
"""


STARTED = """
import subprocess, sys
subprocess.run([sys.executable, "-c", sys.argv[1]], check=True)
"""


@pytest.mark.parametrize(("before", "child", "low", "high"), [(0, 300, 300, 350), (0, 100, 100, 150)])
def test_peak_memory_is_that_of_the_child(before: int, child: int, low: int, high: int) -> None:
    assert low < peak(before, child) < high


def test_peak_memory_is_told_where_whoever_started_this_process_was_larger() -> None:
    """A test worker that has TensorFlow in it is."""
    code = f"room = bytearray(600_000_000)\n{STARTED}"
    ended = subprocess.run(
        [sys.executable, "-c", code, CHILD.format(before=0, child=100)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert 100 < json.loads(ended.stdout) < 150


def test_peak_memory_is_not_told_where_this_process_was_larger() -> None:
    """A child starts with the peak of its parent, so its own would be a guess."""
    assert peak(400, 100) is None


def peak(before: int, child: int) -> Any:
    ended = subprocess.run(
        [sys.executable, "-c", CHILD.format(before=before, child=child)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    return json.loads(ended.stdout)


def test_the_measuring_process_stays_small() -> None:
    code = (
        "import sys; import benchmarks.session, benchmarks.page, benchmarks.__main__; "
        "print([name for name in ('numpy', 'matplotlib', 'zoo', 'keras') if name in sys.modules])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert ended.stdout == "[]\n"


def test_operations_of_a_training_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """784-64-10: forward 50,816 products; back the same for kernels, and 640 for the inner slopes."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks" / "sides"))
    import effort  # type: ignore[import-not-found]

    from zoo import Layer

    layers = (
        Layer.flat(),
        Layer.dense("hidden_layer", 784, 64, "relu"),
        Layer.dense("output_layer", 64, 10, "softmax"),
    )
    one_step = 2 * (2 * 50_816 + 640)
    assert effort.training_flop(layers, 1, 0) == one_step
    assert effort.training_flop(layers, 54_000, 16_000) == 54_000 * one_step + 16_000 * 2 * 50_816
    for name in ("effort", "common"):
        sys.modules.pop(name)


def test_operations_of_a_convolution_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks" / "sides"))
    import effort

    from zoo import Layer

    shape, kernel = (26, 26, 32), (3, 3, 1, 32)
    convolution = Layer(
        name="conv1",
        kind="Conv2D",
        shape=shape,
        settings={},
        variables={"kernel": kernel, "bias": (32,)},
    )
    assert effort.products(convolution) == 26 * 26 * 9 * 32
    for name in ("effort", "common"):
        sys.modules.pop(name)
