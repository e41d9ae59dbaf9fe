"""A real server for the tests, on a port of its own."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
COMMAND = ["node", str(ROOT / "packages/cli/bin/perennial.js"), "serve", "--port", "0", "--no-explorer"]


class Server:
    """A server process. ``options`` are those of ``perennial serve``."""

    def __init__(self, *options: str, port: int = 0) -> None:
        command = [*COMMAND, *options, "--port", str(port)]
        # Ours are settings of the tests, which the server would take for its own.
        environment = {name: text for name, text in os.environ.items() if not name.startswith("PERENNIAL_")}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
        assert self.process.stdout is not None
        seen: list[str] = []
        for line in self.process.stdout:
            seen.append(line.decode())
            if seen[-1].startswith("{") and "url" in (entry := json.loads(seen[-1])):
                self.url: str = entry["url"]
                return
        raise RuntimeError("the server did not start: " + "".join(seen))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    running = Server("--memory", "--long-poll-timeout-ms", "500ms", "--drain-ms", "0")
    yield running
    running.stop()


_numbers = itertools.count()


@pytest.fixture
def url(server: Server) -> str:
    """The URL of a stream that does not exist yet."""
    return f"{server.url}/v1/stream/test-{next(_numbers)}"
