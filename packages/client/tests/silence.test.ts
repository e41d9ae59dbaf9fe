import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { DurableStream, IdempotentProducer, stream } from "../src/index.ts";
import { page, scriptedFetch } from "./support/scripted-fetch.ts";

const open: { server: Server; sockets: Set<Socket> }[] = [];
afterEach(async () => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A peer that takes requests, answers the beginning given, and then nothing. */
async function silentPeer(beginning = ""): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", () => socket.write(beginning));
  });
  open.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/s`;
}

/** A clock that runs, a millisecond per turn of the event loop, while it is told to. */
function handClock() {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  let isRunning = true;
  let isOver = false;
  const tick = () => {
    if (isOver) return;
    if (isRunning) vi.advanceTimersByTime(1);
    setImmediate(tick);
  };
  setImmediate(tick);
  const end = () => {
    isOver = true;
    vi.useRealTimers();
  };
  onTestFinished(end);
  return {
    go: () => {
      isRunning = true;
    },
    stop: () => {
      isRunning = false;
    },
    end,
  };
}

const head = (status: string, ...headers: string[]) =>
  `${[`HTTP/1.1 ${status}`, "content-length: 100", ...headers].join("\r\n")}\r\n\r\n`;

/** What a peer may begin with, and then fall silent. */
const BEGINNINGS = {
  nothing: "",
  "half a head": "HTTP/1.1 200 OK\r\ncontent-le",
  "a head": head("200 OK", "content-type: application/json", "stream-next-offset: 1"),
  "half a body": `${head("200 OK", "content-type: application/json", "stream-next-offset: 1")}[1,`,
  "a refusal without its text": head("400 Bad Request", "content-type: text/plain"),
  "an overload without its text": head("503 Service Unavailable"),
};

const DEADLINE_MS = 300;
/** A read's deadline begins when its first connection fails, and silence under way then is heard out. */
const LATE_MS = 2 * DEADLINE_MS;
const backoffOptions = { initialDelay: 1, maxDelay: 5, multiplier: 1, deadline: DEADLINE_MS };

type Operation = (handle: DurableStream, url: string) => Promise<unknown>;

const produce = (handle: DurableStream) => {
  const producer = new IdempotentProducer(handle, "p", { lingerMs: 0, backoffOptions });
  producer.append("1");
  return producer;
};

const OPERATIONS: Record<string, Operation> = {
  "create()": (handle) => handle.create(),
  "create() of a stream": (handle) => handle.create({ body: new Blob(["1"]).stream() }),
  "append()": (handle) => handle.append("1"),
  "appendStream()": (handle) => handle.appendStream(new Blob(["1"]).stream()),
  "close()": (handle) => handle.close(),
  "delete()": (handle) => handle.delete(),
  "head()": (handle) => handle.head(),
  "flush()": (handle) => produce(handle).flush(),
  "close() of a producer": (handle) => produce(handle).close(),
  "close() of an idle producer": (handle) => new IdempotentProducer(handle, "p", { backoffOptions }).close(),
  "stream() and json()": async (_, url) =>
    (await stream({ url, backoffOptions, silenceTimeout: 100 })).json(),
  "stream() and a loop": async (_, url) => {
    const response = await stream({ url, live: "sse", backoffOptions, silenceTimeout: 100 });
    for await (const _ of response.bodyStream());
  },
};

describe.each(Object.entries(BEGINNINGS))("a peer that sends %s and then no more", (_, beginning) => {
  test.each(Object.entries(OPERATIONS))("%s ends at the deadline", async (name, operation) => {
    const url = await silentPeer(beginning);
    const handle = new DurableStream({
      url,
      contentType: "application/json",
      backoffOptions: { ...backoffOptions, attemptTimeout: 200 },
    });
    const clock = handClock();
    const started = Date.now();
    const outcome = await operation(handle, url).then(
      () => "resolved",
      (error: unknown) => error,
    );
    const took = Date.now() - started;
    clock.end();
    expect(took).toBeLessThan(LATE_MS);
    // A head is all that it asks for.
    if (name === "head()" && beginning.includes("200 OK\r\ncontent-length: 100")) return;
    expect(outcome).toBeInstanceOf(Error);
  });

  test("an attempt that is cut is repeated", async () => {
    const url = await silentPeer(beginning);
    const isHead = /\r\n\r\n/.test(beginning);
    let attempts = 0;
    const clock = handClock();
    const handle = new DurableStream({
      url,
      contentType: "text/plain",
      fetch: (input, init) => {
        attempts++;
        if (attempts === 3) return Promise.resolve(new Response(null, { status: 204 }));
        clock.stop();
        const answer = fetch(input, init);
        // However busy the machine is, a head that was sent is there before the limit.
        if (isHead) answer.then(clock.go, clock.go);
        else clock.go();
        return answer;
      },
      backoffOptions: { initialDelay: 1, maxDelay: 2, attemptTimeout: 50 },
    });
    const outcome = await handle
      .append("1")
      .catch((error: unknown) => error)
      .finally(clock.end);
    // What the server has accepted, or refused, is not sent again.
    const isSettled = /^HTTP\/1.1 [24]\d\d .*\r\n\r\n/s.test(beginning);
    expect(attempts).toBe(isSettled ? 1 : 3);
    if (isSettled) expect(outcome).toBeInstanceOf(Error);
  });
});

test("a fetch that does not heed its signal is given up all the same", async () => {
  const deaf = () => new Promise<Response>(() => {});
  const url = "https://example.test/s";
  const handle = new DurableStream({ url, fetch: deaf, backoffOptions });
  await expect(handle.append("1")).rejects.toMatchObject({ name: "TimeoutError" });
  await expect(stream({ url, fetch: deaf, backoffOptions })).rejects.toMatchObject({ name: "TimeoutError" });
  const producer = new IdempotentProducer(handle, "p", { backoffOptions });
  producer.append("1");
  await expect(producer.flush()).rejects.toMatchObject({ name: "TimeoutError" });
});

test("a slow source does not count against an upload", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  let waits = 0;
  const handle = new DurableStream({
    url: "https://example.test/s",
    fetch: async (_, init) => {
      await new Response(init?.body as ReadableStream).text();
      return new Response(null, { status: 204, headers: { "stream-next-offset": "1" } });
    },
    backoffOptions: { ...backoffOptions, attemptTimeout: 60, deadline: 60 },
  });
  async function* slow() {
    for (let piece = 0; piece < 4; piece++) {
      const waited = new Promise((resolve) => setTimeout(resolve, 1_000));
      waits++;
      await waited;
      yield "piece";
    }
  }
  const appending = handle.appendStream(slow());
  for (let wait = 1; wait <= 4; wait++) {
    await vi.waitUntil(() => waits === wait);
    vi.advanceTimersByTime(1_000);
  }
  expect(await appending).toMatchObject({ offset: "1" });
});

test("a close of a producer that is always turned away ends at the deadline", async () => {
  let requests = 0;
  const handle = new DurableStream({
    url: "https://example.test/s",
    fetch: async () => {
      requests++;
      return new Response("busy", { status: 503 });
    },
  });
  const producer = new IdempotentProducer(handle, "p", { backoffOptions });
  await expect(producer.close()).rejects.toMatchObject({ status: 503 });
  expect(requests).toBeGreaterThan(1);
});

test("a read whose bodies keep being cut ends at the deadline", async () => {
  const cut = async () =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.error(new TypeError("cut")),
      }),
      { headers: { "content-type": "application/json", "stream-next-offset": "1" } },
    );
  const response = await stream({ url: "https://example.test/s", fetch: cut, backoffOptions });
  await expect(response.json()).rejects.toThrow("cut");
});

test("a producer that oversleeps a wait reports the failure from before, and makes no attempt without time", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const fetch = scriptedFetch(() => {
    setTimeout(() => vi.setSystemTime(Date.now() + 3_600_000), 0);
    return page("busy", { status: 503 });
  });
  const handle = new DurableStream({ url: "http://example.test/s", contentType: "text/plain", fetch });
  const producer = new IdempotentProducer(handle, "p", {
    lingerMs: 0,
    backoffOptions: { initialDelay: 50, maxDelay: 50, multiplier: 1, deadline: 60_000 },
  });
  producer.append("a");
  await expect(producer.flush({ rejectOnError: true })).rejects.toThrow(/503/);
  expect(fetch.requests).toHaveLength(1);
});
