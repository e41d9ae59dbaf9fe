"""A network that cuts, delays, truncates and resets; processes that are killed. `PERENNIAL_SEEDS` says for how many seeds,
`PERENNIAL_SEED` with which to begin."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from conftest import Server
from perennial_streams import DurableStream, stream

from .run import Torture, faults_of, torture


def positive(name: str, fallback: int) -> int:
    text = os.environ.get(name, str(fallback))
    if not text.isdigit() or int(text) == 0:
        raise ValueError(f"{name} must be a positive integer, not {text!r}")
    return int(text)


FIRST = positive("PERENNIAL_SEED", 1)
SEEDS = range(FIRST, FIRST + positive("PERENNIAL_SEEDS", 8))
SEED_SECONDS = 60

happened: Counter[str] = Counter()


# The proxy is asyncio's, and is stopped in the middle of things; the client uses no StreamWriter.
@pytest.mark.filterwarnings("ignore:.*StreamWriter:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("seed", SEEDS)
def test_every_reader_gets_every_message_once_and_in_order(server: Server, seed: int) -> None:
    options = Torture(seed)
    port = urlsplit(server.url).port
    assert port is not None

    async def run() -> tuple[list[list[Any]], Counter[str]]:
        return await asyncio.wait_for(torture(port, options), SEED_SECONDS)

    seen, counts = asyncio.run(run())
    happened.update(counts)
    assert [faults_of(messages, options) for messages in seen] == [[]] * options.readers


def test_all_faults_happened() -> None:
    assert all(happened[fault] > 0 for fault in ("refuse", "reset", "truncate", "delay"))


def test_the_check_sees_a_lost_a_doubled_and_a_misplaced_message() -> None:
    options = Torture(0, producers=1, readers=1, messages=3)
    right, *wrong = [
        [{"producer": 0, "n": n} for n in ns] for ns in ([0, 1, 2], [0, 1], [0, 2], [0, 1, 1, 2], [1, 0, 2])
    ]
    assert faults_of(right, options) == []
    assert all(faults_of(messages, options) for messages in wrong)


@pytest.mark.parametrize("seed", SEEDS[: max(1, len(SEEDS) // 8)])
def test_a_producer_that_is_killed_again_and_again_stores_each_message_once(url: str, seed: int) -> None:
    chance, count = random.Random(seed), 400
    with DurableStream.create(url, content_type="application/json"):
        pass
    command = [sys.executable, str(Path(__file__).with_name("producer_process.py")), url, str(count)]
    for lifetime in [*(chance.randrange(1, 8) for _ in range(3)), None]:
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            if lifetime is None:
                assert process.wait(SEED_SECONDS) == 0
            else:
                for _ in range(lifetime):
                    process.stdout.readline()
                process.kill()
    with stream(url, live=False) as response:
        assert [item["n"] for item in response.iter_json()] == list(range(count))
