"""Rows 39 to 42 through the command line, over the installed zoo."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests import soak
from tests.cli.conftest import Ended
from zoo.errors import EXIT_CODES, UnavailableError
from zoo.imaging import read_image

Real = Callable[..., Ended]
PREDICT = ("predict", "ovr", "x.png", "--data", "digits", "--weights", "./w.h5", "--offline")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["run", "ovrr"], "unknown model 'ovrr'; did you mean ovr?"),
        (["run", "ovr:n3"], "unknown preset of ovr 'n3'; did you mean n2?"),
        (["visualize", "ovr", "wieghts"], "unknown view 'wieghts'; did you mean weights"),
        (["run", "ovr", "--set", "epoch=3"], "did you mean epochs?"),
        (["run", "ovr", "--set", "epochs=-1"], "epochs: expected an integer in 0..10000, got -1"),
        (["run", "ovr", "--set", "l2=much"], "l2: expected a number in 0..1e+06, got 'much'"),
    ],
)
def test_row_39_names_and_values(real: Real, args: list[str], words: str) -> None:
    ended = real(*args)
    assert ended.code == 2
    assert words in ended.error


@pytest.mark.parametrize(
    "args",
    [
        ["mirror", "~nobody-here/x"],
        ["run", "ovr", "--weights", "~nobody-here/x"],
        ["run", "ovr", "--data", "~nobody-here/x"],
        ["run", "ovr", "--visualize", "--output", "~nobody-here/x"],
        ["visualize", "ovr", "weights", "--output", "~nobody-here/x"],
        ["visualize", "ovr", "why", "--image", "~nobody-here/x"],
        ["predict", "ovr", "~nobody-here/x"],
        ["list", "--registry", "~nobody-here/x"],
        ["plugins", "check", "~nobody-here/x"],
    ],
)
def test_row_39_a_home_folder_of_nobody(real: Real, args: list[str]) -> None:
    ended = real(*args)
    assert ended.code == 2
    assert "~nobody-here/x: there is no such user; give the path of a folder or file" in ended.error


@pytest.mark.parametrize("model", ["ovr", "scratch"])
@pytest.mark.parametrize(("l2", "optimizer"), [("1e4", "sgd"), ("1e6", "momentum"), ("1e6", "sgd")])
def test_row_39_a_training_that_diverges_says_one_line(
    real: Real, model: str, l2: str, optimizer: str
) -> None:
    """At once or only at the end; warnings of NumPy are errors in tests."""
    recipe = {"l2": l2, "epochs": "40", "learning_rate": "100", "optimizer": optimizer, "batch": "64"}
    if l2 == "1e4":
        recipe |= {"epochs": "1", "subset": "512"}
    values = [word for name in recipe for word in ("--set", f"{name}={recipe[name]}")]
    ended = real("train", model, "--data", "digits", "--offline", *values)
    assert ended.code == 1
    assert ended.error.startswith(f"training {model}: ")
    assert "; choose a learning_rate below 100" in ended.error
    assert ended.error.endswith(f" or an l2 below {float(l2):g}")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def huge_png() -> bytes:
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def picture(mode: str, **options: object) -> bytes:
    drawn = np.zeros((28, 28), np.uint8)
    drawn[4:24, 12:16] = 255
    if mode == "I;16":
        image = Image.fromarray(drawn.astype(np.uint16) * 257)
    elif mode == "LA":
        image = Image.merge("LA", (Image.new("L", (28, 28)), Image.fromarray(drawn)))
    else:
        image = Image.fromarray(drawn).convert(mode)
    image.save("made", format="GIF" if options else "PNG", **options)
    return Path("made").read_bytes()


@pytest.mark.parametrize("kind", ["empty", "text", "truncated", "huge", "large"])
def test_row_40_what_is_no_picture(real: Real, kind: str) -> None:
    made = {"empty": b"", "text": b"not an image", "large": bytes(30_000_000), "huge": huge_png()}
    Path("w.h5").write_bytes(soak.weights())
    Path("x.png").write_bytes(made.get(kind, picture("L")[:60] if kind == "truncated" else b""))
    Path("made").unlink(missing_ok=True)
    ended = real(*PREDICT)
    assert ended.code in (2, 4)
    assert "x.png" in ended.error


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGB", "RGBA", "LA", "I;16", "animated"])
def test_row_40_what_has_a_defined_result(real: Real, mode: str) -> None:
    Path("w.h5").write_bytes(soak.weights())
    if mode == "animated":
        frames = {"save_all": True, "append_images": [Image.new("L", (28, 28), 9)]}
        Path("x.png").write_bytes(picture("L", **frames))
    else:
        Path("x.png").write_bytes(picture(mode))
    ended = real(*PREDICT, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert '"x.png"' in ended.out


def blank(kind: str) -> Image.Image:
    if kind == "transparent":
        return Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    return Image.new("L", (1, 1) if kind == "a pixel" else (200, 300), 0 if kind == "a pixel" else 255)


@pytest.mark.parametrize("kind", ["white", "transparent", "a pixel"])
def test_row_40_a_picture_of_nothing_is_answered_with_a_warning(real: Real, kind: str) -> None:
    Path("w.h5").write_bytes(soak.weights())
    blank(kind).save("x.png")
    text = (
        "image x.png: nothing stands out in this picture, so what is answered means nothing; "
        "draw darker, or check the file"
    )
    ended = real(*PREDICT, "blank", "noise:1", "--json")
    assert (ended.code, ended.err) == (0, f"warning: {text}\n")
    assert json.loads(ended.out)["warnings"] == [text]
    assert len(json.loads(ended.out)["predictions"]) == 3


def test_row_41_output_places(real: Real) -> None:
    Path("w.h5").write_bytes(soak.weights())
    Path("file").write_text("")
    Path("out/weights.png").mkdir(parents=True)
    command = ("--data", "digits", "--weights", "./w.h5", "--offline", "--output")
    for args, code in (
        (("run", "ovr", *command, "file"), 2),
        (("run", "ovr", *command, "file/below"), 1),
        (("run", "ovr", *command, "/proc/zoo"), 1),
        (("visualize", "ovr", "weights", *command, "out"), 1),
    ):
        ended = real(*args)
        assert ended.code == code, args
        assert ended.error


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
def test_row_41_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    command = f"{sys.executable} -m zoo list | head -1"
    ended = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=tmp_path, check=True)
    assert (ended.stderr, len(ended.stdout.splitlines())) == ("", 1)


@pytest.mark.parametrize(
    ("code", "args"),
    [
        (0, ["list"]),
        (1, ["run", "ovr", "--offline", "--output", "/proc/zoo"]),
        (2, ["run", "nothing"]),
        (3, ["run", "ovr", "--weights", "./none.h5", "--offline"]),
        (4, ["run", "ovr", "--weights", "./bad.h5", "--offline"]),
        (5, ["list"]),
    ],
)
def test_row_42_every_documented_exit_code(
    zoo_process: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
    code: int,
    args: list[str],
) -> None:
    """But 130, which is in test_endings and test_faults_cache."""
    (tmp_path / "bad.h5").write_bytes(b"bad")
    broken = tmp_path / "broken-1.dist-info"
    broken.mkdir()
    (broken / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    (broken / "entry_points.txt").write_text("[zoo]\nbroken = no_such_module\n" if code == 5 else "")
    path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    ended = zoo_process(*args, PYTHONPATH=path, ZOO_STRICT_PLUGINS="1")
    assert (ended.returncode, code in EXIT_CODES) == (code, True), ended.stderr
    assert len(ended.stderr.splitlines()) == (1 if code else 0)
    assert ended.stderr.startswith("error: " if code else "")
    assert bool(ended.stdout) == (code == 0)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["run", "ovr", "--data", ""], "dataset: expected auto, a name or a file, got ''"),
        (["run", "ovr", "-o", ""], "'--output' / '-o': the name is empty"),
        (["visualize", "ovr", "weights", "-o", ""], "'--output' / '-o': the name is empty"),
        (["publish", "ovr", "--to", ""], "'--to': the name is empty"),
        (["mirror", ""], "'FOLDER': the name is empty"),
        (["run", "ovr", "--registry", ""], "'--registry': the value is empty"),
        (["run", "ovr", "--mirror", " "], "'--mirror': the value is empty"),
        (["visualize", "ovr", "weights", "-o", "a" * 300 + ".png"], "longer than 255 bytes; choose"),
        (["publish", "ovr", "--to", "ok/" + "é" * 200], "longer than 255 bytes; choose a shorter one"),
        (["run", "mlp", "--set", "hidden=16,,16"], "hidden: expected a list like 16,16 of integers in "),
        (["run", "neuron", "--set", "first=１"], "first: expected an integer in 0..9, got '１'"),
        (["run", "OVR"], "unknown model 'OVR'; did you mean ovr?"),
    ],
)
def test_row_39_nothing_at_all_and_too_much(real: Real, args: list[str], words: str) -> None:
    ended = real(*args, "--offline")
    assert ended.code == 2
    assert words in ended.error


def test_row_40_a_picture_that_is_cut_off_is_called_that(real: Real) -> None:
    Path("x.png").write_bytes(picture("L")[:60])
    assert "got one that is cut off or damaged; save it anew" in real(*PREDICT).error


def test_row_40_the_name_of_an_image_stays_in_one_line() -> None:
    with pytest.raises(UnavailableError) as caught:
        read_image("a\nb.png")
    assert str(caught.value) == "image: there is no file a b.png; check the path"
