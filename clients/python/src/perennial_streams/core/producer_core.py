"""What the sync and the async producer share: everything but waiting.

The drivers call `pump`-like loops around `queue.next`, send flights with `request_of`, and report with `landed`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import DurableStreamError, StaleEpochError
from ..types import BackoffOptions, Offset
from .addresses import Recipe, must_be_text
from .backoff import bound, logger, retry_after
from .content import Content, joined, one
from .effects import Sleep, Steps
from .epochs import count_epochs, draw_epoch
from .forks import generation
from .producer_outcome import Outcome, ProducerRequest, Refused, Retry, Stored, error_of, post
from .producer_queue import Flight, ProducerQueue

BACKOFF = BackoffOptions(max_delay=5.0, deadline=60.0)
"""A producer that cannot reach its server says so after a minute, rather than let messages pile up for ever."""


@dataclass(frozen=True, slots=True)
class ProducerSettings:
    """Options of a producer. Bytes, milliseconds, batches."""

    epoch: int | None = None
    auto_claim: bool = False
    replay: bool = False
    max_batch_bytes: int = 1048576
    linger_ms: float = 5
    max_in_flight: int = 5
    backoff: BackoffOptions = BACKOFF
    on_error: Callable[[Exception], None] | None = None

    def __post_init__(self) -> None:
        for met, what in (
            ((self.epoch or 0) >= 0, "epoch must be >= 0"),
            (self.max_batch_bytes > 0, "maxBatchBytes must be > 0"),
            (self.max_in_flight > 0, "max_in_flight must be > 0"),
            (self.linger_ms >= 0, "linger_ms must be >= 0"),
        ):
            if not met:
                raise ValueError(what)


def tell_unsent(core: ProducerCore, made_in: int) -> None:
    """Says that a producer was forgotten, or its program ended, before all was sent: nobody else would."""
    if made_in == generation() and not core.is_closed and core.pending_count + core.queue.size > 0:
        logger.warning(
            "A producer was left open, what it had not sent may be lost. flush() or close() it: %s", core.recipe.url
        )


class ProducerCore:
    """The state of a producer. Not safe for threads by itself."""

    def __init__(self, recipe: Recipe, producer_id: str, content_type: str, settings: ProducerSettings) -> None:
        self.recipe = recipe
        self.settings = settings
        # Whoever may take over does so from the start, under an epoch that nobody else has.
        self._is_sole = settings.auto_claim and settings.epoch is None
        next_epoch = draw_epoch if self._is_sole else count_epochs
        self.queue = ProducerQueue(
            next_epoch(-1) if settings.epoch is None else settings.epoch,
            settings.auto_claim,
            settings.max_in_flight,
            next_epoch=next_epoch,
            is_sole=self._is_sole,
            replay=settings.replay,
        )
        self.is_closed = False
        self.last_offset: Offset | None = None
        self.unflushed: Exception | None = None
        self.content_type = content_type
        self.final: tuple[Content | None] | None = None
        self.stream_closed = False
        self._final_maybe_stored = False
        must_be_text("producer_id", producer_id)
        self._id = producer_id
        self._open: list[bytes] = []
        self._open_bytes = 0
        self._reported: Exception | None = None

    @property
    def pending_count(self) -> int:
        """Messages in the open batch."""
        return len(self._open)

    def append(self, body: Content) -> bool:
        """Takes a message. True if a batch was sealed, or the open one has just begun: there is something to do."""
        if self.is_closed:
            raise DurableStreamError("The producer is closed: create a new one", code="ALREADY_CLOSED")
        message = body.encode() if type(body) is str else one(body, self.content_type)
        size = len(message) + 1
        sealed = bool(self._open) and self._open_bytes + size > self.settings.max_batch_bytes
        if sealed:
            self.seal()
        self._open.append(message)
        self._open_bytes += size
        if self._open_bytes >= self.settings.max_batch_bytes:
            self.seal()
            return True
        return sealed or len(self._open) == 1

    def seal(self) -> None:
        """Ends the open batch."""
        if not self._open:
            return
        body = joined(self._open, self.content_type)
        self._open, self._open_bytes = [], 0
        if self.queue.failure is not None:
            self.report(self.queue.failure)
        self.queue.add(body)

    def fly(self, flight: Flight) -> Steps[Outcome]:
        """Sends a flight once."""
        if flight.first_sent_at == 0.0:
            flight.first_sent_at = time.monotonic()
        request = ProducerRequest(self._id, flight.epoch, flight.seq, self.content_type, flight.body)
        return (yield from post(self.recipe, request))

    def landed(self, flight: Flight, outcome: Outcome) -> float | None:
        """Takes the outcome of a flight. A number: wake the flight after so many seconds."""
        wait = 0.0
        if isinstance(outcome, Retry):
            wait = self._wait(outcome, flight.attempts + 1)
            age = time.monotonic() - flight.first_sent_at
            if not self._may_repeat(flight.attempts, age + wait):
                outcome = Refused(outcome.error)
        if isinstance(outcome, Stored):
            self._advance(outcome.offset)
        is_waiting = self.queue.settle(flight, outcome)
        if self.queue.failure is not None:
            self.report(self.queue.failure)
        return wait if is_waiting else None

    def report(self, error: Exception) -> None:
        """An error ends the present epoch: told once to ``on_error``, and to the next flush."""
        if self._reported is error:
            return
        self._reported = error
        self.unflushed = error
        if self.settings.on_error is None:
            return
        try:
            self.settings.on_error(error)
        except Exception:  # it is the user's, and must not end what sends
            logger.exception("on_error of a producer failed")

    def take_error(self) -> Exception | None:
        """The first error since the last flush, or what has stopped the producer: what is appended then is dropped."""
        error, self.unflushed = self.unflushed, None
        return error or self.queue.failure

    def restart(self) -> None:
        """Starts the next epoch; after a fence, the one after the rival's."""
        failure = self.queue.failure
        self.queue.restart(failure.current_epoch if isinstance(failure, StaleEpochError) else -1)
        self._final_maybe_stored = False

    def close_steps(self) -> Steps[tuple[Offset, bool]]:
        """Closes the stream with the final message. Result: its end, and whether the server had it closed by us before."""
        assert self.final is not None
        (data,) = self.final
        body = None if data is None else joined([one(data, self.content_type)], self.content_type)
        started, failures = time.monotonic(), 0
        while True:
            if self.queue.failure is not None:
                raise self.queue.failure
            epoch, seq = self.queue.epoch, self.queue.next_seq
            request = ProducerRequest(self._id, epoch, seq, self.content_type, body, closes=True)
            outcome = yield from post(self.recipe, request)
            if isinstance(outcome, Stored):
                # Without a message 204 is what every close is answered; it says nothing on duplicates.
                duplicate = outcome.duplicate and body is not None
                is_ours = self._is_sole or self.settings.replay or self._final_maybe_stored or not duplicate
                if not outcome.closed or not is_ours:
                    raise StaleEpochError(epoch)
                self.queue.advance()
                self._advance(outcome.offset)
                self.stream_closed = True
                return outcome.offset, duplicate
            if not isinstance(outcome, Retry):
                current = getattr(outcome, "current_epoch", None)
                if current is not None and self.queue.claim(current):
                    continue
                raise error_of(outcome)
            failures += 1
            self._final_maybe_stored = self._final_maybe_stored or not outcome.refused
            wait = self._wait(outcome, failures)
            if not self._may_repeat(failures - 1, time.monotonic() - started + wait):
                raise outcome.error
            yield Sleep(wait)

    def _wait(self, outcome: Retry, failures: int) -> float:
        asked = retry_after(outcome.headers.get("retry-after"), time.time())
        return max(asked, random.random() * bound(self.settings.backoff, failures))

    def _may_repeat(self, attempts: int, age: float) -> bool:
        limits = self.settings.backoff
        return (limits.max_retries is None or attempts < limits.max_retries) and (
            limits.deadline is None or age <= limits.deadline
        )

    def _advance(self, offset: Offset) -> None:
        if offset and (self.last_offset is None or offset > self.last_offset):
            self.last_offset = offset


def settings_of(options: dict[str, Any]) -> ProducerSettings:
    """Settings with the gaps filled: an option that is ``None`` counts as not given."""
    return ProducerSettings(**{name: value for name, value in options.items() if value is not None})
