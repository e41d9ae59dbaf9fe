"""Server-sent events: bytes in, events out."""

from __future__ import annotations

import re

from ..errors import MESSAGE_BYTES_MAX, too_large

BOM = b"\xef\xbb\xbf"

_USUAL = re.compile(rb"event: ?([^\n]*)\ndata: ?([^\n]*)(?:\nid:[^\n]*)?").fullmatch
"""What servers send: the type, one line of data, perhaps an id. Everything else is taken line by line."""


class SSEParser:
    """Parses an event stream as the HTML standard says: lines end with LF, CRLF or CR; an event that is not complete when the
    stream ends is none."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        self._size = 0
        self._after_cr = False
        self._at_start = True

    def feed(self, chunk: bytes) -> list[tuple[bytes, bytes]]:
        """Takes bytes. Returns the events that are complete, as (type, data) pairs, both UTF-8."""
        if self._after_cr and chunk.startswith(b"\n"):
            chunk = chunk[1:]
        if chunk:
            self._after_cr = chunk.endswith(b"\r")
        if b"\r" in chunk:
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if self._rest and self._goes_on(chunk):
            self._rest.append(chunk)
            self._size += len(chunk)
            if self._size > MESSAGE_BYTES_MAX:
                raise too_large()
            return []
        text = b"".join([*self._rest, chunk]) if self._rest else chunk
        if self._at_start and text:
            if len(text) < len(BOM) and BOM.startswith(text):
                self._rest = [text]
                return []
            self._at_start = False
            text = text.removeprefix(BOM)
        blocks = text.split(b"\n\n")
        rest = blocks.pop()
        self._rest, self._size = [rest] if rest else [], len(rest)
        return [event for event in map(_event, blocks) if event is not None]

    def _goes_on(self, chunk: bytes) -> bool:
        """Whether an event that began in earlier bytes does not end in these."""
        ends = b"\n\n" in chunk or (chunk.startswith(b"\n") and self._rest[-1].endswith(b"\n"))
        return bool(chunk) and not ends and not self._at_start


def _event(block: bytes) -> tuple[bytes, bytes] | None:
    """The event of a block of lines; ``None`` if it has no data."""
    usual = _USUAL(block)
    if usual is not None:
        return usual.group(1, 2)  # type: ignore[return-value]
    kind = b"message"
    data: list[bytes] = []
    for line in block.split(b"\n"):
        if line.startswith(b"data:"):
            data.append(line[6:] if line.startswith(b"data: ") else line[5:])
        elif line.startswith(b"event:"):
            kind = line[7:] if line.startswith(b"event: ") else line[6:]
        elif line == b"data":
            data.append(b"")
    return (kind, data[0] if len(data) == 1 else b"\n".join(data)) if data else None
