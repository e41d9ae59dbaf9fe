"""One request with its repetitions, for all operations but the reading of bodies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..errors import FetchError, refusal
from ..types import BackoffOptions, ErrorHandler
from .addresses import Recipe
from .backoff import Backoff, is_transient
from .effects import RECEIVE, RELEASE, Call, Request, ResponseHead, Send, Sleep, Steps, TransportFailure

ERROR_BODY_BYTES_MAX = 64 * 1024
"""More of an error's body is not read."""


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
            body = yield from body_text(None if head.ok else ERROR_BODY_BYTES_MAX)
            if head.ok:
                return head
            error = refused(head.status, recipe.url, head.headers, body)
        except TransportFailure as failure:
            if head is not None and head.ok:
                return head  # the server has done it, whatever became of its answer's body
            head, error = None, unreachable(failure, recipe.url)
        yield from repeat_or_raise(recipe, policy, backoff, head, error)


def repeat_or_raise(
    recipe: Recipe, policy: Policy, backoff: Backoff, head: ResponseHead | None, error: Exception
) -> Steps[None]:
    """Returns when the request is to be repeated, after the wait that it takes. Otherwise raises the error."""
    if head is None or is_transient(head.status):
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


def body_text(limit: int | None) -> Steps[str]:
    """Takes the body of the response, as text, and releases it. Beyond ``limit`` bytes it is not read."""
    pieces: list[bytes] = []
    size = 0
    while limit is None or size < limit:
        piece: bytes = yield RECEIVE
        if not piece:
            break
        size += len(piece)
        if limit is not None:
            pieces.append(piece)
    yield RELEASE
    return b"".join(pieces).decode("utf-8", "replace")


def unreachable(failure: TransportFailure, url: str) -> FetchError:
    """The error for a request that got no answer."""
    error = FetchError(f"No answer from {url}: {failure}", url=url)
    error.__cause__ = failure.__cause__ or failure
    return error
