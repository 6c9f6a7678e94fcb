"""Tables, lines, bars and pictures on terminals of every width and kind."""

from __future__ import annotations

import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.cli import reporter as reporters
from zoo.cli import showing, terminal
from zoo.cli.reporter import TerminalReporter, amount
from zoo.cli.tables import facts, table, wrapped

ROWS = [("a", "one two three four five six seven eight nine ten eleven twelve"), ("bb", "short")]


def test_a_table_wraps_its_widest_column(monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    assert list(table(("K", "TEXT"), ROWS)) == [
        "K   TEXT",
        "a   one two three four five",
        "    six seven eight nine ten",
        "    eleven twelve",
        "bb  short",
    ]


def test_where_columns_do_not_fit_rows_become_blocks(monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    rows = [("left side text", "right side text"), ("x", "y")]
    assert list(table(("FIRST", "SECOND"), rows)) == [
        "FIRST   left side",
        "        text",
        "SECOND  right side",
        "        text",
        "",
        "FIRST   x",
        "SECOND  y",
    ]


def test_long_titles_wrap_above_short_cells(monkeypatch):
    monkeypatch.setenv("COLUMNS", "26")
    head = ("EPOCH", "TEST ACCURACY", "LEARNING RATE")
    assert list(table(head, [("1", "98.44 %", "0.01989")], right="rrr")) == [
        "EPOCH      TEST   LEARNING",
        "       ACCURACY       RATE",
        "    1   98.44 %    0.01989",
    ]


cells = st.text(st.characters(codec="utf-8"), max_size=40)


@given(st.lists(st.tuples(cells, cells, cells), max_size=5), st.integers(1, 200))
def test_a_table_never_fails_nor_loses_a_word_nor_exceeds_the_width(rows, columns):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(columns))
        lines = list(table(("ONE", "TWO", "THREE"), rows))
        limit = terminal.width()
    text = "\n".join(lines)
    words = [word for row in rows for cell in row for word in terminal.plain(cell).split()]
    assert all(word in text for word in words)
    longest = max((len(word) for word in words), default=0)
    assert all(len(line) <= max(limit, longest + limit) for line in lines)
    assert all("\x1b" not in line and "\r" not in line for line in lines)


def test_facts_leave_out_what_is_not_known():
    assert list(facts([("a", 1), ("long", None), ("", "more")])) == ["a  1", "   more"]
    assert list(wrapped("", indent=4)) == ["    "]


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (11_490_434, "11.5 MB"),
    ],
)
def test_amounts(size, words):
    assert amount(size) == words


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_colour_only_on_terminals_that_want_it(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    assert terminal.colourful(Terminal())
    assert not terminal.colourful(io.StringIO())
    assert not terminal.colourful(None)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not terminal.colourful(Terminal())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not terminal.colourful(Terminal())


def test_a_console_of_a_small_code_page_gets_every_line(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="cp437"))
    terminal.prepare()
    sys.stdout.write("784×16 → –\n")
    sys.stdout.flush()
    assert raw.getvalue().decode("cp437") == "784?16 ? ?\n"


@pytest.fixture
def clock(monkeypatch):
    """Time that passes only when told."""
    now = [100.0]
    monkeypatch.setattr(reporters.time, "monotonic", lambda: now[0])
    return now


def test_progress_elsewhere_than_a_terminal_is_a_few_lines(monkeypatch, clock):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    reporter = TerminalReporter()
    with reporter.progress("training", 30, "epochs") as work:
        for _ in range(30):
            clock[0] += 1
            work.advance(note="loss 0.5")
    assert sys.stderr.getvalue() == (
        "training: 2 of 30 epochs, loss 0.5\n"
        "training: 12 of 30 epochs, loss 0.5\n"
        "training: 22 of 30 epochs, loss 0.5\n"
    )


def test_short_work_and_quiet_work_show_nothing(monkeypatch, clock):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    reporter = TerminalReporter()
    with reporter.progress("short", None, "bytes") as work:
        work.advance(10)
    reporter.quiet = True
    with reporter.progress("long", None, "bytes") as work:
        clock[0] += 100
        work.advance(10)
    assert sys.stderr.getvalue() == ""


@pytest.mark.parametrize("columns", ["10", "80", "200"])
def test_bars_on_a_terminal_leave_nothing_behind(monkeypatch, clock, columns):
    import threading

    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", columns)
    before = threading.active_count()
    reporter = TerminalReporter()
    with reporter.progress("download", 2_000_000, "bytes") as outer:
        outer.advance(500_000)
        assert screen.getvalue() == ""
        clock[0] += 1
        outer.advance(500_000, note="half")
        with reporter.progress("train", None, "epochs") as inner:
            clock[0] += 1
            inner.advance()
            reporter.warning("between [bold]bars[/bold]")
    assert threading.active_count() == before
    text = screen.getvalue()
    if columns != "10":
        assert "1.0 MB of 2.0 MB" in text
        assert "warning: between [bold]bars[/bold]\n" in text
    reporter.notice("after")
    assert screen.getvalue().endswith("after\n")


