/** Random bytes, damaged requests and cut connections, on the socket. */

import { runs } from "@perennial/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fastLane, nodeDoor, type OpenDoor } from "../doors/doors.ts";
import { Http, TEXT } from "../support/http.ts";
import { RawSocket } from "../support/raw-socket.ts";
import { errorKeeper } from "../support/silent-logger.ts";
import { asText, fuzzRequest } from "./requests.ts";

/** What one connection sends, in how many writes, and whether it waits for an answer before it is cut. */
interface Conversation {
  readonly text: string;
  readonly writes: number;
  readonly waits: boolean;
}

const noise = fc
  .uint8Array({ minLength: 1, maxLength: 300 })
  .map((bytes) => Buffer.from(bytes).toString("latin1"));

const FRAGMENTS = [
  "\r\n",
  "\r\n\r\n",
  "\n",
  "\0",
  " ",
  ":",
  "Transfer-Encoding: chunked\r\n",
  "Content-Length: 5\r\n",
];

/** One to three requests, some bytes of which were lost, doubled or replaced. */
const damaged = fc
  .tuple(
    fc.array(fuzzRequest.map(asText), { minLength: 1, maxLength: 3 }),
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        remove: fc.integer({ min: 0, max: 12 }),
        insert: fc.oneof(fc.constantFrom("", ...FRAGMENTS), noise),
      }),
      { maxLength: 3 },
    ),
  )
  .map(([requests, damages]) => {
    let text = requests.join("");
    for (const { at, remove, insert } of damages) {
      const index = Math.floor(text.length * at);
      text = text.slice(0, index) + insert + text.slice(index + remove);
    }
    return text;
  });

const chunked = fuzzRequest.map(({ path, headers, body = new Uint8Array() }) => {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const data = Buffer.from(body).toString("latin1");
  return (
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${lines}Transfer-Encoding: chunked\r\n\r\n` +
    `${data.length.toString(16)}\r\n${data}\r\n0\r\n\r\n`
  );
});

const conversation: fc.Arbitrary<Conversation> = fc.record({
  text: fc.oneof(
    { weight: 1, arbitrary: noise },
    { weight: 5, arbitrary: damaged },
    { weight: 1, arbitrary: chunked },
  ),
  writes: fc.integer({ min: 1, max: 4 }),
  waits: fc.boolean(),
});

describe.each([nodeDoor, fastLane])("sockets of $name", (door) => {
  const { logger, errors } = errorKeeper();
  let open: OpenDoor;

  beforeAll(async () => {
    open = await door.open({
      logger,
      longPollTimeoutMs: 5,
      headerTimeoutMs: 100,
      bodyTimeoutMs: 100,
      stalledReaderMs: 500,
    });
  });

  afterAll(() => open.close());

  async function converse({ text, writes, waits }: Conversation): Promise<string> {
    const raw = await RawSocket.open(open.url);
    const length = Math.ceil(text.length / writes);
    for (let at = 0; at < text.length; at += length) {
      raw.write(text.slice(at, at + length));
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (waits) await raw.until((received) => received.includes("\r\n\r\n"));
    raw.destroy();
    return raw.received;
  }

  test("get proper answers to what can be understood, and are cut with whatever else", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(conversation, { minLength: 20, maxLength: 40 }), async (conversations) => {
        const answers = await Promise.all(conversations.map(converse));
        for (const [index, answer] of answers.entries()) {
          expect(answer, conversations[index]!.text).toMatch(/^$|^HTTP\/1\.1 [1-4]\d\d |^HTTP\/1\.1 503 /);
        }
      }),
      { numRuns: runs(6) },
    );
  });

  test("leave a server behind that has logged no error, holds nothing and works", async () => {
    expect(errors).toEqual([]);
    await expect.poll(() => open.server.metrics()).toMatchObject({ liveReaders: 0, heldBodyBytes: 0 });
    const http = new Http(open.url);
    await http.delete("after");
    expect((await http.put("after", { headers: TEXT, body: "fine" })).status).toBe(201);
    expect((await http.get("after")).text).toBe("fine");
  });
});
