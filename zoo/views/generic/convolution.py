"""`convolution`: one step of a convolution with its numbers, from the patch to the pooled output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.errors import InvalidValueError, complaint
from zoo.views.generic.asking import named
from zoo.views.generic.grids import Grid, patch
from zoo.views.generic.kernels import check_number, kernel_of
from zoo.views.generic.tracing import trace
from zoo.views.scales import Scale, positive_scale, signed_scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.maps import Convolution

__all__ = ["StepByStep", "compute", "draw"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class StepByStep:
    """One step of a convolution.

    Attributes:
        layer, filter: Which one.
        place: Row and column of the output.
        corner: Row and column, in the input, of the patch's upper left cell.
        channel: The input channel shown: the one that adds most here.
        channels: How many there are.
        given: That channel of the layer's input, (height, width).
        patch, kernel, products: (ky, kx), of that channel.
        here: Sum of the products shown.
        elsewhere: Sum of the products of all other channels.
        bias: Of the filter.
        total: here + elsewhere + bias.
        output: What the layer gives at the place: the activation function of the total.
        bend: Name of that function.
        result: The layer's output of this filter, (height, width).
        pooled: What the next layer's pooling makes of the window around the place; None if the next
            layer does not pool.
        window: Rows, columns and corner of that window.
    """

    title: str
    note: str
    layer: str
    filter: int
    place: tuple[int, int]
    corner: tuple[int, int]
    channel: int
    channels: int
    given: Array
    patch: Array
    kernel: Array
    products: Array
    here: float
    elsewhere: float
    bias: float
    total: float
    output: float
    bend: str
    result: Array
    pooled: float | None
    reduce: str
    window: tuple[int, int, int, int] | None
    scales: tuple[Scale, Scale, Scale, Scale]
    alt: str


def compute(context: ViewContext, parameters: Convolution) -> StepByStep:
    layer, kernel = kernel_of(context, parameters.layer)
    channels, total = kernel.shape[2:]
    check_number("filter", parameters.filter, total, layer)
    image = context.image(parameters.image)
    steps = trace(context, image[None], until=layer).steps
    number = next(i for i, step in enumerate(steps) if step.name == layer)
    step, grid = steps[number], steps[number].grid
    assert grid is not None  # every convolution has one
    result = step.outputs[0, :, :, parameters.filter]
    y, x = _place(parameters, result)
    whole = patch(step.inputs, kernel, grid, y, x)[0]  # (ky, kx, channel)
    products = whole * kernel[:, :, :, parameters.filter]
    shares = products.sum(axis=(0, 1))
    channel = int(np.abs(shares).argmax())
    here, bias = float(shares[channel]), float(step.bias[parameters.filter])
    elsewhere = float(shares.sum()) - here
    value = here + elsewhere + bias
    pooled, window, reduce = None, None, ""
    after = steps[number + 1] if number + 1 < len(steps) else None
    if after is not None and after.kind == "pooling" and after.grid is not None:
        pooled, window = _pooled(after.outputs[0, :, :, parameters.filter], after.grid, y, x)
        reduce = after.grid.reduce if pooled is not None else ""
    given = step.inputs[0, :, :, channel]
    weights = kernel[:, :, channel, parameters.filter]
    which = named(parameters.image)
    scales = (
        _positive_or_signed(given, "inputs"),
        signed_scale(weights, over="of the kernel"),
        signed_scale(products[:, :, channel], palette="inputs", over="of the products"),
        _positive_or_signed(result, "outputs"),
    )
    sums = f"{here:.3f}" + (
        f" and {elsewhere:.3f} of {channels - 1} other channels" if channels > 1 else ""
    )
    return StepByStep(
        title=f"{context.title}: one step of {layer}, filter {parameters.filter}, on {which}",
        note=(
            f"output at row {y}, column {x}: patch × kernel, summed"
            + (f" over {channels} channels (shown: {channel}, which adds most)" if channels > 1 else "")
            + f", plus the bias, then {step.bend}"
        ),
        layer=layer,
        filter=parameters.filter,
        place=(y, x),
        corner=(y * grid.stride[0] - grid.before[0], x * grid.stride[1] - grid.before[1]),
        channel=channel,
        channels=channels,
        given=given,
        patch=whole[:, :, channel],
        kernel=weights,
        products=products[:, :, channel],
        here=here,
        elsewhere=elsewhere,
        bias=bias,
        total=value,
        output=float(result[y, x]),
        bend=step.bend,
        result=result,
        pooled=pooled,
        reduce=reduce,
        window=window,
        scales=scales,
        alt=(
            f"One step of filter {parameters.filter} of layer {layer} of {context.title} on {which} at "
            f"row {y}, column {x}: the products sum to {sums}, with the bias {bias:.3f} to "
            f"{value:.3f}, and {step.bend} gives {float(result[y, x]):.3f}."
        ),
    )


def draw(numbers: StepByStep) -> Figure:
    from zoo.views import canvas

    large, small, gap, bar_room = 2.3, 1.55, 0.56, 0.75
    width = 3 * small + 2 * gap + 2 * bar_room
    sheet = canvas.figure(
        title=numbers.title, note=numbers.note, panel=(width, small + 0.85 + large + 0.3), head=0.22
    )
    stage = sheet.axes[0]
    stage.axis("off")
    stage.set(xlim=(0, width), ylim=(small + 0.85 + large + 0.3, 0))
    parts = (
        ("patch", numbers.patch, numbers.scales[0]),
        ("kernel", numbers.kernel, numbers.scales[1]),
        ("patch × kernel", numbers.products, numbers.scales[2]),
    )
    widest = max(
        canvas.text_width(_short(value), 10.0, bold=True)
        for _, values, _ in parts
        for value in values.flat
    )
    size = min(11.0, 10.0 * 0.84 * small / numbers.kernel.shape[1] / widest)
    lefts = (0.0, small + gap, 2 * (small + gap) + bar_room)
    for index, ((name, values, scale), left) in enumerate(zip(parts, lefts, strict=True)):
        axes = canvas.place(sheet, left, 0, small, small)
        canvas.show(axes, values, scale)
        texts = [[_short(value) for value in row] for row in values]
        canvas.annotate_cells(axes, values, scale, texts, size=size, weight="bold")
        canvas.caption(axes, name, strong=True)
        axes.spines[:].set(visible=True, edgecolor=canvas.QUIET, linewidth=0.6)  # white cells end there
        if index:
            bar = canvas.place(sheet, left + small + 0.08, 0.1, 0.1, small - 0.2)
            canvas.colour_bar(sheet, scale, place=bar)
            mark = "×" if index == 1 else "="
            stage.text(
                left - gap / 2, small / 2, mark, size=20, color=canvas.QUIET, ha="center", va="center"
            )
    sums = f"sum {_short(numbers.here, 3)}"
    if numbers.channels > 1:
        sums += f"  + {numbers.channels - 1} other channels {_short(numbers.elsewhere, 3)}"
    sums += f"  + bias {_short(numbers.bias, 3)}  =  {_short(numbers.total, 3)}"
    then = f"{numbers.bend}  →  {_short(numbers.output, 3)}"
    if numbers.pooled is not None and numbers.window is not None:
        high, wide = numbers.window[2:]
        then += f";   {numbers.reduce} of the {high}×{wide} around it  →  {_short(numbers.pooled, 3)}"
    for line, y in ((sums, 0.22), (then, 0.46)):
        stage.text(0, small + y, line, size=11.5, color=canvas.INK, ha="left", va="center")
    top = small + 0.85
    high, wide = numbers.kernel.shape
    boxes = ((*numbers.corner, high, wide), (*numbers.place, 1, 1))
    names = (
        "input" if numbers.channels == 1 else f"input, channel {numbers.channel}",
        f"output of filter {numbers.filter}",
    )
    for index, (name, values, scale) in enumerate(
        zip(names, (numbers.given, numbers.result), (numbers.scales[0], numbers.scales[3]), strict=True)
    ):
        left = index * (large + 1.3)
        axes = canvas.place(sheet, left, top, large, large)
        canvas.show(axes, values, scale)
        canvas.caption(axes, name, strong=True)
        point = len(values) / (72 * large)  # cells that a point of a line's width takes
        if index and numbers.window is not None:
            _around(axes, numbers.window, 4.2 * point, colour="#5cb8ff")
        _around(axes, boxes[index], 1.5 * point)
        bar = canvas.place(sheet, left + large + 0.1, top + 0.1, 0.12, large - 0.2)
        canvas.colour_bar(sheet, scale, place=bar)
    return sheet.figure


def _around(axes: Axes, box: tuple[int, int, int, int], room: float, colour: str = "#ff9400") -> None:
    """Frame cells from outside: what is framed stays seen."""
    from zoo.views import canvas

    row, column, high, wide = box
    place = (row - room, column - room, high + 2 * room, wide + 2 * room)
    canvas.frame(axes, *place, colour=colour, width=1.4)


def _place(parameters: Convolution, result: Array) -> tuple[int, int]:
    strongest = np.unravel_index(int(np.abs(result).argmax()), result.shape)
    place = []
    for name, asked, best, size in (
        ("row", parameters.row, strongest[0], result.shape[0]),
        ("column", parameters.column, strongest[1], result.shape[1]),
    ):
        if asked is not None and asked >= size:
            raise InvalidValueError(
                complaint(name, expected=f"an integer in 0..{size - 1}", got=str(asked))
            )
        place.append(int(best) if asked is None else asked)
    return place[0], place[1]


def _pooled(
    outputs: Array, grid: Grid, y: int, x: int
) -> tuple[float | None, tuple[int, int, int, int] | None]:
    row, column = y // grid.stride[0], x // grid.stride[1]
    if row >= outputs.shape[0] or column >= outputs.shape[1]:
        return None, None  # what is left over at the edge is not pooled
    corner = (row * grid.stride[0], column * grid.stride[1])
    return float(outputs[row, column]), (*corner, *grid.stride)


def _positive_or_signed(values: Array, over: str) -> Scale:
    if values.min() >= 0:
        return positive_scale(values, f"of the {over}")
    return signed_scale(values, over=f"of the {over}")


def _short(value: float, digits: int = 2) -> str:
    text = f"{value:.{digits}f}".replace("-", "−")
    return "0" if digits == 2 and text in ("0.00", "−0.00") else text
