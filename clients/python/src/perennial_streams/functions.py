"""Reading without a handle."""

from __future__ import annotations

from typing import Any

from .aio.io import AsyncIO
from .aio.io import own_client as own_async_client
from .aio.response import AsyncStreamResponse, AsyncStreamSession
from .core.addresses import Recipe
from .core.exchange import Policy
from .core.http_library import Timeouts
from .core.read_session import ReadOptions
from .sync.io import SyncIO, own_client
from .sync.response import StreamResponse
from .types import BackoffOptions, ErrorHandler, HeadersLike, LiveMode, Offset, ParamsLike, SSEResilience


def stream(
    url: str,
    *,
    offset: Offset | None = None,
    live: LiveMode = True,
    cursor: str | None = None,
    headers: HeadersLike | None = None,
    params: ParamsLike | None = None,
    on_error: ErrorHandler | None = None,
    client: Any | None = None,
    timeout: Any | None = None,
    backoff: BackoffOptions | None = None,
    silence_timeout: float | None = None,
    sse_resilience: SSEResilience | None = None,
    **kwargs: Any,
) -> StreamResponse:
    """Reads a stream. The first request is sent at once; consume the response inside ``with``.

    ``offset``: where to begin; by default at the beginning, ``"now"`` at the tail. ``live``: at the tail, ``False`` stops,
    ``True`` and ``"long-poll"`` long-poll, ``"sse"`` uses one connection. Functions in ``headers`` and ``params`` are called for every
    request. ``on_error`` sees errors that would end reading, and may return ``{"headers": …}`` to go on. ``client``: of httpx2 or httpx;
    it is not closed. ``timeout`` in seconds, by default the client's; live answers may be silent for ``silence_timeout`` (45 s).
    ``backoff``: how failed requests are repeated. Other arguments go to the client's ``build_request``.

    Raises `StreamNotFoundError`, `RetentionGoneError`, `DurableStreamError` (see ``code``) or `FetchError`.
    """
    options = _options(url, offset, live, cursor, headers, params, on_error, backoff, sse_resilience)
    used = own_client() if client is None else client
    close_client = used.close if client is None else None
    return StreamResponse(options, SyncIO(used, Timeouts(used, timeout, silence_timeout), kwargs, close_client))


def astream(
    url: str,
    *,
    offset: Offset | None = None,
    live: LiveMode = True,
    cursor: str | None = None,
    headers: HeadersLike | None = None,
    params: ParamsLike | None = None,
    on_error: ErrorHandler | None = None,
    client: Any | None = None,
    timeout: Any | None = None,
    backoff: BackoffOptions | None = None,
    silence_timeout: float | None = None,
    sse_resilience: SSEResilience | None = None,
    **kwargs: Any,
) -> AsyncStreamSession:
    """Reads a stream on asyncio: ``async with astream(url) as response``. Arguments and errors as for `stream`; functions may be
    coroutine functions. A cancelled task closes the connection as it leaves the block."""
    options = _options(url, offset, live, cursor, headers, params, on_error, backoff, sse_resilience)

    async def open_response() -> AsyncStreamResponse:
        used = own_async_client() if client is None else client
        close_client = used.aclose if client is None else None
        io = AsyncIO(used, Timeouts(used, timeout, silence_timeout), kwargs, close_client)
        return await AsyncStreamResponse.open(options, io)

    return AsyncStreamSession(open_response)


def _options(
    url: str,
    offset: Offset | None,
    live: LiveMode,
    cursor: str | None,
    headers: HeadersLike | None,
    params: ParamsLike | None,
    on_error: ErrorHandler | None,
    backoff: BackoffOptions | None,
    resilience: SSEResilience | None,
) -> ReadOptions:
    policy = Policy(backoff or BackoffOptions(), on_error)
    return ReadOptions(Recipe(url, headers, params), offset, live, cursor, policy, resilience or SSEResilience())
