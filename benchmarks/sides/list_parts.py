"""What `zoo list` spends its time on: starting Python, importing, and the rest.

python list_parts.py

Imports are timed by Python itself (``-X importtime``), which makes each a little slower; the time of a
module is its own, without what it imports.
"""

import statistics
import subprocess
import sys
from collections import Counter

from common import Watch, tell

RUNS = 9
COMMAND = ["-m", "zoo", "list"]
OWN = ("zoo", "zoo_")


def wall(arguments: list[str]) -> float:
    times = []
    for _ in range(RUNS):
        with Watch() as watch:
            subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
        times.append(watch.seconds)
    return statistics.median(times)


def imports(arguments: list[str]) -> dict[str, float]:
    """Return module → its own seconds."""
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments], capture_output=True, text=True, check=True
    )
    found = {}
    for line in ended.stderr.splitlines():
        own, _, rest = line.removeprefix("import time:").partition("|")
        if own.strip().isdigit():
            found[rest.rpartition("|")[2].strip()] = int(own) / 1e6
    return found


def main() -> None:
    bare, whole = wall(["-c", "pass"]), wall(COMMAND)
    start = set(imports(["-c", "pass"]))
    groups: Counter[str] = Counter()
    for module, seconds in imports(COMMAND).items():
        top = module.partition(".")[0]
        if module in start:
            continue
        if top.startswith(OWN):
            groups["importing the zoo and its plugins"] += seconds
        elif top in ("click", "pluggy"):
            groups[f"importing {top}"] += seconds
        elif module.startswith("importlib.metadata"):
            groups["importing importlib.metadata"] += seconds
        elif top == "msgspec":
            groups["importing msgspec"] += seconds
        else:
            groups["importing what these need of the standard library"] += seconds
    parts = {"starting Python": bare, **groups}
    parts["the command itself"] = max(0.0, whole - sum(parts.values()))
    tell(parts=parts, seconds=whole)


if __name__ == "__main__":
    main()
