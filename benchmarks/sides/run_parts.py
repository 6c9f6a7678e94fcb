"""What `zoo run mlp --visualize` spends its time on, warm, step by step in one process.

python run_parts.py
"""

import tempfile
import time
from pathlib import Path

STARTED = time.perf_counter()


class Parts:
    """Seconds by name; each `mark` ends a part."""

    def __init__(self, started: float) -> None:
        self.last, self.seconds = started, {}

    def mark(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = now - self.last
        self.last = now


def main() -> None:
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

    from common import tell

    tell(parts=parts.seconds, accuracy=evaluation.accuracy)


if __name__ == "__main__":
    main()
