"""docs/performance.md: the tables from the results, the prose from ``page.md``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["growth_lines", "profile_lines", "render", "row_lines"]

PROSE = Path(__file__).with_name("page.md")

BESIDE = {"importing": "importing", "whole process": "whole process", "peak memory": "peak memory"}
"""Figures of a training that are reported and have no target."""

QUICK = "**From a quick trial on few images: these figures say nothing about speed.**\n\n"

PREDICTIONS = {"predict-mlp": "mlp", "predict-cnn": "cnn"}


def render(document: Mapping[str, Any]) -> str:
    """Return the whole page."""
    rows = document["rows"]
    parts = {
        "quick": QUICK if document["quick"] else "",
        "verdict": _verdict(list(rows.values())),
        "targets": _targets(rows.values()),
        "sides": _sides(rows.values()),
        "beside": _beside(rows.values()),
        "growth": "\n\n".join(_growth_tables(document)),
        "growth_rounds": _growth_rounds(document["growth"].values()),
        "effort": _effort(document["profiles"]),
        "cnn_step": _cnn_step(document["profiles"]),
        "scratch_step": _parts(document["profiles"], "scratch-step"),
        "parts": _parts(document["profiles"], "run-parts", "list-parts"),
        "machine": _machine(document),
    }
    page = PROSE.read_text(encoding="utf-8")
    for name, text in parts.items():
        page = page.replace(f"{{{name}}}", text)
    return page


def row_lines(row: Mapping[str, Any]) -> list[str]:
    """Return the figures of a row as lines for the terminal."""
    lines = []
    for figure in row["figures"]:
        words = [f"{figure['name']}:", _sides_of(figure)]
        if "ratio" in figure:
            words.append(f"ratio {_ratio(figure)}")
        if "target" in figure:
            words.append(f"target {_target(figure)}: {'met' if figure['met'] else 'missed'}")
        lines.append("  ".join(words))
    if row["accuracy"]:
        lines.append(f"accuracy: {_accuracy(row)}")
    return lines


def growth_lines(growth: Mapping[str, Any]) -> list[str]:
    return [
        f"{int(x):,} {growth['axis']}: {number(ours, 's')} against {number(other, 's')}"
        for x, ours, other in medians(growth["points"])
    ]


def profile_lines(profile: Mapping[str, Any]) -> list[str]:
    if "parts" not in profile:
        parts = {name: part for name, part in profile.items() if isinstance(part, dict)}
        return [
            f"{name}: forward {part['forward_ms']:.2f} ms, backward {part['backward_ms']:.2f} ms, "
            f"{part['gflops']:.0f} GFLOP/s"
            for name, part in parts.items()
        ]
    lines = [f"{name}: {number(seconds, 's')}" for name, seconds in profile["parts"].items()]
    if "gflop" not in profile:
        return lines
    return [*lines, f"share of the machine's matrix products: {100 * share(profile):.0f} %"]


def medians(points: Mapping[str, Any]) -> list[tuple[str, float, float]]:
    """Return (x, ours, other) of each point of a growth."""
    from benchmarks.measuring import Spread

    return [
        (x, Spread.of(point["ours"]).median, Spread.of(point["other"]).median)
        for x, point in points.items()
    ]


def predictions(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return model → points of how predictions grow, from the rows that measured them."""
    return {
        model: {
            x: {
                side: [found[side][x] for found in document["rows"][name]["rounds"]]
                for side in ("ours", "other")
            }
            for x in document["rows"][name]["rounds"][0]["ours"]
            if x.isdigit()
        }
        for name, model in PREDICTIONS.items()
        if name in document["rows"]
    }


def share(profile: Mapping[str, Any]) -> float:
    """Return what share of the speed of large matrix products a training reached."""
    return float(profile["gflop"] / profile["seconds"] / profile["matmul_gflops"])


