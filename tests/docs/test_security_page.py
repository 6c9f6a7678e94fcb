"""SECURITY.md: the limits it states are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zoo.data import own
from zoo.imaging import reading
from zoo.plugins import MAX_PARAMETERS, guard
from zoo.registry import toml
from zoo.settings import DOWNLOAD_SECONDS, Settings
from zoo.store import locks
from zoo.store.h5 import limits, sandbox
from zoo.store.network import Limits

PAGE = (Path(__file__).parents[2] / "SECURITY.md").read_text(encoding="utf-8")
USUAL = Limits()
STATED = {
    "all downloads of one command": [USUAL.budget],
    "one body: patience, then the slowest line": [USUAL.patience, USUAL.slowest],
    "one host's answer to a connection": [USUAL.connect],
    "tries of one url, unreachable hosts until the network counts as down": [
        1 + USUAL.retries,
        USUAL.lost_hosts,
    ],
    "waiting for another zoo process": [locks.LONGEST_WAIT_SECONDS],
    "examining a weights file of unknown origin": [
        sandbox.FILE_SECONDS,
        limits.MEMORY_HEADROOM / limits.MIB,
    ],
    "size of a weights file": [limits.SIZE_SHARE, limits.SIZE_ROOM / limits.MIB],
    "weights of one model": [MAX_PARAMETERS],
    "a registry": [toml.SIZE_LIMIT],
    "a dataset of your own": [own.FILE_LIMIT],
    "an image": [reading.FILE_LIMIT],
    "a plugin until its name is said": [guard.PATIENCE],
}
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("|") and not line.startswith(("|--", "| what"))
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_limit_is_that_of_the_code(row: list[str]) -> None:
    assert [float(number) for number in re.findall(r"\d+", row[1])] == STATED[row[0]]


def test_no_limit_is_missing() -> None:
    assert [row[0] for row in ROWS] == list(STATED)


def test_what_it_says_can_be_changed_can_be() -> None:
    named = set(re.findall(r"ZOO_[A-Z_]+", PAGE))
    environment = {"ZOO_HOME": "/x", "ZOO_DOWNLOAD_SECONDS": "6000"}
    assert named == {"ZOO_HOME", "ZOO_MIRROR", "ZOO_PLUGINS", "ZOO_DOWNLOAD_SECONDS"}
    longer = Limits.within(Settings.from_environment(environment).download_seconds)
    assert (longer.budget, longer.slowest) == (10 * DOWNLOAD_SECONDS, USUAL.slowest / 10)
