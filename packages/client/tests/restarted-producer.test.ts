import { describe, expect, test } from "vitest";
import {
  DurableStream,
  FetchError,
  IdempotentProducer,
  type IdempotentProducerOptions,
  StaleEpochError,
  stream,
} from "../src/index.ts";
import { describeServers } from "./servers.ts";

/** What the network does to a request: loses it, loses its answer, or nothing. */
type Fate = "lost" | "answer lost" | "arrives";

/** A `fetch` whose first requests have these fates. */
function lossy(...fates: Fate[]): typeof fetch {
  return async (input, init) => {
    const fate = init?.method === "POST" ? fates.shift() : undefined;
    if (fate === "lost") throw new TypeError("lost");
    const response = await fetch(input, init);
    if (fate === "answer lost") throw new TypeError("answer lost");
    return response;
  };
}

const backoffOptions = { initialDelay: 1, maxDelay: 2, multiplier: 1 };
const CLAIM = { autoClaim: true } as const;

describeServers("a producer that is started again, on %s", (newUrl) => {
  let url = "";
  const create = async () => {
    url = newUrl();
    await DurableStream.create({ url, contentType: "application/json" });
  };
  const producer = (options: IdempotentProducerOptions, ...fates: Fate[]) => {
    const handle = new DurableStream({ url, contentType: "application/json", backoffOptions });
    return new IdempotentProducer(handle, "importer-1", {
      fetch: lossy(...fates),
      lingerMs: 0,
      maxBatchBytes: 1,
      ...options,
    });
  };
  const write = async (writer: IdempotentProducer, ...values: number[]) => {
    for (const value of values) writer.append(value);
    await writer.flush({ rejectOnError: true });
  };
  const stored = async () => (await stream<number>({ url, live: false })).json();

  test.each<Fate[]>([
    [],
    ["lost"],
    ["answer lost"],
    ["lost", "answer lost"],
    ["answer lost", "arrives", "answer lost"],
  ])("stores all it appends, with autoClaim (%s, %s, %s)", async (...fates) => {
    await create();
    await write(producer(CLAIM), 1);
    await write(producer(CLAIM, ...fates), 2, 3);
    await write(producer(CLAIM, ...fates), 4);
    expect(await stored()).toEqual([1, 2, 3, 4]);
  });

  test("two at once store all, and take over back and forth a few times at most", async () => {
    await create();
    const [a, b] = [producer(CLAIM), producer(CLAIM)];
    await Promise.all([write(a, 1), write(b, 2)]);
    await write(a, 3);
    await write(b, 4);
    expect((await stored()).sort()).toEqual([1, 2, 3, 4]);
    const duel = async () => {
      for (let turn = 0; turn < 20; turn++) {
        await write(a, 5);
        await write(b, 5);
      }
    };
    await expect(duel()).rejects.toThrow(StaleEpochError);
  });

  test("is refused without autoClaim, stores nothing, and goes on after restart()", async () => {
    await create();
    await write(producer({}), 1, 2);
    for (const fates of [[], ["answer lost"]] as Fate[][]) {
      const second = producer({}, ...fates);
      await expect(write(second, 3)).rejects.toThrow(StaleEpochError);
    }
    expect(await stored()).toEqual([1, 2]);
    const third = producer({});
    await expect(write(third, 3)).rejects.toMatchObject({ currentEpoch: 0, maybeStored: false });
    await third.restart();
    await write(third, 4);
    expect(await stored()).toEqual([1, 2, 4]);
  });

  test("a new id whose first answer is lost is stored once, without autoClaim too", async () => {
    await create();
    await write(producer({}, "answer lost"), 1, 2);
    expect(await stored()).toEqual([1, 2]);
  });

  test("a replay on purpose counts what is there as stored", async () => {
    await create();
    await write(producer({}), 1, 2);
    await write(producer({ replay: true }), 1, 2, 3);
    expect(await stored()).toEqual([1, 2, 3]);
  });

  test("its close() closes the stream, and its final message is stored", async () => {
    await create();
    await write(producer(CLAIM), 1);
    await producer(CLAIM, "answer lost").close(2);
    expect(await stored()).toEqual([1, 2]);
    expect(await DurableStream.head({ url })).toMatchObject({ streamClosed: true });
  });

  test("its close() without autoClaim is refused rather than taken for done", async () => {
    await create();
    await write(producer({}), 1);
    await expect(producer({}).close(2)).rejects.toThrow(StaleEpochError);
    expect(await DurableStream.head({ url })).toMatchObject({ streamClosed: false });
  });
});

describe("a producer whose batch is refused for good", () => {
  const refused = () => new Response("too large", { status: 413 });
  const gap = () =>
    new Response("gap", {
      status: 409,
      headers: { "producer-expected-seq": "1", "producer-received-seq": "2" },
    });
  const ok = () => new Response(null, { status: 200, headers: { "stream-next-offset": "1" } });

  test("rejects flush() until restart(), where nobody else is told", async () => {
    const answers = [ok, refused, gap, gap, ok];
    const handle = new DurableStream({
      url: "https://example.test/s",
      contentType: "text/plain",
      fetch: async () => answers.shift()?.() ?? ok(),
      backoffOptions,
    });
    const producer = new IdempotentProducer(handle, "p", { lingerMs: 0, maxBatchBytes: 1 });
    producer.append("0");
    await producer.flush();
    for (const message of ["1", "2", "3"]) producer.append(message);
    await expect(producer.flush()).rejects.toMatchObject({ status: 413 });
    await expect(producer.flush()).rejects.toThrow(FetchError);
    await expect(producer.flush({ rejectOnError: true })).rejects.toThrow(/restart\(\)/);
    await producer.restart();
    producer.append("4");
    await producer.flush();
  });
});
