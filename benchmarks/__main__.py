"""Measure, keep the results, and write the page about them.

python -m benchmarks              everything, kept in results.json, and the page (half an hour)
python -m benchmarks train-mlp    one row, printed; with --update also kept
python -m benchmarks --quick      one short round of everything, printed: shows that it works
python -m benchmarks --report     write the page again from the results that are kept
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks import session as sessions
from benchmarks.measuring import BenchmarkError

ROOT = Path(__file__).parent.parent


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="ROW", help=f"of {', '.join(sessions.NAMES)}")
    parser.add_argument("--quick", action="store_true", help="one short round; nothing is kept")
    parser.add_argument("--rounds", type=int, help="rounds of each row, in place of its own number")
    parser.add_argument("--update", action="store_true", help="keep the named rows among the results")
    parser.add_argument("--report", action="store_true", help="measure nothing, write the page")
    parser.add_argument("--output", type=Path, help="folder for results and page, in place of the tree")
    asked = parser.parse_args(arguments)
    unknown = [name for name in asked.names if name not in sessions.NAMES]
    if unknown:
        parser.error(f"there is no {unknown[0]}; there are {', '.join(sessions.NAMES)}")
    if asked.rounds is not None and asked.rounds < 1:
        parser.error("--rounds: expected at least 1")
    try:
        return work(asked)
    except BenchmarkError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def work(asked: argparse.Namespace) -> int:
    results = (asked.output or ROOT / "benchmarks") / "results.json"
    if asked.report:
        write_page(sessions.load(results), asked.output)
        return 0
    keep = asked.output is not None or asked.update or not (asked.quick or asked.names)
    document = sessions.new_document(quick=asked.quick)
    if asked.update:
        kept = sessions.load(results)
        if (kept["machine"], kept["quick"]) != (document["machine"], document["quick"]):
            raise BenchmarkError("the results kept are of another machine or version; measure all again")
        document = kept
    if asked.output is not None:
        asked.output.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with sessions.session(quick=asked.quick, rounds=asked.rounds) as session:
        for name in asked.names or sessions.NAMES:
            session.measure(name, document)
            print(f"[{time.monotonic() - started:5.0f} s] {name}", flush=True)
            for line in told(name, document):
                print(f"    {line}", flush=True)
            if keep:
                sessions.save(document, results)
    if keep:
        write_page(sessions.load(results), asked.output)
    return 0


def told(name: str, document: dict[str, Any]) -> list[str]:
    """Return what was measured, as lines for the terminal."""
    from benchmarks import page

    if name in document["rows"]:
        return page.row_lines(document["rows"][name])
    if name in document["profiles"]:
        return page.profile_lines(document["profiles"][name])
    return page.growth_lines(document["growth"][name.removeprefix("growth-")])


def write_page(document: dict[str, Any], output: Path | None) -> None:
    """Write the page and its charts; only now Matplotlib may be imported."""
    from benchmarks import charts, page

    folder = output or ROOT / "docs"
    (folder / "images").mkdir(exist_ok=True)
    charts.draw_all(document, folder / "images")
    (folder / "performance.md").write_text(page.render(document), encoding="utf-8")
    print(f"wrote {folder / 'performance.md'}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
