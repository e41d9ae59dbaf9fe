"""Performs effects with blocking calls."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import httpx2

from ..core.effects import (
    Batch,
    Batches,
    Call,
    Effect,
    Receive,
    Release,
    Request,
    ResponseHead,
    Send,
    Sleep,
    Steps,
    TransportFailure,
)
from ..core.http_library import Timeouts, answer_to, failure_of, library_of, own_client_options
from .transport import Transport

R = TypeVar("R")


def own_client() -> httpx2.Client:
    """A client of our own."""
    return httpx2.Client(**own_client_options(Transport))


class SyncIO:
    """Performs the effects of one machine: it holds at most one response at a time."""

    def __init__(
        self,
        client: Any,
        timeouts: Timeouts,
        extra: Mapping[str, Any] | None = None,
        close_client: Callable[[], None] | None = None,
    ) -> None:
        self._client = client
        self._library = library_of(client)
        self._timeouts = timeouts
        self._extra = dict(extra or {})
        self._extra["extensions"] = {"connected": self._connected, **self._extra.get("extensions", {})}
        self._close_client = close_client
        self._connection: Any | None = None
        self._response: Any | None = None
        self._pieces: Iterator[bytes] | None = None
        self._closed = threading.Event()
        self._lock = threading.Lock()

    def run(self, steps: Steps[R]) -> R:
        """Runs a machine to its result."""
        value: Any = None
        try:
            step = next(steps)
            while True:
                try:
                    value = self.perform(step)
                except TransportFailure as failure:
                    step = steps.throw(failure)
                else:
                    step = steps.send(value)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        except BaseException:
            self.release()
            raise

    def drive(self, batches: Batches) -> Iterator[Batch]:
        """Runs a machine, handing out its batches. Ends early, without an error, once `close` was called."""
        value: Any = None
        failure: TransportFailure | None = None
        try:
            while not self._closed.is_set():
                step = batches.send(value) if failure is None else batches.throw(failure)
                value = failure = None
                if type(step) is Batch:
                    yield step
                    continue
                try:
                    value = self._receive() if type(step) is Receive else self.perform(step)  # type: ignore[arg-type]
                except TransportFailure as error:
                    failure = error
        except StopIteration:
            return
        except Exception:
            if not self._closed.is_set():
                raise
        finally:
            self.finish()

    def perform(self, step: Effect) -> Any:
        """Performs an effect."""
        if type(step) is Receive:
            return self._receive()
        if type(step) is Send:
            return self._send(step.request)
        if type(step) is Release:
            return self.release()
        if type(step) is Sleep:
            self._closed.wait(step.seconds)
            return None
        assert type(step) is Call
        return step.function(*step.arguments)

    def release(self) -> None:
        """Lets go of the response; its connection is kept only if the body was taken whole."""
        response, self._response, self._pieces = self._response, None, None
        with self._lock:
            self._connection = None
        if response is not None:
            with contextlib.suppress(self._library.TransportError):
                response.close()

    def finish(self) -> None:
        """Lets go of everything, the client too if it is ours alone."""
        self.release()
        if self._close_client is not None:
            self._close_client()

    def close(self) -> None:
        """Ends what is under way, from any thread: a reader that waits for an answer, or bytes of it, sees the end."""
        with self._lock:
            self._closed.set()
            _cut(self._connection)

    def _connected(self, connection: Any) -> None:
        with self._lock:
            self._connection = connection
            if self._closed.is_set():
                _cut(connection)

    def _send(self, request: Request) -> ResponseHead:
        self.release()
        timeout = self._timeouts.live if request.live else self._timeouts.plain
        try:
            built = self._client.build_request(
                request.method,
                request.url,
                headers=request.headers,
                content=request.content,
                timeout=timeout,
                **self._extra,
            )
            response = self._client.send(built, stream=True)
        except (self._library.RequestError, self._library.InvalidURL) as error:
            raise failure_of(error, self._library) from error
        self._response = response
        self._connected(response.extensions.get("network_stream"))
        encoded = "content-encoding" in response.headers
        self._pieces = response.iter_bytes() if encoded else iter(response.stream)
        answer = answer_to(built, response)
        if answer is not response:
            self._pieces = None  # the body is of another answer
        return ResponseHead(answer.status_code, answer.reason_phrase, answer.headers)

    def _receive(self) -> bytes:
        if self._pieces is None:
            return b""
        try:
            return next(self._pieces, b"")
        except self._library.RequestError as error:  # of the transport, or of the content's encoding
            raise failure_of(error, self._library) from error


def _cut(connection: Any | None) -> None:
    """Ends a connection, whoever waits on it."""
    raw = connection.get_extra_info("socket") if connection is not None else None
    if raw is not None:
        with contextlib.suppress(OSError):
            raw.shutdown(socket.SHUT_RDWR)
