import { gzipSync } from "node:zlib";
import { createServer } from "@perennial/server";
import { expect, test } from "vitest";
import { TEXT } from "../support/http.ts";
import { expectProblem } from "../support/problem.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

const PAGE = {
  path: "/streams/*",
  contentType: "text/html",
  body: Buffer.from("the page"),
  gzip: gzipSync("the page"),
  etag: '"1"',
  immutable: false,
};

throughEachDoor(
  "other stream roots (docs/extensions.md)",
  (s) => {
    test("a stream is the same one under each root", async () => {
      const name = s.name();
      const created = await s.http.send("PUT", `/v1/streams/${name}`, { headers: TEXT, body: "one " });
      expect(created.status).toBe(201);
      expect(created.headers.get("Location")).toBe(`${s.open.url}/v1/streams/${name}`);
      expect((await s.http.send("POST", `/${name}`, { headers: TEXT, body: "two " })).status).toBe(204);
      expect((await s.http.post(name, { headers: TEXT, body: "three" })).status).toBe(204);
      for (const root of ["/v1/stream", "/v1/streams", ""]) {
        expect((await s.http.send("GET", `${root}/${name}?offset=-1`)).text).toBe("one two three");
      }
      expect((await s.http.send("DELETE", `/${name}`)).status).toBe(204);
      expect((await s.http.head(name)).status).toBe(404);
    });

    test("a name may look like the beginning of another root", async () => {
      expect((await s.http.send("PUT", "/v1/streamsandmore/x", { headers: TEXT })).status).toBe(201);
      expect((await s.http.head("v1/streamsandmore/x")).status).toBe(200);
    });

    test("a fork names its source as any root has it", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT, body: "origin" });
      for (const root of ["/v1/stream", "/v1/streams", ""]) {
        const fork = `${name}-fork${root.length}`;
        const headers = { ...TEXT, "Stream-Forked-From": `${root}/${name}` };
        expect((await s.http.send("PUT", `${root}/${fork}`, { headers })).status).toBe(201);
        expect((await s.http.get(fork)).text).toBe("origin");
      }
    });

    test("a stream can be followed under another root", async () => {
      const name = s.name();
      await s.http.put(name, { headers: { ...TEXT, "Stream-Closed": "true" }, body: "x" });
      const { text } = await s.http.send("GET", `/${name}?offset=-1&live=sse`);
      expect(text).toContain("data:x");
    });

    test("the list is under each root, and health and the explorer stay where they are", async () => {
      const [first, second] = [
        await s.http.send("GET", "/v1/streams/__ds/streams"),
        await s.http.send("GET", "/v1/stream/__ds/streams"),
      ];
      expect(first.status).toBe(200);
      expect(first.text).toBe(second.text);
      expect((await s.http.send("GET", "/health")).text).toContain('"ok"');
      expect((await s.http.send("GET", "/streams/a")).text).toBe("the page");
      expectProblem(await s.http.send("PUT", "/streams/a", { headers: TEXT }), {
        status: 405,
        code: "method_not_allowed",
      });
    });

    test("no root alone, and nothing of the control API, is a stream", async () => {
      expectProblem(await s.http.send("PUT", "/", { headers: TEXT }), { status: 400, code: "bad_path" });
      expect((await s.http.send("PUT", "/__ds/x", { headers: TEXT })).status).toBe(404);
      expect((await s.http.send("PUT", "/v1/streams/__ds/x", { headers: TEXT })).status).toBe(404);
    });
  },
  () => ({ streamRoot: "/v1/streams,/", explorer: [PAGE] }),
);

test.each(["streams", "/v1/stream/x", "/a//b", ""])("the root %j is refused", (streamRoot) => {
  expect(() => createServer({ streamRoot })).toThrow(/streamRoot must be/);
});

test("a root that would hide the explorer is refused", () => {
  expect(() => createServer({ streamRoot: "/streams", explorer: [PAGE] })).toThrow(/explorer/);
  expect(() => createServer({ streamRoot: "/streams" })).not.toThrow();
});
