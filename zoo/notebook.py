"""A view in a notebook, with a control for each of its parameters.

The controls come from the declaration that the command line's options come from, and what they say
goes through the same check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zoo.errors import ZooError
from zoo.parameters import Limit, Parameter, describe

if TYPE_CHECKING:
    from zoo.api.loaded import LoadedModel
    from zoo.views import Picture

__all__ = ["Interaction", "interact"]

LONGEST_SLIDER = 1000
"""Steps beyond which a slider cannot be set with a mouse: there the value is typed."""

FLOAT_STEPS = 100

WORDS = {"description_width": "7em"}


class Interaction:
    """Controls and the picture they make; a notebook shows them where a cell ends with this.

    Attributes:
        controls: Parameter → its ipywidgets control; setting ``.value`` draws anew.
        picture: The `zoo.Picture` shown.
    """

    def __init__(self, loaded: LoadedModel, view: str, start: dict[str, Any]) -> None:
        widgets = _widgets()
        self._loaded, self._view = loaded, view
        self.picture: Picture = loaded.view(view, **start)  # what cannot be drawn ends here
        spec = next(o.spec for o in loaded.views() if view in (o.name, o.full_name))
        self._parameters = {p.name: p for p in describe(spec.parameters)}
        self._image = widgets.Image(format="png", layout=widgets.Layout(max_width="100%"))
        self._words = widgets.Label(layout=widgets.Layout(max_width="100%"))
        self.controls = {
            p.name: _control(p, self.picture.parameters[p.name], loaded.context)
            for p in self._parameters.values()
        }
        for control in self.controls.values():
            control.observe(self._changed, "value")
        self._box = widgets.VBox([*self.controls.values(), self._image, self._words])
        self._show(self.picture)

    @property
    def values(self) -> dict[str, Any]:
        """What the controls say.

        Raises:
            InvalidValueError: If a typed text is no value.
        """
        said = {name: control.value for name, control in self.controls.items()}
        return {
            name: self._parameters[name].read(value) if isinstance(value, str) else value
            for name, value in said.items()
        }

    @property
    def message(self) -> str:
        """The sentence under the picture: what it shows, or why it was not drawn anew."""
        return str(self._words.value)

    def _changed(self, _: Any) -> None:
        try:
            self._show(self._loaded.view(self._view, **self.values))
        except ZooError as error:
            self._words.value = str(error)

    def _show(self, picture: Picture) -> None:
        self.picture = picture
        self._image.value = picture.encode("png")
        self._words.value = picture.alt

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return self._box._repr_mimebundle_(**kwargs)


def interact(model: LoadedModel | str, view: str, /, **start: Any) -> Interaction:
    """Show a view with a control for each parameter: ``zoo.interact("mlp", "hidden-input", unit=5)``.

    Args:
        model: Its name, with a preset if need be, or what `zoo.load` returned.
        view: Its name; ``zoo views MODEL`` lists them.
        start: Values of the view's parameters to begin with.

    Raises:
        ZooError: If ipywidgets is not installed, and as `LoadedModel.view`.
    """
    _widgets()
    if isinstance(model, str):
        from zoo.api import load

        model = load(model)
    return Interaction(model, view, start)


def _widgets() -> Any:
    try:
        import ipywidgets
    except ImportError:
        raise ZooError(
            "interact: controls in a notebook need ipywidgets; `pip install 'digit-zoo[notebook]'`"
        ) from None
    return ipywidgets


def _control(parameter: Parameter, value: Any, context: Any) -> Any:
    """Make the control that fits the declaration; what none fits is typed, as on the command line."""
    widgets = _widgets()
    facts: dict[str, Any] = {
        "description": parameter.name,
        "tooltip": f"{parameter.help} ({parameter.allowed(context)})",
        "style": WORDS,
        "layout": widgets.Layout(width="min(36em, 100%)"),
    }
    kind = None if parameter.many else parameter.kind
    if kind is bool and not parameter.optional:
        return widgets.Checkbox(value=value, **facts)
    if parameter.choices and kind is str and not parameter.optional:
        return widgets.Dropdown(options=parameter.choices, value=value, **facts)
    low, high = (_bound(bound, context) for bound in (parameter.low, parameter.high))
    if kind in (int, float) and low is not None and high is not None and low <= high:
        steps = high - low if kind is int else FLOAT_STEPS
        if parameter.optional and kind is int and steps <= LONGEST_SLIDER:
            options = ["none", *map(str, range(int(low), int(high) + 1))]
            return widgets.SelectionSlider(
                options=options, value=_typed(value), continuous_update=False, **facts
            )
        if not parameter.optional and steps <= LONGEST_SLIDER:
            slider = widgets.IntSlider if kind is int else widgets.FloatSlider
            step = 1 if kind is int else (high - low) / FLOAT_STEPS
            return slider(value=value, min=low, max=high, step=step, continuous_update=False, **facts)
    return widgets.Text(value=_typed(value), continuous_update=False, **facts)


def _bound(bound: float | Limit | None, context: Any) -> float | None:
    return bound.of(context) if isinstance(bound, Limit) else bound


def _typed(value: Any) -> str:
    if value is None:
        return "none"
    return ",".join(map(_typed, value)) if isinstance(value, (list, tuple)) else str(value)
