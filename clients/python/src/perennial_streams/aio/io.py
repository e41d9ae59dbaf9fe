"""Performs effects on asyncio."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
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
from .transport import AsyncTransport

R = TypeVar("R")


def own_client() -> httpx2.AsyncClient:
    """A client of our own."""
    return httpx2.AsyncClient(**own_client_options(AsyncTransport))


class AsyncIO:
    """Performs the effects of one machine: it holds at most one response at a time."""

    def __init__(
        self,
        client: Any,
        timeouts: Timeouts,
        extra: Mapping[str, Any] | None = None,
        close_client: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._client = client
        self._library = library_of(client)
        self._timeouts = timeouts
        self._extra = dict(extra or {})
        self._close_client = close_client
        self._response: Any | None = None
        self._pieces: AsyncIterator[bytes] | None = None
        self._closed = False
        self._ended = asyncio.Event()
        self._reader: asyncio.Task[Any] | None = None
        self._cancellations = 0
        self._is_cut = False

    async def run(self, steps: Steps[R]) -> R:
        """Runs a machine to its result."""
        try:
            step = next(steps)
            while True:
                try:
                    value = await self.perform(step)
                except TransportFailure as failure:
                    step = steps.throw(failure)
                else:
                    step = steps.send(value)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        except BaseException:
            await self.release()
            raise

    async def drive(self, batches: Batches) -> AsyncIterator[Batch]:
        """Runs a machine, handing out its batches. Ends early, without an error, once `close` was called."""
        value: Any = None
        failure: TransportFailure | None = None
        try:
            while not self._closed:
                step = batches.send(value) if failure is None else batches.throw(failure)
                value = failure = None
                if type(step) is Batch:
                    yield step
                    continue
                self._begin_wait()
                try:
                    value = await (self._receive() if type(step) is Receive else self.perform(step))  # type: ignore[arg-type]
                except TransportFailure as error:
                    failure = error
                finally:
                    self._reader = None
        except StopIteration:
            return
        except asyncio.CancelledError:
            if not self._is_ended_by_close():
                raise
        finally:
            self._ended.set()
            await self.finish()

    async def close(self) -> None:
        """Ends what is under way: a task that waits for an answer, or bytes of it, sees the end."""
        self._closed = True
        reader = self._reader
        if reader is not None and reader is not asyncio.current_task():
            self._is_cut = True
            reader.cancel()
            await self._ended.wait()
        await self.finish()

    def _begin_wait(self) -> None:
        """Notes who waits now, and by how many others that task was cancelled before."""
        self._reader = task = asyncio.current_task()
        self._cancellations = task.cancelling() if task is not None else 0

    def _is_ended_by_close(self) -> bool:
        """Whether it was `close` alone that cancelled the present task, which then goes on."""
        task = asyncio.current_task()
        return self._is_cut and task is not None and task.uncancel() <= self._cancellations

    async def perform(self, step: Effect) -> Any:
        """Performs an effect."""
        if type(step) is Receive:
            return await self._receive()
        if type(step) is Send:
            return await self._send(step.request)
        if type(step) is Release:
            return await self.release()
        if type(step) is Sleep:
            return await asyncio.sleep(step.seconds)
        assert type(step) is Call
        result = step.function(*step.arguments)
        return await result if inspect.isawaitable(result) else result

    async def release(self) -> None:
        """Lets go of the response; its connection is kept only if the body was taken whole."""
        response, self._response, pieces, self._pieces = self._response, None, self._pieces, None
        if response is None:
            return
        with contextlib.suppress(self._library.TransportError):
            if pieces is not None and hasattr(pieces, "aclose"):
                await pieces.aclose()
            await response.aclose()

    async def finish(self) -> None:
        """Lets go of everything, the client too if it is ours alone."""
        try:
            await self.release()
        finally:
            if self._close_client is not None:
                await self._close_client()

    async def _send(self, request: Request) -> ResponseHead:
        await self.release()
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
            response = await self._client.send(built, stream=True)
        except (self._library.RequestError, self._library.InvalidURL) as error:
            raise failure_of(error, self._library) from error
        self._response = response
        encoded = "content-encoding" in response.headers
        self._pieces = response.aiter_bytes() if encoded else aiter(response.stream)
        answer = answer_to(built, response)
        if answer is not response:
            self._pieces = None  # the body is of another answer
        return ResponseHead(answer.status_code, answer.reason_phrase, answer.headers)

    async def _receive(self) -> bytes:
        if self._pieces is None:
            return b""
        try:
            return await anext(self._pieces, b"")
        except self._library.RequestError as error:  # of the transport, or of the content's encoding
            raise failure_of(error, self._library) from error
