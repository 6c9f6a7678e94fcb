"""Inference on LiteRT: a graph exported once from Keras, kept on disk, and run without Keras."""

from __future__ import annotations

import os
import tempfile
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoo.errors import one_line
from zoo.modelling import graphs, networks
from zoo.modelling.backend import backend_name, isolated, quiet
from zoo.modelling.graphs import Graph

if TYPE_CHECKING:
    from zoo.modelling.keras_model import KerasModel

__all__ = ["ExportError", "Runtime", "load", "make"]

BATCH = 64
"""Images a call (measured: from 256 on a convolutional network leaves the cache, and takes four
times as long an image)."""

THREADS = 2
"""More do not pay for networks this small."""

TOLERANCE = 1e-4
"""Largest difference from Keras, relative to a layer's largest output, that a new graph may show."""


class ExportError(Exception):
    """There can be no inference graph; says why."""


class Runtime:
    """A network on LiteRT.

    One interpreter serves all threads, one at a time.
    """

    def __init__(self, graph: Graph) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self.graph = graph
        self.layers = tuple(graph.layers)
        self._output = graph.output
        self._lock = threading.Lock()
        with quiet():
            self._interpreter = Interpreter(
                model_content=graph.content, num_threads=min(THREADS, os.cpu_count() or 1)
            )
            self._interpreter.allocate_tensors()
        runner = self._interpreter.get_signature_runner()
        self._tensors = {name: facts["index"] for name, facts in runner.get_output_details().items()}
        del runner  # it keeps the tensors from being resized
        facts = self._interpreter.get_input_details()[0]
        self._input, self._dtype, self._shape = facts["index"], facts["dtype"], tuple(facts["shape"])
        if {layer.name for layer in self.layers} != set(
            self._tensors
        ) or self._output not in self._tensors:
            raise ValueError("its outputs are not the layers")

    def predict(self, inputs: NDArray[Any]) -> NDArray[np.float32]:
        """Compute the network's output for at least one input."""
        return self._run(inputs, [self._output])[self._output]

    def activations(self, inputs: NDArray[Any]) -> dict[str, NDArray[np.float32]]:
        """Compute the output of every layer, in forward order, for at least one input."""
        return self._run(inputs, [layer.name for layer in self.layers])

    def _run(self, inputs: NDArray[Any], names: list[str]) -> dict[str, NDArray[np.float32]]:
        results: dict[str, NDArray[np.float32]] = {}
        run = self._interpreter
        with self._lock:
            for start in range(0, len(inputs), BATCH):
                part = np.ascontiguousarray(inputs[start : start + BATCH], self._dtype)
                if part.shape != self._shape:
                    run.resize_tensor_input(self._input, part.shape)
                    run.allocate_tensors()
                    self._shape = part.shape
                run.set_tensor(self._input, part)
                run.invoke()
                for name in names:
                    values = run.get_tensor(self._tensors[name])
                    if start == 0:
                        results[name] = np.empty((len(inputs), *values.shape[1:]), np.float32)
                    results[name][start : start + len(part)] = values
        return results


def load(model: KerasModel) -> Runtime | None:
    """Return a graph that is stored for this model; None if there is none or it is damaged.

    Raises:
        ExportError: If there is no LiteRT.
    """
    for graph in graphs.stored(model):
        try:
            return Runtime(graph)
        except ImportError as error:
            raise ExportError("ai-edge-litert is not installed") from error
        except (ValueError, RuntimeError) as error:
            graphs.passed_over(model, graph.path, error)
    return None


def make(model: KerasModel) -> Runtime:
    """Export the model's network, check the graph against it and keep it.

    A folder that cannot be written is no obstacle: the graph is used all the same.

    Raises:
        ExportError: If there is no LiteRT, or Keras cannot export the network.
    """
    try:
        import ai_edge_litert.interpreter  # noqa: F401
    except ImportError as error:
        raise ExportError("ai-edge-litert is not installed") from error
    network = model.network
    if backend_name() != "tensorflow":
        raise ExportError(f"the Keras backend {backend_name()} cannot export it")
    try:
        described = networks.layers(network)
        output = networks.output_name(network)
        graph = graphs.Graph(_export(network), described, output, graphs.identity(model))
        runtime = Runtime(graph)
        _compare(runtime, network)
    except Exception as error:  # the converter raises anything
        reason = one_line(f"{type(error).__name__}: {error}", 200)
        raise ExportError(f"the export failed: {reason}") from error
    graphs.keep(model, graph)
    return runtime


def _export(network: Any) -> bytes:
    with tempfile.TemporaryDirectory(prefix="zoo-export-") as folder, warnings.catch_warnings(), quiet():
        warnings.simplefilter("ignore")
        path = Path(folder) / graphs.GRAPH
        whole = networks.with_all_outputs(network)
        isolated(lambda: whole.export(str(path), format="litert", verbose=False))
        return path.read_bytes()


def _compare(runtime: Runtime, network: Any) -> None:
    """Raise ValueError if two random images give something else than by Keras."""
    inputs = np.random.default_rng(0).random((2, *network.input_shape[1:]), np.float32)
    wanted = networks.compute(network, inputs, len(inputs))
    found = runtime.predict(inputs)
    scale = max(1.0, float(np.abs(wanted).max()))
    if found.shape != wanted.shape or not np.allclose(found, wanted, rtol=0, atol=TOLERANCE * scale):
        raise ValueError("the graph computes something else than the network")
