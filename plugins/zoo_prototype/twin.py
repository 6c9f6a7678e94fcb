"""The same network as Keras JSON, so that plain Keras opens a file of the weights."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from zoo_prototype import CLASSES, PIXELS

SIDE = 28


def network(units: int) -> str:
    """Return a network of two inputs, ``class`` (n,) and ``noise`` (n, units), for which 0 is none."""
    row = [None, units]
    layers = [
        _layer("InputLayer", "class", [], batch_shape=[None], dtype="int32"),
        # in the order in which Keras counts them: arrays of a file are told apart by it
        _layer("Embedding", "spread", _tensor("class", [None], "int32"), **_table(units)),
        _layer("InputLayer", "noise", [], batch_shape=row, dtype="float32"),
        _layer("Embedding", "mean", _tensor("class", [None], "int32"), **_table(units)),
        _layer("Multiply", "variation", [_tensor("spread", row), _tensor("noise", row)]),
        _layer("Add", "sum", [_tensor("mean", row), _tensor("variation", row)]),
        _layer("ReLU", "code", _tensor("sum", row)),
        _layer("Dense", "hidden_weights", _tensor("code", row), units=PIXELS, use_bias=False),
        _layer(
            "EinsumDense",
            "contrast",
            _tensor("hidden_weights", [None, PIXELS]),
            equation="ab,b->ab",
            output_shape=PIXELS,
            bias_axes="b",
        ),
        _layer("ReLU", "clip", _tensor("contrast", [None, PIXELS]), max_value=1.0),
        _layer("Reshape", "image", _tensor("clip", [None, PIXELS]), target_shape=[SIDE, SIDE]),
    ]
    config = {
        "name": "prototype",
        "layers": layers,
        "input_layers": [["class", 0, 0], ["noise", 0, 0]],
        "output_layers": ["image", 0, 0],
    }
    return json.dumps({"class_name": "Functional", "config": config}, sort_keys=True)


def _table(units: int) -> dict[str, Any]:
    return {"input_dim": CLASSES, "output_dim": units}


def _tensor(layer: str, shape: Sequence[int | None], dtype: str = "float32") -> dict[str, Any]:
    config = {"shape": list(shape), "dtype": dtype, "keras_history": [layer, 0, 0]}
    return {"class_name": "__keras_tensor__", "config": config}


def _layer(kind: str, name: str, inputs: Any, **settings: Any) -> dict[str, Any]:
    nodes = [{"args": [inputs], "kwargs": {}}] if inputs else []
    return {
        "module": "keras.layers",
        "class_name": kind,
        "config": {"name": name, **settings},
        "name": name,
        "inbound_nodes": nodes,
    }
