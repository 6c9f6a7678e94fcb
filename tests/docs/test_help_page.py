"""docs/reference/help.md is what the commands say."""

from __future__ import annotations

import runpy

from tests.docs.pages import DOCS


def test_the_help_page_is_current() -> None:
    page = runpy.run_path(str(DOCS / "make_help.py"))["page"]()
    written = (DOCS / "reference" / "help.md").read_text(encoding="utf-8")
    assert written == page, "run `make help-pages`"


def test_every_command_has_a_section() -> None:
    from zoo.cli.wiring import cli

    written = (DOCS / "reference" / "help.md").read_text(encoding="utf-8")
    assert all(f"\n## zoo {name}\n" in written for name in cli.lazy)
    assert "\n## zoo plugins new\n" in written
    assert "\x1b" not in written
    assert max(map(len, written.partition("```text")[2].splitlines())) <= 80
