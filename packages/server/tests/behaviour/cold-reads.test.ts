/** Bytes that lie far away: every read has to wait, and every answer is the one of a server that has them at hand. */
import { MemoryLog, type ServerOptions } from "@perennial/server";
import { ColdLog } from "@perennial/testing/journal";
import { afterEach, describe, expect, test } from "vitest";
import { DOORS, type OpenDoor } from "../doors/doors.ts";
import { EventStream } from "../support/event-stream.ts";
import { Http, JSON_TYPE, offset, TEXT } from "../support/http.ts";

const LONG_TEXT = "0123456789abcdef".repeat(20_000);
const MESSAGES = Array.from({ length: 9000 }, (_, n) => JSON.stringify({ n, text: "x".repeat(n % 90) }));

/** What a client sees of an answer, without what names the moment and the connection. */
async function seen(url: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(url, init);
  const { status } = response;
  const headers = [...response.headers].filter(
    ([name]) => !/^(date|connection|keep-alive|transfer)/.test(name),
  );
  return { status, headers, body: await response.text() };
}

describe.each(DOORS)("with all bytes far away, through $name,", (door) => {
  const opened: OpenDoor[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });

  /** A server whose bytes are at hand and one whose bytes are not, with the same streams. */
  async function pair(
    options: ServerOptions = {},
  ): Promise<{ readonly hot: Http; readonly cold: Http; readonly log: ColdLog }> {
    const log = new ColdLog(new MemoryLog("store"));
    const fixed = {
      now: () => 1_900_000_000_000,
      random: () => 0.5,
      publicUrl: "http://localhost",
      ...options,
    };
    const hot = await door.open({ ...fixed, log: async () => new MemoryLog("store") });
    const cold = await door.open({ ...fixed, log: async () => log });
    opened.push(hot, cold);
    for (const { url } of opened) await fill(new Http(url));
    return { hot: new Http(hot.url), cold: new Http(cold.url), log };
  }

  async function fill(http: Http): Promise<void> {
    await http.put("text", { headers: TEXT, body: `${LONG_TEXT}ü` });
    await http.post("text", { headers: TEXT, body: "more" });
    await http.put("json", { headers: JSON_TYPE, body: `[${MESSAGES.join()}]` });
    await http.post("json", { headers: JSON_TYPE, body: '{"last":true}' });
    await http.put("short", { headers: TEXT, body: "short" });
  }

  test("reads, pages, refusals and conditions are answered as ever", async () => {
    const { hot, cold, log } = await pair({ pageBytes: 100_000 });
    const inside = `?offset=${offset(MESSAGES[0]!.length + 6)}`;
    const between = `?offset=${offset(MESSAGES[0]!.length + 1)}`;
    for (const name of ["text", "json", "short", "nothing"]) {
      for (const query of [
        "",
        "?offset=now",
        `?offset=${offset(5)}`,
        inside,
        between,
        `?offset=${offset(9e9)}`,
      ]) {
        const expected = await seen(hot.url(name, query));
        expect(await seen(cold.url(name, query))).toEqual(expected);
      }
    }
    const { headers } = await hot.get("json");
    const condition = { headers: { "If-None-Match": headers.get("etag")! } };
    expect(await seen(cold.url("json"), condition)).toEqual(await seen(hot.url("json"), condition));
    expect(log.reads).toBeGreaterThan(20);
  });

  test("long bodies come whole", async () => {
    const { cold } = await pair();
    expect((await cold.get("text")).text).toBe(`${LONG_TEXT}ümore`);
    expect(JSON.parse((await cold.get("json")).text)).toHaveLength(MESSAGES.length + 1);
  });

  test("a fork counts the messages of its source", async () => {
    const { hot, cold } = await pair();
    for (const http of [hot, cold]) {
      const headers = { "Stream-Forked-From": http.path("json"), "Stream-Fork-Offset": offset(0) };
      await http.put("fork", { headers: { ...headers, "Stream-Fork-Sub-Offset": "7000" } });
    }
    const expected = await seen(hot.url("fork"));
    expect(await seen(cold.url("fork"))).toEqual(expected);
    expect(JSON.parse((await cold.get("fork")).text)).toHaveLength(7000);
  });

  test("live readers get what there is and what comes", async () => {
    const { hot, cold } = await pair();
    const texts = [hot, cold].map(async (http) => {
      const events = await EventStream.open(http.url("text", "?offset=-1&live=sse"));
      await events.until(({ raw }) => raw.includes("data:more") || raw.includes("more\n"));
      const poll = http.get("text", `?live=long-poll&offset=${offset(LONG_TEXT.length + 6)}`);
      await http.post("text", { headers: { ...TEXT, "Stream-Closed": "true" }, body: "and the end" });
      await events.until(({ state }) => state !== "open");
      expect(events.state).toBe("ended");
      return { raw: events.raw, polled: (await poll).text };
    });
    const [expected, found] = await Promise.all(texts);
    expect(found).toEqual(expected);
    expect(found!.polled).toBe("and the end");
  });

  test("a stream that goes away while its bytes are fetched ends its readers, and the server goes on", async () => {
    const { cold } = await pair();
    const reading = cold.get("text");
    const [outcome] = await Promise.allSettled([reading, cold.delete("text")]);
    // Whole if it was faster, else refused or cut off, but never short and well.
    if (outcome.status === "fulfilled" && outcome.value.status === 200) {
      expect(outcome.value.text).toBe(`${LONG_TEXT}ümore`);
    }
    expect((await cold.get("short")).text).toBe("short");
  });
});
