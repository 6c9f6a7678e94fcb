"""Default views: drawn, skipped with a line, or failed without stopping the others."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from tests.api.conftest import SmallZoo
from tests.weights import small
from zoo import InvalidValueError, ViewContext, ViewSpec
from zoo.plugins import Offer


def finds_nothing(context: ViewContext, _: object) -> None:
    raise InvalidValueError(f"nothing: {context.title} has none; look at another")


def breaks(context: ViewContext, _: object) -> None:
    raise RuntimeError("no")


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
