"""`drawn`: images that a model draws from random numbers, or variants of one image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoo import UsageError, canvas

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo import ViewContext
    from zoo_generator.views import DrawnView

__all__ = ["ShownImages", "compute", "draw"]

OWN, AROUND = 1.0, 0.2
"""Size of the random part where none is named: from noise, and around an image, which stays readable."""


@dataclass(frozen=True)
class ShownImages:
    """What is shown.

    Attributes:
        images: (n, 28, 28) in [0, 1].
        captions: Class each was meant to show, or what it is; empty where there is nothing to say.
        title, note, alt: In words.
    """

    images: NDArray[np.float32]
    captions: tuple[str, ...]
    title: str
    note: str
    alt: str


def compute(context: ViewContext, parameters: DrawnView) -> ShownImages:
    if parameters.image is not None:
        return _variants(context, parameters, parameters.image)
    spread = OWN if parameters.spread is None else parameters.spread
    images, meant = context.model.generate(parameters.n, seed=parameters.seed, spread=spread)
    captions = () if meant is None else tuple(context.labels[label] for label in meant)
    how = f"seed {parameters.seed}, spread {spread:g}"
    note = how if meant is None else f"{how}; the class each is meant to show stands above it"
    shown = f": {', '.join(captions)}" if captions else ""
    title = f"{len(images)} images drawn by {context.title}"
    return ShownImages(images, captions, title, note, f"{title} from random numbers, {how}{shown}.")


def _variants(context: ViewContext, parameters: DrawnView, text: str) -> ShownImages:
    """Show an image, what the model makes of it, and n more around it."""
    model: Any = context.model
    if "reconstructs" not in context.offers:
        raise UsageError(f"image: {context.title} draws from random numbers alone; leave it out")
    image = context.image(text)
    spread = AROUND if parameters.spread is None else parameters.spread
    plain, _ = model.generate(1, image=image, spread=0.0)
    varied, _ = model.generate(parameters.n, image=image, seed=parameters.seed, spread=spread)
    images = np.concatenate([image[None], plain, varied])
    captions = (text, "drawn again", *[""] * parameters.n)
    how = f"seed {parameters.seed}, spread {spread:g}"
    title = f"{text} and {parameters.n} variants of it, drawn by {context.title}"
    note = f"the image, the same drawn again, then with noise on its code: {how}"
    return ShownImages(images, captions, title, note, f"{title}: its code with noise, {how}.")


def draw(numbers: ShownImages) -> Figure:
    return canvas.tiles(
        numbers.images, title=numbers.title, note=numbers.note, captions=numbers.captions
    )
