"""A raw loopback server: answers are bytes or functions, so that anything can go over the wire."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType

Script = Callable[["Talk"], None]
Answer = bytes | Script


class Talk:
    """One connection, in the hands of an answer."""

    def __init__(self, server: Wire, sock: socket.socket, request: bytes) -> None:
        self.server = server
        self.sock = sock
        self.request = request

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def wait(self, seconds: float) -> None:
        """Wait, but not beyond the end of the test."""
        if self.server.closing.wait(seconds):
            raise ConnectionError

    def reset(self) -> None:
        """End with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    def read_request(self) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = self.sock.recv(4096)
            data += piece
            if not piece or data.startswith(b"\x16"):  # nothing, or a TLS handshake
                break
        return data


class Wire:
    """Answers each connection with the next of `answers`; the last one is repeated.

    Attributes:
        requests: What clients sent, in order; one that sent nothing counts.
        connections: How many were accepted.
    """

    def __init__(
        self, *answers: Answer, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
    ) -> None:
        self.answers = answers
        self.tls = tls
        self.requests: list[bytes] = []
        self.connections = 0
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server((host, 0), backlog=32)
        self.host = host
        self.port = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    def url(self, path: str = "/file.bin") -> str:
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}{path}"

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(sock,))
            with self._lock:
                self.connections += 1
                self._sockets.append(sock)
                self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError), sock:
            if self.tls is not None:
                sock = self.tls.wrap_socket(sock, server_side=True)
                with self._lock:
                    self._sockets.append(sock)
            with sock:
                talk = Talk(self, sock, b"")
                talk.request = talk.read_request()
                with self._lock:
                    self.requests.append(talk.request)
                    answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
                if callable(answer):
                    answer(talk)
                else:
                    talk.send(answer)

    def close(self) -> None:
        self.closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            sockets, threads = list(self._sockets), list(self._threads)
        for sock in sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in [self._accepting, *threads]:
            thread.join(10)
            assert not thread.is_alive(), "an answer hangs"

    def __enter__(self) -> Wire:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def answer(body: bytes = b"", status: str = "200 OK", length: int | None = -1, **headers: str) -> bytes:
    """Build a whole answer; `length` -1 declares the true one, None declares none."""
    lines = [
        f"HTTP/1.1 {status}",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    if length is not None:
        lines.append(f"Content-Length: {len(body) if length < 0 else length}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    return answer(status=status, Location=location)


def dripping(data: bytes, first: bytes = b"", seconds: float = 0.05) -> Script:
    """Send `first` at once, then `data` byte by byte."""

    def script(talk: Talk) -> None:
        talk.send(first)
        for byte in data:
            talk.send(bytes([byte]))
            talk.wait(seconds)

    return script


def endless(first: bytes, piece: bytes = b"x" * 4096) -> Script:
    """Send `first`, then `piece` for ever."""

    def script(talk: Talk) -> None:
        talk.send(first)
        while not talk.server.closing.is_set():
            talk.send(piece)

    return script


def silent(first: bytes = b"") -> Script:
    """Send `first`, then nothing, and do not hang up."""

    def script(talk: Talk) -> None:
        talk.send(first)
        talk.wait(60)

    return script


def resetting(first: bytes = b"") -> Script:
    def script(talk: Talk) -> None:
        talk.send(first)
        talk.wait(0.05)  # let it arrive before the reset overtakes it
        talk.reset()

    return script
