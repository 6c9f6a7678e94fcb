"""Put data, weights and inference graphs where the others find them warm.

python prepare.py MNIST.npz MODEL …

Writes the images into the file, and tells where the weights of each model are.
"""

import sys

import numpy as np
from common import tell

import zoo


def main(path: str, *models: str) -> None:
    house = zoo.Zoo()
    dataset = house.dataset("mnist")
    train, test = dataset.examples("train"), dataset.examples("test")
    np.savez_compressed(
        path,
        x_train=train.images,
        y_train=train.labels.astype(np.uint8),
        x_test=test.images,
        y_test=test.labels.astype(np.uint8),
    )
    weights = {}
    for model in models:
        run = house.run(model, data="mnist")
        weights[model] = run.loaded.source.path
    tell(**weights)


if __name__ == "__main__":
    main(*sys.argv[1:])
