"""Read every file of a folder in this process, under the limits of the real child; report as JSON.

``python -m tests.store.h5.under_limits FOLDER``
"""

# ruff: noqa: T201  a command that prints
from __future__ import annotations

import json
import resource
import signal
import sys
import time
from pathlib import Path

from tests.store.h5 import hostile
from zoo.errors import IntegrityError
from zoo.store import h5
from zoo.store.h5.child import restrict
from zoo.store.h5.limits import CPU_SECONDS

PEAK_UNIT = 1 if sys.platform == "darwin" else 1024


def main(folder: Path) -> None:
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    h5.read(files["good.h5"], hostile.SHAPES, trusted=True, thing="x")
    restrict()
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds, refused = {}, []
    for name, data in files.items():
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        began = time.process_time()
        try:
            h5.read(data, hostile.SHAPES, trusted=True, thing="x")
        except IntegrityError:
            refused.append(name)
        seconds[name] = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "refused": refused, "memory": (peak - start) * PEAK_UNIT}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
