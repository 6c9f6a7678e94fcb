"""Row 27: files that are no registry get one typed error with the line, in time."""

from __future__ import annotations

import time

import pytest

from zoo.errors import IntegrityError
from zoo.registry import SIZE_LIMIT, parse_registry

HEAD = b"schema = 1\n"


def refusal(data):
    started = time.process_time()
    with pytest.raises(IntegrityError) as error:
        parse_registry(data, base="https://example.org/", origin="here")
    assert time.process_time() - started < 0.2
    text = str(error.value)
    assert "\n" not in text
    return text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (
            b"\xef\xbb\xbfschema = 1",
            "line 1: expected UTF-8 without a byte order mark, got one; save it without",
        ),
        (
            "schema = 1".encode("utf-16"),
            "line 1: expected UTF-8 without a byte order mark, got one; save it without",
        ),
        (HEAD + b"# caf\xe9\n", "line 2: expected UTF-8, got byte 0xe9"),
        (HEAD + b"a = \n", "line 2: expected TOML, got a mistake: "),
        (
            HEAD + b"\r\n\r\na 1",
            "line 4: expected TOML, got a mistake: ",
        ),
        (HEAD + b"a = [1,", "line 2: expected TOML, got a mistake: "),
        (HEAD + b"schema = 1\n", "line 2: expected TOML, got a mistake: "),
        (HEAD + b"x = 2026-99-99\n", "line 2: expected TOML, got a mistake: "),
        (HEAD + b"<html>\n", "line 2: expected TOML, got a mistake: "),
        (HEAD + b"\x00", "line 2: expected TOML, got a mistake: "),
        (HEAD + b'x = """\nlong\n"""\n', "line 2: expected strings of one line, not triple quotes"),
        (HEAD + b"x = '''", "line 2: expected strings of one line, not triple quotes"),
        (HEAD + b"a." * 20_000 + b"b = 1\n", "line 2: expected at most 8 dots in a key"),
        (HEAD + b"[" + b"a . " * 10_000 + b"b]\n", "line 2: expected at most 8 dots in a key"),
        (HEAD + b'"a"."b".' * 5_000 + b"b = 1\n", "line 2: expected at most 8 dots in a key"),
        (HEAD + b"\na = " + b"[" * 20_000, "line 3: expected at most 8 brackets in one another"),
        (HEAD + b"a = " + b"[\n" * 20_000, "line 10: expected at most 8 brackets in one another"),
        (HEAD + b"a = " + b"{a = " * 20_000, "line 2: expected at most 8 brackets in one another"),
        (HEAD + b"a = " + b"9" * 5000, "line 2: expected lines of at most 4096 characters"),
        (HEAD + b"a = " + b"9" * 4000, "line 2: expected keys and numbers of at most 40 characters"),
        (HEAD + b"a = " + b"_9" * 21, "line 2: expected keys and numbers of at most 40 characters"),
        (HEAD + b"a = '" + b"x" * 5000 + b"'", "line 2: expected lines of at most 4096 characters"),
        (HEAD + b"a = '" + b"x" * 5000, "line 2: expected lines of at most 4096 characters"),
        (HEAD + b"a = [" + b"1,\n" * 20_000, "line 6666: expected at most 20000 keys, values and signs"),
        (b"#" * (SIZE_LIMIT + 1), None),
    ],
    ids=range(25),
)
def test_row_27_what_is_refused(data, text):
    if text is None:
        text = f"registry here: expected at most {SIZE_LIMIT} bytes, got {SIZE_LIMIT + 1}"
    else:
        text = f"registry here, {text}"
    got = refusal(data)
    assert got == text or (text.endswith(": ") and got.startswith(text))  # tomllib words it


@pytest.mark.parametrize(
    "piece",
    [
        "a = 1\n",
        "[[a]]\n",
        "[a.b.c.d]\n",
        "\n",
        "#\n",
        "'",
        '"\\',
        '\\"',
        "[]",
        "{",
        "x = '",
        "\\\n",
        "a.",
        "9",
        "\t",
    ],
)
def test_row_27_any_piece_repeated_is_answered_in_time(piece):
    data = HEAD + (piece * SIZE_LIMIT).encode()[: SIZE_LIMIT - len(HEAD)]
    started = time.process_time()
    try:
        parsed = parse_registry(data, base="https://example.org/", origin="here")
    except IntegrityError as refused:
        text = str(refused)
    else:
        text = ""
        assert parsed.weights == parsed.datasets == []
    assert not text or ", line " in text
    assert time.process_time() - started < 0.2


def test_row_27_a_full_registry_is_read_in_time(write, weights):
    tables = [
        ("weights", weights | {"tag": f"t{n}", "default": False, "file": f"f{n}.h5"}) for n in range(250)
    ]
    data = write(*tables)
    started = time.process_time()
    parsed = parse_registry(data, base="https://example.org/", origin="here")
    assert time.process_time() - started < 0.5
    assert len(parsed.weights) == 250
    assert parsed.problems == []


def test_dots_and_brackets_in_strings_and_comments_do_not_count(write, weights):
    weights["summary"] = "a.b.c.d.e.f.g.h.i.j.k [[[[[[[[[[ # \" '"
    data = write(("weights", weights)) + b"# a.b.c.d.e.f.g.h.i.j.k [[[[[[[[[[ '\n# \"\n"
    parsed = parse_registry(data, base="https://example.org/", origin="here")
    assert parsed.problems == []
    assert parsed.weights[0].summary == weights["summary"]
