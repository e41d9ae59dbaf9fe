/** Who keeps a list of streams up to date asks what has changed, and not for all of it. */
import type { ListedChanges } from "@perennial/protocol";
import { expect, test } from "vitest";
import { TEXT } from "../support/http.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

throughEachDoor("changes of the list", (s) => {
  const ask = (query: string) => s.http.get("__ds/changes", query);
  const changes = async (since?: string): Promise<ListedChanges> =>
    JSON.parse((await ask(since === undefined ? "" : `?since=${since}`)).text);

  test("whoever begins gets a cursor, and from there what is new, changed and gone", async () => {
    const [kept, gone] = [s.name(), s.name()];
    const begun = await changes();
    expect(begun).toEqual({ cursor: expect.any(String), reset: true, streams: [], removed: [] });
    await s.http.put(kept, { headers: TEXT });
    await s.http.put(gone, { headers: TEXT });
    const first = await changes(begun.cursor);
    expect(first.streams.map(({ path, size }) => [path, size])).toEqual([
      [kept, 0],
      [gone, 0],
    ]);
    expect(await changes(first.cursor)).toEqual({ cursor: first.cursor, streams: [], removed: [] });
    await s.http.post(kept, { headers: TEXT, body: "four" });
    await s.http.delete(gone);
    const second = await changes(first.cursor);
    expect(second.streams).toMatchObject([{ path: kept, size: 4, closed: false }]);
    expect(second.removed).toEqual([gone]);
    await s.http.post(kept, { headers: { "Stream-Closed": "true" } });
    expect((await changes(second.cursor)).streams).toMatchObject([{ path: kept, closed: true }]);
  });

  test("a page is no longer than was asked for, and the next goes on", async () => {
    const { cursor } = await changes();
    const names = [s.name(), s.name(), s.name()];
    for (const name of names) await s.http.put(name, { headers: TEXT });
    const first = JSON.parse((await ask(`?since=${cursor}&limit=2`)).text) as ListedChanges;
    expect(first.streams.map(({ path }) => path)).toEqual(names.slice(0, 2));
    expect((await changes(first.cursor)).streams.map(({ path }) => path)).toEqual(names.slice(2));
    const more = Array.from({ length: 10 }, () => s.name());
    for (const name of more) await s.http.put(name, { headers: TEXT });
    const long = await s.http.get("__ds/changes", `?since=${cursor}`, { "Accept-Encoding": "gzip" });
    expect([long.headers.get("Content-Encoding"), long.headers.get("Vary")]).toEqual([
      "gzip",
      expect.stringContaining("Accept-Encoding"),
    ]);
  });

  test("a cursor from elsewhere begins anew, and what is none is refused", async () => {
    expect((await changes("another.17")).reset).toBe(true);
    for (const since of ["", "x", "a.-1", "A.1", `a.${"1".repeat(17)}`, "a.1.1"])
      expect((await ask(`?since=${since}`)).status).toBe(400);
    expect((await ask("?limit=0")).status).toBe(400);
    expect((await s.http.post("__ds/changes", { headers: TEXT, body: "x" })).status).toBe(405);
    expect((await ask("")).headers.get("Cache-Control")).toBe("no-store");
  });
});
