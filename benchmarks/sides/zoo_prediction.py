"""Predict through a loaded model: seconds a call for 1 to 10,000 images.

python zoo_prediction.py MODEL
"""

from common import options, seconds_a_call, tell

import zoo

COUNTS = (1, 10, 100, 1_000, 10_000)


def main(model: str) -> None:
    loaded = zoo.load(model)
    images = loaded.dataset("mnist").examples("test").floats()
    tell(**{str(n): seconds_a_call(lambda n=n: loaded.predict(images[:n])) for n in COUNTS})


if __name__ == "__main__":
    main(options("model").model)
