"""The read loop: requests a stream page by page, follows it at the tail, and resumes wherever the network breaks.

    catch-up     plain GETs, until one reaches the tail
    long-poll    GETs that wait at the tail
    sse          one connection on which events arrive

A page that breaks off is asked for again from its beginning, and what was handed out of it is skipped: bytes at a position
never change. One that breaks off time and again and brings nothing new ends the read. SSE data counts once its control event has named the offset behind it.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import Any

from ..errors import refusal
from ..types import LiveMode, SSEResilience
from .addresses import Recipe, must_be_text, own_offset
from .backoff import Backoff, bound, logger
from .effects import (
    RECEIVE,
    RELEASE,
    Batch,
    Batches,
    Request,
    ResponseHead,
    Send,
    Sleep,
    Steps,
    TransportFailure,
)
from .exchange import Policy, always_breaks, body_text, no_offset, not_a_stream, repeat_or_raise, unreachable
from .position import Position
from .sse import SSEParser
from .sse_events import PendingEvents
from .units import Kind

IDLE_ANSWERS_MAX = 3
"""Answers in a row that bring nothing where they should, before the loop slows down. A sane server sends none."""
FRUITLESS_MAX = 25
"""Bodies in a row that may break off without news. With the default waits that takes some two minutes."""
LIVE_LOSSES_MAX = 3
"""Bodies in a row that may break off without news before a live request gives way to a plain one."""
SSE_REFUSED = frozenset({400, 405, 406, 415, 501})
"""Statuses that an SSE request may get where a plain one succeeded: SSE is not to be had."""


@dataclass(slots=True)
class ReadOptions:
    """Where and how to read. ``silence_timeout`` is kept by the drivers."""

    recipe: Recipe
    offset: str | None = None
    live: LiveMode = True
    cursor: str | None = None
    policy: Policy = field(default_factory=Policy)
    resilience: SSEResilience = field(default_factory=SSEResilience)

    def __post_init__(self) -> None:
        if self.live not in (True, False, "long-poll", "sse"):
            raise ValueError(f'live must be True, False, "long-poll" or "sse", not {self.live!r}')
        must_be_text("offset", "" if self.offset is None else self.offset)
        must_be_text("cursor", "" if self.cursor is None else self.cursor)


class ReadSession:
    """The state of one reader. ``fetched`` runs ahead of what the consumer has taken by at most one page."""

    def __init__(self, options: ReadOptions) -> None:
        self._recipe = options.recipe
        self._policy = options.policy
        self._resilience = options.resilience
        self.live = options.live
        offset = options.offset if options.offset is not None else own_offset(options.recipe.url)
        self.fetched = Position(offset, options.cursor)
        self.head = ResponseHead(0, "", {})
        self.content_type: str | None = None
        self._phase = "catch-up"
        self._skip = 0
        self._furthest = 0
        self._may_stay = True
        self._is_barren = True
        self._idle = 0
        self._losses: Backoff | None = None
        self._short = 0

    def open(self) -> Steps[None]:
        """Sends the first request. Its body waits until `batches`."""
        yield from self._request()
        self.content_type = self.head.headers.get("content-type")

    def batches(self, kind: Kind, *, whole_pages: bool, to_tail: bool) -> Batches:
        """Hands out all that is and, unless ``to_tail``, all that comes.

        ``whole_pages``: one batch per response. Otherwise parts of a page are handed out as they arrive.
        """
        live: LiveMode = False if to_tail else self.live
        while True:
            wait = 0.0
            started = time.monotonic()
            try:
                if self.is_event_stream:
                    yield from self._events(kind)
                    wait = self._after_connection(started)
                elif self._phase == "sse":
                    self._give_up_sse("the answer is no event stream")
                    yield RELEASE
                else:
                    before = self.fetched
                    yield from self._page(kind, whole_pages)
                    wait = self._after_page(before)
            except TransportFailure as failure:
                yield RELEASE
                wait = yield from self._after_loss(failure, started)
            ended = self.fetched.stream_closed or (not live and (self.fetched.up_to_date or self._idle > 0))
            if ended and self._skip == 0:
                return
            self._enter_live(live)
            if wait > 0:
                yield Sleep(wait)
            yield from self._request()

    def _page(self, kind: Kind, whole: bool) -> Batches:
        """Hands out one response: in parts with no position, and what is left with the position behind the page."""
        head, body, skip = self.head, kind.body(), self._skip
        kept: list[Any] = []
        while True:
            try:
                chunk: bytes = yield RECEIVE
            except TransportFailure:
                yield from self._rescued(kind, kept + kind.skip(body.rescue(), skip), whole)
                raise
            units = body.feed(chunk) if chunk else body.finish()
            if units and not kept and skip == 0:
                self._check_moves(self.fetched.after(head.status, head.headers))
            if skip > 0 and units:
                count = kind.count(units)
                units, skip = kind.skip(units, skip), max(0, skip - count)
            if chunk and not whole and kept and units:
                yield self._part(kind, kept)
                kept = units  # what came last is kept: should the page end here, it goes with the position
            elif units:
                kept = kept + units if kept else units
            if not chunk:
                break
        yield RELEASE
        self._skip = self._furthest = 0
        self.fetched = self.fetched.after(head.status, head.headers)
        yield Batch(kept, self.fetched)

    def _part(self, kind: Kind, units: list[Any]) -> Batch:
        """What came of a page, which is news: another attempt does not hand it out again."""
        self._skip += kind.count(units)
        self._losses = None
        return Batch(units, None)

    def _rescued(self, kind: Kind, units: list[Any], whole: bool) -> Batches:
        """Hands out what came of a page that broke off. Of one that must be whole, it only notes how far that went."""
        if not whole and units:
            yield self._part(kind, units)
        elif kind.count(units) > self._furthest:
            self._furthest = kind.count(units)
            self._losses = None

    def _events(self, kind: Kind) -> Batches:
        encoded = "stream-sse-data-encoding" in self.head.headers
        parser, pending = SSEParser(), PendingEvents(kind, encoded)
        while True:
            chunk: bytes = yield RECEIVE
            if not chunk:
                break
            self._is_barren = False
            for event_type, payload in parser.feed(chunk):
                if event_type == b"data":
                    pending.add(payload)
                elif event_type == b"control":
                    control = pending.control(payload)
                    units, position = pending.take(), self.fetched.after_control(control)
                    if units:
                        self._check_moves(position)
                    self.fetched = position
                    self._losses = None
                    yield Batch(units, position)
                    if self.fetched.stream_closed:
                        yield RELEASE
                        return
        yield RELEASE

    def _check_moves(self, position: Position) -> None:
        """Data without an offset behind it would come again and again: only the first page may be such, of a server that is none."""
        if position.offset != self.fetched.offset:
            return
        if position.offset not in (None, "-1", "now") or not self._may_stay:
            raise no_offset(self._recipe.url)
        self._may_stay = False

    @property
    def is_event_stream(self) -> bool:
        return self.head.is_event_stream

    def _after_page(self, before: Position) -> float:
        self._losses = None
        fetched = self.fetched
        polled = self._phase == "long-poll" and self.head.status == 204
        stuck = fetched.offset == before.offset and not polled and not self._moves_to_live()
        self._idle = self._idle + 1 if stuck else 0
        self._phase = self._phase if fetched.up_to_date else "catch-up"
        if self._idle <= IDLE_ANSWERS_MAX:
            return 0.0
        return random.random() * bound(self._policy.backoff, self._idle)

    def _moves_to_live(self) -> bool:
        return self._phase == "catch-up" and self.fetched.up_to_date

    def _after_connection(self, started: float) -> float:
        if time.monotonic() - started >= self._resilience.min_connection_duration:
            self._short = 0
            return 0.0
        return self._count_short_connection()

    def _after_loss(self, failure: TransportFailure, started: float) -> Steps[float]:
        """Bodies that break off one after the other, and bring nothing, are failures of one request."""
        if self._phase == "sse" and failure.is_silence and self._is_barren:
            self._give_up_sse("nothing arrives")
            return 0.0
        if self._phase == "sse" and time.monotonic() - started < self._resilience.min_connection_duration:
            return self._count_short_connection()
        url = self._recipe.url
        losses = self._losses = self._losses or Backoff(self._policy.backoff, f"reading {url}")
        error = unreachable(failure, url)
        if losses.failures >= FRUITLESS_MAX:
            error = always_breaks(failure, url, self.fetched.offset or "-1")
            self._losses = None  # should the error handler go on
        yield from repeat_or_raise(self._recipe, self._policy, losses, None, error)
        if self._phase != "catch-up" and losses.failures > LIVE_LOSSES_MAX:
            self._phase = "catch-up"
            self.fetched = self.fetched._replace(up_to_date=False)
        return 0.0

    def _count_short_connection(self) -> float:
        self._short += 1
        if self._phase != "sse":  # an event stream that was not asked for
            return random.random() * bound(self._policy.backoff, self._short)
        if self._short >= self._resilience.max_short_connections:
            self._give_up_sse("connections end too soon")
            return 0.0
        delay = self._resilience.backoff_base_delay * 2**self._short
        return random.random() * float(min(delay, self._resilience.backoff_max_delay))

    def _give_up_sse(self, why: str) -> None:
        logger.warning("SSE fails for %s (%s), using long-polling. Is a proxy buffering?", self._recipe.url, why)
        if self.live == "sse":
            self.live = "long-poll"
        self._phase = "catch-up"

    def _enter_live(self, live: LiveMode) -> None:
        if live and self._phase == "catch-up" and self.fetched.up_to_date and self._skip == 0:
            self._phase = "sse" if self.live == "sse" else "long-poll"

    def _request(self) -> Steps[None]:
        """Sends the request of the present phase until it succeeds."""
        backoff = Backoff(self._policy.backoff, f"GET {self._recipe.url}")
        while True:
            head: ResponseHead | None = None
            try:
                url, headers = yield from self._target()
                head = yield Send(Request("GET", url, headers, live=True))
                if head.is_success:
                    self.head, self._is_barren = head, True
                    return
                body = yield from body_text()
                if self._phase == "sse" and head.status in SSE_REFUSED:
                    self._give_up_sse(f"status {head.status}")
                    self._enter_live(True)
                    continue
                url = self._recipe.url
                error = (
                    not_a_stream(head, url) if head.ok else refusal(head.status, url, head.headers, body, writes=False)
                )
            except TransportFailure as failure:
                if self._phase == "sse" and failure.is_silence:
                    self._give_up_sse("nothing arrives")
                    self._enter_live(True)
                    continue
                head, error = None, unreachable(failure, self._recipe.url)
            yield from repeat_or_raise(self._recipe, self._policy, backoff, head, error)

    def _target(self) -> Steps[tuple[str, dict[str, str]]]:
        live = None if self._phase == "catch-up" else self._phase
        protocol = {"offset": self.fetched.offset, "live": live, "cursor": self.fetched.cursor or None}
        names = {name.lower() for name in self._recipe.headers}
        headers = {"accept": "text/event-stream"} if live == "sse" and "accept" not in names else {}
        return (yield from self._recipe.request_parts(headers, protocol))
