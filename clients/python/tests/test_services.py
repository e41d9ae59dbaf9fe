"""Services: our client and the official one, with a secret and with tokens that end."""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import durable_streams
import httpx
import pytest

from conftest import COMMAND, Server
from perennial_streams import DurableStream, DurableStreamError, astream, stream

PERENNIAL = COMMAND[:2]
SERVICE = "app"


class Service:
    """A server with a service, and what its streams are asked for with."""

    def __init__(self, directory: Path) -> None:
        create = ["service", "create", SERVICE, "--data-dir", str(directory)]
        self.secret = perennial(create)
        self.server = Server("--data-dir", str(directory), "--durability", "os", "--drain-ms", "0")
        self.url = f"{self.server.url}/v1/stream/{SERVICE}"
        self.headers = {"Authorization": f"Bearer {self.secret}"}

    def token(self, seconds: int, operations: str = "read") -> str:
        mint = ["token", "mint", SERVICE, "--match", "**", "--ops", operations, "--expires-in", f"{seconds}s"]
        return perennial(mint, STREAM_AUTH=f"Bearer {self.secret}")


def perennial(command: list[str], **environment: str) -> str:
    run = subprocess.run(
        [*PERENNIAL, *command], env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )
    return run.stdout.strip()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = Service(tmp_path_factory.mktemp("service"))
    yield running
    running.server.stop()


def test_the_official_client_works_with_a_url_and_a_secret(service: Service) -> None:
    url = f"{service.url}/official"
    with httpx.Client() as client:
        shown: dict[str, Any] = {"headers": service.headers, "client": client}
        handle = durable_streams.DurableStream.create(url, content_type="application/json", **shown)
        for n in range(10):
            handle.append({"n": n})
        for live in (False, "long-poll", "sse"):
            with durable_streams.stream(url, live=live, offset="-1", **shown) as response:
                items = itertools.islice(response.iter_json(), 10)
                assert list(items) == [{"n": n} for n in range(10)]
        with pytest.raises(durable_streams.DurableStreamError) as refused:
            durable_streams.stream(url, live=False, client=client)
        assert refused.value.status == 401
        handle.delete()


def test_ours_works_with_a_secret_and_is_refused_without(service: Service) -> None:
    url = f"{service.url}/ours"
    with DurableStream.create(url, headers=service.headers, content_type="text/plain") as handle:
        handle.append("hello")
        with handle.stream(live=False) as response:
            assert response.read_text() == "hello"
    with pytest.raises(DurableStreamError) as refused, DurableStream(url) as handle:
        handle.append("x")
    assert refused.value.status == 401
    reader = {"Authorization": f"Bearer {service.token(60)}"}
    with pytest.raises(DurableStreamError) as forbidden, DurableStream(url, headers=reader) as handle:
        handle.append("x")
    assert forbidden.value.status == 403


class Tokens:
    """Gives a token of a few seconds each time it is asked, and counts."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.given = 0

    def __call__(self) -> str:
        self.given += 1
        return f"Bearer {self.service.token(3)}"


class Writer(threading.Thread):
    """Appends one message after the other, each once the one before was seen, until three tokens were given."""

    def __init__(self, tokens: Tokens, url: str) -> None:
        super().__init__()
        self.tokens, self.url = tokens, url
        self.seen: list[int] = []
        self.written: list[int] = []

    def run(self) -> None:
        with DurableStream(self.url, headers=self.tokens.service.headers) as handle:
            while self.tokens.given < 3:
                if len(self.seen) == len(self.written):
                    self.written.append(len(self.written))
                    handle.append({"n": self.written[-1]})
                time.sleep(0.01)
            self.written.append(-1)
            handle.append({"n": -1})

    def take(self, item: dict[str, int]) -> bool:
        """Notes what was read; true after the last."""
        self.seen.append(item["n"])
        return item["n"] == -1


def read_sync(url: str, live: Any, tokens: Tokens, writer: Writer) -> None:
    with stream(url, live=live, offset="-1", headers={"Authorization": tokens}) as response:
        for item in response.iter_json():
            if writer.take(item):
                return


def read_async(url: str, live: Any, tokens: Tokens, writer: Writer) -> None:
    async def main() -> None:
        async with await astream(url, live=live, offset="-1", headers={"Authorization": tokens}) as response:
            async for item in response.iter_json():
                if writer.take(item):
                    return

    asyncio.run(main())


@pytest.mark.parametrize(("read", "live"), [(read_sync, "sse"), (read_async, "sse"), (read_sync, "long-poll")])
def test_a_live_read_asks_for_the_next_token_when_one_ends_and_loses_nothing(
    service: Service, read: Callable[[str, Any, Tokens, Writer], None], live: Any
) -> None:
    url = f"{service.url}/live-{read.__name__}-{live}"
    with DurableStream.create(url, headers=service.headers, content_type="application/json"):
        tokens = Tokens(service)
        writer = Writer(tokens, url)
        writer.start()
        read(url, live, tokens, writer)
        writer.join()
    assert writer.seen == writer.written
