"""The plain Keras script: load weights, measure 10,000 images, and draw what the first layer learned.

python keras_script.py WEIGHTS.h5 [PICTURE.png]
"""

import json
import os
import sys

import keras
import numpy as np


def main(weights, picture=None):
    with np.load(os.environ["BENCHMARK_MNIST"]) as arrays:
        x_test, y_test = arrays["x_test"] / 255.0, arrays["y_test"]
    model = keras.models.load_model(weights)
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    _, accuracy = model.evaluate(x_test, y_test, verbose=0)
    if picture:
        import matplotlib.pyplot as plt

        kernel = model.layers[-2].get_weights()[0]  # (784, 64)
        figure, axes = plt.subplots(8, 8, figsize=(8, 8))
        for unit, axis in enumerate(axes.flat):
            axis.imshow(kernel[:, unit].reshape(28, 28), cmap="RdBu_r")
            axis.axis("off")
        figure.savefig(picture)
    print(json.dumps({"accuracy": accuracy}))


if __name__ == "__main__":
    main(*sys.argv[1:])
