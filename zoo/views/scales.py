"""What colours mean: one scale for each kind of value, its limits always said, never guessed.

- intensities (ink, probabilities): gray, 0 black to 1 white;
- positive values (relu activations, counts): gray, 0 to a stated limit;
- signed values (weights, differences): red above zero, blue below, zero in the middle;
- signed inputs (w·x, contributions): orange above zero, purple below, zero in the middle.

Both diverging maps are cut to their middle 80 %, where the two ends stay apart for colour-blind
readers; then the side that darkens faster is slowed down, so that equal lightness means equal size.
What was cut away marks values beyond a clipped scale.

Making a scale needs no matplotlib: the numbers of a view may hold one.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from matplotlib.colors import Colormap, Normalize

__all__ = [
    "INTENSITY",
    "Clip",
    "Palette",
    "Scale",
    "clipped_at",
    "finite",
    "percentile_of",
    "positive_scale",
    "signed_scale",
]

Palette = Literal["intensity", "positive", "weights", "inputs"]
Clip = Literal["none", "percentile-99", "percentile-95"]
CLIPS: tuple[str, ...] = ("none", "percentile-99", "percentile-95")

STEPS = 255
"""Colours of a diverging map: odd, so that zero has a colour of its own, exactly in the middle."""

CUT = 0.1
"""Share cut from each end of a diverging map."""

EMPTY = (0.0, 0.0, 0.0, 0.0)
"""Colour of a masked cell: none, so that the page and the mark of empty cells are seen."""

_DIVERGING = {"weights": "RdBu_r", "inputs": "PuOr_r"}


@dataclasses.dataclass(frozen=True)
class Scale:
    """Limits of one mapping from values to colours.

    Attributes:
        palette: Which kind of value is shown.
        low, high: Values at the two ends; ``low == -high`` for a signed palette.
        text: The scale in words, for the title: ``± 0.61 over all panels``.
        clipped: True where values beyond the ends exist and are shown in the colour of the clipped.
    """

    palette: Palette
    low: float
    high: float
    text: str = ""
    clipped: bool = False

    @property
    def signed(self) -> bool:
        return self.palette in _DIVERGING

    @property
    def cmap(self) -> Colormap:
        return _colour_map(self.palette)

    def norm(self) -> Normalize:
        from matplotlib.colors import Normalize

        return Normalize(self.low, self.high)

    def colours(self, values: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the RGBA colours, each 0–1, of `values`; shape ``(*values.shape, 4)``."""
        return np.asarray(self.cmap(self.norm()(np.ma.asarray(values))))

    def dark(self, values: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Tell where text on the colour of `values` must be white.

        Below a luminance of 0.18 white has the higher contrast.
        """
        return np.asarray(luminance(self.colours(values)) < 0.18)


INTENSITY = Scale("intensity", 0.0, 1.0, "0 black, 1 white")
"""The fixed scale of images and probabilities."""


def positive_scale(values: npt.ArrayLike, over: str = "") -> Scale:
    """Make the scale of values that are never negative: 0 to their maximum (1 if all are zero)."""
    shown = finite(values)
    if shown.count() and float(shown.min()) < 0:
        raise ValueError("a positive scale was asked for negative values; use signed_scale")
    high = _top(shown)
    return Scale("positive", 0.0, high, f"0 to {high:.3g}{' ' + over if over else ''}")


def signed_scale(
    maps: npt.ArrayLike | Iterable[npt.ArrayLike],
    *,
    palette: Literal["weights", "inputs"] = "weights",
    over: str = "over all panels",
    clip: str = "none",
) -> Scale:
    """Make the symmetric scale of signed values: ± max|·| over everything in `maps`.

    Args:
        maps: One array, or several of any shape.
        palette: ``weights``, or ``inputs`` for weighted inputs and contributions.
        over: Words that say what the maximum was taken over.
        clip: ``none``, or ``percentile-99``/``-95``: the limit is that percentile of the
            absolute values.
    """
    parts = [maps] if isinstance(maps, np.ndarray) else list(maps)  # type: ignore[arg-type]
    sizes = np.concatenate([np.abs(finite(part).compressed()) for part in parts])
    top = float(sizes.max()) if sizes.size else 0.0
    limit = top
    if clip != "none" and sizes.size:
        limit = float(np.percentile(sizes, percentile_of(clip))) or top
    text = f"± {limit or 1.0:.3g} {over}"
    beyond = int((sizes > limit).sum())
    if clip != "none":
        share = 100 * beyond / max(sizes.size, 1)
        text += f", the {percentile_of(clip)}th percentile: {share:.1f}\N{NO-BREAK SPACE}% lie beyond"
    limit = limit or 1.0  # all zero: any limit is right, none at all cannot be drawn
    return Scale(palette, -limit, limit, text, clipped=beyond > 0)


def percentile_of(clip: str) -> int:
    """Return 99 for ``percentile-99``."""
    return int(clip.removeprefix("percentile-"))


def clipped_at(clip: str) -> str:
    """Say in a title that a scale was clipped; nothing where it was not."""
    return "" if clip == "none" else f", clipped at the {percentile_of(clip)}th percentile"


def finite(values: npt.ArrayLike) -> np.ma.MaskedArray[Any, np.dtype[np.float64]]:
    """Return float values with their mask; what is masked becomes 0 underneath.

    Raises:
        ValueError: If an unmasked value is NaN or infinite: a picture must not hide it.
    """
    given: np.ma.MaskedArray[Any, Any] = np.ma.asarray(values)
    mask = np.ma.getmaskarray(given)
    data = np.where(mask, 0.0, given.data.astype(np.float64))
    bad = int((~np.isfinite(data)).sum())
    if bad:
        raise ValueError(f"{bad} of {data.size} values to be drawn are not finite")
    return np.ma.masked_array(data, mask)


def luminance(rgba: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the relative luminance (WCAG 2.2) of sRGB colours (…, 3 or 4), 0 black to 1 white."""
    srgb = np.asarray(rgba, np.float64)[..., :3]
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    shown: npt.NDArray[np.float64] = linear @ np.array([0.2126, 0.7152, 0.0722])
    return shown


def _even(colours: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Find `STEPS` places in a diverging map, 0–1 of the whole, at which both sides are as light.

    Args:
        colours: The map between its cuts, an odd number of evenly spaced colours.
    """
    places = np.linspace(CUT, 1 - CUT, len(colours))
    light = np.cbrt(luminance(colours))  # CIE L*, but for an offset and a factor
    middle = len(colours) // 2
    below, above = light[middle::-1], light[middle:]  # from zero outwards
    aim = np.interp(
        np.linspace(0, middle, STEPS // 2 + 1), np.arange(middle + 1), np.maximum(below, above)
    )
    # np.interp wants rising values, and lightness falls from zero outwards
    up = np.interp(-aim, -above, places[middle:])
    down = np.interp(-aim, -below, places[middle::-1])
    return np.concatenate([down[:0:-1], up])


def _top(shown: np.ma.MaskedArray[Any, Any]) -> float:
    return (float(shown.max()) if shown.count() else 0.0) or 1.0


@functools.cache
def _colour_map(palette: Palette) -> Colormap:
    import matplotlib as mpl
    from matplotlib.colors import ListedColormap

    if palette in _DIVERGING:
        whole = mpl.colormaps[_DIVERGING[palette]]
        cut = whole(_even(whole(np.linspace(CUT, 1 - CUT, 2001))))
        ends = {"under": whole(0.0), "over": whole(1.0)}
        return ListedColormap(cut, name=f"zoo-{palette}").with_extremes(bad=EMPTY, **ends)
    gray = mpl.colormaps["gray"](np.arange(256))
    return ListedColormap(gray, name=f"zoo-{palette}").with_extremes(bad=EMPTY)
