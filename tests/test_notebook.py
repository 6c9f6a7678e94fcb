"""`zoo.interact`: controls from the declaration, one check, and a notebook that is executed."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest

import zoo
from zoo import LoadedModel, Settings, Zoo, ZooError

NEEDS = "needs digit-zoo[dev]: "
FAST = {"epochs": 1, "hidden": 8}
"""Training of the NumPy network in well under a second."""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    house = Zoo(Settings(home=tmp_path_factory.mktemp("home"), offline=True))
    return house.load("scratch", values=FAST, data="digits", seed=0)


@pytest.fixture
def widgets() -> Any:
    return pytest.importorskip("ipywidgets", reason=NEEDS + "ipywidgets")


def test_controls_are_those_of_the_declaration(widgets: Any, loaded: LoadedModel) -> None:
    shown = zoo.interact(loaded, "hidden-input", image="test:3")
    unit, image = shown.controls["unit"], shown.controls["image"]
    assert isinstance(unit, widgets.SelectionSlider)
    assert unit.options == ("none", *map(str, range(8)))
    assert (type(image), image.value) == (widgets.Text, "test:3")
    assert "in 0..7" in unit.tooltip
    scale = zoo.interact(loaded, "weights").controls["scale"]
    assert isinstance(scale, widgets.Dropdown)
    assert scale.options == ("all", "panel", "layer")
    threshold = zoo.interact(loaded, "occlusion", size=14).controls
    assert (type(threshold["size"]), threshold["size"].max) == (widgets.IntSlider, 14)
    assert (type(threshold["fill"]), threshold["fill"].max) == (widgets.FloatSlider, 1.0)


def test_moving_a_control_draws_the_picture_of_that_value(widgets: Any, loaded: LoadedModel) -> None:
    shown = zoo.interact(loaded, "hidden-input")
    before = shown.picture.encode()
    shown.controls["unit"].value = "5"
    assert shown.picture.parameters == {"image": "test:0", "unit": 5}
    assert shown.picture.encode() == loaded.view("hidden-input", unit=5).encode() != before
    assert shown.message == loaded.view("hidden-input", unit=5).alt
    assert shown.values == {"image": "test:0", "unit": 5}


def test_a_wrong_value_is_said_by_the_one_check_and_the_picture_stays(
    widgets: Any, loaded: LoadedModel
) -> None:
    shown = zoo.interact(loaded, "hidden-input")
    before = shown.picture
    shown.controls["image"].value = "test:99999"
    with pytest.raises(ZooError) as caught:
        loaded.view("hidden-input", image="test:99999")
    assert shown.message == str(caught.value)
    assert shown.picture is before
    shown.controls["image"].value = "blank"
    assert shown.message == shown.picture.alt != before.alt


def test_models_beside_it_are_typed(widgets: Any, loaded: LoadedModel) -> None:
    shown = zoo.interact(loaded, "same-digit")
    models = shown.controls["models"]
    assert (type(models), models.value) == (widgets.Text, "")
    before = shown.picture.encode()
    models.value = "neuron"
    assert shown.picture.parameters["models"] == ["neuron"]
    assert shown.picture.encode() != before
    assert "neuron" in shown.message
    models.value = "giraffe"
    assert shown.message.startswith("unknown model 'giraffe'")


@pytest.mark.parametrize(
    ("view", "values"), [("giraffe", {}), ("drawn", {}), ("hidden-input", {"unit": 8})]
)
def test_what_cannot_be_drawn_is_refused_as_elsewhere(
    widgets: Any, loaded: LoadedModel, view: str, values: dict[str, Any]
) -> None:
    with pytest.raises(ZooError) as caught:
        zoo.interact(loaded, view, **values)
    with pytest.raises(type(caught.value)) as elsewhere:
        loaded.view(view, **values)
    assert str(caught.value) == str(elsewhere.value)


def test_every_view_that_the_model_has_gets_controls(widgets: Any, loaded: LoadedModel) -> None:
    for offer in loaded.views():
        if "evaluation" not in offer.spec.needs and offer.name not in ("dream", "row-inspection"):
            start = {"models": ("neuron",)} if offer.name == "disagreements" else {}  # no other at hand
            shown = zoo.interact(loaded, offer.name, **start)
            assert loaded.view(offer.name, **shown.values).parameters == shown.picture.parameters


def test_without_ipywidgets_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any, **named: Any) -> Any:
        if name == "ipywidgets":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ZooError) as caught:
        zoo.interact("mlp", "weights")
    assert str(caught.value) == (
        "interact: controls in a notebook need ipywidgets; `pip install 'digit-zoo[notebook]'`"
    )


NOTEBOOK = (
    f"""
import zoo
model = zoo.load("scratch", data="digits", seed=0, **{FAST!r})
shown = zoo.interact(model, "hidden-input")
shown""",
    """
before = shown.picture.encode()
shown.controls["unit"].value = "3"
assert shown.picture.encode() != before
print(shown.message)""",
    'model.view("hidden-input", unit=3)',
)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_notebook_is_executed(
    isolated: Path, tmp_path: Path, loaded: LoadedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ipykernel", "ipywidgets"):
        pytest.importorskip(name, reason=NEEDS + name)
    client = pytest.importorskip("nbclient", reason=NEEDS + "nbclient")
    import nbformat

    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("ZOO_OFFLINE", "1")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in NOTEBOOK])
    client.NotebookClient(notebook, timeout=120, kernel_name="python3").execute(cwd=str(tmp_path))
    first, second, third = (cell.outputs for cell in notebook.cells)
    widget = "application/vnd.jupyter.widget-view+json"
    assert any(widget in output.get("data", {}) for output in first)
    models = notebook.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    sliders = [m["state"] for m in models.values() if m["model_name"] == "SelectionSliderModel"]
    assert [slider["description"] for slider in sliders] == ["unit"]
    assert sliders[0]["_options_labels"] == ["none", *map(str, range(8))]
    assert "unit 3" in second[0]["text"]
    assert "image/png" in third[0]["data"]
