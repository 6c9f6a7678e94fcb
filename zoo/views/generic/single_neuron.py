"""`single-neuron`: one neuron by hand: inputs, weights, products, the sum, the activation curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.views.scales import INTENSITY, Scale, signed_scale

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.structure import SingleNeuron

__all__ = ["Neuron", "compute", "draw", "respond"]

Array = npt.NDArray[np.float64]

FORMULAS = {
    "sigmoid": "1 / (1 + exp(−z))",
    "relu": "max(0, z)",
    "arctan": "arctan z",
    "linear": "z",
}


@dataclass(frozen=True)
class Neuron:
    """One neuron.

    Attributes:
        x, w, products: (n,).
        bias: Added to the sum of the products.
        z: Sum of products and bias.
        output: f(z).
        activation: Name of f.
        curve: z and f(z) of points on the curve, (2, 201).
        scales: Of weights and products.
    """

    title: str
    note: str
    x: Array
    w: Array
    products: Array
    bias: float
    z: float
    output: float
    activation: str
    curve: Array
    scales: tuple[Scale, Scale]
    alt: str


def respond(activation: str, z: npt.ArrayLike) -> Array:
    """Return f(z) of the activation function called `activation`."""
    z = np.asarray(z, np.float64)
    match activation:
        case "sigmoid":
            return np.asarray(0.5 * (1.0 + np.tanh(0.5 * z)))
        case "relu":
            return np.asarray(np.maximum(z, 0.0))
        case "arctan":
            return np.asarray(np.arctan(z))
    return np.asarray(z)


def compute(context: ViewContext, parameters: SingleNeuron) -> Neuron:  # noqa: ARG001
    count = parameters.inputs
    x, w = _filled(parameters.x, count), _filled(parameters.w, count)
    products = x * w
    z = float(products.sum()) + parameters.bias
    output = float(respond(parameters.activation, z))
    reach = max(6.0, 1.25 * abs(z))
    points = np.linspace(-reach, reach, 201)
    sums = " ".join(f"{'−' if p < 0 else '+'} {abs(p):.3g}" for p in products).removeprefix("+ ")
    steps = f"{sums} (bias {parameters.bias:+.3g}) = {z:.3g}".replace("-", "−")
    return Neuron(
        title=f"One neuron: {count} inputs, {parameters.activation}",
        note=f"z = x·w + b = {steps};  f(z) = {FORMULAS[parameters.activation]} = {output:.3g}",
        x=x,
        w=w,
        products=products,
        bias=parameters.bias,
        z=z,
        output=output,
        activation=parameters.activation,
        curve=np.stack([points, respond(parameters.activation, points)]),
        scales=(
            signed_scale(w, over="of the weights"),
            signed_scale(products, palette="inputs", over="of the products"),
        ),
        alt=(
            f"A neuron with {count} inputs: its products of input and weight and the bias "
            f"{parameters.bias:.3g} sum to {z:.3g}, and {parameters.activation} gives {output:.3g}."
        ),
    )


def draw(numbers: Neuron) -> Figure:
    from zoo.views import canvas

    count = len(numbers.x)
    wide, high, tall = 3.1, 0.52, 2.95
    sheet = canvas.figure(title=numbers.title, note=numbers.note, panel=(7.5, tall + 0.5), head=0.1)
    sheet.axes[0].axis("off")
    rows = (
        ("inputs x", numbers.x, INTENSITY),
        ("weights w", numbers.w, numbers.scales[0]),
        ("products x·w", numbers.products, numbers.scales[1]),
    )
    cell = min(wide / count, 0.9)
    for index, (name, values, scale) in enumerate(rows):
        top = 0.25 + index * (high + 0.52)
        axes = canvas.place(sheet, 0.0, top, cell * count, high)
        shown = values[None, :]
        canvas.show(axes, shown, scale, aspect="auto")
        for edge in axes.spines.values():
            edge.set(visible=True, color=canvas.FAINT, linewidth=0.7)
        texts = [[f"{value:.3g}".replace("-", "−") for value in values]]
        canvas.annotate_cells(axes, shown, scale, texts, size=min(12, 42 * cell * 0.6), weight="bold")
        axes.set_title(name, size=9.5, color=canvas.INK, loc="left", pad=4)
        bar = canvas.place(sheet, cell * count + 0.1, top, 0.1, high)
        canvas.colour_bar(sheet, scale, place=bar)
        low, top_value = scale.low, scale.high
        bar.set_yticks([low, top_value], [f"{low:.3g}".replace("-", "−"), f"{top_value:.3g}"])
    curve = canvas.place(sheet, 4.6, 0.1, 2.9, tall)
    curve.plot(*numbers.curve, color=canvas.SERIES[0]["color"], linewidth=2)
    curve.axhline(0, color=canvas.FAINT, linewidth=0.8, zorder=0)
    curve.axvline(0, color=canvas.FAINT, linewidth=0.8, zorder=0)
    curve.plot([numbers.z, numbers.z], [0, numbers.output], color=canvas.INK, linewidth=1, linestyle=":")
    curve.plot([numbers.z], [numbers.output], "o", color=canvas.SERIES[1]["color"], markersize=10)
    right = numbers.z <= 0
    curve.annotate(
        f"f({numbers.z:.3g}) = {numbers.output:.3g}".replace("-", "−"), (numbers.z, numbers.output),
        (10 if right else -10, 12), textcoords="offset points", ha="left" if right else "right",
        size=10.5, color=canvas.INK, weight="bold",
    )  # fmt: skip
    curve.set(xlabel="z: the sum of the products and the bias", ylabel="output f(z)")
    curve.margins(x=0.02, y=0.15)
    return sheet.figure


def _filled(values: tuple[float, ...], count: int) -> Array:
    """Cut to `count` values, or fill up with zeros."""
    return np.array([*values[:count], *[0.0] * (count - len(values))], np.float64)
