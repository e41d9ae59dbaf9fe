"""URLs and headers of requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, unquote_plus

from .effects import Call, Steps

PROTOCOL_PARAMS = ("cursor", "live", "offset")


def with_query(url: str, params: Mapping[str, str], protocol: Mapping[str, str | None]) -> str:
    """The URL with its own query kept as it stands, then ``params``, then the protocol's, each stronger than those before.

    Keys come in order, so that caches see one URL where readers ask for the same. A ``None`` of ``protocol`` removes the key.
    """
    address, _, _ = url.partition("#")
    base, _, query = address.partition("?")
    own = [(unquote_plus(pair.partition("=")[0]), pair) for pair in query.split("&") if pair]
    user = {key: value for key, value in params.items() if key not in protocol}
    parts = [(key, pair) for key, pair in own if key not in user and key not in protocol]
    parts += [(key, f"{quote(key, safe='')}={quote(value, safe='')}") for key, value in user.items()]
    parts += [(key, f"{key}={quote(value, safe='-_.')}") for key, value in protocol.items() if value is not None]
    if not parts:
        return base
    return f"{base}?{'&'.join(pair for _, pair in sorted(parts, key=lambda part: part[0]))}"


def own_offset(url: str) -> str | None:
    """The offset that a URL itself names."""
    query = url.partition("#")[0].partition("?")[2]
    return dict(parse_qsl(query)).get("offset")


def must_be_text(what: str, value: object, kinds: tuple[type, ...] = (str,)) -> None:
    """Raises `TypeError` for a value that cannot go into a request as it is."""
    if not isinstance(value, kinds):
        raise TypeError(f"{what} must be a str, not {type(value).__name__}")


def resolved(what: str, values: Mapping[str, Any]) -> Steps[dict[str, str]]:
    """The values, functions called, those that are ``None`` left out."""
    found: dict[str, str] = {}
    for name, value in values.items():
        if callable(value):
            value = yield Call(value)
        if value is not None:
            must_be_text(f"{what} {name!r}", value, (str, bytes))
            found[name] = value
    return found


def merged_headers(*layers: Mapping[str, str]) -> dict[str, str]:
    """The headers of all layers, later ones stronger, whatever the case of their names."""
    merged: dict[str, tuple[str, str]] = {}
    for layer in layers:
        for name, value in layer.items():
            merged[name.lower()] = (name, value)
    return dict(merged.values())


class Recipe:
    """The URL, headers and params of the requests of one handle or session; `on_error` may change them for good."""

    __slots__ = ("headers", "params", "url")

    def __init__(self, url: str, headers: Mapping[str, Any] | None, params: Mapping[str, Any] | None) -> None:
        must_be_text("url", url)
        if not url.strip():
            raise ValueError("url must not be empty")
        self.url = url
        self.headers: dict[str, str | Callable[[], Any]] = dict(headers or {})
        self.params: dict[str, str | Callable[[], Any] | None] = dict(params or {})

    def merge(self, changes: Mapping[str, Any]) -> None:
        self.headers.update(changes.get("headers") or {})
        self.params.update(changes.get("params") or {})

    def request_parts(
        self, headers: Mapping[str, str], protocol: Mapping[str, str | None] | None = None
    ) -> Steps[tuple[str, dict[str, str]]]:
        """URL and headers of the next request; the protocol's headers are stronger than the user's."""
        user = yield from resolved("header", self.headers)
        params = yield from resolved("parameter", self.params)
        url = with_query(self.url, params, protocol or {})
        return url, merged_headers(user, headers)
