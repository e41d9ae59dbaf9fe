/** A clean restart and a SIGKILL change no byte of any answer, whatever the shape of the stream. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { BINARY, Http, JSON_TYPE, producer, TEXT } from "../support/http.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

const directory = await mkdtemp(join(tmpdir(), "perennial-restart-"));
let server: ServerProcess | undefined;
afterAll(async () => {
  await server?.kill();
  await rm(directory, { recursive: true });
});

const LONG = "0123456789abcdef".repeat(20_000);
const EXPIRES = { "Stream-Expires-At": "2099-01-01T00:00:00Z" };

/** All shapes of streams. Every answer must be a success. */
async function populate(http: Http): Promise<void> {
  const source = { "Stream-Forked-From": http.path("source") };
  const steps = [
    () => http.put("empty"),
    () => http.put("text", { headers: TEXT, body: "first" }),
    () => http.post("text", { headers: TEXT, body: " second" }),
    () => http.put("json", { headers: { ...JSON_TYPE, "Stream-TTL": "86400" }, body: '[{"a":1},{"b":"ü"}]' }),
    () => http.post("json", { headers: { ...JSON_TYPE, "Stream-Seq": "0001" }, body: "[1,2,3]" }),
    () => http.put("long", { headers: { ...BINARY, ...EXPIRES }, body: LONG }),
    () => http.put("produced", { headers: BINARY }),
    () => http.post("produced", { headers: { ...BINARY, ...producer("p", 2, 0) }, body: "one" }),
    () => http.post("produced", { headers: { ...BINARY, ...producer("p", 2, 1) }, body: "two" }),
    () => http.put("closed", { headers: TEXT, body: "end" }),
    () => http.post("closed", { headers: { "Stream-Closed": "true", ...producer("q", 0, 0) } }),
    () => http.put("source", { headers: TEXT, body: "shared bytes" }),
    () => http.put("fork", { headers: source }),
    () => http.post("fork", { headers: TEXT, body: ", own bytes" }),
    () => http.send("DELETE", http.path("source")),
    () => http.put("deleted", { headers: TEXT, body: "gone" }),
    () => http.send("DELETE", http.path("deleted")),
  ];
  for (const step of steps) {
    const answer = await step();
    expect(answer.status, answer.text).toBeLessThan(300);
  }
}

const NAMES = ["empty", "text", "json", "long", "produced", "closed", "source", "fork", "deleted", "never"];

/** Every answer about every stream: status, headers and bytes. */
async function answers(http: Http): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const name of NAMES) {
    for (const method of ["HEAD", "GET"] as const) {
      for (const query of ["", "?offset=now", "?offset=0000000000000000_0000000000000000"]) {
        const answer = await http.send(method, http.path(name) + query);
        const headers = Object.fromEntries([...answer.headers].filter(([header]) => header !== "date"));
        all[`${method} ${name}${query}`] = { status: answer.status, headers, text: answer.text };
      }
    }
  }
  const { url } = { url: http.origin };
  return JSON.parse(JSON.stringify(all).replaceAll(url, "origin"));
}

/** What a retry of each producer's last request, and of a conflicting one, is told. */
async function retries(http: Http): Promise<unknown[]> {
  const repeated = await http.post("produced", {
    headers: { ...BINARY, ...producer("p", 2, 1) },
    body: "two",
  });
  const stale = await http.post("produced", { headers: { ...BINARY, ...producer("p", 1, 0) }, body: "old" });
  const closing = await http.post("closed", { headers: { "Stream-Closed": "true", ...producer("q", 0, 0) } });
  const sequence = await http.post("json", { headers: { ...JSON_TYPE, "Stream-Seq": "0001" }, body: "[4]" });
  return [repeated, stale, closing, sequence].map(({ status }) => status);
}

test("every response is byte for byte the same after a restart and after a kill", async () => {
  server = await startServer({ directory });
  await populate(new Http(server.url));
  const before = await answers(new Http(server.url));
  const told = await retries(new Http(server.url));
  await server.kill();

  server = await startServer({ directory });
  expect(await answers(new Http(server.url))).toEqual(before);
  expect(await retries(new Http(server.url))).toEqual(told);
  await server.stop();

  server = await startServer({ directory });
  expect(server.recovery.records).toBe(0);
  expect(await answers(new Http(server.url))).toEqual(before);
  expect(await retries(new Http(server.url))).toEqual(told);
});
