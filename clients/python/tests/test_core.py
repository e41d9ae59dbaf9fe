"""The machines, without any I/O."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from perennial_streams import BackoffOptions, DurableStreamError, SequenceGapError, StaleEpochError
from perennial_streams.core.addresses import merged_headers, with_query
from perennial_streams.core.backoff import RETRY_AFTER_MAX_SECONDS, Backoff, bound, retry_after
from perennial_streams.core.epochs import draw_epoch
from perennial_streams.core.json_items import JsonItems
from perennial_streams.core.producer_outcome import Fenced, Gap, Refused, Retry, Stored, outcome_of
from perennial_streams.core.producer_queue import CLAIMS_MAX, ProducerQueue
from perennial_streams.core.sse import SSEParser

SEEDS = range(200)


def pieces(data: bytes, chance: random.Random) -> list[bytes]:
    """The data, cut at random."""
    cuts = sorted(chance.randrange(len(data) + 1) for _ in range(chance.randrange(6)))
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def value(chance: random.Random, depth: int = 0) -> Any:
    """Any JSON value, with what misleads a cutter in it."""
    kinds = ["text", "number", "null", "bool"] + (["list", "dict"] * 2 if depth < 3 else [])
    kind = chance.choice(kinds)
    if kind == "text":
        return chance.choice(["},{", '"},{"', "[1,2]", "\\", "ü€🌍", "a" * chance.randrange(20), "]", "\u2028\n"])
    if kind == "number":
        return chance.choice([0, -1, 12345678901234567890, 1.5, 1e100])
    if kind == "list":
        return [value(chance, depth + 1) for _ in range(chance.randrange(4))]
    if kind == "dict":
        return {str(i): value(chance, depth + 1) for i in range(chance.randrange(4))}
    return None if kind == "null" else True


@pytest.mark.parametrize("seed", SEEDS)
def test_json_items_are_those_of_the_whole_text_wherever_it_is_cut(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perennial_streams.core.json_items.PARSE_BYTES", 8)
    chance = random.Random(seed)
    given = [value(chance) for _ in range(chance.randrange(30))]
    separators = chance.choice([(",", ":"), (", ", ": ")])
    text = json.dumps(given, ensure_ascii=chance.random() < 0.5, separators=separators, indent=chance.choice([None, 1]))
    items = JsonItems()
    found = [item for piece in pieces(text.encode(), chance) for item in items.feed(piece)]
    assert found + items.finish() == given


@pytest.mark.parametrize("seed", SEEDS)
def test_broken_json_is_an_error_and_nothing_wrong_is_handed_out(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perennial_streams.core.json_items.PARSE_BYTES", 8)
    chance = random.Random(seed)
    given = [value(chance) for _ in range(1, 20)]
    text = json.dumps(given).encode()
    broken = text[: chance.randrange(1, len(text))]
    items = JsonItems()
    found = [item for piece in pieces(broken, chance) for item in items.feed(piece)]
    with pytest.raises(DurableStreamError, match="Failed to parse JSON response") as raised:
        items.finish()
    assert raised.value.code == "PARSE_ERROR"
    assert found == given[: len(found)]


def test_a_body_that_is_no_array_is_one_item_and_an_empty_one_is_none() -> None:
    for text, expected in ((b' {"a":1} ', [{"a": 1}]), (b"", []), (b"  ", []), (b"[]", []), (b"7", [7])):
        items = JsonItems()
        assert items.feed(text) + items.finish() == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_events_are_the_same_wherever_the_bytes_are_cut_and_however_lines_end(seed: int) -> None:
    chance = random.Random(seed)
    given = [
        (chance.choice([b"data", b"control"]), chance.choice([b"x", b" y", b"a\nb", b"\xc2\x85", b""]))
        for _ in range(9)
    ]
    text = b"\xef\xbb\xbf" if chance.random() < 0.3 else b""
    for kind, data in given:
        lines = (
            [b"event: " + kind, b": comment", b"id: 7"] + [b"data: " + line for line in data.split(b"\n")] + [b"", b""]
        )
        end = chance.choice([b"\n", b"\r\n", b"\r"])
        text += end.join(lines)
    parser = SSEParser()
    assert [event for piece in pieces(text, chance) for event in parser.feed(piece)] == given


def test_an_event_that_is_not_complete_is_none() -> None:
    assert SSEParser().feed(b"event: data\ndata: half\n") == []


def test_a_query_is_kept_sorted_and_the_protocols_parameters_win() -> None:
    url = "http://host/s?z=1&z=2&empty&offset=7#part"
    made = with_query(url, {"key": "a b&c", "live": "mine"}, {"offset": "0_1", "live": None, "cursor": None})
    assert made == "http://host/s?empty&key=a%20b%26c&offset=0_1&z=1&z=2"


def test_headers_are_merged_whatever_their_case() -> None:
    assert merged_headers({"Content-Type": "a", "x": "1"}, {"content-type": "b"}) == {"content-type": "b", "x": "1"}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1.5", 1.5),
        ("-3", 0),
        ("soon", 0),
        (None, 0),
        ("inf", RETRY_AFTER_MAX_SECONDS),
        ("99999999", RETRY_AFTER_MAX_SECONDS),
    ]
    + [("Thu, 01 Jan 1970 00:00:30 GMT", 20), ("Thu, 01 Jan 1970 00:00:01 GMT", 0), ("nan", 0)],
)
def test_retry_after_is_seconds_or_a_date_and_never_more_than_an_hour(text: str | None, seconds: float) -> None:
    assert retry_after(text, 10) == seconds


def test_backoff_grows_to_its_bound_and_ends_when_told() -> None:
    options = BackoffOptions(initial_delay=1, multiplier=2, max_delay=5, max_retries=2)
    assert [bound(options, failures) for failures in (1, 2, 3, 4, 10_000)] == [1, 2, 4, 5, 5]
    backoff = Backoff(options, "it")
    assert [backoff.wait(OSError()) is None for _ in range(3)] == [False, False, True]
    assert Backoff(BackoffOptions(deadline=1), "it").wait(OSError(), {"retry-after": "2"}) is None


STORED = Stored("1", False)


def test_a_long_wait_that_a_server_asks_for_is_told_at_once(caplog: pytest.LogCaptureFixture) -> None:
    backoff = Backoff(BackoffOptions(), "GET http://host/")
    assert backoff.wait(Exception("busy"), {"retry-after": "3600"}) == 3600
    assert caplog.messages == ["GET http://host/ is repeated in 3600 s, as the server asks: busy"]


def test_the_first_batch_of_an_epoch_travels_alone_and_then_the_window_opens() -> None:
    queue = ProducerQueue(0, False, 3)
    for number in range(5):
        queue.add(b"%d" % number)
    first = queue.next()
    assert first is not None
    assert queue.next() is None
    queue.settle(first, STORED)
    flights = [queue.next(), queue.next(), queue.next(), queue.next()]
    assert [flight and flight.seq for flight in flights] == [1, 2, 3, None]


def test_a_gap_is_waited_for_while_earlier_batches_are_on_their_way_and_an_error_when_none_is() -> None:
    queue = ProducerQueue(0, False, 3)
    for _ in range(3):
        queue.add(b"")
    opening = queue.next()
    assert opening is not None
    queue.settle(opening, STORED)
    one, two = queue.next(), queue.next()
    assert one is not None
    assert two is not None
    queue.settle(two, Gap(1, 2))
    assert queue.next() is None
    queue.settle(one, STORED)
    assert queue.next() is two
    queue.settle(two, Gap(1, 2))
    assert isinstance(queue.failure, SequenceGapError)


def test_a_fence_is_an_error_without_auto_claim_and_a_new_epoch_with_it_but_not_for_ever() -> None:
    queue = ProducerQueue(0, False, 1)
    queue.add(b"")
    flight = queue.next()
    assert flight is not None
    queue.settle(flight, Fenced(3))
    assert isinstance(queue.failure, StaleEpochError)

    queue = ProducerQueue(0, True, 1)
    queue.add(b"")
    for claim in range(CLAIMS_MAX + 1):
        flight = queue.next()
        assert flight is not None
        assert flight.seq == 0
        queue.settle(flight, Fenced(10 * claim))
    assert isinstance(queue.failure, StaleEpochError)


def test_a_repeated_batch_keeps_its_number_and_after_a_refusal_nothing_is_sent_until_a_restart() -> None:
    queue = ProducerQueue(0, False, 2)
    queue.add(b"a")
    flight = queue.next()
    assert flight is not None
    assert queue.settle(flight, Retry(OSError(), {}))
    assert queue.next() is None
    queue.wake(flight)
    assert queue.next() is flight
    queue.settle(flight, Refused(OSError("no")))
    queue.add(b"b")
    assert queue.size == 0
    queue.restart()
    queue.add(b"c")
    renewed = queue.next()
    assert renewed is not None
    assert (renewed.epoch, renewed.seq) == (1, 0)


def test_only_a_403_with_an_epoch_fences_and_only_an_open_streams_other_number_is_a_gap() -> None:
    def of(status: int, **headers: str) -> object:
        given = {name.replace("_", "-"): text for name, text in headers.items()}
        return outcome_of(status, given, "", "http://x", 4)

    assert of(403, producer_epoch="7") == Fenced(7)
    assert isinstance(of(403), Refused)
    assert of(409, producer_expected_seq="2", producer_received_seq="4") == Gap(2, 4)
    assert isinstance(of(409, producer_expected_seq="4"), Refused)
    assert isinstance(of(409, producer_expected_seq="0", stream_closed="true"), Refused)
    assert isinstance(of(409), Refused)
    assert isinstance(of(503), Retry)
    assert of(204, producer_seq="3") == Stored("", True, 3)


def test_a_duplicate_of_what_was_sent_but_once_is_somebody_elses() -> None:
    queue = ProducerQueue(0, False, 1)
    queue.add(b"")
    flight = queue.next()
    assert flight is not None
    queue.settle(flight, Stored("", True))
    assert isinstance(queue.failure, StaleEpochError)

    queue = ProducerQueue(0, False, 1)
    queue.add(b"")
    flight = queue.next()
    assert flight is not None
    queue.settle(flight, Retry(OSError(), {}))
    queue.wake(flight)
    assert queue.next() is flight
    queue.settle(flight, Stored("", True))
    assert (queue.size, queue.failure) == (0, None)


def test_a_batch_whose_fate_is_unknown_is_not_sent_again_under_another_epoch() -> None:
    queue = ProducerQueue(0, True, 1)
    queue.add(b"")
    flight = queue.next()
    assert flight is not None
    queue.settle(flight, Retry(OSError(), {}))
    queue.wake(flight)
    assert queue.next() is flight
    queue.settle(flight, Fenced(1))
    assert isinstance(queue.failure, StaleEpochError)
    assert queue.failure.maybe_stored


def test_epochs_that_are_drawn_grow_with_the_clock_and_are_above_all_before() -> None:
    first, second = draw_epoch(-1), draw_epoch(-1)
    assert first != second
    assert draw_epoch(2**52) > 2**52
    assert 0 <= first < 2**53
