"""Forked processes, threads that close, readers that are forgotten."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from perennial_streams import DurableStream, stream
from scripted import Answer, Asked, Scripted, page

FORKED_HANDLE = """
import os, sys
from perennial_streams import DurableStream
handle = DurableStream(sys.argv[1], content_type="application/json")
handle.append(["parent", -1])  # its connection is open now
children = []
for name in "abc":
    child = os.fork()
    if child == 0:
        try:
            for n in range(30):
                handle.append([name, n])
        except BaseException:
            os._exit(1)
        os._exit(0)
    children.append(child)
for n in range(30):
    handle.append(["parent", n])
assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
handle.close()
"""

FORKED_PRODUCER = """
import os, sys
from perennial_streams import DurableStream, DurableStreamError
with DurableStream(sys.argv[1], content_type="application/json") as handle:
    with handle.producer("p") as producer:
        producer.append(0)
        producer.flush()
        child = os.fork()
        if child == 0:
            refused = 0
            for use in (lambda: producer.append(1), producer.flush, producer.restart, producer.close_stream):
                try:
                    use()
                except DurableStreamError as error:
                    refused += error.code == "FORKED"
            producer.close()
            os._exit(refused)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 4
        producer.append(1)
"""

FORGOTTEN = """
import asyncio, gc, os, sys
from perennial_streams import astream, stream
failures = []
sys.unraisablehook = lambda failure: failures.append(failure.exc_value)
for live in (False, True, "sse"):
    for item in stream(sys.argv[1], live=live).iter_json():
        break
    assert stream(sys.argv[1], live=live).read_json() == [1, 2]
    gc.collect()

async def main():
    for live in (False, True, "sse"):
        async with astream(sys.argv[1], live=live) as response:
            items = response.iter_json()
            await anext(items)
            del items
            gc.collect()

asyncio.run(main())
gc.collect()
assert not failures, failures
"""


def run(program: str, url: str) -> None:
    command = [sys.executable, "-W", "error::ResourceWarning", "-c", program, url]
    subprocess.run(command, check=True, timeout=60)


def test_forked_processes_append_by_connections_of_their_own(url: str) -> None:
    with DurableStream.create(url, content_type="application/json") as handle:
        run(FORKED_HANDLE, url)
        got = [tuple(item) for item in handle.stream(live=False).read_json()]
    assert len(got) == len(set(got)) == 121


def test_a_producer_is_refused_in_a_forked_process(url: str) -> None:
    with DurableStream.create(url, content_type="application/json") as handle:
        run(FORKED_PRODUCER, url)
        assert handle.stream(live=False).read_json() == [0, 1]


def test_a_reader_that_is_forgotten_leaves_nothing_open(url: str) -> None:
    with DurableStream.create(url, content_type="application/json") as handle:
        handle.append(1)
        handle.append(2)
        run(FORGOTTEN, url)


@pytest.mark.parametrize("live", ["long-poll", "sse"])
def test_close_ends_a_reader_that_waits_for_an_answer(live: str) -> None:
    waiting, over = threading.Event(), threading.Event()

    def never(_: Asked) -> Answer:
        waiting.set()
        over.wait(30)
        return Answer(drop=True)

    with Scripted(page("[1]", "1"), never) as server:
        response = stream(server.url, live=live)  # type: ignore[arg-type]

        def close() -> None:
            waiting.wait(30)
            response.close()

        closer = threading.Thread(target=close)
        closer.start()
        assert list(response.iter_json()) == [1]
        assert not over.is_set()
        over.set()
        closer.join()
