"""Servers that send garbage, or have no end: what comes is an error, soon, and memory stays flat."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from perennial_streams import AsyncDurableStream, DurableStream, DurableStreamError, FetchError, astream, stream
from perennial_streams.core import json_items, sse, sse_events
from perennial_streams.core.numbers import integer
from perennial_streams.types import BackoffOptions
from scripted import Answer, Scripted, events, page

TWICE = BackoffOptions(initial_delay=0.001, max_delay=0.002, max_retries=1)
PAGE = b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\nStream-Next-Offset: 1\r\nStream-Up-To-Date: true\r\n"
EVENTS = b"HTTP/1.1 200 X\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
HTML = Answer(headers={"Content-Type": "text/html; charset=utf-8"}, body=b"<html>Please log in</html>")
MEBIBYTE = 1024 * 1024

both = pytest.mark.parametrize("api", ["sync", "async"])


def read(api: str, url: str, how: str = "iter_json", live: Any = False) -> list[Any]:
    options: dict[str, Any] = {"backoff": TWICE, "silence_timeout": 5, "live": live}
    if api == "sync":
        with stream(url, **options) as response:
            return list(getattr(response, how)())

    async def main() -> list[Any]:
        async with astream(url, **options) as response:
            return [item async for item in getattr(response, how)()]

    return asyncio.run(main())


def append(api: str, url: str) -> Any:
    if api == "sync":
        with DurableStream(url, content_type="application/json", backoff=TWICE) as handle:
            return handle.append({"a": 1})

    async def main() -> Any:
        async with AsyncDurableStream(url, content_type="application/json", backoff=TWICE) as handle:
            return await handle.append({"a": 1})

    return asyncio.run(main())


def produce(api: str, url: str) -> None:
    if api == "sync":
        with DurableStream(url, content_type="application/json", backoff=TWICE) as handle:
            with handle.producer("p") as producer:
                producer.append({"a": 1})
                producer.flush()
        return

    async def main() -> None:
        async with AsyncDurableStream(url, content_type="application/json", backoff=TWICE) as handle:
            async with handle.producer("p") as producer:
                producer.append({"a": 1})
                await producer.flush()

    asyncio.run(main())


@contextlib.contextmanager
def endless(head: bytes, piece: bytes) -> Iterator[str]:
    """A server that answers every connection with a head, and then one piece again and again until the client leaves."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(10)
            connection.recv(64 * 1024)
            connection.sendall(head)
            while True:
                connection.sendall(piece)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threads.append(threading.Thread(target=serve, args=(listener.accept()[0],)))
                threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/stream"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in [accepting, *threads]:
            thread.join(15)


@both
@pytest.mark.parametrize("how", ["iter_json", "iter_text", "__aiter__"])
def test_a_web_page_is_no_content(api: str, how: str) -> None:
    how = "__iter__" if api == "sync" and how == "__aiter__" else how
    with Scripted(HTML) as server, pytest.raises(DurableStreamError) as refused:
        read(api, server.url, how)
    assert (refused.value.code, refused.value.status) == ("NOT_A_STREAM", 200)


@both
@pytest.mark.parametrize("write", [append, produce])
def test_a_web_page_is_no_receipt(api: str, write: Callable[[str, str], Any]) -> None:
    with Scripted(HTML) as server, pytest.raises(DurableStreamError) as refused:
        write(api, server.url)
    assert refused.value.code == "NOT_A_STREAM"
    assert len(server.asked) == 1


def test_a_web_page_is_no_stream_that_was_created_deleted_or_found() -> None:
    with Scripted(HTML) as server, DurableStream(server.url, backoff=TWICE) as handle:
        for operation in (handle.head, handle.delete, handle.close_stream):
            with pytest.raises(DurableStreamError, match="web page"):
                operation()
        with pytest.raises(DurableStreamError, match="web page"):
            DurableStream.create(server.url, content_type="text/plain", backoff=TWICE)


@both
def test_streams_of_html_are_read(api: str) -> None:
    with Scripted(page("<p>", "1", content_type="text/html")) as server:
        assert read(api, server.url, "iter_text") == ["<p>"]


@both
@pytest.mark.parametrize("write", [append, produce])
@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_redirection_that_makes_a_get_of_a_write_stores_nothing(
    api: str, write: Callable[[str, str], Any], status: int
) -> None:
    with Scripted(page("[]", "1")) as target, Scripted(Answer(status, {"Location": target.url})) as server:
        with pytest.raises(DurableStreamError) as refused:
            write(api, server.url)
        assert refused.value.status == status


@both
@pytest.mark.parametrize("status", [307, 308])
def test_a_redirection_that_keeps_the_method_is_followed(api: str, status: int) -> None:
    with Scripted(page("", "1")) as target, Scripted(Answer(status, {"Location": target.url})) as server:
        assert append(api, server.url).next_offset == "1"
        assert (target.asked[0].method, target.asked[0].body) == ("POST", b'[{"a":1}]')


