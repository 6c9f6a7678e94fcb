"""Commands of the guides do what the guides say: each tested block is run, line by line.

``<!-- tested -->`` stands before such a block, ``<!-- tested: another machine -->`` where it is typed
on a machine that has nothing yet. Nothing is fetched, and a model that needs no TensorFlow takes the
place of the one that is named.
"""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import re
import shlex
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.docs.pages import ROOT, text_of
from zoo.cli.wiring import cli
from zoo.registry.reading import parse_registry
from zoo.testing import tiny_arrays

BLOCK = re.compile(r"^<!-- tested(: another machine)? -->\n```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Machine:
    """Types the lines of a page, as a person at a terminal would."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, stack: contextlib.ExitStack
    ) -> None:
        self.folder = folder
        self.monkeypatch = monkeypatch
        self.stack = stack
        self.replaced = {"mlp": "neuron"}
        self.typed: list[str] = []
        monkeypatch.chdir(folder)

    def another(self) -> None:
        """Go to a machine that has nothing yet, and whose variables say nothing."""
        for name in list(os.environ):
            if name.startswith("ZOO_"):
                self.monkeypatch.delenv(name)
        home = self.folder / f"home-{len(self.typed)}"
        self.monkeypatch.setenv("ZOO_HOME", str(home))

    def type(self, line: str) -> None:
        for said, meant in self.replaced.items():
            line = line.replace(said, meant)
        self.typed.append(line)
        words = shlex.split(line, comments=True)
        match words:
            case ["export", *settings]:
                for setting in settings:
                    self.monkeypatch.setenv(*setting.split("=", 1))
            case ["python", "-m", "http.server", "8000", "--directory", folder]:
                self.replaced["http://192.168.1.10:8000/"] = self.serve(folder)
            case ["zoo", *arguments]:
                with pytest.raises(SystemExit) as ended:
                    cli.main(arguments, "zoo")
                assert ended.value.code == 0, line
            case _:
                raise AssertionError(f"{line}: the test cannot type this")

    def serve(self, folder: str) -> str:
        handler = functools.partial(_Quiet, directory=folder)
        server = self.stack.enter_context(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.stack.callback(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}/"

    def follow(self, page: str) -> None:
        found = BLOCK.findall(text_of(page))
        assert found, page
        for elsewhere, lines in found:
            if elsewhere:
                self.another()
            for line in lines.splitlines():
                self.type(line)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    with contextlib.ExitStack() as stack:
        yield Machine(tmp_path, monkeypatch, stack)


def test_publishing_weights(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOO_OFFLINE", "1")  # so that it is trained on the digits that are there
    machine.follow("howto/publish-weights.md")
    assert (machine.folder / "teacher" / "weights" / "neuron-default-ours.h5").is_file()
    assert 'tag = "ours"' in (machine.folder / "teacher" / "registry.toml").read_text()


def test_working_offline(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.follow("howto/offline.md")
    assert list((machine.folder / "stick").glob("neuron*.h5"))
    assert str(machine.folder) in capsys.readouterr().out  # zoo cache path


@pytest.mark.mnist
def test_a_classroom(machine: Machine, mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOO_MIRROR", str(mirror))  # in the place of the internet
    machine.replaced["/media/stick/"] = f"{machine.folder}/"
    machine.follow("classroom.md")
    assert (machine.folder / "teacher" / "mnist.npz").is_file()
    assert (machine.folder / "zoo-out" / "neuron" / "report.html").is_file()


def test_describing_a_dataset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_idx(tmp_path / "downloads")
    monkeypatch.chdir(tmp_path)
    print_entry()
    printed = capsys.readouterr().out
    assert printed.startswith('schema = 1\n\n[[dataset]]\nname = "garments"\n')
    assert 'file = "garments-t10k-labels-idx1-ubyte"' in printed
    assert parse_registry(printed.encode(), base=tmp_path, origin="printed").problems == []
    assert 'path = "data/t10k-labels-idx1-ubyte"' in printed


def print_entry() -> None:
    # [dataset entry]
    from zoo.testing import dataset_entry

    print(dataset_entry("downloads/", name="garments", path="data/", prefix="garments-", whole=True))
    # [end]


def write_idx(folder: Path) -> None:
    folder.mkdir()
    for name, array in tiny_arrays(train=2, test=2).items():
        part = {"train": "train", "test": "t10k"}[name[2:]]
        kind = "images-idx3" if name.startswith("x") else "labels-idx1"
        head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
        (folder / f"{part}-{kind}-ubyte").write_bytes(head + array.tobytes())


def test_the_readme_names_the_presets_of_every_model() -> None:
    from zoo import Zoo

    rows = re.findall(
        r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \|$", (ROOT / "README.md").read_text("utf-8"), re.M
    )
    told = {name: re.split(r"[:;,] |$", words.replace("`", "")) for name, words in rows}
    for offer in Zoo().models():
        assert {preset.name for preset in offer.spec.presets} <= set(told[offer.name]), offer.name
