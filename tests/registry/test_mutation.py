"""Row 29 under random damage: right entries or the typed error, and nothing else."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from zoo.errors import IntegrityError
from zoo.registry import Parsed, bundled_registry, parse_registry
from zoo.registry.names import file_fault

RIGHT = bundled_registry().read_bytes()

PIECES = st.one_of(
    st.binary(max_size=6),
    st.sampled_from(
        [
            b"\n",
            b'"',
            b"'",
            b"[[weights]]\n",
            b"[[dataset]]\n",
            b"= ",
            b"{}",
            b"[",
            b"]",
            b"../",
            b"nan",
            b"-1",
            b"9" * 30,
            b"1979-05-27",
            b"true",
            b"\\u0000",
            b"\x00",
            b"http://",
            b"a.b.c = 1\n",
            b'"""',
            b"\xff",
        ]
    ),
)


@st.composite
def damaged(draw: Any) -> bytes:
    """Cut, overwrite, insert and double pieces of a right registry."""
    data = RIGHT
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        stop = min(len(data), start + draw(st.integers(0, 200)))
        how = draw(st.sampled_from(["cut", "overwrite", "insert", "double"]))
        middle = {"cut": b"", "double": data[start:stop] * 2}.get(how)
        if middle is None:
            middle = draw(PIECES) + (data[start:stop] if how == "insert" else b"")
        data = data[:start] + middle + data[stop:]
    return data


def check(data: bytes) -> None:
    refusal = "registry here"
    try:
        parsed = parse_registry(data, base="https://example.org/", origin="here")
    except IntegrityError as refused:
        parsed, refusal = Parsed(), str(refused)
    assert refusal.startswith("registry here")
    assert refusal.isprintable()
    assert all(
        problem.startswith("registry here: ") and problem.isprintable() for problem in parsed.problems
    )
    artifacts = [entry.artifact for entry in parsed.weights]
    for entry in parsed.weights:
        assert all(re.fullmatch(r"[a-z0-9/-]+", name) for name in (entry.model, entry.preset, entry.tag))
        assert entry.artifact.size == entry.artifact.limit
        assert entry.artifact.sha256 is not None
    for dataset in parsed.datasets:
        assert set(dataset.arrays) == {"x_train", "y_train", "x_test", "y_test"}
        assert dataset.arrays["x_test"].shape[1:] == (28, 28)
        artifacts += [file.artifact for container in dataset.containers for file in container.files]
    for artifact in artifacts:
        assert not file_fault(artifact.file)
        assert 0 < artifact.limit <= 1 << 30
        assert artifact.sha256 is None or re.fullmatch("[0-9a-f]{64}", artifact.sha256)
        assert all(re.match(r"https://|http://(localhost|127\.|\[::1\])", url) for url in artifact.urls)


@settings(max_examples=300)
@given(damaged())
@example(RIGHT)
def test_row_29_random_damage_to_a_registry(data: bytes) -> None:
    check(data)


VALUES = st.recursive(
    st.one_of(
        st.integers(-(2**70), 2**70).map(str),
        st.floats().map(repr),
        st.sampled_from(
            ["true", "false", "1979-05-27", "07:32:00", "1979-05-27T07:32:00Z", "'x'", '"\\u0000"']
        ),
        st.text("abc./:@#-", max_size=12).map(lambda text: f"'{text}'"),
    ),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]")
        | st.dictionaries(
            st.sampled_from(["shape", "sha256", "file", "x_test", "a"]), inner, max_size=3
        ).map(lambda d: "{" + ", ".join(f"{k} = {v}" for k, v in d.items()) + "}")
    ),
    max_leaves=6,
)


@given(st.data(), VALUES)
def test_row_29_any_value_in_the_place_of_any_other(data: Any, value: str) -> None:
    lines = RIGHT.decode().split("\n")
    places = [n for n, line in enumerate(lines) if re.match(r"\w+ = [^\[]", line)]
    place = data.draw(st.sampled_from(places))
    lines[place] = re.sub(r"= .*", lambda match: f"= {value}", lines[place])
    check("\n".join(lines).encode())
