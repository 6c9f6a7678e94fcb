"""Drawings of digits with a pen of any width, as bright ink on nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

STROKES = {
    "7": [(60, 60), (200, 60), (110, 240)],
    "2": [(70, 80), (130, 40), (200, 80), (140, 150), (70, 230), (210, 235)],
    "6": [(180, 40), (90, 120), (70, 200), (130, 240), (190, 200), (140, 150), (80, 180)],
}


def drawn(digit: str, *, pen: int = 30, side: int = 280) -> NDArray[np.float32]:
    """Draw a digit, (side, side) in [0, 1]; the coordinates are those of side 280."""
    image = Image.new("L", (280, 280), 0)
    ImageDraw.Draw(image).line(STROKES[digit], fill=255, width=pen, joint="curve")
    resized = image.resize((side, side), Image.Resampling.BOX)
    return np.asarray(resized, np.float32) / np.float32(255)


def alike(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Correlation of two images: 1 for the same."""
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])
