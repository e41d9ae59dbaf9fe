import { expect, test } from "vitest";
import { EventStream } from "../support/event-stream.ts";
import { BINARY, JSON_TYPE, offset, TEXT } from "../support/http.ts";
import { expectProblem } from "../support/problem.ts";
import { type Suite, throughEachDoor } from "../support/through-each-door.ts";

const CLOSE = { "Stream-Closed": "true" } as const;

/** Opens a tail and waits for its first control event. */
async function tail(s: Suite, name: string, from = "-1", more = ""): Promise<EventStream> {
  const sse = await EventStream.open(s.http.url(name, `?offset=${from}&live=sse${more}`));
  await sse.until(({ controls }) => controls.length > 0);
  return sse;
}

throughEachDoor(
  "SSE (protocol §14)",
  (s) => {
    test("14.2: a data event and its control event, to the letter", async () => {
      const name = s.name();
      await s.http.put(name, { headers: JSON_TYPE, body: '[{"n":1},{"n":2}]' });
      const sse = await tail(s, name);
      sse.close();
      const cursor = sse.controls[0]!.streamCursor!;
      expect(cursor).toMatch(/^[0-9]+$/);
      expect(sse.raw).toBe(
        `event: data\ndata:[{"n":1},{"n":2}]\nid:${offset(16)}\n\nevent: control\n` +
          `data:{"streamNextOffset":"${offset(16)}","streamCursor":"${cursor}","upToDate":true}\n\n`,
      );
    });

    test("14.1: the head keeps proxies from storing, compressing and gathering", async () => {
      const name = s.name();
      await s.http.put(name, { headers: BINARY });
      const sse = await tail(s, name);
      sse.close();
      const { headers } = sse.response;
      expect(headers.get("Content-Type")).toBe("text/event-stream");
      expect(headers.get("Cache-Control")).toBe("no-cache, no-transform");
      expect(headers.get("X-Accel-Buffering")).toBe("no");
      expect(headers.get("Stream-SSE-Data-Encoding")).toBe("base64");
      expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(headers.get("Vary")).toBe("Origin");
    });

    test("every pair carries an id with the offset after it, an event without data too", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT });
      const sse = await tail(s, name);
      expect(sse.events.map(({ event, id }) => [event, id])).toEqual([["control", offset(0)]]);
      await s.http.post(name, { headers: TEXT, body: "abc" });
      await sse.until(({ controls }) => controls.length === 2);
      sse.close();
      expect(sse.events[1]).toMatchObject({ event: "data", id: offset(3) });
    });

    test("Last-Event-ID resumes, whatever the offset in the URL", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT, body: "abcd" });
      await s.http.post(name, { headers: TEXT, body: "ef" });
      const url = s.http.url(name, "?offset=-1&live=sse");
      const sse = await EventStream.open(url, { "Last-Event-ID": offset(4) });
      await sse.until(({ controls }) => controls.length > 0);
      sse.close();
      expect(sse.payloads).toEqual(["ef"]);
    });

    test("204 tells who comes back to the end of a closed stream to stay away", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT, body: "ab" });
      await s.http.post(name, { headers: { ...TEXT, ...CLOSE }, body: "c" });
      const resume = (position: number) =>
        s.http.get(name, "?offset=-1&live=sse", { "Last-Event-ID": offset(position) });
      const over = await resume(3);
      expect([over.status, over.text, over.next]).toEqual([204, "", offset(3)]);
      expect(over.headers.get("Stream-Closed")).toBe("true");
      expect(over.headers.get("Cache-Control")).toBe("no-store");
      expect((await resume(2)).text).toContain("data:c");
      expect((await s.http.get(name, `?offset=${offset(3)}&live=sse`)).text).toContain("streamClosed");
    });

    test("a Last-Event-ID that no server gave out is refused by name", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT });
      expectProblem(await s.http.get(name, "?offset=-1&live=sse", { "Last-Event-ID": "7" }), {
        status: 400,
        code: "bad_header",
        header: "Last-Event-ID",
      });
    });

    test("Last-Event-ID means nothing to other reads", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT, body: "abc" });
      expect((await s.http.get(name, "", { "Last-Event-ID": "7" })).text).toBe("abc");
    });

    test.each([
      ["CRLF is one break", "a\r\nb", ["a", "b"]],
      ["CR is a break", "a\rb", ["a", "b"]],
      ["LF CR are two", "a\n\rb", ["a", "", "b"]],
      ["CR CRLF are two", "a\r\r\nb", ["a", "", "b"]],
      ["a break at the end gives an empty line", "a\n", ["a", ""]],
      ["empty lines stay", "\n\n", ["", "", ""]],
      ["a leading blank is kept from the reader's grasp", " a\n  b\nc", ["  a", "   b", "c"]],
      ["a colon is text", ":a\n: b", [":a", "  : b".slice(1)]],
    ])("14.3: %s", async (_, body, lines) => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT, body });
      const sse = await tail(s, name);
      sse.close();
      const expected = lines.map((line) => (line === " : b" ? ": b" : line));
      expect(sse.events[0]!.data).toEqual(expected);
    });

    test("14.3: text that imitates events stays text", async () => {
      const name = s.name();
      const body = 'x\r\n\r\nevent: control\rdata:{"streamClosed":true}\n\nid: 1\n\n';
      await s.http.put(name, { headers: TEXT, body });
      const sse = await tail(s, name);
      sse.close();
      expect(sse.events.map(({ event }) => event)).toEqual(["data", "control"]);
      expect(sse.payloads[0]).toBe(body.replaceAll("\r\n", "\n").replaceAll("\r", "\n"));
      expect(sse.controls[0]).not.toHaveProperty("streamClosed");
    });

    test("14.3: a character split over two appends arrives whole, and offsets tell the truth", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT });
      const sse = await tail(s, name);
      const euro = Buffer.from("a€b");
      await s.http.post(name, { headers: TEXT, body: euro.subarray(0, 2) });
      await sse.until(({ controls }) => controls.length === 2);
      expect([sse.payloads, sse.controls[1]!.streamNextOffset]).toEqual([["a"], offset(1)]);
      await s.http.post(name, { headers: TEXT, body: euro.subarray(2, 3) });
      await s.http.post(name, { headers: TEXT, body: euro.subarray(3) });
      await sse.until(({ payloads }) => payloads.join("").length === 3);
      sse.close();
      expect(sse.payloads.join("")).toBe("a€b");
      expect(sse.controls.at(-1)!.streamNextOffset).toBe(offset(5));
    });

    test("14.3: what never becomes a character is delivered when the stream closes", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT });
      const sse = await tail(s, name);
      await s.http.post(name, { headers: TEXT, body: Buffer.from([0x61, 0xe2, 0x82]) });
      await s.http.post(name, { headers: CLOSE });
      expect(await sse.over()).toBe("ended");
      expect(sse.payloads.join("")).toBe("a\uFFFD");
      expect(sse.controls.at(-1)).toMatchObject({ streamNextOffset: offset(3), streamClosed: true });
    });

    test("14.2: a long append arrives whole, in events that each make sense", async () => {
      const [text, json, binary] = [s.name(), s.name(), s.name()];
      const long = "ab\r\né\n".repeat(50_000);
      const list = JSON.stringify(Array.from({ length: 20_000 }, (_, index) => `message ${index}`));
      const bytes = Buffer.alloc(400_000, "0123456789");
      await s.http.put(text, { headers: { ...TEXT, ...CLOSE }, body: long });
      await s.http.put(json, { headers: { ...JSON_TYPE, ...CLOSE }, body: list });
      await s.http.put(binary, { headers: { ...BINARY, ...CLOSE }, body: bytes });
      const [texts, lists, chunks] = await Promise.all(
        [text, json, binary].map(async (name) => {
          const sse = await EventStream.open(s.http.url(name, "?offset=-1&live=sse"));
          expect(await sse.over()).toBe("ended");
          return sse.payloads;
        }),
      );
      expect(texts!.join("") === long.replaceAll("\r\n", "\n")).toBe(true);
      expect(JSON.stringify(lists!.flatMap((payload) => JSON.parse(payload) as string[])) === list).toBe(
        true,
      );
      expect(Buffer.concat(chunks!.map((chunk) => Buffer.from(chunk, "base64"))).equals(bytes)).toBe(true);
    });

    test("14.3: CRLF is one break also where a long append is cut in two", async () => {
      const name = s.name();
      for (let padding = 0; padding < 2; padding++) {
        const body = `${"x".repeat(padding)}${"\r\n".repeat(150_000)}`;
        await s.http.put(`${name}/${padding}`, { headers: { ...TEXT, ...CLOSE }, body });
        const sse = await EventStream.open(s.http.url(`${name}/${padding}`, "?offset=-1&live=sse"));
        await sse.over();
        expect(sse.payloads.join("").length).toBe(150_000 + padding);
      }
    });

    test("14.4: the cursor is there while the stream is open, ahead of the client's, and gone at the end", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT, body: "x" });
      const first = await tail(s, name);
      const { streamCursor } = first.controls[0]!;
      first.close();
      const second = await tail(s, name, "now", `&cursor=${streamCursor}`);
      expect(Number(second.controls[0]!.streamCursor)).toBeGreaterThan(Number(streamCursor));
      await s.http.post(name, { headers: { ...TEXT, ...CLOSE }, body: "y" });
      expect(await second.over()).toBe("ended");
      expect(second.payloads).toEqual(["y"]);
      expect(second.controls.at(-1)).toEqual({
        streamNextOffset: offset(2),
        upToDate: true,
        streamClosed: true,
      });
    });

    test("14.5: a stream that is closed and read answers with one control event and ends", async () => {
      const name = s.name();
      await s.http.put(name, { headers: { ...TEXT, ...CLOSE }, body: "x" });
      const sse = await EventStream.open(s.http.url(name, "?offset=now&live=sse"));
      expect(await sse.over()).toBe("ended");
      expect(sse.events).toHaveLength(1);
      expect(sse.controls[0]).toEqual({ streamNextOffset: offset(1), upToDate: true, streamClosed: true });
    });

    test("14.5: the deletion of the stream ends the response", async () => {
      const [name, source, fork] = [s.name(), s.name(), s.name()];
      await s.http.put(name, { headers: TEXT, body: "x" });
      await s.http.put(source, { headers: TEXT, body: "x" });
      await s.http.put(fork, { headers: { "Stream-Forked-From": s.http.path(source) } });
      const tails = [await tail(s, name), await tail(s, source)];
      await s.http.delete(name);
      await s.http.delete(source);
      for (const sse of tails) {
        expect(await sse.over()).toBe("ended");
        expect(sse.controls.at(-1)).not.toHaveProperty("streamClosed");
      }
    });

    test("4.3: beyond the tail it waits at the tail", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT, body: "abc" });
      const sse = await tail(s, name, offset(77));
      expect(sse.controls[0]).toMatchObject({ streamNextOffset: offset(3), upToDate: true });
      await s.http.post(name, { headers: TEXT, body: "d" });
      await sse.until(({ payloads }) => payloads.length > 0);
      sse.close();
      expect(sse.payloads).toEqual(["d"]);
    });

    test("13: source appends do not wake the reader of a fork", async () => {
      const [source, fork] = [s.name(), s.name()];
      await s.http.put(source, { headers: TEXT, body: "a" });
      await s.http.put(fork, { headers: { "Stream-Forked-From": s.http.path(source) } });
      const sse = await tail(s, fork, "now");
      await s.http.post(source, { headers: TEXT, body: "b" });
      await s.http.post(fork, { headers: TEXT, body: "c" });
      await sse.until(({ payloads }) => payloads.length > 0);
      sse.close();
      expect(sse.payloads).toEqual(["c"]);
    });

    test("14.5: a client that goes away frees its place", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT });
      const before = s.open.server.metrics().liveReaders;
      const tails = await Promise.all(Array.from({ length: 5 }, () => tail(s, name)));
      expect(s.open.server.metrics().liveReaders).toBe(before + 5);
      for (const sse of tails) sse.close();
      await expect.poll(() => s.open.server.metrics().liveReaders).toBe(before);
    });
  },
  () => ({ sseHeartbeatMs: 60_000 }),
);

