"""The same with a real network and the real files."""

from __future__ import annotations

from pathlib import Path

import pytest

from zoo import Settings, Zoo


@pytest.mark.tensorflow
def test_a_network_is_published_used_reproduced_and_compared(isolated: Path, tmp_path: Path) -> None:
    zoo = Zoo(Settings(home=isolated, offline=True))
    done = zoo.publish(
        "mlp:40", to=tmp_path / "class", values={"epochs": 2}, data="digits", default=True
    )
    assert done.put.entry.published["accuracy"] > 0.5
    pupil = Zoo(Settings(home=tmp_path / "pupil", offline=True, registry=str(tmp_path / "class")))
    run = pupil.run("mlp:40", data="digits")
    assert run.loaded.source.tag == "own"
    assert run.evaluation is not None
    assert run.evaluation.accuracy == pytest.approx(done.put.entry.published["accuracy"], abs=1e-6)
    again = pupil.reproduce("mlp:40", weights="own", data="digits")
    assert again.identical
    assert again.agrees
    compared = pupil.compare(["mlp:40"], data="digits").to_data()
    assert compared["models"][0]["training_seconds"] > 0
    assert compared["agreement"] == [[1.0]]


@pytest.mark.mnist
def test_a_mirror_of_a_mirror(isolated: Path, tmp_path: Path, mirror: Path) -> None:
    zoo = Zoo(Settings(home=isolated, offline=True, mirror=str(mirror)))
    done = zoo.mirror(tmp_path, models=["mlp:default"], datasets=["mnist"])
    assert done.failed == {}
    for name in ("mlp_model.h5", "mnist.npz"):
        assert (tmp_path / name).read_bytes() == (mirror / name).read_bytes()
    second = Zoo(Settings(home=isolated / "other", offline=True, mirror=str(tmp_path)))
    assert second.dataset("mnist").counts == (60_000, 10_000)
