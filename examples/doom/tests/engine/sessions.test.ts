/** The list of sessions, to which anybody can write. */
import { DurableStream } from "@perennial/client";
import { createServer } from "@perennial/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { announce, followSessions, listUrl, type SessionEntry } from "../../shared/sessions.ts";

const server = createServer({ port: 0, drainMs: 0 });
beforeAll(() => server.start());
afterAll(() => server.stop());

const entry = (id: string, more: Partial<SessionEntry> = {}): SessionEntry => ({
  ...{ id, by: "person", at: 1 },
  ...more,
});

test("each name is listed once, as it came first; what is no session is not; a thousand leave the latest 200", async () => {
  const place = { streamsUrl: `${server.url}/v1/stream/doom` };
  let sessions: readonly SessionEntry[] = [];
  const stop = new AbortController();
  const following = followSessions(place, stop.signal, (latest) => {
    sessions = latest;
  });
  await announce(place, entry("a"));
  await announce(place, entry("b", { parent: "a", tick: 3 }));
  // Were the second believed, each of both would come from the other.
  await announce(place, entry("a", { parent: "b", tick: 3 }));
  const list = new DurableStream({
    ...{ url: listUrl(place, Date.now()), contentType: "application/json", warnOnHttp: false },
    batching: false,
  });
  const tricks = [7, null, {}, entry("../x"), entry("x", { tick: 1 }), entry("x", { parent: "a", tick: -1 })];
  for (const trick of tricks) await list.append(JSON.stringify(trick));
  await announce(place, entry("c"));
  await expect.poll(() => sessions.map(({ id }) => id)).toEqual(["a", "b", "c"]);
  expect(sessions[0]).toEqual(entry("a"));
  const many = Array.from({ length: 1_000 }, (_, at) => entry(`s${at % 900}`));
  for (const one of [many.slice(0, 500), many.slice(500)])
    await list.append(one.map((value) => JSON.stringify(value)).join(","));
  await expect.poll(() => sessions.at(-1)?.id).toBe("s899");
  expect(new Set(sessions.map(({ id }) => id)).size).toBe(200);
  stop.abort();
  await following;
});

test("each day has a list, and a full one refuses no more than its own lines", async () => {
  const place = { streamsUrl: `${server.url}/v1/stream/days` };
  const day = 24 * 3_600_000;
  let time = 20_000 * day + day / 2;
  const now = () => time;
  await announce(place, entry("old"), () => time - 8 * day);
  await announce(place, entry("past"), () => time - 7 * day);
  await announce(place, entry("today"), now);
  let names: readonly string[] = [];
  const stop = new AbortController();
  const following = followSessions(
    place,
    stop.signal,
    (latest) => {
      names = latest.map(({ id }) => id);
    },
    now,
  );
  await expect.poll(() => names).toEqual(["past", "today"]);
  const list = new DurableStream({
    ...{ url: listUrl(place, time), contentType: "application/json", warnOnHttp: false },
    batching: false,
  });
  await list.append(JSON.stringify("x".repeat(999_935)));
  await expect(announce(place, entry("late"), now)).rejects.toMatchObject({ status: 413 });
  time += day;
  await announce(place, entry("next"), now);
  await expect.poll(() => names).toEqual(["past", "today", "next"]);
  stop.abort();
  await following;
});
