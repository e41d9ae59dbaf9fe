"""Measures this client beside the official one (durable-streams, from PyPI) on one Perennial server.

    python bench/run.py [--rounds 5] [--messages 1000000]

Each measurement is a process of its own; the clients take turns. CPU time is what the client's process used, without its start;
peak memory is of the whole process. The official package 0.1.0 has no producer: its batching append is measured, from as many
tasks at once as it does best with.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))
from conftest import Server  # noqa: E402

WORKLOADS = {
    "catch-up": "1,000,000 JSON messages of 88 bytes, read by iter_json",
    "catch-up-async": "the same on asyncio",
    "live-sse": "events of one JSON message each, by SSE, as many as a reader can take",
    "live-sse-alone": "the same on the server, each event on its own, a millisecond after the one before",
    "producer": "JSON messages of 50 bytes, stored",
}
CLIENTS = ("ours", "official")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--only", choices=WORKLOADS)
    options = parser.parse_args()
    server = Server("--memory")
    try:
        fill(f"{server.url}/v1/stream/million", options.messages)
        for workload in WORKLOADS:
            if options.only in (None, workload):
                report(workload, measure(server.url, workload, options.rounds, options.messages))
    finally:
        server.stop()


def fill(url: str, messages: int) -> None:
    send("PUT", url, b"")
    for start in range(0, messages, 10_000):
        batch = [
            {"id": n, "user": f"user-{n % 97}", "text": "hello world, this is a message", "ok": True}
            for n in range(start, min(start + 10_000, messages))
        ]
        send("POST", url, json.dumps(batch).encode())


def send(method: str, url: str, body: bytes) -> None:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request) as response:
        response.read()


def measure(server: str, workload: str, rounds: int, messages: int) -> dict[str, list[dict[str, float]]]:
    results: dict[str, list[dict[str, float]]] = {client: [] for client in CLIENTS}
    for number in range(rounds):
        for client in CLIENTS:
            url = f"{server}/v1/stream/{workload}-{client}-{number}"
            if not workload.startswith("catch-up"):
                send("PUT", url, b"")
            command = [sys.executable, str(HERE / "worker.py"), client, workload, server, url, str(messages)]
            results[client].append(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))
            time.sleep(0.2)
    return results


def report(workload: str, results: dict[str, list[dict[str, float]]]) -> None:
    print(f"\n{workload}: {WORKLOADS[workload]}")
    print(f"{'':10}{'messages/s':>12}{'CPU µs each':>14}{'peak MB':>10}")
    medians = {
        client: {name: statistics.median(run[name] for run in runs) for name in runs[0]}
        for client, runs in results.items()
    }
    for client, median in medians.items():
        print(f"{client:10}{median['per_second']:12,.0f}{median['cpu_us']:14.2f}{median['peak_mb']:10.0f}")
    ours, official = (medians[client] for client in CLIENTS)
    wall, cpu = ours["per_second"] / official["per_second"], official["cpu_us"] / ours["cpu_us"]
    print(f"{'ratio':10}{wall:12.2f}{cpu:14.2f}{official['peak_mb'] / ours['peak_mb']:10.1f}")


if __name__ == "__main__":
    main()
