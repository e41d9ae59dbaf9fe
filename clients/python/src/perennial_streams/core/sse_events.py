"""SSE data that waits for the control event that confirms it."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Any

from ..errors import MESSAGE_BYTES_MAX, DurableStreamError, SSEEncodingError, parse_error, too_large
from .json_items import parsed
from .units import Kind


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
            if isinstance(control, dict):
                if b"\\u" in payload:  # half a character cannot go into the next request
                    "".join(text for text in control.values() if isinstance(text, str)).encode()
                return control
        except ValueError as error:
            raise _malformed(payload) from error
        raise _malformed(payload)


def _malformed(payload: bytes) -> DurableStreamError:
    return parse_error("SSE control event", payload.decode("utf-8", "replace"))


def _decoded(payload: bytes) -> bytes:
    text = payload.replace(b"\n", b"").replace(b"\r", b"")
    try:
        return b64decode(text, validate=True)
    except binascii.Error as error:
        raise SSEEncodingError(f"Malformed base64 in an SSE event: {text[:100]!r}") from error