throughEachDoor(
  "SSE as time goes by (protocol §14.5)",
  (s) => {
    test("an idle connection hears a comment at each heartbeat", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT });
      const sse = await tail(s, name);
      for (let beats = 1; beats <= 3; beats++) {
        s.clock.advance(1000);
        await sse.until(({ heartbeats }) => heartbeats >= beats);
      }
      sse.close();
      expect(sse.events).toHaveLength(1);
    });

    test("a connection ends after its cycle, less the jitter, and its client goes on where it was", async () => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT, body: "abc" });
      const sse = await tail(s, name);
      s.clock.advance(8999);
      await sse.until(({ heartbeats }) => heartbeats > 0);
      expect(sse.state).toBe("open");
      s.clock.advance(1);
      expect(await sse.over()).toBe("ended");
      const { streamNextOffset } = sse.controls.at(-1)!;
      await s.http.post(name, { headers: TEXT, body: "def" });
      const again = await tail(s, name, streamNextOffset);
      again.close();
      expect(again.payloads).toEqual(["def"]);
    });

    test("the expiry of the stream ends the response", async () => {
      const name = s.name();
      const expiresAt = new Date(s.clock.now + 5000).toISOString();
      await s.http.put(name, { headers: { ...TEXT, "Stream-Expires-At": expiresAt } });
      const sse = await tail(s, name);
      s.clock.advance(5000);
      expect(await sse.over()).toBe("ended");
      expect((await s.http.get(name)).status).toBe(404);
    });
  },
  (clock) => ({
    now: clock.read,
    random: () => 0.5,
    sseHeartbeatMs: 1000,
    sseCycleMs: 10_000,
    sseCycleJitter: 0.2,
    stalledReaderMs: 100_000,
    sweepMs: 10,
  }),
);
