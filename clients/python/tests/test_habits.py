"""What people do with a client: wrong types, errors from worker processes, readers closed from elsewhere, loops one after another."""

from __future__ import annotations

import asyncio
import copy
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from perennial_streams import (
    AsyncDurableStream,
    DurableStream,
    FetchError,
    SyncIdempotentProducer,
    astream,
    errors,
    stream,
)
from scripted import Answer, Asked, Scripted, page

EVENTS = b"HTTP/1.1 200 X\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
ERRORS = [
    errors.DurableStreamError("m", 400, "BAD_REQUEST", "body"),
    errors.FetchError("m", 502, "http://host/", {"a": "b"}, "body"),
    errors.StreamNotFoundError("http://host/"),
    errors.StreamExistsError("http://host/"),
    errors.SeqConflictError("m", "body"),
    errors.StreamClosedError("http://host/", "7"),
    errors.RetentionGoneError("m"),
    errors.StreamConsumedError("a", "b"),
    errors.SSENotSupportedError("text/plain"),
    errors.SSEBytesIterationError(),
    errors.SSEReadAllError("read_json"),
    errors.SSEEncodingError("m"),
    errors.StaleEpochError(3, True),
    errors.SequenceGapError(1, 2),
]


def test_all_errors_are_here() -> None:
    public = {kind for kind in vars(errors).values() if isinstance(kind, type) and kind.__name__.endswith("Error")}
    assert {type(error) for error in ERRORS} == public


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("copied", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_errors_come_whole_from_a_worker_process(error: Exception, copied: Callable[[Exception], Exception]) -> None:
    other = copied(error)
    assert (type(other), other.args, str(other), vars(other)) == (type(error), error.args, str(error), vars(error))


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"offset": 5}, "offset must be a str, not int"),
        ({"cursor": 5}, "cursor must be a str, not int"),
        ({"params": {"limit": 5}}, "parameter 'limit' must be a str, not int"),
        ({"headers": {"A": lambda: 5}}, "header 'A' must be a str, not int"),
    ],
)
def test_values_of_another_type_are_named(options: dict[str, Any], text: str) -> None:
    with Scripted(page("[1]", "1")) as server:
        with pytest.raises(TypeError, match=text):
            stream(server.url, **options)
        assert server.asked == []


@pytest.mark.parametrize("url", [None, 5, b"http://localhost/"])
@pytest.mark.parametrize("use", [stream, astream, DurableStream, AsyncDurableStream])
def test_an_address_of_another_type_is_told(url: Any, use: Callable[[str], object]) -> None:
    with pytest.raises(TypeError, match="url must be a str, not"):
        use(url)


@pytest.mark.parametrize("url", ["http://[::1/x", "http://localhost/x\n", "localhost:4437/x"])
def test_an_address_that_is_none_ends_at_once_by_our_error(url: str) -> None:
    with pytest.raises(FetchError) as told:
        stream(url)
    assert told.value.is_final

    async def main() -> None:
        async with AsyncDurableStream(url) as handle:
            await handle.head()

    with pytest.raises(FetchError) as told:
        asyncio.run(main())
    assert told.value.is_final


def test_a_number_that_json_has_not_stops_no_producer() -> None:
    with Scripted(page("", "1")) as server, DurableStream(server.url, content_type="application/json") as handle:
        with handle.producer("p") as producer:
            with pytest.raises(ValueError, match="not JSON compliant"):
                producer.append({"price": float("nan")})
            producer.append({"price": 1.5})
            producer.flush()
        assert [asked.body for asked in server.asked if asked.body] == [b'[{"price":1.5}]']


@pytest.mark.parametrize("live", ["sse", "long-poll"])
@pytest.mark.parametrize("of_handle", [True, False])
def test_a_reader_ends_when_another_task_closes_the_response(live: Any, of_handle: bool) -> None:
    hold = threading.Event()

    def answer(asked: Asked) -> Answer:
        if "live" not in asked.query:
            return page("[1]", "1")
        if live == "long-poll":
            hold.wait(10)
        return Answer(raw=EVENTS, hold=hold)

    async def main(url: str) -> list[Any]:
        found = []

        async def follow(response: Any) -> str:
            async for item in response.iter_json():
                found.append(item)
            await asyncio.sleep(0)  # the task was not cancelled
            return "ended"

        async with AsyncDurableStream(url) as handle:
            async with handle.stream(live=live) if of_handle else astream(url, live=live) as response:
                async with asyncio.timeout(5), asyncio.TaskGroup() as group:
                    reader = group.create_task(follow(response))
                    while len(server.asked) < 2:
                        await asyncio.sleep(0.001)
                    await response.aclose()
        return [*found, reader.result(), reader.cancelling()]

    with Scripted(answer) as server:
        try:
            assert asyncio.run(main(server.url)) == [1, "ended", 0]
        finally:
            hold.set()


