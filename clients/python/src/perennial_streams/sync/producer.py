"""The idempotent producer, with blocking calls."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ..core.addresses import Recipe
from ..core.content import DEFAULT_CONTENT_TYPE, Content
from ..core.forks import generation, refuse_after_fork
from ..core.http_library import Timeouts
from ..core.producer_core import ProducerCore, settings_of, tell_unsent
from ..core.producer_outcome import Outcome, Refused
from ..core.producer_queue import Flight
from ..errors import FetchError
from ..types import BackoffOptions, HeadersLike, IdempotentAppendResult, Offset, ParamsLike
from .io import SyncIO, own_client

if TYPE_CHECKING:
    from .handle import DurableStream


class SyncIdempotentProducer:
    """Stores each message exactly once, many at a time: `IdempotentProducer` for programs without asyncio.

    Safe for threads. Requests are sent by daemon threads of its own, at most ``max_in_flight``; `flush` before the program ends.
    """

    def __init__(
        self,
        stream: DurableStream | str,
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
        self._own_client = client is None and handle is None
        self._client = client or (own_client() if handle is None else handle._client)
        self._timeouts = Timeouts(self._client, timeout, None) if handle is None else handle._timeouts
        self._made_in = generation()
        self._changed = threading.Condition(threading.RLock())
        self._threads: list[threading.Thread] = []
        self._seal_at: float | None = None
        self._wake_at: list[tuple[float, Flight]] = []
        self._idle_threads = 0
        self._ended = False
        self._under_way: set[SyncIO] = set()
        weakref.finalize(self, tell_unsent, self._core, self._made_in)

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

        Returns at once; nothing limits how much may wait: `flush` from time to time. Raises `DurableStreamError`
        (``ALREADY_CLOSED``) after `close`.
        """
        refuse_after_fork(self._made_in)
        with self._changed:
            if self._core.append(body):
                if self._seal_at is None:
                    self._seal_at = time.monotonic() + self._core.settings.linger_ms / 1000
                self._wake_a_thread()

    def flush(self) -> None:
        """Sends what waits and waits until all of it is stored. Raises the first error since the last flush, or what has
        stopped the producer."""
        refuse_after_fork(self._made_in)
        with self._changed:
            self._drain()
            error = self._core.take_error()
        if error is not None:
            raise error

    def close(self) -> None:
        """Ends the producer, once what waits was sent; the stream stays open. Errors go to ``on_error`` only. In a forked
        process it does nothing: the producer is the parent's."""
        if self._made_in != generation():
            return
        with self._changed:
            self._core.is_closed = True
            self._drain()
        self._release()

    detach = close

    def close_stream(self, data: Content | None = None) -> IdempotentAppendResult:
        """Sends what waits, then closes the stream, with a last message if one is given: see `IdempotentProducer`."""
        refuse_after_fork(self._made_in)
        with self._changed:
            if self._core.stream_closed:
                return IdempotentAppendResult("", True)
            self._core.is_closed = True
            if self._core.final is None:
                self._core.final = (data,)
            self._drain()
        result = SyncIO(self._client, self._timeouts).run(self._core.close_steps())
        self._release()
        return IdempotentAppendResult(*result)

    def restart(self) -> None:
        """Starts the next epoch, after a fence the one after the rival's. Clears a failure: appending works again."""
        refuse_after_fork(self._made_in)
        with self._changed:
            self._drain()
            self._core.take_error()
            self._core.restart()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, KeyboardInterrupt):
            self._abort()
        else:
            self.close()

    def _abort(self) -> None:
        """Its program was interrupted: nothing more is sent, and nobody waits."""
        if self._made_in != generation():
            return
        with self._changed:
            self._core.is_closed = self._ended = True
            self._core.unflushed = FetchError("The producer was interrupted, what waited was not sent")
            for io in self._under_way:
                io.close()
            self._changed.notify_all()
        if self._own_client:
            self._client.close()

    def _drain(self) -> None:
        self._core.seal()
        self._wake_a_thread()
        self._changed.notify_all()
        while self._core.queue.size > 0 and not self._ended:
            self._changed.wait()

    def _wake_a_thread(self) -> None:
        if self._idle_threads > 0:
            self._changed.notify_all()
        elif len(self._threads) < self._core.settings.max_in_flight:
            thread = threading.Thread(target=self._work, name="perennial-producer", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        """What each thread does: take a flight, send it, report."""
        with self._changed:
            while (flight := self._next_flight()) is not None:
                self._changed.release()
                try:
                    outcome = self._fly(flight)
                finally:
                    self._changed.acquire()
                wait = self._core.landed(flight, outcome)
                if wait is not None:
                    self._wake_at.append((time.monotonic() + wait, flight))
                self._changed.notify_all()

    def _fly(self, flight: Flight) -> Outcome:
        io = SyncIO(self._client, self._timeouts)
        with self._changed:
            self._under_way.add(io)
            if self._ended:
                io.close()
        try:
            return io.run(self._core.fly(flight))
        except Exception as error:  # a header function that fails, a client that was closed
            return Refused(error)
        finally:
            with self._changed:
                self._under_way.discard(io)

    def _next_flight(self) -> Flight | None:
        """The next flight to send, waiting for one; ``None`` when the producer has ended."""
        while True:
            if self._ended:
                return None
            due = self._on_time()
            flight = self._core.queue.next()
            if flight is not None:
                if self._core.queue.size > 1:
                    self._wake_a_thread()
                return flight
            self._idle_threads += 1
            self._changed.wait(None if due is None else max(0.0, due - time.monotonic()))
            self._idle_threads -= 1

    def _on_time(self) -> float | None:
        """Seals and wakes what is due; the time when the next thing will be."""
        now = time.monotonic()
        if self._seal_at is not None and (now >= self._seal_at or self._core.pending_count == 0):
            self._seal_at = None
            self._core.seal()
        for entry in [entry for entry in self._wake_at if entry[0] <= now]:
            self._wake_at.remove(entry)
            self._core.queue.wake(entry[1])
        times = [at for at, _ in self._wake_at] + ([] if self._seal_at is None else [self._seal_at])
        return min(times, default=None)

    def _release(self) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()
        if self._own_client:
            self._client.close()
