"""docs/performance.md and its charts come from benchmarks/results.json; `make bench` writes them."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("resource", reason="benchmarks need a Unix")

from benchmarks import page, session
from benchmarks.rows import GROWTHS, PROFILES, ROWS

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results.json"
PAGE = ROOT / "docs" / "performance.md"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return session.load(RESULTS)


def test_the_page_is_what_the_results_say(document: dict[str, Any]) -> None:
    assert PAGE.read_text(encoding="utf-8") == page.render(document), (
        "run `python -m benchmarks --report`"
    )


def test_the_results_are_of_all_rows_with_the_targets_of_today(document: dict[str, Any]) -> None:
    assert document["quick"] is False
    assert list(document["rows"]) == [row.name for row in ROWS]
    assert list(document["growth"]) == [growth.name for growth in GROWTHS]
    assert list(document["profiles"]) == [profile.name for profile in PROFILES]
    for row in ROWS:
        found = document["rows"][row.name]
        assert found == session.row_data(row, found["rounds"], found["load"]) | {
            "figures": found["figures"],
            "accuracy": found["accuracy"],
        }
        again = [session.figure_data(figure, found["rounds"]) for figure in row.figures]
        assert [rounded(figure) for figure in found["figures"]] == [rounded(figure) for figure in again]


def rounded(figure: dict[str, Any]) -> dict[str, Any]:
    """Keep six digits, as the document does."""
    return {k: float(f"{v:.6g}") if isinstance(v, float) else v for k, v in figure.items()}


def test_the_charts_are_there_and_told() -> None:
    pictures = re.findall(r"!\[([^\]]+)\]\((images/\S+\.png)\)", PAGE.read_text(encoding="utf-8"))
    assert len(pictures) == 2
    for alt, file in pictures:
        assert len(alt) > 20
        assert (ROOT / "docs" / file).stat().st_size < 300_000


def test_every_placeholder_is_filled(document: dict[str, Any]) -> None:
    assert re.findall(r"\{\w+\}", page.render(document)) == []


def test_a_missed_target_and_a_lower_accuracy_are_said_first(document: dict[str, Any]) -> None:
    changed = copy.deepcopy(document)
    for row in changed["rows"].values():
        for figure in row["figures"]:
            figure |= {"met": True} if "target" in figure else {}
        row["accuracy"] = {"ours": 0.9, "other": 0.9}
    met = page.render(changed)
    assert re.search(r"^All \d+ targets are met\. The zoo is nowhere less accurate", met, re.MULTILINE)
    changed["rows"]["list"]["figures"][0]["met"] = False
    changed["rows"]["train-cnn"]["accuracy"]["ours"] = 0.8999
    text = page.render(changed)
    assert (
        "targets are met. Missed: `zoo list`, wall time. Less accurate than the other side: train `cnn`."
        in text
    )
    assert "**missed**" in text


def test_a_quick_trial_says_so(document: dict[str, Any]) -> None:
    assert "these figures say nothing about speed" in page.render(document | {"quick": True})
    assert "these figures say nothing about speed" not in page.render(document)


def test_a_page_of_a_single_row_can_be_written(document: dict[str, Any]) -> None:
    some = document | {"rows": {"list": document["rows"]["list"]}, "growth": {}, "profiles": {}}
    assert "| `zoo list`: wall time | ≤ 2 |" in page.render(some)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (179.4, "s", "179 s"),
        (12.34, "s", "12.3 s"),
        (1.234, "s", "1.23 s"),
        (0.0456, "s", "45.6 ms"),
        (0.0000391, "s", "39.1 µs"),
        (0.00000001, "s", "0.01 µs"),
        (102.6, "MB", "103 MB"),
        (None, "s", "–"),
    ],
)
def test_numbers_are_written_with_three_digits(value: float | None, unit: str, text: str) -> None:
    assert page.number(value, unit) == text


def test_share_of_the_machine() -> None:
    assert page.share({"gflop": 80.0, "seconds": 2.0, "matmul_gflops": 200.0}) == 0.2
