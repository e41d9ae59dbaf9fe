/** `stateOffsets`: what readers of state streams see, and that nobody else sees anything of it. */
import { createServer } from "@perennial/server";
import { describe, expect, test } from "vitest";
import { EventStream } from "../support/event-stream.ts";
import { Http, JSON_TYPE, offset, TEXT } from "../support/http.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

const change = (key: string): string =>
  `{"type":"user","key":"${key}","value":1.0,"headers":{"operation":"insert"}}`;
const LENGTH = change("a").length + 1;

/** The same as a reader sees it. */
const shown = (key: string, end: number): string =>
  `{"type":"user","key":"${key}","value":1.0,"headers":{"operation":"insert","offset":"${offset(end)}"}}`;

throughEachDoor("offsets of State messages", (s) => {
  async function stateStream(...bodies: readonly string[]): Promise<string> {
    const name = s.name();
    await s.http.put(name, { headers: JSON_TYPE });
    for (const body of bodies) await s.http.post(name, { headers: JSON_TYPE, body });
    return name;
  }

  test("a catch-up read names where each message ends, and reading goes on behind any of them", async () => {
    const name = await stateStream(`[${change("a")}, ${change("b")}]`, change("c"));
    const all = await s.http.get(name);
    expect(all.text).toBe(`[${shown("a", LENGTH)},${shown("b", 2 * LENGTH)},${shown("c", 3 * LENGTH)}]`);
    expect(all.headers.get("Content-Length")).toBe(String(all.bytes.length));
    expect(all.next).toBe(offset(3 * LENGTH));
    const rest = await s.http.get(name, `?offset=${offset(LENGTH)}`);
    expect(rest.text).toBe(`[${shown("b", 2 * LENGTH)},${shown("c", 3 * LENGTH)}]`);
  });

  test("so does a long-poll, and an SSE event", async () => {
    const name = await stateStream(change("a"));
    const sse = await EventStream.open(s.http.url(name, "?offset=-1&live=sse"));
    await sse.until(({ payloads }) => payloads.length === 1);
    const poll = s.http.get(name, `?offset=${offset(LENGTH)}&live=long-poll`);
    await s.http.post(name, { headers: JSON_TYPE, body: change("b") });
    expect((await poll).text).toBe(`[${shown("b", 2 * LENGTH)}]`);
    await sse.until(({ payloads }) => payloads.length === 2);
    sse.close();
    expect(sse.payloads).toEqual([`[${shown("a", LENGTH)}]`, `[${shown("b", 2 * LENGTH)}]`]);
  });

  test("whoever asks exactly gets what is stored, in every mode, beside others who do not", async () => {
    const name = await stateStream(change("a"));
    expect((await s.http.get(name, "?exact=true")).text).toBe(`[${change("a")}]`);
    const plain = await EventStream.open(s.http.url(name, "?offset=-1&live=sse&exact=true"));
    const named = await EventStream.open(s.http.url(name, "?offset=-1&live=sse"));
    const poll = s.http.get(name, `?offset=${offset(LENGTH)}&live=long-poll&exact=true`);
    const namedPoll = s.http.get(name, `?offset=${offset(LENGTH)}&live=long-poll`);
    await s.http.post(name, { headers: JSON_TYPE, body: change("b") });
    expect((await poll).text).toBe(`[${change("b")}]`);
    expect((await namedPoll).text).toBe(`[${shown("b", 2 * LENGTH)}]`);
    for (const events of [plain, named]) {
      await events.until(({ payloads }) => payloads.length === 2);
      events.close();
    }
    expect(plain.payloads).toEqual([`[${change("a")}]`, `[${change("b")}]`]);
    expect(named.payloads).toEqual([`[${shown("a", LENGTH)}]`, `[${shown("b", 2 * LENGTH)}]`]);
  });

  test("messages of other kinds between them stay as they are", async () => {
    const name = await stateStream(`[${change("a")},{"headers":{}},5]`);
    expect((await s.http.get(name)).text).toBe(`[${shown("a", LENGTH)},{"headers":{}},5]`);
  });

  test("a fork names the positions that it shares with its source", async () => {
    const name = await stateStream(`[${change("a")},${change("b")}]`);
    const fork = s.name();
    await s.http.put(fork, {
      headers: {
        ...JSON_TYPE,
        "Stream-Forked-From": `/v1/stream/${name}`,
        "Stream-Fork-Offset": offset(LENGTH),
      },
    });
    await s.http.post(fork, { headers: JSON_TYPE, body: change("c") });
    expect((await s.http.get(fork)).text).toBe(`[${shown("a", LENGTH)},${shown("c", 2 * LENGTH)}]`);
  });

  test("a long state stream is read in short pages, none lost", async () => {
    const keys = Array.from({ length: 30_000 }, (_, index) => String.fromCharCode(97 + (index % 26)));
    const name = await stateStream(`[${keys.map(change).join(",")}]`);
    const read: string[] = [];
    let at = "-1";
    for (let pages = 1; ; pages++) {
      const page = await s.http.get(name, `?offset=${at}`);
      expect(page.bytes.length).toBeLessThan(1024 * 1024);
      read.push(page.text.slice(1, -1));
      at = page.next;
      if (page.headers.get("Stream-Up-To-Date") !== "true") continue;
      expect(pages).toBeGreaterThan(3);
      break;
    }
    expect(read.join(",")).toBe(keys.map((key, index) => shown(key, LENGTH * (index + 1))).join(","));
  });

  test("a stream whose first message is of another kind, or that is not JSON, is none of it", async () => {
    const json = await stateStream(`[{"headers":{}},${change("a")}]`);
    expect((await s.http.get(json)).text).toBe(`[{"headers":{}},${change("a")}]`);
    const text = s.name();
    await s.http.put(text, { headers: TEXT, body: change("a") });
    expect((await s.http.get(text)).text).toBe(change("a"));
  });
});

describe("without stateOffsets", () => {
  test("messages are shown as they are stored, and caches can tell the difference", async () => {
    const etags: Array<string | null> = [];
    for (const stateOffsets of [false, true]) {
      const server = createServer({ port: 0, stateOffsets });
      await server.start();
      const http = new Http(server.url);
      await http.put("s", { headers: JSON_TYPE, body: change("a") });
      const { text, headers } = await http.get("s");
      expect(text).toBe(stateOffsets ? `[${shown("a", LENGTH)}]` : `[${change("a")}]`);
      etags.push(headers.get("ETag"));
      expect((await http.get("s", "", { "If-None-Match": headers.get("ETag")! })).status).toBe(304);
      await server.stop();
    }
    expect(etags.map((etag) => etag?.includes(".offsets:"))).toEqual([false, true]);
  });
});
