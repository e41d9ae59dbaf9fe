"""One measurement by one client. Prints a JSON object."""

from __future__ import annotations

import asyncio
import importlib
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

client, workload, server, url, count = *sys.argv[1:5], int(sys.argv[5])
package: Any = importlib.import_module("perennial_streams" if client == "ours" else "durable_streams")
MILLION = f"{server}/v1/stream/million"
LIVE_MESSAGES = 3_000
FLOOD = 100_000
PRODUCED = 200_000
TASKS = 2_000
"""Appends at once by the official client: fewer fill its batches less, more only wait."""


def main() -> None:
    seen, seconds, cpu = {
        "catch-up": catch_up,
        "catch-up-async": lambda: asyncio.run(catch_up_async()),
        "live-sse": live_sse,
        "live-sse-alone": live_sse_alone,
        "producer": lambda: asyncio.run(produce_ours() if client == "ours" else produce_official()),
    }[workload]()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"per_second": seen / seconds, "cpu_us": cpu / seen * 1e6, "peak_mb": peak}))


def clocks() -> Callable[[], tuple[float, float]]:
    """Starts the clocks. The function stops them: seconds, and seconds of CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    return lambda: (time.perf_counter() - wall, time.process_time() - cpu)


def catch_up() -> tuple[int, float, float]:
    stop = clocks()
    seen = 0
    with package.stream(MILLION, live=False) as response:
        for _ in response.iter_json():
            seen += 1
    assert seen == count
    return seen, *stop()


async def catch_up_async() -> tuple[int, float, float]:
    stop = clocks()
    seen = 0
    async with package.astream(MILLION, live=False) as response:
        async for _ in response.iter_json():
            seen += 1
    assert seen == count
    return seen, *stop()


WRITER = """
import http.client, sys, time
from urllib.parse import urlsplit
url, count = urlsplit(sys.argv[1]), int(sys.argv[2])
connection = http.client.HTTPConnection(url.netloc)
for n in range(count):
    connection.request("POST", url.path, b'{"n":%d,"text":"hello world, this is a message"}' % n, {"Content-Type": "application/json"})
    connection.getresponse().read()
    time.sleep(0.001)
"""


def live_sse() -> tuple[int, float, float]:
    """A source that never waits, because the server would put the events of a reader that is behind together into few."""
    source = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("source.py")), str(FLOOD)], stdout=subprocess.PIPE
    )
    assert source.stdout is not None
    address = f"http://127.0.0.1:{int(source.stdout.readline())}/stream"
    seen = 0
    with package.stream(address, offset="-1", live="sse") as response:
        stop = clocks()
        for _ in response.iter_json():
            seen += 1
            if seen == FLOOD - 1_000:  # the source keeps the connection: leave before its end
                break
        seconds, cpu = stop()
    source.terminate()
    return seen, seconds, cpu


def live_sse_alone() -> tuple[int, float, float]:
    """A writer of its own appends one by one, slowly enough that each event arrives alone, whoever reads: what differs is the CPU
    time that an event takes, and with it how many a reader can follow."""
    seen = 0
    with package.stream(url, offset="-1", live="sse") as response:
        writer = subprocess.Popen([sys.executable, "-c", WRITER, url, str(LIVE_MESSAGES)])
        stop = clocks()
        for _ in response.iter_json():
            seen += 1
            if seen == 100:
                stop = clocks()
            if seen == LIVE_MESSAGES:
                break
        _, cpu = stop()
        writer.wait()
    return seen - 100, cpu, cpu  # events per second of CPU: in wall time the writer sets the pace


def message(n: int) -> str:
    return f'{{"n":{n},"text":"hello world, this is a message"}}'


async def produce_ours() -> tuple[int, float, float]:
    async with package.IdempotentProducer(url, "bench", content_type="application/json") as producer:
        stop = clocks()
        for n in range(PRODUCED):
            producer.append(message(n))
            if n % 10_000 == 9_999:
                await producer.flush()
        await producer.flush()
        return PRODUCED, *stop()


async def produce_official() -> tuple[int, float, float]:
    async with package.AsyncDurableStream(url, content_type="application/json") as handle:
        stop = clocks()
        for start in range(0, PRODUCED, TASKS):
            await asyncio.gather(*(handle.append(message(n)) for n in range(start, start + TASKS)))
        return PRODUCED, *stop()


main()
