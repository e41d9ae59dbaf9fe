/** What could not be made durable leaves no trace (protocol §17.3, rule 4), through each door. */

import { ManualLog } from "@perennial/testing/journal";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DOORS, type OpenDoor } from "../doors/doors.ts";
import { EventStream } from "../support/event-stream.ts";
import { type Answer, Http, isPending, offset, producer, TEXT } from "../support/http.ts";

describe.each(DOORS)("what is lost, through $name,", (door) => {
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

  async function settled(request: Promise<Answer>, ...unsettled: number[]): Promise<Answer> {
    await log.accepted(...unsettled);
    log.settle();
    return request;
  }

  /** Loses what a request was about; the log takes records again afterwards. */
  async function lost(...requests: readonly Promise<Answer>[]): Promise<readonly Answer[]> {
    log.fail("full");
    const answers = await Promise.all(requests);
    log.recover();
    return answers;
  }

  const create = (name: string, body = "") => settled(http.put(name, { headers: TEXT, body }));

  test("an append is answered 507 with Retry-After, and a retry is new, not a repeat", async () => {
    await create("s", "old");
    const before = await http.get("s");
    const parts = { headers: { ...TEXT, ...producer("p", 0, 0), "Stream-Seq": "a" }, body: "new" };
    const appending = http.post("s", parts);
    await log.accepted();
    const [refused] = await lost(appending);
    expect(refused!.status).toBe(507);
    expect(refused!.headers.get("Retry-After")).toMatch(/^[0-9]+$/);
    expect(JSON.parse(refused!.text)).toMatchObject({ status: 507, code: "storage_full" });
    const after = await http.get("s");
    expect([after.text, after.next, after.headers.get("ETag")]).toEqual([
      "old",
      before.next,
      before.headers.get("ETag"),
    ]);
    const retried = await settled(http.post("s", parts));
    expect([retried.status, retried.next]).toEqual([200, offset(6)]);
    expect((await http.get("s")).text).toBe("oldnew");
  });

  test("a whole pipeline of a producer goes, and comes again in order", async () => {
    await create("s");
    const send = (seq: number) =>
      http.post("s", { headers: { ...TEXT, ...producer("p", 0, seq) }, body: String(seq) });
    await settled(send(0));
    const one = send(1);
    await log.accepted(1);
    const two = send(2);
    await log.accepted(2);
    expect((await lost(one, two)).map(({ status }) => status)).toEqual([507, 507]);
    const gap = await send(2);
    expect([gap.status, gap.headers.get("Producer-Expected-Seq")]).toEqual([409, "1"]);
    expect((await settled(send(1))).status).toBe(200);
    expect((await settled(send(2))).status).toBe(200);
    expect((await http.get("s")).text).toBe("012");
  });

  test("a repeat that rested on a lost append is judged anew and accepted", async () => {
    await create("s");
    const parts = { headers: { ...TEXT, ...producer("p", 0, 0) }, body: "once" };
    const first = http.post("s", parts);
    await log.accepted();
    const repeat = http.post("s", parts);
    await http.head("s");
    log.fail("full");
    log.recover();
    expect((await first).status).toBe(507);
    expect((await settled(repeat)).status).toBe(200);
    expect((await http.get("s")).text).toBe("once");
  });

  test("a close leaves the stream open, and an append that it had refused goes in", async () => {
    await create("s", "a");
    const closing = http.post("s", { headers: { ...producer("p", 3, 0), "Stream-Closed": "true" } });
    await log.accepted();
    const late = http.post("s", { headers: TEXT, body: "b" });
    await http.head("s");
    expect(await isPending(late)).toBe(true);
    log.fail("full");
    log.recover();
    expect((await closing).status).toBe(507);
    expect((await settled(late)).status).toBe(204);
    expect((await http.head("s")).headers.has("Stream-Closed")).toBe(false);
    expect((await http.get("s")).text).toBe("ab");
  });

  test("a stream was never there, and its path is free", async () => {
    const creating = http.put("s", { headers: TEXT, body: "x" });
    await log.accepted();
    const appending = http.post("s", { headers: TEXT, body: "y" });
    await log.accepted(2);
    expect((await lost(creating, appending)).map(({ status }) => status)).toEqual([507, 507]);
    expect((await http.head("s")).status).toBe(404);
    expect((await http.post("s", { headers: TEXT, body: "y" })).status).toBe(404);
    const again = await settled(http.put("s", { headers: { "Content-Type": "text/html" } }));
    expect([again.status, again.next]).toEqual([201, offset(0)]);
  });

  test("a fork takes no reference on its source", async () => {
    await create("source", "bytes");
    const forking = http.put("fork", { headers: { "Stream-Forked-From": http.path("source") } });
    await log.accepted();
    expect((await lost(forking))[0]!.status).toBe(507);
    expect((await settled(http.delete("source"))).status).toBe(204);
    expect((await http.get("source")).status).toBe(404);
  });

  test("a deletion leaves stream, sources and references as they were", async () => {
    await create("source", "bytes");
    await settled(http.put("fork", { headers: { "Stream-Forked-From": http.path("source") } }));
    await settled(http.delete("source"));
    const deleting = http.delete("fork");
    await log.accepted();
    expect((await lost(deleting))[0]!.status).toBe(507);
    expect((await http.get("fork")).text).toBe("bytes");
    expect((await http.get("source")).status).toBe(410);
    expect((await settled(http.delete("fork"))).status).toBe(204);
    expect((await http.get("fork")).status).toBe(404);
    expect((await http.get("source")).status).toBe(404);
  });

  test("a new life goes, and the old one that it followed is back", async () => {
    await create("s", "old life");
    const deleting = http.delete("s");
    await log.accepted();
    const creating = http.put("s", { headers: TEXT, body: "new life" });
    await log.accepted(2);
    expect((await lost(deleting, creating)).map(({ status }) => status)).toEqual([507, 507]);
    expect((await http.get("s")).text).toBe("old life");
    await settled(http.post("s", { headers: TEXT, body: " goes on" }));
    expect((await http.get("s")).text).toBe("old life goes on");
  });

  test("live readers hear nothing of it, and the retry once", async () => {
    await create("s");
    const sse = await EventStream.open(http.url("s", "?offset=-1&live=sse"));
    await sse.until(({ controls }) => controls.length === 1);
    const polling = http.get("s", "?offset=-1&live=long-poll");
    const appending = http.post("s", { headers: TEXT, body: "lost" });
    await log.accepted();
    await lost(appending);
    await http.head("s");
    expect([sse.events.length, await isPending(polling)]).toEqual([1, true]);
    await settled(http.post("s", { headers: TEXT, body: "kept" }));
    expect((await polling).text).toBe("kept");
    await sse.until(({ controls }) => controls.length === 2);
    expect(sse.payloads).toEqual(["kept"]);
    sse.close();
  });

  test("nothing more is taken once the disk has failed, reads go on, and /health says so", async () => {
    await create("s", "kept");
    const appending = http.post("s", { headers: TEXT, body: "lost" });
    await log.accepted();
    log.fail("failed");
    for (const answer of [
      await appending,
      await http.post("s", { headers: TEXT, body: "later" }),
      await http.put("other", { headers: TEXT }),
      await http.delete("s"),
    ]) {
      expect(answer.status).toBe(503);
      expect(JSON.parse(answer.text)).toMatchObject({ code: "storage_failed" });
    }
    expect((await http.get("s")).text).toBe("kept");
    const health = await http.send("GET", "/health");
    expect([health.status, JSON.parse(health.text)]).toEqual([
      503,
      { status: "degraded", storage: "read-only" },
    ]);
  });

  test("writers wait while the log has no room, and go on when it has", async () => {
    await create("s");
    log.holdBack();
    const writing = [
      http.post("s", { headers: TEXT, body: "x" }),
      http.put("other", { headers: TEXT, body: "y" }),
    ];
    await http.head("s");
    await http.head("s");
    expect([log.unsettled, await isPending(Promise.race(writing))]).toEqual([0, true]);
    log.letIn();
    await log.accepted(2);
    log.settle();
    expect((await Promise.all(writing)).map(({ status }) => status)).toEqual([204, 201]);
  });
});
