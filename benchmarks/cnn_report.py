"""Time the pictures of `zoo run cnn --visualize`, with weights and data cached.

    python benchmarks/cnn_report.py [model]

Needs MNIST and the published weights: in the cache, or from the mirror that ZOO_MIRROR names. The
first run, which is not timed, fetches them. `figures` is all default views, computed, drawn and
written with the report that holds them; the target is 5 s.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from zoo import Zoo
from zoo.api.drawing import draw_defaults
from zoo.api.running import Run
from zoo.report import write
from zoo.store.files import write_whole
from zoo.views import draw

TARGET = 5.0
"""Seconds for all default views in one report."""


def main(model: str = "cnn") -> None:
    zoo = Zoo()
    zoo.run(model)
    started = time.perf_counter()
    loaded = zoo.load(model)
    loaded.evaluate()
    print(f"weights, data and measurement, from the cache: {time.perf_counter() - started:.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        started, spent = time.perf_counter(), time.process_time()
        drawing = draw_defaults(zoo, loaded, Path(folder), f"zoo run {model} --visualize")
        page = write(Run(loaded, drawing=drawing).to_data(), drawing.pictures)
        write_whole(Path(folder) / "report.html", page)
        seconds, cpu = time.perf_counter() - started, time.process_time() - spent
    views = len(drawing.views)
    print(
        f"figures: {views} views in {seconds:.2f} s ({cpu:.2f} s CPU), report {len(page) / 1e6:.2f} MB"
    )
    for reason in (drawing.skipped, drawing.failed):
        for name, why in reason.items():
            print(f"  not drawn: {name}: {why}")
    for view in drawing.views:  # each once more, without its slider's other frames
        started = time.process_time()
        draw(zoo.catalogue.view(view.name), loaded.context).encode()
        print(f"  {view.name:16} {time.process_time() - started:.2f} s CPU")
    print(f"target {TARGET} s: {'met' if seconds <= TARGET else 'missed'}")


if __name__ == "__main__":
    main(*sys.argv[1:])
