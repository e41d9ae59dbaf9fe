"""The types of the public interface."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeAlias, TypeVar

T = TypeVar("T")

Offset: TypeAlias = str
"""A position in a stream: opaque, comparable as text. ``"-1"`` is the beginning, ``"now"`` the tail."""

LiveMode: TypeAlias = Literal["long-poll", "sse"] | bool
"""What to do at the tail: ``False`` stop, ``True`` and ``"long-poll"`` long-poll, ``"sse"`` one connection."""

SSEEncoding: TypeAlias = Literal["base64"]

HeadersLike: TypeAlias = Mapping[str, str | Callable[[], str | Awaitable[str]]]
"""Headers of every request. A function is called for each one; with the async API it may be a coroutine function."""

ParamsLike: TypeAlias = Mapping[str, str | Callable[[], str | Awaitable[str]] | None]
"""Query parameters of every request; those that are ``None`` are left out."""

ErrorHandler: TypeAlias = Callable[[Exception], Any]
"""Sees an error that would end the call. ``None`` lets it be raised; a dict with ``headers`` and ``params`` to merge
(both optional) has the request repeated. With the async API it may be a coroutine function."""


@dataclass(frozen=True, slots=True)
class StreamEvent(Generic[T]):
    """A piece of a stream with the offset behind it. ``data`` is ``None`` when only the position is news."""

    data: T | None
    next_offset: Offset
    up_to_date: bool
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class HeadResult:
    """What a stream is, by ``head()``. ``offset`` is its tail; ``ttl_seconds`` the configured lifetime in seconds,
    ``expires_at`` an RFC 3339 timestamp; ``max_bytes`` what it may hold, if it was created with a limit."""

    exists: Literal[True]
    content_type: str | None = None
    offset: Offset | None = None
    etag: str | None = None
    cache_control: str | None = None
    stream_closed: bool = False
    ttl_seconds: int | None = None
    expires_at: str | None = None
    max_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class AppendResult:
    """``next_offset`` is the tail behind the message."""

    next_offset: Offset


@dataclass(frozen=True, slots=True)
class CloseResult:
    """``final_offset`` is where the stream ends."""

    final_offset: Offset


@dataclass
class IdempotentAppendResult:
    """``offset`` is the tail; ``duplicate`` says that the server had the message before."""

    offset: Offset
    duplicate: bool


@dataclass(frozen=True, slots=True)
class BackoffOptions:
    """How failed requests are repeated: network failures, 429, 5xx. Times in seconds.

    Each wait is drawn at random from ``[0, bound]``; the bound starts at ``initial_delay`` and grows by ``multiplier``
    up to ``max_delay``. A ``Retry-After`` of the server is kept to (at most an hour). ``max_retries`` and ``deadline``
    (seconds since the first attempt) end it; ``None``: without end.
    """

    initial_delay: float = 0.1
    max_delay: float = 60.0
    multiplier: float = 1.3
    max_retries: int | None = None
    deadline: float | None = None


@dataclass(frozen=True, slots=True)
class SSEResilience:
    """When SSE is given up for long-polling. Times in seconds.

    After ``max_short_connections`` connections in a row that ended sooner than ``min_connection_duration``; between them
    waits of up to ``backoff_base_delay``, doubled each time, at most ``backoff_max_delay``.
    """

    min_connection_duration: float = 1.0
    max_short_connections: int = 3
    backoff_base_delay: float = 0.1
    backoff_max_delay: float = 5.0
