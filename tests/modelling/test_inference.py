from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.modelling.stand_ins import Collected, Dense, conv, dense, examples
from zoo.modelling import KerasModel, graphs
from zoo.modelling.graphs import GRAPH, LAYERS, beside, key

pytestmark = pytest.mark.tensorflow


def weights_of(model: KerasModel, seed: int = 0) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    return {
        name: random.normal(0, 0.1, shape).astype(np.float32) for name, shape in model.shapes.items()
    }


def ready(make: Any, folder: Path | None, **named: Any) -> KerasModel:
    model = make(exports=folder, **named)
    model.weights = weights_of(model)
    return model


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the graphs of both networks."""
    folder = tmp_path_factory.mktemp("exports")
    for make in (dense, conv):
        assert ready(make, folder).export()
    return folder


@pytest.mark.parametrize("make", [dense, conv])
@pytest.mark.parametrize("n", [1, 2, 64, 65, 200])
def test_outputs_equal_keras(make: Any, n: int, kept: Path) -> None:
    images = examples(n).images
    fast, slow = ready(make, kept), ready(make, None)
    np.testing.assert_allclose(fast.predict(images), slow.predict(images), atol=1e-5)
    found, wanted = fast.activations(images), slow.activations(images)
    assert list(found) == list(wanted)
    for name, array in wanted.items():
        assert found[name].shape == array.shape
        np.testing.assert_allclose(found[name], array, rtol=0, atol=1e-5 * np.abs(array).max())
    assert fast.layers == slow.layers


def test_no_image_gives_no_row(kept: Path) -> None:
    model = ready(conv, kept)
    none = examples(3).images[:0]
    assert model.predict(none).shape == (0, 10)
    assert model.activations(none)["conv"].shape == (0, 26, 26, 4)


def test_an_answer_does_not_depend_on_its_company(kept: Path) -> None:
    model = ready(dense, kept)
    images = examples(130).images
    together = model.predict(images)
    for i in (0, 63, 64, 129):
        np.testing.assert_allclose(model.predict(images[i])[0], together[i], atol=1e-6)


def test_threads_may_share_a_model(kept: Path) -> None:
    model = ready(dense, kept)
    images = examples(100).images
    wanted = model.predict(images)
    wrong = []

    def ask(n: int) -> None:
        answers = [model.predict(images[:n]) for _ in range(20)]
        wrong.extend(n for answer in answers if not np.allclose(answer, wanted[:n], atol=1e-6))

    threads = [threading.Thread(target=ask, args=(n,)) for n in (1, 7, 64, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


WARM = """
import sys, time
from pathlib import Path
import numpy as np
from tests.modelling.stand_ins import conv, dense, examples
from tests.modelling.test_inference import ready
for make in (dense, conv):
    model = ready(make, Path(sys.argv[1]))
    model.predict(examples(3).images)
    model.activations(examples(3).images)
    model.layers
assert not {"keras", "tensorflow"} & set(sys.modules), "too much was imported"
image = examples(1).images[0]
model = ready(dense, Path(sys.argv[1]))
model.predict(image)
times = []
for _ in range(50):
    started = time.perf_counter()
    model.predict(image)
    times.append(time.perf_counter() - started)
