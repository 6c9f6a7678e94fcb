"""docs/gallery.md shows every view of every model; `make gallery` writes it."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

from zoo.plugins import discover
from zoo.settings import Settings
from zoo.views import unmet

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "gallery.md").read_text(encoding="utf-8")
LIMIT = 3_000_000
"""Bytes of all pictures together: a checkout is to stay small."""

MAY_BE_MISSING = {"history", "snapshots"}
"""What a view needs of a training that not every model keeps."""


def test_every_view_of_every_model_is_shown_with_its_command() -> None:
    catalogue = discover(Settings(home=Path("/nonexistent")))
    shown = {
        tuple(shlex.split(command)[2:4])
        for command in re.findall(r"^<a id=\S+></a>`(zoo visualize .+)`$", PAGE, re.MULTILINE)
    }
    wanted = {
        (model.name, view.name)
        for model in catalogue.models
        for view in catalogue.views
        if unmet(view.spec, model.spec) is None
    }
    optional = {pair for pair in wanted if MAY_BE_MISSING & set(catalogue.view(pair[1]).spec.needs)}
    assert wanted - optional <= shown <= wanted, "run `make gallery`"


def test_what_fails_is_shown_as_a_lesson() -> None:
    command, picture = re.findall(r"^(.+)\n\n!\[(.+)\]\(gallery/confusion", PAGE, re.MULTILINE)[-1]
    assert command.endswith("`zoo visualize scratch:n3-as-written confusion`")
    assert "all 10,000 images are called" in picture


def test_the_pictures_are_there_and_small_and_told() -> None:
    pictures = re.findall(r"^!\[(.+)\]\((gallery/\S+\.png)\)$", PAGE, re.MULTILINE)
    assert len(pictures) == PAGE.count("](gallery/")
    assert all(alt.strip() for alt, _ in pictures)
    files = {file for _, file in pictures}
    kept = {f"gallery/{path.name}" for path in (DOCS / "gallery").glob("*.png")}
    assert files == kept
    assert sum((DOCS / file).stat().st_size for file in files) < LIMIT
    index = json.loads((DOCS / "gallery" / "index.json").read_text(encoding="utf-8"))
    assert {entry["file"] for shown in index.values() for entry in shown} == {
        file.removeprefix("gallery/") for file in files
    }


def test_every_link_of_the_table_has_its_place() -> None:
    links = set(re.findall(r"\(#([\w-]+)\)", PAGE))
    places = set(re.findall(r'<a id="([\w-]+)">', PAGE))
    assert links == places
    assert len(links) > 50
