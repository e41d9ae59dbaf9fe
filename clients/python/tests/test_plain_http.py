"""The programs of examples/plain-http follow a stream through a server that goes away and comes back."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT, Server
from perennial_streams import DurableStream

EXAMPLES = ROOT / "examples/plain-http"
GO = shutil.which("go") or ("/usr/local/go/bin/go" if Path("/usr/local/go/bin/go").exists() else None)
SWIFT = shutil.which("swift")


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The commands of those programs that can run here."""
    commands = {"shell": ["bash", str(EXAMPLES / "shell/tail.sh")]}
    if GO is not None:
        binary = tmp_path_factory.mktemp("go") / "tail"
        subprocess.run([GO, "vet", "."], check=True, cwd=EXAMPLES / "go")
        subprocess.run([GO, "build", "-o", str(binary), "."], check=True, cwd=EXAMPLES / "go")
        commands["go"] = [str(binary)]
    if SWIFT is not None:
        subprocess.run([SWIFT, "build"], check=True, cwd=EXAMPLES / "swift")
        commands["swift"] = [str(EXAMPLES / "swift/.build/debug/tail")]
    return commands


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[list[Server]]:
    """A server on a directory: replace the one in the list by its successor."""
    running = [start(tmp_path)]
    yield running
    running[0].stop()


def start(directory: Path, port: int = 0) -> Server:
    return Server(
        "--data-dir",
        str(directory / "data"),
        "--durability",
        "os",
        "--long-poll-timeout-ms",
        "500ms",
        "--drain-ms",
        "20",
        port=port,
    )


class Program:
    """A program that runs: what it has printed so far."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.output = b""
        self.offsets: list[str] = []
        self._changed = threading.Condition()
        self._threads = [threading.Thread(target=read, daemon=True) for read in (self._read_output, self._read_offsets)]
        for thread in self._threads:
            thread.start()

    def wait_for(self, output: bytes) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.output) >= len(output), 30), (self.output, self.offsets)
        assert self.output == output

    def end(self) -> int:
        code = self.process.wait(30)
        for thread in self._threads:
            thread.join()
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()
        return code

    def _read_output(self) -> None:
        assert self.process.stdout is not None
        while piece := self.process.stdout.read1():  # type: ignore[attr-defined]
            with self._changed:
                self.output += piece
                self._changed.notify_all()

    def _read_offsets(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.offsets.append(line.decode().strip().removeprefix("offset "))


@pytest.mark.parametrize("name", ["shell"] + ["go"] * (GO is not None) + ["swift"] * (SWIFT is not None))
def test_a_program_tails_resumes_and_ends(
    name: str, programs: dict[str, list[str]], mortal: list[Server], tmp_path: Path
) -> None:
    url = f"{mortal[0].url}/v1/stream/plain"
    port = int(mortal[0].url.rpartition(":")[2])
    with DurableStream.create(url, content_type="text/plain") as handle:
        handle.append("one ")
        program = Program([*programs[name], url])
        program.wait_for(b"one ")
        offset = handle.append("two ").next_offset
        program.wait_for(b"one two ")
        mortal[0].kill()
        mortal[0] = start(tmp_path, port)
        handle.append("three ")
        program.wait_for(b"one two three ")
        handle.close_stream(data="end")
        assert program.end() == 0
        assert program.output == b"one two three end"
        resumed = Program([*programs[name], url, offset])
        assert resumed.end() == 0
        assert resumed.output == b"three end"
        assert resumed.offsets[-1] == program.offsets[-1] == handle.head().offset
        missing = Program([*programs[name], f"{url}-missing"])
        assert missing.end() == 1
