"""A TCP proxy that mistreats its connections at random, from a seed."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
from collections import Counter
from collections.abc import Callable

FAULTS = {"none": 5, "refuse": 1, "reset": 3, "truncate": 2, "delay": 2}
"""What happens to a connection, with weights: nothing; reset at once; reset after some bytes of the answer or of the request;
ended politely after some bytes of the answer, whatever was promised; every piece passed on late."""
ANSWER_BYTES_MAX = 3000
DELAY_SECONDS_MAX = 0.02


class FaultyProxy:
    """Runs on the event loop that starts it."""

    def __init__(self, chance: random.Random, upstream_port: Callable[[], int]) -> None:
        self._chance = chance
        self._upstream_port = upstream_port
        self._tasks: set[asyncio.Task[None]] = set()
        self.is_calm = True
        self.counts: Counter[str] = Counter()

    async def start(self) -> str:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._serve(reader, writer)
        except OSError:
            pass
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            await _close(writer)
            self._tasks.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        chance = self._chance
        fault = "none" if self.is_calm else chance.choices(list(FAULTS), list(FAULTS.values()))[0]
        self.counts[fault] += 1
        if fault == "refuse":
            _reset(writer)
            return
        limit = chance.randrange(1, ANSWER_BYTES_MAX)
        cuts_request = fault == "reset" and chance.random() < 0.3
        cuts_answer = fault == "truncate" or (fault == "reset" and not cuts_request)
        slow = DELAY_SECONDS_MAX if fault == "delay" else 0.0
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self._upstream_port())
        directions = [
            asyncio.create_task(_pass(reader, to_server, limit if cuts_request else None, 0, chance)),
            asyncio.create_task(_pass(from_server, writer, limit if cuts_answer else None, slow, chance)),
        ]
        try:
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        finally:
            to_server.close()
            for direction in directions:
                direction.cancel()
            await asyncio.gather(*directions, return_exceptions=True)
            if fault == "reset":
                _reset(writer)
            await _close(to_server)


async def _pass(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: int | None, slow: float, chance: random.Random
) -> None:
    """Passes bytes on, until the end or ``limit``."""
    passed = 0
    while piece := await reader.read(65536):
        if slow:
            await asyncio.sleep(chance.random() * slow)
        writer.write(piece if limit is None else piece[: limit - passed])
        await writer.drain()
        passed += len(piece)
        if limit is not None and passed >= limit:
            return


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


def _reset(writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    if raw is not None and raw.fileno() >= 0:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
