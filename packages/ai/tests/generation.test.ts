/** A generation from its first chunk to its end, on every server that it must work on. */
import {
  endVanished,
  type Generation,
  type GenerationTarget,
  guardGeneration,
  readGeneration,
  requestStop,
  type Source,
  startGeneration,
  takeOver,
  VANISHED,
} from "@perennial/ai";
import { DurableStream, stream } from "@perennial/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testFormat as format, piece, type TestChunk } from "./support/format.ts";
import { SERVERS, type StreamServer } from "./support/servers.ts";
import { chunksOf, HandSource } from "./support/source.ts";

/** A lease that runs out within a test. */
const LEASE_MS = 300;

let count = 0;

describe.each(Object.keys(SERVERS))("on %s", (name) => {
  let server: StreamServer;
  beforeAll(async () => {
    server = await SERVERS[name]!();
  });
  afterAll(() => server.stop());

  const target = (): GenerationTarget => ({
    url: `${server.origin}/v1/stream/chat/${count++}`,
    fetch: server.fetch,
  });

  async function start(
    source: Source<TestChunk>,
    at: GenerationTarget,
    leaseMs = 10_000,
  ): Promise<Generation> {
    const generation = await startGeneration({ target: at, format, source, leaseMs });
    if (generation.kind === "rejected") throw new Error(generation.rejection);
    return generation;
  }

  const read = async (at: GenerationTarget): Promise<TestChunk[]> =>
    chunksOf(await readGeneration({ target: at, format }));

  it("gives every reader the chunks in order, and an end", async () => {
    const at = target();
    const source = new HandSource<TestChunk>();
    const generation = await start(source, at);
    const early = read(at);
    source.push(piece("a"), piece("b"));
    source.push({ type: "whole", value: [1, { x: null }] });
    source.end();
    expect(await generation.finished).toMatchObject({ kind: "completed" });
    const all = [piece("a"), piece("b"), { type: "whole", value: [1, { x: null }] }];
    expect(await early).toEqual(all);
    expect(await read(at)).toEqual(all);
  });

  it("goes on for a reader from the last offset seen", async () => {
    const at = target();
    const source = new HandSource<TestChunk>();
    await start(source, at);
    source.push(piece("a"));
    const first = (await readGeneration({ target: at, format })).getReader();
    const { value: seen } = await first.read();
    expect(seen?.chunks).toEqual([piece("a")]);
    await first.cancel();
    source.push(piece("b"));
    source.end();
    const rest = await readGeneration({ target: at, format, offset: seen!.offset, leaseMs: seen!.leaseMs });
    expect(await chunksOf(rest)).toEqual([piece("b")]);
  });

  it("ends with an error chunk that says no more than it may when the source fails", async () => {
    const at = target();
    const source = new HandSource<TestChunk>();
    const generation = await start(source, at);
    source.push(piece("a"));
    source.fail(new Error("key sk-123 is wrong"));
    expect(await generation.finished).toMatchObject({
      kind: "failed",
      error: new Error("key sk-123 is wrong"),
    });
    expect(await read(at)).toEqual([piece("a"), { type: "error", text: "An error occurred." }]);
  });

  it("is stopped by anybody who knows its address, within a second, and lets the source go", async () => {
    const at = target();
    const source = new HandSource<TestChunk>();
    let signal: AbortSignal | undefined;
    const generation = await start((context) => {
      signal = context.signal;
      return source;
    }, at);
    source.push(piece("a"));
    const reading = read(at);
    const asked = performance.now();
    expect(await requestStop(at, "enough")).toEqual({ kind: "asked" });
    expect(await generation.finished).toMatchObject({ kind: "stopped", reason: "enough" });
    expect(await reading).toEqual([piece("a"), { type: "abort", reason: "enough" }]);
    expect(performance.now() - asked).toBeLessThan(1000);
    expect(signal?.aborted).toBe(true);
    await expect.poll(() => source.isReleased).toBe(true);
    expect(await requestStop(at)).toEqual({ kind: "ended" });
    expect(await requestStop(target())).toEqual({ kind: "missing" });
  });

  it("is not begun twice: the source of the second is never called", async () => {
    const at = target();
    const source = new HandSource<TestChunk>();
    await start(source, at);
    let calls = 0;
    const second = () =>
      startGeneration<TestChunk>({
        ...{ target: at, format },
        source: () => {
          calls++;
          return new HandSource();
        },
      });
    expect(await second()).toEqual({ kind: "rejected", rejection: "rival" });
    source.end();
    await read(at);
    expect(await second()).toEqual({ kind: "rejected", rejection: "ended" });
    expect(await requestStop(at)).toEqual({ kind: "ended" });
    expect(calls).toBe(0);
  });

  it("stays alive for readers while its source is silent for longer than the lease", async () => {
    const at = target();
    const source = new HandSource<TestChunk>();
    const generation = await start(source, at, LEASE_MS);
    const reading = read(at);
    // Four notes a lease.
    await expect.poll(() => notesOf(at), { interval: 50 }).toBeGreaterThan(12);
    source.push(piece("at last"));
    source.end();
    expect(await generation.finished).toMatchObject({ kind: "completed" });
    expect(await reading).toEqual([piece("at last")]);
  });

  async function notesOf(at: GenerationTarget): Promise<number> {
    const all = await (await stream<TestChunk>({ ...at, json: true, live: false })).json();
    return all.filter(({ type }) => type === "note").length;
  }

  /** What a writer leaves that was killed after its first chunk. */
  async function abandoned(at: GenerationTarget): Promise<void> {
    const handle = await DurableStream.create({
      ...{ url: at.url, fetch: at.fetch, contentType: "application/json" },
    });
    const producer = { producerId: "writer", producerEpoch: 0 };
    await handle.append(format.note({ writer: "killed", leaseMs: LEASE_MS }), {
      ...producer,
      producerSeq: 0,
    });
    await handle.append(piece("a"), { ...producer, producerSeq: 1 });
  }

  it("ends for readers with an error chunk when the writer vanishes", async () => {
    const at = target();
    await abandoned(at);
    const began = performance.now();
    expect(await read(at)).toEqual([piece("a"), { type: "error", text: VANISHED }]);
    expect(performance.now() - began).toBeLessThan(LEASE_MS * 1.25 + 1000);
  });

  it("ends for good when a guard watches, and refuses what the vanished writer still sends", async () => {
    const at = target();
    await abandoned(at);
    expect(await guardGeneration(at, format)).toEqual({ vanished: true });
    const late = new DurableStream({ ...at, contentType: "application/json" }).append(piece("late"), {
      ...{ producerId: "writer", producerEpoch: 0, producerSeq: 2 },
      signal: AbortSignal.timeout(5000),
    });
    await expect(late).rejects.toThrow();
    const stored = await stream<TestChunk>({ ...at, json: true, live: false });
    expect((await stored.json()).filter(({ type }) => type !== "note")).toEqual([
      piece("a"),
      { type: "error", text: VANISHED },
    ]);
    expect(await endVanished(at, format)).toBe(false);
  });

  it("is taken over from where it stands, and its old writer stores nothing more", async () => {
    const at = target();
    const old = new HandSource<TestChunk>();
    const first = await start(old, at);
    old.push(piece("a"), piece("b"));
    const reader = read(at);
    const seen = (await readGeneration({ target: at, format })).getReader();
    for (let chunks = 0; chunks < 2; ) chunks += (await seen.read()).value!.chunks.length;
    const second = await takeOver<TestChunk>({
      ...{ target: at, format },
      source: async function* ({ written }) {
        expect(written).toEqual([piece("a"), piece("b")]);
        yield piece("c");
      },
    });
    old.push(piece("never"));
    if (second.kind === "rejected") throw new Error(second.rejection);
    expect(await second.finished).toMatchObject({ kind: "completed" });
    expect(await first.finished).toMatchObject({ kind: "lost" });
    expect(await reader).toEqual([piece("a"), piece("b"), piece("c")]);
  });

  it("has one winner when several take it over at once", async () => {
    const at = target();
    await abandoned(at);
    const takers = await Promise.all(
      ["x", "y", "z"].map((text) =>
        takeOver<TestChunk>({
          ...{ target: at, format },
          source: async function* () {
            yield piece(text);
          },
        }),
      ),
    );
    const outcomes = await Promise.all(
      takers.map(async (taker) => (taker.kind === "generation" ? (await taker.finished).kind : taker.kind)),
    );
    expect(outcomes.filter((kind) => kind === "completed")).toHaveLength(1);
    expect(await read(at)).toEqual([piece("a"), expect.objectContaining({ type: "piece" })]);
  });
});
