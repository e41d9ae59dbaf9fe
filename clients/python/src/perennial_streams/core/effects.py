"""What the machines ask of the world. A machine is a generator that yields these and is sent their results.

A failure of the network is thrown into the machine as `TransportFailure`; all other exceptions end it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias, TypeVar

from .position import Position


@dataclass(frozen=True, slots=True)
class Request:
    """A request to be sent. ``live``: the answer may be silent for as long as `silence_timeout`."""

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None = None
    live: bool = False


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """The answer's status and headers (names in lower case); its body is asked for by `Receive`."""

    status: int
    reason: str
    headers: Mapping[str, str]

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_event_stream(self) -> bool:
        return self.status == 200 and self.headers.get("content-type", "").lower().startswith("text/event-stream")

    @property
    def is_success(self) -> bool:
        """Whether a stream server did what it was asked. A web page without an offset is none of its answers: the login page of a
        network, or what a web server shows for any address."""
        is_page = self.headers.get("content-type", "").lower().startswith("text/html")
        return self.ok and not (is_page and "stream-next-offset" not in self.headers)


@dataclass(frozen=True, slots=True)
class Send:
    """Sends a request, after releasing the response before. Result: `ResponseHead`."""

    request: Request


class Receive:
    """Takes the next bytes of the body. Result: bytes, empty at the end."""


class Release:
    """Lets go of the response, whether or not its body was taken."""


@dataclass(frozen=True, slots=True)
class Sleep:
    """Waits so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Call:
    """Calls a function of the user's. Result: what it returns; with the async API, awaited."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()


class Batch(NamedTuple):
    """Items for the consumer. ``position`` is in force once they were taken; ``None`` in the middle of a page."""

    items: list[Any]
    position: Position | None


RECEIVE = Receive()
RELEASE = Release()

Effect: TypeAlias = Send | Receive | Release | Sleep | Call
R = TypeVar("R")
Steps: TypeAlias = Generator[Effect, Any, R]
"""A machine that comes to a result."""
Batches: TypeAlias = Generator[Effect | Batch, Any, None]
"""A machine that hands out batches on the way."""


class TransportFailure(Exception):
    """The connection could not be made, broke, or was silent for too long. The cause is ``__cause__``.

    ``is_final``: the request can never work, e.g. because a certificate is not trusted. ``is_silence``: the peer sent nothing for
    too long.
    """

    def __init__(self, message: str, *, is_final: bool = False, is_silence: bool = False) -> None:
        super().__init__(message)
        self.is_final = is_final
        self.is_silence = is_silence
