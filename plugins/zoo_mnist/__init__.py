"""Handwritten digits: the datasets MNIST and digits, and the view that shows them."""

from __future__ import annotations

from zoo import DatasetSpec, Split, ViewSpec, hookimpl

OFFICIAL = Split(name="official", summary="as published")

MNIST = DatasetSpec(
    name="mnist",
    summary="70,000 handwritten digits (LeCun, Cortes, Burges)",
    classes=10,
    counts=(60_000, 10_000),
    splits=(
        OFFICIAL,
        Split(
            name="n2",
            summary="50,000 of the training images, tested on its other 10,000",
            train=("train[:50000]",),
            test=("train[50000:]",),
        ),
        Split(
            name="n2-neuron",
            summary="up to the 10,000th 1 or 8 of the training images, tested on the other 2,593",
            train=("train[:47443]",),
            test=("train[47443:]",),
        ),
    ),
    licence="CC-BY-SA-3.0",
)

DIGITS = DatasetSpec(
    name="digits",
    summary="1,797 handwritten digits that come with scikit-learn, in MNIST form",
    classes=10,
    counts=(1437, 360),
    loader="zoo_mnist.digits:load",
    sha256={
        "x_train": "972cc90e09ce7e8c59f3d37f6096be811cb17f5f2f19097a8af09b7949ac93e6",
        "y_train": "07af4ffc8dccf8078bf12ff3db21a23a0426b7590e0605dae6b49b6784b9579e",
        "x_test": "b8111003c2cb08332c7802f28fbfdd6958aa2bec7a875c47d3c9501876a7a37a",
        "y_test": "15a90580fb8aaa733e87d96c5377e9501df34f2bea477d118a21275fd9a58784",
    },
    splits=(Split(name="official", summary="four fifths to train on, of each class alike"),),
    licence="CC-BY-4.0",
)


@hookimpl
def zoo_datasets() -> list[DatasetSpec]:
    return [MNIST, DIGITS]


@hookimpl
def zoo_views() -> list[ViewSpec]:
    from zoo_mnist.views import VIEWS  # only where views are asked for

    return VIEWS
