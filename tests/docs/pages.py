"""The pages of docs/, taken apart: links, anchors, tables, blocks of code."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

PAGES = sorted(path for path in DOCS.rglob("*.md") if "examples" not in path.parts)
"""Of the site."""

BESIDE = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")]
"""Pages for people who look at the repository."""

FENCE = re.compile(r"^(`{3,})([^\n]*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)


def text_of(path: Path | str) -> str:
    return (DOCS / path).read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def prose(text: str) -> str:
    """Leave out blocks of code."""
    return FENCE.sub("", text)


def blocks(text: str) -> list[tuple[str, str]]:
    """Every block of code: its language or directive, and what is in it."""
    return [(info.strip(), body) for _, info, body in FENCE.findall(text)]


def links(text: str) -> list[str]:
    """Targets of links and pictures, outside of code."""
    plain = re.sub(r"`[^`\n]*`", "`", prose(text))
    return re.findall(r"\]\(([^()\s]+)\)", plain)


def anchors(text: str) -> set[str]:
    """What ``#…`` may name on a page: its headings, as GitHub writes them, and explicit places."""
    plain = prose(text)
    found = {slug(title) for title in re.findall(r"^#{1,6} (.+)$", plain, re.MULTILINE)}
    found |= set(re.findall(r'<a id="([\w-]+)">', plain))
    return found | set(re.findall(r"^\(([\w-]+)\)=$", plain, re.MULTILINE))


def slug(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.strip().lower().replace("\\", "")).replace(" ", "-")


def table(page: str, title: str) -> list[list[str]]:
    """Rows of the table behind ``<!-- title -->``, cell by cell."""
    _, mark, rest = text_of(page).partition(f"<!-- {title} -->\n")
    assert mark, f"{page} has no table <!-- {title} -->"
    lines = rest.partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def directives(page: str) -> list[tuple[str, str]]:
    """What the reStructuredText blocks of a page describe: directive and name."""
    found = []
    for info, body in blocks(text_of(page)):
        if info == "{eval-rst}":
            found += re.findall(r"^\.\. (?:py:)?(\w+):: ([\w.]+)", body, re.MULTILINE)
    return found
