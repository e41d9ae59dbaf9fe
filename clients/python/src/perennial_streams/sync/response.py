"""Reading with blocking calls."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self, TypeVar, overload

from ..core.effects import Batch, Batches
from ..core.models import decoder
from ..core.read_session import ReadOptions, ReadSession
from ..core.reading import EventMode, Events, Reading
from ..types import StreamEvent
from .io import SyncIO

M = TypeVar("M")


class StreamResponse(Reading):
    """A stream that is being read. Consume it once, by one of its methods, inside a ``with`` block.

    Iterators end at the tail with ``live=False``, when the stream is closed, and after `close`. Between those they look after
    themselves: a connection that breaks or is silent for too long is resumed where it was. They raise
    `StreamNotFoundError`, `RetentionGoneError`, `DurableStreamError` and `FetchError` when the server refuses for good.
    """

    def __init__(self, options: ReadOptions, io: SyncIO) -> None:
        self._io = io
        session = ReadSession(options)
        try:
            io.run(session.open())
        except BaseException:
            io.finish()
            raise
        super().__init__(session, options.recipe.url)

    def close(self) -> None:
        """Ends reading and releases the connection. May be called at any time, from any thread, and again."""
        if self._closed:
            return
        self._closed = True
        self._io.close()
        self._io.finish()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[bytes]:
        """The bytes, as they arrive."""
        self._take("__iter__")
        return self._units(self._bytes())

    def iter_text(self, encoding: str = "utf-8") -> Iterator[str]:
        """Text, piece by piece; characters split between pieces are kept whole, bytes that are none are replaced."""
        self._check_encoding(encoding)
        self._take("iter_text")
        return self._text(encoding)

    @overload
    def iter_json(self, decode: Callable[[Any], M]) -> Iterator[M]: ...
    @overload
    def iter_json(self, decode: None = None, *, model: type[M]) -> Iterator[M]: ...
    @overload
    def iter_json(self, decode: None = None, *, model: None = None) -> Iterator[Any]: ...
    def iter_json(self, decode: Any = None, *, model: Any = None) -> Iterator[Any]:
        """The items, one by one. ``decode`` is applied to each; or ``model``, a dataclass or pydantic model, made of each.

        Raises `DurableStreamError` (``PARSE_ERROR``) for what is not JSON, or not the model.
        """
        convert = decoder(decode, model)
        self._take("iter_json")
        items = self._units(self._json())
        return items if convert is None else map(convert, items)

    def iter_json_batches(
        self, decode: Callable[[Any], Any] | None = None, *, model: Any | None = None
    ) -> Iterator[list[Any]]:
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
    ) -> Iterator[StreamEvent[Any]]:
        """Data with the offset behind it, per answer or SSE event: the choice for programs that store where they are."""
        events = Events(mode, encoding, decoder(decode, model))
        self._take("iter_events")
        return self._events(events, self._bytes(whole=True) if mode in ("bytes", "text") else self._json(whole=True))

    def iter_answers(self) -> Iterator[Batch]:
        """JSON items with their position per answer, also of those without any. For layers above this one."""
        self._take("iter_answers")
        for batch in self._io.drive(self._json(whole=True)):
            self._position = batch.position
            yield batch

    def read_bytes(self) -> bytes:
        """All bytes up to the tail."""
        self._take("read_bytes")
        return b"".join(self._units(self._bytes(to_tail=True)))

    def read_text(self, encoding: str = "utf-8") -> str:
        """All text up to the tail. Raises `UnicodeDecodeError` for bytes that are none."""
        self._take("read_text")
        return b"".join(self._units(self._bytes(to_tail=True))).decode(encoding)

    def read_json(self, decode: Callable[[Any], Any] | None = None, *, model: Any | None = None) -> list[Any]:
        """All items up to the tail."""
        convert = decoder(decode, model)
        self._take("read_json")
        items = self._units(self._json(to_tail=True))
        return list(items if convert is None else map(convert, items))

    def read_json_batches(
        self, decode: Callable[[Any], Any] | None = None, *, model: Any | None = None
    ) -> list[list[Any]]:
        """All items up to the tail, as a list per answer."""
        convert = decoder(decode, model)
        self._take("read_json_batches")
        return list(self._lists(self._json(whole=True, to_tail=True), convert))

    def _units(self, batches: Batches) -> Iterator[Any]:
        """Units one by one; the position moves with the last one of a batch."""
        for batch in self._io.drive(batches):
            items, position = batch.items, batch.position
            if position is None:
                yield from items
            elif len(items) < 2:
                self._position = position
                if items:
                    yield items[0]
            else:
                last = items.pop()
                yield from items
                self._position = position
                yield last

    def _lists(self, batches: Batches, convert: Callable[[Any], Any] | None) -> Iterator[list[Any]]:
        for batch in self._io.drive(batches):
            self._position = batch.position
            if batch.items:
                yield batch.items if convert is None else list(map(convert, batch.items))

    def _text(self, encoding: str) -> Iterator[str]:
        text = codecs.getincrementaldecoder(encoding)("replace")
        for piece in self._units(self._bytes()):
            decoded = text.decode(piece)
            if decoded:
                yield decoded
        rest = text.decode(b"", final=True)
        if rest:
            yield rest

    def _events(self, events: Events, batches: Batches) -> Iterator[StreamEvent[Any]]:
        for batch in self._io.drive(batches):
            self._position = batch.position
            event = events.of(batch, self._session.is_event_stream)
            if event is not None:
                yield event
