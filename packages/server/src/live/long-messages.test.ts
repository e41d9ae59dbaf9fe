import { sseDecoder } from "@perennial/protocol";
import { PLAIN_SETTINGS } from "@perennial/testing/journal";
import fc from "fast-check";
import { pino } from "pino";
import { expect, test } from "vitest";
import { MemoryLog } from "../journal/memory/memory-log.ts";
import { create } from "../shard/create.ts";
import { LocalStream } from "../shard/followed-stream.ts";
import { type Answer, readOut } from "../shard/reading.ts";
import { Shard } from "../shard/shard.ts";
import type { Frame } from "./frame.ts";
import { EVENT_BYTES } from "./frames.ts";
import { LiveHub } from "./hub.ts";
import { SseSession, type SseSink } from "./sse-session.ts";

const PATH = "/v1/stream/s";
const TERMS = { leastCursor: 0, rightsEndAt: Number.POSITIVE_INFINITY };
const SETTINGS = {
  liveBufferBytes: 1024 * 1024,
  stalledReaderMs: 30_000,
  sseHeartbeatMs: 15_000,
  sseCycleMs: 60_000,
  sseCycleJitter: 0,
};

class World {
  now = 1_000_000_000_000;
  readonly clock = { now: () => this.now, monotonicNow: () => this.now, random: () => 0 };
  readonly shard = new Shard({
    log: new MemoryLog("test"),
    ...this.clock,
    producersPerStream: 10,
    loadedStreams: 100,
  });
  readonly hub: LiveHub;
  stream!: LocalStream;

  constructor(budgetBytes?: number) {
    this.hub = new LiveHub(this.clock, 1000, pino({ level: "silent" }), budgetBytes);
  }

  async open(body: string, contentType = "application/json"): Promise<this> {
    await this.shard.open();
    const part = Buffer.from(body);
    await create(this.shard, {
      path: PATH,
      contentType,
      ...PLAIN_SETTINGS,
      closed: true,
      body: { parts: [part], byteLength: part.length },
    });
    this.stream = new LocalStream(this.shard, this.shard.catalog.newest(PATH)!);
    return this;
  }

  join(sink: SseSink): SseSession {
    const first = read(this.hub.frames.next(this.stream, 0, 0));
    return new SseSession(this.hub, this.stream, first, TERMS, sink, SETTINGS);
  }
}

class Reader implements SseSink {
  readonly received: Uint8Array[] = [];
  buffered = 0;
  most = 0;
  state: "open" | "ended" | "destroyed" = "open";

  write(bytes: Uint8Array, following?: Uint8Array): void {
    for (const part of following === undefined ? [bytes] : [bytes, following]) {
      this.received.push(part);
      this.buffered += part.length;
    }
    this.most = Math.max(this.most, this.buffered);
  }

  bufferedBytes(): number {
    return this.buffered;
  }

  end(): void {
    this.state = "ended";
  }

  destroy(): void {
    this.state = "destroyed";
  }

  get events() {
    return sseDecoder()(Buffer.concat(this.received).toString());
  }
}

/** What is read of a memory log is there at once. */
function read(reading: Answer<Frame>): Frame {
  const frame = readOut(reading);
  if (frame instanceof Promise) throw new Error("a frame lies far away");
  return frame;
}

/** All that there is of a stream from the start, part by part, read without waiting. */
function allFrames(world: World, cursor = 0): Frame[] {
  const frames: Frame[] = [];
  for (let position = 0; position < world.stream.tail; ) {
    let next: (() => Answer<Frame>) | undefined = () => world.hub.frames.next(world.stream, position, cursor);
    for (; next !== undefined; next = frames.at(-1)!.more) frames.push(read(next()));
    position = frames.at(-1)!.end;
  }
  return frames;
}

function eventsOf(frames: readonly Frame[]) {
  const bytes = frames.flatMap(({ bytes, control }) => (control === undefined ? [bytes] : [bytes, control]));
  return sseDecoder()(Buffer.concat(bytes).toString());
}

