"""One request with its repetitions, for all operations but the reading of bodies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..errors import DurableStreamError, FetchError, refusal
from ..types import BackoffOptions, ErrorHandler
from .addresses import Recipe
from .backoff import Backoff, is_transient
from .effects import RECEIVE, RELEASE, Call, Request, ResponseHead, Send, Sleep, Steps, TransportFailure

ANSWER_BYTES_MAX = 64 * 1024
"""More of the body of a refusal, or of an answer to a write, is not read."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What to do when a request fails."""

    backoff: BackoffOptions = field(default_factory=BackoffOptions)
    on_error: ErrorHandler | None = None


Refusal = Callable[[int, str, Mapping[str, str], str], Exception]


def exchange(
    recipe: Recipe,
    policy: Policy,
    method: str,
    headers: Mapping[str, str],
    content: bytes | None = None,
    *,
    refused: Refusal = refusal,
) -> Steps[ResponseHead]:
    """Sends a request until it succeeds, and takes its body.

    Raises what ``refused`` makes of an answer that is no success, or `FetchError` when there is none; unless
    ``policy.on_error`` has it repeated.
    """
    backoff = Backoff(policy.backoff, f"{method} {recipe.url}")
    while True:
        head: ResponseHead | None = None
        url, all_headers = yield from recipe.request_parts(headers)
        try:
            head = yield Send(Request(method, url, all_headers, content))
            body = yield from body_text()
            if head.is_success:
                return head
            error = not_a_stream(head, recipe.url) if head.ok else refused(head.status, recipe.url, head.headers, body)
        except TransportFailure as failure:
            if head is not None and head.is_success:
                return head  # the server has done it, whatever became of its answer's body
            head, error = None, unreachable(failure, recipe.url)
        yield from repeat_or_raise(recipe, policy, backoff, head, error)


def repeat_or_raise(
    recipe: Recipe, policy: Policy, backoff: Backoff, head: ResponseHead | None, error: Exception
) -> Steps[None]:
    """Returns when the request is to be repeated, after the wait that it takes. Otherwise raises the error."""
    if is_transient(head.status) if head else not is_final(error):
        wait = backoff.wait(error, head.headers if head else None)
        if wait is not None:
            yield Sleep(wait)
            return
    changes = None
    if policy.on_error is not None:
        changes = yield Call(policy.on_error, (error,))
    if changes is None:
        raise error
    recipe.merge(changes)


def body_text() -> Steps[str]:
    """Takes the body of the response, as text, and releases it. Beyond `ANSWER_BYTES_MAX` it is not read."""
    pieces: list[bytes] = []
    size = 0
    while size < ANSWER_BYTES_MAX:
        piece: bytes = yield RECEIVE
        if not piece:
            break
        size += len(piece)
        pieces.append(piece)
    yield RELEASE
    return b"".join(pieces).decode("utf-8", "replace")


def not_a_stream(head: ResponseHead, url: str) -> DurableStreamError:
    """The error for a page that no stream server sent."""
    return DurableStreamError(f"No stream server answered at {url}, but a web page", head.status, "NOT_A_STREAM")


def no_offset(url: str) -> DurableStreamError:
    """The error for data that would be sent again and again."""
    message = f"No stream server answered at {url}: data came without a new offset behind it"
    return DurableStreamError(message, code="NOT_A_STREAM")


def is_final(error: Exception) -> bool:
    """Whether no answer came because the request can never work."""
    return isinstance(error, FetchError) and error.is_final


def unreachable(failure: TransportFailure, url: str) -> FetchError:
    """The error for a request that got no answer."""
    error = FetchError(f"No answer from {url}: {failure}", url=url)
    error.is_final = failure.is_final
    error.__cause__ = failure.__cause__ or failure
    return error


def always_breaks(failure: TransportFailure, url: str, offset: str) -> FetchError:
    """The error for answers that broke off time and again, and brought nothing new."""
    error = FetchError(f"Reading {url} always breaks off behind offset {offset}: {failure}", url=url)
    error.is_final = True
    error.__cause__ = failure.__cause__ or failure
    return error
