"""Downloads against a raw server: every fault of the wire ends in a typed error, on time."""

from __future__ import annotations

import gzip
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.store.conftest import CALM, FAST, Remembering
from tests.store.wire import Answer, Talk, Wire, answer, dripping, endless, redirect, resetting, silent
from zoo.errors import IntegrityError, UnavailableError
from zoo.settings import Settings
from zoo.store.download import download
from zoo.store.files import sha256_of
from zoo.store.network import Network

BODY = bytes(range(256)) * 40
HASH = sha256_of(BODY)
WRONG = b"w" * len(BODY)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
OPEN = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n"

Serve = Callable[..., Wire]


def get(network: Network, url: str, **wanted: Any) -> bytes:
    return download(network, url, **{"limit": 1 << 20, "label": "file.bin", **wanted})


def pinned(network: Network, url: str, **wanted: Any) -> bytes:
    return get(network, url, **{"size": len(BODY), "sha256": HASH, **wanted})


def chunks(body: bytes, size: int = 1000) -> bytes:
    pieces = [body[i : i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


# ---------------------------------------------------------------- what works


@pytest.mark.parametrize(
    "good",
    [answer(BODY), CHUNKED + chunks(BODY), OPEN + BODY, answer(BODY, Content_Encoding="identity")],
    ids=["length", "chunked", "until-close", "identity"],
)
def test_a_file_arrives_with_its_progress(
    serve: Serve, network: Network, reporter: Remembering, good: bytes
) -> None:
    assert pinned(network, serve(good).url()) == BODY
    assert reporter.bars == [("file.bin", len(BODY), "bytes")]
    assert reporter.advanced == len(BODY)


def test_nothing_need_be_known_beforehand(serve: Serve, network: Network) -> None:
    assert get(network, serve(answer(BODY)).url()) == BODY
    assert get(network, serve(answer(b"")).url()) == b""


def test_the_request_is_plain(serve: Serve, network: Network) -> None:
    server = serve(answer(BODY))
    get(network, server.url("/a%20b/ü x?q=1&r=%2F#fragment"))
    assert server.requests[0].decode().split("\r\n") == [
        "GET /a%20b/%C3%BC%20x?q=1&r=%2F HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        "User-Agent: digit-zoo",
        "Accept: */*",
        "Accept-Encoding: identity",
        "Connection: close",
        "",
        "",
    ]


def test_ipv6_loopback(network: Network, serve: Serve) -> None:
    try:
        server = serve(answer(BODY), host="::1")
    except OSError:
        pytest.skip("this machine has no IPv6")
    assert get(network, f"http://[::1]:{server.port}/") == BODY
    assert f"Host: [::1]:{server.port}".encode() in server.requests[0]


# ---------------------------------------------------------------- row 11


@pytest.mark.parametrize(
    ("status", "rest"),
    [
        ("403 Forbidden", b""),
        ("404 Not Found", b"<html>no</html>"),
        ("206 Partial Content", BODY),
        ("201 Created", BODY),
        ("300 Multiple Choices", BODY),
        ("418 I'm a teapot", b""),
    ],
)
def test_row_11_a_refusal_ends_it_at_once(
    serve: Serve, network: Network, status: str, rest: bytes
) -> None:
    server = serve(answer(rest, status))
    with pytest.raises(UnavailableError) as caught:
        pinned(network, server.url())
    assert (
        str(caught.value)
        == f"file.bin: {server.url()}: expected status 200, got {status}; check the url"
    )
    assert len(server.requests) == 1


def test_row_11_no_content(serve: Serve, network: Network) -> None:
    server = serve(b"HTTP/1.1 204 No Content\r\n\r\n")
    with pytest.raises(UnavailableError, match="expected status 200, got 204 No Content"):
        pinned(network, server.url())
    assert len(server.requests) == 1


# ---------------------------------------------------------------- row 12

PASSING: dict[str, Answer] = {
    "429": answer(b"slow down", "429 Too Many Requests"),
    "500": answer(b"", "500 Internal Server Error"),
    "503": answer(b"", "503 Service Unavailable", Retry_After="0"),
    "reset": resetting(),
    "reset-in-body": resetting(answer(BODY)[:3000]),
    "cut-before-headers": b"",
    "cut-in-headers": b"HTTP/1.1 200 OK\r\nContent-Le",
    "cut-in-body": answer(BODY)[:-1],
    "cut-without-length": OPEN + BODY[:-1],
    "cut-chunk": CHUNKED + chunks(BODY)[:500],
    "no-last-chunk": CHUNKED + chunks(BODY)[: -len("0\r\n\r\n")],
    "chunk-garbage": CHUNKED + b"5\r\nhello\r\nzzzz\r\n",
    "not-http": b"SSH-2.0-OpenSSH_9.9\r\n",
    "status-garbage": b"HTTP/1.1 abc OK\r\n\r\n",
    "length-garbage": answer(BODY, length=None, Content_Length="+12"),
    "two-lengths": answer(BODY, Content_length="5"),
    "too-many-headers": b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n",
    "endless-header-line": b"HTTP/1.1 200 OK\r\na: " + b"b" * 100_000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("name", PASSING)
def test_row_12_what_may_pass_is_tried_again(serve: Serve, network: Network, name: str) -> None:
    server = serve(PASSING[name], PASSING[name], answer(BODY))
    assert pinned(network, server.url()) == BODY
    assert len(server.requests) == 3


@pytest.mark.parametrize("name", PASSING)
def test_row_12_but_only_three_times(serve: Serve, network: Network, name: str) -> None:
    server = serve(PASSING[name])
    with pytest.raises((UnavailableError, IntegrityError)) as caught:
        pinned(network, server.url())
    assert str(caught.value).startswith(f"file.bin: {server.url()}: ")
    assert len(server.requests) == 4


def test_row_12_the_last_fault_is_told(serve: Serve, network: Network) -> None:
    server = serve(PASSING["cut-in-body"])
    with pytest.raises(UnavailableError) as caught:
        pinned(network, server.url())
    assert str(caught.value) == (
        f"file.bin: {server.url()}: cut off or garbled: 10239 of 10240 bytes; try again later"
    )


def test_row_12_short_without_a_length_is_a_wrong_size(serve: Serve, network: Network) -> None:
    server = serve(PASSING["cut-without-length"])
    with pytest.raises(IntegrityError) as caught:
        pinned(network, server.url())
    assert str(caught.value) == (
        f"file.bin: {server.url()}: expected 10240 bytes, got 10239 bytes; discarded, check the url"
    )


def test_row_12_the_waits_grow_and_vary(
    serve: Serve, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    network.limits = replace(FAST, backoff=1.0, longest_backoff=3.0)
    for _ in range(5):
        with pytest.raises(UnavailableError):
            pinned(network, serve(PASSING["500"]).url())
    for first, second, third in zip(waits[::3], waits[1::3], waits[2::3], strict=True):
        assert 0.5 <= first <= 1 <= second <= 2
        assert 1.5 <= third <= 3, "no longer than the longest"
    assert len({round(wait, 6) for wait in waits}) == len(waits), "no jitter"


def test_row_12_retry_after_is_obeyed_if_short(
    serve: Serve, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    network.limits = replace(FAST, longest_backoff=8.0)
    server = serve(answer(status="503 Busy", Retry_After="7"), answer(BODY))
    assert pinned(network, server.url()) == BODY
    assert waits == [7.0]


@pytest.mark.parametrize(
    "after", ["3600", "9999999999999999999999", "Wed, 21 Oct 2026 07:28:00 GMT", "-1"]
)
def test_row_12_retry_after_is_not_believed_if_long(serve: Serve, network: Network, after: str) -> None:
    server = serve(answer(status="503 Busy", Retry_After=after))
    started = time.monotonic()
    with pytest.raises(UnavailableError, match="expected status 200, got 503 Busy; try again later"):
        pinned(network, server.url())
    assert time.monotonic() - started < 5
    assert len(server.requests) == (1 if after == "3600" else 4)


# ---------------------------------------------------------------- row 13

SLOW: dict[str, tuple[Answer, str]] = {
    "silent-server": (silent(), "stalled, not a byte for 0.4 s"),
    "dripping-status-line": (dripping(b"HTTP/1.1 200 " + b"O" * 500), "too slow, given up after 0.5 s"),
    "dripping-headers": (
        dripping(b"a: b\r\n" * 90, first=b"HTTP/1.1 200 OK\r\n"),
        "too slow, given up after 0.5 s",
    ),
    "endless-continue": (
        dripping(b"HTTP/1.1 100 Continue\r\n\r\n" * 50, seconds=0.01),
        "too slow, given up after 0.5 s",
    ),
    "stalled-body": (silent(answer(BODY)[:-1]), "stalled, not a byte for 0.4 s"),
    "dripping-body": (dripping(BODY, first=answer(b"", length=len(BODY))), "too slow, given up after"),
    "dripping-chunks": (dripping(chunks(BODY, 1), first=CHUNKED), "too slow, given up after"),
    "dripping-chunk-size": (dripping(b"0" * 500, first=CHUNKED), "too slow, given up after"),
    "dripping-until-close": (dripping(BODY, first=OPEN), "too slow, given up after"),
    "endless-trailers": (
        endless(CHUNKED + chunks(BODY)[:-2], b"a: b\r\n" * 500),
        "too slow, given up after 0.601 s",
    ),
    "dripping-trailers": (
        dripping(b"a: b\r\n" * 99, first=CHUNKED + chunks(BODY)[:-2]),
        "too slow, given up after",
    ),
}


@pytest.mark.parametrize("name", SLOW)
def test_row_13_our_deadline_holds(serve: Serve, network: Network, name: str) -> None:
    network.limits = FAST
    script, verdict = SLOW[name]
    server = serve(script)
    started = time.monotonic()
    with pytest.raises(UnavailableError) as caught:
        pinned(network, server.url())
    assert time.monotonic() - started < 5
    assert f"file.bin: {server.url()}: {verdict}" in str(caught.value)
    assert str(caught.value).endswith("; try again when the network is faster")
    assert len(server.requests) == 1, "slow is not tried again"


def test_row_13_our_deadline_holds_under_tls(
    serve: Serve, network: Network, trusted: ssl.SSLContext
) -> None:
    network.limits = FAST
    for script in (dripping(b"a: b\r\n" * 90, first=b"HTTP/1.1 200 OK\r\n"), dripping(BODY, first=OPEN)):
        started = time.monotonic()
        with pytest.raises(UnavailableError, match="too slow, given up after"):
            pinned(network, serve(script, tls=trusted).url())
        assert time.monotonic() - started < 5


def test_row_13_a_stalled_handshake(serve: Serve, network: Network) -> None:
    network.limits = FAST
    server = serve(silent())
    started = time.monotonic()
    with pytest.raises(UnavailableError, match=r"stalled|too slow"):
        pinned(network, f"https://127.0.0.1:{server.port}/")
    assert time.monotonic() - started < 5


def test_row_13_one_budget_for_all(serve: Serve, network: Network) -> None:
    network.limits = replace(FAST, budget=0.7)
    for _ in range(2):
        with pytest.raises(UnavailableError):
            pinned(network, serve(silent()).url())
    server = serve(answer(BODY))
    with pytest.raises(UnavailableError) as caught:
        pinned(network, server.url())
    assert str(caught.value) == (
        "file.bin: the 0.7 s for downloads are spent; start again when the network is faster, "
        "or set ZOO_DOWNLOAD_SECONDS"
    )
    assert server.connections == 0


def test_row_13_the_budget_is_shorter_than_patience(serve: Serve, network: Network) -> None:
    network.limits = replace(FAST, patience=20, budget=0.4)
    started = time.monotonic()
    with pytest.raises(UnavailableError, match=r"too slow, given up after 0\.[34]"):
        pinned(network, serve(dripping(BODY, first=OPEN)).url())
    assert time.monotonic() - started < 5


def test_row_13_waiting_to_retry_keeps_the_budget(serve: Serve, network: Network) -> None:
    network.limits = replace(FAST, budget=0.3, backoff=5.0, longest_backoff=5.0)
    server = serve(PASSING["500"])
    started = time.monotonic()
    with pytest.raises(UnavailableError, match="500 Internal Server Error"):
        pinned(network, server.url())
    assert time.monotonic() - started < 5
    assert len(server.requests) == 1


# ---------------------------------------------------------------- row 14


def test_row_14_an_endless_body_stops_at_the_declared_size(serve: Serve, network: Network) -> None:
    server = serve(endless(OPEN))
    with pytest.raises(IntegrityError) as caught:
        pinned(network, server.url())
    assert str(caught.value) == (
        f"file.bin: {server.url()}: expected 10240 bytes, got more; stopped there; "
        "discarded, check the url"
    )
    assert len(server.requests) == 1


def test_row_14_endless_chunks_stop_at_the_limit(serve: Serve, network: Network) -> None:
    server = serve(endless(CHUNKED, b"1000\r\n" + b"x" * 4096 + b"\r\n"))
    with pytest.raises(IntegrityError) as caught:
        get(network, server.url(), limit=20_000)
    assert str(caught.value) == (
        f"file.bin: {server.url()}: expected at most 20000 bytes, got more; stopped there; "
        "discarded, check the url"
    )


@pytest.mark.parametrize("length", [len(BODY) - 1, len(BODY) + 1, 10**15, 0])
def test_row_14_a_lying_length_is_refused_before_the_body(
    serve: Serve, network: Network, reporter: Remembering, length: int
) -> None:
    server = serve(endless(answer(b"", length=length)))
    with pytest.raises(IntegrityError) as caught:
        pinned(network, server.url())
    assert f"expected 10240 bytes, got {length} bytes; discarded" in str(caught.value)
    assert reporter.advanced == 0


def test_row_14_a_length_beyond_the_limit(serve: Serve, network: Network) -> None:
    with pytest.raises(IntegrityError, match="expected at most 100 bytes, got 10240 bytes"):
        get(network, serve(answer(BODY)).url(), limit=100)


def test_row_14_bytes_after_the_length_are_not_read(serve: Serve, network: Network) -> None:
    assert pinned(network, serve(endless(answer(BODY))).url()) == BODY


@pytest.mark.parametrize("encoding", ["gzip", "br", "GZIP, identity"])
def test_row_14_no_content_encoding(serve: Serve, network: Network, encoding: str) -> None:
    bomb = gzip.compress(bytes(10 << 20))
    server = serve(answer(bomb, Content_Encoding=encoding))
    with pytest.raises(UnavailableError) as caught:
        pinned(network, server.url())
    assert str(caught.value) == (
        f"file.bin: {server.url()}: expected the plain file, got content encoding {encoding.lower()!r}; "
        "check the url"
    )


def test_row_14_no_transfer_encoding_but_chunks(serve: Serve, network: Network) -> None:
    server = serve(answer(BODY, Transfer_Encoding="gzip, chunked"))
    with pytest.raises(UnavailableError, match="got transfer encoding 'gzip, chunked'; check the url"):
        pinned(network, server.url())


def test_row_14_a_negative_chunk_is_no_way_round(serve: Serve, network: Network) -> None:
    with pytest.raises((IntegrityError, UnavailableError)):
        pinned(network, serve(endless(CHUNKED, b"-5\r\n" + b"x" * 4096)).url())


# ---------------------------------------------------------------- row 15

PORTAL = b"\n<!DOCTYPE html><html><title>Welcome to Airport \x1b[31mWifi</title>"


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        (answer(PORTAL, Content_Type="text/html; charset=utf-8"), {"size": len(BODY), "sha256": HASH}),
        (answer(PORTAL, Content_Type="text/html; charset=utf-8"), {}),
        (answer(PORTAL, length=None, Content_Type="text/html; charset=utf-8"), {"size": len(BODY)}),
    ],
    ids=["pinned", "unpinned", "until-close"],
)
def test_row_15_a_login_page_is_quoted(
    serve: Serve, network: Network, page: bytes, wanted: dict[str, Any]
) -> None:
    server = serve(page)
    with pytest.raises(UnavailableError) as caught:
        get(network, server.url(), **wanted)
    assert str(caught.value) == (
        f"file.bin: {server.url()}: expected the file, got text/html; charset=utf-8 beginning "
        r"'\n<!DOCTYPE html><html><title>Welcome to Airport \x1b[31mWifi</t'; "
        "open any page in a browser: this network may want a login"
    )
    assert len(server.requests) == 1


def test_row_15_a_declared_page_of_any_beginning(serve: Serve, network: Network) -> None:
    server = serve(answer(b"please pay", Content_Type="text/html"))
    with pytest.raises(UnavailableError, match="got text/html beginning 'please pay'"):
        pinned(network, server.url())


def test_row_15_no_content_type(serve: Serve, network: Network) -> None:
    with pytest.raises(UnavailableError, match="got no content type beginning '<html>'"):
        get(network, serve(answer(b"<html>")).url())


def test_row_15_a_wrong_type_with_the_right_bytes_is_fine(serve: Serve, network: Network) -> None:
    assert pinned(network, serve(answer(BODY, Content_Type="text/html")).url()) == BODY
    page = b"<html>pinned</html>"
    assert get(network, serve(answer(page)).url(), sha256=sha256_of(page)) == page


# ---------------------------------------------------------------- row 16


@pytest.mark.parametrize(
    ("location", "found"),
    [
        ("http://127.0.0.1:{port}/", "one to http://127.0.0.1:{port}/"),
        ("//127.0.0.1:{port}/x", "one to http://127.0.0.1:{port}/x"),
        ("/again", "one to http://127.0.0.1:{own}/again"),
        ("file:///etc/passwd", "a url of kind 'file'"),
        ("ftp://127.0.0.1:{port}/", "a url of kind 'ftp'"),
        ("https://user:secret@127.0.0.1:{port}/", "one with them; nothing was sent"),
        ("https://127.0.0.1:{port}/", "127.0.0.1"),
        ("https://localhost:{port}/", ""),
        ("https://127.1:{port}/", "127.0.0.1"),
        ("https://2130706433:{port}/", "127.0.0.1"),
        ("https://0x7f000001:{port}/", "127.0.0.1"),
        ("https://[::ffff:127.0.0.1]:{port}/", "::ffff:"),
        ("https://[::1]:{port}/", "::1"),
        ("https://0.0.0.0:{port}/", "0.0.0.0"),
        ("https://10.0.0.1/", "10.0.0.1"),
        ("https://169.254.169.254/latest/meta-data", "169.254.169.254"),
        ("https://[fe80::1]/", "fe80::1"),
        ("https://", "something that is not a url"),
        ("https://[bad", "one to https://[bad"),
        ("https://a b/", "something that is not a url"),
        ("https://host:99999/", "something that is not a url"),
        ("https://" + "a" * 3000, "a longer one"),
    ],
)
def test_row_16_a_bad_redirect_is_refused_and_its_target_never_contacted(
    serve: Serve, network: Network, location: str, found: str
) -> None:
    target = serve(answer(BODY))
    location = location.replace("{port}", str(target.port))
    server = serve(redirect(location))
    with pytest.raises(UnavailableError) as caught:
        pinned(network, server.url())
    text = str(caught.value)
    assert ": refused: expected " in text
    assert found.format(port=target.port, own=server.port) in text
    assert "secret" not in text
    assert target.connections == 0
    assert server.connections == 1


def test_row_16_a_name_is_checked_by_its_addresses(
    serve: Serve, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = serve(answer(BODY))
    entry = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", target.port))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [entry])
    with pytest.raises(UnavailableError) as caught:
        pinned(network, "https://innocent.example/file.bin")
    assert str(caught.value) == (
        "innocent.example: refused: expected a public address, got 127.0.0.1; check the url"
    )
    assert target.connections == 0


def test_row_16_a_name_is_looked_up_once(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that turns private after the check (DNS rebinding) gains nothing."""
    asked: list[object] = []
    contacted: list[object] = []

    def look_up(host: object, *_: object, **__: object) -> list[tuple[object, ...]]:
        address = "127.0.0.1" if asked else "8.8.8.8"
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]

    def connect(_: socket.socket, address: object) -> None:
        contacted.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(UnavailableError, match=r"rebinds\.example:443 is out of reach"):
        pinned(network, "https://rebinds.example/file.bin")
    assert (asked, contacted) == (["rebinds.example"], [("8.8.8.8", 443)])


def test_row_16_a_registry_url_is_https_unless_loopback(network: Network) -> None:
    for url in ("http://10.0.0.1/x", "http://example.org/x"):
        with pytest.raises(UnavailableError) as caught:
            pinned(network, url)
        assert (
            str(caught.value) == f"{url}: refused: expected an https url, got an http url; check the url"
        )
    with pytest.raises(UnavailableError, match=r"refused: expected a public address, got 10.0.0.1"):
        pinned(network, "https://10.0.0.1/x")


def test_row_16_https_to_https_on_another_host_is_fine(
    serve: Serve, network: Network, trusted: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real rule, with public addresses: two names whose traffic ends at two loopback servers."""
    there = serve(answer(BODY), tls=trusted)
    here = serve(redirect(f"https://localhost:{there.port}/real"), tls=trusted)
    monkeypatch.setattr("zoo.store.urls.is_public", lambda address: True)
    monkeypatch.setattr("zoo.store.urls.is_loopback", lambda host: False)
    monkeypatch.setattr("zoo.store.transport.is_loopback", lambda host: True)
    assert pinned(network, here.url()) == BODY
    assert there.requests[0].startswith(b"GET /real HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]
)
def test_row_16_a_mirror_may_redirect_within_itself(serve: Serve, network: Network, status: str) -> None:
    server = serve(redirect("/b?x=1", status), redirect("c", status), answer(BODY))
    assert pinned(network, server.url("/deep/a"), user_named=True) == BODY
    assert [request.split()[1] for request in server.requests] == [b"/deep/a", b"/b?x=1", b"/c"]


def test_row_16_a_mirror_may_not_redirect_to_another_by_http(serve: Serve, network: Network) -> None:
    target = serve(answer(BODY))
    with pytest.raises(
        UnavailableError, match=r"expected a redirect to https, got one to http://127.0.0.1"
    ):
        pinned(network, serve(redirect(target.url())).url(), user_named=True)
    assert target.connections == 0


def test_row_16_a_private_mirror_may_redirect_to_private_https(
    serve: Serve, network: Network, trusted: ssl.SSLContext
) -> None:
    target = serve(answer(BODY), tls=trusted)
    assert pinned(network, serve(redirect(target.url())).url(), user_named=True) == BODY


def test_row_16_a_public_mirror_may_not_redirect_to_private(
    serve: Serve, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = serve(answer(BODY))
    server = serve(redirect(f"https://localhost:{target.port}/"))
    real = {f"{target.port}": False, f"{server.port}": True}
    monkeypatch.setattr("zoo.store.urls.is_public", lambda address: real.pop(str(server.port), False))
    with pytest.raises(UnavailableError, match="refused: expected a public address"):
        pinned(network, server.url(), user_named=True)
    assert target.connections == 0


def test_row_16_a_loop_ends(serve: Serve, network: Network) -> None:
    server = serve(redirect("/loop"))
    with pytest.raises(UnavailableError) as caught:
        pinned(network, server.url("/loop"), user_named=True)
    assert str(caught.value) == (
        f"file.bin: {server.url('/loop')}: expected at most 5 redirects, got more; check the url"
    )
    assert len(server.requests) == 6


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_row_14_the_body_of_a_redirect_is_not_read(
    serve: Serve, network: Network, encoding: str
) -> None:
    bomb = gzip.compress(bytes(1 << 20))
    first = redirect("/real").replace(b"Content-Length: 0\r\n", b"")
    first = first.replace(b"\r\n\r\n", f"\r\nContent-Encoding: {encoding}\r\n\r\n".encode())
    server = serve(endless(first, bomb), answer(BODY))
    started = time.monotonic()
    assert pinned(network, server.url(), user_named=True) == BODY
    assert time.monotonic() - started < CALM.headers


def test_row_16_a_redirect_without_a_target(serve: Serve, network: Network) -> None:
    with pytest.raises(UnavailableError, match="expected status 200, got 302 Found"):
        pinned(network, serve(answer(status="302 Found")).url())


# ---------------------------------------------------------------- row 17


@pytest.mark.parametrize(
    "url", ["http://user:secret@127.0.0.1:{port}/", "http://secret@127.0.0.1:{port}/"]
)
@pytest.mark.parametrize("user_named", [True, False])
def test_row_17_credentials_in_a_url_are_refused_and_never_shown(
    serve: Serve, network: Network, url: str, user_named: bool
) -> None:
    server = serve(answer(BODY))
    with pytest.raises(UnavailableError) as caught:
        pinned(network, url.format(port=server.port), user_named=user_named)
    assert str(caught.value) == (
        f"http://…@127.0.0.1:{server.port}/: refused: expected a url without a name and password, "
        "got one with them; nothing was sent; check the url"
    )
    assert server.connections == 0


def test_row_17_netrc_and_cookies_are_not_used(
    serve: Serve, network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\ndefault login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve(
        answer(BODY, Set_Cookie="id=1"),
        answer(status="302 Found", Location="/b", Set_Cookie="id=2"),
        answer(BODY),
    )
    for _ in range(2):
        pinned(network, server.url(), user_named=True)
    assert len(server.requests) == 3
    sent = b"".join(server.requests).lower()
    assert b"authorization" not in sent
    assert b"cookie" not in sent
    assert b"secret" not in sent


def test_row_17_a_query_is_not_shown(network: Network) -> None:
    with pytest.raises(UnavailableError) as caught:
        pinned(network, "http://example.org/x?token=secret#secret")
    assert "secret" not in str(caught.value)


# ---------------------------------------------------------------- row 18


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_row_18_connection_refused(network: Network) -> None:
    port = closed_port()
    with pytest.raises(UnavailableError) as caught:
        pinned(network, f"http://127.0.0.1:{port}/x")
    assert str(caught.value) == (
        f"file.bin: http://127.0.0.1:{port}/x: 127.0.0.1:{port} is out of reach: connection refused; "
        "check the connection"
    )


def test_row_18_dns_failure(network: Network) -> None:
    started = time.monotonic()
    with pytest.raises(UnavailableError) as caught:
        pinned(network, "https://nowhere.invalid/x")
    assert (
        "file.bin: https://nowhere.invalid/x: the name nowhere.invalid cannot be looked up (DNS): "
        in str(caught.value)
    )
    assert str(caught.value).endswith("; check the connection")
    assert time.monotonic() - started < 5


def test_row_18_dns_that_never_answers(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    done = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: done.wait(20) and [])
    network.limits = replace(FAST, connect=0.2)
    started = time.monotonic()
    try:
        with pytest.raises(UnavailableError, match=r"cannot be looked up \(DNS\): no answer for 0.2 s"):
            pinned(network, "https://slow.invalid/x")
        assert time.monotonic() - started < 5
    finally:
        done.set()
        for thread in threading.enumerate():
            if thread.name == "zoo-name-lookup":
                thread.join(5)


@pytest.mark.parametrize("through", ["http", "https"])
def test_row_18_dead_proxy(network: Network, monkeypatch: pytest.MonkeyPatch, through: str) -> None:
    port = closed_port()
    monkeypatch.setenv(f"{through}_proxy", f"http://me:secret@127.0.0.1:{port}")
    with pytest.raises(UnavailableError) as caught:
        pinned(network, f"{through}://example.org/x", user_named=True)
    assert str(caught.value) == (
        f"file.bin: {through}://example.org/x: the proxy http://…@127.0.0.1:{port} is out of reach: "
        f"127.0.0.1:{port} is out of reach: connection refused; check HTTPS_PROXY and HTTP_PROXY"
    )


def test_row_18_wrong_certificate(serve: Serve, network: Network, untrusted: ssl.SSLContext) -> None:
    server = serve(answer(BODY), tls=untrusted)
    with pytest.raises(UnavailableError) as caught:
        pinned(network, server.url())
    assert str(caught.value) == (
        f"file.bin: {server.url()}: the certificate of 127.0.0.1 is wrong: self-signed certificate; "
        "check the clock of this computer and the network; SSL_CERT_FILE names more certificates"
    )
    assert server.requests == []


def test_row_18_wrong_certificate_by_the_usual_lists(
    serve: Serve, network: Network, untrusted: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UnavailableError, match="is wrong: self-signed certificate"):
        pinned(network, serve(answer(BODY), tls=untrusted).url())


@pytest.mark.parametrize("is_another_named", [False, True])
def test_row_18_the_list_of_certifi_is_trusted_unless_another_is_named(
    serve: Serve,
    untrusted: ssl.SSLContext,
    certificate: tuple[Path, Path],
    isolated: Path,
    is_another_named: bool,
) -> None:
    """In a process of its own, whose certifi knows only our certificate."""
    code = """
import sys, certifi
others, certifi.where = certifi.where(), lambda: sys.argv[1]
import os
from pathlib import Path
from zoo.errors import UnavailableError
from zoo.progress import LoggingReporter
from zoo.settings import Settings
from zoo.store.download import download
from zoo.store.network import Network

for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
    os.environ.pop(name, None)
if sys.argv[4] == "True":
    os.environ["REQUESTS_CA_BUNDLE"] = others
network = Network(Settings(home=Path(sys.argv[2])), LoggingReporter())
try:
    print(len(download(network, sys.argv[3], limit=1 << 20, label="file.bin")))
except UnavailableError as error:
    print(error)
"""
    url = serve(answer(BODY), tls=untrusted).url()
    done = subprocess.run(
        [sys.executable, "-c", code, certificate[0], isolated, url, str(is_another_named)],
        capture_output=True,
        text=True,
        check=False,
    )
    expected = "is wrong: self-signed certificate" if is_another_named else f"{len(BODY)}\n"
    assert expected in done.stdout
    assert done.stderr == ""


def test_row_18_certificate_of_another_name(
    serve: Serve, network: Network, trusted: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(answer(BODY), tls=trusted, host="127.0.0.2")
    with pytest.raises(
        UnavailableError, match=r"the certificate of 127.0.0.2 is wrong: IP address mismatch"
    ):
        pinned(network, server.url())


def test_row_18_no_tls_at_all(serve: Serve, network: Network) -> None:
    server = serve(answer(status="400 Bad Request"))
    with pytest.raises(UnavailableError, match="cut off or garbled"):
        pinned(network, f"https://127.0.0.1:{server.port}/")


def test_row_18_certificates_that_cannot_be_read(
    serve: Serve,
    network: Network,
    untrusted: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(UnavailableError) as caught:
        pinned(network, serve(answer(BODY), tls=untrusted).url())
    assert str(caught.value) == (
        f"{tmp_path / 'none.pem'}: no certificates can be read; "
        "check SSL_CERT_FILE, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE"
    )


def test_row_18_a_folder_of_certificates(
    serve: Serve,
    network: Network,
    untrusted: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    for name in ("SSL_CERT_FILE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))
    with pytest.raises(UnavailableError, match=r"the certificate of 127.0.0.1 is wrong"):
        pinned(network, serve(answer(BODY), tls=untrusted).url())


def test_row_18_two_unreachable_hosts_mean_no_network(serve: Serve, network: Network) -> None:
    ports = [closed_port(), closed_port()]
    for port in ports:
        with pytest.raises(UnavailableError, match="out of reach"):
            pinned(network, f"http://127.0.0.1:{port}/")
    server = serve(answer(BODY))
    with pytest.raises(UnavailableError) as caught:
        pinned(network, server.url())
    assert str(caught.value) == (
        f"file.bin: the network is down, 127.0.0.1:{ports[0]} and 127.0.0.1:{ports[1]} "
        "were out of reach; check the connection and start again"
    )
    assert server.connections == 0


def test_row_18_a_host_out_of_reach_is_not_tried_again(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"http://127.0.0.1:{closed_port()}/"
    with pytest.raises(UnavailableError):
        pinned(network, url)
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("tried again"))
    with pytest.raises(UnavailableError, match="connection refused; check the connection"):
        pinned(network, url)


def test_row_18_the_next_address_of_a_host_is_tried(
    serve: Serve, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, dead = serve(answer(BODY)), closed_port()
    entries = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in (dead, server.port)
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: entries)
    assert pinned(network, "http://localhost/x") == BODY


@pytest.fixture
def blackhole() -> Iterator[int]:
    """The port of a listener whose queue is full: it drops what comes, as some firewalls do."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=0)
    fill = [socket.socket() for _ in range(4)]
    for sock in fill:
        sock.setblocking(False)
        sock.connect_ex(listener.getsockname())
    yield int(listener.getsockname()[1])
    for sock in [listener, *fill]:
        sock.close()


def test_row_18_a_host_that_swallows_everything(network: Network, blackhole: int) -> None:
    network.limits = replace(FAST, connect=0.3)
    started = time.monotonic()
    with pytest.raises(UnavailableError, match=r"is out of reach: no answer for 0\.3 s"):
        pinned(network, f"http://127.0.0.1:{blackhole}/")
    assert time.monotonic() - started < 5


def test_row_18_a_dead_address_leaves_time_for_the_next(
    serve: Serve, network: Network, blackhole: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second without an answer would be all the time there is: the next one still gets half."""
    server = serve(answer(BODY))
    connect = socket.socket.connect
    granted: list[float | None] = []

    def slow(self: socket.socket, address: tuple[str, int]) -> None:
        granted.append(self.gettimeout())
        connect(self, address)

    entries = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
        for port in (blackhole, server.port)
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: entries)
    monkeypatch.setattr(socket.socket, "connect", slow)
    network.limits = replace(FAST, connect=0.4)
    assert pinned(network, "http://localhost/x") == BODY
    assert granted == [pytest.approx(0.2, abs=0.1)] * 2


# ---------------------------------------------------------------- proxies


def test_row_18_http_through_a_proxy(
    serve: Serve, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(answer(BODY))
    monkeypatch.setenv("http_proxy", f"me:p%40ss@127.0.0.1:{proxy.port}")
    assert pinned(network, "http://mirror.school:8000/file.bin", user_named=True) == BODY
    assert proxy.requests[0].decode().split("\r\n") == [
        "GET http://mirror.school:8000/file.bin HTTP/1.1",
        "Host: mirror.school:8000",
        "User-Agent: digit-zoo",
        "Accept: */*",
        "Accept-Encoding: identity",
        "Connection: close",
        "Proxy-Authorization: Basic bWU6cEBzcw==",
        "",
        "",
    ]


@pytest.fixture
def tunnel(
    serve: Serve, untrusted: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Answer], tuple[Wire, list[bytes]]]:
    """Start a proxy with a real TLS server behind it; return it and what that server is asked."""

    def start(reply: Answer) -> tuple[Wire, list[bytes]]:
        behind: list[bytes] = []

        def script(talk: Talk) -> None:
            talk.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with untrusted.wrap_socket(talk.sock, server_side=True) as inner:
                behind.append(inner.recv(4096))
                if callable(reply):
                    reply(Talk(talk.server, inner, behind[0]))
                else:
                    inner.sendall(reply)

        proxy = serve(script)
        monkeypatch.setenv("all_proxy", f"http://me:secret@127.0.0.1:{proxy.port}")
        monkeypatch.setattr("zoo.store.transport.is_loopback", lambda host: False)
        return proxy, behind

    return start


Tunnel = Callable[[Answer], tuple[Wire, list[bytes]]]


def test_row_18_https_through_a_proxy(network: Network, trusted: ssl.SSLContext, tunnel: Tunnel) -> None:
    """Only the proxy is told its password."""
    proxy, behind = tunnel(answer(BODY))
    assert pinned(network, "https://localhost/file.bin", user_named=True) == BODY
    request, *headers = proxy.requests[0].decode().split("\r\n")
    assert request.startswith("CONNECT localhost:443 HTTP/1.")
    assert "Proxy-Authorization: Basic bWU6c2VjcmV0" in headers
    assert behind[0].startswith(b"GET /file.bin HTTP/1.1\r\nHost: localhost\r\n")
    assert b"Proxy-Auth" not in behind[0]


def test_row_18_wrong_certificate_behind_a_proxy(network: Network, tunnel: Tunnel) -> None:
    _, behind = tunnel(answer(BODY))
    with pytest.raises(UnavailableError, match="the certificate of localhost is wrong: self-signed"):
        pinned(network, "https://localhost/file.bin", user_named=True)
    assert behind == []


def test_row_13_our_deadline_holds_behind_a_proxy(
    network: Network, trusted: ssl.SSLContext, tunnel: Tunnel
) -> None:
    network.limits = FAST
    tunnel(dripping(BODY, first=OPEN))
    started = time.monotonic()
    with pytest.raises(UnavailableError, match="too slow, given up after"):
        pinned(network, "https://localhost/file.bin", user_named=True)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (
            answer(status="407 Proxy Authentication Required"),
            "refuses to connect to example.org:443: got status 407; check",
        ),
        (b"garbage\r\n", "does not answer as one: "),
        (b"", "does not answer as one: "),
        (dripping(b"HTTP/1.1 200 " + b"k" * 500), "too slow, given up after 0.5 s"),
    ],
    ids=["refuses", "garbage", "cut", "drips"],
)
def test_row_18_proxies_that_do_not_do_it(
    serve: Serve, network: Network, monkeypatch: pytest.MonkeyPatch, script: Answer, words: str
) -> None:
    network.limits = FAST
    proxy = serve(script)
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
    with pytest.raises(UnavailableError) as caught:
        pinned(network, "https://example.org/x")
    assert words in str(caught.value)


@pytest.mark.parametrize("name", ["https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("socks5://127.0.0.1:{port}", "socks5://127.0.0.1:{port}"),
        ("socks5h://me:secret@127.0.0.1:{port}", "socks5h://…@127.0.0.1:{port}"),
        ("socks4a://127.0.0.1:{port}", "socks4a://127.0.0.1:{port}"),
        ("https://127.0.0.1:{port}", "https://127.0.0.1:{port}"),
        ("http://", "http://"),
        ("http://a:b:c", "http://a:b:c"),
        ("http://me:пароль@127.0.0.1:{port}", "http://…@127.0.0.1:{port}"),
    ],
)
def test_row_18_proxies_of_other_kinds(
    serve: Serve, network: Network, monkeypatch: pytest.MonkeyPatch, name: str, url: str, shown: str
) -> None:
    server = serve(answer(BODY))
    monkeypatch.setenv(name, url.format(port=server.port))
    with pytest.raises(UnavailableError) as caught:
        pinned(network, "https://example.org/x")
    assert str(caught.value) == (
        f"the proxy {shown.format(port=server.port)} cannot be used: "
        "expected an http:// proxy; check HTTPS_PROXY and HTTP_PROXY"
    )
    assert server.connections == 0


def test_row_18_no_proxy_is_obeyed(
    serve: Serve, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("no_proxy", "example.org")
    with pytest.raises(UnavailableError, match="DNS"):
        pinned(network, "https://example.org/x")
    assert pinned(network, serve(answer(BODY)).url()) == BODY, "loopback never goes through a proxy"


def test_row_16_a_proxy_is_not_asked_for_private_addresses(
    serve: Serve, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(answer(BODY))
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
    with pytest.raises(UnavailableError, match=r"refused: expected a public address, got 10.0.0.1"):
        pinned(network, "https://10.0.0.1/x")
    assert proxy.connections == 0


# ---------------------------------------------------------------- rows 19, 20


def test_row_19_a_wrong_hash_is_refused_at_once(serve: Serve, network: Network) -> None:
    server = serve(answer(WRONG))
    with pytest.raises(IntegrityError) as caught:
        pinned(network, server.url())
    assert str(caught.value) == (
        f"file.bin: {server.url()}: expected sha256 {HASH}, got {sha256_of(WRONG)}; discarded"
    )
    assert len(server.requests) == 1


def test_row_20_offline_opens_no_socket(
    isolated: Path, reporter: Remembering, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_socket(*_: object, **__: object) -> None:
        pytest.fail("a socket was opened")

    monkeypatch.setattr(socket.socket, "__init__", no_socket)
    monkeypatch.setattr(socket, "getaddrinfo", no_socket)
    network = Network(Settings(home=isolated, offline=True), reporter)
    with pytest.raises(UnavailableError) as caught:
        pinned(network, "http://127.0.0.1:1/x", user_named=True)
    assert str(caught.value) == (
        "file.bin: not downloaded, offline; unset ZOO_OFFLINE or leave --offline out"
    )


def test_row_21_ctrl_c_while_connecting(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(socket.socket, "connect", interrupted)
    with pytest.raises(KeyboardInterrupt):
        pinned(network, "http://127.0.0.1:1/")


def test_row_21_ctrl_c_closes_the_connection(
    serve: Serve, network: Network, reporter: Remembering, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(amount: int = 1, note: str = "") -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(reporter, "advance", interrupted)
    with pytest.raises(KeyboardInterrupt):
        pinned(network, serve(answer(BODY)).url())
    assert 0 < CALM.budget - network.seconds_left < 5
