"""A stream that may hold only so much, by each API."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from perennial_streams import AsyncDurableStream, DurableStream, DurableStreamError, HeadResult


def fill(api: str, url: str, *messages: str, **limits: Any) -> HeadResult:
    """Creates a stream, appends to it, and asks what it is."""
    if api == "sync":
        with DurableStream.create(url, content_type="text/plain", **limits) as handle:
            for message in messages:
                handle.append(message)
            return handle.head()

    async def main() -> HeadResult:
        async with await AsyncDurableStream.create(url, content_type="text/plain", **limits) as handle:
            for message in messages:
                await handle.append(message)
            return await handle.head()

    return asyncio.run(main())


both = pytest.mark.parametrize("api", ["sync", "async"])


@both
def test_a_stream_takes_as_much_as_it_may_and_tells_its_limit(api: str, url: str) -> None:
    assert fill(api, url, "12345", "67890", max_bytes=10).max_bytes == 10


@both
def test_what_goes_beyond_is_refused_whole_and_not_repeated(api: str, url: str) -> None:
    with pytest.raises(DurableStreamError) as refused:
        fill(api, url, "1234567", "8901", max_bytes=10)
    assert refused.value.status == 413
    assert "Stream-Max-Bytes" in str(refused.value)
    with DurableStream(url) as handle, handle.stream(live=False) as response:
        assert response.read_text() == "1234567"


@both
def test_a_stream_without_a_limit_has_none(api: str, url: str) -> None:
    assert fill(api, url, "1234567").max_bytes is None


@both
def test_another_limit_is_another_configuration(api: str, url: str) -> None:
    fill(api, url, max_bytes=10)
    with pytest.raises(DurableStreamError) as refused:
        fill(api, url, max_bytes=11)
    assert refused.value.status == 409
