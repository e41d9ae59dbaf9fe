"""Bodies that break off, time and again at one place: reading goes forward where it can, and ends where it cannot."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from perennial_streams import BackoffOptions, FetchError, SSEResilience, astream, stream
from scripted import Answer, Asked, Scripted, page

QUICK = BackoffOptions(initial_delay=0.001, max_delay=0.002)
EVENTS = b"HTTP/1.1 200 X\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
ITEMS = [{"n": n} for n in range(100)]
PAGE = json.dumps(ITEMS).encode()

both = pytest.mark.parametrize("api", ["sync", "async"])


def read(api: str, url: str, how: str, **options: Any) -> tuple[list[Any], FetchError | None]:
    """What came, and the error that ended it."""
    found: list[Any] = []
    given = {"backoff": QUICK, "live": False, **options}

    def read_it() -> None:
        with stream(url, **given) as response:
            for item in getattr(response, how)():
                found.append(item)

    async def read_async() -> None:
        async with astream(url, **given) as response:
            async for item in getattr(response, how)():
                found.append(item)

    try:
        read_it() if api == "sync" else asyncio.run(read_async())
    except FetchError as error:
        return found, error
    return found, None


def cut(body: bytes, at: int) -> Answer:
    answer = page(body[:at], "9")
    answer.promised = len(body)
    return answer


def growing(body: bytes, step: int) -> Callable[[Asked], Answer]:
    """A page that is cut a little later each time it is asked for."""
    attempts = iter(range(1, 1_000))
    return lambda _: cut(body, min(step * next(attempts), len(body)))


@both
@pytest.mark.parametrize("how", ["iter_json", "iter_text", "iter_json_batches", "iter_events"])
@pytest.mark.parametrize("live", [False, "long-poll"])
def test_a_page_that_always_breaks_at_one_place_ends_the_read(api: str, how: str, live: Any) -> None:
    with Scripted(cut(PAGE, 300)) as server:
        found, error = read(api, server.url, how, offset="8", live=live)
    assert error is not None
    assert str(error).startswith(f"Reading {server.url} always breaks off behind offset 8: ")
    assert (error.is_final, error.__cause__ is not None) == (True, True)
    assert len(server.asked) == 26
    if how == "iter_text":
        assert "".join(found) == PAGE[:300].decode()
    if how == "iter_json":
        assert found == ITEMS[: len(found)]
        assert len(found) == PAGE[:300].count(b"},")


@both
def test_the_error_handler_may_go_on(api: str) -> None:
    told: list[str] = []
    is_mended = False

    def mend(error: Exception) -> dict[str, Any]:
        nonlocal is_mended
        is_mended = True
        told.append(str(error))
        return {}

    with Scripted(lambda _: page(PAGE, "9") if is_mended else cut(PAGE, 300)) as server:
        assert read(api, server.url, "iter_json", on_error=mend) == (ITEMS, None)
    assert len(told) == 1
    assert "always breaks off behind offset -1" in told[0]


@both
@pytest.mark.parametrize("how", ["iter_json", "iter_text", "iter_json_batches"])
def test_a_page_that_is_cut_a_little_later_each_time_comes_however_often_that_is(api: str, how: str) -> None:
    with Scripted(growing(PAGE, 25)) as server:
        found, error = read(api, server.url, how)
    assert error is None
    expected = {"iter_json": ITEMS, "iter_text": PAGE.decode(), "iter_json_batches": [ITEMS]}
    assert ("".join(found) if how == "iter_text" else found) == expected[how]
    assert len(server.asked) == -(-len(PAGE) // 25)


@both
def test_a_page_of_json_goes_forward_by_whole_messages(api: str) -> None:
    items = [{"n": n, "text": "},{" + "x" * 20_000} for n in range(20)]
    with Scripted(growing(json.dumps(items).encode(), 30_000)) as server:
        assert read(api, server.url, "iter_json") == (items, None)


@both
@pytest.mark.parametrize("live", ["sse", "long-poll"])
def test_what_is_cut_in_a_live_answer_comes_by_a_plain_request(api: str, live: Any) -> None:
    modes: list[str | None] = []

    def answer(asked: Asked) -> Answer:
        modes.append(mode := asked.query.get("live"))
        if mode == "sse":
            return Answer(raw=EVENTS + b"5\r\ndata:\r\n")
        if mode:
            return cut(b"[7]", 0)
        return page("[]", "8") if len(modes) == 1 else page("[7]", "9", closed=True)

    lasting = SSEResilience(min_connection_duration=0)
    with Scripted(answer) as server:
        assert read(api, server.url, "iter_json", live=live, sse_resilience=lasting) == ([7], None)
    assert modes == [None, live, live, live, live, None]


@both
@pytest.mark.parametrize("head", [True, False])
def test_where_a_proxy_holds_back_all_of_an_event_stream_it_is_long_polled(api: str, head: bool) -> None:
    hold = threading.Event()

    def answer(asked: Asked) -> Answer:
        if asked.query.get("live") == "sse":
            if head:
                return Answer(raw=EVENTS, hold=hold)
            hold.wait(10)
            return Answer(drop=True)
        return page("[2]", "2", closed=True) if asked.query.get("live") else page("[1]", "1")

    with Scripted(answer) as server:
        found = read(api, server.url, "iter_json", live="sse", silence_timeout=0.2)
        hold.set()
    assert found == ([1, 2], None)
    assert [asked.query.get("live") for asked in server.asked] == [None, "sse", "long-poll"]
