"""A connection on asyncio, without layers in between."""

from __future__ import annotations

import asyncio
import selectors
import ssl
from collections import deque
from collections.abc import Iterable
from typing import Any

import httpcore2

from ..core.chunked import Kept
from ..core.http_library import HEADS_TOO_LONG
from .connect import connected_socket

KEPT_BYTES_MAX = 256 * 1024
"""What is received ahead of the reader. It is also what a reader that never waits takes between two turns of the event loop."""


class Received(asyncio.Protocol):
    """What a connection has received, and what it says of itself."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.pieces: deque[bytes] = deque()
        self.ended = False
        self.error: Exception | None = None
        self.changed: asyncio.Future[None] | None = None
        self.writable = asyncio.Event()
        self.writable.set()
        self._size = 0
        self._taken = 0
        self._paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.pieces.append(data)
        self._size += len(data)
        if self._size >= KEPT_BYTES_MAX and not self._paused:
            self._paused = True
            self.transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self.ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended, self.error = True, exc
        self.writable.set()
        self._wake()

    def pause_writing(self) -> None:
        self.writable.clear()

    def resume_writing(self) -> None:
        self.writable.set()

    def take(self, max_bytes: int) -> bytes:
        """Takes a piece, or what is left of it; there must be one."""
        whole = self.pieces[0]
        piece = whole[self._taken : self._taken + max_bytes]
        self._taken += len(piece)
        if self._taken == len(whole):
            self.pieces.popleft()
            self._taken = 0
        self._size -= len(piece)
        if self._paused and self._size < KEPT_BYTES_MAX:
            self._paused = False
            if not self.ended:
                self.transport.resume_reading()
        return piece

    def _wake(self) -> None:
        if self.changed is not None and not self.changed.done():
            self.changed.set_result(None)


class Connection(httpcore2.AsyncNetworkStream):
    """A connection that keeps what it has received since the request was sent, until it is asked for it.

    One alarm serves all reads: it looks when the latest of them is due, so that a read that is answered costs no timer.
    """

    def __init__(self, received: Received) -> None:
        self._loop = asyncio.get_running_loop()
        self._received = received
        self._kept = Kept()
        self._due = 0.0
        self._alarm: asyncio.TimerHandle | None = None

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._kept.start()
        if self._received.ended:
            raise httpcore2.WriteError(str(self._received.error or "the connection was closed"))
        self._received.transport.write(buffer)
        if not self._received.writable.is_set():
            try:
                async with asyncio.timeout(timeout):
                    await self._received.writable.wait()
            except TimeoutError as error:
                raise httpcore2.WriteTimeout from error

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = await self.receive(max_bytes, timeout)
        if not self._kept.add(data):
            raise httpcore2.RemoteProtocolError(HEADS_TOO_LONG)
        return data

    async def receive(self, max_bytes: int, timeout: float | None) -> bytes:
        """As `read`, keeping nothing."""
        received = self._received
        if not received.pieces and not received.ended:
            received.changed = self._loop.create_future()
            if timeout is not None:
                self._set_alarm(self._loop.time() + timeout)
            try:
                await received.changed
            finally:
                received.changed = None
        if received.pieces:
            return received.take(max_bytes)
        if received.error is not None:
            raise httpcore2.ReadError(str(received.error)) from received.error
        return b""

    def take_kept(self) -> bytes:
        """What was received since the request. What comes now is not kept."""
        return self._kept.take()

    async def aclose(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._received.transport.abort()
        await asyncio.sleep(0)  # the socket is closed by then

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        received = self._received
        try:
            async with asyncio.timeout(timeout):
                transport = await self._loop.start_tls(
                    received.transport, received, ssl_context, server_hostname=server_hostname
                )
        except TimeoutError as error:
            await self.aclose()
            raise httpcore2.ConnectTimeout from error
        except OSError as error:
            await self.aclose()
            raise httpcore2.ConnectError(str(error)) from error
        except BaseException:
            await self.aclose()
            raise
        assert transport is not None
        received.transport = transport
        return self

    def get_extra_info(self, info: str) -> Any:
        transport = self._received.transport
        if info == "is_readable":
            return self._received.ended or bool(self._received.pieces) or _is_readable(transport)
        names = {"client_addr": "sockname", "server_addr": "peername"}
        return transport.get_extra_info(names.get(info, info))

    def _set_alarm(self, due: float) -> None:
        self._due = due
        if self._alarm is not None and self._alarm.when() > due:
            self._alarm.cancel()
            self._alarm = None
        if self._alarm is None:
            self._alarm = self._loop.call_at(due, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        changed = self._received.changed
        if changed is None or changed.done():
            return
        if self._loop.time() < self._due:
            self._set_alarm(self._due)
        else:
            changed.set_exception(httpcore2.ReadTimeout())


def _is_readable(transport: asyncio.Transport) -> bool:
    """Whether the system has something for a connection that the event loop has not seen yet."""
    socket = transport.get_extra_info("socket")
    if socket is None or socket.fileno() < 0:
        return True
    with selectors.DefaultSelector() as selector:
        selector.register(socket.fileno(), selectors.EVENT_READ)
        return bool(selector.select(0))


class Backend(httpcore2.AsyncNetworkBackend):
    """Makes connections."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                connected = await connected_socket(host, port, local_address)
                try:
                    transport, received = await loop.create_connection(Received, sock=connected)
                except BaseException:
                    connected.close()
                    raise
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout from error
        except OSError as error:
            raise httpcore2.ConnectError(str(error)) from error
        for option in socket_options or ():
            transport.get_extra_info("socket").setsockopt(*option)
        return Connection(received)
