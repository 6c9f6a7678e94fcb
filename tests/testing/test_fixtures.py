"""Fixtures for authors, used as they use them; and that they cost others nothing."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import numpy as np
import pytest

from tests.testing.conftest import Wrong
from zoo import Settings, UnavailableError, UsageError, Zoo
from zoo.data import Dataset
from zoo.data.idx import FILES
from zoo.registry.reading import parse_registry
from zoo.testing import LocalRegistry, TinyZoo, dataset_entry, tiny_arrays
from zoo.testing.fixtures import (  # noqa: F401  pytest finds fixtures by their names
    local_registry,
    no_network,
    tiny_dataset,
    tiny_zoo,
    zoo_home,
    zoo_settings,
)
from zoo.testing.located import visible

# The names above are fixtures: as arguments they are what pytest makes of them.
# ruff: noqa: F811


def test_the_home_is_empty_and_alone(monkeypatch: pytest.MonkeyPatch, zoo_home: Path) -> None:
    assert list(zoo_home.iterdir()) == []
    assert [name for name in os.environ if name.startswith("ZOO_")] == ["ZOO_HOME"]
    assert Settings.from_environment().home == zoo_home


def test_settings_are_offline(zoo_settings: Settings, zoo_home: Path) -> None:
    assert (zoo_settings.offline, zoo_settings.home) == (True, zoo_home)


def test_the_dataset_and_the_zoo_are_tiny(tiny_dataset: Dataset, tiny_zoo: TinyZoo) -> None:
    assert tiny_dataset.counts == (400, 100)
    assert tiny_zoo.dataset("whatever").counts == (400, 100)


def test_the_network_is_blocked(no_network: None) -> None:
    with pytest.raises(OSError, match="blocks the network, and something wants to reach 192"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(OSError, match="wants to reach example"):
        socket.getaddrinfo("example.org", 80)


@pytest.mark.parametrize("host", ["192.0.2.1", "localhost.example.org", "127.0.0.1.example.org"])
@pytest.mark.parametrize("way", ["connect", "connect_ex", "sendto", "sendto with flags", "sendmsg"])
def test_every_way_out_is_blocked(no_network: None, host: str, way: str) -> None:
    address = (host, 9)
    name, _, flags = way.partition(" with ")
    before = {"sendto": (b"x", 0) if flags else (b"x",), "sendmsg": ([b"x"], [], 0)}.get(name, ())
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        pytest.raises(OSError, match=f"blocks the network, and something wants to reach {host}"),
    ):
        getattr(udp, name)(*before, address)


@pytest.mark.parametrize("look_up", [socket.getaddrinfo, socket.gethostbyname])
def test_names_are_not_looked_up(no_network: None, look_up: Callable[..., object]) -> None:
    arguments = (80,) if look_up.__name__ == "getaddrinfo" else ()
    with pytest.raises(OSError, match="wants to reach localhost.example.org"):
        getattr(socket, look_up.__name__)("localhost.example.org", *arguments)


def test_loopback_is_not_blocked(no_network: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
        with socket.socket() as again:
            assert again.connect_ex(("localhost", server.getsockname()[1])) == 0
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as there,
    ):
        there.bind(("127.0.0.2", 0))
        assert here.sendto(b"x", there.getsockname()) == 1
        assert here.sendmsg([b"y"], [], 0, there.getsockname()) == 1


def test_unix_sockets_are_not_blocked(no_network: None) -> None:
    here, there = socket.socketpair()
    with here, there:
        assert here.sendmsg([b"x"]) == 1
        assert there.recv(1) == b"x"


def test_a_local_registry_publishes_weights(
    wrong: Wrong, local_registry: LocalRegistry, zoo_home: Path
) -> None:
    with visible(wrong("numpy")):
        trained = TinyZoo(zoo_home).run("wrong").loaded.weights
        local_registry.add_weights("wrong", trained, dataset="digits", tag="first")
        found = Zoo(Settings.from_environment(offline=True)).load("wrong", data="digits")
        assert (found.source.way, found.source.tag) == ("packaged", "first")
        assert np.array_equal(found.weights["output_layer/bias"], trained["output_layer/bias"])


def test_a_local_registry_publishes_a_dataset(
    wrong: Wrong, local_registry: LocalRegistry, zoo_home: Path
) -> None:
    unlisted = ("__init__.py", 'loader="zoo_wrong.images:load",', "")
    unpinned = ("__init__.py", "sha256={", "sha256={} and {")
    counted = ("__init__.py", "counts=(500, 100)", "counts=(400, 100)")
    with visible(wrong("dataset", unlisted, unpinned, counted)):
        local_registry.add_dataset("wrong", tiny_arrays())
        dataset = Zoo(Settings.from_environment(offline=True)).dataset("wrong")
        assert dataset.way == "packaged"
        assert len(dataset.examples("test")) == 100


def test_an_entry_for_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="^dataset x: expected train-images-idx3-ubyte"):
        dataset_entry(tmp_path, name="x", path="data")


@pytest.fixture
def idx_files(tmp_path: Path) -> Path:
    folder = tmp_path / "zoo_wrong" / "data"
    folder.mkdir(parents=True)
    for name, array in tiny_arrays(train=2, test=2).items():
        head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
        (folder / FILES[name]).write_bytes(head + array.tobytes())
    return folder


def test_a_whole_entry_is_a_registry_and_another_can_be_added(idx_files: Path) -> None:
    text = dataset_entry(idx_files, name="one", path="data", whole=True)
    text += dataset_entry(idx_files, name="two", path="data/", prefix="two-")
    parsed = parse_registry(text.encode(), base=idx_files.parent, origin="here")
    assert parsed.problems == []
    files = [
        file.artifact
        for entry in parsed.datasets
        for container in entry.containers
        for file in container.files
    ]
    assert [entry.name for entry in parsed.datasets] == ["one", "two"]
    assert len({artifact.file for artifact in files}) == 8
    assert {artifact.local for artifact in files} == {str(path) for path in idx_files.iterdir()}


def test_a_prefix_is_not_part_of_urls(idx_files: Path) -> None:
    text = dataset_entry(idx_files, name="one", url="https://example.org/x/", prefix="one-")
    assert 'urls = ["https://example.org/x/train-images-idx3-ubyte"]' in text
    assert 'file = "one-train-images-idx3-ubyte"' in text


def test_the_folder_of_the_registry_itself(idx_files: Path) -> None:
    text = dataset_entry(idx_files, name="one", path=".", whole=True)
    entry = parse_registry(text.encode(), base=idx_files, origin="here").datasets[0]
    assert entry.containers[0].files[0].artifact.local == str(idx_files / FILES["x_train"])


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({}, "dataset one: give path or url, or nobody knows where its files are"),
        ({"name": "One Two", "path": "data"}, "dataset One Two: name: expected a name, got One Two"),
        (
            {"name": "auto", "path": "data"},
            "dataset auto: name: expected another word than auto, which --data knows, got auto",
        ),
        ({"path": "../data"}, "dataset one: path: expected a plain file name"),
        ({"path": "/data"}, "dataset one: path: expected a plain file name"),
        ({"url": "example.org/x"}, "dataset one: urls: "),
        ({"url": "http://10.0.0.1/x"}, "dataset one: urls: "),
        ({"path": "data", "prefix": "../"}, "dataset one: file: expected a plain file name"),
    ],
)
def test_what_a_registry_would_refuse_is_refused(
    idx_files: Path, named: dict[str, str], message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        dataset_entry(idx_files, **({"name": "one"} | named))  # type: ignore[arg-type]
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_nobody_else_pays_for_the_fixtures() -> None:
    """No pytest plugin of the installation, and the package itself is light."""
    assert not [entry for entry in entry_points(group="pytest11") if entry.value.startswith("zoo")]
    code = (
        "import sys; before = set(sys.modules); import zoo.testing, zoo.testing.fixtures\n"
        "heavy = {'numpy', 'keras', 'tensorflow', 'matplotlib', 'h5py', 'requests'} & set(sys.modules)\n"
        "print(sorted(heavy))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"
