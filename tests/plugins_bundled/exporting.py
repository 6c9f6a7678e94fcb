"""One check for every Keras model: the inference graph computes what Keras does, layer by layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo.modelling import networks

TOLERANCE = 1e-5


def random_weights(model: Any, seed: int = 0) -> None:
    """Give a model weights of the size that training gives."""
    random = np.random.default_rng(seed)
    model.weights = {
        name: (random.normal(0, 1, shape) / np.sqrt(max(1, np.prod(shape[:-1])))).astype(np.float32)
        for name, shape in model.shapes.items()
    }


def check_export(model: Any) -> None:
    """Compare for 1, many and no images; a layer's error counts relative to its largest output."""
    assert model.export()
    assert model.warnings == []
    images = np.random.default_rng(1).random((70, 28, 28), np.float32)
    wanted = networks.compute(networks.with_all_outputs(model.network), images, 70)
    for n in (1, 70):
        found = model.activations(images[:n])
        skipped = {layer.name for layer in model.layers if layer.kind == "Dropout"}
        assert list(found) == [layer.name for layer in model.layers if layer.name not in skipped]
        for name, array in found.items():
            scale = max(1.0, np.abs(wanted[name]).max())
            assert array.shape == wanted[name][:n].shape
            np.testing.assert_allclose(array, wanted[name][:n], rtol=0, atol=TOLERANCE * scale)
    empty = model.activations(np.zeros((0, 28, 28), np.float32))
    assert {name: array.shape for name, array in empty.items()} == {
        name: (0, *array.shape[1:]) for name, array in found.items()
    }
    last = list(wanted.values())[-1]
    assert model.predict(images[:0]).shape[0] == 0
    np.testing.assert_allclose(
        model.predict(images).ravel(),
        (last.clip(0, 1) if model.spec.output == "images" else last).ravel(),
        rtol=0,
        atol=TOLERANCE,
    )
