"""Row 40: whatever an image file holds gives a defined result or a typed error, within 64 MB."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from tests.imaging.drawings import STROKES, alike, drawn
from zoo.errors import IntegrityError, InvalidValueError, UnavailableError
from zoo.imaging import read_image, to_mnist_form
from zoo.imaging.ink import find_ink

FORM = {digit: to_mnist_form(drawn(digit)) for digit in STROKES}


def gray(digit: str = "2", side: int = 280) -> Image.Image:
    """Black on white, 8 bits."""
    return Image.fromarray((255 - drawn(digit, side=side) * 255).astype(np.uint8))


def saved(picture: Image.Image, path: Path, **options: Any) -> Path:
    picture.save(path, **options)
    return path


def shows(path: Path, digit: str = "2", likeness: float = 0.95) -> None:
    image = read_image(path)
    assert image.shape == (28, 28)
    assert image.dtype == np.float32
    assert alike(image, FORM[digit]) > likeness


@pytest.mark.parametrize("ending", ["png", "jpg", "gif", "bmp", "webp"])
@pytest.mark.parametrize("digit", STROKES)
def test_every_format_and_both_ways_round(tmp_path: Path, ending: str, digit: str) -> None:
    shows(saved(gray(digit), tmp_path / f"a.{ending}"), digit)
    shows(saved(ImageOps.invert(gray(digit)), tmp_path / f"b.{ending}"), digit)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "I"])
def test_row_40_every_mode_of_png(tmp_path: Path, mode: str) -> None:
    if mode in ("I;16", "I"):
        picture = Image.fromarray(np.asarray(gray()).astype(np.uint16) * 257)
    else:
        picture = gray().convert(mode)
    shows(saved(picture, tmp_path / "a.png"))


def test_row_40_16_bits_keep_what_8_would_lose(tmp_path: Path) -> None:
    """Values of 2,000 to 20,000 of 65,535: Pillow's own conversion makes all of them white."""
    values = 20_000 - np.asarray(drawn("2") * 18_000).astype(np.uint16)
    shows(saved(Image.fromarray(values), tmp_path / "a.png"))


@pytest.mark.parametrize("ink", [(0, 0, 0), (255, 255, 255), (128, 128, 128), (200, 30, 30)])
def test_row_40_transparent_paper(tmp_path: Path, ink: tuple[int, int, int]) -> None:
    alpha = (drawn("6") * 255).astype(np.uint8)
    picture = Image.new("RGBA", (280, 280), (*ink, 0))
    picture.putalpha(Image.fromarray(alpha))
    shows(saved(picture, tmp_path / "a.png"), "6")
    shows(saved(picture, tmp_path / "a.webp", lossless=True), "6")


def test_row_40_a_transparent_rim_is_no_ink(tmp_path: Path) -> None:
    picture = gray("7").convert("RGBA")
    sheet = Image.new("RGBA", (500, 400), (0, 0, 0, 0))
    sheet.paste(picture, (150, 60))
    shows(saved(sheet, tmp_path / "a.png"), "7")


@pytest.mark.parametrize("ending", ["png", "gif", "webp"])
def test_row_40_of_an_animation_the_first_picture_counts(tmp_path: Path, ending: str) -> None:
    more = [gray("7"), gray("6")]
    shows(saved(gray("2"), tmp_path / f"a.{ending}", save_all=True, append_images=more), "2")


@pytest.mark.parametrize(
    "colours",
    [("#c81e00", "#0064a4"), ("#0064a4", "#c81e00"), ("#ff0000", "#ffffff"), ("#ffff00", "#ffffff")],
)
def test_colours_are_told_apart_also_of_the_same_brightness(
    tmp_path: Path, colours: tuple[str, str]
) -> None:
    picture = Image.new("RGB", (280, 280), colours[1])
    picture.paste(colours[0], mask=Image.fromarray((drawn("2") * 255).astype(np.uint8)))
    shows(saved(picture, tmp_path / "a.png"))


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("ending", ["jpg", "webp"])
def test_a_turned_photo_is_put_upright(tmp_path: Path, turn: int, ending: str) -> None:
    mark = Image.Exif()
    mark[0x0112] = turn
    path = saved(gray("2").resize((200, 280)), tmp_path / f"a.{ending}", exif=mark)
    with Image.open(path) as picture:
        upright = np.asarray(ImageOps.exif_transpose(picture).convert("L"), np.float32) / 255
    assert alike(read_image(path), to_mnist_form(find_ink(upright))) > 0.95