def test_a_loop_ends_that_closes_its_own_response() -> None:
    async def main(url: str) -> list[Any]:
        found = []
        async with astream(url) as response:
            async for item in response.iter_json():
                found.append(item)
                await response.aclose()
        return found

    with Scripted(page("[1]", "1")) as server:
        assert asyncio.run(main(server.url)) == [1]


def test_a_task_that_is_cancelled_while_its_response_is_closed_is_cancelled() -> None:
    hold = threading.Event()

    async def main(url: str) -> bool:
        async with astream(url, live="sse") as response:

            async def follow() -> None:
                async for _ in response.iter_json():
                    pass

            reader = asyncio.create_task(follow())
            while len(server.asked) < 2:
                await asyncio.sleep(0.001)
            reader.cancel()
            await response.aclose()
            await asyncio.wait([reader])
        return reader.cancelled()

    with Scripted(lambda asked: Answer(raw=EVENTS, hold=hold) if "live" in asked.query else page("[1]", "1")) as server:
        try:
            assert asyncio.run(main(server.url))
        finally:
            hold.set()


def test_a_handle_may_be_used_in_one_event_loop_after_the_other() -> None:
    with Scripted(page("", "1")) as server, asyncio.Runner() as one, asyncio.Runner() as other:
        handle = AsyncDurableStream(server.url, content_type="application/json")

        async def append() -> str:
            return (await handle.append({"a": 1})).next_offset

        assert [runner.run(append()) for runner in (one, other, one, other)] == ["1"] * 4
        one.run(handle._client._transport.aclose())
        assert other.run(append()) == "1"
        other.run(handle.aclose())


@pytest.mark.parametrize("of_handle", [True, False])
def test_an_interrupted_program_does_not_wait_for_its_producer(of_handle: bool) -> None:
    hold, asked = threading.Event(), threading.Event()

    def answer(_: Asked) -> Answer:
        asked.set()
        hold.wait(30)
        return Answer(drop=True)

    def interrupted(producer: SyncIdempotentProducer) -> None:
        with producer:
            producer.append("1")
            asked.wait()
            producer.append("2")
            raise KeyboardInterrupt

    with Scripted(answer) as server, DurableStream(server.url, content_type="application/json") as handle:
        producer = handle.producer("p") if of_handle else SyncIdempotentProducer(server.url, "p")
        try:
            with pytest.raises(KeyboardInterrupt):
                interrupted(producer)
            for thread in producer._threads:
                thread.join()
            assert len(server.asked) == 1
        finally:
            hold.set()
        with pytest.raises(FetchError, match="interrupted"):
            producer.flush()
        with pytest.raises(errors.DurableStreamError, match="closed"):
            producer.append("3")


FORGETFUL = """
import asyncio, sys
from perennial_streams import (
    AsyncDurableStream,
    DurableStream,
    FetchError,
    SyncIdempotentProducer,
    astream,
    errors,
    stream,
)
async def main():
    handle = AsyncDurableStream(sys.argv[2])
    producer = handle.producer("p")
    producer.append("1")
if sys.argv[1] == "async":
    asyncio.run(main())
else:
    producer = DurableStream(sys.argv[2]).producer("p", linger_ms=60_000)
    producer.append("1")
"""


@pytest.mark.parametrize("api", ["sync", "async"])
def test_a_producer_that_is_forgotten_with_messages_says_so(api: str) -> None:
    with Scripted(page("", "1")) as server:
        done = subprocess.run([sys.executable, "-c", FORGETFUL, api, server.url], capture_output=True, text=True)
        assert done.stderr.startswith("A producer was left open, what it had not sent may be lost.")
        assert done.returncode == 0


def test_a_producer_whose_task_was_cancelled_tells_whoever_flushes() -> None:
    hold = threading.Event()

    def answer(_: Asked) -> Answer:
        hold.wait(30)
        return Answer(drop=True)

    async def main(url: str) -> None:
        async with AsyncDurableStream(url, content_type="application/json") as handle:
            producer = handle.producer("p")

            async def produce() -> None:
                async with producer:
                    producer.append("1")
                    await producer.flush()

            task = asyncio.create_task(produce())
            while not server.asked:
                await asyncio.sleep(0.001)
            task.cancel()
            await asyncio.wait([task])
            async with asyncio.timeout(5):
                with pytest.raises(FetchError, match="cancelled"):
                    await producer.flush()

    with Scripted(answer) as server:
        try:
            asyncio.run(main(server.url))
        finally:
            hold.set()
        assert len(server.asked) == 1
