"""Links between the documents lead somewhere, also on GitHub; what they include is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import (
    BESIDE,
    DOCS,
    FENCE,
    PAGES,
    ROOT,
    anchors,
    blocks,
    links,
    name_of,
    prose,
    slug,
)


@pytest.mark.parametrize("page", [*PAGES, *BESIDE], ids=name_of)
def test_every_link_leads_to_a_place(page: Path) -> None:
    wrong = []
    for link in links(page.read_text(encoding="utf-8")):
        if link.startswith(("https://", "http://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.is_file():
            wrong.append(f"{link}: no such file")
        elif anchor and anchor not in anchors(target.read_text(encoding="utf-8")):
            wrong.append(f"{link}: no such heading")
    assert wrong == []


def test_an_anchor_is_what_github_makes_of_a_heading() -> None:
    assert slug("What a view may need") == "what-a-view-may-need"
    assert slug("`[[weights]]`: a weight file") == "weights-a-weight-file"


def includes() -> list[tuple[Path, str, str]]:
    found = []
    for page in PAGES:
        for info, body in blocks(page.read_text(encoding="utf-8")):
            match = re.fullmatch(r"\{(literalinclude|include)\} (\S+)", info)
            if match:
                found.append((page, match[2], body))
    return found


@pytest.mark.parametrize(("page", "path", "options"), includes())
def test_every_include_finds_what_it_names(page: Path, path: str, options: str) -> None:
    text = (page.parent / path).read_text(encoding="utf-8")
    start = 0
    for option, quoted in re.findall(r"^:([\w-]+): (.+)$", options, re.MULTILINE):
        mark = quoted[1:-1] if quoted[0] in "'\"" else quoted
        if option in ("start-at", "start-after"):
            start = text.index(mark)
        if option in ("end-before", "end-at"):
            assert text.find(mark, start + 1) > start, f"{path} has no {mark!r} after its start"


def test_code_is_included_rather_than_copied() -> None:
    assert len(includes()) >= 15


def test_every_page_is_in_the_contents() -> None:
    """Each page but the first is in the toctree of an index page, once."""
    listed: list[Path] = []
    for page in PAGES:
        for _, info, body in FENCE.findall(page.read_text(encoding="utf-8")):
            if info.strip() == "{toctree}":
                entries = [line for line in body.splitlines() if line and not line.startswith(":")]
                for entry in entries:
                    folder = DOCS if entry.startswith("/") else page.parent
                    listed += folder.glob(f"{entry.lstrip('/')}.md")
    assert sorted(listed) == [page for page in PAGES if page != DOCS / "index.md"]


@pytest.mark.parametrize("page", [*PAGES, *BESIDE], ids=name_of)
def test_every_file_of_the_zoo_that_is_named_is_there(page: Path) -> None:
    named = re.findall(r"`(zoo/[\w/.]+(?:\.py|/))`", prose(page.read_text(encoding="utf-8")))
    made = {"zoo/published/registry.toml"}  # in a wheel
    assert [name for name in named if not (ROOT / name).exists() and name not in made] == []
