import { expect, test } from "vitest";
import { EventStream } from "../support/event-stream.ts";
import { TEXT } from "../support/http.ts";
import { expectProblem } from "../support/problem.ts";
import { RawSocket } from "../support/raw-socket.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

throughEachDoor(
  "limits",
  (s) => {
    test("413: a body may have the limit, and not a byte more, announced or in chunks", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT });
      expect((await s.http.post(name, { headers: TEXT, body: Buffer.alloc(5000, "x") })).status).toBe(204);
      const tooLarge = await s.http.post(name, { headers: TEXT, body: Buffer.alloc(5001, "x") });
      expectProblem(tooLarge, { status: 413, code: "body_too_large" });
      const raw = await RawSocket.open(s.open.url);
      raw.write(`POST /v1/stream/${name} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n`);
      raw.write(`Transfer-Encoding: chunked\r\n\r\n1389\r\n${"x".repeat(5001)}\r\n0\r\n\r\n`);
      expect((await raw.answer()).status).toBe(413);
      raw.destroy();
      expect((await s.http.get(name)).bytes.length).toBe(5000);
    });

    test("413: a body of ten megabytes gets its answer, not a broken connection", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT });
      const answer = await s.http.post(name, { headers: TEXT, body: Buffer.alloc(10 * 1024 * 1024) });
      expectProblem(answer, { status: 413, code: "body_too_large" });
      expect((await s.http.post(name, { headers: TEXT, body: "x" })).status).toBe(204);
    });

    test("414: a path or a target that is too long", async () => {
      expectProblem(await s.http.put("x".repeat(200), { headers: TEXT }), {
        status: 414,
        code: "path_too_long",
      });
      expectProblem(await s.http.get("x", `?offset=-1&pad=${"x".repeat(600)}`), {
        status: 414,
        code: "target_too_long",
      });
      expectProblem(await s.http.get("x".repeat(600)), { status: 414, code: "target_too_long" });
      expect((await s.http.put("y".repeat(89), { headers: TEXT })).status).toBe(201);
    });

    test("503 with Retry-After: more live readers than the limit; the place of one that left is free", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT });
      const url = s.http.url(name, "?offset=now&live=sse");
      const [first, second] = [await EventStream.open(url), await EventStream.open(url)];
      for (const live of ["sse", "long-poll"]) {
        const refused = await s.http.get(name, `?offset=now&live=${live}`);
        expectProblem(refused, { status: 503, code: "too_many_readers" });
        expect(refused.headers.get("Retry-After")).toMatch(/^[1-9][0-9]*$/);
      }
      await s.http.post(name, { headers: TEXT, body: "x" });
      expect((await s.http.get(name, "?offset=-1&live=long-poll")).status).toBe(200);
      first.close();
      await expect.poll(() => s.open.server.metrics().liveReaders).toBe(1);
      const third = await EventStream.open(url);
      expect(third.response.status).toBe(200);
      second.close();
      third.close();
    });
  },
  () => ({ bodyBytes: 5000, pathBytes: 100, urlBytes: 500, liveReaders: 2 }),
);

throughEachDoor(
  "the budget of all bodies",
  (s) => {
    const heldBytes = () => s.open.server.metrics().heldBodyBytes;

    test("503 with Retry-After: bodies under way that together exceed it; later ones are fine", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT });
      const raw = await RawSocket.open(s.open.url);
      raw.write(`POST /v1/stream/${name} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n`);
      raw.write(`Content-Length: 900000\r\n\r\n${"x".repeat(800_000)}`);
      await expect.poll(heldBytes).toBeGreaterThanOrEqual(800_000);
      const half = { headers: TEXT, body: Buffer.alloc(500_000, "y") };
      const refused = await s.http.post(name, half);
      expectProblem(refused, { status: 503, code: "bodies_over_budget" });
      expect(refused.headers.get("Retry-After")).toMatch(/^[1-9][0-9]*$/);
      raw.write("x".repeat(100_000));
      expect((await raw.answer()).status).toBe(204);
      raw.destroy();
      expect((await s.http.post(name, half)).status).toBe(204);
      await expect.poll(heldBytes).toBe(0);
    });

    test("a body that is cut off appends nothing and gives its share back", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT });
      for (let count = 0; count < 5; count++) {
        const raw = await RawSocket.open(s.open.url);
        raw.write(`POST /v1/stream/${name} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n`);
        raw.write(`Content-Length: 900000\r\n\r\n${"x".repeat(800_000)}`);
        await expect.poll(heldBytes).toBeGreaterThanOrEqual(800_000);
        raw.destroy();
        await expect.poll(heldBytes).toBe(0);
      }
      const large = { headers: TEXT, body: Buffer.alloc(1_000_000, "y") };
      expect((await s.http.post(name, large)).status).toBe(204);
      expect((await s.http.get(name)).bytes.length).toBe(1_000_000);
    });

    test("a body that is refused on its way gives its share back", async () => {
      const raws = await Promise.all(Array.from({ length: 4 }, () => RawSocket.open(s.open.url)));
      for (const raw of raws) {
        raw.write("POST /v1/stream/x HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n");
        raw.write("Transfer-Encoding: chunked\r\n\r\n61a80\r\n");
      }
      for (const raw of raws) raw.write(`${"x".repeat(400_000)}\r\n0\r\n\r\n`);
      const statuses = await Promise.all(raws.map(async (raw) => (await raw.answer()).status));
      for (const raw of raws) raw.destroy();
      for (const status of statuses) expect([404, 503]).toContain(status);
      await expect.poll(heldBytes).toBe(0);
    });
  },
  () => ({ bodyBudgetBytes: 1024 * 1024 }),
);

throughEachDoor(
  "slow bodies",
  (s) => {
    test("408: a body that does not arrive in time", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT });
      const raw = await RawSocket.open(s.open.url);
      raw.write(`POST /v1/stream/${name} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n`);
      raw.write("Content-Length: 10\r\n\r\nslow");
      const answer = await raw.answer();
      expect(answer.status).toBe(408);
      expect(JSON.parse(answer.body)).toMatchObject({ status: 408, code: "request_timeout" });
      raw.destroy();
      expect((await s.http.get(name)).text).toBe("");
    });
  },
  () => ({ bodyTimeoutMs: 100, headerTimeoutMs: 100 }),
);