def number(value: float | None, unit: str) -> str:
    """Write a measured value with the digits that mean something."""
    if value is None:
        return "–"
    if unit == "MB":
        return f"{value:.0f} MB"
    for factor, name in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if value * factor >= 1 or name == "µs":
            break
    scaled = value * factor
    digits = 0 if scaled >= 100 else 1 if scaled >= 10 else 2
    return f"{scaled:.{digits}f} {name}"


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in rows)


def _verdict(rows: Sequence[Mapping[str, Any]]) -> str:
    aimed = [(row, figure) for row in rows for figure in row["figures"] if "target" in figure]
    missed = [f"{row['title']}, {figure['name']}" for row, figure in aimed if not figure["met"]]
    met = f"All {len(aimed)} targets are met."
    if missed:
        met = f"{len(aimed) - len(missed)} of {len(aimed)} targets are met. Missed: {'; '.join(missed)}."
    lower = [row["title"] for row in rows if not _is_as_accurate(row["accuracy"])]
    if lower:
        return f"{met} Less accurate than the other side: {'; '.join(lower)}."
    return f"{met} The zoo is nowhere less accurate than the other side."


def _is_as_accurate(accuracy: Mapping[str, Any]) -> bool:
    """Say whether ours is not lower; Keras counts in float32, so the last of six digits may differ."""
    if not {"ours", "other"} <= set(accuracy):
        return True
    return bool(accuracy["ours"] >= accuracy["other"] - 1e-6)


def _targets(rows: Iterable[Mapping[str, Any]]) -> str:
    lines = []
    for row in rows:
        for figure in row["figures"]:
            if figure["name"] in BESIDE and "target" not in figure:
                continue
            met = {True: "met", False: "**missed**"}.get(figure.get("met", None), "")
            lines.append(
                [
                    f"{row['title']}: {figure['name']}",
                    _target(figure),
                    _ratio(figure),
                    number(figure["ours"], figure["unit"]),
                    number(figure["other"], figure["unit"]) if row["other"] else "",
                    str(len(row["rounds"])),
                    _accuracy(row),
                    met,
                ]
            )
    head = ("figure", "target", "ratio", "zoo", "other side", "rounds", "accuracy, zoo / other", "")
    return table(head, lines)


def _beside(rows: Iterable[Mapping[str, Any]]) -> str:
    lines = []
    for row in rows:
        figures = {figure["name"]: figure for figure in row["figures"]}
        if not set(BESIDE) <= set(figures):
            continue
        cells = [_sides_of(figures[name]) for name in BESIDE]
        lines.append([row["title"], *cells])
    return table(("work", *(f"{name}, zoo / other" for name in BESIDE.values())), lines)


def _sides(rows: Iterable[Mapping[str, Any]]) -> str:
    lines = [[row["title"], row["ours"], row["other"] or "nothing: a limit in seconds"] for row in rows]
    return table(("work", "zoo", "other side"), lines)


def _growth_tables(document: Mapping[str, Any]) -> Iterable[str]:
    for growth in document["growth"].values():
        yield _growth(growth["axis"], medians(growth["points"]), "Keras `fit`")
    for model, points in predictions(document).items():
        yield _growth(f"images a prediction, `{model}`", medians(points), "Keras `predict`")


def _growth_rounds(growths: Iterable[Mapping[str, Any]]) -> str:
    """Say of how many rounds the medians are: of so many each, or of so many at least."""
    counts = {len(point["ours"]) for growth in growths for point in growth["points"].values()}
    if len(counts) < 2:
        return "".join(map(str, counts)) or "no"
    return f"{min(counts)} to {max(counts)}"


def _growth(axis: str, points: Sequence[tuple[str, float, float]], other: str) -> str:
    lines = [
        [f"{int(x):,}", number(ours, "s"), number(keras, "s"), _plain_ratio(ours / keras)]
        for x, ours, keras in points
    ]
    return table((axis, "zoo", other, "ratio"), lines)


