"""`architecture`: the layers, what comes out of each, and how the number of parameters comes about."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zoo.errors import ZooError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.specs import NoParameters
    from zoo.views.context import ViewContext

__all__ = ["Block", "Plan", "compute", "draw"]


@dataclass(frozen=True)
class Block:
    """One layer.

    Attributes:
        name: e.g. ``hidden_layer``.
        does: What it does, in words.
        shape: Of what comes out for one image; empty where it is not known.
        parameters: How many.
        formula: How they come about: ``784 × 64 weights + 64 biases``.
    """

    name: str
    does: str
    shape: tuple[int, ...]
    parameters: int
    formula: str


@dataclass(frozen=True)
class Plan:
    """The layers of a model, in forward order, after the input."""

    title: str
    note: str
    inputs: str
    blocks: tuple[Block, ...]
    total: int
    alt: str


def compute(context: ViewContext, parameters: NoParameters) -> Plan:  # noqa: ARG001
    variables: dict[str, dict[str, tuple[int, ...]]] = {}
    for name, shape in context.model.shapes.items():
        layer, _, variable = name.rpartition("/")
        variables.setdefault(layer, {})[variable] = tuple(shape)
    blocks = tuple(_block(layer, variables) for layer in _layers(context, variables))
    total = sum(math.prod(shape) for shape in context.model.shapes.values())
    sums = " + ".join(f"{block.parameters:,}" for block in blocks if block.parameters)
    result = "image" if context.spec.output == "images" else "answer"
    inputs = "28 × 28 pixels" if context.spec.inputs == "images" else "a class"
    return Plan(
        title=f"{context.title}: {_count(len(blocks), 'layer')}, {total:,} parameters",
        note=context.spec.summary + (f"; {sums} = {total:,}" if " + " in sums else ""),
        inputs=inputs,
        blocks=blocks,
        total=total,
        alt=(
            f"The layers of {context.title}, from {inputs} to the {result}: "
            + ", ".join(
                f"{block.name} ({block.does}"
                + (f", {block.formula} = {block.parameters:,} parameters)" if block.parameters else ")")
                for block in blocks
            )
            + f"; {total:,} parameters in all."
        ),
    )


def draw(numbers: Plan) -> Figure:
    from matplotlib.patches import FancyBboxPatch

    from zoo.views import canvas

    row, count = 0.86, len(numbers.blocks) + 1
    wide = 7.6
    sheet = canvas.figure(title=numbers.title, note=numbers.note, panel=(wide, row * count - 0.2))
    axes = sheet.axes[0]
    axes.axis("off")
    axes.set(xlim=(0, wide), ylim=(row * count - 0.2, 0))
    sizes = [784, *(math.prod(block.shape) or 1 for block in numbers.blocks)]
    most = math.log(1 + max(sizes))
    rows: list[tuple[str, str, str, str]] = [("input", "", numbers.inputs, "")]
    for block in numbers.blocks:
        shape = " × ".join(str(size) for size in block.shape)
        right = f"{block.formula} = {block.parameters:,}" if block.parameters else ""
        rows.append((block.name, block.does, shape, right))
    middle, reach, high = 1.45, 1.35, 0.44
    for index, ((name, does, shape, right), size) in enumerate(zip(rows, sizes, strict=True)):
        y = index * row + 0.29
        half = reach * max(0.3, math.log(1 + size) / most)
        trained = bool(right)
        box = FancyBboxPatch(
            (middle - half, y - high / 2), 2 * half, high, boxstyle="round,pad=0,rounding_size=0.07",
            facecolor="#d6e6f5" if trained else "#eef0f3",
            edgecolor=canvas.SERIES[0]["color"] if trained else canvas.FAINT,
            linewidth=1.6 if trained else 1.0,
        )  # fmt: skip
        axes.add_patch(box)
        axes.text(middle, y, shape, size=11, weight="bold", color=canvas.INK, ha="center", va="center")
        lines = [line for line in (does, right) if line]
        top = y - 0.095 * len(lines)
        axes.text(3.05, top, name, size=11, weight="bold", color=canvas.INK, va="center")
        for number, line in enumerate(lines, 1):
            axes.text(3.05, top + 0.2 * number, line, size=9.5, color=canvas.QUIET, va="center")
        if index:
            axes.annotate(
                "", (middle, y - high / 2), (middle, y - row + high / 2),
                arrowprops={"arrowstyle": "-|>", "color": canvas.QUIET, "linewidth": 1.2},
            )  # fmt: skip
    return sheet.figure


@dataclass(frozen=True)
class _Layer:
    name: str
    kind: str
    shape: tuple[int, ...]
    settings: Mapping[str, Any]


def _layers(context: ViewContext, variables: Mapping[str, Any]) -> Sequence[_Layer]:
    """Ask the model for its layers; one that does not tell has those with weights."""
    try:
        told = getattr(context.model, "layers", None)
    except ZooError:  # no framework here to ask
        told = None
    if told:
        return [_Layer(part.name, part.kind, tuple(part.shape), part.settings) for part in told]
    return [_Layer(name, "", (), {}) for name in variables]


def _block(layer: _Layer, variables: Mapping[str, Mapping[str, tuple[int, ...]]]) -> Block:
    own = variables.get(layer.name, {})
    kernel = own.get("kernel", ())
    shape = layer.shape or kernel[-1:]
    parts = []
    if len(kernel) == 4:
        parts.append(f"{kernel[0]} × {kernel[1]} × {kernel[2]} × {kernel[3]} weights")
    elif kernel:
        parts.append(" × ".join(str(size) for size in kernel) + " weights")
    if "bias" in own:
        parts.append(f"{own['bias'][0]:,} biases" if own["bias"][0] != 1 else "1 bias")
    parts += [
        f"{' × '.join(str(size) for size in size_of) or '1'} {name}"
        for name, size_of in own.items()
        if name not in ("kernel", "bias")
    ]
    count = sum(math.prod(size) for size in own.values())
    return Block(layer.name, _does(layer, kernel), shape, count, " + ".join(parts))


def _does(layer: _Layer, kernel: Sequence[int]) -> str:
    """Say in a few words what a layer does."""
    settings, kind = layer.settings, layer.kind
    bend = settings.get("activation")
    then = f", {bend}" if bend and bend != "linear" else ""
    size = settings.get("pool_size")
    window = " × ".join(str(n) for n in size) if isinstance(size, (list, tuple)) else ""
    if kind.startswith("Conv2D") or (not kind and len(kernel) == 4):
        way = "enlarging convolution" if "Transpose" in kind else "convolution"
        return f"{way}, windows of {kernel[0]} × {kernel[1]}{then}" if len(kernel) == 4 else way
    if kind == "Dense" or (not kind and len(kernel) == 2):
        return f"every input to every unit{then}"
    words = {
        "Flatten": "all values in one row",
        "Reshape": "values put into another shape",
        "MaxPooling2D": f"largest of each {window}",
        "AveragePooling2D": f"mean of each {window}",
        "UpSampling2D": "each value repeated",
        "Dropout": f"in training, {100 * float(settings.get('rate') or 0):.0f} % left out",
        "Activation": str(bend or ""),
    }
    return words.get(kind, kind)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")
