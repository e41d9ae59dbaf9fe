/** Nothing shows before it is durable (protocol §17.3, rule 2), through each door. */

import { ManualLog } from "@perennial/testing/journal";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DOORS, type OpenDoor } from "../doors/doors.ts";
import { EventStream } from "../support/event-stream.ts";
import { Http, isPending, JSON_TYPE, offset, producer, TEXT } from "../support/http.ts";

describe.each(DOORS)("before it is durable, through $name,", (door) => {
  let log: ManualLog;
  let open: OpenDoor;
  let http: Http;

  beforeEach(async () => {
    log = new ManualLog();
    open = await door.open({ log: async () => log, longPollTimeoutMs: 5000 });
    http = new Http(open.url);
  });

  afterEach(async () => {
    log.settle();
    await open.close();
  });

  /** Carries a request through to its answer. */
  async function settled<T>(request: Promise<T>): Promise<T> {
    await log.accepted();
    log.settle();
    return request;
  }

  const create = (name: string, body = "") => settled(http.put(name, { headers: TEXT, body }));

  test("a created stream does not exist and its creator has no answer", async () => {
    const creating = http.put("s", { headers: TEXT, body: "first" });
    await log.accepted();
    expect((await http.head("s")).status).toBe(404);
    expect((await http.get("s")).status).toBe(404);
    expect((await http.get("s", "?offset=now&live=sse")).status).toBe(404);
    expect(await isPending(creating)).toBe(true);
    log.settle();
    expect((await creating).status).toBe(201);
    expect((await http.get("s")).text).toBe("first");
  });

  test("an appended byte is in no read, no HEAD offset and no ETag", async () => {
    await create("s", "old");
    const [read, head] = [await http.get("s"), await http.head("s")];
    const appending = http.post("s", { headers: TEXT, body: "new" });
    await log.accepted();
    const again = await http.get("s");
    expect([again.text, again.next]).toEqual(["old", read.next]);
    expect(again.headers.get("ETag")).toBe(read.headers.get("ETag"));
    expect(again.headers.get("Stream-Up-To-Date")).toBe("true");
    expect((await http.head("s")).next).toBe(head.next);
    expect((await http.get("s", "", { "If-None-Match": read.headers.get("ETag")! })).status).toBe(304);
    expect((await http.get("s", `?offset=${offset(6)}`)).next).toBe(offset(3));
    expect(await isPending(appending)).toBe(true);
    log.settle();
    expect((await appending).next).toBe(offset(6));
    expect((await http.get("s")).text).toBe("oldnew");
  });

  test("an appended byte wakes neither a long-poll nor an SSE reader", async () => {
    await create("s", "old");
    const sse = await EventStream.open(http.url("s", "?offset=now&live=sse"));
    await sse.until(({ controls }) => controls.length === 1);
    const polling = http.get("s", "?offset=now&live=long-poll");
    const appending = http.post("s", { headers: TEXT, body: "new" });
    await log.accepted();
    await http.head("s");
    expect(await isPending(polling)).toBe(true);
    expect(sse.events).toHaveLength(1);
    log.settle();
    expect((await polling).text).toBe("new");
    await sse.until(({ controls }) => controls.length === 2);
    expect(sse.payloads).toEqual(["new"]);
    await appending;
    sse.close();
  });

  test("a closed stream is open to its readers: no closed header, no end of file, no 304 of the closed tag", async () => {
    await create("s", "all");
    const sse = await EventStream.open(http.url("s", "?offset=-1&live=sse"));
    await sse.until(({ controls }) => controls.length === 1);
    const closing = http.post("s", { headers: { "Stream-Closed": "true" } });
    await log.accepted();
    expect((await http.head("s")).headers.has("Stream-Closed")).toBe(false);
    const read = await http.get("s");
    expect(read.headers.has("Stream-Closed")).toBe(false);
    expect(sse.state).toBe("open");
    log.settle();
    expect((await closing).status).toBe(204);
    expect(await sse.over()).toBe("ended");
    expect(sse.controls.at(-1)).toMatchObject({ streamClosed: true });
    const after = await http.get("s", "", { "If-None-Match": read.headers.get("ETag")! });
    expect([after.status, after.headers.get("Stream-Closed")]).toEqual([200, "true"]);
  });

  test("a close refuses later appends, but tells them only when it is durable", async () => {
    await create("s", "all");
    const closing = http.post("s", { headers: { "Stream-Closed": "true" } });
    await log.accepted();
    const late = http.post("s", { headers: TEXT, body: "late" });
    await http.head("s");
    expect(await isPending(late)).toBe(true);
    log.settle();
    expect((await closing).status).toBe(204);
    const conflict = await late;
    expect([conflict.status, conflict.headers.get("Stream-Closed"), conflict.next]).toEqual([
      409,
      "true",
      offset(3),
    ]);
  });

  test("a producer's repeat is not confirmed", async () => {
    await create("s");
    const parts = { headers: { ...TEXT, ...producer("p", 0, 0) }, body: "once" };
    const first = http.post("s", parts);
    await log.accepted();
    const repeat = http.post("s", parts);
    await http.head("s");
    expect(await isPending(repeat)).toBe(true);
    log.settle();
    expect([(await first).status, (await repeat).status]).toEqual([200, 204]);
    expect((await http.get("s")).text).toBe("once");
  });

  test("writers are judged by what was accepted, so that pipelined sequence numbers pass", async () => {
    await create("s");
    const sending = [0, 1, 2].map(async (seq) => {
      await log.accepted(seq);
      return http.post("s", { headers: { ...TEXT, ...producer("p", 0, seq) }, body: String(seq) });
    });
    await log.accepted(3);
    expect((await http.get("s")).text).toBe("");
    log.settle();
    const answers = await Promise.all(sending);
    expect(answers.map(({ status, next }) => [status, next])).toEqual([
      [200, offset(1)],
      [200, offset(2)],
      [200, offset(3)],
    ]);
    expect((await http.get("s")).text).toBe("012");
  });

  test("records show one by one, each with its own offset", async () => {
    await create("s");
    const first = http.post("s", { headers: TEXT, body: "one" });
    await log.accepted();
    const second = http.post("s", { headers: { ...TEXT, "Stream-Closed": "true" }, body: "two" });
    await log.accepted(2);
    log.settle(1);
    expect((await first).next).toBe(offset(3));
    const halfway = await http.get("s");
    expect([halfway.text, halfway.headers.has("Stream-Closed")]).toEqual(["one", false]);
    expect(await isPending(second)).toBe(true);
    log.settle();
    expect((await second).next).toBe(offset(6));
    expect((await http.get("s")).headers.get("Stream-Closed")).toBe("true");
  });

  test("a deleted stream can be read, and a second deletion has no answer", async () => {
    await create("s", "still here");
    const deleting = http.delete("s");
    await log.accepted();
    const again = http.delete("s");
    expect((await http.get("s")).text).toBe("still here");
    expect(await isPending(deleting)).toBe(true);
    expect(await isPending(again)).toBe(true);
    log.settle();
    expect([(await deleting).status, (await again).status]).toEqual([204, 404]);
    expect((await http.get("s")).status).toBe(404);
  });

  test("the old life of a path is read until the new one is durable", async () => {
    await create("s", "old life");
    const deleting = http.delete("s");
    await log.accepted();
    const creating = http.put("s", { headers: JSON_TYPE, body: "[1]" });
    await log.accepted(2);
    expect((await http.get("s")).text).toBe("old life");
    log.settle(1);
    expect((await deleting).status).toBe(204);
    expect((await http.get("s")).status).toBe(404);
    log.settle();
    expect((await creating).status).toBe(201);
    expect((await http.get("s")).text).toBe("[1]");
  });

  test("a deletion ends no live reader", async () => {
    await create("s", "x");
    const sse = await EventStream.open(http.url("s", "?offset=now&live=sse"));
    await sse.until(({ controls }) => controls.length === 1);
    const polling = http.get("s", "?offset=now&live=long-poll");
    const deleting = http.delete("s");
    await log.accepted();
    await http.head("s");
    expect([sse.state, await isPending(polling)]).toEqual(["open", true]);
    log.settle();
    await deleting;
    expect((await polling).status).toBe(404);
    expect(await sse.over()).toBe("ended");
  });

  test("a fork waits for the bytes of its source, and takes none that are lost", async () => {
    await create("source", "safe");
    const appending = http.post("source", { headers: TEXT, body: " and lost" });
    await log.accepted();
    const forking = http.put("fork", { headers: { "Stream-Forked-From": http.path("source") } });
    await http.head("source");
    expect(log.unsettled).toBe(1);
    log.fail("full");
    expect((await appending).status).toBe(507);
    expect((await forking).status).toBe(507);
    log.recover();
    const retried = http.put("fork", { headers: { "Stream-Forked-From": http.path("source") } });
    expect((await settled(retried)).next).toBe(offset(4));
  });

  test("a fork is told that its source is gone only when that is durable, and made if it is not", async () => {
    await create("source", "bytes");
    const appending = http.post("source", { headers: TEXT, body: "!" });
    await log.accepted();
    const forking = http.put("fork", { headers: { "Stream-Forked-From": http.path("source") } });
    await http.head("source");
    const deleting = http.delete("source");
    await log.accepted(2);
    log.settle(1);
    await appending;
    await http.head("source");
    expect(await isPending(forking)).toBe(true);
    log.fail("full");
    log.recover();
    expect((await deleting).status).toBe(507);
    expect((await settled(forking)).status).toBe(201);
    expect((await http.get("fork")).text).toBe("bytes!");
  });

  test("a PUT that finds its stream waits with its creator", async () => {
    const creating = http.put("s", { headers: TEXT });
    await log.accepted();
    const confirming = http.put("s", { headers: TEXT });
    await http.head("s");
    expect(await isPending(confirming)).toBe(true);
    log.settle();
    expect([(await creating).status, (await confirming).status]).toEqual([201, 200]);
  });
});
