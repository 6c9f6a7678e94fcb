"""What each part of one training step of the CNN costs: forward and backward, 128 images.

    python cnn_step.py

Each part is a graph of its own, so the sum is a little more than a step. GFLOP/s stands beside the
parts that multiply.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf
from common import seconds_a_call, tell

BATCH = 128


def parts():
    """Yield (name, function, inputs, multiplications of a batch forward, whether inputs need slopes)."""

    def maps(side, channels):
        return tf.random.normal((BATCH, side, side, channels), seed=0)

    def convolve(x, kernel):
        return tf.nn.relu(tf.nn.conv2d(x, kernel, 1, "VALID"))

    def pool(x):
        return tf.nn.max_pool2d(x, 2, 2, "VALID")

    def dense(x, first, second):
        return tf.nn.relu(x @ first) @ second

    kernels = {
        "conv1": tf.random.normal((3, 3, 1, 32)),
        "conv2": tf.random.normal((3, 3, 32, 64)),
        "dense": (tf.random.normal((1600, 64)), tf.random.normal((64, 10))),
    }
    yield "conv1", convolve, (maps(28, 1), kernels["conv1"]), BATCH * 26 * 26 * 9 * 32, False
    yield "pool1", pool, (maps(26, 32),), 0, True
    yield "conv2", convolve, (maps(13, 32), kernels["conv2"]), BATCH * 11 * 11 * 9 * 32 * 64, True
    yield "pool2", pool, (maps(11, 64),), 0, True
    flat = tf.random.normal((BATCH, 1600))
    yield "dense", dense, (flat, *kernels["dense"]), BATCH * (1600 * 64 + 640), True


def main():
    rows = {}
    for name, function, inputs, products, wanted in parts():
        forward = tf.function(function, autograph=False)

        def both(*arrays, function=function, wanted=wanted):
            with tf.GradientTape() as tape:
                sources = arrays if wanted else arrays[1:]
                for array in sources:
                    tape.watch(array)
                result = function(*arrays)
            return tape.gradient(result, sources)

        whole = tf.function(both, autograph=False)
        ahead = seconds_a_call(lambda f=forward, a=inputs: f(*a))
        total = seconds_a_call(lambda f=whole, a=inputs: f(*a))
        rows[name] = {
            "forward_ms": 1e3 * ahead,
            "backward_ms": 1e3 * max(0.0, total - ahead),
            "gflops": 2e-9 * products * (3 if wanted else 2) / total,
        }
    tell(**rows)


if __name__ == "__main__":
    main()
