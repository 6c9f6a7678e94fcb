"""`feature-maps`: what each filter finds in an image, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.errors import UsageError, one_line, unknown
from zoo.views.generic.asking import named
from zoo.views.generic.kernels import check_number
from zoo.views.scales import Scale, positive_scale, signed_scale

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.maps import FeatureMaps

__all__ = ["Maps", "compute", "draw"]

PANEL_LIMIT = 128
"""Maps in one picture where none are named."""


@dataclass(frozen=True)
class Maps:
    """Feature maps of a layer.

    Attributes:
        layer: Name of the layer.
        channels: Number of each map.
        image: (28, 28).
        maps: (n, height, width); shares of each map's own maximum where `panel` is True.
        peaks: Largest value of each map.
        dead: Channels that are 0 everywhere.
        scale: Of what is shown.
        panel: True where each map has its own scale.
    """

    title: str
    note: str
    layer: str
    channels: tuple[int, ...]
    image: npt.NDArray[np.float64]
    maps: npt.NDArray[np.float64]
    peaks: npt.NDArray[np.float64]
    dead: tuple[int, ...]
    scale: Scale
    panel: bool
    alt: str


def compute(context: ViewContext, parameters: FeatureMaps) -> Maps:
    image = context.image(parameters.image)
    found = context.model.activations(image[None])
    layers = {name: np.asarray(array[0], np.float64) for name, array in found.items() if array.ndim == 4}
    if parameters.layer and parameters.layer not in layers:
        raise unknown("layer with maps", one_line(parameters.layer, 60), layers)
    if not layers:
        raise UsageError(f"{context.title}: this model shows no layer with maps")
    with_weights = [name for name in layers if f"{name}/kernel" in context.weights]
    layer = parameters.layer or next(iter(with_weights or layers))
    whole = layers[layer].transpose(2, 0, 1)
    total, high, wide = whole.shape
    channels = parameters.channels or tuple(range(min(total, PANEL_LIMIT)))
    check_number("channels", max(channels), total, layer)
    maps = whole[list(channels)]
    peaks = np.abs(maps).max(axis=(1, 2))
    panel = parameters.scale == "panel"
    if panel:
        maps = maps / np.where(peaks == 0, 1.0, peaks)[:, None, None]
        scale = _scale([maps], "of each map's own largest value")
    elif parameters.scale == "all":
        scale = _scale([*layers.values()], "over all layers")
    else:
        scale = _scale([whole], f"over all {total} maps of the layer")
    dead = tuple(c for c, peak in zip(channels, peaks, strict=True) if peak == 0)
    which, best = named(parameters.image), int(peaks.argmax())
    shown = f"{total} maps" if len(channels) == total else f"{len(channels)} of {total} maps"
    quiet = f"{len(dead)} {'is' if len(dead) == 1 else 'are'} 0 everywhere" if dead else "none is all 0"
    return Maps(
        title=f"{context.title}: {shown} of {layer} for {which}",
        note=f"{high}×{wide} values each; scale {scale.text}; {quiet}",
        layer=layer,
        channels=channels,
        image=image.astype(np.float64),
        maps=maps,
        peaks=peaks,
        dead=dead,
        scale=scale,
        panel=panel,
        alt=(
            f"{shown.capitalize()} of layer {layer} of {context.title} for {which}: the strongest, "
            f"{peaks[best]:.3g}, is channel {channels[best]}; {quiet}."
        ),
    )


def draw(numbers: Maps) -> Figure:
    from zoo.views import canvas

    captions = tuple(str(channel) for channel in numbers.channels)
    if numbers.panel:
        captions = tuple(f"{c} · {peak:.2g}" for c, peak in zip(captions, numbers.peaks, strict=True))
    return canvas.tiles(
        numbers.maps, title=numbers.title, note=numbers.note, scale=numbers.scale, captions=captions,
        columns=min(8, len(captions)),
        bar="share of the map's largest value" if numbers.panel else "activation",
    )  # fmt: skip


def _scale(maps: list[npt.NDArray[np.float64]], over: str) -> Scale:
    whole = np.concatenate([part.ravel() for part in maps])
    return positive_scale(whole, over) if whole.min() >= 0 else signed_scale(whole, over=over)
