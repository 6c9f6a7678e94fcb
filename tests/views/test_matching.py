from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated, Any

import pytest

from tests.views.fakes import CATALOGUE, SPEC, VIEWS, context, offer
from zoo.errors import InvalidValueError, PluginError, UnknownNameError, UsageError
from zoo.parameters import Choice, Limit, Range
from zoo.specs import ViewSpec
from zoo.views import canvas, check, draw, frames, offered, unmet
from zoo.views.capabilities import FOLLOWING, FROM_THE_RUN, OFFERED, WHY, derived, lacking
from zoo.views.picture import Frames, Picture

HERE = "tests.views.test_matching"


@dataclass(frozen=True, kw_only=True)
class Knobs:
    unit: Annotated[int, Range(0, Limit("units - 1", lambda c: c.units() - 1)), "which unit"] = 2
    many: Annotated[int, Range(0, 1000), "many steps"] = 500
    share: Annotated[float, Range(0.0, 2.0), "a share"] = 0.5
    on: Annotated[bool, "a switch"] = True
    word: Annotated[str, Choice("a", "b"), "a word"] = "b"
    free: Annotated[str, "any text"] = ""


@dataclass(frozen=True)
class Numbers:
    alt: Any


def compute(_: Any, parameters: Knobs) -> Numbers:
    return Numbers(f"unit {parameters.unit},\nand so on.")


def draw_it(_: Numbers) -> Any:
    return canvas.figure(title="t").figure


def fails(*_: Any) -> Any:
    raise ZeroDivisionError("no\nluck")


def complains(*_: Any) -> Any:
    raise InvalidValueError("a wrong value")


def nothing(*_: Any) -> None:
    return None


def mute(*_: Any) -> Numbers:
    return Numbers("")


def view(**changes: Any) -> ViewSpec:
    facts: dict[str, Any] = {
        "name": "knobs",
        "summary": "for tests",
        "compute": f"{HERE}:compute",
        "draw": f"{HERE}:draw_it",
        "parameters": Knobs,
    }
    return ViewSpec(**(facts | changes))


def test_a_context_with_everything_is_offered_every_view() -> None:
    model = dataclasses.replace(SPEC, offers=tuple(OFFERED))
    assert [o.name for o in offered(CATALOGUE, context(spec=model))] == list(VIEWS)


def test_without_data_and_history_only_the_weights_remain() -> None:
    bare = context(history=None, examples=None, evaluation=None)
    assert [o.name for o in offered(CATALOGUE, bare)] == ["architecture", "single-neuron", "weights"]


def test_a_spec_is_offered_what_its_models_may_once_have() -> None:
    other = dataclasses.replace(SPEC, offers=())
    everything = dataclasses.replace(SPEC, offers=tuple(OFFERED))
    assert [o.name for o in offered(CATALOGUE, everything)] == list(VIEWS)
    found = {o.name for o in offered(CATALOGUE, other)}
    assert {"learning-curve", "confusion", "mistakes"} <= found
    assert not {"weights", "activations", "kernels", "weights-growing"} & found


def test_every_need_is_a_documented_capability() -> None:
    known = {*OFFERED, *FOLLOWING, *FROM_THE_RUN}
    assert {need for view in VIEWS.values() for need in view.spec.needs} <= known
    assert set(WHY) == set(FROM_THE_RUN)


def test_what_follows_from_a_declaration() -> None:
    one = {"a/kernel": (784, 1), "a/bias": (1,)}
    binary = dataclasses.replace(SPEC, task="binary", shapes=lambda _: one)
    assert derived(SPEC) == {"scores", "probabilities", "hidden"}
    assert derived(binary) == {"scores", "probabilities", "binary", "linear"}
    assert derived(SPEC, one) == {"scores", "probabilities", "linear"}
    assert derived(dataclasses.replace(binary, output="scores")) == {"scores", "binary", "linear"}
    assert derived(dataclasses.replace(SPEC, task="generation", output="images")) == {
        "generates",
        "reconstructs",
        "hidden",
    }
    painter = dataclasses.replace(SPEC, task="generation", output="images", inputs="classes")
    assert derived(painter) == {"generates", "hidden"}
    assert lacking(("linear", "history", "generates"), SPEC) == ["linear", "generates"]


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("learning-curve", {"history": None}, "needs history, which these weights do not have"),
        ("activations", {"examples": None}, "needs data, and there is no dataset here"),
        ("confusion", {"evaluation": None}, "needs an evaluation, and there is no dataset here"),
        (
            "weights",
            {"spec": dataclasses.replace(SPEC, offers=())},
            "needs dense-first-layer, which tiny does not offer",
        ),
        ("weights", {}, None),
        (
            "same-digit",
            {"company": None},
            "needs other models, and there is no zoo here to ask for them",
        ),
    ],
)
def test_what_is_unmet_is_said_in_one_line(name: str, changes: Any, words: str | None) -> None:
    assert unmet(VIEWS[name].spec, context(**changes)) == words


def test_all_that_is_missing_is_said() -> None:
    both = view(needs=("gradients", "history"))
    assert unmet(both, context(history=None)) == (
        "needs gradients, which tiny does not offer; needs history, which these weights do not have"
    )


