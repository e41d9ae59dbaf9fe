"""A connected socket for a host that may have several addresses: they race (RFC 8305), and the losers are closed.

asyncio has such a race as well. Cancelled, it leaves tasks behind and may lose the socket that has just won.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
from typing import Any

HEAD_START_SECONDS = 0.25
"""How long an address may take before the next one is tried as well."""


async def connected_socket(host: str, port: int, local_address: str | None) -> socket.socket:
    """The socket. Raises `OSError` when no address can be reached."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    race = _Race()
    try:
        for family, kind, protocol, _, address in _interleaved(found):
            race.start((family, kind, protocol), address, local_address)
            await race.wait(HEAD_START_SECONDS if len(race.attempts) < len(found) else None)
            if race.connected:
                break
        await race.end(keep=1)
    except BaseException:
        await race.end(keep=0)
        raise
    if not race.connected:
        raise race.errors[0] if race.errors else OSError(f"{host} has no address")
    return race.connected.pop()


class _Race:
    """Attempts to connect. ``connected``: the sockets that are, until `end` closes them."""

    def __init__(self) -> None:
        self.attempts: list[asyncio.Task[None]] = []
        self.connected: list[socket.socket] = []
        self.errors: list[OSError] = []

    def start(self, kind: tuple[int, int, int], address: Any, local_address: str | None) -> None:
        self.attempts.append(asyncio.create_task(self._connect(kind, address, local_address)))

    async def wait(self, seconds: float | None) -> None:
        """Until one is connected, or the next attempt is due: one has failed, or the time is over. Without a time, all have failed."""
        while not self.connected and (under_way := self._under_way()):
            await asyncio.wait(under_way, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if seconds is not None:
                return

    async def end(self, keep: int) -> None:
        """Ends the attempts, and leaves so many sockets."""
        under_way = self._under_way()
        for attempt in under_way:
            attempt.cancel()
        try:
            if under_way:
                await asyncio.wait(under_way)
        finally:
            while len(self.connected) > keep:
                self.connected.pop().close()

    def _under_way(self) -> list[asyncio.Task[None]]:
        return [attempt for attempt in self.attempts if not attempt.done()]

    async def _connect(self, kind: tuple[int, int, int], address: Any, local_address: str | None) -> None:
        connecting: socket.socket | None = None
        try:
            connecting = socket.socket(*kind)
            connecting.setblocking(False)
            if local_address is not None:
                connecting.bind((local_address, 0))
            await asyncio.get_running_loop().sock_connect(connecting, address)
            self.connected.append(connecting)
        except OSError as error:
            self.errors.append(error)
        finally:
            if connecting is not None and connecting not in self.connected:
                connecting.close()


def _interleaved(found: list[Any]) -> list[Any]:
    """Addresses of both families by turns, in the order in which the system has them."""
    families: dict[int, list[Any]] = {}
    for entry in found:
        families.setdefault(entry[0], []).append(entry)
    turns = itertools.zip_longest(*families.values())
    return [entry for turn in turns for entry in turn if entry is not None]
