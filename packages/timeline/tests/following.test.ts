import { DurableStream } from "@perennial/client";
import { expect, test } from "vitest";
import { HashTrail, type TimelinePlace, TimelineReader } from "../src/index.ts";
import { recorded, serving } from "./support.ts";

const place = serving();
const signal = () => AbortSignal.timeout(80_000);

test.each(["", '{"timeline":1'])(
  "a stream that holds only %j is no timeline, and nobody waits for one",
  async (body) => {
    const at = place();
    const contentType = "application/octet-stream";
    await DurableStream.create({
      url: `${at.streamsUrl}/one`,
      contentType,
      warnOnHttp: false,
      ...(body === "" ? {} : { body }),
    });
    await expect(TimelineReader.open({ place: at, name: "one", signal: signal() })).rejects.toThrow(
      /ends before its first line/,
    );
  },
);

test("whoever follows what lies beside a timeline holds no connection", async () => {
  const at = place();
  await recorded(at, "one", 10);
  const asked: URL[] = [];
  const watched: TimelinePlace = {
    ...at,
    fetch: (input, init) => {
      asked.push(new URL(String(input)));
      return fetch(input, init);
    },
  };
  const stop = new AbortController();
  const known = new HashTrail(watched, "one");
  const following = known.follow({ signal: stop.signal, live: true });
  for (const tick of [1, 2]) {
    await new HashTrail(at, "one").record(tick, tick);
    await expect.poll(() => known.size).toBe(tick);
  }
  stop.abort();
  await following;
  expect(asked.filter(({ searchParams }) => searchParams.has("live"))).toEqual([]);
});
