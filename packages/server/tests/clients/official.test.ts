/** The official TypeScript client against this server (protocol §20). */
import { DurableStream, IdempotentProducer, stream } from "@durable-streams/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DOORS, type OpenDoor } from "../doors/doors.ts";

interface Message {
  readonly n: number;
}

describe.each(DOORS)("@durable-streams/client through $name", (door) => {
  let open: OpenDoor;
  let requests = 0;
  let count = 0;

  beforeAll(async () => {
    open = await door.open({ longPollTimeoutMs: 300 });
  });

  afterAll(() => open.close());

  /** The client's requests, counted. */
  const counted: typeof fetch = (input, init) => {
    requests += 1;
    return fetch(input, init);
  };

  const options = () => {
    count += 1;
    requests = 0;
    return { url: `${open.url}/v1/stream/client-${count}`, fetch: counted, warnOnHttp: false };
  };

  const json = async () => DurableStream.create({ ...options(), contentType: "application/json" });

  async function read<T>(url: string): Promise<T[]> {
    const response = await stream<T>({ url, live: false, warnOnHttp: false });
    return response.json();
  }

  test("creates, appends text, reads it back, and tells what is there", async () => {
    const handle = await DurableStream.create({ ...options(), contentType: "text/plain" });
    await handle.append("Hello, ");
    await handle.append("stream");
    const response = await stream({ url: handle.url, live: false, warnOnHttp: false });
    expect(await response.text()).toBe("Hello, stream");
    expect(await handle.head()).toMatchObject({
      exists: true,
      contentType: "text/plain",
      streamClosed: false,
    });
    await handle.delete();
    expect(await handle.head()).toEqual({ exists: false });
  });

  test("appends JSON in batches, each message once and in order", async () => {
    const handle = await json();
    await Promise.all(Array.from({ length: 100 }, (_, n) => handle.append(JSON.stringify({ n }))));
    expect(await read<Message>(handle.url)).toEqual(Array.from({ length: 100 }, (_, n) => ({ n })));
    expect(requests).toBeLessThan(60);
  });

  test("appends with an idempotent producer, many requests in flight, exactly once and in order", async () => {
    const handle = await json();
    const producer = new IdempotentProducer(handle, "p", {
      lingerMs: 0,
      maxBatchBytes: 100,
      maxInFlight: 5,
      fetch: counted,
    });
    for (let n = 0; n < 200; n++) producer.append(JSON.stringify({ n }));
    await producer.flush();
    await producer.detach();
    expect(await read<Message>(handle.url)).toEqual(Array.from({ length: 200 }, (_, n) => ({ n })));
  });

  test("takes over from a fenced producer with autoClaim", async () => {
    const handle = await json();
    const first = new IdempotentProducer(handle, "p", { epoch: 3, lingerMs: 0 });
    first.append('{"n":1}');
    await first.flush();
    const second = new IdempotentProducer(handle, "p", { epoch: 0, autoClaim: true, lingerMs: 0 });
    second.append('{"n":2}');
    await second.flush();
    expect(await read<Message>(handle.url)).toEqual([{ n: 1 }, { n: 2 }]);
    await first.detach();
    await second.detach();
  });

  test.each(["sse", "long-poll"] as const)("subscribes over %s, and resumes by offset", async (live) => {
    const handle = await json();
    await handle.append('{"n":0}');
    const seen: number[] = [];
    let last = "";
    const follow = async (offset: string, until: number): Promise<void> => {
      const response = await stream<Message>({ url: handle.url, offset, live, warnOnHttp: false });
      await new Promise<void>((resolve) => {
        response.subscribeJson((batch) => {
          seen.push(...batch.items.map(({ n }) => n));
          last = batch.offset;
          if (seen.at(-1) === until) resolve();
        });
      });
      response.cancel();
    };
    const first = follow("-1", 3);
    for (let n = 1; n <= 3; n++) await handle.append(JSON.stringify({ n }));
    await first;
    for (let n = 4; n <= 5; n++) await handle.append(JSON.stringify({ n }));
    await follow(last, 5);
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("a live subscription ends by itself when the stream is closed", async () => {
    const handle = await json();
    const response = await stream<Message>({ url: handle.url, offset: "-1", live: "sse", warnOnHttp: false });
    const items: number[] = [];
    response.subscribeJson((batch) => void items.push(...batch.items.map(({ n }) => n)));
    await handle.append('{"n":1}');
    await handle.close();
    await response.closed;
    expect(items).toEqual([1]);
  });

  test("a stream that is closed under a producer starts no storm of requests", async () => {
    const handle = await json();
    const errors: Error[] = [];
    const producer = new IdempotentProducer(handle, "p", {
      lingerMs: 0,
      fetch: counted,
      onError: (error) => void errors.push(error),
    });
    producer.append('{"n":1}');
    await producer.flush();
    await (await DurableStream.connect({ url: handle.url, warnOnHttp: false })).close();
    requests = 0;
    producer.append('{"n":2}');
    await producer.flush().catch((error: Error) => void errors.push(error));
    await expect.poll(() => errors.length).toBeGreaterThan(0);
    expect(requests).toBeLessThanOrEqual(2);
    await producer.detach().catch(() => undefined);
    expect(requests).toBeLessThanOrEqual(2);
  });
});
