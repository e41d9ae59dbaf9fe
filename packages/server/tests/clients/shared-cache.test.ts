/**
 * A shared cache in front of a server with services: nginx, which keeps whatever it may (CONTRIBUTING.md, "Programs that tests
 * use"). What it kept for one must be nobody else's, and what is for all must come from it.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer as createSocketServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "@perennial/server";
import { mintToken, signingKey } from "@perennial/tokens";
import { afterEach, describe, expect, test } from "vitest";
import { Http, TEXT } from "../support/http.ts";

const PROGRAM = "nginx";
const hasNginx = spawnSync(PROGRAM, ["-v"]).error === undefined;
const running: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
});

async function freePort(): Promise<number> {
  const socket = createSocketServer();
  await new Promise<void>((resolve) => socket.listen(0, "127.0.0.1", resolve));
  const { port } = socket.address() as { port: number };
  await new Promise((resolve) => socket.close(resolve));
  return port;
}

/** Keys are URLs alone, as they are by default, so nothing but what the server says keeps answers apart. */
const configuration = (directory: string, port: number, upstream: string): string => `
${process.getuid?.() === 0 ? "user root;" : ""}
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log stderr crit;
events { worker_connections 64; }
http {
  access_log off;
  proxy_cache_path ${directory}/cache keys_zone=streams:1m;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass ${upstream};
      proxy_cache streams;
      proxy_cache_revalidate on;
      add_header X-Cache $upstream_cache_status always;
    }
  }
}
`;

/** The server behind the cache, and both of their addresses. */
async function behindCache() {
  const server = createServer({ port: 0, stopGraceMs: 0 });
  await server.start();
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), "perennial-cache-"));
  const file = join(directory, "nginx.conf");
  writeFileSync(file, configuration(directory, port, server.url));
  const nginx: ChildProcess = spawn(PROGRAM, ["-c", file, "-p", directory, "-e", "stderr"]);
  const ended = new Promise((resolve) => nginx.once("close", resolve));
  running.push(async () => {
    nginx.kill("SIGTERM");
    await ended;
    await server.stop();
  });
  const cache = new Http(`http://127.0.0.1:${port}`);
  const isThere = () =>
    cache.send("GET", "/health").then(
      () => true,
      () => false,
    );
  await expect.poll(isThere, { timeout: 5000 }).toBe(true);
  return { server, cache };
}

const bearer = (credential: string) => ({ Authorization: `Bearer ${credential}` });

describe("behind a shared cache", () => {
  test.runIf(hasNginx)("what needs a secret or a token is given to nobody else", async () => {
    const { server, cache } = await behindCache();
    const secrets: string[] = [];
    for (const id of ["app", "other"]) {
      const made = await server.services.create(id);
      if (made.kind === "ok") secrets.push(made.value.secret);
    }
    const [secret, others] = secrets as [string, string];
    await cache.put("app/s", { headers: { ...TEXT, ...bearer(secret) }, body: "for app alone" });
    const key = await signingKey(secret);
    const token = await mintToken(key, { service: "app", streams: [{ match: "s", ops: ["read"] }] });
    const lacking = await mintToken(key, { service: "app", streams: [{ match: "x", ops: ["read"] }] });
    for (const query of ["", "?offset=-1", `?access_token=${token}`, "?offset=-1&live=long-poll"]) {
      const asked = query.startsWith("?access_token") ? {} : bearer(secret);
      for (let n = 0; n < 3; n++) {
        const own = await cache.get("app/s", query, asked);
        expect([own.text, own.headers.get("X-Cache")], query).toEqual(["for app alone", "MISS"]);
      }
      if (query.startsWith("?access_token")) continue;
      for (const [stranger, status] of [
        [{}, 401],
        [bearer(others), 401],
        [bearer(lacking), 403],
        [{ Cookie: "perennial_token=x" }, 401],
      ] as const) {
        const refused = await cache.get("app/s", query, stranger);
        expect([refused.status, refused.text.includes("for app alone")], query).toEqual([status, false]);
      }
    }
    // Nor is a refusal kept, which would shut out whoever comes next.
    expect((await cache.get("app/s", "?offset=-1", bearer(secret))).status).toBe(200);
    for (const path of ["streams", "usage", "changes"]) {
      const url = `/v1/stream/__ds/${path}`;
      expect((await cache.send("GET", url, { headers: bearer(secret) })).status).toBe(200);
      expect((await cache.send("GET", url)).status).toBe(401);
      const theirs = await cache.send("GET", url, { headers: bearer(others) });
      expect([theirs.status, theirs.text.includes("app/s")]).toEqual([200, false]);
    }
  });

  test.runIf(hasNginx)("what is for all comes from it", async () => {
    const { cache } = await behindCache();
    await cache.put("s", { headers: TEXT, body: "for all" });
    expect((await cache.get("s", "?offset=-1")).headers.get("X-Cache")).toBe("MISS");
    const again = await cache.get("s", "?offset=-1");
    expect([again.text, again.headers.get("X-Cache")]).toEqual(["for all", "HIT"]);
  });
});
