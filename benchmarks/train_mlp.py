"""Train the default MLP side by side with the plain Keras script it stands for.

    python benchmarks/train_mlp.py [repeats]

Needs MNIST: in the cache, or from the mirror that ZOO_MIRROR names. Both start with Keras imported
and the images in memory. The script's recipe is that of the source notebook: 64 relu units, Adam at
0.001, batch 32, 5 epochs, a tenth of the training images held out.
"""

from __future__ import annotations

import sys
import time

import keras
import numpy as np

from zoo import TrainingData, Zoo
from zoo.progress import LoggingReporter
from zoo_mlp import MLP, Hyperparameters, MLPRecipe, model


def by_keras(data: TrainingData, seed: int) -> tuple[float, float]:
    """Return seconds of `fit` and test accuracy."""
    assert data.test is not None
    keras.utils.set_random_seed(seed)
    network = keras.Sequential(
        [
            keras.Input((784,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    network.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    images = data.train.floats().reshape(-1, 784)
    labels = keras.utils.to_categorical(data.train.labels)
    started = time.perf_counter()
    network.fit(images, labels, batch_size=32, epochs=5, validation_split=0.1, verbose=0)
    seconds = time.perf_counter() - started
    scores = network.predict(data.test.floats().reshape(-1, 784), verbose=0)
    return seconds, float((scores.argmax(axis=1) == data.test.labels).mean())


def by_recipe(dataset_training: TrainingData, seed: int) -> tuple[float, float]:
    """Return seconds of `fit` and test accuracy."""
    assert dataset_training.test is not None
    mlp = model.MLP(MLP, Hyperparameters())
    started = time.perf_counter()
    mlp.fit(dataset_training, MLPRecipe(), seed=seed, reporter=LoggingReporter())
    seconds = time.perf_counter() - started
    scores = mlp.predict(dataset_training.test.images)
    return seconds, float((scores.argmax(axis=1) == dataset_training.test.labels).mean())


def main(repeats: int = 3) -> None:
    dataset = Zoo().dataset("mnist")
    whole = dataset.training(MLPRecipe(validation=0.0))
    ratios = []
    for seed in range(repeats):
        plain = by_keras(whole, seed)
        ours = by_recipe(dataset.training(MLPRecipe(), seed=seed), seed)
        ratios.append(ours[0] / plain[0])
        print(
            f"seed {seed}: Keras {plain[0]:.2f} s, accuracy {plain[1]:.4f}; "
            f"zoo {ours[0]:.2f} s, accuracy {ours[1]:.4f}; ratio {ratios[-1]:.3f}"
        )
    print(f"median ratio {np.median(ratios):.3f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