def _effort(profiles: Mapping[str, Any]) -> str:
    found = [profile for profile in profiles.values() if "gflop" in profile]
    if not found:
        return ""
    lines = [
        ["operations of the whole training", *(f"{p['gflop']:,.0f} GFLOP" for p in found)],
        ["time", *(number(p["seconds"], "s") for p in found)],
        ["speed reached", *(f"{p['gflop'] / p['seconds']:.0f} GFLOP/s" for p in found)],
        ["speed of large matrix products", *(f"{p['matmul_gflops']:.0f} GFLOP/s" for p in found)],
        ["share reached", *(f"**{100 * share(p):.0f} %**" for p in found)],
        ["a step", *(number(p["parts"]["steps"] / p["steps"], "s") for p in found)],
    ]
    for name in found[0]["parts"]:
        cells = [f"{100 * p['parts'][name] / p['seconds']:.0f} %" for p in found]
        lines.append([f"time for {name}", *cells])
    return table(("", *(p["title"] for p in found)), lines)


def _cnn_step(profiles: Mapping[str, Any]) -> str:
    found = profiles.get("cnn-step")
    if found is None:
        return ""
    parts = {name: part for name, part in found.items() if isinstance(part, dict)}
    whole = sum(part["forward_ms"] + part["backward_ms"] for part in parts.values())
    lines = [
        [
            name,
            f"{part['forward_ms']:.2f} ms",
            f"{part['backward_ms']:.2f} ms",
            f"{100 * (part['forward_ms'] + part['backward_ms']) / whole:.0f} %",
            f"{part['gflops']:.0f} GFLOP/s" if part["gflops"] else "",
        ]
        for name, part in parts.items()
    ]
    head = ("part of a CNN's step, 128 images", "forward", "backward", "share", "speed")
    return table(head, lines)


def _parts(profiles: Mapping[str, Any], *names: str) -> str:
    tables = []
    for profile in (profiles[name] for name in names if name in profiles):
        whole = sum(profile["parts"].values())
        lines = [
            [name, number(seconds, "s"), f"{100 * seconds / whole:.0f} %"]
            for name, seconds in profile["parts"].items()
        ]
        tables.append(table((profile["title"], "time", "share"), lines))
    return "\n\n".join(tables)


def _machine(document: Mapping[str, Any]) -> str:
    found = document["machine"]
    loads = [item["load"] for part in ("rows", "growth", "profiles") for item in document[part].values()]
    lines = [
        ["measured", document["taken"]],
        ["processor", f"{found['processor']}, {found['cores']} cores"],
        ["memory", f"{found['memory_gb']:g} GB"],
        ["system", found["system"]],
        ["Python", found["python"]],
        *([name, version] for name, version in found["libraries"].items()),
    ]
    if loads:
        loads_text = f"{min(loads):g} to {max(loads):g}, the benchmark itself included"
        lines.append(["load average before each row", loads_text])
    return table(("", ""), lines)


def _target(figure: Mapping[str, Any]) -> str:
    if "target" not in figure:
        return ""
    if figure["of"] == "ratio":
        return f"≤ {figure['target']:g}"
    if figure["unit"] == "MB":
        return f"≤ {figure['target']:g} MB"
    return "≤ 1 ms" if figure["target"] == 0.001 else f"≤ {figure['target']:g} s"


def _ratio(figure: Mapping[str, Any]) -> str:
    if "ratio" not in figure:
        return ""
    ends = f"{_plain_ratio(figure['ratio_low'])}–{_plain_ratio(figure['ratio_high'])}"
    return f"{_plain_ratio(figure['ratio'])} ({ends})"


def _plain_ratio(value: float) -> str:
    return f"{value:.4f}" if value < 0.01 else f"{value:.3f}" if value < 1 else f"{value:.2f}"


def _sides_of(figure: Mapping[str, Any]) -> str:
    ours = number(figure["ours"], figure["unit"])
    if figure["other"] is None:
        return ours
    return f"{ours} / {number(figure['other'], figure['unit'])}"


def _accuracy(row: Mapping[str, Any]) -> str:
    found = row["accuracy"]
    words = [f"{found[side]:.4f}" for side in ("ours", "other") if side in found]
    return " / ".join(words) + (" (stated)" if found.get("other_is_stated") else "")
