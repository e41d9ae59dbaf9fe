import { expect, test } from "vitest";
import { isPending, JSON_TYPE, offset, TEXT } from "../support/http.ts";
import { expectProblem } from "../support/problem.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

const CLOSE = { "Stream-Closed": "true" } as const;

throughEachDoor(
  "long-poll (protocol §13)",
  (s) => {
    const liveReaders = () => s.open.server.metrics().liveReaders;

    /** Starts a long-poll; the server has taken it in when this resolves. */
    async function started(name: string, from = "now") {
      const before = liveReaders();
      const answer = s.http.get(name, `?offset=${from}&live=long-poll`);
      await expect.poll(liveReaders, { interval: 2 }).toBe(before + 1);
      return { answer };
    }

    test("without an offset it is refused by name", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT });
      expectProblem(await s.http.get(name, "?live=long-poll"), {
        status: 400,
        code: "bad_parameter",
        parameter: "offset",
      });
    });

    test("beyond the tail it waits, and gets what comes next", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT, body: "abc" });
      const { answer } = await started(name, offset(100));
      await s.http.head(name);
      expect(await isPending(answer)).toBe(true);
      await s.http.post(name, { headers: TEXT, body: "def" });
      const { status, text, next } = await answer;
      expect([status, text, next]).toEqual([200, "def", offset(6)]);
    });

    test("append-and-close answers with the data and the end in one", async () => {
      const name = s.name();
      await s.http.put(name, { headers: JSON_TYPE });
      const { answer } = await started(name);
      await s.http.post(name, { headers: { ...JSON_TYPE, ...CLOSE }, body: "[1,2]" });
      const { status, text, headers } = await answer;
      expect([status, text, headers.get("Stream-Closed"), headers.get("Stream-Up-To-Date")]).toEqual([
        200,
        "[1,2]",
        "true",
        "true",
      ]);
    });

    test("a close without data answers 204 with the end", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT, body: "abc" });
      const { answer } = await started(name);
      await s.http.post(name, { headers: CLOSE });
      const { status, headers, next } = await answer;
      expect([status, headers.get("Stream-Closed"), next]).toEqual([204, "true", offset(3)]);
    });

    test("the deletion of the stream answers 404 at once, also if the path lives again", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT });
      const { answer } = await started(name);
      await Promise.all([s.http.delete(name), s.http.put(name, { headers: TEXT, body: "new life" })]);
      expectProblem(await answer, { status: 404, code: "stream_not_found" });
    });

    test("a soft deletion answers 410 at once", async () => {
      const [name, fork] = [s.name(), s.name()];
      await s.http.put(name, { headers: TEXT });
      await s.http.put(fork, { headers: { "Stream-Forked-From": s.http.path(name) } });
      const { answer } = await started(name);
      await s.http.delete(name);
      expectProblem(await answer, { status: 410, code: "stream_gone" });
    });

    test("a client that goes away frees its place", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT });
      const before = liveReaders();
      const aborter = new AbortController();
      const query = "?offset=now&live=long-poll";
      const request = s.http
        .send("GET", s.http.path(name), { query, signal: aborter.signal })
        .catch(() => "gone");
      await expect.poll(liveReaders, { interval: 2 }).toBe(before + 1);
      aborter.abort();
      expect(await request).toBe("gone");
      await expect.poll(liveReaders, { interval: 2 }).toBe(before);
    });

    test("many in a row on one connection leave nothing behind on it", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT });
      const warnings: Error[] = [];
      const note = (warning: Error): void => void warnings.push(warning);
      process.on("warning", note);
      for (let count = 0; count < 30; count++) {
        const { answer } = await started(name);
        await s.http.post(name, { headers: TEXT, body: "x" });
        expect((await answer).text).toBe("x");
      }
      await new Promise((resolve) => setImmediate(resolve));
      process.off("warning", note);
      expect(warnings).toEqual([]);
    });

    test("answers carry a tag, a cursor while open, and may be stored only with data", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT, body: "x" });
      const read = await s.http.get(name, "?offset=-1&live=long-poll&cursor=nonsense");
      expect(read.headers.get("Stream-Cursor")).toMatch(/^[0-9]+$/);
      expect(read.headers.get("ETag")).toMatch(/^"/);
      const next = await s.http.get(
        name,
        `?offset=-1&live=long-poll&cursor=${read.headers.get("Stream-Cursor")}`,
      );
      expect(Number(next.headers.get("Stream-Cursor"))).toBeGreaterThan(
        Number(read.headers.get("Stream-Cursor")),
      );
      await s.http.post(name, { headers: CLOSE });
      const end = await s.http.get(name, "?offset=now&live=long-poll");
      expect([end.status, end.headers.get("Cache-Control"), end.headers.get("Stream-Cursor")]).toEqual([
        204,
        "no-store",
        null,
      ]);
    });
  },
  () => ({ longPollTimeoutMs: 20_000 }),
);

throughEachDoor(
  "long-poll timeouts (protocol §13)",
  (s) => {
    test("a timeout answers 204 with tail, cursor and up-to-date, and is not to be stored", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT, body: "abc" });
      const { status, headers, next, text } = await s.http.get(name, "?offset=now&live=long-poll");
      expect([status, next, text]).toEqual([204, offset(3), ""]);
      expect(headers.get("Stream-Up-To-Date")).toBe("true");
      expect(headers.get("Stream-Cursor")).toMatch(/^[0-9]+$/);
      expect(headers.get("Cache-Control")).toBe("no-store");
    });
  },
  () => ({ longPollTimeoutMs: 20 }),
);