@pytest.mark.parametrize("content", ["white", "black", "clear", "one pixel"])
def test_row_40_an_empty_picture_is_no_ink(tmp_path: Path, content: str) -> None:
    pictures = {
        "white": Image.new("L", (300, 200), 255),
        "black": Image.new("RGB", (20, 20)),
        "clear": Image.new("RGBA", (64, 64), (0, 0, 0, 0)),
        "one pixel": Image.new("L", (1, 1), 7),
    }
    assert not read_image(saved(pictures[content], tmp_path / "a.png")).any()


def message(path: Path, kind: type[Exception] = InvalidValueError) -> str:
    with pytest.raises(kind) as caught:
        read_image(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


WANTED = "image a.png: expected a picture (PNG, JPEG, GIF, BMP or WebP)"


@pytest.mark.parametrize(
    "data",
    [
        b"<html></html>",
        b"%PDF-1.7",
        b"\0" * 1000,
        b"PK\x03\x04" + b"\0" * 99,
        b"II*\0\x08" + b"\0" * 99,
    ],
    ids=["html", "pdf", "zeros", "zip", "tiff"],
)
def test_row_40_not_an_image(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.png").write_bytes(data)
    assert message(tmp_path / "a.png") == f"{WANTED}, got something else; save it anew as PNG"


def test_row_40_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    assert message(tmp_path / "a.png") == f"{WANTED}, got an empty file; save it anew as PNG"


def test_row_40_no_file_a_folder_a_pipe_and_a_large_file(tmp_path: Path) -> None:
    assert message(tmp_path / "no.png", UnavailableError) == (
        f"image: there is no file {tmp_path}/no.png; check the path"
    )
    assert message(tmp_path, IntegrityError) == f"image: {tmp_path}: expected a file, got a folder"
    os.mkfifo(tmp_path / "pipe")
    assert message(tmp_path / "pipe", IntegrityError).endswith("expected a file, got a pipe")
    with (tmp_path / "large.png").open("wb") as file:
        file.truncate(3_000_000_000)
    assert message(tmp_path / "large.png", IntegrityError).endswith(
        "expected at most 20000000 bytes, got 3000000000 bytes"
    )


@pytest.mark.parametrize("ending", ["png", "jpg", "gif", "bmp", "webp"])
@settings(max_examples=25, deadline=None)
@given(share=st.floats(0.05, 0.95))
def test_row_40_a_truncated_file_is_refused(
    tmp_path_factory: pytest.TempPathFactory, ending: str, share: float
) -> None:
    stream = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (60, 60), np.uint8)
    Image.fromarray(noise).save(stream, {"jpg": "JPEG"}.get(ending, ending.upper()))
    data = stream.getvalue()
    path = tmp_path_factory.mktemp("cut") / f"a.{ending}"
    path.write_bytes(data[: int(share * len(data))])
    assert message(path).startswith(WANTED.replace("png", ending, 1) + ", got ")


@pytest.mark.parametrize("ending", ["png", "jpg", "gif", "bmp", "webp"])
@settings(max_examples=60, deadline=None)
@given(damage=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=8))
def test_row_40_a_damaged_file_gives_an_image_or_a_typed_error(
    tmp_path_factory: pytest.TempPathFactory, ending: str, damage: list[tuple[int, int]]
) -> None:
    stream = io.BytesIO()
    gray("2", side=60).save(stream, {"jpg": "JPEG"}.get(ending, ending.upper()))
    data = bytearray(stream.getvalue())
    for place, value in damage:
        data[place % len(data)] = value
    path = tmp_path_factory.mktemp("damaged") / f"a.{ending}"
    path.write_bytes(data)
    try:
        image = read_image(path)
    except InvalidValueError:
        return
    assert image.shape == (28, 28)
    assert np.isfinite(image).all()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))


def png(width: int, height: int, *before: bytes, data: bytes = b"", mode: int = 0) -> bytes:
    """A PNG by hand: 8 bits, of any declared size."""
    head = chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, 8, mode, 0, 0, 0))
    body = chunk(b"IDAT", data or zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(before) + body + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("width", "height", "words"),
    [
        (40_000, 40_000, "got far too many pixels; save it smaller"),
        (2**31 - 1, 2**31 - 1, "got far too many pixels; save it smaller"),
        (
            5000,
            4000,
            "no side above 65,535, got 5000 × 4000; save it smaller",
        ),
        (1, 100_000, "no side above 65,535, got 1 × 100000; save it smaller"),
    ],
)
def test_row_40_a_huge_picture_is_refused_before_it_is_decoded(
    tmp_path: Path, width: int, height: int, words: str
) -> None:
    (tmp_path / "a.png").write_bytes(png(width, height))
    assert message(tmp_path / "a.png").endswith(words)


