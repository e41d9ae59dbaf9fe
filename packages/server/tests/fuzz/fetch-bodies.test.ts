/** Bodies that break, stall or are abandoned, given straight to the fetch handler. */
import { createServer } from "@perennial/server";
import { runs } from "@perennial/testing";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { errorKeeper } from "../support/silent-logger.ts";

type Ending = "close" | "error" | "abort";

describe("bodies of requests to the fetch handler", () => {
  const { logger, errors } = errorKeeper();
  const server = createServer({ logger, bodyTimeoutMs: 5000, bodyBytes: 4000 });

  afterAll(() => server.stop());

  function bodyOf(chunks: readonly Uint8Array[], ending: Ending, abort: AbortController): ReadableStream {
    const left = [...chunks];
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        const chunk = left.shift();
        if (chunk !== undefined) controller.enqueue(chunk);
        else if (ending === "close") controller.close();
        else if (ending === "error") controller.error(new Error("the connection broke"));
        else abort.abort();
      },
    });
  }

  test("are taken whole or not at all", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 1500 }), { maxLength: 5 }),
        fc.constantFrom<Ending>("close", "error", "abort"),
        async (chunks, ending) => {
          const url = "http://localhost/v1/stream/s";
          await server.fetch(new Request(url, { method: "DELETE" }));
          await server.fetch(new Request(url, { method: "PUT" }));
          const abort = new AbortController();
          const response = await server.fetch(
            new Request(url, {
              method: "POST",
              headers: { "Content-Type": "application/octet-stream" },
              body: bodyOf(chunks, ending, abort),
              signal: abort.signal,
              duplex: "half",
            } as RequestInit),
          );
          const whole = Buffer.concat(chunks);
          const isTaken = ending === "close" && whole.length > 0 && whole.length <= 4000;
          expect(response.status === 204).toBe(isTaken);
          expect([204, 400, 413]).toContain(response.status);
          const read = await server.fetch(new Request(url));
          expect(Buffer.from(await read.arrayBuffer()).equals(isTaken ? whole : Buffer.alloc(0))).toBe(true);
        },
      ),
      { numRuns: runs(60) },
    );
    expect(errors).toEqual([]);
    await expect.poll(() => server.metrics().heldBodyBytes).toBe(0);
  });

  test("of live reads that nobody takes are let go", async () => {
    const url = "http://localhost/v1/stream/live";
    await server.fetch(new Request(url, { method: "PUT" }));
    for (let count = 0; count < 20; count++) {
      const response = await server.fetch(new Request(`${url}?offset=now&live=sse`));
      await response.body!.cancel();
    }
    expect(server.metrics().liveReaders).toBe(0);
  });
});
