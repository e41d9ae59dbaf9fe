"""The HTTP libraries that a client may come from: ``httpx2``, and ``httpx``, which has the same interface."""

from __future__ import annotations

import contextlib
import ssl
import sys
import urllib.request
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType
from typing import Any

import httpcore2
import httpx2

from .chunked import ChunkError
from .effects import TransportFailure

CONNECT_SECONDS = 10.0
"""How long a connection may take to be made."""
SILENCE_SECONDS = 45.0
"""How long a live answer may be silent: longer than servers let a long-poll wait (30 s), or an event stream rest (15 s)."""
REQUEST_SECONDS = 30.0
"""How long other answers may be silent."""


def library_of(client: object) -> ModuleType:
    """The library that a client comes from."""
    for base in type(client).__mro__:
        name = base.__module__.partition(".")[0]
        if name in ("httpx", "httpx2"):
            return sys.modules[name]
    raise TypeError(f"client must come from httpx2 or httpx, not be {type(client).__name__}")


@cache
def _tls() -> ssl.SSLContext:
    """One for all: loading the certificates takes longer than a request."""
    return httpx2.create_ssl_context()


def own_client_options(transport: Callable[[], Any]) -> dict[str, Any]:
    """Options of the clients that we make ourselves. Behind a proxy, or in a browser, their transport is the library's own."""
    timeout = httpx2.Timeout(REQUEST_SECONDS, connect=CONNECT_SECONDS)
    options: dict[str, Any] = {"timeout": timeout, "follow_redirects": True}
    if sys.platform == "emscripten" or urllib.request.getproxies().keys() & {"http", "https", "all"}:
        return {**options, "verify": _tls(), "limits": httpx2.Limits(**_LIMITS)}
    return {**options, "transport": transport()}


_LIMITS: dict[str, Any] = {"max_connections": None, "max_keepalive_connections": 20, "keepalive_expiry": 30.0}


def pool_options(scheme: str) -> dict[str, Any]:
    """Options of the connection pools that we make ourselves, one for each scheme: plain HTTP needs no certificates."""
    return {"ssl_context": _tls() if scheme == "https" else None, **_LIMITS}


def core_request(request: httpx2.Request) -> httpcore2.Request:
    """The request as the library's pool takes it."""
    url = request.url
    target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    return httpcore2.Request(
        request.method,
        target,
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


CUT_SHORT = "the connection was closed before the end of the body"
HEADS_TOO_LONG = "the heads of the answer are too long"


@contextlib.contextmanager
def library_errors() -> Iterator[None]:
    """Turns errors of connections into those of the library."""
    try:
        yield
    except TimeoutError as error:
        raise httpx2.ReadTimeout(str(error)) from error
    except OSError as error:
        raise httpx2.ReadError(str(error)) from error
    except ChunkError as error:
        raise httpx2.RemoteProtocolError(str(error)) from error
    except Exception as error:
        kind = getattr(httpx2, type(error).__name__, None)
        if kind is None or type(error) is not getattr(httpcore2, type(error).__name__, None):
            raise
        raise kind(str(error)) from error


def answer_to(request: Any, response: Any) -> Any:
    """The answer to a request: a redirection that made another method of it, as 302 makes GET of POST, was not followed."""
    return response if response.request.method == request.method else response.history[-1]


class Timeouts:
    """The timeouts of requests: the user's, or else the client's; live ones wait out silence."""

    def __init__(self, client: Any, timeout: Any | None, silence: float | None) -> None:
        library = library_of(client)
        self.plain = client.timeout if timeout is None else library.Timeout(timeout)
        read = SILENCE_SECONDS if silence is None else silence
        plain = self.plain
        self.live = library.Timeout(connect=plain.connect, write=plain.write, pool=plain.pool, read=read)


def failure_of(error: Exception, library: ModuleType) -> TransportFailure:
    """What an error of the library means: a failure of the network, or one that repeating cannot mend."""
    hopeless = (library.UnsupportedProtocol, library.LocalProtocolError, library.TooManyRedirects, library.InvalidURL)
    is_final = isinstance(error, hopeless) or "CERTIFICATE_VERIFY_FAILED" in str(error)
    is_silence = isinstance(error, library.ReadTimeout)
    failure = TransportFailure(str(error) or type(error).__name__, is_final=is_final, is_silence=is_silence)
    failure.__cause__ = error
    return failure
