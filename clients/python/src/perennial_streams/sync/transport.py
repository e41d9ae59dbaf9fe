"""The transport of clients of our own: the library's connections, whose event streams are taken from them directly."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import httpcore2
import httpx2

from ..core.chunked import RECEIVE_BYTES, ChunkedBody, Kept, behind_head, is_chunked_event_stream
from ..core.forks import generation
from ..core.http_library import CUT_SHORT, HEADS_TOO_LONG, core_request, library_errors, pool_options

_under_way = threading.local()
"""``report``: whom to tell which connection the request of this thread goes by."""


class Connection(httpcore2.NetworkStream):
    """A connection that keeps what it has received since the request was sent, until it is asked for it."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner
        self._kept = Kept()

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._kept.start()
        report = getattr(_under_way, "report", None)
        if report is not None:
            report(self)
        self._inner.write(buffer, timeout)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        received = self._inner.read(max_bytes, timeout)
        if not self._kept.add(received):
            raise httpcore2.RemoteProtocolError(HEADS_TOO_LONG)
        return received

    def take_kept(self) -> bytes:
        """What was received since the request. What comes now is not kept."""
        return self._kept.take()

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return Connection(self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class Backend(httpcore2.NetworkBackend):
    """Makes connections."""

    def __init__(self) -> None:
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        return Connection(self._inner.connect_tcp(host, port, timeout, local_address, socket_options))


class Transport(httpx2.BaseTransport):
    """Sends requests over connections that it keeps. A forked process has others: two on one would read each other's answers.

    The request's extension ``connected`` is called with the connection that it goes by, before anything is sent.
    """

    def __init__(self) -> None:
        self._pools: dict[tuple[int, str], httpcore2.ConnectionPool] = {}

    def _pool(self, scheme: str) -> httpcore2.ConnectionPool:
        """The pool of this process. Those of its ancestors are kept and left alone."""
        key = (generation(), scheme)
        pool = self._pools.get(key)
        if pool is None:
            pool = httpcore2.ConnectionPool(**pool_options(scheme), network_backend=Backend())
        return self._pools.setdefault(key, pool)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        _under_way.report = request.extensions.get("connected")
        try:
            with library_errors():
                answer = self._pool(request.url.scheme).handle_request(core_request(request))
        finally:
            _under_way.report = None
        headers = httpx2.Headers(answer.headers)
        connection = answer.extensions["network_stream"]
        received = connection.take_kept()
        body: Body = Body(answer)
        if is_chunked_event_stream(request.method, answer.status, headers):
            seconds = request.extensions.get("timeout", {}).get("read")
            body = EventBody(answer, connection, behind_head(received), seconds)
        return httpx2.Response(answer.status, headers=headers, stream=body, extensions=answer.extensions)

    def close(self) -> None:
        for (process, _), pool in list(self._pools.items()):
            if process == generation():
                pool.close()


class Body(httpx2.SyncByteStream):
    """A body as the library reads it."""

    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with library_errors():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class EventBody(Body):
    """A body that is taken from the connection, which serves no other request after it."""

    def __init__(
        self, answer: httpcore2.Response, connection: Connection, received: bytes, seconds: float | None
    ) -> None:
        super().__init__(answer)
        self._connection = connection
        self._received = received
        self._seconds = seconds

    def __iter__(self) -> Iterator[bytes]:
        body, received = ChunkedBody(), self._received
        socket = self._connection.get_extra_info("socket")
        with library_errors():
            socket.settimeout(self._seconds)
            while True:
                piece = body.feed(received)
                if piece:
                    yield piece
                if body.complete:
                    return
                received = socket.recv(RECEIVE_BYTES)
                if not received:
                    raise httpx2.RemoteProtocolError(CUT_SHORT)
