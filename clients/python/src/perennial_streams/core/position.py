"""Where a reader is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Position(NamedTuple):
    """A place in a stream, and what is known about the stream there."""

    offset: str | None
    cursor: str | None = None
    up_to_date: bool = False
    stream_closed: bool = False

    def after(self, status: int, headers: Mapping[str, str]) -> Position:
        """The position behind a response. What it does not say stays as it was."""
        closed = self.stream_closed or headers.get("stream-closed", "").lower() == "true"
        return Position(
            headers.get("stream-next-offset") or self.offset,
            headers.get("stream-cursor") or self.cursor,
            "stream-up-to-date" in headers or status == 204 or closed,
            closed,
        )

    def after_control(self, control: Mapping[str, object]) -> Position:
        """The position behind an SSE control event."""
        get = control.get
        offset, cursor = get("streamNextOffset"), get("streamCursor")
        closed = self.stream_closed or get("streamClosed") is True
        return Position(
            offset if isinstance(offset, str) else self.offset,
            cursor if isinstance(cursor, str) and cursor else self.cursor,
            closed or get("upToDate") is True,
            closed,
        )
