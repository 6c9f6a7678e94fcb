"""JSON records inside a file: small, shallow, plain."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from zoo.store.h5.faults import fault
from zoo.store.h5.limits import JSON_DEPTH

__all__ = ["pack", "unpack"]


def unpack(raw: bytes, path: str) -> dict[str, Any]:
    """Parse a JSON object, strictly: UTF-8, no NaN, no lone surrogates, nesting within limits.

    Raises:
        DamagedError: If it is anything else.
    """
    depth = _depth(raw)
    if depth > JSON_DEPTH:
        raise fault(path, expected=f"JSON nested at most {JSON_DEPTH} deep", got=f"{depth}")
    try:
        data = json.loads(raw.decode(), parse_constant=_refuse, parse_float=_finite)
        json.dumps(data, ensure_ascii=False).encode()  # fails on surrogates that stand alone
    except (ValueError, RecursionError) as error:
        raise fault(path, expected="JSON", got=f"{type(error).__name__}: {error}") from None
    if not isinstance(data, dict):
        raise fault(path, expected="a JSON object", got=f"a {type(data).__name__}")
    return data


def pack(record: Mapping[str, Any]) -> bytes:
    """Write a JSON object that `unpack` reads, in the order of its keys.

    Raises:
        ValueError: If it holds NaN or an infinity.
        TypeError: If it holds anything that is not plain data.
    """
    return json.dumps(record, separators=(",", ":"), allow_nan=False, default=_plain).encode()


def _depth(raw: bytes) -> int:
    """Count the deepest nesting of brackets outside strings."""
    depth = deepest = 0
    quoted = escaped = False
    for byte in raw:
        if quoted:
            if escaped:
                escaped = False
            elif byte == 0x5C:  # a backslash
                escaped = True
            elif byte == 0x22:
                quoted = False
        elif byte == 0x22:  # a double quote
            quoted = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _refuse(word: str) -> float:
    raise ValueError(f"{word} is no JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"{text[:40]} is too large")
    return value


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    item = getattr(value, "item", None)  # a NumPy number
    if callable(item):
        return item()
    raise TypeError(f"a {type(value).__name__} is not plain data")
