/** A plain EventSource tails a stream and resumes by Last-Event-ID: an addition to the protocol. */
import { EventSource } from "eventsource";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DOORS, type OpenDoor } from "../doors/doors.ts";
import { Http, JSON_TYPE, offset } from "../support/http.ts";

describe.each(DOORS)("EventSource through $name", (door) => {
  let open: OpenDoor;
  let http: Http;

  beforeAll(async () => {
    open = await door.open({ sseCycleMs: 1000, sseCycleJitter: 0 });
    http = new Http(open.url);
  });

  afterAll(() => open.close());

  test("tails a stream over the end of a connection, without a gap and without a repeat", async () => {
    await http.put("s", { headers: JSON_TYPE, body: "[0]" });
    const lastEventIds: (string | undefined)[] = [];
    const source = new EventSource(http.url("s", "?offset=-1&live=sse"), {
      fetch: (url, init) => {
        lastEventIds.push(
          new Headers(init.headers as Record<string, string>).get("Last-Event-ID") ?? undefined,
        );
        return fetch(url, init as RequestInit);
      },
    });
    const seen: number[] = [];
    const ids: string[] = [];
    source.addEventListener("data", (event) => {
      seen.push(...(JSON.parse(event.data as string) as number[]));
      ids.push(event.lastEventId);
    });
    await expect.poll(() => seen).toEqual([0]);
    await http.post("s", { headers: JSON_TYPE, body: "[1]" });
    await expect.poll(() => seen).toEqual([0, 1]);
    // The server ends the connection after its cycle, and EventSource comes back in its own time.
    await expect.poll(() => lastEventIds.length, { timeout: 20_000 }).toBeGreaterThan(1);
    await http.post("s", { headers: JSON_TYPE, body: "[2,3]" });
    await expect.poll(() => seen, { timeout: 20_000 }).toEqual([0, 1, 2, 3]);
    source.close();
    expect(ids).toEqual([offset(2), offset(4), offset(8)]);
    expect(lastEventIds.slice(0, 2)).toEqual([undefined, offset(4)]);
  });

  test("ends by itself once it has all of a closed stream", async () => {
    await http.put("closed", { headers: { ...JSON_TYPE, "Stream-Closed": "true" }, body: "[0,1]" });
    const source = new EventSource(http.url("closed", "?offset=-1&live=sse"));
    const seen: number[] = [];
    source.addEventListener("data", (event) => {
      seen.push(...(JSON.parse(event.data as string) as number[]));
    });
    await expect.poll(() => source.readyState, { timeout: 20_000 }).toBe(EventSource.CLOSED);
    expect(seen).toEqual([0, 1]);
  });
});
