"""The errors of the public interface."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class _Portable(Exception):
    """An error that survives pickling, as worker processes need it: their pools hang on one that does not."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.args, self.__dict__)


def _restored(kind: type[Exception], arguments: tuple[Any, ...], state: dict[str, Any]) -> Exception:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(state)
    return error


class DurableStreamError(_Portable):
    """The server refused, or the data is not what it should be.

    ``status`` is the HTTP status, if there was one; ``code`` says what is wrong, e.g. ``PARSE_ERROR``; ``details`` is the
    body of the answer, if there was one.
    """

    def __init__(
        self, message: str, status: int | None = None, code: str | None = None, details: Any | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.details = details

    def __str__(self) -> str:
        status = "" if self.status is None else f" (status={self.status})"
        code = "" if self.code is None else f" [{self.code}]"
        return f"{self.message}{status}{code}"


class FetchError(_Portable):
    """No answer, or one that makes no sense. ``status`` is ``None`` when the server could not be reached; the cause of that
    is ``__cause__``. ``is_final``: the request can never work, e.g. because a certificate is not trusted."""

    def __init__(
        self,
        message: str,
        status: int | None = None,
        url: str | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.url = url
        self.headers = dict(headers or {})
        self.body = body
        self.is_final = False


class StreamNotFoundError(DurableStreamError):
    """There is no such stream (404)."""

    def __init__(self, url: str = "", details: Any | None = None) -> None:
        super().__init__(f"Stream not found: {url}", 404, "NOT_FOUND", details)
        self.url = url


class StreamExistsError(DurableStreamError):
    """The stream exists, with another configuration (409)."""

    def __init__(self, url: str = "", details: Any | None = None) -> None:
        super().__init__(f"Stream exists with another configuration: {url}", 409, "CONFLICT_EXISTS", details)
        self.url = url


class SeqConflictError(DurableStreamError):
    """The append conflicts with what is stored, e.g. its ``seq`` is not greater than the last one (409)."""

    def __init__(self, message: str = "Sequence conflict", details: Any | None = None) -> None:
        super().__init__(message, 409, "CONFLICT_SEQ", details)


class StreamClosedError(DurableStreamError):
    """The stream is closed: nothing can be appended (409). ``final_offset`` is where it ends, if the server said so."""

    def __init__(self, url: str = "", final_offset: str | None = None, details: Any | None = None) -> None:
        super().__init__(f"Cannot append to closed stream: {url}", 409, "STREAM_CLOSED", details)
        self.url = url
        self.final_offset = final_offset


class RetentionGoneError(DurableStreamError):
    """The stream, or what was at this offset, is gone for good (410)."""

    def __init__(self, message: str = "The stream or offset is gone", details: Any | None = None) -> None:
        super().__init__(message, 410, "RETENTION_GONE", details)


class StreamConsumedError(DurableStreamError):
    """A response can be consumed once. Open another with ``stream()``."""

    def __init__(self, attempted_method: str, consumed_by: str) -> None:
        super().__init__(f"Cannot call {attempted_method}: already consumed by {consumed_by}", code="ALREADY_CONSUMED")
        self.attempted_method = attempted_method
        self.consumed_by = consumed_by


class SSENotSupportedError(DurableStreamError):
    """The server does not serve this stream by SSE. Not raised while long-polling can take over."""

    def __init__(self, content_type: str | None = None) -> None:
        super().__init__(f"SSE is not supported for {content_type}", 400, "SSE_NOT_SUPPORTED")
        self.content_type = content_type


class SSEBytesIterationError(DurableStreamError):
    """Kept for ``except`` clauses written for the official package. Bytes can be read by SSE here."""

    def __init__(self) -> None:
        super().__init__("Bytes cannot be read by SSE", code="SSE_BYTES_NOT_SUPPORTED")


class SSEReadAllError(DurableStreamError):
    """Kept for ``except`` clauses written for the official package. ``read_*`` work in every mode here."""

    def __init__(self, method: str = "") -> None:
        super().__init__(f"{method} cannot be used with SSE", code="SSE_READ_ALL_NOT_SUPPORTED")
        self.method = method


class SSEEncodingError(DurableStreamError):
    """Base64 that does not decode."""

    def __init__(self, message: str = "Malformed base64 in an SSE event") -> None:
        super().__init__(message, code="SSE_ENCODING_ERROR")


class StaleEpochError(_Portable):
    """Another producer with this id took over, or ran before, with ``current_epoch``.

    ``maybe_stored``: the batch that found out may be stored or not; nobody can know.
    """

    def __init__(self, current_epoch: int, maybe_stored: bool = False) -> None:
        fate = ", and a batch before may or may not be stored" if maybe_stored else ""
        super().__init__(
            f"Another producer of this id has epoch {current_epoch}{fate}: restart() takes over; auto_claim does so by itself"
        )
        self.current_epoch = current_epoch
        self.maybe_stored = maybe_stored


class SequenceGapError(_Portable):
    """The server misses a batch that nobody can send any more."""

    def __init__(self, expected_seq: int, received_seq: int) -> None:
        super().__init__(f"Producer sequence gap: expected {expected_seq}, received {received_seq}")
        self.expected_seq = expected_seq
        self.received_seq = received_seq


_CODES = {400: "BAD_REQUEST", 401: "UNAUTHORIZED", 403: "FORBIDDEN", 413: "TOO_LARGE", 429: "RATE_LIMITED", 503: "BUSY"}


MESSAGE_BYTES_MAX = 128 * 1024 * 1024
"""No message, and no data of SSE before it is confirmed, is longer: what has no end would fill the memory."""
SHOWN = 300
"""Characters of an answer's body in a message. All of it is in ``details``."""


def parse_error(what: str, data: str) -> DurableStreamError:
    """What was received does not parse. The message holds its first 100 characters."""
    return DurableStreamError(f"Failed to parse {what}: {data[:100]}", code="PARSE_ERROR")


def too_large() -> DurableStreamError:
    """The error for a message that does not end."""
    return DurableStreamError(f"A message is longer than {MESSAGE_BYTES_MAX} bytes", code="MESSAGE_TOO_LARGE")


def refusal(status: int, url: str, headers: Mapping[str, str], body: str, *, writes: bool = True) -> Exception:
    """The error for an answer that is not a success. ``writes``: a 409 tells of a conflict with a write."""
    if status == 404:
        return StreamNotFoundError(url, body)
    if status == 410:
        return RetentionGoneError(f"The stream or offset is gone: {url}", body)
    if status == 409 and writes:
        if headers.get("stream-closed", "").lower() == "true":
            return StreamClosedError(url, headers.get("stream-next-offset"), body)
        return SeqConflictError(f"Conflict at {url}: {body[:SHOWN]}", body)
    message = f"HTTP {status} at {url}: {body[:SHOWN]}" if body else f"HTTP {status} at {url}"
    return DurableStreamError(message, status, _CODES.get(status, "HTTP_ERROR"), body)
