"""The operations on a stream, as machines."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import StreamExistsError, refusal
from ..types import AppendResult, CloseResult, HeadResult
from .addresses import Recipe
from .content import Content, joined, one
from .effects import Steps
from .exchange import Policy, exchange
from .numbers import integer


def create(
    recipe: Recipe,
    policy: Policy,
    *,
    content_type: str | None,
    ttl_seconds: int | None,
    expires_at: str | None,
    max_bytes: int | None,
    body: Content | None,
    closed: bool,
    forked_from: str | None,
    fork_offset: str | None,
    fork_sub_offset: int | None,
) -> Steps[str | None]:
    """Creates the stream. Result: its content type."""
    given = {
        "Content-Type": content_type,
        "Stream-TTL": None if ttl_seconds is None else str(ttl_seconds),
        "Stream-Expires-At": expires_at,
        "Stream-Max-Bytes": None if max_bytes is None else str(max_bytes),
        "Stream-Closed": "true" if closed else None,
        "Stream-Forked-From": forked_from,
        "Stream-Fork-Offset": fork_offset,
        "Stream-Fork-Sub-Offset": None if fork_sub_offset is None else str(fork_sub_offset),
    }
    headers = {name: value for name, value in given.items() if value is not None}
    content = None if body is None else one(body, content_type)
    head = yield from exchange(recipe, policy, "PUT", headers, content, refused=_create_refused)
    return head.headers.get("content-type") or content_type


def head(recipe: Recipe, policy: Policy) -> Steps[HeadResult]:
    """Asks what the stream is."""
    found = (yield from exchange(recipe, policy, "HEAD", {})).headers
    return HeadResult(
        exists=True,
        content_type=found.get("content-type"),
        offset=found.get("stream-next-offset"),
        etag=found.get("etag"),
        cache_control=found.get("cache-control"),
        stream_closed=found.get("stream-closed", "").lower() == "true",
        ttl_seconds=integer(found.get("stream-ttl")),
        expires_at=found.get("stream-expires-at"),
        max_bytes=integer(found.get("stream-max-bytes")),
    )


def delete(recipe: Recipe, policy: Policy) -> Steps[None]:
    """Deletes the stream."""
    yield from exchange(recipe, policy, "DELETE", {})


def append(
    recipe: Recipe, policy: Policy, messages: list[bytes], seq: str | None, content_type: str
) -> Steps[AppendResult]:
    """Appends messages by one request."""
    headers = {"Content-Type": content_type}
    if seq is not None:
        headers["Stream-Seq"] = seq
    done = yield from exchange(recipe, policy, "POST", headers, joined(messages, content_type))
    return AppendResult(done.headers.get("stream-next-offset", ""))


def close(recipe: Recipe, policy: Policy, data: Content | None, content_type: str) -> Steps[CloseResult]:
    """Closes the stream, with a last message if one is given."""
    headers = {"Stream-Closed": "true", "Content-Type": content_type}
    content = None if data is None else joined([one(data, content_type)], content_type)
    done = yield from exchange(recipe, policy, "POST", headers, content)
    return CloseResult(done.headers.get("stream-next-offset", ""))


def _create_refused(status: int, url: str, headers: Mapping[str, str], body: str) -> Exception:
    return StreamExistsError(url, body) if status == 409 else refusal(status, url, headers, body)
