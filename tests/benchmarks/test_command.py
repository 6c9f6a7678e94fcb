"""The command `python -m benchmarks`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("resource", reason="benchmarks need a Unix")

from benchmarks import page, session

ROOT = Path(__file__).parents[2]


def benchmarks(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | environment,
        check=False,
    )


def test_an_unknown_row_is_a_usage_error_with_all_names() -> None:
    ended = benchmarks("train-mpl")
    assert ended.returncode == 2
    assert "there is no train-mpl; there are train-mlp, train-ovr" in ended.stderr


def test_a_page_without_results_is_one_line(tmp_path: Path) -> None:
    ended = benchmarks("--report", "--output", str(tmp_path))
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"error: {tmp_path}/results.json cannot be read (")
    assert ended.stderr.endswith("measure first: make bench\n")
    assert ended.stderr.count("\n") == 1


def test_results_of_another_schema_are_refused(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text('{"schema": 99}')
    ended = benchmarks("--report", "--output", str(tmp_path))
    assert (ended.returncode, ended.stderr) == (
        1,
        f"error: {tmp_path}/results.json: expected schema 1; measure again: make bench\n",
    )


def test_results_of_another_machine_are_not_mixed(tmp_path: Path) -> None:
    document = session.new_document(quick=False)
    document["machine"]["processor"] = "an abacus"
    session.save(document, tmp_path / "results.json")
    ended = benchmarks("list", "--update", "--output", str(tmp_path))
    assert ended.returncode == 1
    assert "of another machine or version; measure all again" in ended.stderr


def test_the_page_is_written_again_from_the_results(tmp_path: Path) -> None:
    results = (ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8")
    (tmp_path / "results.json").write_text(results, encoding="utf-8")
    ended = benchmarks("--report", "--output", str(tmp_path))
    assert ended.returncode == 0, ended.stderr
    written = (tmp_path / "performance.md").read_text(encoding="utf-8")
    assert written == (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    for name in ("performance-ratios.png", "performance-growth.png"):
        assert (tmp_path / "images" / name).read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
@pytest.mark.mnist
@pytest.mark.timeout(900)
def test_a_quick_trial_measures_everything(mirror: Path, tmp_path: Path) -> None:
    ended = benchmarks("--quick", "--output", str(tmp_path), ZOO_MIRROR=str(mirror))
    assert ended.returncode == 0, ended.stderr
    document = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    kinds = [
        *document["rows"],
        *(f"growth-{name}" for name in document["growth"]),
        *document["profiles"],
    ]
    assert kinds == list(session.NAMES)
    assert page.render(document) == (tmp_path / "performance.md").read_text(encoding="utf-8")
    for row in document["rows"].values():
        for figure in row["figures"]:
            assert figure["ours"] is None or figure["ours"] > 0
            assert ("ratio" in figure) == (figure["ours"] is not None and figure["other"] is not None)
