"""Print how many of 100 half-size digits in a corner, black on white, `zoo predict` reads rightly.

Usage: python benchmarks/corner_digits.py [MODEL ...]

The digits are the first 100 MNIST test images. Set ZOO_MIRROR to a folder that has mnist.npz.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import zoo

COUNT = 100


def main(models: list[str]) -> None:
    house = zoo.Zoo()
    digits = house.dataset("mnist").examples("test").first(COUNT)
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for number, digit in enumerate(digits.images):
            page = Image.new("L", (28, 28), 0)
            small = Image.fromarray(digit).resize((14, 14), Image.Resampling.BILINEAR)
            page.paste(small, (0, 0) if number % 2 else (14, 14))
            names.append(str(Path(folder) / f"{number}.png"))
            Image.fromarray(255 - np.asarray(page)).save(names[-1])
        found = house.predict(models, names)
    right = dict.fromkeys(models, 0)
    truth = dict(zip(names, digits.labels.astype(str), strict=True))
    for answer in found["predictions"]:
        right[answer["title"]] += answer["answer"] == truth[answer["image"]]
    for model, count in right.items():
        print(f"{model}: {count} of {COUNT}")


if __name__ == "__main__":
    main(sys.argv[1:] or ["mlp", "cnn"])
