"""Bodies in chunks, cut anywhere; and a connection that breaks one off."""

from __future__ import annotations

import random

import h11
import pytest

from perennial_streams.core.chunked import LINE_BYTES_MAX, ChunkedBody, ChunkError, behind_head, is_chunked_event_stream


def encode(body: bytes, random_source: random.Random) -> bytes:
    """A body in chunks of any size, with what a server may put between them."""
    frames = []
    while body:
        size = random_source.choice([1, 2, 15, 16, 17, 300, len(body)])
        chunk, body = body[:size], body[size:]
        head = random_source.choice([b"%x", b"%X", b"000%x", b"%x;name=value", b"%x  "]) % len(chunk)
        frames.append(head + b"\r\n" + chunk + b"\r\n")
    end = random_source.choice([b"0\r\n\r\n", b"0\r\nTrailer: yes\r\n\r\n"])
    return b"".join(frames) + end


def cut(data: bytes, random_source: random.Random) -> list[bytes]:
    pieces = []
    while data:
        size = random_source.choice([1, 2, 3, 7, 50, len(data)])
        pieces.append(data[:size])
        data = data[size:]
    return pieces


@pytest.mark.parametrize("seed", range(200))
def test_takes_the_frames_off_wherever_the_network_cuts(seed: int) -> None:
    random_source = random.Random(seed)
    content = random_source.choice([b"abc\r\n\r\n0\r\n", bytes(range(256)), b"\r\n"])
    expected = content * random_source.randrange(1, 6)
    body = ChunkedBody()
    taken = b""
    for piece in cut(encode(expected, random_source), random_source):
        assert not body.complete
        taken += body.feed(piece)
    assert (taken, body.complete) == (expected, True), f"seed {seed}"


@pytest.mark.parametrize(
    "bad", [b"xyz\r\n", b"-1\r\n", b"\r\n", b"3\r\nabcd\r\n", b"f" * 16 + b"\r\n", b"1" * (LINE_BYTES_MAX + 2)]
)
def test_refuses_what_is_no_body_in_chunks(bad: bytes) -> None:
    with pytest.raises(ChunkError):
        ChunkedBody().feed(bad)
    cut_up = ChunkedBody()
    with pytest.raises(ChunkError):
        list(map(cut_up.feed, (bad[at : at + 1] for at in range(len(bad)))))


def test_trailers_are_bounded() -> None:
    body = ChunkedBody()
    body.feed(b"0\r\n")
    with pytest.raises(ChunkError):
        list(map(body.feed, [b"a: b\r\n"] * LINE_BYTES_MAX))


def test_the_body_begins_behind_the_final_head() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    assert behind_head(early + b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n5\r\n") == b"5\r\n"
    assert behind_head(b"HTTP/1.1 200 OK\n\n") == b""


def test_only_plain_event_streams_in_chunks_are_taken() -> None:
    headers = {"content-type": "text/event-stream; charset=utf-8", "transfer-encoding": "Chunked"}
    assert is_chunked_event_stream("GET", 200, headers)
    assert not is_chunked_event_stream("HEAD", 200, headers)
    assert not is_chunked_event_stream("GET", 204, headers)
    assert not is_chunked_event_stream("GET", 200, {**headers, "content-encoding": "gzip"})
    assert not is_chunked_event_stream("GET", 200, {**headers, "content-type": "application/json"})
    assert not is_chunked_event_stream("GET", 200, {"content-type": "text/event-stream"})


def by_h11(encoded: bytes) -> tuple[bytes, bool] | None:
    """What h11 makes of a body in chunks: its content so far, and whether it is complete; ``None`` if it is none."""
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="GET", target="/", headers=[("Host", "x")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + encoded)
    content = b""
    try:
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                return content, False
            if isinstance(event, h11.Data):
                content += event.data
            if isinstance(event, h11.EndOfMessage):
                return content, True
    except h11.RemoteProtocolError:
        return None


@pytest.mark.parametrize("seed", range(300))
def test_agrees_with_h11_on_bodies_that_were_damaged(seed: int) -> None:
    """What h11 takes has the same content for us; we refuse no whole body that it takes, and end none that it does not. It lets
    lines of trailers end with LF alone: we wait for CRLF."""
    source = random.Random(seed)
    encoded = bytearray(encode(bytes(source.randrange(256) for _ in range(source.randrange(1, 60))), source))
    for _ in range(source.randrange(3)):
        at = source.randrange(len(encoded))
        encoded[at : at + source.randrange(2)] = source.choice(
            [b"", b"0", b"\r", b"\n", b"\r\n", b";", b" ", b"f", b"x"]
        )
    expected = by_h11(bytes(encoded))
    for cuts in (random.Random(seed), None):
        body, taken = ChunkedBody(), b""
        try:
            for piece in cut(bytes(encoded), cuts) if cuts else [bytes(encoded)]:
                if not body.complete:
                    taken += body.feed(piece)
        except ChunkError:
            assert expected is None or not expected[1], f"seed {seed}: {bytes(encoded)!r}"
            continue
        if expected is not None:
            content, complete = expected
            assert taken == content, f"seed {seed}: {bytes(encoded)!r}"
            assert complete or not body.complete, f"seed {seed}: {bytes(encoded)!r}"
