"""Measure rows, growths and profiles, and put what was found into one plain document."""

from __future__ import annotations

import datetime
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.measuring import BenchmarkError, Place, Spread, in_turn, ratios, run
from benchmarks.rows import GROWTHS, PROFILES, ROWS, SIDES, Figure, Growth, Profile, Row, Side

__all__ = [
    "NAMES",
    "SCHEMA",
    "Session",
    "figure_data",
    "load",
    "new_document",
    "row_data",
    "save",
    "session",
]

SCHEMA = 1
"""Version of the document."""

NAMES = (
    *(row.name for row in ROWS),
    *(f"growth-{growth.name}" for growth in GROWTHS),
    *(profile.name for profile in PROFILES),
)
"""Everything that can be measured, in the order in which it is."""

QUICK_IMAGES = ("--images", "1000")


def new_document(*, quick: bool) -> dict[str, Any]:
    """Return a document without measurements."""
    return {
        "schema": SCHEMA,
        "quick": quick,
        "taken": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": machine.describe(),
        "rows": {},
        "growth": {},
        "profiles": {},
    }


@contextmanager
def session(*, quick: bool, rounds: int | None) -> Iterator[Session]:
    """Make data, weights and inference graphs ready in a folder that goes away afterwards."""
    with tempfile.TemporaryDirectory(prefix="zoo-bench-") as folder:
        images = Path(folder) / "mnist.npz"
        place = Place(
            Path(folder),
            {
                "BENCHMARK_MNIST": str(images),
                "TF_CPP_MIN_LOG_LEVEL": "3",
                "MPLBACKEND": "agg",
                "PYTHONDONTWRITEBYTECODE": "",  # modules are compiled once, as by any installation
            },
        )
        prepare = [sys.executable, str(SIDES / "prepare.py"), str(images), "mlp", "cnn"]
        paths = {name: path for name, path in run(prepare, place).items() if isinstance(path, str)}
        yield Session(place, paths, quick=quick, rounds=rounds)


class Session:
    """Measures things by name.

    Args:
        paths: Model → path of its weights.
        quick: Short commands, one round: shows that all works, not how fast it is.
        rounds: In place of what each row says.
    """

    def __init__(
        self, place: Place, paths: dict[str, str], *, quick: bool, rounds: int | None = None
    ) -> None:
        self.place, self.paths, self.quick = place, paths, quick
        self.rounds = 1 if quick else rounds

    def measure(self, name: str, document: dict[str, Any]) -> None:
        """Measure one row, growth or profile, and put it into the document."""
        for found in ROWS:
            if found.name == name:
                document["rows"][name] = self.row(found)
                return
        for grown in GROWTHS:
            if f"growth-{grown.name}" == name:
                document["growth"][grown.name] = self.growth(grown)
                return
        for profile in PROFILES:
            if profile.name == name:
                document["profiles"][name] = self.profile(profile)
                return
        raise BenchmarkError(f"there is no benchmark {name}; there are {', '.join(NAMES)}")

    def row(self, row: Row) -> dict[str, Any]:
        load = machine.load_average()
        other = self._side(row.other) if row.other is not None else None
        # Figures are those of the rounds as they are kept: who reckons again finds the same.
        rounds = _rounded(in_turn(self._side(row.ours), other, self.rounds or row.rounds))
        return row_data(row, rounds, load)

    def growth(self, growth: Growth) -> dict[str, Any]:
        load = machine.load_average()
        sides = []
        for name in ("zoo_growth", "keras_growth"):
            command = (sys.executable, str(SIDES / f"{name}.py"), growth.name)
            sides.append(self._side(Side(what="", command=command, quick=QUICK_IMAGES)))
        rounds = in_turn(sides[0], sides[1], self.rounds or growth.rounds)
        points = {
            x: {side: [found[side][x] for found in rounds] for side in ("ours", "other")}
            for x in rounds[0]["ours"]
            if x.isdigit()
        }
        return {"title": growth.title, "axis": growth.axis, "load": load, "points": points}

    def profile(self, profile: Profile) -> dict[str, Any]:
        load = machine.load_average()
        found = self._side(Side(what="", command=profile.command, quick=profile.quick))()
        return {"title": profile.title, "load": load, **found}

    def _side(self, side: Side) -> Callable[[], dict[str, Any]]:
        command = [part.format(**self.paths) if part.startswith("{") else part for part in side.command]
        if self.quick:
            command += side.quick
        return lambda: run(command, self.place)


def row_data(row: Row, rounds: Sequence[dict[str, dict[str, Any]]], load: float) -> dict[str, Any]:
    """Return a measured row as plain data: every round, and the figures drawn from them."""
    accuracy: dict[str, Any] = {}
    for side in ("ours", "other"):
        found = [
            measured[side]["accuracy"] for measured in rounds if "accuracy" in measured.get(side, {})
        ]
        if found:
            accuracy[side] = Spread.of(found).median
    if row.stated is not None:
        accuracy["other"], accuracy["other_is_stated"] = row.stated, True
    return {
        "title": row.title,
        "ours": row.ours.what,
        "other": row.other.what if row.other is not None else None,
        "load": load,
        "figures": [figure_data(figure, rounds) for figure in row.figures],
        "accuracy": accuracy,
        "rounds": list(rounds),
    }


def figure_data(figure: Figure, rounds: Sequence[dict[str, dict[str, Any]]]) -> dict[str, Any]:
    """Return a figure: medians of both sides, the median ratio of the rounds and its spread."""
    data: dict[str, Any] = {"name": figure.name, "unit": figure.unit, "of": figure.of}
    for side in ("ours", "other"):
        values = [found[side].get(figure.quantity) for found in rounds if side in found]
        known: list[float] = [value for value in values if value is not None]
        data[side] = Spread.of(known).median if known and len(known) == len(values) else None
    if None not in (data["ours"], data["other"]) and data["other"] > 0:
        spread = Spread.of(ratios(rounds, figure.quantity))
        data |= {"ratio": spread.median, "ratio_low": spread.low, "ratio_high": spread.high}
    if figure.target is not None:
        reached = data.get("ratio") if figure.of == "ratio" else data["ours"]
        data |= {"target": figure.target, "met": reached is not None and reached <= figure.target}
    return data


def save(document: dict[str, Any], path: Path) -> None:
    """Write the document: readable, and the same for the same measurements, in whatever order."""
    places = {name.removeprefix("growth-"): place for place, name in enumerate(NAMES)}
    parts = {
        part: dict(sorted(document[part].items(), key=lambda item: places.get(item[0], len(places))))
        for part in ("rows", "growth", "profiles")
    }
    text = json.dumps(_rounded(document | parts), indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def load(path: Path) -> dict[str, Any]:
    """Read a document.

    Raises:
        BenchmarkError: If there is none, or it is of another schema.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BenchmarkError(f"{path} cannot be read ({error}); measure first: make bench") from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise BenchmarkError(f"{path}: expected schema {SCHEMA}; measure again: make bench")
    return document


def _rounded(value: Any) -> Any:
    """Keep six digits of every number: more say nothing."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {name: _rounded(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value
