"""What a producer's request comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ..errors import DurableStreamError, FetchError, SequenceGapError, StaleEpochError, refusal
from .addresses import Recipe
from .backoff import is_transient
from .effects import Request, Send, Steps, TransportFailure
from .exchange import body_text, not_a_stream, unreachable
from .numbers import integer


@dataclass(frozen=True, slots=True)
class Stored:
    """``duplicate``: the server had it before; ``highest`` is then the greatest number that it has, where it says so.
    ``closed``: the stream is closed by it."""

    offset: str
    duplicate: bool
    highest: int = 0
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Retry:
    """To be repeated. ``refused``: the server surely stored nothing."""

    error: Exception
    headers: Mapping[str, str]
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """The server misses earlier batches."""

    expected: int
    received: int


@dataclass(frozen=True, slots=True)
class Fenced:
    """Another producer took over."""

    current_epoch: int


@dataclass(frozen=True, slots=True)
class Refused:
    """For good."""

    error: Exception


Outcome: TypeAlias = Stored | Retry | Gap | Fenced | Refused


@dataclass(frozen=True, slots=True)
class ProducerRequest:
    """One numbered request. ``closes``: it closes the stream, with ``body`` as its last message if there is one."""

    producer_id: str
    epoch: int
    seq: int
    content_type: str
    body: bytes | None
    closes: bool = False


def post(recipe: Recipe, request: ProducerRequest) -> Steps[Outcome]:
    """Sends a request once."""
    headers = {
        "Content-Type": request.content_type,
        "Producer-Id": request.producer_id,
        "Producer-Epoch": str(request.epoch),
        "Producer-Seq": str(request.seq),
    }
    if request.closes:
        headers["Stream-Closed"] = "true"
    try:
        url, all_headers = yield from recipe.request_parts(headers)
        head = yield Send(Request("POST", url, all_headers, request.body))
        body = yield from body_text()
    except TransportFailure as failure:
        error = unreachable(failure, recipe.url)
        return Refused(error) if failure.is_final else Retry(error, {})
    if head.ok and not head.is_success:
        return Refused(not_a_stream(head, recipe.url))
    return outcome_of(head.status, head.headers, body, recipe.url, request.seq)


def outcome_of(status: int, headers: Mapping[str, str], body: str, url: str, seq: int) -> Outcome:
    """What an answer means (protocol §9). A 403 fences only if it names the epoch that took over, and a 409 is a gap only if
    it names another sequence number on a stream that is open: the rest are refusals."""
    is_closed = headers.get("stream-closed", "").lower() == "true"
    if 200 <= status < 300:
        highest = integer(headers.get("producer-seq")) or 0
        return Stored(headers.get("stream-next-offset", ""), status == 204, highest, is_closed)
    error = refusal(status, url, headers, body)
    if is_transient(status):
        return Retry(error, headers, status == 429)
    epoch = integer(headers.get("producer-epoch"))
    if status == 403 and epoch is not None:
        return Fenced(epoch)
    expected = integer(headers.get("producer-expected-seq"))
    if status == 409 and expected is not None and expected != seq and not is_closed:
        received = integer(headers.get("producer-received-seq"))
        return Gap(expected, seq if received is None else received)
    if status >= 500 and isinstance(error, DurableStreamError):
        return Refused(FetchError(error.message, status, url, headers, body))
    return Refused(error)


def error_of(outcome: Fenced | Gap | Retry | Refused) -> Exception:
    """The error to raise where an outcome ends an operation."""
    if isinstance(outcome, Fenced):
        return StaleEpochError(outcome.current_epoch)
    if isinstance(outcome, Gap):
        return SequenceGapError(outcome.expected, outcome.received)
    return outcome.error
