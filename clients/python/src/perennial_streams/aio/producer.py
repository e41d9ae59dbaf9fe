"""The idempotent producer, on asyncio."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ..core.addresses import Recipe
from ..core.content import DEFAULT_CONTENT_TYPE, Content
from ..core.forks import generation
from ..core.http_library import Timeouts
from ..core.producer_core import ProducerCore, settings_of, tell_unsent
from ..core.producer_outcome import Outcome, Refused
from ..core.producer_queue import Flight
from ..errors import FetchError
from ..types import BackoffOptions, HeadersLike, IdempotentAppendResult, Offset, ParamsLike
from .io import AsyncIO, own_client

if TYPE_CHECKING:
    from .handle import AsyncDurableStream


class IdempotentProducer:
    """Stores each message exactly once, many at a time.

    Messages gather for ``linger_ms`` or up to ``max_batch_bytes``; up to ``max_in_flight`` batches are on their way. Each is
    repeated under its own number until the server has it (``backoff``; by default for a minute). When one cannot be stored the
    producer stops: later messages are dropped, `flush` raises the error and ``on_error`` sees it, until `restart`.

    ``stream`` is a handle, whose client, headers, params and content type are used, or a URL.

    One id, several producers: with ``auto_claim`` each writes under an epoch of its own, above all before it. So a process that is
    started again under its old id stores all it appends, and a producer of that id that still runs is fenced, and takes over in
    turn, a few times at most. Without, an id that the stream knows already is refused (`StaleEpochError`), and `restart` takes over.
    ``epoch`` is for those who keep count themselves; ``replay`` for those who repeat, from a log of their own, exactly what they sent
    before: every duplicate then counts as stored. If another takes over just when the answer to a batch is lost, nobody can know
    whether it is stored: it is not sent again, and the error says ``maybe_stored``.
    """

    def __init__(
        self,
        stream: AsyncDurableStream | str,
        producer_id: str,
        *,
        client: Any | None = None,
        epoch: int | None = None,
        auto_claim: bool = False,
        max_batch_bytes: int = 1048576,
        linger_ms: float = 5,
        max_in_flight: int = 5,
        content_type: str | None = None,
        on_error: Callable[[Exception], None] | None = None,
        headers: HeadersLike | None = None,
        params: ParamsLike | None = None,
        backoff: BackoffOptions | None = None,
        timeout: Any | None = None,
        replay: bool = False,
    ) -> None:
        settings = settings_of(
            {
                "epoch": epoch,
                "auto_claim": auto_claim,
                "max_batch_bytes": max_batch_bytes,
                "linger_ms": linger_ms,
                "max_in_flight": max_in_flight,
                "on_error": on_error,
                "backoff": backoff,
                "replay": replay,
            }
        )
        handle = None if isinstance(stream, str) else stream
        base = Recipe(stream, None, None) if isinstance(stream, str) else stream._recipe
        recipe = Recipe(base.url, {**base.headers, **(headers or {})}, {**base.params, **(params or {})})
        known = content_type or (handle.content_type if handle is not None else None)
        self._core = ProducerCore(recipe, producer_id, known or DEFAULT_CONTENT_TYPE, settings)
        self._aborted = False
        weakref.finalize(self, tell_unsent, self._core, generation())
        self._own_client = client is None and handle is None
        self._client = client or (own_client() if handle is None else handle._client)
        self._timeouts = Timeouts(self._client, timeout, None) if handle is None else handle._timeouts
        self._linger: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def epoch(self) -> int:
        """The epoch under which it writes."""
        return self._core.queue.epoch

    @property
    def next_seq(self) -> int:
        """The number of the next batch."""
        return self._core.queue.next_seq

    @property
    def pending_count(self) -> int:
        """Messages in the open batch."""
        return self._core.pending_count

    @property
    def in_flight_count(self) -> int:
        """Batches waiting and on their way."""
        return self._core.queue.size

    @property
    def last_offset(self) -> Offset | None:
        """The greatest offset that the server reported for a stored batch."""
        return self._core.last_offset

    def append(self, body: Content) -> None:
        """Adds a message: ``bytes``, ``str``, or on JSON streams any other JSON value (there ``str`` is JSON text).

        Returns at once; nothing limits how much may wait: await `flush` from time to time. Raises `DurableStreamError`
        (``ALREADY_CLOSED``) after `close`.
        """
        if self._core.append(body):
            self._begin()

    append_nowait = append

    async def flush(self) -> None:
        """Sends what waits and waits until all of it is stored. Raises the first error since the last flush, or what has
        stopped the producer."""
        self._seal()
        await self._idle.wait()
        error = self._core.take_error()
        if error is not None:
            raise error

    async def close(self) -> None:
        """Ends the producer, once what waits was sent; the stream stays open. Errors go to ``on_error`` only."""
        self._core.is_closed = True
        self._seal()
        await self._idle.wait()
        await self._release()

    detach = close

    async def close_stream(self, data: Content | None = None, *, seq: int | None = None) -> IdempotentAppendResult:
        """Sends what waits, then closes the stream, with a last message if one is given.

        After a failure it may be called again: the same request is repeated, with the message of the first call. Once it has
        succeeded, further calls return ``("", duplicate=True)``. ``seq`` is not needed: numbers are given here. Raises
        `StreamClosedError` when someone else closed the stream, `StaleEpochError`, or the error of a batch before.
        """
        if self._core.stream_closed:
            return IdempotentAppendResult("", True)
        self._core.is_closed = True
        if self._core.final is None:
            self._core.final = (data,)
        self._seal()
        await self._idle.wait()
        result = await AsyncIO(self._client, self._timeouts).run(self._core.close_steps())
        await self._release()
        return IdempotentAppendResult(*result)

    async def restart(self) -> None:
        """Starts the next epoch, after a fence the one after the rival's. Clears a failure: appending works again."""
        self._seal()
        await self._idle.wait()
        self._core.take_error()
        self._core.restart()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, asyncio.CancelledError):
            await self._abort()
            return
        await self.close()

    def _begin(self) -> None:
        """A batch was sealed, or begun."""
        self._idle.clear()
        if self._core.pending_count > 0 and self._linger is None:
            loop = asyncio.get_running_loop()
            self._linger = loop.call_later(self._core.settings.linger_ms / 1000, self._seal)
        self._pump()

    def _seal(self) -> None:
        if self._linger is not None:
            self._linger.cancel()
            self._linger = None
        self._core.seal()
        self._pump()

    def _pump(self) -> None:
        if self._aborted:
            return
        while (flight := self._core.queue.next()) is not None:
            task = asyncio.create_task(self._fly(flight))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if self._core.queue.size == 0 and self._core.pending_count == 0:
            self._idle.set()
        else:
            self._idle.clear()

    async def _fly(self, flight: Flight) -> None:
        outcome: Outcome
        try:
            outcome = await AsyncIO(self._client, self._timeouts).run(self._core.fly(flight))
        except Exception as error:  # a header function that fails, a client that was closed
            outcome = Refused(error)
        wait = self._core.landed(flight, outcome)
        self._pump()
        if wait is not None:
            await asyncio.sleep(wait)
            self._core.queue.wake(flight)
            self._pump()

    async def _abort(self) -> None:
        """Its task was cancelled: nothing more is sent, and whoever flushes is told."""
        self._core.is_closed = self._aborted = True
        self._core.unflushed = FetchError("The producer was cancelled, what waited was not sent")
        self._idle.set()
        if self._linger is not None:
            self._linger.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._release()

    async def _release(self) -> None:
        if self._own_client:
            await self._client.aclose()
