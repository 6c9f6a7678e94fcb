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
        captions: Class each was meant to show, or what it is; below it what the judge reads, and how
            sure it is. Empty where there is nothing to say.
        read: Class that the judge reads in each; empty where there is no judge at hand.
        sure: Its score of that class.
        title, note, alt: In words.
    """

    images: NDArray[np.float32]
    captions: tuple[str, ...]
    read: tuple[str, ...]
    sure: tuple[float, ...]
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
    shown = f": {', '.join(captions)}" if captions else ""
    title = f"{len(images)} image{'' if len(images) == 1 else 's'} drawn by {context.title}"
    alt = f"{title} from random numbers, {how}{shown}"
    above = "" if meant is None else "the class it is meant to show"
    return _shown(context, images, captions, title=title, note=how, above=above, alt=alt)


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
    count = "a variant" if parameters.n == 1 else f"{parameters.n} variants"
    title = f"{text} and {count} of it, drawn by {context.title}"
    note = f"the image, the same drawn again, then with noise on its code: {how}"
    alt = f"{title}: its code with noise, {how}"
    return _shown(context, images, captions, title=title, note=note, above="", alt=alt)


def draw(numbers: ShownImages) -> Figure:
    return canvas.tiles(
        numbers.images, title=numbers.title, note=numbers.note, captions=numbers.captions
    )


def _shown(
    context: ViewContext,
    images: NDArray[np.float32],
    captions: tuple[str, ...],
    *,
    title: str,
    note: str,
    above: str,
    alt: str,
) -> ShownImages:
    """Add what the judge reads in each image, where its weights are at hand; say what stands `above`."""
    judge = context.judge()
    if judge is None:
        note += f"; above each: {above}" if above else ""
        return ShownImages(images, captions, (), (), title, note, f"{alt}.")
    scores = judge.model.predict(images.clip(0, 1))
    best = scores.argmax(axis=1)
    read = tuple(judge.labels[column] for column in best)
    sure = tuple(float(row[column]) for row, column in zip(scores, best, strict=True))
    words = [_words(name, share, judge) for name, share in zip(read, sure, strict=True)]
    if captions:
        words = [f"{caption}\n{word}" for caption, word in zip(captions, words, strict=True)]
    note += f"; above each: {f'{above}, then ' if above else ''}what {judge.title} reads"
    note += ", and how sure it is" if "probabilities" in judge.offers else ""
    counts = {name: read.count(name) for name in judge.labels if name in read}
    told = ", ".join(f"{name} in {count}" for name, count in counts.items())
    alt = f"{alt}; {judge.title} reads {told}."
    return ShownImages(images, tuple(words), read, sure, title, note, alt)


def _words(name: str, share: float, judge: ViewContext) -> str:
    if "probabilities" not in judge.offers:
        return name
    percent = ">99" if 99.5 <= 100 * share < 100 else f"{100 * share:.0f}"  # never 100 unless it is
    return f"{name}  {percent}\N{NO-BREAK SPACE}%"
