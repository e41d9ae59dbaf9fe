"""Executes the conformance suite's commands by the client."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

from perennial_streams import (
    BackoffOptions,
    DurableStreamError,
    FetchError,
    SequenceGapError,
    StaleEpochError,
    StreamClosedError,
    StreamEvent,
    StreamNotFoundError,
    __version__,
)

from .apis import AsyncApi, SyncApi
from .benchmark import DEFAULT_CONTENT_TYPE, benchmark

BACKOFF = BackoffOptions(initial_delay=0.1, max_delay=1, multiplier=1.5, max_retries=10)
"""Enough for the faults that the suite injects; without a bound, twenty of them would outlast a case."""
Result = dict[str, Any]


class InvalidArgument(Exception):
    """An argument that the client refuses before it sends anything."""


class Adapter:
    """One command at a time."""

    def __init__(self, api: SyncApi | AsyncApi) -> None:
        self._api = api
        self._server = ""
        self._content_types: dict[str, str] = {}
        self._producers: dict[tuple[str, str, int], Any] = {}
        self._dynamic: dict[str, dict[str, Callable[[], str]]] = {"header": {}, "param": {}}
        self._values: dict[str, dict[str, str]] = {"header": {}, "param": {}}

    def execute(self, command: Result) -> Result:
        """Executes a command; failures are results too."""
        try:
            perform = getattr(self, "_" + command["type"].replace("-", "_"))
            return {"type": command["type"], "success": True, **perform(command)}
        except Exception as error:
            return _error(command["type"], error)

    def _init(self, command: Result) -> Result:
        self._server = command["serverUrl"]
        self._content_types.clear()
        self._producers.clear()
        self._clear_dynamic(command)
        features = dict.fromkeys(("batching", "sse", "longPoll", "auto", "streaming", "dynamicHeaders"), True)
        features |= {"strictZeroValidation": True, "retryOptions": False, "batchItems": False}
        return {"clientName": "perennial-streams", "clientVersion": __version__, "features": features}

    def _create(self, command: Result) -> Result:
        path, content_type = command["path"], command.get("contentType", DEFAULT_CONTENT_TYPE)
        handle = self._handle(path, command)
        try:
            self._api.call(handle.head)
            status = 200
        except StreamNotFoundError:
            status = 201
        self._api.call(
            handle.create_stream,
            content_type=content_type,
            ttl_seconds=command.get("ttlSeconds"),
            expires_at=command.get("expiresAt"),
            closed=bool(command.get("closed")),
            body=_content(command) if "data" in command else None,
        )
        self._content_types[path] = content_type
        return {"status": status, "offset": self._api.call(handle.head).offset}

    def _connect(self, command: Result) -> Result:
        return {"status": 200, "offset": self._found(command).offset}

    def _head(self, command: Result) -> Result:
        found = self._found(command)
        return {
            "status": 200,
            "offset": found.offset,
            "contentType": found.content_type,
            "ttlSeconds": found.ttl_seconds,
            "expiresAt": found.expires_at,
            "streamClosed": found.stream_closed,
        }

    def _found(self, command: Result) -> Any:
        found = self._api.call(self._handle(command["path"], command).head)
        if found.content_type is not None:
            self._content_types[command["path"]] = found.content_type
        return found

    def _append(self, command: Result) -> Result:
        sent = self._next_dynamic()
        handle = self._handle(command["path"], command)
        if command.get("producerId") is not None:
            raise NotImplementedError("appends with the caller's own producer numbers: use a producer")
        seq = None if command.get("seq") is None else str(command["seq"])
        result = self._api.call(handle.append, _content(command), seq=seq)
        return {"status": 200, "offset": result.next_offset, **sent}

    def _read(self, command: Result) -> Result:
        sent = self._next_dynamic()
        handle = self._handle(command["path"], command)
        live, seconds = command.get("live", False), command.get("timeoutMs", 5000) / 1000
        options = {"offset": command.get("offset"), "live": live}
        if live is False:
            return {**self._api.read(handle, options, seconds, self._once), **sent}
        chunks: list[Result] = []

        def take(event: StreamEvent[Any]) -> bool:
            if event.data:
                chunks.append({"data": _text(event.data), "offset": event.next_offset})
            done = bool(command.get("waitForUpToDate")) and event.up_to_date
            return done or len(chunks) >= command.get("maxChunks", 100)

        responses: list[Any] = []

        def follow(response: Any) -> Any:
            responses.append(response)
            return self._api.follow(response, take)

        self._api.read(handle, options, seconds, follow)
        response = responses[0]
        # A session that ran out of time has seen all there was: the runner takes that for up to date.
        return {**_state(response), "upToDate": True, "chunks": chunks, **sent}

    def _once(self, response: Any) -> Any:
        if isinstance(self._api, AsyncApi):
            return self._once_async(response)
        return _once_result(response, self._api.read_all(response))

    async def _once_async(self, response: Any) -> Result:
        assert isinstance(self._api, AsyncApi)
        return _once_result(response, await self._api.read_all(response))

    def _delete(self, command: Result) -> Result:
        self._api.call(self._handle(command["path"], command).delete)
        self._content_types.pop(command["path"], None)
        return {"status": 200}

    def _close(self, command: Result) -> Result:
        handle = self._handle(command["path"], command)
        result = self._api.call(handle.close_stream, data=command.get("data"), content_type=command.get("contentType"))
        return {"finalOffset": result.final_offset}

    def _idempotent_append(self, command: Result) -> Result:
        producer = self._producer(command)
        self._api.call(producer.append, command["data"])
        self._api.call(producer.flush)
        return {"status": 200, "offset": producer.last_offset, "producerSeq": producer.next_seq - 1}

    def _idempotent_append_batch(self, command: Result) -> Result:
        in_flight = command.get("maxInFlight", 1)
        batching: Result = {"linger_ms": 0, "max_batch_bytes": 1} if in_flight > 1 else {"linger_ms": 1000}
        handle = self._handle(command["path"], command)
        producer = self._api.producer(
            handle,
            command["producerId"],
            epoch=command["epoch"],
            auto_claim=command["autoClaim"],
            max_in_flight=in_flight,
            replay=True,
            **batching,
        )
        for item in command["items"]:
            self._api.call(producer.append, item)
        self._api.call(producer.flush)
        self._api.call(producer.close)
        return {"status": 200, "producerSeq": producer.next_seq - 1}

    def _idempotent_close(self, command: Result) -> Result:
        result = self._api.call(self._producer(command).close_stream, command.get("data"))
        return {"status": 200, "finalOffset": result.offset or self._producer(command).last_offset}

    def _idempotent_detach(self, command: Result) -> Result:
        self._api.call(self._producer(command).close)
        del self._producers[_producer_key(command)]
        return {"status": 200}

    def _set_dynamic_header(self, command: Result) -> Result:
        return self._set_dynamic("header", command)

    def _set_dynamic_param(self, command: Result) -> Result:
        return self._set_dynamic("param", command)

    def _set_dynamic(self, kind: str, command: Result) -> Result:
        count = 0

        def counter() -> str:
            nonlocal count
            count += 1
            return str(count)

        makers: dict[str, Callable[[], str]] = {
            "counter": counter,
            "timestamp": lambda: str(round(time.time() * 1000)),
            "token": lambda: command.get("initialValue", ""),
        }
        self._dynamic[kind][command["name"]] = makers[command["valueType"]]
        return {}

    def _clear_dynamic(self, _: Result) -> Result:
        for kind in ("header", "param"):
            self._dynamic[kind].clear()
            self._values[kind] = {}
        return {}

    def _validate(self, command: Result) -> Result:
        target = command["target"]
        if target["target"] != "idempotent-producer":
            raise InvalidArgument(f"cannot validate {target['target']}")
        options = {"epoch": target.get("epoch"), "max_batch_bytes": target.get("maxBatchBytes")}
        given = {name: value for name, value in options.items() if value is not None}
        try:
            self._api.call(
                lambda: self._api.producer(self._server, target.get("producerId", "validated"), **given) and None
            )
        except ValueError as error:
            raise InvalidArgument(str(error)) from error
        return {}

    def _benchmark(self, command: Result) -> Result:
        return benchmark(self._api, self._server, command)

    def _shutdown(self, _: Result) -> Result:
        return {}

    def _next_dynamic(self) -> Result:
        sent: Result = {}
        for kind, field in (("header", "headersSent"), ("param", "paramsSent")):
            self._values[kind] = {name: make() for name, make in self._dynamic[kind].items()}
            if self._values[kind]:
                sent[field] = self._values[kind]
        return sent

    def _handle(self, path: str, command: Result) -> Any:
        def current(kind: str, name: str) -> Callable[[], str]:
            return lambda: self._values[kind].get(name, "")

        headers = {name: current("header", name) for name in self._dynamic["header"]}
        return self._api.handle(
            f"{self._server}{path}",
            content_type=self._content_types.get(path, DEFAULT_CONTENT_TYPE),
            headers={**headers, **command.get("headers", {})},
            params={name: current("param", name) for name in self._dynamic["param"]},
            backoff=BACKOFF,
        )

    def _producer(self, command: Result) -> Any:
        key = _producer_key(command)
        if key not in self._producers:
            handle = self._handle(command["path"], command)
            claim = bool(command.get("autoClaim"))
            options = {
                "epoch": command["epoch"],
                "auto_claim": claim,
                "max_in_flight": 1,
                "linger_ms": 0,
                "replay": True,
            }
            self._producers[key] = self._api.producer(handle, command["producerId"], **options)
        return self._producers[key]


def _producer_key(command: Result) -> tuple[str, str, int]:
    return command["path"], command["producerId"], command["epoch"]


def _content(command: Result) -> str | bytes:
    data: str = command["data"]
    return base64.b64decode(data) if command.get("binary") else data


def _text(data: Any) -> str:
    return data if isinstance(data, str) else json.dumps(data, separators=(",", ":"), ensure_ascii=False)


def _once_result(response: Any, data: Any) -> Result:
    chunks = [{"data": _text(data), "offset": response.offset}] if data else []
    return {**_state(response), "chunks": chunks}


def _state(response: Any) -> Result:
    return {
        "status": response.status,
        "offset": response.offset,
        "upToDate": response.up_to_date,
        "streamClosed": response.stream_closed,
    }


def _error(command_type: str, error: Exception) -> Result:
    status = getattr(error, "status", None)
    if isinstance(error, StaleEpochError):
        status = 403
    if isinstance(error, SequenceGapError):
        status = 409
    result = {"type": "error", "success": False, "commandType": command_type, "message": str(error)}
    return {**result, "errorCode": _code(error, status), **({} if status is None else {"status": status})}


def _code(error: Exception, status: int | None) -> str:
    body = str(getattr(error, "details", "") or "").lower()
    if isinstance(error, InvalidArgument):
        return "INVALID_ARGUMENT"
    if isinstance(error, StreamClosedError):
        return "STREAM_CLOSED"
    if isinstance(error, DurableStreamError) and error.code in ("PARSE_ERROR", "SSE_ENCODING_ERROR"):
        return "PARSE_ERROR"
    if status == 404:
        return "NOT_FOUND"
    if status == 409:
        return "SEQUENCE_CONFLICT" if "sequence" in body else "CONFLICT"
    if status == 400:
        return "INVALID_OFFSET" if "offset" in body or "invalid" in body else "UNEXPECTED_STATUS"
    if status is not None:
        return "UNEXPECTED_STATUS"
    return "NETWORK_ERROR" if isinstance(error, FetchError) else "INTERNAL_ERROR"