def test_row_40_a_jpeg_of_a_thousand_passes_is_refused(tmp_path: Path) -> None:
    path = saved(gray(), tmp_path / "a.jpg", progressive=True)
    data = path.read_bytes()
    scan = data[data.rindex(b"\xff\xda") : data.rindex(b"\xff\xd9")]
    path.write_bytes(data[: data.rindex(b"\xff\xd9")] + scan * 1000 + b"\xff\xd9")
    assert "got a damaged one (more than 100 passes)" in message(path)


def test_row_40_a_jpeg_that_its_decoder_would_hold_whole_is_refused(tmp_path: Path) -> None:
    picture = Image.new("CMYK", (3000, 2000), "white")
    path = saved(picture, tmp_path / "a.jpg", progressive=True, subsampling=0)
    assert "a.jpg: expected at most 5.6 million pixels" in message(path)
    read_image(saved(picture, path))  # decoded in one pass it is small


# Each writes a file into the folder and returns its path.
LARGE: dict[str, Callable[[Path], Path]] = {
    "an 11 million pixel png": lambda folder: saved(
        Image.fromarray(np.pad(np.full((2900, 3700, 4), 255, np.uint8), ((50, 50), (50, 50), (0, 0)))),
        folder / "a.png",
    ),
    "a noisy png": lambda folder: saved(
        Image.fromarray(np.random.default_rng(0).integers(0, 256, (2500, 2500, 3), np.uint8)),
        folder / "a.png",
        compress_level=1,
    ),
    "a long png": lambda folder: saved(Image.new("RGB", (60_000, 180), "white"), folder / "a.png"),
    "a 50 million pixel jpeg": lambda folder: saved(
        Image.new("RGB", (8000, 6200), "white"), folder / "a.jpg"
    ),
    "a 12 million pixel progressive jpeg": lambda folder: saved(
        Image.new("RGB", (4000, 3000), "white"), folder / "a.jpg", progressive=True
    ),
    "a 5 million pixel progressive jpeg of four full colours": lambda folder: saved(
        Image.new("CMYK", (2600, 2100), "white"), folder / "a.jpg", progressive=True, subsampling=0
    ),
    "a 2 million pixel webp": lambda folder: saved(
        Image.fromarray(np.random.default_rng(0).integers(0, 256, (1400, 1400, 4), np.uint8)),
        folder / "a.webp",
    ),
    "a gif": lambda folder: saved(Image.new("P", (3400, 3400)), folder / "a.gif"),
    "a bmp": lambda folder: saved(Image.new("RGB", (2550, 2550)), folder / "a.bmp"),
    "text that unpacks to 60 MB": lambda folder: _written(
        folder,
        png(
            2000,
            2000,
            *[chunk(b"zTXt", b"k%d\0\0" % i + zlib.compress(bytes(1_000_000))) for i in range(60)],
            data=zlib.compress(bytes(2000 * (1 + 4 * 2000))),
            mode=6,
        ),
    ),
}


def _written(folder: Path, data: bytes) -> Path:
    (folder / "a.png").write_bytes(data)
    return folder / "a.png"


MEASURE = """
import sys, io
from pathlib import Path
from PIL import Image
from zoo.imaging import read_image
folder = Path(sys.argv[2])
for ending in ("png", "jpg", "webp", "gif", "bmp"):  # what is loaded once is not counted
    Image.new("RGB", (40, 40)).save(folder / f"warm.{ending}")
    read_image(folder / f"warm.{ending}")
Path("/proc/self/clear_refs").write_text("5")
def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
before = peak()
read_image(sys.argv[1])
print(peak() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="measures memory as Linux does")
@pytest.mark.parametrize("kind", LARGE)
def test_row_40_never_more_than_64_mb(tmp_path: Path, kind: str) -> None:
    path = LARGE[kind](tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) * 1024 < 64_000_000


def test_a_picture_in_mnist_form_stays_as_it_is(tmp_path: Path) -> None:
    for digit, form in FORM.items():
        pixels = np.rint(form * 255).astype(np.uint8)
        path = saved(Image.fromarray(pixels), tmp_path / f"{digit}.png")
        np.testing.assert_allclose(read_image(path), pixels / 255, atol=0.03)
