"""What both kinds of responses share: state, the rule that they are consumed once, and what events are made of."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import Any, Literal

from ..errors import StreamConsumedError
from ..types import LiveMode, Offset, StreamEvent
from .effects import Batch, Batches
from .kinds import BYTES, JSON
from .position import Position
from .read_session import ReadSession

EventMode = Literal["bytes", "text", "json", "json_batches"]


class Reading:
    """The state of a response: where its consumer is, and the latest answer of the server."""

    def __init__(self, session: ReadSession, url: str) -> None:
        self._session = session
        self._url = url
        self._start = session.fetched.offset or "-1"
        self._requested_live = session.live
        self._position: Position | None = None
        if self._start == "now":  # such an answer is empty, and tells where now is
            self._position = session.fetched.after(session.head.status, session.head.headers)
        self._consumed_by: str | None = None
        self._closed = False

    @property
    def url(self) -> str:
        """The URL as it was given."""
        return self._url

    @property
    def content_type(self) -> str | None:
        """The stream's content type."""
        return self._session.content_type

    @property
    def live(self) -> LiveMode:
        """The mode that was asked for."""
        return self._requested_live

    @property
    def start_offset(self) -> Offset:
        """The offset that was asked for."""
        return self._start

    @property
    def offset(self) -> Offset:
        """The offset behind what was consumed: store it, and pass it to `stream` to go on from here.

        It moves as the last item of an answer or SSE event is handed out; before, an answer that was consumed in part counts as
        not consumed.
        """
        return (self._position and self._position.offset) or self._start

    @property
    def cursor(self) -> str | None:
        """A hint for caches between us and the server."""
        return self._position.cursor if self._position else self._session.fetched.cursor

    @property
    def up_to_date(self) -> bool:
        """Whether all that there is was consumed."""
        return self._position is not None and self._position.up_to_date

    @property
    def stream_closed(self) -> bool:
        """Whether the stream is closed and its end was consumed."""
        return self._position is not None and self._position.stream_closed

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the latest answer, names in lower case."""
        return {name.lower(): value for name, value in self._session.head.headers.items()}

    @property
    def status(self) -> int:
        """The HTTP status of the latest answer."""
        return self._session.head.status

    @property
    def status_text(self) -> str:
        """The reason phrase of the latest answer."""
        return self._session.head.reason

    @property
    def ok(self) -> bool:
        """Whether the latest answer was a success."""
        return self._session.head.ok

    @property
    def closed(self) -> bool:
        """Whether this response was closed."""
        return self._closed

    def _take(self, method: str) -> None:
        if self._consumed_by is not None:
            raise StreamConsumedError(method, self._consumed_by)
        self._consumed_by = method

    def _bytes(self, *, whole: bool = False, to_tail: bool = False) -> Batches:
        return self._session.batches(BYTES, whole_pages=whole, to_tail=to_tail)

    def _json(self, *, whole: bool = False, to_tail: bool = False) -> Batches:
        return self._session.batches(JSON, whole_pages=whole, to_tail=to_tail)

    def _check_encoding(self, encoding: str) -> None:
        if self._requested_live == "sse" and codecs.lookup(encoding).name != "utf-8":
            raise ValueError("SSE carries UTF-8 only")


class Events:
    """Makes stream events of whole batches."""

    def __init__(self, mode: EventMode, encoding: str, decode: Callable[[Any], Any] | None) -> None:
        if mode not in ("bytes", "text", "json", "json_batches"):
            raise ValueError(f"mode must be bytes, text, json or json_batches, not {mode!r}")
        self._mode = mode
        self._decode = decode
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")

    def of(self, batch: Batch, is_sse: bool) -> StreamEvent[Any] | None:
        """The event of a batch; ``None`` for an answer without data, which is no news unless it is an SSE event."""
        position = batch.position or Position(None)
        data = self._data(batch)
        if not data and not is_sse:
            return None
        offset = position.offset or "-1"
        return StreamEvent(data or None, offset, position.up_to_date, position.cursor)

    def _data(self, batch: Batch) -> Any:
        if self._mode == "bytes":
            return b"".join(batch.items)
        if self._mode == "text":
            return self._decoder.decode(b"".join(batch.items))
        return batch.items if self._decode is None else list(map(self._decode, batch.items))