print(sorted(times)[5])
"""


def test_a_kept_graph_needs_neither_keras_nor_tensorflow(kept: Path) -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", WARM, str(kept)],
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    assert done.stderr == ""
    assert float(done.stdout) < 1e-3  # seconds for one image


def test_the_folder_of_a_kept_graph_says_whose_it_is(kept: Path) -> None:
    model = ready(dense, kept)
    name, _, digest = folder_of(model).name.rpartition("-")
    assert (name, len(digest)) == (model.spec.name, 64)


def folder_of(model: KerasModel) -> Path:
    assert model.exports is not None
    return model.exports / key(model)


def test_what_is_kept(kept: Path) -> None:
    folder = folder_of(ready(dense, kept))
    assert sorted(path.name for path in folder.iterdir()) == [LAYERS, GRAPH]
    facts = json.loads((folder / LAYERS).read_text())
    assert facts["output"] == "output"
    assert facts["layers"][1] == {
        "name": "hidden",
        "kind": "Dense",
        "shape": [12],
        "settings": {"units": 12, "activation": "relu", "use_bias": True},
        "variables": {"kernel": [784, 12], "bias": [12]},
    }


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def to_link(path: Path) -> None:
    other = path.with_name("other")
    path.rename(other)
    path.symlink_to(other)


def to_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def lie(path: Path) -> None:
    facts = json.loads(path.read_text())
    facts["layers"].pop()
    path.write_text(json.dumps(facts))


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        (GRAPH, flip),
        (GRAPH, lambda path: path.write_bytes(path.read_bytes()[:1000])),
        (GRAPH, lambda path: path.unlink()),
        (GRAPH, to_link),
        (GRAPH, to_folder),
        (LAYERS, lambda path: path.write_text("{")),
        (LAYERS, lambda path: path.write_text("[]")),
        (LAYERS, lambda path: path.write_text("{}")),
        (LAYERS, lambda path: path.write_bytes(b"\xff\xfe")),
        (LAYERS, lie),
    ],
)
def test_a_damaged_graph_is_found_and_made_again(name: str, damage: Any, tmp_path: Path) -> None:
    images = examples(3).images
    first = ready(dense, tmp_path)
    wanted = first.predict(images)
    damage(folder_of(first) / name)
    reporter = Collected()
    again = ready(dense, tmp_path, reporter=reporter)
    np.testing.assert_allclose(again.predict(images), wanted, atol=1e-6)
    assert [text for text in reporter.notices if text.startswith("the inference graph in ")]
    assert reporter.warnings == []


def test_the_key_covers_all_that_the_graph_depends_on(monkeypatch: pytest.MonkeyPatch) -> None:
    model = ready(dense, None)
    seen = {key(model)}

    def is_new() -> bool:
        before = len(seen)
        seen.add(key(model))
        return len(seen) > before

    assert not is_new()
    changed = weights_of(model)
    changed["output/bias"][3] = np.nextafter(changed["output/bias"][3], 1)
    model.weights = changed
    assert is_new()
    for values in ({"dropout": 0.1}, {"activation": "tanh"}):
        model = ready(dense, None, **values)
        assert is_new()
    monkeypatch.setattr(graphs, "_version", lambda name: "99")
    assert is_new()


@pytest.fixture
def packaged(kept: Path, tmp_path: Path) -> Path:
    """A file of weights as a package brings it, with the graph of `dense` beside it."""
    graph = ready(dense, kept).graph()
    assert graph is not None
    file = tmp_path / "package" / "dense-default-v1.h5"
    file.parent.mkdir()
    for path, content in zip(beside(file), (graph.content, graph.described()), strict=True):
        path.write_bytes(content)
    return file


def test_a_graph_that_came_with_the_weights_needs_no_export(
    packaged: Path, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> Any:
        raise AssertionError("it was exported")

    monkeypatch.setattr("zoo.modelling.inference.make", refuse)
    model = ready(dense, tmp_path / "exports")
    model.packaged = packaged
    images = examples(3).images
    np.testing.assert_array_equal(model.predict(images), ready(dense, kept).predict(images))
    assert not (tmp_path / "exports").exists()


def other_weights(file: Path) -> None:
    layers = beside(file)[1]
    facts = json.loads(layers.read_text())
    layers.write_text(json.dumps(facts | {"weights": "0" * 64}))


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (other_weights, "it belongs to other weights"),
        (lambda file: flip(beside(file)[0]), "its hash is wrong"),
        (lambda file: to_link(beside(file)[0]), "a link"),
    ],
)
def test_a_graph_that_does_not_fit_its_weights_is_not_used(
    damage: Any, why: str, packaged: Path, tmp_path: Path
) -> None:
    damage(packaged)
    reporter = Collected()
    model = ready(dense, tmp_path / "exports", reporter=reporter)
    model.packaged = packaged
    images = examples(3).images
    np.testing.assert_allclose(model.predict(images), ready(dense, None).predict(images), atol=1e-5)
    (text,) = [notice for notice in reporter.notices if "is made again" in notice]
    assert why in text
    assert str(beside(packaged)[0]) in text
    assert len(list((tmp_path / "exports").iterdir())) == 1


def test_other_weights_forget_the_package(packaged: Path, kept: Path) -> None:
    model = ready(dense, kept)
    model.packaged = packaged
    model.weights = weights_of(model, seed=1)
    assert model.packaged is None


def test_new_weights_take_another_graph(tmp_path: Path) -> None:
    model = ready(dense, tmp_path)
    images = examples(3).images
    before = model.predict(images)
    model.weights = weights_of(model, seed=1)
    assert np.abs(model.predict(images) - before).max() > 1e-3
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    taken = tmp_path / "exports"
    taken.write_text("a file")
    reporter = Collected()
    model = ready(dense, taken, reporter=reporter)
    np.testing.assert_allclose(
        model.predict(examples(3).images), ready(dense, None).predict(examples(3).images), atol=1e-5
    )
    assert reporter.notices[-1].startswith("the inference graph is not kept (")
    assert model.warnings == []


def test_without_litert_keras_predicts_and_says_so(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ai_edge_litert", None)
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    for folder in (tmp_path, kept):
        reporter = Collected()
        model = ready(dense, folder, reporter=reporter)
        images = examples(3).images
        np.testing.assert_allclose(model.predict(images), ready(dense, None).predict(images), atol=1e-6)
        model.predict(images)
        text = (
            "model dense: predictions come from Keras, which is slower (ai-edge-litert is not installed)"
        )
        assert reporter.warnings == model.warnings == [text]
        assert not model.export()


class Weird(Dense):
    """A network that LiteRT has no operation for."""

    def build(self) -> Any:
        import keras
        import tensorflow as tf
        from keras import layers

        class Odd(layers.Layer):
            def call(self, x: Any) -> Any:
                same = tf.numpy_function(lambda a: a, [x], tf.float32)
                same.set_shape(x.shape)
                return same

            def compute_output_spec(self, x: Any) -> Any:
                return keras.KerasTensor(x.shape)

        image = keras.Input((28, 28), name="image")
        x = layers.Flatten(name="flatten")(image)
        x = layers.Dense(12, activation="relu", name="hidden")(x)
        x = Odd(name="odd")(x)
        return keras.Model(image, layers.Dense(10, activation="softmax", name="output")(x))


def test_a_network_that_cannot_be_exported_is_predicted_by_keras(tmp_path: Path) -> None:
    reporter = Collected()
    model = Weird(dense().spec, dense().hyperparameters, exports=tmp_path, reporter=reporter)
    model.weights = weights_of(model)
    images = examples(3).images
    np.testing.assert_allclose(model.predict(images), ready(dense, None).predict(images), atol=1e-6)
    assert len(reporter.warnings) == 1
    assert reporter.warnings[0].startswith(
        "model dense: predictions come from Keras, which is slower (the export failed: "
    )
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_behind(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = threading.active_count()
    folder = tmp_path / "exports"
    ready(dense, folder).export()
    assert [path.name for path in tmp_path.iterdir()] == ["exports"]
    assert sorted(path.name for path in folder.rglob("*.*")) == [LAYERS, GRAPH]
    assert threading.active_count() == before


def test_many_images_take_little_time(kept: Path) -> None:
    model = ready(dense, kept)
    images = np.zeros((10_000, 28, 28), np.uint8)
    model.predict(images[:100])
    started = time.perf_counter()
    model.predict(images)
    assert time.perf_counter() - started < 10
