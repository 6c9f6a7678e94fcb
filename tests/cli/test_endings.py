"""Every way a command can end: exit code, one line on stderr, nothing on stdout."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from zoo.cli.faults import explain
from zoo.errors import (
    EXIT_CODES,
    IntegrityError,
    PluginError,
    UnavailableError,
    UnknownNameError,
    UsageError,
    ZooError,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ZooError("the folder x is full"), 1),
        (UsageError("no"), 2),
        (UnknownNameError("no such thing"), 2),
        (UnavailableError("nothing there"), 3),
        (IntegrityError("bytes differ"), 4),
        (PluginError("plugin x is broken", plugin="x"), 5),
        (KeyboardInterrupt(), 130),
    ],
)
def test_row_42_a_handled_error_is_one_line_and_its_exit_code(invoke, error, code):
    ended = invoke("run", "squares", run=error)
    assert (ended.code, ended.out) == (code, "")
    assert ended.err == f"error: {str(error) or 'interrupted'}\n"
    assert code in EXIT_CODES


def test_line_breaks_and_escapes_in_an_error_do_not_reach_the_terminal(invoke):
    ended = invoke("run", "squares", run=ZooError("bad\nfile \x1b[31mred"))
    assert ended.err == "error: bad file \N{REPLACEMENT CHARACTER}[31mred\n"


def test_a_bug_is_one_line_that_says_what_to_do(invoke):
    ended = invoke("run", "squares", run=KeyError("x"))
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "error: this is a bug in zoo or in a plugin: KeyError: 'x'; run it again with --debug and "
        "report what that shows\n"
    )


@pytest.mark.parametrize("place", [("--debug", "run", "squares"), ("run", "squares", "--debug")])
def test_debug_adds_the_traceback(invoke, place):
    ended = invoke(*place, run=KeyError("x"))
    assert ended.code == 1
    assert ended.err.startswith("Traceback (most recent call last):")
    assert ended.err.splitlines()[-1].startswith("error: this is a bug")
    ended = invoke(*place, run=ZooError("handled"))
    assert "Traceback" in ended.err
    assert ended.err.endswith("error: handled\n")


def test_a_plugin_that_exits_does_not_end_the_command_in_silence(invoke):
    ended = invoke("run", "squares", run=SystemExit(0))
    assert (ended.code, ended.out) == (1, "")
    assert "SystemExit: 0" in ended.err


def test_an_error_of_the_system_names_the_file():
    code, line = explain(PermissionError(13, "Permission denied", "/data/x"))
    assert (code, line) == (1, "Permission denied: /data/x; --debug shows where it happened")


def test_a_broken_pipe_that_is_not_stdout_is_not_silent(invoke):
    ended = invoke("run", "squares", run=BrokenPipeError(32, "Broken pipe"))
    assert (ended.code, ended.err) == (1, "error: Broken pipe; --debug shows where it happened\n")


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (["lst"], "unknown command 'lst'; did you mean list?"),
        (["cache", "clen"], "unknown command 'clen'; did you mean clean?"),
        (["run"], "missing argument 'MODEL'; see `zoo run --help`"),
        (["run", "squares", "x"], "got unexpected extra argument (x); see `zoo run --help`"),
        (
            ["run", "squares", "--visualise"],
            "no such option --visualise; did you mean --visualize? see `zoo run --help`",
        ),
        (["list", "--qqq"], "no such option --qqq; see `zoo list --help`"),
        (
            ["run", "squares", "--seed", "x"],
            "invalid value for '--seed': 'x' is not a valid integer; see `zoo run --help`",
        ),
        (
            ["run", "squares", "--set", "epochs"],
            "invalid value for '--set': 'epochs' is not NAME=VALUE; see `zoo run --help`",
        ),
        (
            ["run", "squares", "--set", "epochs=3", "--set", "epochs=4"],
            "invalid value for '--set': epochs is given twice, as 3 and 4; see `zoo run --help`",
        ),
        (
            ["run", "squares", "--show", "x"],
            (
                "invalid value for '--show': 'x' is not one of 'auto', 'never', 'browser', 'terminal'; "
                "see `zoo run --help`"
            ),
        ),
        (
            ["run", "squares", "--show", "terminal", "--json"],
            "--show terminal and --json exclude each other: both write to stdout",
        ),
        (["run", "squars"], "unknown model 'squars'; did you mean squares?"),
        (["info", "squares:dep"], "unknown preset of squares 'dep'; did you mean deep?"),
        (
            ["train", "squares", "--set", "hiden=3"],
            "unknown parameter of squares 'hiden'; did you mean hidden?; `zoo info squares` lists all",
        ),
        (
            ["info", "squares", "--set", "hidden=64,0"],
            "hidden: expected a list like 16,16 of integers in 1..4096, got (64, 0)",
        ),
        (
            ["run", "squares", "--set", "hidden=many"],
            "hidden: expected a list like 16,16 of integers in 1..4096, got 'many'",
        ),
        (
            ["run", "squares", "--set", "activation=rely"],
            "activation: expected one of relu, sigmoid, got 'rely'",
        ),
        (["run", "squares", "--seed", "-1"], "seed: expected an integer in 0..2147483647, got -1"),
        (["visualize", "squares", "dos"], "unknown view 'dos'; did you mean dots?"),
        (
            ["visualize", "squares", "dots", "--scal", "all"],
            "no such option --scal; did you mean --scale? see `zoo visualize squares dots --help`",
        ),
        (
            ["visualize", "squares", "dots", "--unit", "-1"],
            "unit: expected an integer in 0..(units - 1), got -1",
        ),
        (
            ["visualize", "squares", "dots", "--scale", "none"],
            "scale: expected one of panel, all, got 'none'",
        ),
        (
            ["visualize", "squares", "dots", "--units", "1,x"],
            "units: expected a list like 0,1,2 of integers in 0..9, got '1,x'",
        ),
        (
            ["visualize", "squares", "dots", "-o", "x.jpg"],
            (
                "invalid value for '--output' / '-o': 'x.jpg' is neither a folder nor a .png, .svg, "
                ".pdf or .gif; see `zoo visualize squares dots --help`"
            ),
        ),
        (
            ["visualize", "squares", "-o", "x.png"],
            (
                "invalid value for '--output' / '-o': 'x.png' is one picture; name a VIEW, or a folder; "
                "see `zoo visualize --help`"
            ),
        ),
        (["predict", "squares"], "missing argument 'IMAGE…'; see `zoo predict --help`"),
        (
            ["predict", ",", "x.png"],
            "invalid value for 'MODEL…': no model is named; see `zoo predict --help`",
        ),
        (
            ["cache", "clean", "everything"],
            (
                "invalid value for '[KIND…]': 'everything' is not one of 'artifacts', 'datasets', "
                "'trained', 'exports'; see `zoo cache clean --help`"
            ),
        ),
    ],
)
def test_row_39_wrong_usage_is_one_line_with_close_matches_and_code_2(invoke, args, line):
    ended = invoke(*args)
    assert (ended.code, ended.out, ended.err) == (2, "", f"error: {line}\n")


def test_row_41_an_output_folder_that_is_a_file_is_refused_before_anything_starts(invoke, tmp_path):
    (tmp_path / "out").write_text("")
    ended = invoke("run", "squares", "--output", "out", run=AssertionError("ran"))
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "error: invalid value for '--output' / '-o': 'out' is not a folder; see `zoo run --help`\n"
    )


def test_a_wrong_switch_in_the_environment_is_one_line(invoke, monkeypatch):
    monkeypatch.setenv("ZOO_OFFLINE", "maybe")
    ended = invoke("list")
    assert (ended.code, ended.out, ended.err) == (
        2,
        "",
        "error: ZOO_OFFLINE: expected 1 or 0, got 'maybe'\n",
    )


SCRIPT = """
import sys
from zoo.cli.application import Application
from zoo.cli.group import Command
from zoo.cli.wiring import cli
import click

