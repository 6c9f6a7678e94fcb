"""Messages are one line, name the thing, and say what to do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zoo import errors


def test_complaint_names_thing_expected_got_and_next_step() -> None:
    text = errors.complaint("epochs", expected="an integer in 1..10", got="0", do="see `zoo info mlp`")
    assert text == "epochs: expected an integer in 1..10, got 0; see `zoo info mlp`"


def test_complaint_without_facts_is_the_thing() -> None:
    assert errors.complaint("no network", do="try --offline") == "no network; try --offline"


def test_unknown_offers_close_matches() -> None:
    error = errors.unknown("model", "mpl", ["mlp", "cnn"])
    assert str(error) == "unknown model 'mpl'; did you mean mlp?"


def test_unknown_lists_names_when_none_is_close() -> None:
    error = errors.unknown("model", "giraffe", ["mlp", "cnn"])
    assert str(error) == "unknown model 'giraffe'; known: cnn, mlp"


def test_unknown_says_when_there_is_nothing() -> None:
    assert str(errors.unknown("model", "x", [])) == "unknown model 'x'; there is no model at all"


@given(st.text(max_size=5000))
def test_one_line_is_one_printable_line_of_bounded_length(text: str) -> None:
    line = errors.one_line(text)
    assert line.isprintable()
    assert len(line) <= 2000


def test_each_kind_has_its_exit_code_and_is_also_the_well_known_error() -> None:
    kinds = {
        errors.ZooError: 1,
        errors.UsageError: 2,
        errors.UnknownNameError: 2,
        errors.InvalidValueError: 2,
        errors.UnavailableError: 3,
        errors.IntegrityError: 4,
        errors.PluginError: 5,
    }
    assert {kind: kind.exit_code for kind in kinds} == kinds
    assert set(kinds.values()) <= set(errors.EXIT_CODES)
    assert issubclass(errors.UnknownNameError, LookupError)
    assert issubclass(errors.InvalidValueError, ValueError)
