"""Appends of many threads that share requests."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

from ..core.append_queue import AppendQueue, Message, last_seq
from ..core.forks import generation
from ..errors import FetchError
from ..types import AppendResult

Waiting = Message["Future[AppendResult | None]"]


class SharedAppends:
    """While one request is under way, the next one gathers. ``send`` takes bodies, a ``Stream-Seq`` and a content type."""

    def __init__(self, send: Callable[[list[bytes], str | None, str], AppendResult]) -> None:
        self._send = send
        self._start()

    def _start(self) -> None:
        self._made_in = generation()
        self._queue: AppendQueue[Future[AppendResult | None]] = AppendQueue()
        self._lock = threading.Lock()

    def append(self, body: bytes, seq: str | None, content_type: str) -> AppendResult:
        """Leads if nobody does. A leader sends one batch, then hands on to the first who waits; its future gets ``None``."""
        if self._made_in != generation():
            self._start()  # the lock and the leader are the parent's
        message: Waiting = Message(body, seq, content_type, Future())
        with self._lock:
            self._queue.add(message)
            leads = not self._queue.is_sending
            self._queue.is_sending = True
        while True:
            if leads:
                self._send_batch()
            try:
                result = message.future.result()
            except KeyboardInterrupt:
                self._withdraw(message)
                raise
            if result is not None:
                return result
            leads, message.future = True, Future()

    def _send_batch(self) -> None:
        """Sends what waits as one request, and settles its futures."""
        with self._lock:
            batch = self._queue.next_batch()
        try:
            result = self._send([message.body for message in batch], last_seq(batch), batch[0].content_type)
        except BaseException as error:
            told = error if isinstance(error, Exception) else FetchError("the request was interrupted")
            for message in batch:
                message.future.set_exception(told)
            if told is not error:
                raise
        else:
            for message in batch:
                message.future.set_result(result)
        finally:
            with self._lock:
                self._hand_on()

    def _hand_on(self) -> None:
        """Names who leads next. Needs the lock."""
        heir = self._queue.first()
        self._queue.is_sending = heir is not None
        if heir is not None:
            heir.future.set_result(None)

    def _withdraw(self, message: Waiting) -> None:
        """Takes back a message whose caller waits no longer, and the lead if it has just been given to it."""
        with self._lock:
            if self._queue.discard(message) and message.future.done():
                self._hand_on()
