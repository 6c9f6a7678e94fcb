"""Draw the images of this package, and describe them: `python make_data.py`.

Writes the four idx files and registry.toml into zoo_garments/. Whole numbers alone decide, so that
the same images come out everywhere.
"""

import gzip
from pathlib import Path

import numpy as np
from zoo.testing import dataset_entry

PACKAGE = Path(__file__).parent / "zoo_garments"
NAMES = {"train": "train", "test": "t10k"}

SKETCHES = """
..##..##.. ..######.. ..##..##.. ...#..#... ..##..##..
.###..###. ..######.. .###..###. ...####... .###..###.
########## ..######.. ########## ...####... ##########
##.####.## ..##..##.. ##.####.## ....##.... #####.####
#..####..# ..##..##.. ##.####.## ....##.... #####.####
...####... ..##..##.. ##.####.## ...####... ##.##.##.#
...####... ..##..##.. ##.####.## ...####... ##.##.##.#
...####... ..##..##.. ##.####.## ..######.. ##.##.##.#
...####... ..##..##.. ##.####.## ..######.. #..##.##.#
.......... ..##..##.. ...####... .########. ...##.##..

.......... ..##..##.. .......... ....##.... ...###....
.......... .###..###. .......... ...#..#... ...####...
.....#.... #####.#### .......... ..#....#.. ...####...
....#.#... #.###.##.# .......... .#......#. ...####...
...#..##.. #.###.##.# ......###. ########## ...####...
..#...#.#. ..###.##.. ....###### ########## ...#####..
.#...#..## ..###.##.. ..######## ########## ...######.
#...#...## ..###.##.. ########## ########## ...#######
########## ..###.##.. ########## ########## ##########
.......... ..###.##.. .......... ########## ##########
"""
"""Five classes side by side, then five more; each of ten by ten cells of two pixels."""


def draw(count: int, start: int) -> tuple[np.ndarray, np.ndarray]:
    """Return images (count, 28, 28) and labels (count,), one class after the other."""
    blocks = [[line.split() for line in block.split("\n")] for block in SKETCHES.strip().split("\n\n")]
    columns = [[row[place] for row in rows] for rows in blocks for place in range(5)]
    cells = np.array([[[mark == "#" for mark in row] for row in rows] for rows in columns])
    shapes = np.kron(cells, np.ones((2, 2))).astype(np.int64)  # (class, 20, 20)
    images = np.zeros((count, 28, 28), np.uint8)
    labels = np.arange(count) % 10
    for place, label in enumerate(labels):
        variant = start + place // 10
        down, right = 2 + variant % 5, 2 + variant // 5 % 5
        ink = shapes[label] * (255 - variant % 7 * 16)
        ink -= shapes[label] * (np.add.outer(np.arange(20), np.arange(20)) % (3 + variant % 4) == 0) * 60
        images[place, down : down + 20, right : right + 20] = ink
    return images, labels.astype(np.uint8)


def write(folder: Path) -> None:
    """Write the idx files of both parts."""
    for part, (count, start) in {"train": (500, 0), "test": (100, 50)}.items():
        images, labels = draw(count, start)
        for array, kind in ((images, "images-idx3"), (labels, "labels-idx1")):
            head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
            content = gzip.compress(head + array.tobytes(), mtime=0)
            (folder / f"{NAMES[part]}-{kind}-ubyte.gz").write_bytes(content)


if __name__ == "__main__":
    write(PACKAGE / "data")
    entry = dataset_entry(PACKAGE / "data", name="garments", path="data", prefix="garments-", whole=True)
    (PACKAGE / "registry.toml").write_text(entry, encoding="utf-8")
