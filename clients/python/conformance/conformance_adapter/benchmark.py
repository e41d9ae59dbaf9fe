"""The measured operations of the suite's benchmark."""

from __future__ import annotations

import json
import time
from typing import Any

from perennial_streams import StreamNotFoundError

from .apis import AsyncApi, SyncApi

DEFAULT_CONTENT_TYPE = "application/octet-stream"
SECONDS = 30.0
"""More than any operation takes."""


def benchmark(api: SyncApi | AsyncApi, server: str, command: dict[str, Any]) -> dict[str, Any]:
    """Performs one operation."""
    operation = command["operation"]
    handle = api.handle(f"{server}{operation['path']}", content_type=operation.get("contentType", DEFAULT_CONTENT_TYPE))
    if operation["op"] in ("append", "roundtrip", "throughput_append"):
        _prepare(api, handle)
    started = time.perf_counter()
    size, messages = _perform(api, handle, operation)
    seconds = time.perf_counter() - started
    metrics = {
        "bytesTransferred": size,
        "messagesProcessed": messages,
        "opsPerSecond": messages / seconds,
        "bytesPerSecond": size / seconds,
    }
    return {"iterationId": command["iterationId"], "durationNs": str(round(seconds * 1e9)), "metrics": metrics}


def _prepare(api: SyncApi | AsyncApi, handle: Any) -> None:
    """The suite's scenarios append to, and follow, streams that nobody may have created."""
    try:
        api.call(handle.head)
    except StreamNotFoundError:
        api.call(handle.create_stream)


def _perform(api: SyncApi | AsyncApi, handle: Any, operation: dict[str, Any]) -> tuple[int, int]:
    op, size, count = operation["op"], operation.get("size", 0), operation.get("count", 0)
    is_json = (handle.content_type or "").startswith("application/json")
    payload = json.dumps("*" * size) if is_json else b"*" * size
    if op == "create":
        api.call(handle.create_stream)
        return 0, 1
    if op == "append":
        api.call(handle.append, payload)
        return size, 1
    if op == "roundtrip":
        api.read(
            handle,
            {"offset": "now", "live": operation.get("live", "long-poll")},
            SECONDS,
            lambda response: api.first_after(response, handle, payload),
        )
        return 2 * size, 1
    if op == "throughput_append":
        in_flight = operation.get("concurrency", 5)
        producer = api.call(api.producer, handle, "benchmark", auto_claim=True, max_in_flight=in_flight)
        for _ in range(count):
            api.call(producer.append, payload)
        api.call(producer.flush)
        api.call(producer.close)
        return size * count, count
    options = {"offset": operation.get("offset", "-1"), "live": False}
    return len(api.read(handle, options, SECONDS, api.all_bytes)), operation.get("expectedCount", 1)
