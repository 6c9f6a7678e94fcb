"""`Zoo.visualize`: one view in the format that was asked for, by name or by ending."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from zoo import LoadedModel, Settings, UsageError, Zoo

FAST: dict[str, Any] = {"values": {"epochs": 1, "hidden": 8}, "data": "digits", "seed": 0}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Zoo:
    zoo = Zoo(Settings(home=tmp_path_factory.mktemp("home"), offline=True))
    zoo.load("scratch", **FAST)
    return zoo


@pytest.mark.parametrize(
    ("output", "kind", "written"),
    [
        (None, None, "zoo-out/scratch-custom/weights-growing.png"),
        (None, "gif", "zoo-out/scratch-custom/weights-growing.gif"),
        ("film.gif", None, "film.gif"),
        ("film.gif", "gif", "film.gif"),
        ("folder", "svg", "folder/weights-growing.svg"),
    ],
)
def test_formats(
    house: Zoo, output: str | None, kind: str | None, written: str,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    run = house.visualize(
        "scratch", "weights-growing", {"units": "1,2"}, output=output, format=kind, **FAST
    )
    (view,) = run.to_data()["views"]
    assert view["files"] == [str(Path(written))]
    magic = {".png": b"\x89PNG", ".gif": b"GIF89a", ".svg": b"<?xml"}[Path(written).suffix]
    assert Path(written).read_bytes().startswith(magic)
    json.dumps(run.to_data(), allow_nan=False)
    if written.endswith(".gif"):
        assert "moment" not in view["parameters"]
        assert "frames, moment 0 to " in view["alt"]


@pytest.mark.parametrize(
    ("view", "values", "output", "kind", "words"),
    [
        ("weights", {}, "a.png", "gif", "a.png: this is the name of no gif; end it in .gif"),
        ("weights", {}, None, "jpg", "unknown format 'jpg'; did you mean png?"),
        (
            "weights",
            {},
            "a.gif",
            None,
            (
                "weights: a GIF runs through the values of a view's slider, and this view has none; "
                "choose png, svg or pdf"
            ),
        ),
        (
            "weights-growing",
            {"moment": 1},
            None,
            "gif",
            "moment: a GIF runs through all its values; leave this option out",
        ),
        ("same-digit", {"models": "cnn,olp"}, None, None, "unknown model 'olp'; did you mean mlp?"),
        (None, {}, None, "gif", "a GIF is of one view: name a VIEW, or choose png, svg or pdf"),
    ],
)
def test_what_cannot_be_is_refused_before_any_work(
    house: Zoo, view: str | None, values: dict[str, Any], output: str | None, kind: str | None,
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(house, "obtain", None)
    with pytest.raises(UsageError) as caught:
        house.visualize("scratch", view, values, output=output, format=kind, **FAST)
    assert str(caught.value) == words
    assert list(tmp_path.iterdir()) == []


def test_a_loaded_model_makes_the_same_film(house: Zoo, tmp_path: Path) -> None:
    loaded: LoadedModel = house.load("scratch", **FAST)
    film = loaded.film("weights-growing", units=(1, 2))
    assert film.labels == tuple(str(n) for n in range(len(film.labels)))
    one = film.save(tmp_path / "one.gif", command="c").read_bytes()
    house.visualize(
        "scratch", "weights-growing", {"units": (1, 2)}, output=tmp_path / "two.gif", command="c", **FAST
    )
    assert (tmp_path / "two.gif").read_bytes() == one
    with pytest.raises(UsageError, match="this view has none"):
        loaded.film("weights")


@pytest.mark.parametrize(
    ("view", "values", "words"),
    [
        (
            "weights",
            {"units": "0-8"},
            "units: expected a list like 0,1,2 of integers in 0..6, got",
        ),
        ("kernels", {}, "kernels: needs convolutions, which scratch does not offer; it offers digits,"),
    ],
)
def test_what_a_view_refuses_is_said_with_what_it_takes_before_anything_is_trained(
    tmp_path: Path, view: str, values: dict[str, Any], words: str
) -> None:
    zoo = Zoo(Settings(home=tmp_path, offline=True))
    with pytest.raises(UsageError) as caught:
        zoo.visualize("scratch", view, values, values={"hidden": 7, "epochs": 1}, data="digits")
    assert str(caught.value).startswith(words)
    assert "kernels" not in str(caught.value).partition("offers ")[2]
    assert not list(tmp_path.rglob("*.h5"))
