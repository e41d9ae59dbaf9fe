"""The examples, against scripted models and the real server; and the code of the README."""

from __future__ import annotations

import asyncio
import importlib
import json
import re
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from conftest import Server
from perennial_streams import DurableStream, FetchError, StreamNotFoundError, stream
from scripted import Answer, Scripted

CLIENT = Path(__file__).parents[1]
PIECES = ["Du", "rab", "le ", "strea", "ms 🌊"]


@pytest.fixture(autouse=True)
def examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(CLIENT / "examples")
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "none")


def sse(*messages: tuple[str | None, Any]) -> Answer:
    lines = [
        (f"event: {kind}\n" if kind else "")
        + f"data: {message if isinstance(message, str) else json.dumps(message)}\n\n"
        for kind, message in messages
    ]
    return Answer(headers={"Content-Type": "text/event-stream"}, body="".join(lines).encode())


def openai_answer() -> Answer:
    def chunk(delta: dict[str, str]) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": None}
        return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}

    return sse(
        (None, chunk({"role": "assistant"})), *((None, chunk({"content": text})) for text in PIECES), (None, "[DONE]")
    )


def anthropic_answer() -> Answer:
    usage = {"input_tokens": 1, "output_tokens": 1}
    message = {"id": "1", "type": "message", "role": "assistant", "content": [], "model": "m", "usage": usage}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**message, "stop_reason": None, "stop_sequence": None}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}
            for text in PIECES
        ),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": usage},
        {"type": "message_stop"},
    ]
    return sse(*((event["type"], event) for event in events))


@pytest.mark.parametrize(
    ("name", "setting", "answer"),
    [
        ("relay_openai", "OPENAI_BASE_URL", openai_answer()),
        ("relay_anthropic", "ANTHROPIC_BASE_URL", anthropic_answer()),
    ],
)
def test_a_relay_stores_the_answer_once_and_closes(
    name: str, setting: str, answer: Answer, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Scripted(answer) as model:
        monkeypatch.setenv(setting, model.url)
        asyncio.run(importlib.import_module(name).relay(url, "run-1", "What?"))
    with stream(url) as response:
        assert "".join(response.iter_text()) == "".join(PIECES)
        assert response.stream_closed


@pytest.fixture
def api(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("STREAMS", f"{server.url}/v1/stream")
    running = uvicorn.Server(
        uvicorn.Config(importlib.import_module("fastapi_chat").app, port=0, log_level="warning", ws="none")
    )
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.005)
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    thread.join()


def test_an_endpoint_hands_out_the_url_at_once_and_the_browser_reads_there(
    api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Scripted(openai_answer()) as model:
        monkeypatch.setenv("OPENAI_BASE_URL", model.url)
        body = json.dumps({"text": "What?"}).encode()
        request = urllib.request.Request(f"{api}/chats", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as response:
            chat = json.load(response)["url"]
        deadline = time.monotonic() + 10
        while True:  # the stream is there a moment later
            try:
                with stream(chat, live="sse") as reading:
                    assert "".join(reading.iter_text()) == "".join(PIECES)
                return
            except StreamNotFoundError:
                assert time.monotonic() < deadline


def blocks() -> list[str]:
    text = (CLIENT / "README.md").read_text()
    return re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("number", range(len(blocks())))
def test_the_programs_of_the_readme_run_as_they_stand(number: int, server: Server, url: str) -> None:
    """Each runs on a stream with a few orders that somebody closes a moment later."""
    program = blocks()[number].replace("http://localhost:4437/v1/stream/orders", url)
    name = f"{server.url}/v1/stream/readme-{number}"
    program = program.replace("http://localhost:4437/v1/stream/new", name)
    with DurableStream.create(url, content_type="application/json") as handle:
        state = {"type": "card", "key": "1", "headers": {"operation": "insert"}}
        handle.append({"id": 1, "total": 9.5, **state, "value": {"title": "one"}})
        handle.append({"id": 2, "total": 0.5, **state, "value": {"title": "uno"}})
        closing = threading.Timer(0.3, handle.close_stream)
        closing.start()
        exec(compile(program, f"README {number}", "exec"), {"__name__": "__main__"})
        closing.join()


def test_the_product_pages_program_runs_with_the_import_alone_changed(url: str) -> None:
    program = """
from durable_streams import stream

with stream(URL, live="sse") as r:
    for x in r.iter_json():
        seen.append(x)
""".replace("durable_streams", "perennial_streams")
    seen: list[Any] = []
    with DurableStream.create(url, content_type="application/json") as handle:
        handle.append({"n": 1})
        closing = threading.Timer(0.2, lambda: handle.close_stream(data={"n": 2}))
        closing.start()
        exec(program, {"URL": url, "seen": seen})
        closing.join()
    assert seen == [{"n": 1}, {"n": 2}]


def test_the_official_packages_names_are_all_here() -> None:
    names = [
        "stream",
        "astream",
        "DurableStream",
        "AsyncDurableStream",
        "IdempotentProducer",
        "LiveMode",
        "Offset",
        "StreamEvent",
        "HeadResult",
        "AppendResult",
        "CloseResult",
        "IdempotentAppendResult",
        "HeadersLike",
        "ParamsLike",
        "SSEEncoding",
        "DurableStreamError",
        "FetchError",
        "RetentionGoneError",
        "SeqConflictError",
        "StreamClosedError",
        "StreamConsumedError",
        "StreamNotFoundError",
        "StreamExistsError",
        "SSEEncodingError",
        "SSENotSupportedError",
        "SSEBytesIterationError",
        "SSEReadAllError",
        "StaleEpochError",
        "SequenceGapError",
        "__version__",
    ]
    package = sys.modules["perennial_streams"]
    assert [name for name in names if not hasattr(package, name)] == []
    assert issubclass(FetchError, Exception)
