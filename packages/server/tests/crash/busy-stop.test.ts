/** A stop under load: every request that was sent is answered. */
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runs } from "@perennial/testing";
import { afterEach, expect, test } from "vitest";
import { Http, TEXT } from "../support/http.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

const CONNECTIONS = 64;
const APPEND =
  "POST /v1/stream/s HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx";
const READ = "GET /v1/stream/s?offset=now HTTP/1.1\r\nHost: localhost\r\n\r\n";

let server: ServerProcess | undefined;
let directory: string | undefined;

afterEach(async () => {
  await server?.kill();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

interface Busy {
  /** Answers so far. */
  answered(): number;
  /** Resolves once the connection is over: whether it ended after a whole answer that announced it. */
  readonly over: Promise<boolean>;
}

/** Sends one request after the other, each once the one before is answered, until the server says that it closes. */
function keepBusy(url: string, request: string): Busy {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname, () => socket.write(request));
  let received = "";
  let answered = 0;
  let wasTold = false;
  socket.setEncoding("latin1");
  socket.on("data", (text) => {
    received += text;
    const end = received.indexOf("\r\n\r\n");
    if (end < 0) return;
    answered += 1;
    wasTold = /^connection: close$/im.test(received);
    received = "";
    if (!wasTold) socket.write(request);
  });
  socket.on("error", () => undefined);
  const over = new Promise<boolean>((resolve) =>
    socket.once("close", () => resolve(wasTold && received === "")),
  );
  return { answered: () => answered, over };
}

test.each(["fast", "node"])(
  `with --http ${"%s"}, none of ${CONNECTIONS} busy connections is reset`,
  { timeout: 600_000 },
  async (http) => {
    for (let round = 0; round < runs(2); round++) {
      directory = await mkdtemp(join(tmpdir(), "perennial-stop-"));
      server = await startServer({ directory, args: ["--http", http] });
      await new Http(server.url).put("s", { headers: TEXT });
      const busy = Array.from({ length: CONNECTIONS }, (_, index) =>
        keepBusy(server!.url, index % 2 === 0 ? APPEND : READ),
      );
      await expect.poll(() => Math.min(...busy.map(({ answered }) => answered()))).toBeGreaterThan(3);
      await server.stop();
      const ends = await Promise.all(busy.map(({ over }) => over));
      expect(ends.filter((wasAnswered) => !wasAnswered)).toEqual([]);
      await rm(directory, { recursive: true, force: true });
    }
  },
);

test("SIGHUP and SIGUSR2 change nothing", async () => {
  directory = await mkdtemp(join(tmpdir(), "perennial-signals-"));
  server = await startServer({ directory });
  const http = new Http(server.url);
  await http.put("s", { headers: TEXT });
  for (const signal of ["SIGHUP", "SIGUSR2"]) process.kill(server.pid, signal);
  for (let count = 0; count < 20; count++)
    expect((await http.post("s", { headers: TEXT, body: "x" })).status).toBe(204);
});
