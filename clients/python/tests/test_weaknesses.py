"""What the official client does wrong, by the numbers that its weaknesses have in our specification, and does not happen here."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import httpx2
import pytest

from perennial_streams import (
    AsyncDurableStream,
    BackoffOptions,
    DurableStream,
    DurableStreamError,
    FetchError,
    IdempotentProducer,
    SSEResilience,
    StaleEpochError,
    StreamClosedError,
    StreamNotFoundError,
    SyncIdempotentProducer,
    astream,
    stream,
)
from scripted import Answer, Asked, Scripted, events, page

FAST = BackoffOptions(initial_delay=0.001, max_delay=0.01)
ONCE = BackoffOptions(max_retries=0)
DATA = 'event: data\ndata:[{"n":%d}]\n\n'
CONTROL = 'event: control\ndata:{"streamNextOffset":"%s","streamCursor":"9","upToDate":true}\n\n'
CLOSED = 'event: control\ndata:{"streamNextOffset":"%s","streamClosed":true}\n\n'


def test_p1_failed_requests_are_repeated_and_a_body_that_breaks_off_is_resumed_without_loss_or_repetition() -> None:
    broken = page('[{"n":1},{"n":2},{"n":3}]', "3")
    broken.promised, broken.body = len(broken.body), broken.body[:12]
    whole = page('[{"n":1},{"n":2},{"n":3}]', "3", closed=True)
    with Scripted(Answer(500), Answer(503, {"Retry-After": "0"}), Answer(drop=True), broken, whole) as server:
        with stream(server.url, backoff=FAST) as response:
            assert [item["n"] for item in response.iter_json()] == [1, 2, 3]
        assert len(server.asked) == 5


def test_p1_bytes_of_a_page_that_breaks_off_are_handed_out_as_they_arrive_and_once() -> None:
    cut = page(b"abcdef" * 20_000, "6")
    cut.promised, cut.body = len(cut.body), cut.body[:100_001]
    with Scripted(cut, page(b"abcdef" * 20_000, "6", closed=True)) as server:
        with stream(server.url, backoff=FAST) as response:
            assert b"".join(response) == b"abcdef" * 20_000


def test_p2_appends_behind_a_failed_one_are_sent() -> None:
    gate = threading.Event()

    def first(_: Asked) -> Answer:
        gate.wait(5)
        return Answer(400, body=b"no")

    with Scripted(first, Answer(204, {"Stream-Next-Offset": "2"})) as server, ThreadPoolExecutor(3) as pool:
        handle = DurableStream(server.url, content_type="text/plain")
        failing = pool.submit(handle.append, "a")
        while not server.asked:
            time.sleep(0.001)
        behind = [pool.submit(handle.append, text) for text in ("b", "c")]
        while len(handle._appends._queue._waiting) < 2:
            time.sleep(0.001)
        gate.set()
        with pytest.raises(DurableStreamError):
            failing.result(5)
        assert [result.result(5).next_offset for result in behind] == ["2", "2"]
        assert sorted(server.asked[1].body) == sorted(b"bc")
        handle.close()


def test_p3_a_cancelled_append_hinders_no_other() -> None:
    gate = threading.Event()

    def slow(_: Asked) -> Answer:
        gate.wait(5)
        return Answer(204, {"Stream-Next-Offset": "1"})

    async def run(server: Scripted) -> None:
        async with AsyncDurableStream(server.url, content_type="text/plain") as handle:
            leader = asyncio.create_task(handle.append("a"))
            while not server.asked:
                await asyncio.sleep(0.001)
            waiting, kept = asyncio.create_task(handle.append("b")), asyncio.create_task(handle.append("c"))
            await asyncio.sleep(0)
            leader.cancel()
            waiting.cancel()
            gate.set()
            assert (await asyncio.wait_for(kept, 5)).next_offset == "2"
            assert leader.cancelled()

    with Scripted(slow, Answer(204, {"Stream-Next-Offset": "2"})) as server:
        asyncio.run(run(server))
        assert [asked.body for asked in server.asked] == [b"a", b"c"]


@pytest.mark.parametrize("batching", [True, False])
def test_p4_p5_json_is_sent_once_encoded_text_as_it_is_and_values_by_their_text(batching: bool) -> None:
    with Scripted(Answer(204, {"Stream-Next-Offset": "1"})) as server:
        with DurableStream(server.url, content_type="application/json", batching=batching) as handle:
            handle.append('{"a":1}')
            handle.append({"a": "ü"})
            handle.append([1, 2])
        assert [asked.body for asked in server.asked] == [b'[{"a":1}]', '[{"a":"ü"}]'.encode(), b"[[1,2]]"]
        with DurableStream(server.url, content_type="text/plain") as handle, pytest.raises(TypeError):
            handle.append({"a": 1})


def test_p6_read_methods_follow_the_pages() -> None:
    pages = (page("[1]", "1", up_to_date=False), page("[2]", "2", up_to_date=False), page("[3]", "3"))
    for live in (False, True, "sse"):
        with Scripted(*pages) as server, stream(server.url, live=live) as response:
            assert response.read_json() == [1, 2, 3]
            assert response.offset == "3"
            assert [asked.query.get("offset") for asked in server.asked] == [None, "1", "2"]


def test_p7_live_iteration_stops_when_the_stream_is_closed() -> None:
    end = Answer(204, {"Stream-Next-Offset": "1", "Stream-Closed": "true"})
    with Scripted(page("[1]", "1"), end) as server, stream(server.url) as response:
        assert list(response.iter_json()) == [1]
        assert response.stream_closed
        assert server.asked[1].query == {"offset": "1", "live": "long-poll"}


def test_p8_p10_a_silent_server_is_given_up_and_a_quiet_live_one_is_not() -> None:
    hold = threading.Event()
    with Scripted(page("[1]", "1"), events(CONTROL % "1", hold), events(CLOSED % "1")) as server:
        client = httpx2.Client(timeout=0.05)
        with stream(server.url, live="sse", client=client, silence_timeout=0.3, backoff=FAST) as response:
            assert list(response.iter_json()) == [1]
        assert len(server.asked) == 3
        hold.set()
        assert not client.is_closed
        client.close()
    silent = threading.Event()

    def never(_: Asked) -> Answer:
        silent.wait(5)
        return Answer(204)

    with Scripted(never) as server, DurableStream(server.url, timeout=0.05, backoff=ONCE) as handle:
        with pytest.raises(FetchError):
            handle.head()
        silent.set()


def test_p9_sse_reconnects_from_the_last_control_event_and_data_that_was_not_confirmed_comes_once() -> None:
    with Scripted(
        page("[]", "0"),
        events(DATA % 1 + CONTROL % "1" + DATA % 2),
        events(DATA % 2 + CONTROL % "2"),
        events(CLOSED % "2"),
    ) as server:
        resilience = SSEResilience(min_connection_duration=0)
        with stream(server.url, live="sse", sse_resilience=resilience) as response:
            found = [(event.data, event.next_offset) for event in response.iter_events()]
        assert found == [([{"n": 1}], "1"), ([{"n": 2}], "2"), (None, "2")]
        assert [asked.query["offset"] for asked in server.asked[1:]] == ["0", "1", "2"]
        assert server.asked[2].query["cursor"] == "9"
        assert server.asked[1].headers["accept"] == "text/event-stream"


def test_p10_connections_that_end_too_soon_lead_to_long_polling(caplog: pytest.LogCaptureFixture) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.query.get("live") == "sse":
            return events("")
        if asked.query.get("live") == "long-poll":
            return page("[2]", "2", closed=True)
        return page("[1]", "1")

    resilience = SSEResilience(backoff_base_delay=0.001)
    with Scripted(answer) as server, stream(server.url, live="sse", sse_resilience=resilience) as response:
        assert list(response.iter_json()) == [1, 2]
        assert response.live == "sse"
        assert "using long-polling" in caplog.text


def test_p10_an_answer_that_is_no_event_stream_leads_to_long_polling_too() -> None:
    for refusal in (Answer(400), page("[]", "1")):

        def answer(asked: Asked, refusal: Answer = refusal) -> Answer:
            modes = {"sse": refusal, "long-poll": page("[2]", "2", closed=True)}
            return modes.get(asked.query.get("live", ""), page("[1]", "1"))

        with Scripted(answer) as server, stream(server.url, live="sse") as response:
            assert list(response.iter_json()) == [1, 2]


def test_p11_binary_streams_are_bytes_by_sse_too() -> None:
    first = Answer(headers={"Stream-Next-Offset": "1", "Stream-Up-To-Date": "true"}, body=b"\x00")
    live = events("event: data\ndata:/v8=\ndata:/w==\n\n".replace("\ndata:/w==", "") + CLOSED % "2")
    live.headers["Stream-SSE-Data-Encoding"] = "base64"
    with Scripted(first, live) as server, stream(server.url, live="sse") as response:
        assert b"".join(response) == b"\x00\xfe\xff"


def test_p12_on_error_is_asked_in_every_phase_and_its_headers_stay() -> None:
    seen: list[str] = []

    def answer(asked: Asked) -> Answer:
        token = asked.headers.get("authorization")
        wanted = {"sse": "2", None: "1"}[asked.query.get("live")]
        if token != wanted:
            return Answer(401)
        return page("[1]", "1") if wanted == "1" else events(DATA % 2 + CLOSED % "2")

    def refresh(error: Exception) -> dict[str, Any]:
        assert isinstance(error, DurableStreamError)
        assert error.code == "UNAUTHORIZED"
        seen.append("refreshed")
        return {"headers": {"Authorization": str(len(seen))}}

    with Scripted(answer) as server, stream(server.url, live="sse", on_error=refresh) as response:
        assert list(response.iter_json()) == [1, {"n": 2}]
    with Scripted(Answer(401)) as server, pytest.raises(DurableStreamError, match="401"):
        stream(server.url, on_error=lambda error: None)


def producing(server: Scripted, **options: Any) -> SyncIdempotentProducer:
    return SyncIdempotentProducer(server.url, "p", content_type="text/plain", linger_ms=0, backoff=FAST, **options)


def test_p13_a_producer_on_a_stream_that_somebody_closed_says_so_after_one_request() -> None:
    closed = Answer(409, {"Stream-Closed": "true", "Stream-Next-Offset": "7"})
    with Scripted(Answer(200, {"Stream-Next-Offset": "1"}), closed) as server, producing(server) as producer:
        producer.append("a")
        producer.flush()
        producer.append("b")
        with pytest.raises(StreamClosedError) as raised:
            producer.flush()
        assert raised.value.final_offset == "7"
        assert len(server.asked) == 2


def test_p14_a_403_without_an_epoch_is_a_refusal_and_a_duel_ends() -> None:
    with Scripted(Answer(403)) as server, producing(server, auto_claim=True) as producer:
        producer.append("a")
        with pytest.raises(DurableStreamError) as raised:
            producer.flush()
        assert raised.value.code == "FORBIDDEN"
        assert len(server.asked) == 1
    with Scripted(lambda asked: Answer(403, {"Producer-Epoch": asked.headers["producer-epoch"]})) as server:
        with producing(server, auto_claim=True) as producer:
            producer.append("a")
            with pytest.raises(StaleEpochError):
                producer.flush()
        assert len(server.asked) < 10


def test_p15_a_producer_sends_headers_and_params_keeps_its_batches_small_and_stops_at_the_first_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen: list[Exception] = []

    def answer(asked: Asked) -> Answer:
        return Answer(400, body=b"bad") if b"x" in asked.body else Answer(200, {"Stream-Next-Offset": "1"})

    async def run(server: Scripted) -> None:
        async with IdempotentProducer(
            server.url,
            "p",
            headers={"Authorization": "t"},
            params={"k": "v"},
            content_type="text/plain",
            max_batch_bytes=10,
            max_in_flight=1,
            on_error=seen.append,
        ) as producer:
            for text in ("aaaa", "bbbbbbb", "cc"):
                producer.append(text)
            await producer.flush()
            producer.append("xxxxxxxxxx")
            producer.append("later")
            with pytest.raises(DurableStreamError, match="bad"):
                await producer.flush()
            producer.append("dropped")
            with pytest.raises(DurableStreamError, match="bad"):
                await producer.flush()
            await producer.restart()
            producer.append("again")
            await producer.flush()
            assert (producer.epoch, producer.next_seq) == (1, 1)

    with Scripted(answer) as server, caplog.at_level(logging.DEBUG, "asyncio"):
        asyncio.run(run(server))
        assert all(len(asked.body) <= 10 for asked in server.asked)
        assert {(asked.headers["authorization"], asked.query["k"]) for asked in server.asked} == {("t", "v")}
        assert b"later" not in b"".join(asked.body for asked in server.asked)
        assert len(seen) == 1
        assert "never retrieved" not in caplog.text


def test_p16_closing_by_a_producer_tells_the_end_and_a_failed_close_is_repeated_under_its_number() -> None:
    answers = (Answer(400), Answer(200, {"Stream-Next-Offset": "9", "Stream-Closed": "true"}))
    with Scripted(*answers) as server:
        producer = producing(server)
        with pytest.raises(DurableStreamError):
            producer.close_stream("last")
        with pytest.raises(DurableStreamError, match="closed"):
            producer.append("late")
        producer.close_stream()
        assert {(asked.headers["producer-seq"], asked.body) for asked in server.asked} == {("0", b"last")}
        assert producer.close_stream().duplicate
        assert len(server.asked) == 2
    with Scripted(Answer(204, {"Stream-Next-Offset": "9", "Stream-Closed": "true"})) as server:
        result = producing(server).close_stream()
        assert (result.offset, result.duplicate) == ("9", False)


def test_p17_repeated_query_keys_and_headers_of_any_case_are_kept() -> None:
    with Scripted(page("[]", "1", closed=True)) as server:
        with stream(server.url + "?tag=a&tag=b", headers={"ACCEPT": "x", "accept": "y"}) as response:
            response.read_json()
        assert "tag=a&tag=b" in server.asked[0].target
        assert server.asked[0].headers["accept"] == "y"


def test_p19_characters_split_over_pages_and_chunks_survive() -> None:
    text = "é🌍".encode()
    answers = [
        page(text[:1], "1", up_to_date=False),
        page(text[1:4], "4", up_to_date=False),
        page(text[4:], "6", closed=True),
    ]
    with Scripted(*answers) as server, stream(server.url) as response:
        assert "".join(response.iter_text()) == "é🌍"


def test_p21_p22_large_pages_are_parsed_as_they_arrive() -> None:
    hold = threading.Event()
    body = b"[" + b",".join(b'{"n":%d,"text":"},{"}' % n for n in range(20_000))
    answer = page(body, "1", closed=True)
    answer.hold = hold
    with Scripted(answer) as server, stream(server.url) as response:
        items = response.iter_json()
        assert next(items)["n"] == 0
        assert response.offset == "-1"
        response.close()
        hold.set()


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_clients_of_both_libraries_may_be_given_and_are_not_closed(library: Any) -> None:
    with Scripted(page("[1]", "1", closed=True)) as server:
        with library.Client() as client:
            with stream(server.url, client=client) as response:
                assert response.read_json() == [1]
            assert not client.is_closed
        with pytest.raises(TypeError, match="httpx"):
            stream(server.url, client=object())


def test_errors_that_repeating_cannot_mend_are_raised_at_once() -> None:
    with pytest.raises(FetchError) as final:
        stream("ftp://127.0.0.1/x")
    assert isinstance(final.value.__cause__, httpx2.UnsupportedProtocol)
    with Scripted(Answer(404)) as server:
        with pytest.raises(StreamNotFoundError) as raised:
            stream(server.url)
        assert (raised.value.status, raised.value.url) == (404, server.url)
        assert len(server.asked) == 1
    for wrong in ({"live": "websocket"}, {"live": None}):
        with pytest.raises(ValueError, match="live must be"):
            stream("http://127.0.0.1:1/x", **wrong)
        with pytest.raises(ValueError, match="live must be"), DurableStream("http://127.0.0.1:1/x") as handle:
            handle.stream(**wrong)
    with pytest.raises(FetchError) as failed:
        stream("http://127.0.0.1:1/x", backoff=ONCE)
    assert isinstance(failed.value.__cause__, httpx2.ConnectError)


def test_a_reader_that_waits_is_ended_by_close_from_another_thread() -> None:
    hold = threading.Event()
    with Scripted(page("[1]", "1"), events(CONTROL % "1", hold)) as server, ThreadPoolExecutor(1) as pool:
        response = stream(server.url, live="sse")
        reading = pool.submit(lambda: list(response.iter_json()))
        while len(server.asked) < 2:
            time.sleep(0.001)
        response.close()
        assert reading.result(5) == [1]
        hold.set()


def test_a_cancelled_task_closes_its_connection_and_leaves_no_task_behind() -> None:
    hold = threading.Event()

    async def run(server: Scripted) -> None:
        started = asyncio.Event()

        async def read() -> None:
            async with astream(server.url, live="sse") as response:
                async for _ in response.iter_json():
                    started.set()

        task = asyncio.create_task(read())
        await asyncio.wait_for(started.wait(), 5)
        while len(server.asked) < 2:
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.all_tasks() == {asyncio.current_task()}

    with Scripted(page("[1]", "1"), events(CONTROL % "1", hold)) as server:
        asyncio.run(run(server))
        hold.set()


def test_a_producer_started_again_under_its_id_stores_what_it_appends_or_says_that_it_does_not(url: str) -> None:
    with DurableStream.create(url, content_type="text/plain") as handle:
        for life in range(2):
            with handle.producer("claiming", auto_claim=True) as producer:
                producer.append(f"{life};")
                producer.flush()
        with handle.producer("plain") as producer:
            producer.append("first;")
            producer.flush()
        with handle.producer("plain") as producer:
            producer.append("second;")
            with pytest.raises(StaleEpochError):
                producer.flush()
            producer.restart()
            producer.append("third;")
            producer.flush()
        with handle.stream(live=False) as response:
            assert response.read_text() == "0;1;first;third;"


def test_functions_of_the_users_that_fail_stop_a_producer_and_hang_nobody(caplog: pytest.LogCaptureFixture) -> None:
    def failing(*_: object) -> str:
        raise LookupError("mine")

    async def run(server: Scripted) -> None:
        options: dict[str, Any] = {"headers": {"x": failing}, "on_error": failing}
        async with IdempotentProducer(server.url, "p", **options) as producer:
            producer.append("a")
            with pytest.raises(LookupError):
                await asyncio.wait_for(producer.flush(), 5)

    with Scripted(Answer(200)) as server:
        asyncio.run(run(server))
        with producing(server, headers={"x": failing}, on_error=failing) as producer:
            producer.append("a")
            with pytest.raises(LookupError):
                producer.flush()
        assert server.asked == []
    assert "on_error of a producer failed" in caplog.text
