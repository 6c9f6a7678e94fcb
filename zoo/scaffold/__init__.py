"""A new plugin package from the templates beside this module; they are real packages themselves."""

from __future__ import annotations

from zoo.scaffold.making import KINDS, LICENCES, Scaffold, make_plugin

__all__ = ["KINDS", "LICENCES", "Scaffold", "make_plugin"]
