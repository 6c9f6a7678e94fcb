"""Predict by `keras.Model.predict`: seconds a call for 1 to 10,000 images.

python keras_prediction.py WEIGHTS.h5
"""

import keras
from common import mnist, options, seconds_a_call, tell

COUNTS = (1, 10, 100, 1_000, 10_000)


def main(weights: str) -> None:
    _, (x_test, _) = mnist()
    images = (x_test / 255.0).astype("float32")
    model = keras.models.load_model(weights, compile=False)
    tell(**{str(n): seconds_a_call(lambda n=n: model.predict(images[:n], verbose=0)) for n in COUNTS})


if __name__ == "__main__":
    main(options("weights").weights)
