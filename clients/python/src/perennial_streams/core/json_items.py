"""JSON bodies: bytes in, items out, long before the body is complete."""

from __future__ import annotations

import json
from codecs import utf_8_decode
from typing import Any

from ..errors import parse_error

PARSE_BYTES = 64 * 1024
"""How much is gathered before it is parsed: the parser runs at full speed, and memory stays flat."""

_decode_one = json.JSONDecoder().raw_decode
_SPACE = b" \t\n\r"


def parsed(payload: bytes) -> Any:
    """The value of a small JSON text. Raises `ValueError`. (`json.loads` spends more on finding its encoding than on parsing it.)"""
    text = str(payload, "utf-8")
    try:
        value, end = _decode_one(text)
    except ValueError:
        return json.loads(text)
    return value if end == len(text) else json.loads(text)


def items_of(value: Any) -> list[Any]:
    """An array contributes its elements, any other value is one item."""
    return value if isinstance(value, list) else [value]


class JsonItems:
    """Cuts one JSON text into the items of its array.

    Where to cut is guessed, behind the last ``},{``, and the parser says whether the guess was right: the text before is a list
    of whole items if and only if brackets around it make it valid JSON. Where it was wrong, items are parsed one by one.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._state = "start"
        self._parse_at = PARSE_BYTES
        self._emitted = False

    def feed(self, chunk: bytes) -> list[Any]:
        """Takes bytes; returns items that are complete, possibly none yet."""
        buffer = self._buffer
        buffer += chunk
        if self._state == "start":
            stripped = buffer.lstrip(_SPACE)
            if stripped:
                self._state = "array" if stripped[0] == 0x5B else "single"
                self._buffer = buffer = stripped[1:] if self._state == "array" else stripped
        if self._state == "single" or len(buffer) < self._parse_at:
            return []
        items = self._cut()
        self._emitted = self._emitted or bool(items)
        self._parse_at = PARSE_BYTES if items else 2 * len(self._buffer)
        return items

    def finish(self) -> list[Any]:
        """The items of what is left, at the end of the body. Raises `DurableStreamError` (``PARSE_ERROR``)."""
        if self._state == "start":
            return []
        text = b"[" + self._buffer if self._state == "array" else bytes(self._buffer)
        try:
            items = items_of(json.loads(text))
        except ValueError as error:
            raise parse_error("JSON response", text.decode("utf-8", "replace")) from error
        if self._emitted and not items:
            raise parse_error("JSON response", ",]")
        return items

    def _cut(self) -> list[Any]:
        end = self._buffer.rfind(b"},{")
        if end >= 0:
            try:
                items: list[Any] = json.loads(b"[" + self._buffer[: end + 1] + b"]")
            except ValueError:
                return self._one_by_one()
            del self._buffer[: end + 2]
            return items
        return self._one_by_one()

    def _one_by_one(self) -> list[Any]:
        try:
            text, _ = utf_8_decode(self._buffer, "strict", False)
        except UnicodeDecodeError:
            return []  # finish() will say so
        items: list[Any] = []
        start = 0
        while True:
            begin = len(text) - len(text[start:].lstrip()) if text[start : start + 1].isspace() else start
            try:
                item, end = _decode_one(text, begin)
            except ValueError:
                break
            while text[end : end + 1] in (" ", "\t", "\n", "\r"):
                end += 1
            if text[end : end + 1] != ",":
                break  # not complete (a number may go on), or the last one
            items.append(item)
            start = end + 1
        del self._buffer[: len(text[:start].encode())]
        return items
