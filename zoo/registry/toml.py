"""From bytes of unknown origin to TOML tables, in bounded time and with the line of every fault.

`tomllib` is written in Python and made for friendly files: a long dotted key takes it quadratic
time, deep nesting its stack, and a huge integer an error without a line. What is far outside of any
registry is refused before it is parsed.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

from zoo.errors import IntegrityError, complaint

__all__ = ["SIZE_LIMIT", "TOKEN", "read_toml"]

SIZE_LIMIT = 256 * 1024
"""Bytes of a registry: about 500 entries."""

TOKEN_LIMIT = 20_000
"""Keys, values, signs and lines; an entry has about forty. They decide how long parsing takes: this
many, 0.1 s on a slow machine.
"""

LINE_LIMIT = 4096
"""Characters of a line; the longest real ones hold a url or a list of them."""

DEPTH_LIMIT = 8
"""Brackets open at once; an entry of a dataset needs three."""

DOTS_LIMIT = 8
"""Dots in one key."""

WORD_LIMIT = 40
"""Characters of a bare key, number or date; a 64-bit integer has 20 digits."""

_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

TOKEN = re.compile(
    r"""
    (?P<long> \"{3} | '{3} )
    | (?P<string> "(?: [^"\\\n] | \\[^\n] )*"? | '[^'\n]*'? )  # an open one ends at its line's end
    | (?P<comment> \#[^\n]* )
    | (?P<line> \n )
    | (?P<open> [\[{] )
    | (?P<close> [\]}] )
    | (?P<end> [=,] )
    | (?P<dot> \. )
    | (?P<word> [^\s"'\#\[\]{}=,.]+ )
    """,
    re.VERBOSE,
)
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


def read_toml(data: bytes, *, origin: str) -> dict[str, Any]:
    """Parse a registry file.

    Args:
        data: The whole file.
        origin: What to call it in messages: a path, a url or the name of a distribution.

    Raises:
        IntegrityError: If it is not TOML, or not such as a registry can be; with the line.
    """
    if len(data) > SIZE_LIMIT:
        raise _error(origin, None, expected=f"at most {SIZE_LIMIT} bytes", got=f"{len(data)}")
    if data.startswith(_MARKS):
        raise _error(origin, 1, expected="UTF-8 without a byte order mark", got="one; save it without")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _error(origin, line, expected="UTF-8", got=f"byte 0x{data[error.start]:02x}") from None
    text = text.replace("\r\n", "\n")
    _glance(text, origin)
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        words = str(error)
        place = _PLACE.search(words)
        number = int(place[1]) if place and place[1] else text.count("\n") + 1
        reason = _PLACE.sub("", words)
        raise _error(origin, number, expected="TOML", got=f"a mistake: {reason}") from None


def _glance(text: str, origin: str) -> None:
    """Refuse what would be slow to parse; everything else is for the parser to judge."""
    line, depth, dots, start = 1, 0, 0, 0
    for count, token in enumerate(TOKEN.finditer(text)):
        kind = token.lastgroup
        depth += (kind == "open") - (kind == "close" and depth > 0)
        dots = dots + 1 if kind == "dot" else dots if kind in ("word", "string") else 0
        expected = _limit_passed(kind, token, count, token.end() - start, depth, dots)
        if expected:
            raise _error(origin, line, expected=expected)
        if kind == "line":
            line, start = line + 1, token.end()


def _limit_passed(
    kind: str | None, token: re.Match[str], count: int, width: int, depth: int, dots: int
) -> str:
    """Return what was expected of the first limit that is passed; empty if none is."""
    if count > TOKEN_LIMIT:
        return f"at most {TOKEN_LIMIT} keys, values and signs"
    if width > LINE_LIMIT:
        return f"lines of at most {LINE_LIMIT} characters"
    if depth > DEPTH_LIMIT:
        return f"at most {DEPTH_LIMIT} brackets in one another"
    if dots > DOTS_LIMIT:
        return f"at most {DOTS_LIMIT} dots in a key"
    if kind == "long":
        return "strings of one line, not triple quotes"
    if kind == "word" and len(token[0]) > WORD_LIMIT:
        return f"keys and numbers of at most {WORD_LIMIT} characters"
    return ""


def _error(origin: str, line: int | None, *, expected: str, got: str | None = None) -> IntegrityError:
    where = f"registry {origin}" + (f", line {line}" if line is not None else "")
    return IntegrityError(complaint(where, expected=expected, got=got))