def test_credentials_stay_where_they_were_meant_to_go() -> None:
    with Scripted(page("[1]", "1")) as target, Scripted(Answer(302, {"Location": target.url})) as server:
        with stream(server.url, headers={"Authorization": "Bearer secret"}, live=False) as response:
            assert response.read_json() == [1]
        assert server.asked[0].headers["authorization"] == "Bearer secret"
        assert "authorization" not in target.asked[0].headers


@both
@pytest.mark.parametrize("location", ["/stream", "ftp://127.0.0.1/x"])
def test_redirections_that_lead_nowhere_are_told(api: str, location: str) -> None:
    with Scripted(Answer(302, {"Location": location})) as server, pytest.raises(FetchError) as told:
        read(api, server.url)
    assert told.value.is_final


@both
@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"", b"HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n" * 1_000),
        (b"HTTP/1.1 200 X\r\nA: ", b"x" * 65_536),
        (b"HTTP/1.1 200 X\r\n", b"A: b\r\n" * 10_000),
        (b"", b"garbage\r\n\r\n"),
    ],
)
def test_heads_without_end_are_refused(api: str, head: bytes, piece: bytes) -> None:
    with endless(head, piece) as url, pytest.raises(FetchError):
        read(api, url)


@both
@pytest.mark.parametrize(
    ("how", "live", "head", "piece"),
    [
        ("iter_json", False, PAGE + b'\r\n["', b"x" * 65_536),
        ("iter_json", False, PAGE + b"\r\n{", b" " * 65_536),
        ("iter_text", "sse", EVENTS, b"10000\r\n" + b"d" * 65_536 + b"\r\n"),
        ("iter_text", "sse", EVENTS, b"10\r\nevent:data\ndata:\r\n" + b"10000\r\n" + b"d" * 65_534 + b"\n\n\r\n"),
    ],
)
def test_messages_without_end_are_refused_and_memory_stays_flat(
    api: str, how: str, live: Any, head: bytes, piece: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (json_items, sse, sse_events):
        monkeypatch.setattr(module, "MESSAGE_BYTES_MAX", MEBIBYTE)
    tracemalloc.start()
    try:
        with endless(head, piece) as url, pytest.raises(DurableStreamError) as refused:
            read(api, url, how, live)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refused.value.code == "MESSAGE_TOO_LARGE"
    assert peak < 12 * MEBIBYTE


@both
def test_space_without_end_takes_no_memory(api: str) -> None:
    parser = json_items.JsonItems()
    for _ in range(1_000):
        assert parser.feed(b" " * 65_536) == []
    assert len(parser._buffer) == 0


@both
def test_bodies_without_end_behind_a_receipt_or_a_refusal_are_left(api: str) -> None:
    with endless(b"HTTP/1.1 200 X\r\nStream-Next-Offset: 1\r\n\r\n", b"x" * 65_536) as url:
        assert append(api, url).next_offset == "1"
    with endless(b"HTTP/1.1 400 X\r\n\r\n", b"x" * 65_536) as url, pytest.raises(DurableStreamError) as refused:
        append(api, url)
    assert len(str(refused.value)) < 500
    assert len(str(refused.value.details)) >= 65_536


@both
@pytest.mark.parametrize(
    "raw",
    [
        PAGE + b"Content-Length: 100\r\n\r\n[1]",
        PAGE + b"Content-Length: abc\r\n\r\n[1]",
        PAGE + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n[1]",
        PAGE + b"Transfer-Encoding: gzip\r\n\r\n[1]",
        PAGE + b"Content-Encoding: gzip\r\n\r\n[1]",
    ],
)
def test_bodies_that_never_come_whole_are_given_up_as_backoff_says(api: str, raw: bytes) -> None:
    with Scripted(Answer(raw=raw)) as server, pytest.raises(FetchError):
        read(api, server.url)
    assert len(server.asked) <= 2 + 1


@both
@pytest.mark.parametrize(
    "body",
    [b"[" * 30_000, b"[" * 300_000, b"[" + b"1" * 300_000 + b"]", b'["\xff"]', b"[" + b'"\xff",' * 100_000 + b"1]"],
)
def test_what_is_no_json_is_told(api: str, body: bytes) -> None:
    with Scripted(page(body, "1")) as server, pytest.raises(DurableStreamError) as refused:
        read(api, server.url)
    assert refused.value.code == "PARSE_ERROR"


@both
def test_a_body_that_unpacks_to_a_thousand_times_its_size_is_taken_in_pieces(api: str) -> None:
    packed = gzip.compress(bytes(64 * MEBIBYTE))
    with Scripted(page(packed, "1", content_encoding="gzip")) as server:
        tracemalloc.start()
        try:
            with stream(server.url, live=False) as response:
                assert sum(map(len, response)) == 64 * MEBIBYTE
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 16 * MEBIBYTE


@both
def test_event_streams_that_nobody_asked_for_do_not_make_the_reader_spin(api: str) -> None:
    with Scripted(Answer(raw=EVENTS + b"0\r\n\r\n")) as server:

        async def read_for_a_moment() -> None:
            async with astream(server.url, live="sse", backoff=BackoffOptions(initial_delay=60)) as response:
                await anext(aiter(response))

        async def main() -> None:
            reading = asyncio.create_task(read_for_a_moment())
            while not server.asked:
                await asyncio.sleep(0.001)
            for _ in range(1_000):
                await asyncio.sleep(0)
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

        asyncio.run(main())
    assert len(server.asked) <= 3


CONTROL = 'event: data\ndata: [7]\n\nevent: control\ndata: {"streamNextOffset":%s,"upToDate":true}\n\n'


@both
@pytest.mark.parametrize("how", ["iter_json", "iter_text", "iter_events"])
@pytest.mark.parametrize(
    ("live", "answers", "requests"),
    [
        (False, [page("[1]", "1", up_to_date=False), page("[7]", "1", up_to_date=False)], 2),
        (True, [page("[1]", "1"), page("[7]", "1")], 2),
        (True, [Answer(headers={"Content-Type": "application/json"}, body=b"[1]")], 2),
        ("sse", [page("[1]", "1"), events(CONTROL % '"1"')], 2),
        ("sse", [page("[1]", "1"), events(CONTROL % "7")], 2),
    ],
)
def test_data_that_has_no_offset_behind_it_is_handed_out_once(
    api: str, how: str, live: Any, answers: list[Answer], requests: int
) -> None:
    seen: list[int] = []
    with Scripted(*answers) as server, pytest.raises(DurableStreamError) as refused:
        with_count(api, server.url, how, live, seen)
    assert (refused.value.code, len(seen), len(server.asked)) == ("NOT_A_STREAM", 1, requests)


def with_count(api: str, url: str, how: str, live: Any, seen: list[int]) -> None:
    """Reads, and counts what comes before the error."""
    if api == "sync":
        with stream(url, backoff=TWICE, live=live) as response:
            seen.extend(1 for _ in getattr(response, how)())
        return

    async def main() -> None:
        async with astream(url, backoff=TWICE, live=live) as response:
            async for _ in getattr(response, how)():
                seen.append(1)

    asyncio.run(main())


@both
@pytest.mark.parametrize("member", ["streamNextOffset", "streamCursor"])
def test_half_a_character_in_a_control_event_is_told(api: str, member: str) -> None:
    control = f'event: control\ndata: {{"{member}":"\\ud800"}}\n\n'
    with Scripted(page("[]", "1"), events(control)) as server, pytest.raises(DurableStreamError) as refused:
        read(api, server.url, live="sse")
    assert refused.value.code == "PARSE_ERROR"


@both
def test_content_types_are_what_they_are_in_any_case(api: str) -> None:
    control = 'event: data\ndata: [7]\n\nevent: control\ndata: {"streamNextOffset":"2","streamClosed":true}\n\n'
    head = EVENTS.replace(b"text/event-stream", b"Text/Event-Stream;charset=UTF-8")
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(control), control.encode())
    with Scripted(page("[1]", "1"), Answer(raw=head + body)) as server:
        assert read(api, server.url, live="sse") == [1, 7]


