"""The transport of clients of our own, as in `sync.transport`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpcore2
import httpx2

from ..core.chunked import RECEIVE_BYTES, ChunkedBody, behind_head, is_chunked_event_stream
from ..core.http_library import CUT_SHORT, core_request, library_errors, pool_options
from .connection import Backend, Connection


class AsyncTransport(httpx2.AsyncBaseTransport):
    """Sends requests over connections that it keeps. Each event loop has its own: no other can wait for them."""

    def __init__(self) -> None:
        self._pools: dict[tuple[asyncio.AbstractEventLoop, str], httpcore2.AsyncConnectionPool] = {}

    def _pool(self, scheme: str) -> httpcore2.AsyncConnectionPool:
        key = (asyncio.get_running_loop(), scheme)
        if key not in self._pools:
            self._pools = {other: pool for other, pool in self._pools.items() if not other[0].is_closed()}
            self._pools[key] = httpcore2.AsyncConnectionPool(**pool_options(scheme), network_backend=Backend())
        return self._pools[key]

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        with library_errors():
            answer = await self._pool(request.url.scheme).handle_async_request(core_request(request))
        headers = httpx2.Headers(answer.headers)
        connection = answer.extensions["network_stream"]
        received = connection.take_kept()
        body: Body = Body(answer)
        if is_chunked_event_stream(request.method, answer.status, headers):
            seconds = request.extensions.get("timeout", {}).get("read")
            body = EventBody(answer, connection, behind_head(received), seconds)
        return httpx2.Response(answer.status, headers=headers, stream=body, extensions=answer.extensions)

    async def aclose(self) -> None:
        for (loop, _), pool in list(self._pools.items()):
            if loop is asyncio.get_running_loop():
                await pool.aclose()


class Body(httpx2.AsyncByteStream):
    """A body as the library reads it."""

    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with library_errors():
            async for piece in self._answer.aiter_stream():
                yield piece

    async def aclose(self) -> None:
        await self._answer.aclose()


class EventBody(Body):
    """A body that is taken from the connection, which serves no other request after it."""

    def __init__(
        self, answer: httpcore2.Response, connection: Connection, received: bytes, seconds: float | None
    ) -> None:
        super().__init__(answer)
        self._connection = connection
        self._received = received
        self._seconds = seconds

    async def __aiter__(self) -> AsyncIterator[bytes]:
        body, received = ChunkedBody(), self._received
        with library_errors():
            while True:
                piece = body.feed(received)
                if piece:
                    yield piece
                if body.complete:
                    return
                received = await self._connection.receive(RECEIVE_BYTES, self._seconds)
                if not received:
                    raise httpx2.RemoteProtocolError(CUT_SHORT)
