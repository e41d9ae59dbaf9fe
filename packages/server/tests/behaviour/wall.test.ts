import { createServer } from "@perennial/server";
import { describe, expect, test } from "vitest";
import { fastLane, fetchDoor, nodeDoor } from "../doors/doors.ts";
import { Http, TEXT } from "../support/http.ts";
import { rawRequest } from "../support/raw-socket.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

/** Every route, with methods that it has and does not have. */
const ROUTES = [
  "/",
  "/health",
  "/health/live",
  "/v1/stream/kept",
  "/v1/stream/none",
  "/v1/stream/__list__",
  "/x",
];
const METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH"];

throughEachDoor("pages", (s) => {
  test("of other origins get no answer from any route, and change nothing", async () => {
    await s.http.put("kept", { headers: TEXT, body: "kept" });
    for (const path of ROUTES)
      for (const method of METHODS) {
        const headers = { Origin: "https://evil.example", ...TEXT };
        const answer = await s.http.send(method, path, { headers });
        // A preflight is answered, but without the page's origin: the browser then asks for nothing more.
        expect([method, path, answer.status]).toEqual([method, path, method === "OPTIONS" ? 204 : 403]);
        expect(answer.headers.has("Access-Control-Allow-Origin")).toBe(false);
      }
    expect((await s.http.get("kept")).text).toBe("kept");
    expect((await s.http.get("none")).status).toBe(404);
  });

  test("the refusal says what opens the server", async () => {
    const { text } = await s.http.get("kept", "", { Origin: "https://evil.example" });
    const problem = JSON.parse(text);
    expect(problem.code).toBe("origin_refused");
    expect(problem.detail).toContain("https://evil.example");
    expect(problem.detail).toContain("--cors-origin");
    expect(problem.detail).toContain("--no-auth");
  });

  test("of this machine read and write, and find their origin in the answer", async () => {
    const page = { Origin: "http://localhost:3000" };
    const answers = [
      await s.http.send("OPTIONS", "/v1/stream/paged", { headers: page }),
      await s.http.put("paged", { headers: { ...page, ...TEXT }, body: "x" }),
      await s.http.get("paged", "", page),
      await s.http.get("missing", "", page),
    ];
    expect(answers.map(({ status }) => status)).toEqual([204, 201, 200, 404]);
    for (const { headers } of answers) {
      expect(headers.get("Access-Control-Allow-Origin")).toBe(page.Origin);
      expect(headers.get("Vary")).toBe("Origin");
      expect(headers.get("Access-Control-Expose-Headers")).toContain("Stream-Next-Offset");
    }
  });
});

throughEachDoor(
  "pages without auth",
  (s) => {
    test("read and write, whosever they are", async () => {
      const headers = { Origin: "https://any.example", ...TEXT };
      const answer = await s.http.put("open", { headers });
      expect([answer.status, answer.headers.get("Access-Control-Allow-Origin")]).toEqual([201, "*"]);
      expect(answer.headers.has("Vary")).toBe(false);
    });
  },
  () => ({ auth: false }),
);

describe.each([nodeDoor, fastLane])("names, through $name", (door) => {
  test("that the server does not know get 421, which says what to do", async () => {
    const open = await door.open();
    await new Http(open.url).put("s", { headers: TEXT, body: "x" });
    for (const path of ROUTES) {
      const answer = await rawRequest(open.url, `GET ${path} HTTP/1.1\r\nHost: evil.example:4437\r\n\r\n`);
      expect([path, answer.status]).toEqual([path, 421]);
      expect(answer.body).toContain("--public-url");
      expect(answer.body).toContain("--no-auth");
    }
    const own = await rawRequest(open.url, "GET /v1/stream/s HTTP/1.1\r\nHost: localhost:1\r\n\r\n");
    expect(own.status).toBe(200);
    await open.close();
  });
});

test("names are the embedder's business, through fetch", async () => {
  const open = await fetchDoor.open();
  const answer = await open.server.fetch(new Request("https://app.example/v1/stream/s"));
  expect(answer.status).toBe(404);
  const own = { headers: { Origin: "https://app.example" } };
  expect((await open.server.fetch(new Request("https://app.example/v1/stream/s", own))).status).toBe(404);
  await open.close();
});

test("other machines: the server does not listen for them unless it is told that this is meant", async () => {
  for (const host of ["0.0.0.0", "::", "192.0.2.1", "streams.example"]) {
    const closed = createServer({ host, port: 0 });
    await expect(closed.start()).rejects.toThrow(
      /create a service, or say with auth: false that this is meant/,
    );
    await closed.stop();
  }
  const open = createServer({ host: "0.0.0.0", port: 0, auth: false, stopGraceMs: 0 });
  await open.start();
  await open.stop();
});
