import { gzipSync } from "node:zlib";
import type { Asset } from "@perennial/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DOORS, type OpenDoor } from "../doors/doors.ts";

const file = (path: string, contentType: string, text: string, immutable: boolean): Asset => ({
  path,
  contentType,
  body: Buffer.from(text),
  gzip: gzipSync(text),
  etag: `"${text.length}"`,
  immutable,
});

const PAGE = "<!doctype html><title>page</title>";
const SCRIPT = "console.log(1)";
const ASSETS: readonly Asset[] = [
  file("/", "text/html; charset=utf-8", PAGE, false),
  file("/streams/*", "text/html; charset=utf-8", PAGE, false),
  file("/assets/main-1.js", "text/javascript; charset=utf-8", SCRIPT, true),
];

describe.each(DOORS)("the explorer's files through $name", (door) => {
  let open: OpenDoor;

  beforeAll(async () => {
    open = await door.open({ explorer: ASSETS });
  });
  afterAll(() => open.close());

  const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
    fetch(open.url + path, { method, headers: { "Accept-Encoding": "identity", ...headers } });

  it.each(["/", "/?q=1", "/streams/", "/streams/a/b.json?at=1"])("serves the page at %s", async (path) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(PAGE);
    expect(response.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("Cache-Control")).toBe("no-cache");
    expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
  });

  it("allows the page its own scripts, styles and connections, and nothing else", async () => {
    const policy = (await get("/")).headers.get("Content-Security-Policy")!;
    expect(policy.split("; ")).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
      ]),
    );
    expect(policy).not.toMatch(/unsafe|\*/);
  });

  it("lets caches keep hashed files for ever", async () => {
    const response = await get("/assets/main-1.js");
    expect(await response.text()).toBe(SCRIPT);
    expect(response.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
  });

  it("answers 304 to whoever has the file, each form by its own tag", async () => {
    const plain = (await get("/")).headers.get("ETag")!;
    const compressed = (await get("/", { "Accept-Encoding": "gzip" })).headers.get("ETag")!;
    expect(compressed).not.toBe(plain);
    expect((await get("/", { "If-None-Match": plain })).status).toBe(304);
    expect((await get("/", { "If-None-Match": compressed })).status).toBe(200);
  });

  it("is compressed for whoever takes it, and says what it depends on", async () => {
    const response = await get("/", { "Accept-Encoding": "gzip" });
    expect(response.headers.get("Content-Encoding")).toBe("gzip");
    expect(response.headers.get("Vary")).toBe("Origin, Accept-Encoding");
    expect(await response.text()).toBe(PAGE);
  });

  it("answers HEAD without a body, and 405 to what would change something", async () => {
    const head = await get("/", {}, "HEAD");
    expect([head.status, await head.text()]).toEqual([200, ""]);
    const post = await get("/", {}, "POST");
    expect([post.status, post.headers.get("Allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
  });

  it.each(["/assets/none.js", "/stream", "/v1/other", "/streams"])("knows nothing at %s", async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it("leaves streams alone", async () => {
    expect((await get("/v1/stream/streams/a", {}, "PUT")).status).toBe(201);
    expect((await get("/v1/stream/streams/b")).status).toBe(404);
  });
});
