"""Connections of our own clients: TLS, a body that is no body, readers that are slow, proxies."""

from __future__ import annotations

import asyncio
import ssl
import threading
from typing import Any

import httpx2
import pytest
import trustme

from perennial_streams import FetchError, astream, stream
from perennial_streams.aio.connection import KEPT_BYTES_MAX, Backend, Connection
from perennial_streams.aio.io import own_client as own_async_client
from perennial_streams.core import http_library
from perennial_streams.sync.io import own_client
from perennial_streams.types import BackoffOptions
from scripted import Answer, Asked, Scripted, events, page

DATA = 'event: data\ndata:[{n}]\n\nevent: control\ndata:{{"streamNextOffset":"{n}","upToDate":true}}\n\n'
END = 'event: control\ndata:{"streamNextOffset":"9","upToDate":true,"streamClosed":true}\n\n'
HEAD = b"HTTP/1.1 200 X\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
FAST = BackoffOptions(initial_delay=0.001, max_delay=0.002)


def read_all(api: str, url: str, **options: Any) -> list[Any]:
    """Reads a JSON stream by SSE until it is closed."""
    if api == "sync":
        with stream(url, offset="0", live="sse", **options) as response:
            return list(response.iter_json())

    async def main() -> list[Any]:
        async with astream(url, offset="0", live="sse", **options) as response:
            return [item async for item in response.iter_json()]

    return asyncio.run(main())


def rest(asked: Asked) -> Answer:
    """What there is behind the offset that was asked for."""
    return events("".join(DATA.format(n=n) for n in (1, 2) if n > int(asked.query["offset"])) + END)


both = pytest.mark.parametrize("api", ["sync", "async"])


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    authority = trustme.CA()
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    monkeypatch.setattr(http_library, "_tls", lambda: trusting)
    return authority


@both
def test_reads_by_tls(api: str, authority: trustme.CA) -> None:
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(serving)
    long_text = "".join(DATA.format(n=n) for n in range(5_000))
    with Scripted(page("[]", "start"), events(long_text + END), tls=serving) as server:
        assert read_all(api, server.url) == list(range(5_000))


@both
def test_plain_http_loads_no_certificates(api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading them takes longer than a request."""
    monkeypatch.setattr(http_library, "_tls", lambda: pytest.fail("loaded certificates"))
    with Scripted(page("[]", "0"), events(DATA.format(n=1) + END)) as server:
        assert read_all(api, server.url) == [1]


@both
def test_a_certificate_that_is_not_trusted_ends_reading(api: str, authority: trustme.CA) -> None:
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(serving)
    with Scripted(page("[]", "0"), tls=serving) as server:
        with pytest.raises(FetchError, match="CERTIFICATE_VERIFY_FAILED") as told:
            read_all(api, server.url)
        assert isinstance(told.value.__cause__, httpx2.ConnectError)


@both
@pytest.mark.parametrize("broken", [b"zzz\r\n", b"5\r\nabc", b"", b"3\r\nabcdef\r\n", b"ff"])
def test_a_broken_frame_is_resumed_from(api: str, broken: bytes) -> None:
    first = DATA.format(n=1).encode()
    raw = HEAD + b"%x\r\n%s\r\n" % (len(first), first) + broken
    with Scripted(page("[]", "0"), Answer(raw=raw), rest) as server:
        assert read_all(api, server.url, backoff=FAST) == [1, 2]


@both
def test_an_interim_answer_comes_before_the_head(api: str) -> None:
    body = (DATA.format(n=1) + END).encode()
    raw = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + HEAD + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    with Scripted(page("[]", "0"), Answer(raw=raw)) as server:
        assert read_all(api, server.url) == [1]


@both
def test_silence_on_the_connection_is_cut(api: str) -> None:
    hold = threading.Event()
    with Scripted(page("[]", "0"), events(DATA.format(n=1), hold), events(END)) as server:
        assert read_all(api, server.url, silence_timeout=0.05, backoff=FAST) == [1]
        hold.set()


@both
def test_a_refused_connection_is_told(api: str) -> None:
    with Scripted(page("[]", "0")) as server:
        url = server.url
    with pytest.raises(FetchError) as told:
        read_all(api, url, backoff=BackoffOptions(max_retries=0))
    assert isinstance(told.value.__cause__, httpx2.ConnectError)


def test_a_reader_that_is_slow_is_not_sent_more() -> None:
    asyncio.run(_read_slowly())


async def _read_slowly() -> None:
    sent = 0

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.transport.set_write_buffer_limits(0)
        while sent < 64 * 1024 * 1024:
            writer.write(bytes(64 * 1024))
            await writer.drain()
            sent += 64 * 1024
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    connection = await Backend().connect_tcp(host, port, timeout=5)
    assert isinstance(connection, Connection)
    before = -1
    while sent != before:  # until nothing moves
        before = sent
        for _ in range(200):
            await asyncio.sleep(0)
    assert sum(map(len, connection._received.pieces)) <= 2 * KEPT_BYTES_MAX
    taken = 0
    while piece := await connection.read(10_000, timeout=5):
        assert len(piece) <= 10_000
        taken += len(piece)
    assert taken == 64 * 1024 * 1024
    await connection.aclose()
    server.close()
    await server.wait_closed()


def test_behind_a_proxy_the_library_connects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with own_client() as client, pytest.raises(httpx2.ConnectError):
        client.get("http://example.invalid/")  # by name, it would not even be resolved here
    assert "transport" not in http_library.own_client_options(lambda: pytest.fail("made a transport"))


def test_a_client_serves_many_requests_on_a_connection() -> None:
    asyncio.run(_ask_often())


async def _ask_often() -> None:
    with Scripted(page("[]", "0")) as server:
        with own_client() as client:
            ports = {
                client.get(server.url).extensions["network_stream"].get_extra_info("client_addr")[1] for _ in "123"
            }
        async with own_async_client() as asynchronous:
            for _ in "123":
                answer = await asynchronous.get(server.url)
                ports.add(answer.extensions["network_stream"].get_extra_info("client_addr")[1])
        assert len(ports) == 2
