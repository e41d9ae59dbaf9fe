/** The server inside an application of somebody else. */
import { createServer } from "@perennial/server";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Bridge, bridge } from "../fetch-bridge.ts";
import { EventStream } from "../support/event-stream.ts";
import { Http, TEXT } from "../support/http.ts";

describe("embedded in Hono", () => {
  const server = createServer();
  const app = new Hono();
  app.get("/", (context) => context.text("the application"));
  app.all("/v1/stream/*", (context) => server.fetch(context.req.raw));
  let socket: Bridge;
  let http: Http;

  beforeAll(async () => {
    socket = await bridge(async (request) => app.fetch(request));
    http = new Http(socket.url);
  });

  afterAll(async () => {
    await server.stop();
    await socket.close();
  });

  test("needs no start and no port", async () => {
    const created = await app.request("/v1/stream/direct", { method: "PUT", headers: TEXT, body: "x" });
    expect([created.status, created.headers.get("Location")]).toEqual([
      201,
      "http://localhost/v1/stream/direct",
    ]);
    expect(await (await app.request("/v1/stream/direct")).text()).toBe("x");
    expect(() => server.url).toThrow();
  });

  test("serves streams beside the application's own routes", async () => {
    expect((await http.send("GET", "/")).text).toBe("the application");
    expect((await http.put("s", { headers: TEXT, body: "Hello" })).headers.get("Location")).toBe(
      `${socket.url}/v1/stream/s`,
    );
    expect((await http.get("s")).text).toBe("Hello");
  });

  test("serves live readers, and lets them go when they leave", async () => {
    await http.put("live", { headers: TEXT });
    const sse = await EventStream.open(http.url("live", "?offset=-1&live=sse"));
    await sse.until(({ controls }) => controls.length === 1);
    await http.post("live", { headers: TEXT, body: "event" });
    await sse.until(({ payloads }) => payloads.length === 1);
    expect(server.metrics().liveReaders).toBe(1);
    sse.close();
    await expect.poll(() => server.metrics().liveReaders).toBe(0);
  });
});
