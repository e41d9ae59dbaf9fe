"""The idempotent producer's queue, as a state machine.

Messages gather in the open batch; sealed batches wait until they are numbered and become flights. A flight keeps its (epoch, seq)
through every repetition, so that the server stores it once.

    state     means                                       left by
    ready     to be sent                                  next() -> sending
    sending   a request is under way                      settle()
    waiting   a repetition is due later                   wake() -> ready
    held      the server wants earlier flights first      when those are gone -> ready
    fenced    another producer took over; not stored      when no flight is under the old epoch -> ready, renumbered

Laws:
- Flights are ordered by seq, without gaps; numbers are given in the order of `add`.
- An epoch's first flight travels alone until it is stored: the server refuses any other to start an epoch.
- Flights of two epochs are never under way together. After a fence every request of the old epoch is answered before the first
  of the new one is sent, so that it is known which batches are still to be stored.
- A duplicate counts as stored only if nobody else can have written under its number (`_is_rivals`).
- A batch that may be stored already is sent under its own number or not at all. Fenced, it is a failure: whether it is stored cannot
  be known any more, and under a new number it would perhaps be stored twice.
- After a failure nothing is sent until `restart`: what was not stored leaves no hole that later batches hide.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import SequenceGapError, StaleEpochError
from .epochs import count_epochs
from .producer_outcome import Fenced, Gap, Outcome, Retry, Stored

CLAIMS_MAX = 5
"""Take-overs without enough stored batches between. More means a duel with another claiming producer."""
STORED_PER_CLAIM = 20
"""Stored batches after which a take-over is forgotten."""
STORED_PER_GROWTH = 8
"""Stored batches after which the window grows by one."""
WINDOW_MIN = 2
"""While one batch is being stored the next should be on its way."""


@dataclass(slots=True, eq=False)
class Flight:
    """A numbered batch. ``attempts``: those that failed and are repeated. ``maybe_stored``: one of them may have been stored.
    ``sent_first``: no earlier flight was left when it was last sent, so a gap cannot fill itself."""

    body: bytes
    epoch: int
    seq: int
    attempts: int = 0
    maybe_stored: bool = False
    state: str = "ready"
    sent_first: bool = False
    first_sent_at: float = 0.0


class ProducerQueue:
    """Batches on their way. Not safe for threads by itself.

    ``next_epoch`` chooses an epoch above the given one; ``is_sole``: nobody else can have it. ``replay``: every duplicate counts
    as stored.
    """

    def __init__(
        self,
        epoch: int,
        auto_claim: bool,
        max_in_flight: int,
        *,
        next_epoch: Callable[[int], int] = count_epochs,
        is_sole: bool = False,
        replay: bool = False,
    ) -> None:
        self.epoch = epoch
        self._next_epoch = next_epoch
        self._is_sole = is_sole
        self._replay = replay
        self.next_seq = 0
        self.failure: Exception | None = None
        self._auto_claim = auto_claim
        self._max_in_flight = max_in_flight
        self._window = max_in_flight
        self._queued: deque[bytes] = deque()
        self._flights: list[Flight] = []
        self._opening = True
        self._claims = 0
        self._stored_since_claim = 0
        self._stored_since_growth = 0
        self._fence_epoch = 0

    @property
    def size(self) -> int:
        """Batches queued and under way."""
        return len(self._queued) + len(self._flights)

    def add(self, body: bytes) -> None:
        """Takes a batch. It is dropped when the queue has failed."""
        if self.failure is None:
            self._queued.append(body)

    def next(self) -> Flight | None:
        """The next flight to send; it counts as sending from now on."""
        if self.failure is not None:
            return None
        self._claim_if_fenced()
        flight = self._ready() or self._launch()
        if flight is not None:
            flight.state = "sending"
            flight.sent_first = self._flights[0] is flight
        return flight

    def settle(self, flight: Flight, outcome: Outcome) -> bool:
        """Takes a request's outcome. True: the flight is to be woken after a wait."""
        if flight not in self._flights:
            return False
        if isinstance(outcome, Stored) and not self._is_rivals(flight, outcome):
            self._stored(flight)
        elif self.failure is not None:
            flight.state = "ready"
            self.fail(self.failure)
        elif isinstance(outcome, Stored):
            self._fenced(flight, flight.epoch)
        elif isinstance(outcome, Retry):
            flight.attempts += 1
            flight.maybe_stored = flight.maybe_stored or not outcome.refused
            flight.state = "waiting"
            return True
        elif isinstance(outcome, Gap):
            self._gap(flight, outcome)
        elif isinstance(outcome, Fenced):
            self._fenced(flight, outcome.current_epoch)
        else:
            flight.state = "ready"
            self.fail(outcome.error)
        return False

    def wake(self, flight: Flight) -> None:
        """A flight's wait is over."""
        if flight in self._flights and flight.state == "waiting":
            flight.state = "ready"
            if self.failure is not None:
                self.fail(self.failure)

    def fail(self, error: Exception) -> None:
        """Stops the queue: all that is not being sent at this moment is dropped."""
        if self.failure is None:
            self.failure = error
        self._flights = [flight for flight in self._flights if flight.state == "sending"]
        self._queued.clear()

    def restart(self, above: int = -1) -> None:
        """Starts an epoch above the given one and the present one, with no memory of failures."""
        self.epoch = self._next_epoch(max(above, self.epoch))
        self.next_seq = 0
        self.failure = None
        self._opening = True
        self._window = self._max_in_flight

    def advance(self) -> None:
        """Numbers a request that is not a batch: the closing one. The queue must be empty."""
        self.next_seq += 1

    def claim(self, current_epoch: int) -> bool:
        """Takes over from the producer that holds an epoch. False when that is not allowed, or was done too often."""
        if not self._auto_claim or self._claims >= CLAIMS_MAX:
            return False
        self._claims += 1
        self._stored_since_claim = 0
        self.restart(current_epoch)
        return True

    def _ready(self) -> Flight | None:
        candidates = self._flights[:1] if self._opening else self._flights
        is_fenced = any(flight.state == "fenced" for flight in self._flights)
        for index, flight in enumerate(candidates):
            # After a fence the server, too, must say whether a batch may be stored under its old number.
            is_asked = index == 0 or (flight.maybe_stored and is_fenced)
            if flight.state == "ready" or (flight.state == "held" and is_asked):
                return flight
        return None

    def _launch(self) -> Flight | None:
        is_full = len(self._flights) >= (1 if self._opening else self._window)
        if is_full or not self._queued or any(flight.state == "fenced" for flight in self._flights):
            return None
        flight = Flight(self._queued.popleft(), self.epoch, self.next_seq)
        self.next_seq += 1
        self._flights.append(flight)
        return flight

    def _is_rivals(self, flight: Flight, stored: Stored) -> bool:
        """Whether what the server has under a number is somebody else's: another producer of this id, or one that ran before.

        Nobody else can have an epoch that was drawn. In any other, a duplicate of what was sent but once is not ours; one of a
        repeat is, unless the server has more of the epoch than was ever sent.
        """
        if not stored.duplicate or self._is_sole or self._replay:
            return False
        return not flight.maybe_stored or stored.highest >= self.next_seq

    def _stored(self, flight: Flight) -> None:
        self._flights.remove(flight)
        if flight.epoch == self.epoch:
            self._opening = False
        self._stored_since_claim += 1
        if self._stored_since_claim >= STORED_PER_CLAIM:
            self._claims = 0
        self._stored_since_growth += 1
        if self._stored_since_growth >= STORED_PER_GROWTH and self._window < self._max_in_flight:
            self._window += 1
            self._stored_since_growth = 0

    def _gap(self, flight: Flight, gap: Gap) -> None:
        flight.state = "held"
        if gap.expected >= flight.seq or flight.sent_first:
            self.fail(SequenceGapError(gap.expected, gap.received))
            return
        self._window = min(self._window, max(WINDOW_MIN, self._window >> 1))
        self._stored_since_growth = 0

    def _fenced(self, flight: Flight, current_epoch: int) -> None:
        flight.state = "fenced"
        if not self._auto_claim or flight.maybe_stored or self._claims >= CLAIMS_MAX:
            self.fail(StaleEpochError(current_epoch, flight.maybe_stored))
        else:
            self._fence_epoch = max(self._fence_epoch, current_epoch)

    def _claim_if_fenced(self) -> None:
        """Takes over once every request of the old epoch was answered. What was not stored starts the new one."""
        if not any(flight.state == "fenced" for flight in self._flights):
            return
        if any(map(_is_undecided, self._flights)) or not self.claim(self._fence_epoch):
            return
        for flight in self._flights:
            flight.epoch, flight.seq = self.epoch, self.next_seq
            flight.attempts, flight.state = 0, "ready"
            self.next_seq += 1


def _is_undecided(flight: Flight) -> bool:
    """Whether the server may yet store a flight under its present number."""
    if flight.state == "held":
        return flight.maybe_stored
    return flight.state in ("sending", "waiting") or (flight.state == "ready" and flight.attempts > 0)
