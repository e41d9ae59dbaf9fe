"""The handle of a stream, on asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from ..core import operations
from ..core.addresses import Recipe
from ..core.append_queue import AppendQueue, Message, last_seq
from ..core.content import DEFAULT_CONTENT_TYPE, Content, one
from ..core.effects import Steps
from ..core.exchange import Policy
from ..core.http_library import Timeouts
from ..core.read_session import ReadOptions
from ..types import (
    AppendResult,
    BackoffOptions,
    CloseResult,
    ErrorHandler,
    HeadersLike,
    HeadResult,
    LiveMode,
    Offset,
    ParamsLike,
    SSEResilience,
)
from .io import AsyncIO, own_client
from .producer import IdempotentProducer
from .response import AsyncStreamResponse, AsyncStreamSession

R = TypeVar("R")


class AsyncDurableStream:
    """A stream to read and write. Nothing is sent until a method is called.

    ``timeout`` in seconds (or of the client's library) bounds the silence of each answer, by default 30 s, or the client's own
    where one is given; live reads wait out ``silence_timeout`` (45 s) instead. ``client`` of httpx2 or httpx is never closed here.
    ``batching``: concurrent appends share requests. Failed requests are repeated as ``backoff`` says.

    Every method raises `StreamNotFoundError`, `RetentionGoneError`, `DurableStreamError` (see ``code``) or `FetchError`.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: HeadersLike | None = None,
        params: ParamsLike | None = None,
        content_type: str | None = None,
        client: Any | None = None,
        timeout: Any | None = None,
        batching: bool = True,
        on_error: ErrorHandler | None = None,
        backoff: BackoffOptions | None = None,
        silence_timeout: float | None = None,
    ) -> None:
        self._recipe = Recipe(url, headers, params)
        self._policy = Policy(backoff or BackoffOptions(), on_error)
        self._content_type = content_type
        self._own_client = client is None
        self._client = own_client() if client is None else client
        self._timeouts = Timeouts(self._client, timeout, silence_timeout)
        self._batching = batching
        self._queue: AppendQueue[asyncio.Future[AppendResult]] = AppendQueue()
        self._sender: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """The URL as it was given."""
        return self._recipe.url

    @property
    def content_type(self) -> str | None:
        """The content type as given, or as learnt from the server."""
        return self._content_type

    async def aclose(self) -> None:
        """Releases connections, once what was appended is sent. The stream itself stays open: see `close_stream`."""
        if self._sender is not None:
            await asyncio.shield(self._sender)
        if self._own_client:
            await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    @classmethod
    async def connect(cls, url: str, **options: Any) -> Self:
        """A handle of a stream that exists. Options as for the class."""
        return await cls._opened(url, options, lambda handle: handle.head())

    @classmethod
    async def create(
        cls,
        url: str,
        *,
        content_type: str | None = None,
        ttl_seconds: int | None = None,
        expires_at: str | None = None,
        max_bytes: int | None = None,
        body: Content | None = None,
        closed: bool = False,
        forked_from: str | None = None,
        fork_offset: Offset | None = None,
        fork_sub_offset: int | None = None,
        **options: Any,
    ) -> Self:
        """Creates a stream as `create_stream` does, and returns its handle. Other options as for the class."""
        return await cls._opened(
            url,
            {"content_type": content_type, **options},
            lambda handle: handle.create_stream(
                content_type=content_type,
                ttl_seconds=ttl_seconds,
                expires_at=expires_at,
                max_bytes=max_bytes,
                body=body,
                closed=closed,
                forked_from=forked_from,
                fork_offset=fork_offset,
                fork_sub_offset=fork_sub_offset,
            ),
        )

    @classmethod
    async def head_static(cls, url: str, **options: Any) -> HeadResult:
        """`head` without a handle."""
        async with cls(url, **options) as handle:
            return await handle.head()

    @classmethod
    async def delete_static(cls, url: str, **options: Any) -> None:
        """`delete` without a handle."""
        async with cls(url, **options) as handle:
            await handle.delete()

    async def create_stream(
        self,
        *,
        content_type: str | None = None,
        ttl_seconds: int | None = None,
        expires_at: str | None = None,
        max_bytes: int | None = None,
        body: Content | None = None,
        closed: bool = False,
        forked_from: str | None = None,
        fork_offset: Offset | None = None,
        fork_sub_offset: int | None = None,
    ) -> None:
        """Creates the stream. One with the same configuration may exist; else `StreamExistsError`.

        ``ttl_seconds`` without use, or ``expires_at`` (RFC 3339), end its life. Of more than ``max_bytes`` stored
        bytes nothing is taken (an extension of Perennial's server). ``body`` is its first content; on JSON streams an
        array is its first messages. ``forked_from`` is the path of a stream (``/v1/stream/chat``) whose content up to
        ``fork_offset`` (its tail by default), and then ``fork_sub_offset`` messages (or bytes) more, it begins with.
        """
        content_type = content_type or self._content_type
        self._content_type = await self._run(
            operations.create(
                self._recipe,
                self._policy,
                content_type=content_type,
                ttl_seconds=ttl_seconds,
                expires_at=expires_at,
                max_bytes=max_bytes,
                body=body,
                closed=closed,
                forked_from=forked_from,
                fork_offset=fork_offset,
                fork_sub_offset=fork_sub_offset,
            )
        )

    async def head(self) -> HeadResult:
        """Asks what the stream is: tail, content type, lifetime, whether it is closed."""
        found = await self._run(operations.head(self._recipe, self._policy))
        self._content_type = found.content_type or self._content_type
        return found

    async def delete(self) -> None:
        """Deletes the stream."""
        await self._run(operations.delete(self._recipe, self._policy))

    async def close_stream(self, *, data: Content | None = None, content_type: str | None = None) -> CloseResult:
        """Closes the stream for good, with a last message if ``data`` is given. Closing without data may be repeated;
        with data a closed stream gives `StreamClosedError`."""
        known = content_type or self._content_type
        kind = await self._kind(content_type) if data is not None else known or DEFAULT_CONTENT_TYPE
        return await self._run(operations.close(self._recipe, self._policy, data, kind))

    async def append(self, data: Content, *, seq: str | None = None, content_type: str | None = None) -> AppendResult:
        """Appends a message: ``bytes``, ``str``, or on JSON streams any other JSON value (there ``str`` is JSON text).

        ``seq`` must be greater, as text, than that of any append before, else `SeqConflictError`. On a closed stream
        `StreamClosedError`. After a network failure the append is repeated without knowing whether it was stored: a message may
        be stored twice. A producer stores it once.
        """
        kind = await self._kind(content_type)
        body = one(data, kind)
        if not self._batching:
            return await self._run(operations.append(self._recipe, self._policy, [body], seq, kind))
        future = asyncio.get_running_loop().create_future()
        return await self._append_batched(Message(body, seq, kind, future))

    def stream(
        self,
        *,
        offset: Offset | None = None,
        live: LiveMode = True,
        cursor: str | None = None,
        headers: HeadersLike | None = None,
        params: ParamsLike | None = None,
        sse_resilience: SSEResilience | None = None,
        **kwargs: Any,
    ) -> AsyncStreamSession:
        """Reads the stream: see `perennial_streams.astream`. Headers and params are merged with the handle's."""
        recipe = Recipe(
            self.url, {**self._recipe.headers, **(headers or {})}, {**self._recipe.params, **(params or {})}
        )
        resilience = sse_resilience or SSEResilience()
        options = ReadOptions(recipe, offset, live, cursor, self._policy, resilience)
        io = AsyncIO(self._client, self._timeouts, kwargs)
        return AsyncStreamSession(lambda: AsyncStreamResponse.open(options, io))

    def producer(self, producer_id: str, **options: Any) -> IdempotentProducer:
        """A producer that stores each message exactly once. Options as for `IdempotentProducer`."""
        return IdempotentProducer(self, producer_id, **options)

    @classmethod
    async def _opened(cls, url: str, options: dict[str, Any], first: Callable[[Self], Awaitable[object]]) -> Self:
        handle = cls(url, **options)
        try:
            await first(handle)
        except BaseException:
            await handle.aclose()
            raise
        return handle

    async def _kind(self, content_type: str | None) -> str:
        """The content type of what is written; the server is asked once if nobody has said."""
        if content_type is None and self._content_type is None:
            await self.head()
        return content_type or self._content_type or DEFAULT_CONTENT_TYPE

    async def _run(self, steps: Steps[R]) -> R:
        return await AsyncIO(self._client, self._timeouts).run(steps)

    async def _append_batched(self, message: Message[asyncio.Future[AppendResult]]) -> AppendResult:
        """Waits for the message's request. A caller that is cancelled takes its message back, if it is not on its way."""
        self._queue.add(message)
        if not self._queue.is_sending:
            self._queue.is_sending = True
            self._sender = asyncio.create_task(self._send_batches())
        try:
            return await message.future
        except asyncio.CancelledError:
            self._queue.discard(message)
            raise

    async def _send_batches(self) -> None:
        """Sends what waits, one request after another. A task of its own: no caller's cancellation cuts it."""
        try:
            while batch := self._queue.next_batch(lambda future: not future.done()):
                await self._send_batch(batch)
        finally:
            self._queue.is_sending = False
            self._sender = None

    async def _send_batch(self, batch: list[Message[asyncio.Future[AppendResult]]]) -> None:
        bodies = [message.body for message in batch]
        seq, kind = last_seq(batch), batch[0].content_type
        try:
            result = await self._run(operations.append(self._recipe, self._policy, bodies, seq, kind))
        except asyncio.CancelledError:  # the event loop ends
            for message in batch:
                message.future.cancel()
            raise
        except Exception as error:
            for message in batch:
                if not message.future.done():
                    message.future.set_exception(error)
        else:
            for message in batch:
                if not message.future.done():
                    message.future.set_result(result)
