"""Where the time of a training goes, and what share of the machine's speed it reaches.

    python effort.py (mlp|cnn)

Trains by the model's recipe with a watch at each part of the training engine, counts the
multiplications and additions of its matrix products and convolutions, and measures before and after
how fast this machine multiplies large float32 matrices.
"""

import math
from collections import Counter

import numpy as np
from common import Watch, options, seconds_a_call, tell

import zoo
from zoo.api.loading import fit_only
from zoo.modelling.backend import import_keras
from zoo.modelling.layers import Layer

SIDE = 2_048
"""Of the square matrices whose product gives the machine's speed."""


def matmul_gflops() -> float:
    """Return the better of NumPy's and TensorFlow's speed on large float32 matrices, in GFLOP/s."""
    import tensorflow as tf

    a = np.random.default_rng(0).random((SIDE, SIDE), np.float32)
    b = tf.constant(a)
    product = tf.function(lambda x: tf.reduce_sum(x @ x))
    times = [seconds_a_call(lambda: a @ a), seconds_a_call(lambda: float(product(b)))]
    return 2 * SIDE**3 / min(times) / 1e9


def products(layer: Layer) -> int:
    """Return the multiplications of a layer for one image, forward."""
    kernel = layer.variables.get("kernel", ())
    places = math.prod(layer.shape[:-1]) if len(layer.shape) == 3 else 1
    return places * math.prod(kernel) if kernel else 0


def training_flop(layers: tuple[Layer, ...], trained: int, measured: int) -> float:
    """Return the floating point operations of a training.

    A product is a multiplication and an addition. The way back takes two as large as the way forward:
    one for the slopes of the kernel, one for those of the inputs, which the first layer can do without.

    Args:
        trained, measured: Images that steps are taken on, and images that are only looked at.
    """
    counts = [n for n in map(products, layers) if n]
    forward = sum(counts)
    return 2.0 * (trained * (3 * forward - counts[0]) + measured * forward)


def watched(parts: Counter[str]) -> None:
    """Note the seconds spent in each part of the engines that train Keras networks."""
    from zoo.modelling import descent, networks, training
    from zoo.modelling.training_graph import GraphEngine

    chunks, build = training.chunks, networks.build

    def timed(name, call):
        def wrapped(*arguments, **named):
            with Watch() as watch:
                result = call(*arguments, **named)
            parts[name] += watch.seconds
            parts[f"{name}, calls"] += 1
            parts.setdefault(f"{name}, first", watch.seconds)
            return result

        return wrapped

    def timed_chunks(*arguments, **named):
        found = iter(chunks(*arguments, **named))
        while True:
            with Watch() as watch:
                chunk = next(found, None)
            parts["images"] += watch.seconds
            if chunk is None:
                return
            yield chunk

    for engine in (GraphEngine, descent.NumpyEngine):
        engine.run = timed("steps", engine.run)
        engine.measure = timed("measuring", engine.measure)
    training.chunks = timed_chunks
    networks.build = timed("network", build)


def main(model: str, values: dict[str, str]) -> None:
    house = zoo.Zoo()
    dataset = house.dataset("mnist")
    import_keras(house.reporter)
    before = matmul_gflops()
    parts: Counter[str] = Counter()
    watched(parts)
    selection = house.select(model, values)
    fitted, _ = fit_only(house, selection, dataset=dataset, data="mnist", seed=0)
    after = matmul_gflops()

    data = dataset.training(selection.recipe, seed=0)
    assert data.validation is not None
    assert data.test is not None
    epochs = len(fitted.history.epochs["loss"])
    steps = epochs * math.ceil(len(data.train) / selection.recipe.batch)
    flop = training_flop(
        fitted.model.layers,
        steps * selection.recipe.batch,
        epochs * (len(data.validation) + len(data.test)),
    )
    first = parts["steps, first"]
    usual = (parts["steps"] - first) / max(1, parts["steps, calls"] - 1)
    compiling = max(0.0, first - usual)
    spent = {
        "steps": parts["steps"] - compiling,
        "compiling": compiling,
        "measuring after each epoch": parts["measuring"],
        "moving and shuffling images": parts["images"],
        "building the network": parts["network"],
    }
    spent["everything else"] = fitted.seconds - sum(spent.values())
    tell(
        seconds=fitted.seconds,
        gflop=flop / 1e9,
        matmul_gflops=(before + after) / 2,
        parts=spent,
        steps=steps,
    )


if __name__ == "__main__":
    chosen = options("model")
    main(chosen.model, dict(item.split("=", 1) for item in chosen.set))
