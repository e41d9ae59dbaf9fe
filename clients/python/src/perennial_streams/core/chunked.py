"""The body of an answer in chunks, from the bytes of its connection (RFC 9112 §7.1).

The HTTP library takes an event that arrives alone through half a dozen layers, which costs more than all that we do with it. On
connections of our own, event streams are therefore taken from the connection itself, once the library has read the head.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

LINE_BYTES_MAX = 16 * 1024
"""A line between chunks, and all trailers together, are no longer than this."""
RECEIVE_BYTES = 64 * 1024
"""How much is taken from a connection at once."""
HEADS_BYTES_MAX = 256 * 1024
"""The heads of an answer are no longer than this together: a server could send interim ones (1xx) for ever."""

_HEAD_END = re.compile(rb"\n\r?\n").search
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?", re.DOTALL).fullmatch


class ChunkError(Exception):
    """What was received is no body in chunks."""


def is_chunked_event_stream(method: str, status: int, headers: Mapping[str, str]) -> bool:
    """Whether an answer's body is an event stream that `ChunkedBody` can take. Other answers may have such headers and no body."""
    return (
        (method, status) == ("GET", 200)
        and headers.get("content-type", "").lower().startswith("text/event-stream")
        and headers.get("transfer-encoding", "").lower() == "chunked"
        and "content-encoding" not in headers
    )


def behind_head(received: bytes) -> bytes:
    """What a connection has received behind the head of the final answer; interim ones (1xx) come before it."""
    while True:
        status = received.split(b" ", 2)[1]
        end = _HEAD_END(received)
        assert end is not None, "the library has seen the whole head"
        received = received[end.end() :]
        if not status.startswith(b"1"):
            return received


class Kept:
    """What a connection has received since a request was sent, until it is asked for: the library has read the head by then, and
    perhaps the beginning of the body."""

    def __init__(self) -> None:
        self._pieces: list[bytes] | None = None
        self._size = 0

    def start(self) -> None:
        """A request is being sent."""
        self._pieces, self._size = [], 0

    def add(self, received: bytes) -> bool:
        """False if it is too much to be the head of an answer."""
        if self._pieces is None:
            return True
        self._pieces.append(received)
        self._size += len(received)
        return self._size <= HEADS_BYTES_MAX

    def take(self) -> bytes:
        """All of it. What comes now is not kept."""
        pieces, self._pieces = self._pieces, None
        return b"".join(pieces or ())


class ChunkedBody:
    """Takes the chunks' frames off."""

    def __init__(self) -> None:
        self.complete = False
        """Whether the end of the body was seen."""
        self._rest = b""
        self._left = 0
        self._line = "size"
        self._trailer_bytes = 0

    def feed(self, received: bytes) -> bytes:
        """Takes bytes of the connection; returns those of the body. Raises `ChunkError` if they are not in chunks."""
        if self._line == "size" and not self._rest:  # what is usual: one chunk, whole
            start = received.find(b"\r\n", 0, 18) + 2
            size = _SIZE(received, 0, start - 2) if start > 1 else None
            if (
                size is not None
                and start + int(size[1], 16) + 2 == len(received) > start + 2
                and received[-2:] == b"\r\n"
            ):
                return received[start:-2]
        data = self._rest + received if self._rest else received
        at = 0
        pieces: list[bytes] = []
        while not self.complete:
            if self._left:
                piece = data[at : at + self._left]
                at += len(piece)
                self._left -= len(piece)
                pieces.append(piece)
                if self._left:
                    break
            end = data.find(b"\r\n", at)
            if (len(data) if end < 0 else end) - at > LINE_BYTES_MAX:
                raise ChunkError("a line between chunks is too long")
            if end < 0:
                break
            self._take_line(data[at:end])
            at = end + 2
        self._rest = data[at:]
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _take_line(self, line: bytes) -> None:
        if self._line == "size":
            size = _SIZE(line)
            if size is None:
                raise ChunkError(f"not the size of a chunk: {line[:50]!r}")
            self._left = int(size[1], 16)
            self._line = "end" if self._left else "trailer"
        elif self._line == "end":
            if line:
                raise ChunkError(f"a chunk is longer than it says: {line[:50]!r}")
            self._line = "size"
        else:
            self.complete = not line
            self._trailer_bytes += len(line)
            if self._trailer_bytes > LINE_BYTES_MAX:
                raise ChunkError("the trailers are too long")
