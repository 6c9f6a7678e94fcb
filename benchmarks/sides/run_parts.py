"""What `zoo run mlp --visualize` spends its time on, warm, step by step in one process.

python run_parts.py

What the command itself takes beyond these steps is the last part.
"""

import gc
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from zoo.cli import COLLECT_AFTER

STARTED = time.perf_counter()


class Parts:
    """Seconds by name; each `mark` ends a part."""

    def __init__(self, started: float) -> None:
        self.last, self.seconds = started, {}

    def mark(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = now - self.last
        self.last = now


def seconds_of_the_command() -> float:
    """Return the median time of the whole command."""
    times = []
    for _ in range(5):
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "zoo", "run", "mlp", "--visualize", "--output", folder],
                capture_output=True,
                check=True,
            )
            times.append(time.perf_counter() - started)
    return statistics.median(times)


def main() -> None:
    gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])  # as the command does
    parts = Parts(STARTED)
    import numpy  # noqa: F401

    parts.mark("importing NumPy")
    import h5py  # noqa: F401

    parts.mark("importing h5py")
    from zoo import Zoo
    from zoo.api.drawing import draw_defaults
    from zoo.api.running import Run
    from zoo.report import write

    parts.mark("importing the zoo")
    zoo = Zoo()
    zoo.models()
    _ = zoo.registry
    parts.mark("plugins and registry")
    loaded = zoo.load("mlp")
    parts.mark("weights and inference graph")
    evaluation = loaded.evaluate()
    parts.mark("data, and measuring 10,000 images")
    import matplotlib.backends.backend_agg
    import matplotlib.figure  # noqa: F401

    parts.mark("importing Matplotlib")
    with tempfile.TemporaryDirectory() as folder:
        drawing = draw_defaults(zoo, loaded, Path(folder), "zoo run mlp --visualize", sliders=True)
        parts.mark(f"drawing {len(drawing.views)} views, with the frames of their sliders")
        write(Run(loaded, drawing=drawing).to_data(), drawing.pictures)
        parts.mark("the report")

    rest = seconds_of_the_command() - sum(parts.seconds.values())
    parts.seconds["everything else: starting Python, the command line, ending"] = max(0.0, rest)

    from common import tell

    tell(parts=parts.seconds, accuracy=evaluation.accuracy)


if __name__ == "__main__":
    main()
