"""Print what `zoo list` costs beside the three imports that no such command can do without.

Usage: python benchmarks/startup.py [RUNS]

Both sides are started in turn; the figure is the ratio of their wall times.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

IMPORTS = [sys.executable, "-c", "import click, pluggy, importlib.metadata"]
LIST = [sys.executable, "-m", "zoo", "list"]


def seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - started


def main(runs: int) -> None:
    ratios = []
    for _ in range(runs):
        imports = seconds(IMPORTS)
        ratios.append(seconds(LIST) / imports)
    middle, least, most = statistics.median(ratios), min(ratios), max(ratios)
    print(f"zoo list / imports: median {middle:.2f}, {least:.2f}..{most:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
