"""One face for both APIs, so that every case runs through either."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

from perennial_streams import AsyncDurableStream, DurableStream, IdempotentProducer, StreamEvent, SyncIdempotentProducer

Take = Callable[[StreamEvent[Any]], bool]


class SyncApi:
    """The blocking API."""

    handle = DurableStream
    producer = SyncIdempotentProducer

    def call(self, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """Calls a function of the API."""
        return function(*arguments, **options)

    def read(self, handle: Any, options: dict[str, Any], seconds: float, consume: Callable[[Any], Any]) -> Any:
        """Opens a response and consumes it; after so many seconds it is closed, and what was read counts."""
        response = handle.stream(**options)
        timer = threading.Timer(seconds, response.close)
        timer.start()
        try:
            return consume(response)
        finally:
            timer.cancel()
            response.close()

    def read_all(self, response: Any) -> Any:
        return response.read_json() if _is_json(response) else response.read_text()

    def all_bytes(self, response: Any) -> Any:
        return response.read_bytes()

    def first_after(self, response: Any, handle: Any, payload: Any) -> None:
        handle.append(payload)
        next(iter(response))

    def follow(self, response: Any, take: Take) -> None:
        mode = "json" if _is_json(response) else "text"
        for event in response.iter_events(mode):
            if take(event):
                return

    def stop(self) -> None:
        pass


class AsyncApi:
    """The API on asyncio."""

    handle = AsyncDurableStream
    producer = IdempotentProducer

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()

    def call(self, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        async def call() -> Any:
            result = function(*arguments, **options)
            return await result if hasattr(result, "__await__") else result

        return self._loop.run_until_complete(call())

    def read(self, handle: Any, options: dict[str, Any], seconds: float, consume: Callable[[Any], Any]) -> Any:
        async def read() -> Any:
            started = time.monotonic()
            async with handle.stream(**options) as response:
                try:
                    left = seconds - (time.monotonic() - started)
                    return await asyncio.wait_for(consume(response), left)
                except TimeoutError:
                    return None

        return self._loop.run_until_complete(read())

    async def read_all(self, response: Any) -> Any:
        return await (response.read_json() if _is_json(response) else response.read_text())

    async def all_bytes(self, response: Any) -> Any:
        return await response.read_bytes()

    async def first_after(self, response: Any, handle: Any, payload: Any) -> None:
        await handle.append(payload)
        await anext(aiter(response))

    async def follow(self, response: Any, take: Take) -> None:
        mode = "json" if _is_json(response) else "text"
        async for event in response.iter_events(mode):
            if take(event):
                return

    def stop(self) -> None:
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()


def _is_json(response: Any) -> bool:
    return "application/json" in (response.content_type or "")