def test_drawing_a_view_whose_need_is_unmet_is_a_usage_error() -> None:
    with pytest.raises(UsageError) as caught:
        draw(VIEWS["learning-curve"], context(history=None))
    assert str(caught.value) == "learning-curve: needs history, which these weights do not have"


def test_a_picture_knows_its_view_parameters_and_sentence() -> None:
    picture = draw(offer(view()), context(), unit=3)
    assert (picture.view, picture.alt) == ("knobs", "unit 3, and so on.")
    assert picture.parameters == {
        "unit": 3, "many": 500, "share": 0.5, "on": True, "word": "b", "free": "",
    }  # fmt: skip


def test_limits_of_the_model_are_checked_against_the_model() -> None:
    assert check(view(), {"unit": 99}).unit == 99  # no model is loaded yet
    with pytest.raises(InvalidValueError) as caught:
        check(view(), {"unit": 6, "word": "c"}, context())
    assert (
        str(caught.value)
        == "unit: expected an integer in 0..5, got 6; word: expected one of a, b, got 'c'"
    )
    with pytest.raises(UnknownNameError, match="unknown parameter 'unti'; did you mean unit"):
        draw(offer(view()), context(), unti=1)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"compute": f"{HERE}:fails"},
            "knobs: compute of plugin views failed: ZeroDivisionError: no luck",
        ),
        ({"draw": f"{HERE}:fails"}, "knobs: draw of plugin views failed: ZeroDivisionError: no luck"),
        (
            {"compute": f"{HERE}:nothing"},
            "knobs: compute of plugin views must return a dataclass with a sentence `alt`",
        ),
        (
            {"compute": f"{HERE}:mute"},
            "knobs: compute of plugin views must return a dataclass with a sentence `alt`",
        ),
        (
            {"draw": f"{HERE}:nothing"},
            "knobs: draw of plugin views must return a Figure, got a NoneType",
        ),
    ],
)
def test_a_view_that_fails_is_laid_at_its_plugins_door(changes: Any, text: str) -> None:
    with pytest.raises(PluginError) as caught:
        draw(offer(view(**changes)), context())
    assert str(caught.value) == text
    assert caught.value.plugin == "views"


def test_a_reference_that_leads_nowhere_is_a_plugin_error() -> None:
    with pytest.raises(PluginError, match="test_matching:gone cannot be loaded"):
        draw(offer(view(draw=f"{HERE}:gone")), context())


def test_a_users_error_from_inside_a_view_stays_one() -> None:
    with pytest.raises(InvalidValueError, match="a wrong value"):
        draw(offer(view(compute=f"{HERE}:complains")), context())


@pytest.mark.parametrize(
    ("parameter", "labels", "start"),
    [
        ("unit", ("0", "1", "2", "3", "4", "5"), 2),
        ("on", ("off", "on"), 1),
        ("word", ("a", "b"), 1),
        ("share", ("0", "0.25", "0.5", "0.75", "1", "1.25", "1.5", "1.75", "2"), 2),
    ],
)
def test_frames_go_through_the_values_and_start_at_the_default(
    parameter: str, labels: tuple[str, ...], start: int
) -> None:
    found = frames(offer(view(frames=parameter)), context())
    assert isinstance(found, Frames)
    assert (found.parameter, found.labels, found.start) == (parameter, labels, start)
    assert found.picture.parameters[parameter] == view().parameters().__getattribute__(parameter)
    assert found.alt == found.picture.alt


@pytest.mark.parametrize(("default", "start", "still"), [(None, 5, True), (3, 3, False)])
def test_a_default_that_is_no_frame_is_drawn_for_the_file_and_the_slider_starts_at_the_end(
    default: int | None, start: int, still: bool
) -> None:
    @dataclass(frozen=True, kw_only=True)
    class Moment:
        unit: Annotated[int | None, Range(0, 5), "a moment; none means all"] = default

    found = frames(offer(view(parameters=Moment, frames="unit")), context())
    assert isinstance(found, Frames)
    assert (found.start, found.still is not None) == (start, still)
    assert found.picture.parameters["unit"] == default
    assert found.pictures[start].parameters["unit"] == start


def test_the_file_of_weights_growing_is_the_strip_from_first_to_last() -> None:
    found = frames(VIEWS["weights-growing"], context())
    assert isinstance(found, Frames)
    assert found.picture.numbers.steps == (0, 1, 10, 100)
    assert found.pictures[found.start].numbers.steps == (100,)
    assert "from step 0 to step 100" in found.alt


def test_a_long_range_gives_few_frames_with_both_ends_and_the_default() -> None:
    found = frames(offer(view(frames="many")), context())
    assert isinstance(found, Frames)
    assert len(found.labels) <= 25
    assert {"0", "500", "1000"} <= set(found.labels)
    assert found.labels[found.start] == "500"


def test_a_view_without_a_slider_or_with_its_value_given_is_one_picture() -> None:
    assert isinstance(frames(offer(view()), context()), Picture)
    assert isinstance(frames(offer(view(frames="unit")), context(), unit=1), Picture)
    assert isinstance(frames(offer(view(frames="free")), context()), Picture)
