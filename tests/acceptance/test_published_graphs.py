"""The inference graphs that travel with the published weights compute what Keras does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.plugins_bundled.exporting import TOLERANCE
from zoo import KerasModel, Settings, Zoo
from zoo.modelling import networks
from zoo.modelling.graphs import beside, identity
from zoo.registry import bundled_registry

FOLDER = bundled_registry().parent / "weights"


def test_each_graph_lies_beside_its_weights() -> None:
    graphs = {path for path in FOLDER.iterdir() if path.suffix in (".tflite", ".json")}
    weights = {path for path in FOLDER.glob("*.h5") if beside(path)[0].exists()}
    assert graphs == {file for path in weights for file in beside(path)}


@pytest.mark.tensorflow
def test_every_published_keras_model_has_a_graph_that_equals_keras(isolated: Path) -> None:
    house = Zoo(Settings(home=isolated, offline=True))
    images = np.random.default_rng(0).random((9, 28, 28), np.float32)
    seen = set()
    for entry in house.registry.weights:
        if not entry.artifact.shipped:
            continue
        loaded = house.load(f"{entry.model}:{entry.preset}", weights=entry.tag, data=entry.dataset)
        model = loaded.model
        if not isinstance(model, KerasModel):
            continue
        found = model.activations(images)
        network = networks.with_all_outputs(model.network)
        wanted = networks.compute(network, images, len(images))
        for name, array in found.items():
            scale = max(1.0, np.abs(wanted[name]).max())
            np.testing.assert_allclose(array, wanted[name], rtol=0, atol=TOLERANCE * scale)
        seen.add(Path(entry.artifact.local or "").name)
    assert seen == {path.name for path in FOLDER.glob("*.h5") if beside(path)[0].exists()}
    assert seen
    assert not list((isolated / "exports").glob("*"))  # none had to be made


@pytest.mark.tensorflow
def test_publishing_writes_the_graph_of_what_is_published(isolated: Path) -> None:
    house = Zoo(Settings(home=isolated / "home", offline=True))
    published = house.publish(
        "mlp", to=isolated / "folder", data="digits", values={"epochs": 1}, graph=True
    )
    graph, layers = beside(published.put.path)
    assert published.graphs == (graph, layers)
    model = published.loaded.model
    assert isinstance(model, KerasModel)
    assert json.loads(layers.read_text())["weights"] == identity(model)
    content = graph.read_bytes()
    assert content == model.graph().content  # type: ignore[union-attr]
    again = house.publish("mlp", to=isolated / "folder", data="digits", values={"epochs": 1}, graph=True)
    assert again.put.change == "unchanged"
    assert graph.read_bytes() == content


@pytest.mark.mnist
def test_the_first_run_after_installing_needs_no_tensorflow(mirror: Path, isolated: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from zoo import Settings, Zoo\n"
        "settings = Settings(home=Path(sys.argv[1]), mirror=sys.argv[2], offline=True)\n"
        "for model in ('mlp', 'cnn', 'generator', 'prototype'):\n"
        "    Zoo(settings).run(model, data='mnist')\n"
        "print(sorted({'keras', 'tensorflow'} & set(sys.modules)))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(isolated / "home"), str(mirror)],
        capture_output=True,
        text=True,
        check=False,
        cwd=isolated,
    )
    assert (ended.returncode, ended.stdout) == (0, "[]\n"), ended.stderr
