"""`plugin_checks`: a pytest decorator that gives one test a check."""

from __future__ import annotations

import atexit
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.testing.kit import Check, check_names, check_reasons, checks_of
from zoo.testing.outcomes import FailedError, SkippedError

__all__ = ["plugin_checks"]

_OPEN = contextlib.ExitStack()
"""Plugins given by path stay importable: their checks run long after the decorator returns."""

atexit.register(_OPEN.close)


def plugin_checks(
    target: str | Path, *, expected_failures: Mapping[str, str] | None = None
) -> Callable[[Any], Any]:
    """Give a test every check of a plugin as its argument ``check``, one test each.

    A check that fails shows its message and no traceback. ::

        @plugin_checks("small-net", expected_failures={"same-seed": "it is drawn by the wind"})
        def test_conformance(check):
            check()

    Args:
        target: Name of the plugin or of its distribution, or a path, as for `checks_of`.
        expected_failures: Name or id of a check → why it fails: marked xfail, strictly.

    Raises:
        UnknownNameError: No such plugin, or no such check.
        UsageError: There is no plugin at this path, or an expected failure has no reason.
    """
    import pytest

    expected = dict(expected_failures or {})
    found = _OPEN.enter_context(checks_of(target))
    check_names(list(expected), found)
    check_reasons(expected)
    parameters = []
    for check in found:
        reason = expected.get(check.id, expected.get(check.name))
        marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
        parameters.append(pytest.param(_Quiet(check), id=check.id, marks=marks))
    return pytest.mark.parametrize("check", parameters)


@dataclass(frozen=True)
class _Quiet:
    """A check that ends a test as pytest wants it: with one line, or skipped."""

    check: Check

    @property
    def id(self) -> str:
        return self.check.id

    @property
    def name(self) -> str:
        return self.check.name

    @property
    def subject(self) -> str:
        return self.check.subject

    @property
    def summary(self) -> str:
        return self.check.summary

    def __call__(self) -> None:
        import pytest

        __tracebackhide__ = True
        try:
            self.check()
        except SkippedError as skipped:
            pytest.skip(str(skipped))
        except FailedError as failed:
            pytest.fail(f"{self.check.summary}\n{failed}", pytrace=False)
