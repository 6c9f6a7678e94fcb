"""Every bundled plugin passes every check of the kit that strangers are held to."""

from __future__ import annotations

import pytest

from zoo.testing import Check, plugin_checks

pytestmark = pytest.mark.tensorflow


@plugin_checks("digit-zoo")
def test_conformance(check: Check) -> None:
    check()
