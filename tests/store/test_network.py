"""What a process remembers of the network."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import fields, replace
from pathlib import Path

import pytest

from zoo.errors import UnavailableError
from zoo.progress import Reporter
from zoo.settings import Settings
from zoo.store.network import Limits, Network


def test_a_fresh_network_is_usable(network: Network) -> None:
    network.require("mlp.h5")
    assert network.why_lost("a:443") is None
    assert network.seconds_left == network.limits.budget


def test_row_18_two_lost_hosts(network: Network) -> None:
    network.lost("a:443", "no answer")
    network.lost("a:443", "no answer")
    network.require("mlp.h5")
    assert network.why_lost("a:443") == "no answer"
    network.lost("b:443", "no answer")
    with pytest.raises(UnavailableError) as caught:
        network.require("mlp.h5")
    assert str(caught.value) == (
        "mlp.h5: the network is down, a:443 and b:443 were out of reach; "
        "check the connection and start again"
    )


def test_row_13_time_counts_only_while_spending(network: Network) -> None:
    with network.spending():
        time.sleep(0.05)
        assert network.seconds_left < network.limits.budget - 0.04
    left = network.seconds_left
    time.sleep(0.05)
    assert network.seconds_left == left < network.limits.budget


@pytest.mark.parametrize(
    ("seconds", "slowest"), [(600, 50_000), (6000, 5000), (60, 50_000), (86_400, 50_000 / 144)]
)
def test_row_13_a_person_on_a_slow_line_may_give_more_time(
    isolated: Path, reporter: Reporter, seconds: int, slowest: float
) -> None:
    network = Network(Settings(home=isolated, download_seconds=seconds), reporter)
    assert network.limits == replace(Limits(), budget=seconds, slowest=pytest.approx(slowest))


def test_every_limit_is_explained() -> None:
    text = Limits.__doc__ or ""
    assert [field.name for field in fields(Limits) if f"{field.name}: " not in text] == []


def test_importing_the_store_opens_no_door() -> None:
    """Only `zoo.store.download` may import what sockets need; nothing here imports numpy or h5py."""
    code = (
        "import sys, zoo.store.artifacts, zoo.store.network, zoo.store.folders, zoo.store.locks;"
        "heavy = {'ssl', 'socket', 'http.client', 'requests', 'numpy', 'h5py', 'filelock', 'certifi'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
