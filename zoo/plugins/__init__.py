"""Plugins: which are installed, what they offer, and what is wrong with them."""

from __future__ import annotations

from zoo.plugins.catalogue import Catalogue, Offer, Plugin, Problem
from zoo.plugins.discovery import discover
from zoo.plugins.loading import ALL_KINDS
from zoo.plugins.requiring import bare, requires_of
from zoo.plugins.resolving import resolve
from zoo.plugins.shapes import MAX_PARAMETERS, classes_of, parameter_count, shapes_of

__all__ = [
    "ALL_KINDS",
    "MAX_PARAMETERS",
    "Catalogue",
    "Offer",
    "Plugin",
    "Problem",
    "bare",
    "classes_of",
    "discover",
    "parameter_count",
    "requires_of",
    "resolve",
    "shapes_of",
]
