import { expect, test } from "vitest";
import { JSON_TYPE, offset, TEXT } from "../support/http.ts";
import { expectProblem } from "../support/problem.ts";
import { RawSocket } from "../support/raw-socket.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

throughEachDoor(
  "PUT (protocol §5)",
  (s) => {
    test("a refused body leaves no stream behind", async () => {
      const name = s.name();
      expectProblem(await s.http.put(name, { headers: JSON_TYPE, body: "{oops" }), {
        status: 400,
        code: "invalid_json",
      });
      expect((await s.http.head(name)).status).toBe(404);
      expect((await s.http.put(name, { headers: TEXT })).status).toBe(201);
    });

    test("an existing stream ignores the body, valid or not, and appends nothing", async () => {
      const name = s.name();
      await s.http.put(name, { headers: JSON_TYPE, body: "[1]" });
      for (const body of ["[2]", "{oops"]) {
        const again = await s.http.put(name, { headers: JSON_TYPE, body });
        expect([again.status, again.next, again.headers.has("Location")]).toEqual([200, offset(2), false]);
      }
      expect((await s.http.get(name)).text).toBe("[1]");
    });

    test("content types are compared without parameters, and the stored one is reported", async () => {
      const name = s.name();
      await s.http.put(name, { headers: { "Content-Type": "text/plain; charset=UTF-8" } });
      const again = await s.http.put(name, { headers: { "Content-Type": "TEXT/plain" } });
      expect([again.status, again.headers.get("Content-Type")]).toEqual([200, "text/plain; charset=UTF-8"]);
    });

    test("closed and open differ, either way round", async () => {
      const [open, closed] = [s.name(), s.name()];
      const isClosed = { headers: { ...TEXT, "Stream-Closed": "true" } };
      await s.http.put(open, { headers: TEXT });
      await s.http.put(closed, isClosed);
      expectProblem(await s.http.put(open, isClosed), { status: 409, code: "stream_exists" });
      expectProblem(await s.http.put(closed, { headers: TEXT }), { status: 409, code: "stream_exists" });
      const again = await s.http.put(closed, isClosed);
      expect([again.status, again.headers.get("Stream-Closed")]).toEqual([200, "true"]);
    });

    test("an unusable content type counts as an absent one", async () => {
      const created = await s.http.put(s.name(), { headers: { "Content-Type": "not a type" } });
      expect([created.status, created.headers.get("Content-Type")]).toEqual([
        201,
        "application/octet-stream",
      ]);
    });

    test("a chunked body is content, too", async () => {
      const name = s.name();
      const raw = await RawSocket.open(s.open.url);
      raw.write(`PUT /v1/stream/${name} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n`);
      raw.write("Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n");
      expect((await raw.answer()).status).toBe(201);
      raw.destroy();
      expect((await s.http.get(name)).text).toBe("onetwo");
    });

    test.each([
      "2030",
      "2030-01-01",
      "2030-02-30T00:00:00Z",
      "Tue, 01 Jan 2030 00:00:00 GMT",
      "2030-01-01T00:00:00",
    ])("Stream-Expires-At: %s is not a timestamp", async (value) => {
      expectProblem(await s.http.put(s.name(), { headers: { ...TEXT, "Stream-Expires-At": value } }), {
        status: 400,
        code: "bad_header",
        header: "Stream-Expires-At",
      });
    });

    test.each(["abc", "-1", "00060", "1e3", "", "99999999999999999999"])(
      "Stream-TTL: %j is refused by name",
      async (value) => {
        expectProblem(await s.http.put(s.name(), { headers: { ...TEXT, "Stream-TTL": value } }), {
          status: 400,
          code: "bad_header",
          header: "Stream-TTL",
        });
      },
    );

    test("expiry is compared as an instant, however it is written", async () => {
      const name = s.name();
      const put = (at: string) => s.http.put(name, { headers: { ...TEXT, "Stream-Expires-At": at } });
      expect((await put("2031-06-01T12:00:00Z")).status).toBe(201);
      for (const same of [
        "2031-06-01T12:00:00+00:00",
        "2031-06-01T14:30:00.000+02:30",
        "2031-06-01t12:00:00z",
      ]) {
        expect((await put(same)).status).toBe(200);
      }
      expect((await put("2031-06-01T12:00:00.001Z")).status).toBe(409);
      expect((await s.http.head(name)).headers.get("Stream-Expires-At")).toBe("2031-06-01T12:00:00.000Z");
    });

    test("TTL 0 and an expiry in the past are legal: the stream is over at once", async () => {
      for (const lifetime of [{ "Stream-TTL": "0" }, { "Stream-Expires-At": "2001-01-01T00:00:00Z" }]) {
        const name = s.name();
        expect((await s.http.put(name, { headers: { ...TEXT, ...lifetime }, body: "x" })).status).toBe(201);
        expect((await s.http.get(name)).status).toBe(404);
        expect((await s.http.put(name, { headers: JSON_TYPE })).status).toBe(201);
      }
    });

    test("an expired stream makes room for another configuration", async () => {
      const name = s.name();
      await s.http.put(name, { headers: { ...TEXT, "Stream-TTL": "5" }, body: "old" });
      s.clock.advance(5000);
      const created = await s.http.put(name, { headers: { ...JSON_TYPE, "Stream-TTL": "9" }, body: "[1]" });
      expect([created.status, created.next]).toEqual([201, offset(2)]);
      expect((await s.http.get(name)).text).toBe("[1]");
    });

    test("an expired source with live forks keeps its path, and the forks their bytes", async () => {
      const [source, fork] = [s.name(), s.name()];
      await s.http.put(source, { headers: { ...TEXT, "Stream-TTL": "5" }, body: "inherited" });
      const forkHeaders = { "Stream-Forked-From": s.http.path(source), "Stream-TTL": "500" };
      await s.http.put(fork, { headers: forkHeaders });
      s.clock.advance(5000);
      expectProblem(await s.http.put(source, { headers: TEXT, body: "usurper" }), {
        status: 409,
        code: "path_in_use",
      });
      expect((await s.http.get(fork)).text).toBe("inherited");
      expect((await s.http.get(source)).status).toBe(410);
    });
  },
  (clock) => ({ now: clock.read }),
);
