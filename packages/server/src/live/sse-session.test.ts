import { PLAIN_SETTINGS } from "@perennial/testing/journal";
import fc from "fast-check";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { MemoryLog } from "../journal/memory/memory-log.ts";
import { append } from "../shard/append.ts";
import { create } from "../shard/create.ts";
import { LocalStream } from "../shard/followed-stream.ts";
import { readOut } from "../shard/reading.ts";
import { remove } from "../shard/remove.ts";
import { Shard } from "../shard/shard.ts";
import { NO_BYTES } from "../stream/records.ts";
import { LiveHub } from "./hub.ts";
import { SseSession, type SseSettings, type SseSink } from "./sse-session.ts";

const PATH = "/v1/stream/s";
const LIMIT = 100_000;
/** The most that one event holds, and what its lines add. */
const FRAME = 262_144 + 400;

const TERMS = { leastCursor: 0, rightsEndAt: Number.POSITIVE_INFINITY };
const SETTINGS: SseSettings = {
  liveBufferBytes: LIMIT,
  stalledReaderMs: 30_000,
  sseHeartbeatMs: 15_000,
  sseCycleMs: 60_000,
  sseCycleJitter: 0,
};

/** A client that takes bytes when the test says so. */
class SlowSink implements SseSink {
  text = "";
  state: "open" | "ended" | "destroyed" = "open";
  most = 0;
  #buffered = 0;
  onDrain: () => void = () => {};

