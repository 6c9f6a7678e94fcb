"""A zoo over the invented model of the weights tests: no plugin, no network, milliseconds."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest

from tests.weights import small
from zoo import Settings, Zoo
from zoo.data import Dataset
from zoo.plugins import Catalogue
from zoo.registry import Registry, WeightsEntry


class SmallZoo(Zoo):
    """The real thing but for what is installed and published, and a dataset in memory."""

    listed: tuple[WeightsEntry, ...] = ()
    obtained: list[str]

    def __init__(self, home: Path, *listed: WeightsEntry) -> None:
        self.listener = small.Listener()
        super().__init__(Settings(home=home, offline=True), reporter=self.listener)
        self.listed = listed
        self.obtained = []

    @functools.cached_property
    def catalogue(self) -> Catalogue:
        return small.CATALOGUE

    @functools.cached_property
    def registry(self) -> Registry:
        return Registry(weights=self.listed)

    def dataset(self, name: str = "auto", *, preferences: Any = ()) -> Dataset:
        self.obtained.append(name)
        return small.dataset()


@pytest.fixture
def small_zoo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallZoo:
    monkeypatch.chdir(tmp_path)
    return SmallZoo(tmp_path / "home")
