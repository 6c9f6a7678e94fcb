"""What every side shares: a watch, MNIST as plain arrays, and how it tells its figures."""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.uint8]
"""(n, 28, 28), 0 to 255, ink bright."""

Labels = NDArray[np.uint8]
"""(n,), 0 to 9."""


class Watch:
    """Measures the seconds of a `with` block."""

    def __enter__(self) -> Watch:
        self.started = time.perf_counter()
        self.seconds = 0.0
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self.started


def mnist(images: int = 60_000) -> tuple[tuple[Images, Labels], tuple[Images, Labels]]:
    """Return (training images, labels), (test images, labels).

    They come from the file that BENCHMARK_MNIST names.
    """
    with np.load(os.environ["BENCHMARK_MNIST"]) as arrays:
        train = arrays["x_train"][:images], arrays["y_train"][:images]
        return train, (arrays["x_test"], arrays["y_test"])


def options(*words: str) -> argparse.Namespace:
    """Read the command line: `words` in this order, then ``--images`` and ``--set``."""
    parser = argparse.ArgumentParser()
    for word in words:
        parser.add_argument(word)
    parser.add_argument("--images", type=int, default=60_000, help="training images")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    return parser.parse_args()


def tell(**figures: Any) -> None:
    """Print the figures, for the process that measures."""
    print(json.dumps(figures))


def seconds_a_call(call: Callable[[], object], *, at_least: float = 0.4, warm_up: int = 3) -> float:
    """Return the median time of a call, of as many calls as fill `at_least` seconds."""
    for _ in range(warm_up):
        call()
    times: list[float] = []
    while len(times) < 3 or sum(times) < at_least:
        with Watch() as watch:
            call()
        times.append(watch.seconds)
    return float(np.median(times))
