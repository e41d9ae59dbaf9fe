/** Random requests through each door: always a proper answer, never a 500, and a server that still works. */

import { runs } from "@perennial/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DOORS, type OpenDoor } from "../doors/doors.ts";
import { type Answer, Http, TEXT } from "../support/http.ts";
import { errorKeeper } from "../support/silent-logger.ts";
import { type FuzzRequest, fuzzRequest } from "./requests.ts";

const STATUSES = [200, 201, 204, 304, 400, 403, 404, 405, 409, 410, 413, 414, 503];

describe.each(DOORS)("random requests through $name", (door) => {
  const { logger, errors } = errorKeeper();
  let open: OpenDoor;
  let http: Http;

  beforeAll(async () => {
    open = await door.open({ logger, longPollTimeoutMs: 5, liveReaders: 20 });
    http = new Http(open.url);
  });

  afterAll(() => open.close());

  /** Sends a request and reads the answer; of a live one only the head. */
  async function send({ method, path, query, headers, body }: FuzzRequest): Promise<Omit<Answer, "next">> {
    const aborter = new AbortController();
    const response = await fetch(`${open.url}${path}${query}`, {
      method,
      headers: headers.map(([name, value]) => [name, value] as [string, string]),
      signal: aborter.signal,
      ...(body === undefined ? {} : { body: Buffer.from(body) }),
    });
    const isLive = response.headers.get("Content-Type") === "text/event-stream";
    const bytes = isLive ? Buffer.alloc(0) : Buffer.from(await response.arrayBuffer());
    if (isLive) aborter.abort();
    return { status: response.status, headers: response.headers, bytes, text: bytes.toString() };
  }

  function expectProper(answer: Omit<Answer, "next">, request: FuzzRequest): void {
    expect(STATUSES).toContain(answer.status);
    expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff");
    if (answer.status < 400) return;
    expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
    if (request.method === "HEAD") return;
    expect(JSON.parse(answer.text)).toMatchObject({ status: answer.status, code: expect.any(String) });
  }

  test("one after the other", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fuzzRequest, { maxLength: 12 }), async (requests) => {
        for (const request of requests) expectProper(await send(request), request);
      }),
      { numRuns: runs(25) },
    );
  });

  test("many at once", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fuzzRequest, { minLength: 10, maxLength: 40 }), async (requests) => {
        const answers = await Promise.all(requests.map((request) => send(request)));
        for (const [index, answer] of answers.entries()) expectProper(answer, requests[index]!);
      }),
      { numRuns: runs(6) },
    );
  });

  test("leave a server behind that has logged no error, holds nothing and works", async () => {
    expect(errors).toEqual([]);
    await expect.poll(() => open.server.metrics()).toMatchObject({ liveReaders: 0, heldBodyBytes: 0 });
    await http.delete("after");
    expect((await http.put("after", { headers: TEXT, body: "fine" })).status).toBe(201);
    expect((await http.get("after")).text).toBe("fine");
  });
});
