"""JSON bodies: bytes in, items out, long before the body is complete."""

from __future__ import annotations

import json
import re
from codecs import utf_8_decode
from typing import Any

from ..errors import MESSAGE_BYTES_MAX, parse_error, too_large

PARSE_BYTES = 64 * 1024
"""How much is gathered before it is parsed: the parser runs at full speed, and memory stays flat."""

_decode_one = json.JSONDecoder().raw_decode
_SPACE = b" \t\n\r"
_space = re.compile(r"[ \t\n\r]*").match


def parsed(payload: bytes) -> Any:
    """The value of a small JSON text. Raises `ValueError`. (`json.loads` spends more on finding its encoding than on parsing it.)"""
    text = str(payload, "utf-8")
    try:
        value, end = _decode_one(text)
    except (ValueError, RecursionError):
        return _loads(text)
    return value if end == len(text) else _loads(text)


def _loads(text: str | bytes | bytearray) -> Any:
    """As `json.loads`; text that is nested too deep is no JSON for us."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


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
            self._buffer = buffer = buffer.lstrip(_SPACE)
            if buffer:
                self._state = "array" if buffer[0] == 0x5B else "single"
                if self._state == "array":
                    del buffer[0]
        if len(buffer) < self._parse_at:
            return []
        if self._state == "single":
            self._bound()
            return []
        items = self._cut()
        self._bound()
        self._emitted = self._emitted or bool(items)
        self._parse_at = PARSE_BYTES if items else 2 * len(self._buffer)
        return items

    def finish(self) -> list[Any]:
        """The items of what is left, at the end of the body. Raises `DurableStreamError` (``PARSE_ERROR``)."""
        if self._state == "start":
            return []
        text = b"[" + self._buffer if self._state == "array" else bytes(self._buffer)
        try:
            items = items_of(_loads(text))
        except ValueError as error:
            raise parse_error("JSON response", text[:500].decode("utf-8", "replace")) from error
        if self._emitted and not items:
            raise parse_error("JSON response", ",]")
        return items

    def rescue(self) -> list[Any]:
        """The items that are complete in what is left of a body that broke off."""
        return self._one_by_one() if self._state == "array" else []

    def _bound(self) -> None:
        if len(self._buffer) > MESSAGE_BYTES_MAX:
            raise too_large()

    def _cut(self) -> list[Any]:
        end = self._buffer.rfind(b"},{")
        if end >= 0:
            try:
                items: list[Any] = _loads(b"".join((b"[", memoryview(self._buffer)[: end + 1], b"]")))
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
            try:
                item, end = _decode_one(text, _end_of_space(text, start))
            except (ValueError, RecursionError):
                break
            end = _end_of_space(text, end)
            if text[end : end + 1] != ",":
                break  # not complete (a number may go on), or the last one
            items.append(item)
            start = end + 1
        del self._buffer[: len(text[:start].encode())]
        return items


def _end_of_space(text: str, start: int) -> int:
    space = _space(text, start)
    assert space is not None, "it matches no space, too"
    return space.end()