  write(frame: Uint8Array): void {
    expect(this.state).toBe("open");
    this.text += Buffer.from(frame).toString("latin1");
    this.#buffered += frame.length;
    this.most = Math.max(this.most, this.#buffered);
  }

  bufferedBytes(): number {
    return this.#buffered;
  }

  /** As a socket does it: nobody hears of room before the buffer is empty. */
  take(byteLength: number): void {
    const hadSome = this.#buffered > 0;
    this.#buffered = Math.max(0, this.#buffered - byteLength);
    if (hadSome && this.#buffered === 0) this.onDrain();
  }

  end(): void {
    this.state = "ended";
  }

  destroy(): void {
    this.state = "destroyed";
  }

  get data(): string {
    return [...this.text.matchAll(/^event: data\ndata:(.*)$/gm)].map((match) => match[1]).join("");
  }

  get controls(): number {
    return this.text.split("event: control\n").length - 1;
  }
}

class World {
  /** The wall clock, which somebody may set. */
  now = 1_000_000_000_000;
  uptime = 0;
  readonly clock = { now: () => this.now, monotonicNow: () => this.uptime, random: () => 0 };
  readonly shard = new Shard({
    log: new MemoryLog("test"),
    ...this.clock,
    producersPerStream: 10,
    loadedStreams: 100,
  });
  readonly hub = new LiveHub(this.clock, 1000, pino({ level: "silent" }));
  readonly sink = new SlowSink();
  session!: SseSession;
  stream!: LocalStream;

  async open(settings: Partial<SseSettings> = {}): Promise<this> {
    await this.shard.open();
    await create(this.shard, {
      ...PLAIN_SETTINGS,
      ...{ path: PATH, contentType: "text/plain", body: NO_BYTES },
    });
    this.stream = new LocalStream(this.shard, this.shard.catalog.newest(PATH)!);
    const all = { ...SETTINGS, ...settings };
    const first = await readOut(this.hub.frames.next(this.stream, 0, 0));
    this.session = new SseSession(this.hub, this.stream, first, TERMS, this.sink, all);
    this.sink.onDrain = () => this.session.onDrain();
    return this;
  }

  async append(text: string, closes = false): Promise<void> {
    const part = Buffer.from(text);
    const body = text === "" ? NO_BYTES : { parts: [part], byteLength: part.length };
    const producer = undefined;
    await append(this.shard, PATH, {
      body,
      contentType: "text/plain",
      closes,
      producer,
      streamSeq: undefined,
    });
  }

  tick(ms: number): void {
    this.now += ms;
    this.uptime += ms;
    this.session.tick(this.uptime);
  }

  get listeners(): number {
    return this.shard.catalog.newest(PATH)?.listeners.size ?? 0;
  }
}

describe("an SSE session", () => {
  test("buffers no more than its limit and one event, whatever the client takes, and loses nothing", async () => {
    const step = fc.oneof(
      fc.record({ append: fc.integer({ min: 1, max: 200_000 }) }),
      fc.record({ take: fc.constantFrom(0, 1000, 50_000, 1_000_000) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const world = await new World().open();
        let whole = "";
        for (const [index, each] of steps.entries()) {
          if ("append" in each) {
            const text = String.fromCharCode(97 + (index % 26)).repeat(each.append);
            whole += text;
            await world.append(text);
          } else {
            world.sink.take(each.take);
          }
          expect(world.sink.most).toBeLessThanOrEqual(LIMIT + FRAME);
        }
        // A reader that is far behind reads on in a later turn, a piece in each.
        for (let turns = 0; world.sink.data.length < whole.length && turns < 1000; turns++) {
          world.sink.take(1_000_000);
          await new Promise((resolve) => setImmediate(resolve));
        }
        expect(world.sink.data === whole).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test("is cut off when it has taken nothing for the stall timeout", async () => {
    const world = await new World().open();
    await world.append("x".repeat(LIMIT + 1));
    world.tick(SETTINGS.stalledReaderMs - 1);
    expect(world.sink.state).toBe("open");
    world.tick(1);
    expect([world.sink.state, world.hub.readers, world.listeners]).toEqual(["destroyed", 0, 0]);
    await world.append("nobody hears this");
  });

  test("is not cut off while it reads at its own pace", async () => {
    const world = await new World().open({ sseCycleMs: 3_600_000 });
    for (let count = 0; count < 5; count++) {
      await world.append("x".repeat(LIMIT + 1));
      world.tick(SETTINGS.stalledReaderMs - 1);
      world.sink.take(LIMIT * 10);
    }
    expect(world.sink.state).toBe("open");
  });

  test("is not cut off for silence", async () => {
    const world = await new World().open({ sseCycleMs: 3_600_000, stalledReaderMs: 1000 });
    world.sink.take(1000);
    for (let count = 0; count < 10; count++) {
      world.tick(5000);
      world.sink.take(1000);
    }
    expect(world.sink.state).toBe("open");
  });

  test.each([-86_400_000, 7_200_000])(
    "beats and ends in its time though the clock is set by %i ms",
    async (ms) => {
      const world = await new World().open();
      world.now += ms;
      world.tick(SETTINGS.sseHeartbeatMs - 1);
      expect(world.sink.text).not.toContain("\n:");
      world.tick(1);
      expect(world.sink.text).toContain("\n:");
      world.sink.take(LIMIT);
      world.tick(SETTINGS.sseCycleMs - SETTINGS.sseHeartbeatMs - 1);
      expect(world.sink.state).toBe("open");
      world.tick(1);
      expect(world.sink.state).toBe("ended");
    },
  );

  test("ends at its cycle although its client never quite catches up", async () => {
    const world = await new World().open({ sseCycleMs: 20_000 });
    for (let count = 0; count < 30 && world.sink.state === "open"; count++) {
      await world.append("x".repeat(2 * LIMIT));
      world.tick(1000);
      if (world.sink.bufferedBytes() > 0) world.sink.take(4 * LIMIT);
      await world.append("x".repeat(2 * LIMIT));
    }
    expect([world.sink.state, world.hub.readers]).toEqual(["ended", 0]);
    expect(world.sink.text.endsWith("}\n\n")).toBe(true);
  });

  test("gets a last control event when the server stops, and nobody is let in any more", async () => {
    const world = await new World().open();
    await world.append("abc");
    const before = world.sink.controls;
    world.hub.stop();
    expect([world.sink.controls, world.sink.state, world.listeners]).toEqual([before + 1, "ended", 0]);
    expect(world.hub.room()).toBe("stopping");
  });

  test("ends without a word when its stream is gone", async () => {
    const world = await new World().open();
    const { text } = world.sink;
    await remove(world.shard, PATH);
    expect([world.sink.text, world.sink.state, world.hub.readers]).toEqual([text, "ended", 0]);
  });

  test("leaves nothing behind when its client goes away, however often it is told", async () => {
    const world = await new World().open();
    expect([world.hub.readers, world.listeners]).toEqual([1, 1]);
    world.session.onDisconnect();
    world.session.onDisconnect();
    expect([world.hub.readers, world.listeners]).toEqual([0, 0]);
    const { text } = world.sink;
    await world.append("x", true);
    expect([world.sink.text, world.sink.state]).toEqual([text, "open"]);
  });
});

describe("frames", () => {
  test("are encoded once for all who stand at the same place", async () => {
    const world = await new World().open();
    const written: Uint8Array[] = [];
    const sink = (): SseSink => ({
      write: (frame) => void written.push(frame),
      bufferedBytes: () => 0,
      end: () => {},
      destroy: () => {},
    });
    const { stream } = world;
    const frame = await readOut(world.hub.frames.next(stream, 0, 0));
    const first = new SseSession(world.hub, stream, frame, TERMS, sink(), SETTINGS);
    const second = new SseSession(world.hub, stream, frame, TERMS, sink(), SETTINGS);
    written.length = 0;
    await world.append("abc");
    expect(written).toHaveLength(2);
    expect(written[0]).toBe(written[1]);
    first.onDisconnect();
    second.onDisconnect();
  });
});
