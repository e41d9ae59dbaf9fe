/** Beside the official package, with what it wants of Redis in memory. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
  createResumableStreamContext,
  type ResumableStreamContext,
} from "@perennial/adapters/resumable-stream";
import * as official from "resumable-stream/generic";
import { expect, test, vi } from "vitest";
import { serving } from "./support.ts";

const place = serving();

/** What the official package wants of Redis. */
function memoryRedis() {
  const values = new Map<string, string>();
  const listeners = new Map<string, (message: string) => void>();
  return {
    publisher: {
      connect: async () => undefined,
      publish: async (channel: string, message: string) => listeners.get(channel)?.(message),
      set: async (key: string, value: string) => values.set(key, value),
      get: async (key: string) => values.get(key) ?? null,
      incr: async (key: string) => {
        const next = Number(values.get(key) ?? 0) + 1;
        if (Number.isNaN(next)) throw new Error("ERR value is not an integer or out of range");
        values.set(key, String(next));
        return next;
      },
    },
    subscriber: {
      connect: async () => undefined,
      subscribe: async (channel: string, callback: (message: string) => void) =>
        void listeners.set(channel, callback),
      unsubscribe: async (channel: string) => listeners.delete(channel),
    },
  };
}

type Shared = Omit<ResumableStreamContext, "replayStream">;
const contexts: Record<string, () => Shared> = {
  official: () => official.createResumableStreamContext({ waitUntil: null, ...memoryRedis() } as never),
  ours: () => createResumableStreamContext({ waitUntil: null, ...place() }),
};

/** A stream that is written by hand. */
function written() {
  let controller!: ReadableStreamDefaultController<string>;
  let made = 0;
  const make = () => {
    made += 1;
    return new ReadableStream<string>({
      start: (its) => {
        controller = its;
      },
    });
  };
  return {
    make,
    write: (text: string) => controller.enqueue(text),
    end: () => controller.close(),
    made: () => made,
  };
}

/** What a reader has got so far, and whether it was all. */
function reading(stream: ReadableStream<string> | null | undefined) {
  const seen = { text: "", done: false, error: undefined as unknown };
  const read = async () => {
    const reader = stream!.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) seen.text += next.value;
    seen.done = true;
  };
  read().catch((error: unknown) => {
    seen.error = error;
  });
  return seen;
}

test.each(Object.keys(contexts))(
  "%s: a stream is made once, resumed, skipped into, and done",
  async (name) => {
    const context = contexts[name]!();
    const source = written();
    expect(await context.hasExistingStream("a")).toBeNull();
    expect(await context.resumeExistingStream("a")).toBeUndefined();
    const first = reading(await context.resumableStream("a", source.make));
    await vi.waitFor(() => expect(source.made()).toBe(1));
    source.write("Hello, ");
    await vi.waitFor(() => expect(first.text).toBe("Hello, "));
    expect(await context.hasExistingStream("a")).toBe(true);

    const second = reading(await context.resumableStream("a", source.make));
    const third = reading(await context.resumeExistingStream("a", 3));
    await vi.waitFor(() => expect([second.text, third.text]).toEqual(["Hello, ", "lo, "]));
    source.write("world");
    source.end();
    await vi.waitFor(() => expect([first, second, third].every(({ done }) => done)).toBe(true));
    expect([first.text, second.text, third.text]).toEqual(["Hello, world", "Hello, world", "lo, world"]);
    expect(source.made()).toBe(1);

    await vi.waitFor(async () => expect(await context.hasExistingStream("a")).toBe("DONE"));
    expect(await context.resumeExistingStream("a")).toBeNull();
    expect(await context.resumableStream("a", source.make)).toBeNull();
    expect(source.made()).toBe(1);
  },
);

test.each(Object.keys(contexts))("%s: a stream of the same id is begun anew", async (name) => {
  const context = contexts[name]!();
  for (const text of ["one", "two"]) {
    const source = written();
    const reader = reading(await context.createNewResumableStream("a", source.make));
    await vi.waitFor(() => expect(source.made()).toBe(1));
    source.write(text);
    source.end();
    await vi.waitFor(() => expect(reader).toMatchObject({ text, done: true }));
    await vi.waitFor(async () => expect(await context.hasExistingStream("a")).toBe("DONE"));
  }
});

test("of many who ask at once, one makes the stream", async () => {
  const context = contexts.ours!();
  const source = written();
  const readers = await Promise.all(
    Array.from({ length: 5 }, () => context.resumableStream("a", source.make)),
  );
  await vi.waitFor(() => expect(source.made()).toBe(1));
  source.write("once");
  source.end();
  const seen = readers.map(reading);
  await vi.waitFor(() =>
    expect(seen.map(({ text, done }) => [text, done])).toEqual(Array(5).fill(["once", true])),
  );
});

test("what is done can be read again, from any character on", async () => {
  const context = createResumableStreamContext({ waitUntil: null, ...place() });
  expect(await context.replayStream("a")).toBeUndefined();
  const source = written();
  await context.resumableStream("a", source.make);
  await vi.waitFor(() => expect(source.made()).toBe(1));
  source.write("né 😀 ");
  source.write("fin");
  source.end();
  await vi.waitFor(async () => expect(await context.hasExistingStream("a")).toBe("DONE"));
  const whole = reading(await context.replayStream("a"));
  const part = reading(await context.replayStream("a", 6));
  await vi.waitFor(() => expect([whole, part]).toMatchObject([{ text: "né 😀 fin" }, { text: "fin" }]));
});

test("a stream whose source fails ends with an error for every reader", async () => {
  const context = contexts.ours!();
  const make = () =>
    new ReadableStream<string>({
      pull(controller) {
        controller.enqueue("so far");
        controller.error(new Error("secret"));
      },
    });
  const reader = reading(await context.resumableStream("a", make));
  await vi.waitFor(() => expect(reader.error).toBeInstanceOf(Error));
  expect(String(reader.error)).not.toContain("secret");
});

test("when the process that writes is killed, what it wrote stays, and readers see an end", async () => {
  const at = place();
  const leaseMs = 500;
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL("writer.mjs", import.meta.url)), at.streamsUrl, String(leaseMs)],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  await once(child.stdout, "data");
  const context = createResumableStreamContext({ waitUntil: null, leaseMs, ...at });
  const reader = reading(await context.resumeExistingStream("answer"));
  await vi.waitFor(() => expect(reader.text).toBe("what was said before"));
  child.kill("SIGKILL");
  await vi.waitFor(() => expect(String(reader.error)).toContain("the process that wrote it is gone"), 5000);
  const late = reading(await context.resumeExistingStream("answer", 9));
  await vi.waitFor(() => expect(late.text).toBe("said before"));
});

test("names that would lead elsewhere stay below their place", async () => {
  const at = place();
  const context = createResumableStreamContext({ waitUntil: null, ...at });
  for (const id of ["..", ".", "a/../../b", "?x#y", "", "_.", "é"]) {
    const source = written();
    const reader = reading(await context.resumableStream(id, source.make));
    await vi.waitFor(() => expect(source.made()).toBe(1));
    source.write(`<${id}>`);
    source.end();
    await vi.waitFor(() => expect(reader).toMatchObject({ text: `<${id}>`, done: true }));
  }
});
