/** Who watches a list at rest is not sent it again and again. */
import { expect, test } from "vitest";
import { TEXT } from "../support/http.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

throughEachDoor("pages of the lists", (s) => {
  test("are answered with 304 as long as nothing in them has changed", async () => {
    const name = s.name();
    await s.http.put(name, { headers: TEXT });
    const ask = (etag?: string | null) =>
      s.http.get("__ds/streams", `?prefix=${name}`, etag ? { "If-None-Match": etag } : {});
    const first = await ask();
    const etag = first.headers.get("ETag");
    expect([first.status, first.headers.get("Cache-Control")]).toEqual([200, "private, no-cache"]);
    const again = await ask(etag);
    expect([again.status, again.text, again.headers.get("ETag")]).toEqual([304, "", etag]);
    await s.http.post(name, { headers: TEXT, body: "x" });
    const changed = await ask(etag);
    expect(changed.status).toBe(200);
    expect(JSON.parse(changed.text).streams[0].size).toBe(1);
    expect(changed.headers.get("ETag")).not.toBe(etag);
  });
});
