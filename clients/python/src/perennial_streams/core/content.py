"""What is written: messages, and the bodies that carry them."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

DEFAULT_CONTENT_TYPE = "application/octet-stream"

Content: TypeAlias = Any
"""``bytes``, ``str``, or, for JSON streams, any other JSON value. On a JSON stream ``str`` is JSON text."""


def is_json(content_type: str | None) -> bool:
    return (content_type or "").partition(";")[0].strip().lower() == "application/json"


def one(content: Content, content_type: str | None) -> bytes:
    """A message as bytes. Raises `TypeError` or `ValueError` (NaN) for what the stream cannot carry."""
    if isinstance(content, str):
        return content.encode()
    if isinstance(content, (bytes, bytearray, memoryview)):
        return bytes(content)
    if is_json(content_type):
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    raise TypeError(f"a message of a {content_type} stream is str or bytes, not {type(content).__name__}")


def joined(messages: list[bytes], content_type: str) -> bytes:
    """The body that carries messages: for JSON an array, whose elements the server stores one by one."""
    return b"[%s]" % b",".join(messages) if is_json(content_type) else b"".join(messages)
