"""Default views: drawn, skipped with a line, or failed without stopping the others."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from PIL import Image

from tests.api.conftest import SmallZoo
from tests.weights import small
from zoo import InvalidValueError, ViewContext, ViewSpec
from zoo.plugins import Offer


def finds_nothing(context: ViewContext, _: object) -> None:
    raise InvalidValueError(f"nothing: {context.title} has none; look at another")


def breaks(context: ViewContext, _: object) -> None:
    raise RuntimeError("no")


@dataclasses.dataclass(frozen=True)
class Plain:
    alt: str = "Nothing in particular."


def computes(context: ViewContext, _: object) -> Plain:
    return Plain()


def draws(_: Plain) -> Figure:
    return Figure()


@pytest.fixture
def zoo_with(small_zoo: SmallZoo, monkeypatch: pytest.MonkeyPatch) -> SmallZoo:
    """The small zoo, whose model has one default view: what `finds_nothing` and `breaks` compute."""
    old = small_zoo.catalogue
    views = tuple(
        ViewSpec(name=name, summary=name, compute=f"{__name__}:{function}", draw=f"{__name__}:none")
        for name, function in (("nothing", "finds_nothing"), ("broken", "breaks"))
    )
    spec = dataclasses.replace(small.SPEC, default_views=("nothing", "broken"))
    plugin = old.models[0].plugin
    small_zoo.catalogue = dataclasses.replace(
        old,
        models=(Offer(spec, plugin, spec.name),),
        views=tuple(Offer(view, plugin, view.name) for view in views),
    )
    return small_zoo


def test_row_21_half_a_picture_of_a_killed_process_is_swept(zoo_with: SmallZoo, tmp_path: Path) -> None:
    half = tmp_path / f".weights.png.{'0' * 16}.part"
    half.write_bytes(b"half")
    mine = tmp_path / ".mine.part"
    mine.write_bytes(b"mine")
    zoo_with.run("mean", visualize=True, output=tmp_path)
    assert (half.exists(), mine.exists()) == (False, True)


def test_a_view_that_finds_nothing_is_skipped_and_one_that_breaks_fails(
    zoo_with: SmallZoo, tmp_path: Path
) -> None:
    drawing = zoo_with.run("mean", visualize=True, output=tmp_path / "out").drawing
    assert drawing.skipped == {"nothing": "mean has none; look at another"}
    assert drawing.failed == {"broken": "broken: compute of plugin small failed: RuntimeError: no"}
    assert drawing.exit_code == 1


def source(path: Path) -> str:
    with Image.open(path) as picture:
        return str(picture.info["Source"])


def offer(zoo: SmallZoo, *names: str) -> None:
    """Give the model default views of these names, all of an empty page."""
    old, where = zoo.catalogue, {"compute": f"{__name__}:computes", "draw": f"{__name__}:draws"}
    views = [ViewSpec(name=name, summary=name, **where) for name in names]
    model = dataclasses.replace(old.models[0].spec, default_views=names)
    plugin = old.models[0].plugin
    zoo.catalogue = dataclasses.replace(
        old,
        models=(Offer(model, plugin, model.name),),
        views=tuple(Offer(view, plugin, view.name) for view in views),
    )


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_picture_that_cannot_be_written_does_not_stop_the_others(
    kind: str, small_zoo: SmallZoo, tmp_path: Path
) -> None:
    offer(small_zoo, "one", "two", "three")
    (tmp_path / f"two.{kind}").mkdir()
    drawing = small_zoo.visualize("mean", output=tmp_path, format=kind).drawing
    assert [drawn.name for drawn in drawing.views] == ["one", "three"]
    assert [picture.view for picture in drawing.pictures] == ["one", "three"]
    assert list(drawing.failed) == ["two"]
    assert f"two.{kind}" in drawing.failed["two"]
    assert drawing.exit_code == 1
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [
        f"one.{kind}",
        f"three.{kind}",
    ]


def test_each_picture_of_a_run_holds_the_command_that_draws_that_one_again(
    small_zoo: SmallZoo, tmp_path: Path
) -> None:
    names = ("one", "two")
    offer(small_zoo, *names)

    def command(view: str) -> str:
        return f"zoo visualize mean {view} --seed 3"

    for draw in (small_zoo.visualize, functools.partial(small_zoo.run, visualize=True)):
        draw("mean", output=tmp_path, command=command)
        for name in names:
            assert source(tmp_path / f"{name}.png") == command(name)
    small_zoo.visualize("mean", output=tmp_path)
    assert source(tmp_path / "two.png") == "zoo visualize mean two"
