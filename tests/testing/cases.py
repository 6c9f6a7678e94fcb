"""How a wrong plugin is described, and how it is shown to fail."""

from __future__ import annotations

from dataclasses import dataclass

from tests.testing.conftest import Wrong
from zoo.testing import check_plugin

INIT, MODEL, VIEW, IMAGES, REGISTRY = "__init__.py", "model.py", "view.py", "images.py", "registry.toml"

Change = tuple[str, str, str]


@dataclass(frozen=True)
class Case:
    """Changes that break one rule, and a text that the message must hold."""

    check: str
    kind: str
    changes: tuple[Change, ...]
    text: str

    def __str__(self) -> str:
        return f"{self.check}: {self.text[:30]}"


def case(check: str, kind: str, *changes: Change, text: str) -> Case:
    return Case(check, kind, changes, text)


def fails(wrong: Wrong, case: Case) -> None:
    report = check_plugin(wrong(case.kind, *case.changes), only=[case.check])
    assert [result.status for result in report.results] == ["failed"], report
    text = report.results[0].text
    assert case.text in text
    assert "\n" not in text
