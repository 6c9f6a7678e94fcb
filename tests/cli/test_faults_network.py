"""Rows 11 to 20 through the command line: a loopback server breaks its word."""

from __future__ import annotations

import gzip
import hashlib
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests import soak
from tests.cli.conftest import Ended
from tests.store.wire import Answer, Wire, answer, dripping, endless, redirect, resetting

Real = Callable[..., Ended]
Serve = Callable[..., Wire]
RUN = ("run", "ovr", "--data", "digits", "--registry", "registry.toml", "--weights")
GOOD = soak.weights()
PAGE = b"<!DOCTYPE html><title>Sign in</title>"
HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def serve(published: Any) -> Iterator[Serve]:
    """Publish weights of ovr that lie on a server which answers so."""
    with ExitStack() as stack:

        def start(*answers: Answer) -> Wire:
            server = stack.enter_context(Wire(*answers))
            published(server.url("/soak.h5"))
            return server

        yield start


def refused(real: Real, code: int) -> str:
    ended = real(*RUN, "soak")
    assert ended.code == code, ended
    assert soak.FILE in ended.error or "refused" in ended.error
    return ended.error


@pytest.mark.parametrize("status", ["403 Forbidden", "404 Not Found", "204 No Content"])
def test_row_11_refusals_end_it_at_once(real: Real, serve: Serve, status: str) -> None:
    server = serve(answer(status=status, length=None if status.startswith("204") else -1))
    assert f"expected status 200, got {status}" in refused(real, 3)
    assert len(server.requests) == 1


def test_row_11_then_the_fallback(real: Real, serve: Serve) -> None:
    serve(answer(GOOD, status="206 Partial Content"))
    ended = real(*RUN[:-1])
    assert ended.code == 0
    assert "got 206" in ended.err
    assert "weights  trained" in ended.out


@pytest.mark.parametrize(
    "first",
    [answer(status="503 Busy"), resetting(), answer(GOOD)[:-9], HEAD + b"\r\nTransfer-Encoding: x\r\n"],
    ids=["503", "reset", "cut", "garbage"],
)
def test_row_12_what_may_pass_is_tried_again(real: Real, serve: Serve, first: Answer) -> None:
    server = serve(first, answer(GOOD))
    ended = real(*RUN, "soak")
    assert (ended.code, ended.err) == (0, "")
    assert len(server.requests) == 2


@pytest.mark.parametrize("first", [b"", HEAD + b"Content-Length: 40000\r\n\r\n"])
def test_row_13_a_dripping_answer(
    real: Real, serve: Serve, first: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOO_DOWNLOAD_SECONDS", "1")
    serve(dripping(b"x" * 40_000, first))
    started = time.monotonic()
    refused(real, 3)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (endless(HEAD + b"\r\n"), 4),
        (answer(GOOD, length=10**12), 4),
        (answer(gzip.compress(GOOD), Content_Encoding="gzip"), 3),
    ],
    ids=["endless", "lying", "gzip"],
)
def test_row_14_sizes_that_are_not_the_declared_one(
    real: Real, serve: Serve, reply: Answer, code: int
) -> None:
    serve(reply)
    refused(real, code)


def test_row_15_a_login_page_is_quoted(real: Real, serve: Serve) -> None:
    serve(answer(PAGE, Content_Type="text/html"))
    text = refused(real, 3)
    assert "text/html" in text
    assert "<!DOCTYPE html>" in text


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://10.0.0.1/soak.h5", "loop"])
def test_row_16_redirects(real: Real, serve: Serve, target: str) -> None:
    server = serve(redirect("/soak.h5" if target == "loop" else target))
    text = refused(real, 3)
    assert target in text or "redirects" in text or "refused" in text
    assert len(server.requests) <= 6


def test_row_17_credentials_are_never_sent(real: Real, serve: Serve) -> None:
    server = serve(answer(GOOD))
    named = server.url("/").replace("http://", "http://me:secret@")
    ended = real(*RUN, "soak", "--mirror", named)
    assert b"secret" not in b"".join(server.requests)
    assert b"authorization" not in b"".join(server.requests).lower()
    assert "secret" not in ended.out + ended.err


def test_row_18_no_network(real: Real, published: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    published(f"http://127.0.0.1:{port}/soak.h5")
    assert "connection refused" in refused(real, 3)
    published("https://no-such-host.example/soak.h5")
    assert "DNS" in refused(real, 3)


def test_row_19_a_wrong_hash(real: Real, serve: Serve) -> None:
    wrong = bytes(len(GOOD))
    serve(answer(wrong))
    text = refused(real, 4)
    for content in (GOOD, wrong):
        assert hashlib.sha256(content).hexdigest() in text
    ended = real(*RUN[:-1])
    assert ended.code == 0, "then training"
    assert text in ended.err, "loudly"
    assert "weights  trained" in ended.out


def test_row_20_offline(real: Real, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(answer(GOOD))
    cold = real(*RUN, "soak", "--offline")
    assert cold.code == 3
    assert "offline" in cold.error
    assert server.connections == 0
    assert real(*RUN, "soak").code == 0
    monkeypatch.setenv("ZOO_OFFLINE", "1")
    ended = real(*RUN, "soak")
    assert (ended.code, ended.err, server.connections) == (0, "", 1)
