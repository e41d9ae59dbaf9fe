import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DOORS, type OpenDoor } from "../doors/doors.ts";

const PRODUCERS = "/v1/stream/__ds/producers";

describe.each(DOORS)("the producers of a stream through $name", (door) => {
  let open: OpenDoor;
  let now = Date.UTC(2026, 0, 1);

  const send = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
    fetch(`${open.url}/v1/stream/${path}`, { method, headers, ...(body !== undefined && { body }) });
  const append = (path: string, id: string, epoch: number, seq: number) =>
    send(
      "POST",
      path,
      {
        "Content-Type": "text/plain",
        "Producer-Id": id,
        "Producer-Epoch": String(epoch),
        "Producer-Seq": String(seq),
      },
      "x",
    );
  const page = async (query: string) => (await fetch(open.url + PRODUCERS + query)).json();

  beforeAll(async () => {
    open = await door.open({ now: () => now });
    await send("PUT", "a/b", { "Content-Type": "text/plain" });
    await append("a/b", "two", 0, 0);
    await append("a/b", "two", 0, 1);
    now += 1000;
    await append("a/b", "one", 3, 0);
    await send("PUT", "none");
  });
  afterAll(() => open.close());

  it("are told with epoch, last sequence number and when they last appended, sorted by id", async () => {
    expect(await page("?path=a/b")).toEqual({
      producers: [
        { id: "one", epoch: 3, lastSeq: 0, lastAppendAt: "2026-01-01T00:00:01.000Z" },
        { id: "two", epoch: 0, lastSeq: 1, lastAppendAt: "2026-01-01T00:00:00.000Z" },
      ],
    });
    expect(await page("?path=none")).toEqual({ producers: [] });
  });

  it("come in pages", async () => {
    const first = await page("?path=a/b&limit=1");
    expect(first).toMatchObject({ producers: [{ id: "one" }], next: "one" });
    expect(await page("?path=a/b&limit=1&after=one")).toMatchObject({ producers: [{ id: "two" }] });
    expect(await page("?path=a/b&after=two")).toEqual({ producers: [] });
  });

  it("are not cached, and asking renews no TTL", async () => {
    await send("PUT", "mortal", { "Stream-TTL": "5" });
    now += 4000;
    const response = await fetch(`${open.url}${PRODUCERS}?path=mortal`);
    expect([response.status, response.headers.get("Cache-Control")]).toEqual([200, "private, no-cache"]);
    now += 1000;
    expect((await fetch(`${open.url}${PRODUCERS}?path=mortal`)).status).toBe(404);
  });

  it.each([
    ["GET", "?path=nowhere", 404, "stream_not_found"],
    ["GET", "", 400, "bad_parameter"],
    ["GET", "?path=a//b", 400, "bad_parameter"],
    ["GET", "?path=a/b&limit=0", 400, "bad_parameter"],
    ["GET", "?path=a/b&path=a/b", 400, "bad_parameter"],
    ["POST", "?path=a/b", 405, "method_not_allowed"],
  ])("%s %s is answered with %i %s", async (method, query, status, code) => {
    const response = await fetch(open.url + PRODUCERS + query, { method });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });
});