def test_a_closed_stderr_is_no_reason_to_fail(monkeypatch):
    closed = io.StringIO()
    closed.close()
    for stream in (closed, None):
        monkeypatch.setattr(sys, "stderr", stream)
        TerminalReporter().warning("nobody listens")


DESKTOP = {"DISPLAY": ":0"}


@pytest.mark.parametrize(
    ("environment", "platform", "there"),
    [
        (DESKTOP, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "linux", False),
        ({}, "darwin", True),
        ({}, "win32", True),
        ({**DESKTOP, "SSH_CONNECTION": "1"}, "linux", False),
        ({**DESKTOP, "CI": "true"}, "linux", False),
    ],
)
def test_the_report_opens_only_for_a_person_at_a_desktop(monkeypatch, environment, platform, there):
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert showing.has_display(environment, platform=platform) is there
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert showing.has_display(environment, platform=platform) is False


@pytest.fixture
def opened(monkeypatch):
    """Addresses given to the browser."""
    import webbrowser

    addresses = []
    monkeypatch.setattr(webbrowser, "open", lambda address: addresses.append(address) or True)
    return addresses


DRAWN = [{"name": "dots", "files": ["dots.png"], "alt": "dots"}]


def test_show(invoke, canned, opened, tmp_path):
    drawn = canned(views=DRAWN, report=None)
    invoke("run", "squares", "--visualize", run=drawn)  # no terminal: nothing opens
    invoke("run", "squares", "--show", "never", run=drawn)
    invoke("run", "squares", "--show", "browser", run=canned())  # nothing was drawn
    assert opened == []
    invoke("run", "squares", "--show", "browser", "--json", run=drawn)
    assert opened == [(tmp_path / "dots.png").as_uri()]
    invoke("run", "squares", "--show", "browser", run=canned(views=DRAWN, report="report.html"))
    assert opened[1:] == [(tmp_path / "report.html").as_uri()]


@pytest.fixture
def desktop(monkeypatch):
    """A person at a desktop, as far as the environment can tell."""
    monkeypatch.setattr(showing, "has_display", lambda: True)


@pytest.mark.usefixtures("desktop")
def test_at_a_desktop_pictures_open_unless_a_file_was_named(invoke, canned, opened, tmp_path):
    drawn = canned(views=DRAWN)
    invoke("visualize", "squares", "dots", "-o", "dots.png", visualize=drawn)
    invoke("visualize", "squares", "dots", "--json", visualize=drawn)
    assert opened == []
    invoke("visualize", "squares", "dots", visualize=drawn)
    assert opened == [(tmp_path / "dots.png").as_uri()]


def test_show_in_the_terminal(invoke, canned, opened, monkeypatch):
    from matplotlib.figure import Figure

    from zoo.views import Frames, Picture

    monkeypatch.setenv("COLUMNS", "40")
    figure = Figure()
    figure.subplots().imshow([[0.0, 1.0]] * 2, cmap="gray", vmin=0, vmax=1)
    picture = Picture("dots", {}, "Two dots.", None, figure)
    out = invoke("run", "squares", "--show", "terminal", run=canned(pictures=[picture], views=DRAWN)).out
    assert opened == []
    assert "dots\n\n @\n\nTwo dots.\n" in out
    sliding = Frames("dots", "unit", ("0",), (picture,))  # as the default views have them
    assert (
        invoke("run", "squares", "--show", "terminal", run=canned(pictures=[sliding], views=DRAWN)).out
        == out
    )


@pytest.mark.parametrize(
    ("environment", "kind"), [({}, "256"), ({"COLORTERM": "truecolor"}, "truecolor")]
)
def test_colours_of_pictures(monkeypatch, environment, kind):
    monkeypatch.setenv("TERM", "xterm")
    assert showing.colours(Terminal(), environment) == kind
    assert showing.colours(io.StringIO(), environment) == "none"


def test_a_browser_that_does_not_start_is_said(invoke, canned, monkeypatch, tmp_path):
    import webbrowser

    monkeypatch.setattr(webbrowser, "open", lambda address: False)
    ended = invoke("run", "squares", "--show", "browser", run=canned(views=DRAWN))
    assert ended.code == 0
    assert ended.err == f"warning: no browser could be started; open {tmp_path / 'dots.png'}\n"
