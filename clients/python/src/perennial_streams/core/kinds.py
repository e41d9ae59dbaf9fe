"""What a reader can ask for: bytes, or JSON items."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..errors import parse_error
from .json_items import JsonItems, items_of, parsed
from .units import Body


class _Bytes:
    def feed(self, chunk: bytes) -> list[bytes]:
        return [chunk]

    def finish(self) -> list[bytes]:
        return []

    def rescue(self) -> list[bytes]:
        return []


class BytesKind:
    """Units are pieces of bytes; they are counted in bytes."""

    def body(self) -> Body:
        return _Bytes()

    def event(self, payload: bytes) -> list[bytes]:
        return [payload] if payload else []

    def count(self, units: Iterable[bytes]) -> int:
        return sum(map(len, units))

    def skip(self, units: list[bytes], count: int) -> list[bytes]:
        rest = b"".join(units)[count:]
        return [rest] if rest else []


class JsonKind:
    """Units are the items of JSON arrays."""

    def body(self) -> Body:
        return JsonItems()

    def event(self, payload: bytes) -> list[Any]:
        try:
            return items_of(parsed(payload))
        except ValueError as error:
            raise parse_error("JSON response", payload.decode("utf-8", "replace")) from error

    def count(self, units: Iterable[Any]) -> int:
        return len(list(units)) if not isinstance(units, list) else len(units)

    def skip(self, units: list[Any], count: int) -> list[Any]:
        return units[count:]


BYTES = BytesKind()
JSON = JsonKind()
