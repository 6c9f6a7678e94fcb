"""Image files of people: read within limits, whatever is in them, and brought to MNIST form.

Reading takes at most 64 MB of memory: sizes are checked before anything is decoded, JPEG is decoded
at a fraction of its size, and what is decoded is averaged down in strips.
"""

from __future__ import annotations

import io
import os
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from zoo.errors import InvalidValueError, complaint, one_line
from zoo.imaging.averaging import WORKING_SIDE, Small, gray_of, small_picture
from zoo.imaging.form import to_mnist_form
from zoo.imaging.ink import find_ink
from zoo.store.files import read_bytes

__all__ = ["read_image"]

Pixels = NDArray[np.float32]

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
"""What is read; Pillow's other decoders stay closed."""

FILE_LIMIT = 20_000_000
"""Bytes: photos of telephones have fewer, and it leaves room for decoding."""

MEMORY = 48_000_000
"""Bytes that a file and its decoded picture may take together; 64 MB with what is computed from it."""

BYTES_PER_PIXEL = {"PNG": 4.0, "GIF": 4.0, "BMP": 4.0, "WEBP": 20.0, "JPEG": 0.6}
"""While decoding. WebP's decoder holds several pictures at once (measured), JPEG is decoded at a
fraction of its size."""

SIDE_LIMIT = 65_535
"""Pixels a side, JPEG's own limit: a picture longer than this is no picture of a digit."""

SCAN_LIMIT = 100
"""Passes of a JPEG; programs write about ten, and each of a thousand would cost a second."""

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
"""All that a still picture needs. Other chunks may unpack to 64 MB of text or hold an animation."""

BEGINNINGS = (PNG_SIGNATURE, b"\xff\xd8\xff", b"GIF8")
"""Of files that were a picture once."""

EXIF_ORIENTATION = 0x0112


def read_image(path: str | os.PathLike[str]) -> Pixels:
    """Read a drawing or photo of one digit and bring it to MNIST form.

    Dark on light and light on dark, colour, transparency, 16 bits, any shape and size, turned photos
    are ordinary. Of an animation the first picture counts.

    Args:
        path: PNG, JPEG, GIF, BMP or WebP.

    Returns:
        float32 (28, 28) in [0, 1], ink bright; all zeros where nothing stands out.

    Raises:
        UnavailableError: If there is no such file.
        IntegrityError: If it is a folder, a pipe, or too big a file.
        InvalidValueError: If it is not a picture, damaged, or has too many pixels.
    """
    place = Path(path)
    thing = f"image {one_line(place.name, 100)}"
    data = read_bytes(place, limit=FILE_LIMIT, thing="image", follow_links=True)
    if not data:
        raise _refused(thing, "an empty file")
    data = _still(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # sizes are checked here; other warnings change nothing
            small, turn = _decoded(data, thing)
    except (InvalidValueError, MemoryError):
        raise
    except UnidentifiedImageError:
        got = "one that is cut off or damaged" if data.startswith(BEGINNINGS) else "something else"
        raise _refused(thing, got) from None
    except Image.DecompressionBombError:
        raise _refused(thing, "far too many pixels", do="save it smaller") from None
    except Exception as error:  # a hostile file may raise anything in a decoder
        raise _refused(thing, f"a damaged one ({one_line(str(error), 100)})") from None
    del data  # memory is counted here
    return to_mnist_form(find_ink(_upright(gray_of(small), turn)))


def _decoded(data: bytes, thing: str) -> tuple[Small, object]:
    """Decode and average down; also return the camera's orientation mark, which may be anything."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        limit = int((MEMORY - len(data)) / _bytes_per_pixel(picture, data))
        if picture.width * picture.height > limit or max(picture.size) > SIDE_LIMIT:
            expected = f"at most {limit / 1e6:.1f} million pixels, no side above {SIDE_LIMIT:,}"
            got = f"{picture.width} × {picture.height}"
            raise InvalidValueError(complaint(thing, expected=expected, got=got, do="save it smaller"))
        turn = picture.getexif().get(EXIF_ORIENTATION)
        if isinstance(picture, JpegImageFile):
            factor = -(-max(picture.size) // WORKING_SIDE)
            picture.draft(None, (max(1, picture.width // factor), max(1, picture.height // factor)))
        picture.load()
        return small_picture(picture), turn


def _bytes_per_pixel(picture: Image.Image, data: bytes) -> float:
    if not isinstance(picture, JpegImageFile):
        return BYTES_PER_PIXEL[str(picture.format)]
    if not _in_passes(picture, data):
        return BYTES_PER_PIXEL["JPEG"]
    if data.count(b"\xff\xda") > SCAN_LIMIT:
        raise ValueError(f"more than {SCAN_LIMIT} passes")
    # libjpeg holds its coefficients, two bytes each, of components that may be coarser than others
    sampled = [horizontal * vertical for _, horizontal, vertical, _ in picture.layer]
    return BYTES_PER_PIXEL["JPEG"] + 2 * sum(sampled) / max(1, *sampled)


def _in_passes(picture: JpegImageFile, data: bytes) -> bool:
    """Say whether a JPEG's decoder must hold it whole: progressive, or a scan for each colour."""
    if "progressive" in picture.info:
        return True
    place = 2
    while data[place : place + 1] == b"\xff":
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4])
        if marker == 0xDA:
            return data[place + 4] < len(picture.getbands())
        place += 2 + length
    return True  # oddly written: better assume it


def _still(data: bytes) -> bytes:
    """Leave out of a PNG what a still picture does not need; other data comes back as it is."""
    if not data.startswith(PNG_SIGNATURE):
        return data
    view = memoryview(data)
    parts: list[bytes | memoryview] = [PNG_SIGNATURE]
    place = len(PNG_SIGNATURE)
    while place + 12 <= len(data):
        end = place + 12 + int.from_bytes(view[place : place + 4])
        if end > len(data):
            break
        if bytes(view[place + 4 : place + 8]) in PNG_KEPT:
            parts.append(view[place:end])
        place = end
    return b"".join(parts)


def _upright(gray: Pixels, turn: object) -> Pixels:
    """Undo what the camera's orientation mark (Exif 2.3, tag 274) says was done."""
    if turn in (5, 6, 7, 8):
        gray = gray.T
    if turn in (2, 3, 6, 7):
        gray = gray[:, ::-1]
    if turn in (3, 4, 7, 8):
        gray = gray[::-1]
    return gray


def _refused(thing: str, got: str, *, do: str = "save it anew as PNG") -> InvalidValueError:
    expected = "a picture (PNG, JPEG, GIF, BMP or WebP)"
    return InvalidValueError(complaint(thing, expected=expected, got=got, do=do))
