"""Reading on asyncio."""

from __future__ import annotations

import codecs
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from types import TracebackType
from typing import Any, Self, TypeVar, overload

from ..core.effects import Batches
from ..core.models import decoder
from ..core.read_session import ReadOptions, ReadSession
from ..core.reading import EventMode, Events, Reading
from ..types import StreamEvent
from .io import AsyncIO

M = TypeVar("M")


class AsyncStreamResponse(Reading):
    """A stream that is being read. Consume it once, by one of its methods, inside an ``async with`` block.

    Iterators end at the tail with ``live=False``, when the stream is closed, and after `close`. Between those they look after
    themselves: a connection that breaks or is silent for too long is resumed where it was. They raise
    `StreamNotFoundError`, `RetentionGoneError`, `DurableStreamError` and `FetchError` when the server refuses for good.
    """

    def __init__(
        self,
        session: ReadSession,
        url: str,
        io: AsyncIO,
    ) -> None:
        super().__init__(session, url)
        self._io = io

    @classmethod
    async def open(cls, options: ReadOptions, io: AsyncIO) -> Self:
        """Sends the first request."""
        session = ReadSession(options)
        try:
            await io.run(session.open())
        except BaseException:
            await io.finish()
            raise
        return cls(session, options.recipe.url, io)

    async def aclose(self) -> None:
        """Ends reading and releases the connection. May be called at any time, from any task, and again."""
        if self._closed:
            return
        self._closed = True
        await self._io.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The bytes, as they arrive."""
        self._take("__aiter__")
        return self._units(self._bytes())

    def iter_text(self, encoding: str = "utf-8") -> AsyncIterator[str]:
        """Text, piece by piece; characters split between pieces are kept whole, bytes that are none are replaced."""
        self._check_encoding(encoding)
        self._take("iter_text")
        return self._text(encoding)

    @overload
    def iter_json(self, decode: Callable[[Any], M]) -> AsyncIterator[M]: ...
    @overload
    def iter_json(self, decode: None = None, *, model: type[M]) -> AsyncIterator[M]: ...
    @overload
    def iter_json(self, decode: None = None, *, model: None = None) -> AsyncIterator[Any]: ...
    def iter_json(self, decode: Any = None, *, model: Any = None) -> AsyncIterator[Any]:
        """The items, one by one. ``decode`` is applied to each; or ``model``, a dataclass or pydantic model, made of each.

        Raises `DurableStreamError` (``PARSE_ERROR``) for what is not JSON, or not the model.
        """
        convert = decoder(decode, model)
        self._take("iter_json")
        items = self._units(self._json())
        return items if convert is None else _converted(items, convert)

    def iter_json_batches(
        self, decode: Callable[[Any], Any] | None = None, *, model: Any | None = None
    ) -> AsyncIterator[list[Any]]:
        """The items, as a list per answer or SSE event; empty ones are skipped. A large answer is one large list."""
        convert = decoder(decode, model)
        self._take("iter_json_batches")
        return self._lists(self._json(whole=True), convert)

    def iter_events(
        self,
        mode: EventMode = "json",
        *,
        encoding: str = "utf-8",
        decode: Callable[[Any], Any] | None = None,
        model: Any | None = None,
    ) -> AsyncIterator[StreamEvent[Any]]:
        """Data with the offset behind it, per answer or SSE event: the choice for programs that store where they are."""
        events = Events(mode, encoding, decoder(decode, model))
        self._take("iter_events")
        return self._events(events, self._bytes(whole=True) if mode in ("bytes", "text") else self._json(whole=True))

    async def read_bytes(self) -> bytes:
        """All bytes up to the tail."""
        self._take("read_bytes")
        return b"".join([piece async for piece in self._units(self._bytes(to_tail=True))])

    async def read_text(self, encoding: str = "utf-8") -> str:
        """All text up to the tail. Raises `UnicodeDecodeError` for bytes that are none."""
        self._take("read_text")
        return b"".join([piece async for piece in self._units(self._bytes(to_tail=True))]).decode(encoding)

    async def read_json(self, decode: Callable[[Any], Any] | None = None, *, model: Any | None = None) -> list[Any]:
        """All items up to the tail."""
        convert = decoder(decode, model)
        self._take("read_json")
        items = [item async for item in self._units(self._json(to_tail=True))]
        return items if convert is None else list(map(convert, items))

    async def read_json_batches(
        self, decode: Callable[[Any], Any] | None = None, *, model: Any | None = None
    ) -> list[list[Any]]:
        """All items up to the tail, as a list per answer."""
        convert = decoder(decode, model)
        self._take("read_json_batches")
        return [items async for items in self._lists(self._json(whole=True, to_tail=True), convert)]

    async def _units(self, batches: Batches) -> AsyncIterator[Any]:
        """Units one by one; the position moves with the last one of a batch."""
        async for batch in self._io.drive(batches):
            items, position = batch.items, batch.position
            if position is None:
                for item in items:
                    yield item
            elif len(items) < 2:
                self._position = position
                if items:
                    yield items[0]
            else:
                last = items.pop()
                for item in items:
                    yield item
                self._position = position
                yield last

    async def _lists(self, batches: Batches, convert: Callable[[Any], Any] | None) -> AsyncIterator[list[Any]]:
        async for batch in self._io.drive(batches):
            self._position = batch.position
            if batch.items:
                yield batch.items if convert is None else list(map(convert, batch.items))

    async def _text(self, encoding: str) -> AsyncIterator[str]:
        text = codecs.getincrementaldecoder(encoding)("replace")
        async for piece in self._units(self._bytes()):
            decoded = text.decode(piece)
            if decoded:
                yield decoded
        rest = text.decode(b"", final=True)
        if rest:
            yield rest

    async def _events(self, events: Events, batches: Batches) -> AsyncIterator[StreamEvent[Any]]:
        async for batch in self._io.drive(batches):
            self._position = batch.position
            event = events.of(batch, self._session.is_event_stream)
            if event is not None:
                yield event


async def _converted(items: AsyncIterator[Any], convert: Callable[[Any], Any]) -> AsyncIterator[Any]:
    async for item in items:
        yield convert(item)


class AsyncStreamSession:
    """A response to be: the first request is sent by ``async with``, or by ``await``; then close it yourself."""

    def __init__(self, open_response: Callable[[], Awaitable[AsyncStreamResponse]]) -> None:
        self._open = open_response
        self._response: AsyncStreamResponse | None = None

    async def __aenter__(self) -> AsyncStreamResponse:
        self._response = await self._open()
        return self._response

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._response is not None:
            await self._response.aclose()

    def __await__(self) -> Generator[Any, None, AsyncStreamResponse]:
        return self._open().__await__()
