"""The conformance kit: does a plugin keep the rules of the zoo?

One test a check, in the tests of a plugin::

    from zoo.testing import plugin_checks

    @plugin_checks("my-plugin")
    def test_conformance(check):
        check()

The same from Python with `check_plugin`, from the command line with ``zoo plugins check``. Fixtures
for the tests of plugins are in `zoo.testing.fixtures`. Every name is loaded on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zoo.testing.kit import Check as Check
    from zoo.testing.kit import check_plugin as check_plugin
    from zoo.testing.kit import checks_of as checks_of
    from zoo.testing.marks import plugin_checks as plugin_checks
    from zoo.testing.outcomes import FailedError as FailedError
    from zoo.testing.outcomes import Report as Report
    from zoo.testing.outcomes import Result as Result
    from zoo.testing.outcomes import SkippedError as SkippedError
    from zoo.testing.publishing import LocalRegistry as LocalRegistry
    from zoo.testing.publishing import dataset_entry as dataset_entry
    from zoo.testing.sample import sample_context as sample_context
    from zoo.testing.sample import sample_model as sample_model
    from zoo.testing.tiny import TinyZoo as TinyZoo
    from zoo.testing.tiny import tiny_arrays as tiny_arrays
    from zoo.testing.tiny import tiny_dataset as tiny_dataset

_HOME = {
    "Check": "kit",
    "FailedError": "outcomes",
    "LocalRegistry": "publishing",
    "Report": "outcomes",
    "Result": "outcomes",
    "SkippedError": "outcomes",
    "TinyZoo": "tiny",
    "check_plugin": "kit",
    "checks_of": "kit",
    "dataset_entry": "publishing",
    "plugin_checks": "marks",
    "sample_context": "sample",
    "sample_model": "sample",
    "tiny_arrays": "tiny",
    "tiny_dataset": "tiny",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
