import { Random, replayOf, Seeds } from "@perennial/testing";
import { expect, test } from "vitest";
import { DurableStream, FetchBackoffAbortError, StaleEpochError, stream } from "../src/index.ts";
import { describeServers } from "./servers.ts";

/** A network that loses requests, and answers to requests that were carried out. */
function lossy(random: Random): typeof fetch {
  return async (input, init) => {
    if (random.chance(0.2)) throw new TypeError("the request was lost");
    const response = await fetch(input, init);
    await response.clone().arrayBuffer();
    if (random.chance(0.3)) throw new TypeError("the answer was lost");
    return response;
  };
}

describeServers("a pipe into %s", (newUrl) => {
  const create = (contentType: string) => DurableStream.create({ url: newUrl(), contentType });
  const backoffOptions = { initialDelay: 1, maxDelay: 5 };

  const seeds = new Seeds(3);
  const readAll = async (url: string) => (await stream({ url, live: false })).json();

  test(`all is stored once and in order, whatever the network loses, for ${seeds}`, {
    timeout: 30_000 * seeds.count,
  }, async () => {
    for (const seed of seeds) {
      const random = new Random(seed);
      const { url } = await create("application/json");
      const options = { url, contentType: "application/json", fetch: lossy(random), backoffOptions };
      const limits = { lingerMs: random.below(3), maxBatchBytes: 1 + random.below(60) };
      const writer = new DurableStream(options).writable(limits).getWriter();
      const values = Array.from({ length: 40 }, (_, n) => n);
      for (const value of values) await writer.write(`${value}`);
      await writer.close();
      expect(await readAll(url), replayOf(seed)).toEqual(values);
      expect(await DurableStream.head({ url })).toMatchObject({ streamClosed: true });
    }
  });

  test("a slow server holds the pipe back, and what waits is sent together", async () => {
    const { url } = await create("text/plain");
    let requests = 0;
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow: typeof fetch = async (input, init) => {
      requests++;
      await released;
      return fetch(input, init);
    };
    const handle = new DurableStream({ url, contentType: "text/plain", fetch: slow });
    const writer = handle.writable({ lingerMs: 0, maxBatchBytes: 10 }).getWriter();
    for (let n = 0; n < 4; n++) await writer.write("01234");
    let isTaken = false;
    const held = writer.write("56789").then(() => {
      isTaken = true;
    });
    await expect.poll(() => requests).toBe(1);
    expect(isTaken).toBe(false);
    release();
    await held;
    await writer.close();
    expect(requests).toBeLessThanOrEqual(5);
    expect(await (await stream({ url, live: false })).text()).toBe("0123401234012340123456789");
  });

  test("very many small chunks go in as few requests as hold them", async () => {
    const { url } = await create("text/plain");
    let requests = 0;
    const counting: typeof fetch = (input, init) => {
      requests++;
      return fetch(input, init);
    };
    const handle = new DurableStream({ url, contentType: "text/plain", fetch: counting });
    const chunks = Array.from({ length: 20_000 }, (_, n) => `${n},`);
    const source = new ReadableStream<string>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });
    await source.pipeTo(handle.writable());
    // The first wait may end before the last chunk is there; the closing one holds none.
    expect(requests).toBeLessThanOrEqual(20);
    expect(await (await stream({ url, live: false })).text()).toBe(chunks.join(""));
  });

  test("an aborted pipe ends with the abort, and takes nothing more", async () => {
    const { url } = await create("text/plain");
    const controller = new AbortController();
    const handle = new DurableStream({ url, contentType: "text/plain" });
    const writer = handle.writable({ signal: controller.signal }).getWriter();
    await writer.write("a");
    controller.abort();
    await expect(writer.close()).rejects.toBeInstanceOf(FetchBackoffAbortError);
    await expect(writer.write("b")).rejects.toThrow();
    expect(await DurableStream.head({ url })).toMatchObject({ streamClosed: false });
  });

  test("a pipe that starts later under the same id takes the place of the earlier one", async () => {
    const handle = await create("text/plain");
    const errors: Error[] = [];
    const first = handle
      .writable({ producerId: "p", lingerMs: 0, onError: (e) => errors.push(e) })
      .getWriter();
    await first.write("a");
    await expect.poll(async () => (await stream({ url: handle.url, live: false })).text()).toBe("a");
    const second = handle.writable({ producerId: "p", lingerMs: 0 }).getWriter();
    await second.write("b");
    await expect.poll(async () => (await stream({ url: handle.url, live: false })).text()).toBe("ab");
    await first.write("c");
    await expect(first.close()).rejects.toBeInstanceOf(StaleEpochError);
    expect(errors).toEqual([expect.any(StaleEpochError)]);
    await second.close();
    expect(await (await stream({ url: handle.url, live: false })).text()).toBe("ab");
  });

  test("behind a batch that is refused for good nothing is stored", async () => {
    const { url } = await create("text/plain");
    const refusing: typeof fetch = async (input, init) =>
      String(init?.body).includes("bad") ? new Response("too large", { status: 413 }) : fetch(input, init);
    const handle = new DurableStream({ url, contentType: "text/plain", fetch: refusing });
    const writer = handle.writable({ lingerMs: 0, maxBatchBytes: 4 }).getWriter();
    for (const word of ["good", "bad!", "late"]) await writer.write(word);
    await expect(writer.close()).rejects.toMatchObject({ status: 413 });
    expect(await (await stream({ url, live: false })).text()).toBe("good");
    expect(await DurableStream.head({ url })).toMatchObject({ streamClosed: false });
  });
});