@cli.command("long", cls=Command)
@click.pass_obj
def long(app):
    app.write("x" * 2_000_000)

@cli.command("sleep", cls=Command)
def sleep():
    import time
    print("asleep", file=sys.stderr, flush=True)
    time.sleep(60)

cli.main(sys.argv[1:], prog_name="zoo")
"""


def run_script(*args: str, **named: object) -> subprocess.Popen[bytes]:
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *args],
        stderr=subprocess.PIPE,
        env=env,
        **named,  # type: ignore[call-overload]
    )


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_row_41_a_reader_that_leaves_early_is_no_error():
    process = run_script("long", stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.read(1) == b"x"
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(30) == 0
    process.stderr.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", [["long"], ["--help"]])
def test_row_41_an_output_that_cannot_be_written_is_an_error(command):
    with Path("/dev/full").open("wb") as full:
        process = run_script(*command, stdout=full)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert err.decode().startswith("error: ")
    assert "No space left on device" in err.decode()
    assert len(err.decode().splitlines()) == 1


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_row_21_ctrl_c_is_one_line_and_130():
    process = run_script("sleep", stdout=subprocess.PIPE)
    assert process.stderr is not None
    assert process.stderr.readline() == b"asleep\n"
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, b"", b"error: interrupted\n")


@pytest.mark.skipif(os.name == "nt", reason="file descriptors of POSIX")
def test_closed_streams_change_no_exit_code():
    command = f"{sys.executable} -m zoo"
    assert subprocess.run(f"{command} cache path >&-", shell=True, check=False).returncode == 0
    assert subprocess.run(f"{command} nonsense 2>&-", shell=True, check=False).returncode == 2


def test_a_click_error_of_another_kind_keeps_its_code():
    assert explain(click.FileError("x", "gone")) == (1, "could not open file 'x': gone")


def test_out_of_memory_is_said():
    assert explain(MemoryError()) == (1, "out of memory")
