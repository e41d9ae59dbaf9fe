"""SSE data that waits for the control event that confirms it."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import TYPE_CHECKING, Any

from ..errors import MESSAGE_BYTES_MAX, DurableStreamError, SSEEncodingError, parse_error, too_large
from .json_items import parsed

if TYPE_CHECKING:
    from .read_session import Kind


class PendingEvents:
    """Gathers the data events before a control event. ``encoded``: their payloads are base64."""

    def __init__(self, kind: Kind, encoded: bool) -> None:
        self._kind = kind
        self._encoded = encoded
        self._units: list[Any] = []
        self._bytes = 0

    def add(self, payload: bytes) -> None:
        self._bytes += len(payload)
        if self._bytes > MESSAGE_BYTES_MAX:
            raise too_large()
        units = self._kind.event(_decoded(payload) if self._encoded else payload)
        if self._units:
            self._units.extend(units)
        else:
            self._units = units

    def take(self) -> list[Any]:
        units, self._units, self._bytes = self._units, [], 0
        return units

    def control(self, payload: bytes) -> dict[str, object]:
        """The members of a control event. Raises `DurableStreamError` (``PARSE_ERROR``)."""
        try:
            control = parsed(payload)
        except ValueError as error:
            raise _malformed(payload) from error
        if not isinstance(control, dict):
            raise _malformed(payload)
        return control


def _malformed(payload: bytes) -> DurableStreamError:
    return parse_error("SSE control event", payload.decode("utf-8", "replace"))


def _decoded(payload: bytes) -> bytes:
    text = payload.replace(b"\n", b"").replace(b"\r", b"")
    try:
        return b64decode(text, validate=True)
    except binascii.Error as error:
        raise SSEEncodingError(f"Malformed base64 in an SSE event: {text[:100]!r}") from error
