import { expect, test } from "vitest";
import {
  DurableStream,
  FetchError,
  IdempotentProducer,
  StaleEpochError,
  StreamClosedError,
} from "../src/index.ts";
import { describeServers } from "./servers.ts";

describeServers("writing to %s", (newUrl) => {
  const create = (contentType: string) => DurableStream.create({ url: newUrl(), contentType });
  const textOf = async (handle: DurableStream) => (await handle.stream({ live: false })).text();

  test("appends made at once are stored in order, in few requests, and tell the tail", async () => {
    let requests = 0;
    const counting: typeof fetch = (input, init) => {
      requests++;
      return fetch(input, init);
    };
    const created = await create("text/plain");
    const handle = new DurableStream({ url: created.url, contentType: "text/plain", fetch: counting });
    const results = await Promise.all(Array.from({ length: 50 }, (_, n) => handle.append(`${n},`)));
    expect(requests).toBeLessThan(10);
    expect(await textOf(handle)).toBe(Array.from({ length: 50 }, (_, n) => `${n},`).join(""));
    const head = await handle.head();
    expect(results.at(-1)?.offset).toBe(head.exists && head.offset);
  });

  test("JSON values are wrapped, bytes and text joined", async () => {
    const json = await create("application/json");
    await Promise.all(["[1,2]", "3", '"four"'].map((text) => json.append(text)));
    expect(await (await json.stream({ live: false })).json()).toEqual([[1, 2], 3, "four"]);
    const bytes = await create("application/octet-stream");
    await Promise.all([bytes.append("a"), bytes.append(Uint8Array.of(0, 255)), bytes.append("é")]);
    const expected = Uint8Array.of(97, 0, 255, 0xc3, 0xa9);
    expect(await (await bytes.stream({ live: false })).body()).toEqual(expected);
  });

  test("a promise is awaited, and one that rejects sends nothing", async () => {
    const handle = await create("text/plain");
    await handle.append(Promise.resolve("a"));
    await expect(handle.append(Promise.reject(new Error("never made")))).rejects.toThrow("never made");
    expect(await textOf(handle)).toBe("a");
  });

  test("W19: with producer fields an append that is repeated is stored once", async () => {
    const created = await create("text/plain");
    const answers = [new TypeError("the answer was lost")];
    const lossy: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      const error = init?.method === "POST" ? answers.pop() : undefined;
      if (error !== undefined) throw error;
      return response;
    };
    const handle = new DurableStream({ url: created.url, contentType: "text/plain", fetch: lossy });
    const result = await handle.append("once", { producerId: "p", producerEpoch: 0, producerSeq: 0 });
    expect(result.duplicate).toBe(true);
    expect(await textOf(handle)).toBe("once");
  });

  test("appendStream() is one append", async () => {
    const handle = await create("text/plain");
    await handle.appendStream(new Blob(["one ", "two"]).stream());
    async function* words() {
      yield " three";
      yield new TextEncoder().encode(" four");
    }
    await handle.appendStream(words());
    expect(await textOf(handle)).toBe("one two three four");
  });

  test("a pipe stores what it is given and closes the stream", async () => {
    const handle = await create("text/plain");
    const words = ["a", "b", "c"];
    const source = new ReadableStream<string>({
      pull(controller) {
        const word = words.shift();
        if (word === undefined) controller.close();
        else controller.enqueue(word);
      },
    });
    await source.pipeTo(handle.writable());
    expect(await textOf(handle)).toBe("abc");
    expect(await handle.head()).toMatchObject({ streamClosed: true });
    await expect(handle.append("d")).rejects.toBeInstanceOf(StreamClosedError);
  });

  test("a pipe into a closed stream fails; an aborted pipe leaves the stream open", async () => {
    const closed = await create("text/plain");
    await closed.close();
    const writer = closed.writable({ lingerMs: 0 }).getWriter();
    await writer.write("a");
    await expect(writer.close()).rejects.toBeInstanceOf(StreamClosedError);
    const open = await create("text/plain");
    await open.writable().abort();
    expect(await open.head()).toMatchObject({ streamClosed: false });
  });

  test("a producer that was fenced stops, and restart() takes over again", async () => {
    const handle = await create("text/plain");
    const errors: Error[] = [];
    const first = new IdempotentProducer(handle, "p", { onError: (error) => errors.push(error) });
    first.append("a");
    await first.flush({ rejectOnError: true });
    const second = new IdempotentProducer(handle, "p", { epoch: 3 });
    second.append("b");
    await second.flush({ rejectOnError: true });
    first.append("c");
    await first.flush();
    expect(errors[0]).toBeInstanceOf(StaleEpochError);
    await first.restart();
    first.append("d");
    await first.flush({ rejectOnError: true });
    expect(first.epoch).toBe(4);
    expect(await textOf(handle)).toBe("abd");
  });

  test("a fork is created by options, which no later request repeats", async () => {
    const source = await create("application/json");
    await source.append("1");
    const { offset } = await source.append("2");
    await source.append("3");
    const fork = await DurableStream.create({
      url: `${source.url}-fork`,
      forkedFrom: new URL(source.url).pathname,
      forkOffset: offset,
    });
    await fork.append("4");
    expect(await (await fork.stream({ live: false })).json()).toEqual([1, 2, 4]);
    expect(fork.contentType).toBe("application/json");
  });

  test("W35: what the official suite leaves out: a producer on a stream that someone else closed asks once", async () => {
    const handle = await create("text/plain");
    let requests = 0;
    const counting: typeof fetch = (input, init) => {
      requests++;
      return fetch(input, init);
    };
    const producer = new IdempotentProducer(handle, "p", { fetch: counting, lingerMs: 0 });
    producer.append("a");
    await producer.flush({ rejectOnError: true });
    await handle.close();
    producer.append("b");
    const error = await producer.flush({ rejectOnError: true }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StreamClosedError);
    expect(error).toBeInstanceOf(FetchError);
    expect(requests).toBe(2);
  });
});
