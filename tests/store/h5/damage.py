"""Damage good files at random and read them: right values, or the typed error, and nothing else.

Each worker process reads thousands of damaged files; if the HDF5 library kills it, the file that
did so is kept, and the next worker goes on behind it. Run it at length with::

    python -m tests.store.h5.damage --count 100000

It prints what happened how often and writes the files that crashed, hung or gave wrong values.
"""

# ruff: noqa: T201  a command that prints
from __future__ import annotations

import argparse
import collections
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from zoo.errors import IntegrityError
from zoo.store import h5

FILES = Path(__file__).parent / "files"
ROOT = Path(__file__).parents[3]
SHAPES = {
    "hidden_layer/kernel": (4, 3),
    "hidden_layer/bias": (3,),
    "norm/gamma": (3,),
    "norm/beta": (3,),
    "norm/moving_mean": (3,),
    "norm/moving_variance": (3,),
    "output_layer/kernel": (3, 2),
    "output_layer/bias": (2,),
}
"""Of the network in every one of the files. Their values are 0, ⅛, ¼ … in this order."""

EXTREMES = (
    b"\xff" * 8,
    b"\0" * 8,
    b"\xff" * 7 + b"\x7f",
    (2**40).to_bytes(8, "little"),
    b"\xff\xff\0\0",
)


def right_values() -> dict[str, np.ndarray]:
    values, start = {}, 0
    for name, shape in SHAPES.items():
        size = int(np.prod(shape))
        values[name] = (np.arange(start, start + size, dtype=np.float32) / 8).reshape(shape)
        start += size
    return values


def good_files() -> dict[str, bytes]:
    """Return what Keras 2 and 3 wrote, and what the zoo writes."""
    found = {path.name: path.read_bytes() for path in sorted(FILES.glob("*.h5"))}
    found["zoo"] = h5.write(
        right_values(),
        provenance={"model": "digit-zoo/mlp"},
        history={"epochs": {"loss": [1.0, 0.5]}},
        snapshots={"hidden_layer/kernel": np.ones((2, 3), np.float16)},
    )
    return found


def damaged(number: int, files: dict[str, bytes]) -> tuple[str, bytes]:
    """Make the damaged file of this number: always the same one. The weights' own bytes stay whole."""
    chance = random.Random(number)
    name = chance.choice(sorted(files))
    original = files[name]
    data = bytearray(original)
    for _ in range(chance.choice((1, 1, 1, 2, 4, 16))):
        _damage(data, chance)
    for start, stop in _values(original):
        data[start:stop] = original[start:stop]
    return name, bytes(data)


def _damage(data: bytearray, chance: random.Random) -> None:
    # Metadata is found where bytes are not zero; a third of the places are taken blindly.
    where = chance.randrange(len(data))
    while chance.random() < 0.9 and not data[where]:
        where = chance.randrange(len(data))
    kind = chance.randrange(7)
    if kind == 0:
        data[where] ^= 1 << chance.randrange(8)
    elif kind == 1:
        data[where] = chance.randrange(256)
    elif kind == 2:
        extreme = chance.choice(EXTREMES)
        where -= where % 8 * chance.randrange(2)
        data[where : where + len(extreme)] = extreme[: len(data) - where]
    elif kind == 3:
        size = chance.choice((1, 2, 4, 8, 64, 512))
        data[where : where + size] = chance.randbytes(len(data[where : where + size]))
    elif kind == 4:
        size = chance.choice((4, 8, 24, 40, 512))
        source = chance.randrange(len(data))
        piece = data[source : source + size]
        data[where : where + len(piece)] = piece[: len(data) - where]
    elif kind == 5:
        size = chance.choice((8, 64, 512))
        data[where : where + size] = bytes(len(data[where : where + size]))
    else:
        data[where : where + 1] = bytes([(data[where] + chance.choice((1, -1))) % 256])


def _values(data: bytes) -> Iterator[tuple[int, int]]:
    for array in right_values().values():
        raw = array.astype("<f4").tobytes()
        start = data.find(raw)
        yield start, start + len(raw)


def outcome(data: bytes, right: dict[str, np.ndarray], *, trusted: bool = True) -> str:
    """Read one file: ``right``, ``refused``, ``wrong``, or the name of another exception.

    ``moved`` is the one damage that nothing but a hash can find: an array's address leads to other
    bytes of the file that look like weights.
    """
    try:
        found = h5.read_weights(data, SHAPES, trusted=trusted, thing="damaged file")
    except IntegrityError:
        return "refused"
    except Exception as error:  # the finding
        return type(error).__name__
    wrong = [name for name in right if not np.array_equal(found[name], right[name])]
    if not wrong:
        return "right"
    # The weights' own bytes were left whole, so each is either read from there or from elsewhere.
    return "moved" if all(right[name].tobytes() in data for name in wrong) else "wrong"


def work(first: int, count: int) -> None:
    """Read damaged files in this process; one line of outcome each. Limits as in the real child."""
    from zoo.store.h5.child import restrict
    from zoo.store.h5.limits import CPU_SECONDS

    files, right = good_files(), right_values()
    outcome(files["zoo"], right)  # everything is imported before files can no longer be opened
    restrict()
    for number in range(first, first + count):
        if sys.platform != "win32":
            import signal

            signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        print(number, outcome(damaged(number, files)[1], right), flush=True)


def survey(first: int, count: int) -> tuple[collections.Counter[str], dict[int, str]]:
    """Read `count` damaged files; return how often what happened, and which numbers went wrong."""
    happened: collections.Counter[str] = collections.Counter()
    bad: dict[int, str] = {}
    stop = first + count
    while first < stop:
        command = [
            sys.executable,
            "-m",
            "tests.store.h5.damage",
            "--work",
            str(first),
            str(stop - first),
        ]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        for line in run.stdout.splitlines():
            number, what = line.split()
            happened[what] += 1
            if what not in ("right", "refused", "moved"):
                bad[int(number)] = what
            first = int(number) + 1
        if run.returncode and first < stop:
            bad[first] = f"exit code {run.returncode}"
            happened[bad[first]] += 1
            first += 1
    return happened, bad


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--first", type=int, default=0, help="number of the first damaged file")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument(
        "--keep", type=Path, default=Path("damaged"), help="folder for files that went wrong"
    )
    parser.add_argument("--work", type=int, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(*options.work)
        return
    happened, bad = survey(options.first, options.count)
    files, right = good_files(), right_values()
    for number, what in bad.items():
        name, data = damaged(number, files)
        options.keep.mkdir(exist_ok=True)
        (options.keep / f"{number}.h5").write_bytes(data)
        print(number, name, what, "| in the child process:", outcome(data, right, trusted=False))
    print(json.dumps(happened, sort_keys=True))


if __name__ == "__main__":
    main()
