"""One seed: so many producers write through the faults, so many readers read through them."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from perennial_streams import (
    AsyncDurableStream,
    BackoffOptions,
    SSEResilience,
    SyncIdempotentProducer,
    astream,
    stream,
)

from .proxy import FaultyProxy

BACKOFF = BackoffOptions(initial_delay=0.002, max_delay=0.04, multiplier=1.5, deadline=120)
RESILIENCE = SSEResilience(
    min_connection_duration=0.005, max_short_connections=5, backoff_base_delay=0.002, backoff_max_delay=0.02
)
SILENCE_SECONDS = 0.7
MODES: tuple[Literal["sse", "long-poll"], ...] = ("sse", "long-poll")


@dataclass(frozen=True)
class Torture:
    """How much of everything. Half of the producers and readers use the blocking API, in threads."""

    seed: int
    producers: int = 6
    readers: int = 6
    messages: int = 12


async def torture(port: int, options: Torture) -> tuple[list[list[Any]], Counter[str]]:
    """Runs a seed. Result: what each reader saw, and how often each fault happened."""
    proxy = FaultyProxy(random.Random(options.seed), lambda: port)
    url = f"{await proxy.start()}/v1/stream/torture-{options.seed}"
    try:
        async with await AsyncDurableStream.create(url, content_type="application/json", backoff=BACKOFF) as handle:
            proxy.is_calm = False
            readers = [asyncio.create_task(_read(url, number)) for number in range(options.readers)]
            await asyncio.gather(*(_write(url, number, options.messages) for number in range(options.producers)))
            await handle.close_stream()
            return await asyncio.gather(*readers), proxy.counts
    finally:
        await proxy.stop()


async def _write(url: str, producer: int, messages: int) -> None:
    if producer % 2:
        await asyncio.to_thread(_write_blocking, url, producer, messages)
        return
    async with AsyncDurableStream(url, content_type="application/json") as handle:
        async with handle.producer(f"p{producer}", linger_ms=1, max_batch_bytes=120, backoff=BACKOFF) as writer:
            for n in range(messages):
                writer.append({"producer": producer, "n": n})
                if n % 5 == 4:
                    await writer.flush()
            await writer.flush()


def _write_blocking(url: str, producer: int, messages: int) -> None:
    with SyncIdempotentProducer(
        url, f"p{producer}", content_type="application/json", linger_ms=1, max_batch_bytes=120, backoff=BACKOFF
    ) as writer:
        for n in range(messages):
            writer.append({"producer": producer, "n": n})
            if n % 5 == 4:
                writer.flush()
        writer.flush()


async def _read(url: str, reader: int) -> list[Any]:
    if reader % 2:
        return await asyncio.to_thread(_read_blocking, url, reader)
    options: dict[str, Any] = {"backoff": BACKOFF, "silence_timeout": SILENCE_SECONDS, "sse_resilience": RESILIENCE}
    seen: list[Any] = []
    async with astream(url, live=MODES[reader // 2 % 2], **options) as response:
        if reader % 4:
            seen.extend([item async for item in response.iter_json()])
        else:
            async for event in response.iter_events():
                seen += event.data or []
    return seen


def _read_blocking(url: str, reader: int) -> list[Any]:
    options: dict[str, Any] = {"backoff": BACKOFF, "silence_timeout": SILENCE_SECONDS, "sse_resilience": RESILIENCE}
    with stream(url, live=MODES[reader // 2 % 2], **options) as response:
        return list(response.iter_json())


def faults_of(seen: list[Any], options: Torture) -> list[str]:
    """What is wrong with what a reader saw: a message lost, doubled or out of order."""
    following: Counter[int] = Counter()
    wrong = []
    for message in seen:
        producer, n = message["producer"], message["n"]
        if n != following[producer]:
            wrong.append(f"producer {producer}: expected {following[producer]}, got {n}")
        following[producer] = n + 1
    for producer in range(options.producers):
        if following[producer] != options.messages:
            wrong.append(f"producer {producer}: ended at {following[producer]} of {options.messages}")
    return wrong
