"""A server that answers as told, over real sockets, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    """A request as it arrived. Header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        return {key: values[0] for key, values in parse_qs(urlsplit(self.target).query).items()}


@dataclass
class Answer:
    """An answer. ``promised``: the length that its header claims, if not the real one; ``hold``: the connection is kept open
    after the body until the event is set (the body has no end before that). ``raw``: sent as it is, then (after ``hold``) the
    connection ends."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    promised: int | None = None
    hold: threading.Event | None = None
    drop: bool = False
    raw: bytes | None = None


def page(body: bytes | str, offset: str, *, up_to_date: bool = True, closed: bool = False, **headers: str) -> Answer:
    """A catch-up answer of a JSON stream. Names of ``headers`` may have underscores for hyphens."""
    given = {name.replace("_", "-").title(): text for name, text in headers.items()}
    all_headers = {"Content-Type": "application/json", "Stream-Next-Offset": offset, **given}
    if up_to_date:
        all_headers["Stream-Up-To-Date"] = "true"
    if closed:
        all_headers["Stream-Closed"] = "true"
    return Answer(headers=all_headers, body=body.encode() if isinstance(body, str) else body)


def events(text: str, hold: threading.Event | None = None, **headers: str) -> Answer:
    """An event stream."""
    hold = hold or _set()
    return Answer(headers={"Content-Type": "text/event-stream", **headers}, body=text.encode(), hold=hold)


def _set() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


class Scripted:
    """Answers requests in turn; the last answer again and again. A function is given the request and makes the answer."""

    def __init__(self, *answers: Answer | Callable[[Asked], Answer], tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._answers = list(answers)
        self.asked: list[Asked] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._listener.getsockname()[1]}/stream"
        self._sockets: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._sockets:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as stream:
                while (asked := _request(stream)) is not None:
                    with self._lock:
                        self.asked.append(asked)
                        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
                    if not _answer(connection, answer(asked) if callable(answer) else answer):
                        return
        except OSError:
            pass


def _request(stream) -> Asked | None:  # type: ignore[no-untyped-def]
    line = stream.readline().decode()
    if not line.strip():
        return None
    method, target, _ = line.split(" ")
    headers = {}
    while line := stream.readline().decode().strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Asked(method, target, headers, stream.read(int(headers.get("content-length", 0))))


def _answer(connection: socket.socket, answer: Answer) -> bool:
    """Sends an answer. True if the connection goes on."""
    if answer.drop:
        return False
    if answer.raw is not None:
        connection.sendall(answer.raw)
        if answer.hold is not None:
            answer.hold.wait(30)
        return False
    head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    if answer.hold is not None:
        start = f"HTTP/1.1 {answer.status} X\r\n{head}Transfer-Encoding: chunked\r\n\r\n"
        connection.sendall(start.encode() + b"%x\r\n%s\r\n" % (len(answer.body), answer.body))
        answer.hold.wait(30)
        connection.sendall(b"0\r\n\r\n")
        return True
    has_body = answer.status not in (204, 304)
    length = len(answer.body) if answer.promised is None else answer.promised
    length_header = f"Content-Length: {length}\r\n" if has_body else ""
    connection.sendall(f"HTTP/1.1 {answer.status} X\r\n{head}{length_header}\r\n".encode() + answer.body)
    return answer.promised is None
