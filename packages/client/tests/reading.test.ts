import { expect, test } from "vitest";
import { DurableStream, FetchError, type JsonBatch, stream } from "../src/index.ts";
import { describeServers } from "./servers.ts";

describeServers("reading from %s", (newUrl) => {
  const create = (contentType: string, body?: string) =>
    DurableStream.create({
      url: newUrl(),
      contentType,
      ...(body === undefined ? {} : { body }),
    });

  test.each([true, "long-poll", "sse"] as const)(
    "live: %s delivers what exists and what is appended later",
    async (live) => {
      const handle = await create("application/json");
      await handle.append(JSON.stringify({ n: 1 }));
      const response = await handle.stream<{ n: number }>({ live, visibility: false });
      const seen: number[] = [];
      const iterator = response.jsonStream()[Symbol.asyncIterator]();
      const take = async () => seen.push((await iterator.next()).value?.n ?? -1);
      await take();
      for (const n of [2, 3]) {
        await handle.append(JSON.stringify({ n }));
        await take();
      }
      expect(seen).toEqual([1, 2, 3]);
      await iterator.return?.();
      await response.closed;
    },
  );

  test.each([true, "long-poll", "sse"] as const)(
    "live: %s ends by itself when the stream is closed",
    async (live) => {
      const handle = await create("text/plain", "one ");
      const response = await handle.stream({ live });
      const texts: string[] = [];
      response.subscribeText((chunk) => {
        texts.push(chunk.text);
        if (chunk.text === "one ") void handle.close({ body: "two" });
      });
      await response.closed;
      expect(texts.join("")).toBe("one two");
      expect(response.streamClosed).toBe(true);
      expect(response.upToDate).toBe(true);
    },
  );

  test.each(["long-poll", "sse"] as const)("binary content survives %s unchanged", async (live) => {
    const handle = await create("application/octet-stream");
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const response = await handle.stream({ live });
    const reader = response.bodyStream().getReader();
    await handle.append(bytes);
    const { value } = await reader.read();
    expect(value).toEqual(bytes);
    await reader.cancel();
    await response.closed;
  });

  test("a batch's offset resumes after the batch", async () => {
    const handle = await create("application/json", "[1,2]");
    const first = await handle.stream({ live: false });
    expect(await first.json()).toEqual([1, 2]);
    await handle.append("3");
    const second = await handle.stream({ live: false, offset: first.offset });
    expect(await second.json()).toEqual([3]);
    expect(second.upToDate).toBe(true);
  });

  test("offset now skips what exists, in every live mode", async () => {
    for (const live of ["long-poll", "sse"] as const) {
      const handle = await create("application/json", "[1,2]");
      const response = await handle.stream<number>({ live, offset: "now" });
      const batches: JsonBatch<number>[] = [];
      const arrived = new Promise<void>((resolve) => {
        response.subscribeJson<number>((batch) => {
          batches.push(batch);
          if (batch.items.length > 0) resolve();
        });
      });
      await handle.append("3");
      await arrived;
      response.cancel();
      expect(batches.flatMap((batch) => batch.items)).toEqual([3]);
    }
  });

  test("an empty stream yields one empty, up-to-date batch", async () => {
    const handle = await create("application/json");
    const response = await handle.stream({ live: false });
    const batches: JsonBatch[] = [];
    response.subscribeJson((batch) => {
      batches.push(batch);
    });
    await response.closed;
    expect(batches).toMatchObject([{ items: [], upToDate: true, streamClosed: false }]);
  });

  test("characters that other line splitters break at arrive unharmed", async () => {
    const handle = await create("text/plain");
    const response = await handle.stream({ live: "sse" });
    const reader = response.textStream().getReader();
    const text = "a\u0085b\u2028c\u2029d";
    await handle.append(text);
    expect((await reader.read()).value).toBe(text);
    await reader.cancel();
  });

  test("a missing stream is a FetchError 404 that names the address", async () => {
    const url = newUrl();
    for (const live of [false, "long-poll", "sse"] as const) {
      const error = await stream({ url, live }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(FetchError);
      expect(error).toMatchObject({ status: 404, code: "NOT_FOUND" });
      expect(String(error)).toContain(url);
    }
  });

  test("two readers of one offset see the same content", async () => {
    const handle = await create("application/json", '[{"a":1},[2],"3",null]');
    const read = async () => (await handle.stream({ live: false })).json();
    expect(await read()).toEqual(await read());
    expect(await read()).toEqual([{ a: 1 }, [2], "3", null]);
  });
});
