"""Appends of concurrent callers: while one request is under way, the next one gathers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

F = TypeVar("F")

BATCH_BYTES_MAX = 1024 * 1024
"""A request takes no more messages beyond this size, lest it outgrow what servers accept."""


@dataclass(slots=True)
class Message(Generic[F]):
    """A message with the future that its caller waits for."""

    body: bytes
    seq: str | None
    content_type: str
    future: F


class AppendQueue(Generic[F]):
    """The messages that wait. Not safe for threads by itself.

    Laws: one request at a time; messages leave in order; the messages of one request share its fate, and no others do.
    """

    def __init__(self) -> None:
        self._waiting: list[Message[F]] = []
        self.is_sending = False

    def add(self, message: Message[F]) -> None:
        self._waiting.append(message)

    def discard(self, message: Message[F]) -> bool:
        """Takes a message back. False if it is on its way."""
        if message not in self._waiting:
            return False
        self._waiting.remove(message)
        return True

    def first(self) -> Message[F] | None:
        """Who has waited longest."""
        return self._waiting[0] if self._waiting else None

    def next_batch(self, wanted: Callable[[F], bool] = lambda _: True) -> list[Message[F]]:
        """The messages of the next request: as many as wait, of one content type."""
        batch: list[Message[F]] = []
        size = 0
        while self._waiting:
            message = self._waiting[0]
            if batch and (message.content_type != batch[0].content_type or size + len(message.body) > BATCH_BYTES_MAX):
                break
            self._waiting.pop(0)
            if wanted(message.future):
                batch.append(message)
                size += len(message.body)
        return batch


def last_seq(batch: list[Message[F]]) -> str | None:
    """The ``Stream-Seq`` of a request: the last one given."""
    return next((message.seq for message in reversed(batch) if message.seq), None)