@pytest.mark.parametrize("text", ["", "-1", "²", "1" * 5_000, "1.5", "x"])
def test_numbers_in_headers_that_are_none(text: str) -> None:
    assert integer(text) is None


async def _cancel_readers(url: str, turns: int) -> set[asyncio.Task[Any]]:
    async def read_on() -> None:
        async with astream(url, live="sse") as response:
            async for _ in response.iter_json():
                pass

    readers = [asyncio.create_task(read_on()) for _ in range(10)]
    for _ in range(turns):
        await asyncio.sleep(0)
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    return asyncio.all_tasks() - {asyncio.current_task()}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_readers_cancelled_in_any_turn_leave_no_task_behind(host: str) -> None:
    with Scripted(page("[1]", "1")) as server:
        url = server.url.replace("127.0.0.1", host)
        for turns in range(40):
            assert asyncio.run(_cancel_readers(url, turns)) == set(), turns


def test_the_next_address_is_tried_when_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with Scripted(page("[1]", "1")) as server, socket.create_server(("127.0.0.1", 0)) as closed:
        refusing, answering = closed.getsockname(), ("127.0.0.1", int(server.url.split(":")[2].split("/")[0]))
        closed.close()

        async def found(*_: Any, **__: Any) -> list[Any]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in (refusing, answering)]

        async def main() -> list[Any]:
            monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", found)
            async with astream(server.url, live=False, backoff=TWICE) as response:
                return await response.read_json()

        assert asyncio.run(main()) == [1]
