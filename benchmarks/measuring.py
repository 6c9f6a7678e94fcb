"""Run processes in turn, and see how long they take, how much memory, and what they tell.

Nothing heavy may be imported here: a child process starts with the peak memory of its parent, so this
process must stay smaller than any it measures.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["BenchmarkError", "Place", "Spread", "in_turn", "ratios", "run"]

PEAK_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in which `resource` counts peak memory."""


class BenchmarkError(Exception):
    """A process failed, or what it measured is not there."""


@dataclass(frozen=True)
class Place:
    """Where processes run: their folder, and what their environment has besides this one's."""

    folder: Path
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Spread:
    """Several measurements of one thing: their median, smallest and largest."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        if not values:
            raise BenchmarkError("there is nothing to take the median of")
        return cls(statistics.median(values), min(values), max(values))


def run(command: Sequence[str], place: Place) -> dict[str, Any]:
    """Run one process to its end.

    Returns:
        ``wall_seconds``, ``cpu_seconds`` and ``peak_mb`` of the process and those it started, and all
        that its last line of JSON says. Seconds that it reckoned instead of spending them
        (``reckoned_seconds``) are added to the wall time. ``peak_mb`` is None where this process is
        the larger one, so that the child's own peak cannot be known.

    Raises:
        BenchmarkError: If it ends with another code than 0.
    """
    environment = {**os.environ, **place.environment}
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        own_peak = _own_peak()
        started = time.perf_counter()
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=place.folder, env=environment
        )
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if child.returncode != 0:
            last = (err.read().strip() or "it said nothing").splitlines()[-1]
            raise BenchmarkError(f"{' '.join(command)} ended with code {child.returncode}: {last}")
        told = _told(out.read())
    return {
        "wall_seconds": wall + told.get("reckoned_seconds", 0.0),
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss * PEAK_UNIT / 1e6 if usage.ru_maxrss > own_peak else None,
        **told,
    }


def _own_peak() -> int:
    """Return the most memory that this program has had, in units of `PEAK_UNIT`.

    What `resource` tells of a process counts the program that started it as well; Linux knows better.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return int(status.partition("VmHWM:")[2].split()[0])
    except (OSError, IndexError, ValueError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _told(text: str) -> dict[str, Any]:
    """Return the JSON object that is all of `text`, or its last line; empty where there is none.

    Of the report of a run, the accuracy is all that counts here.
    """
    for candidate in (text, text.strip().rpartition("\n")[2]):
        try:
            found = json.loads(candidate)
        except ValueError:
            continue
        if isinstance(found, dict):
            return {"accuracy": found["evaluation"]["accuracy"]} if "evaluation" in found else found
    return {}


def in_turn(
    ours: Callable[[], dict[str, Any]], other: Callable[[], dict[str, Any]] | None, rounds: int
) -> list[dict[str, dict[str, Any]]]:
    """Measure both sides so many times, one after the other, each second time in the other order."""
    measured = []
    for number in range(rounds):
        sides = {"ours": ours, **({"other": other} if other is not None else {})}
        order = list(sides) if number % 2 == 0 else list(reversed(sides))
        found = {name: sides[name]() for name in order}
        measured.append({name: found[name] for name in sides})
    return measured


def ratios(rounds: Sequence[Mapping[str, Mapping[str, Any]]], quantity: str) -> list[float]:
    """Return ours / other of each round: what was measured side by side is compared, nothing else."""
    return [found["ours"][quantity] / found["other"][quantity] for found in rounds]
