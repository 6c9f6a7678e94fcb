"""What each part of one training step of `scratch:n3` costs: 784-100-10, 10 images, one core.

python scratch_step.py

The whole step is measured as the zoo takes it; the parts beside it are the bare operations of NumPy that
no such step can do without.
"""

import numpy as np
from common import Watch, tell
from threadpoolctl import threadpool_limits

BATCH, PIXELS, UNITS, CLASSES = 10, 784, 100, 10
STEPS = 200
ROUNDS = 9


def seconds_a_step(take) -> float:
    """Return the median time of a step, each round over as many images as an eyeblink of training."""
    times = []
    for _ in range(ROUNDS):
        with Watch() as watch:
            for step in range(STEPS):
                take(step)
        times.append(watch.seconds / STEPS)
    return float(np.median(times))


def main() -> None:
    from zoo.modelling.optimizers import WeightVector, optimizer
    from zoo_scratch import Hyperparameters
    from zoo_scratch.network import Network

    random = np.random.default_rng(0)
    shapes = {
        "hidden_layer/kernel": (PIXELS, UNITS),
        "hidden_layer/bias": (UNITS,),
        "output_layer/kernel": (UNITS, CLASSES),
        "output_layer/bias": (CLASSES,),
    }
    weights, gradient = WeightVector(shapes), WeightVector(shapes)
    weights.flat[:] = random.normal(0, 0.1, len(weights.flat))
    network = Network(
        Hyperparameters(hidden=(UNITS,), activation="sigmoid", output="sigmoid"), loss="squared-error"
    )
    descent = optimizer("sgd", len(weights.flat))
    pixels = random.random((STEPS, BATCH, PIXELS), np.float32)
    labels = random.integers(0, CLASSES, (STEPS, BATCH)).astype(np.int32)
    kernel, slope = (vector.arrays["hidden_layer/kernel"] for vector in (weights, gradient))
    deltas = random.random((BATCH, UNITS), np.float32)

    def whole(step: int) -> None:
        network.gradients(weights.arrays, pixels[step], labels[step], gradient.arrays, 3.0)
        descent.step(weights.flat, gradient.flat, 3.0)

    with threadpool_limits(1, user_api="blas"):
        total = seconds_a_step(whole)
        parts = {
            "images × kernel of the first layer": seconds_a_step(lambda step: pixels[step] @ kernel),
            "imagesᵀ × slopes of the first layer": seconds_a_step(
                lambda step: np.matmul(pixels[step].T, deltas, out=slope)
            ),
            "moving 79,510 weights": seconds_a_step(
                lambda _: descent.step(weights.flat, gradient.flat, 3.0)
            ),
        }
    parts["everything else: second layer, sigmoids, loss, biases"] = total - sum(parts.values())
    tell(parts=parts)


if __name__ == "__main__":
    main()