test("a long message arrives as it was, whatever line breaks and blanks its pieces begin and end with", async () => {
  const run = fc.tuple(
    fc.constantFrom(" ", "\n", "\r", "\r\n", "\n ", "\r\n ", "1, 2"),
    fc.constantFrom(1, 3, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(run, { minLength: 1, maxLength: 4 }), async (runs) => {
      const filling = runs.map(([text, count]) =>
        text === "1, 2" ? `"${text.repeat(count / 4)}",` : text.repeat(count),
      );
      const message = `{"a":[${filling.join("")}1],"b":"${"x".repeat(EVENT_BYTES)}"}`;
      const world = await new World().open(`[1,${message},2]`);
      const events = eventsOf(allFrames(world));
      const payloads = events.filter(({ event }) => event === "data").map(({ data }) => JSON.parse(data));
      expect(payloads.flat()).toEqual([1, JSON.parse(message), 2]);
      const controls = events.filter(({ event }) => event === "control").map(({ data }) => JSON.parse(data));
      expect(controls.at(-1)).toMatchObject({ streamClosed: true, upToDate: true });
    }),
    { numRuns: 30 },
  );
});

test("readers with cursors of their own share the data of a frame, and its pieces", async () => {
  const text = await new World().open("x".repeat(200_000), "text/plain");
  const [first, second] = [1, 2].map((cursor) => read(text.hub.frames.next(text.stream, 0, cursor)));
  expect(second!.bytes.buffer).toBe(first!.bytes.buffer);
  expect(read(text.hub.frames.next(text.stream, 0, 3)).bytes).toBe(second!.bytes);
  expect(eventsOf([second!]).map(({ data }) => data.length)).toEqual([200_000, expect.any(Number)]);

  const json = await new World().open(`"${"x".repeat(EVENT_BYTES)}"`);
  let frames = [1, 2].map((cursor) => read(json.hub.frames.next(json.stream, 0, cursor)));
  let parts = 1;
  for (; frames[0]!.more !== undefined; parts++) {
    frames = frames.map((frame) => read(frame.more!()));
    expect(frames[1]!.bytes).toBe(frames[0]!.bytes);
  }
  expect(parts).toBeGreaterThan(4);
});

test("a long message is pushed as its reader takes it, with nothing in between, past the end of the cycle", async () => {
  const world = await new World().open(`["${"x".repeat(3 * 1024 * 1024)}"]`);
  const reader = new Reader();
  const session = world.join(reader);
  expect(reader.most).toBeLessThanOrEqual(SETTINGS.liveBufferBytes + 65_536 + 400);
  for (let round = 0; reader.state === "open" && round < 100; round++) {
    world.now += 20_000;
    session.tick(world.now);
    reader.buffered = 0;
    session.onDrain();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(reader.state).toBe("ended");
  expect(JSON.parse(reader.events[0]!.data)[0]).toHaveLength(3 * 1024 * 1024);
  expect(Buffer.concat(reader.received).includes("\n:\n")).toBe(false);
});

test("readers who take nothing have little more than the budget in their buffers together, and all is given back", async () => {
  const BUDGET = 3 * 1024 * 1024;
  const world = await new World(BUDGET).open("x".repeat(8 * 1024 * 1024), "text/plain");
  const readers = Array.from({ length: 20 }, () => new Reader());
  const sessions = readers.map((reader) => world.join(reader));
  const total = () => readers.reduce((sum, { buffered }) => sum + buffered, 0);
  await expect.poll(total).toBeGreaterThan(BUDGET);
  expect(world.hub.bufferedBytes).toBe(total());
  expect(total()).toBeLessThanOrEqual(BUDGET + SETTINGS.liveBufferBytes + 20 * (EVENT_BYTES + 400));
  for (const session of sessions) session.onDisconnect();
  expect(world.hub.bufferedBytes).toBe(0);
});
