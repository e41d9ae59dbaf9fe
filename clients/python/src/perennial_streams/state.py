"""Durable State: what the changes in a state stream add up to.

from perennial_streams.state import StateView

with StateView("http://localhost:4437/v1/stream/board") as board:
    print(board.get("card", "42"))
    board.wait()               # until the next change
    print(board["card"])       # key -> value
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType, TracebackType
from typing import Any, Self

from .functions import astream, stream
from .types import LiveMode, Offset

logger = logging.getLogger("perennial_streams")

STORING = frozenset({"insert", "update", "upsert"})


def is_change_event(event: object) -> bool:
    """Whether a message is a change: an object with a string type, a key, and an operation. Never raises."""
    headers = event.get("headers") if isinstance(event, dict) else None
    if not isinstance(event, dict) or not isinstance(headers, dict):
        return False
    is_named = isinstance(event.get("type"), str) and isinstance(event.get("key"), (str, int))
    operation = headers.get("operation")
    return is_named and (operation == "delete" or (operation in STORING and "value" in event))


def is_control_event(event: object) -> bool:
    """Whether a message is a control message. Never raises."""
    headers = event.get("headers") if isinstance(event, dict) else None
    return isinstance(headers, dict) and headers.get("control") in ("snapshot-start", "snapshot-end", "reset")


class MaterializedState:
    """Entities by type and key, kept up by `apply`.

    ``insert``, ``update`` and ``upsert`` store or replace, ``delete`` removes; ``reset`` clears; the end of a snapshot removes what it
    did not mention. Values are as they came, or, for types in ``models``, made by that pydantic model or function. A message that is
    malformed, or not the model, leaves the state as it was, and goes to ``on_error`` (by default, to the log).
    """

    def __init__(
        self,
        *,
        models: Mapping[str, Any] | None = None,
        on_error: Callable[[Exception, object], None] | None = None,
    ) -> None:
        self._types: dict[str, dict[str, Any]] = {}
        self._mentioned: set[tuple[str, str]] | None = None
        self._models = {name: getattr(model, "model_validate", model) for name, model in (models or {}).items()}
        self._on_error = on_error or _log

    def apply(self, event: object) -> None:
        """Applies one message, which may be anything."""
        if is_change_event(event):
            self._change(event)  # type: ignore[arg-type]
        elif is_control_event(event):
            self._control(event["headers"]["control"])  # type: ignore[index]
        else:
            self._on_error(ValueError("not a state message"), event)

    def apply_batch(self, events: Iterable[object]) -> None:
        """Applies messages in their order."""
        for event in events:
            self.apply(event)

    def get(self, type: str, key: str) -> Any:
        """An entity; ``None`` if there is none."""
        return self._types.get(type, {}).get(key)

    def get_type(self, type: str) -> Mapping[str, Any]:
        """A live, read-only view of the entities of a type by their keys."""
        return MappingProxyType(self._types.setdefault(type, {}))

    def clear(self) -> None:
        """Forgets everything."""
        for entities in self._types.values():
            entities.clear()
        self._mentioned = None

    @property
    def types(self) -> list[str]:
        """The types seen, in order of appearance."""
        return list(self._types)

    @property
    def type_count(self) -> int:
        """How many types were seen."""
        return len(self._types)

    def _change(self, event: dict[str, Any]) -> None:
        kind, key = event["type"], str(event["key"])
        entities = self._types.setdefault(kind, {})
        if event["headers"]["operation"] == "delete":
            entities.pop(key, None)
        else:
            try:
                model = self._models.get(kind)
                entities[key] = event["value"] if model is None else model(event["value"])
            except Exception as error:
                self._on_error(error, event)
                return
        if self._mentioned is not None:
            self._mentioned.add((kind, key))

    def _control(self, control: str) -> None:
        mentioned, self._mentioned = self._mentioned, (set() if control == "snapshot-start" else None)
        if control == "reset":
            self.clear()
        elif control == "snapshot-end" and mentioned is not None:
            for kind, entities in self._types.items():
                for key in [key for key in entities if (kind, key) not in mentioned]:
                    del entities[key]


class StateView:
    """Follows a state stream in a thread of its own: the state as of the last complete answer, for notebooks and scripts.

    Entering the ``with`` block (or `start`) reads the stream to its tail; from then on the view is live, until `close`. Reading
    methods are safe at any time. ``models``, ``on_error`` as for `MaterializedState`; other options as for `stream`.
    """

    def __init__(
        self,
        url: str,
        *,
        models: Mapping[str, Any] | None = None,
        on_error: Callable[[Exception, object], None] | None = None,
        live: LiveMode = "sse",
        **options: Any,
    ) -> None:
        self._state = MaterializedState(models=models, on_error=on_error)
        self._url, self._live, self._options = url, live, options
        self._changed = threading.Condition(threading.RLock())
        self._thread = threading.Thread(target=self._follow, name="perennial-state", daemon=True)
        self._error: Exception | None = None
        self._ready = self._ended = False
        self._changes = 0
        self._offset: Offset = "-1"

    def start(self) -> Self:
        """Reads to the tail. Raises what reading raises, e.g. `StreamNotFoundError`."""
        self._response = stream(self._url, live=self._live, **self._options)
        self._thread.start()
        with self._changed:
            self._changed.wait_for(lambda: self._ready or self._ended)
            self._raise()
        return self

    def close(self) -> None:
        """Ends following. The state stays readable."""
        self._response.close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def offset(self) -> Offset:
        """The offset up to which the state is applied."""
        return self._offset

    def get(self, type: str, key: str) -> Any:
        """An entity; ``None`` if there is none."""
        with self._changed:
            return self._state.get(type, key)

    def __getitem__(self, type: str) -> dict[str, Any]:
        """The entities of a type by their keys, as they are now."""
        with self._changed:
            return dict(self._state.get_type(type))

    @property
    def types(self) -> list[str]:
        """The types seen, in order of appearance."""
        with self._changed:
            return self._state.types

    def wait(self, timeout: float | None = None) -> bool:
        """Waits for the next change, at most so many seconds. False when there was none. Raises what ended following."""
        with self._changed:
            before = self._changes
            self._changed.wait_for(lambda: self._changes > before or self._ended, timeout)
            self._raise()
            return self._changes > before

    def wait_for(self, condition: Callable[[StateView], bool], timeout: float | None = None) -> bool:
        """Waits until a condition on the state holds, at most so many seconds. Raises what ended following."""
        with self._changed:
            holds = self._changed.wait_for(lambda: self._ended or condition(self), timeout)
            self._raise()
            return holds and condition(self)

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _follow(self) -> None:
        try:
            for batch in self._response.iter_answers():
                position = batch.position
                if position is not None:
                    self._take(batch.items, position.offset or "-1", position.up_to_date)
        except Exception as error:
            self._error = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _take(self, events: list[object], offset: Offset, up_to_date: bool) -> None:
        with self._changed:
            self._state.apply_batch(events)
            self._offset = offset
            self._ready = self._ready or up_to_date
            self._changes += bool(events)
            self._changed.notify_all()


async def materialize(url: str, *, models: Mapping[str, Any] | None = None, **options: Any) -> MaterializedState:
    """The state at the tail, on asyncio. Options as for `astream`."""
    state = MaterializedState(models=models)
    async with astream(url, live=False, **options) as response:
        async for batch in response.iter_json_batches():
            state.apply_batch(batch)
    return state


def change(type: str, key: str, operation: str, value: Any = None, **headers: str) -> dict[str, Any]:
    """A change message to append: ``operation`` is insert, update, upsert or delete."""
    message: dict[str, Any] = {"type": type, "key": key, "headers": {**headers, "operation": operation}}
    return message if operation == "delete" else {**message, "value": value}


def rows(entities: Mapping[str, Any], key: str = "key") -> Iterator[dict[str, Any]]:
    """The entities of a type as flat rows for a data frame, each with its key under the given name."""
    for name, value in entities.items():
        yield {key: name, **(value if isinstance(value, dict) else {"value": value})}


def _log(error: Exception, event: object) -> None:
    logger.warning("a state message is skipped: %s: %.100s", error, event)
