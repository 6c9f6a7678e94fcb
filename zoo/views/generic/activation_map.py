"""`activation-map`: images as points, close together where a layer answers alike (PCA)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from zoo.errors import UsageError, one_line, unknown
from zoo.views.generic.asking import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.units import ActivationMap

__all__ = ["Projection", "compute", "draw"]

Array = npt.NDArray[np.float64]

PIXELS = "pixels"
COLOURS = (
    "#0b5fa5", "#d9660a", "#3f7d20", "#8a5aa8", "#16181d",
    "#c2185b", "#0097a7", "#8d6e00", "#6d4c41", "#5c6bc0",
)  # fmt: skip
"""Beside these, every class is written as its own name: hue alone tells nothing."""

WIDE_HIGH = (6.8, 5.2)
"""Inches of the panel."""

WIDE_LIMIT = 1024
"""Values an image: beyond, the first ones are taken from a fixed random projection."""


@dataclass(frozen=True)
class Projection:
    """Images on the plane where they spread most.

    Attributes:
        points: (n, 2).
        labels: Column of each point's class.
        names: Name of each class.
        explained: Share of the variance along each of the two directions.
        agreement: Share of points whose nearest neighbour on the map is of their class.
    """

    title: str
    note: str
    points: Array
    labels: npt.NDArray[np.int64]
    names: tuple[str, ...]
    explained: tuple[float, float]
    agreement: float
    alt: str


def compute(context: ViewContext, parameters: ActivationMap) -> Projection:
    examples = context.examples("test").first(parameters.count)
    images = examples.floats()
    layer, values = _values(context, images, parameters.layer)
    points, explained = principal(values)
    agreement = _agreement(points, examples.labels)
    shares = f"{percent(explained[0])} and {percent(explained[1])}"
    summary = (
        f"the two directions hold {shares} of the variance; on the map the nearest neighbour is of the "
        f"same class for {percent(agreement)}"
    )
    what = "their pixels" if layer == PIXELS else f"{values.shape[1]:,} units of {layer}"
    return Projection(
        title=f"{context.title}: {len(points):,} test images on the map of {what}",
        note=summary,
        points=points,
        labels=examples.labels,
        names=context.labels,
        explained=explained,
        agreement=agreement,
        alt=f"{len(points):,} test images as {context.title} sees them, by {what}, in two dimensions "
        f"(PCA): {summary}.",
    )


def draw(numbers: Projection) -> Figure:
    from zoo.views import canvas

    sheet = canvas.figure(title=numbers.title, note=numbers.note, panel=WIDE_HIGH, room=(0.55, 0.5))
    axes = sheet.axes[0]
    for column, name in enumerate(numbers.names):
        points = numbers.points[numbers.labels == column]
        if not len(points):
            continue
        colour = COLOURS[column % len(COLOURS)]
        plain = name.isascii() and name.isalnum() and len(name) <= 2
        marker = _glyph(name) if plain else "os^Dv<>PX*"[column % 10]
        axes.plot(
            points[:, 0], points[:, 1], linestyle="", marker=marker, markersize=6.5, color=colour,
            markeredgewidth=0.25, alpha=0.75, label=name,
        )  # fmt: skip
    here = [column for column in range(len(numbers.names)) if (numbers.labels == column).any()]
    middles = np.stack([np.median(numbers.points[numbers.labels == column], axis=0) for column in here])
    span = np.ptp(numbers.points, axis=0).clip(1e-9) * 1.06  # data that the panel shows
    inches = span / WIDE_HIGH
    names = [numbers.names[column] for column in here]
    least = 0.14 + max(canvas.text_width(name, 16.0, bold=True) for name in ("0", *names)) + 0.14
    for column, name, middle, place in zip(
        here, names, middles, apart(middles / inches, least) * inches, strict=True
    ):
        colour = COLOURS[column % len(COLOURS)]
        axes.plot(*np.stack([middle, place]).T, color=colour, linewidth=1.2)
        axes.text(
            float(place[0]), float(place[1]), name,
            size=16, weight="bold", color=colour, ha="center", va="center",
            bbox={"boxstyle": "circle,pad=0.2", "facecolor": "white", "edgecolor": colour},
        )  # fmt: skip
    first, second = (f"{percent(share)} of the variance" for share in numbers.explained)
    axes.set(xlabel=f"first direction, {first}", ylabel=f"second direction, {second}")
    axes.set(xticks=[], yticks=[])
    axes.margins(0.03)
    return sheet.figure


def apart(places: Array, least: float) -> Array:
    """Move places (n, 2) as little as it takes to be `least` from one another, or nearly so."""
    places = places.astype(np.float64)
    for _ in range(400):
        away = places[:, None] - places
        distance = np.hypot(away[..., 0], away[..., 1])
        turn = np.arange(len(places), dtype=np.float64)  # who stand on one spot leave it apart
        same = np.stack([np.cos(turn), np.sin(turn)], axis=1)[:, None] * (distance == 0)[..., None]
        away = np.where(distance[..., None] > 0, away / np.maximum(distance, 1e-9)[..., None], same)
        short = (least * 1.02 - distance).clip(0)
        np.fill_diagonal(short, 0.0)
        if short.max(initial=0.0) <= 0.02 * least:
            break
        places += (away * short[..., None]).sum(axis=1) / 2
    return places


def _glyph(name: str) -> Any:
    """Return a short name as a marker, centred."""
    from matplotlib.path import Path
    from matplotlib.textpath import TextPath

    path = TextPath((0, 0), name, size=1)
    box = path.get_extents()
    return Path(path.vertices - [(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2], path.codes)


def principal(values: Array) -> tuple[Array, tuple[float, float]]:
    """Project rows on the two directions of largest variance (Pearson, 1901).

    The sign of a direction is such that its largest weight is positive: the same map every time.

    Returns:
        Points (n, 2) and the shares of the variance.
    """
    centred = values - values.mean(axis=0)
    covariance = centred.T @ centred / max(len(centred) - 1, 1)
    sizes, directions = np.linalg.eigh(covariance)
    top = directions[:, ::-1][:, :2]
    if top.shape[1] < 2:
        top = np.pad(top, ((0, 0), (0, 2 - top.shape[1])))
    top = top * np.where(top[np.abs(top).argmax(axis=0), range(2)] < 0, -1.0, 1.0)
    whole = float(sizes.clip(0).sum()) or 1.0
    largest = [float(size) / whole for size in sizes[::-1][:2].clip(0)] + [0.0, 0.0]
    return np.asarray(centred @ top), (largest[0], largest[1])


def _values(context: ViewContext, images: npt.NDArray[np.float32], layer: str) -> tuple[str, Array]:
    if layer == PIXELS:
        return PIXELS, images.reshape(len(images), -1).astype(np.float64)
    found = context.model.activations(images)
    if layer and layer not in found:
        raise unknown("layer", one_line(layer, 60), [*found, PIXELS])
    if not layer:
        if len(found) < 2:
            raise UsageError(f"{context.title}: this model shows no layer before the answer")
        layer = list(found)[-2]
    values = np.asarray(found[layer], np.float64).reshape(len(images), -1)
    if values.shape[1] > WIDE_LIMIT:  # keeps distances within a few percent, and eigh fast
        draw_of = np.random.default_rng(0)
        values = (
            values @ draw_of.normal(size=(values.shape[1], WIDE_LIMIT // 2)) / (WIDE_LIMIT // 2) ** 0.5
        )
    return layer, values


def _agreement(points: Array, labels: npt.NDArray[np.int64]) -> float:
    few = points[:2000]
    squares = (few**2).sum(axis=1)
    distances = squares[:, None] + squares - 2 * few @ few.T
    np.fill_diagonal(distances, np.inf)
    return float((labels[distances.argmin(axis=1)] == labels[: len(few)]).mean())
