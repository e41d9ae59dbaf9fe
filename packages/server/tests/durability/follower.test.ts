/** A log that somebody else owns: what was on its way is refused, and what they write is shown, through each door. */
import { NO_BYTES, type StreamRecord } from "@perennial/server/journal";
import { ManualLog, PLAIN_SETTINGS } from "@perennial/testing/journal";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DOORS, type OpenDoor } from "../doors/doors.ts";
import { EventStream } from "../support/event-stream.ts";
import { Http, offset, producer, TEXT } from "../support/http.ts";

/** An append of the new owner. */
function append(id: number, position: number, text: string, closes = false): StreamRecord {
  const part = Buffer.from(text);
  const data = { parts: [part], byteLength: part.length };
  return {
    ...{ kind: "append", id, at: 1_900_000_000_000, position, data, closes },
    ...{ producer: { id: "p", epoch: 1, seq: 0 }, streamSeq: undefined },
  };
}

function create(id: number, path: string): StreamRecord {
  return {
    ...{ kind: "create", id, at: 1_900_000_000_000, path, contentType: "text/plain", data: NO_BYTES },
    ...PLAIN_SETTINGS,
  };
}

describe.each(DOORS)("when somebody else owns the log, through $name,", (door) => {
  let log: ManualLog;
  let open: OpenDoor;
  let http: Http;

  beforeEach(async () => {
    log = new ManualLog();
    open = await door.open({ log: async () => log });
    http = new Http(open.url);
    const created = http.put("s", { headers: TEXT, body: "ours" });
    await log.accepted();
    log.settle();
    await created;
  });

  afterEach(() => open.close());

  test("what was on its way is refused and leaves no trace, and nothing more is taken", async () => {
    const appending = http.post("s", { headers: TEXT, body: "ours, too" });
    await log.accepted();
    log.fail("taken");
    const refused = await appending;
    expect([refused.status, refused.headers.get("Retry-After")]).toEqual([
      503,
      expect.stringMatching(/^\d+$/),
    ]);
    expect(JSON.parse(refused.text)).toMatchObject({ code: "not_owner" });
    log.deliver(append(1, 4, ", theirs"));
    expect((await http.get("s")).text).toBe("ours, theirs");
    expect(JSON.parse((await http.post("s", { headers: TEXT, body: "x" })).text)).toMatchObject({
      code: "not_owner",
    });
    expect((await http.put("new", { headers: TEXT })).status).toBe(503);
    const health = await http.send("GET", "/health");
    expect([health.status, JSON.parse(health.text)]).toEqual([
      503,
      { status: "degraded", storage: "not-owner" },
    ]);
  });

  test("live readers get what they write, and are told when a stream is gone", async () => {
    const events = await EventStream.open(http.url("s", "?offset=-1&live=sse"));
    await events.until(({ raw }) => raw.includes("data:ours\n"));
    log.fail("taken");
    const polling = http.get("s", `?live=long-poll&offset=${offset(4)}`);
    await expect.poll(() => open.server.metrics().liveReaders).toBe(2);
    log.deliver(create(2, http.path("other")), append(1, 4, ", theirs"), append(2, 0, "new"));
    await events.until(({ raw }) => raw.includes("data:, theirs\n"));
    expect((await polling).text).toBe(", theirs");
    expect((await http.get("other")).text).toBe("new");
    const gone: StreamRecord = {
      kind: "delete",
      id: 1,
      at: 1_900_000_000_001,
      removed: [1],
      released: undefined,
    };
    log.deliver(gone);
    await events.until(({ state }) => state !== "open");
    expect((await http.get("s")).status).toBe(404);
  });

  test("their producers are known here", async () => {
    log.fail("taken");
    log.deliver(append(1, 4, ", theirs"));
    const stale = await http.post("s", { headers: { ...TEXT, ...producer("p", 0, 0) }, body: "stale" });
    expect(stale.status).toBe(403);
    expect((await http.head("s")).headers.get("stream-next-offset")).toBe(offset(12));
  });
});
