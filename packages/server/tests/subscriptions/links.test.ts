import { expect, test } from "vitest";
import { JSON_TYPE, offset } from "../support/http.ts";
import { Control } from "../support/subscriptions.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

throughEachDoor("the streams of a subscription", (s) => {
  const control = () => new Control(s.http);
  const links = async (id: string) =>
    (await control().show(id)).streams.map(({ path, link_type, acked_offset }) => [
      path,
      link_type,
      acked_offset,
    ]);

  test("an explicit link on a stream that the pattern matches keeps the cursor, both ways", async () => {
    const [id, c] = [s.name(), control()];
    await c.pull(id, { pattern: `${id}/*` });
    const path = `${id}/a`;
    const tail = await c.append(path);
    await c.done(id, await c.claimed(id));
    expect((await c.send("POST", `${id}/streams`, { streams: [path, `${path}/`] })).status).toBe(204);
    expect(await links(id)).toEqual([[path, "explicit", tail]]);
    expect((await c.send("DELETE", `${id}/streams/${encodeURIComponent(path)}`)).status).toBe(204);
    expect(await links(id)).toEqual([[path, "glob", tail]]);
    // It is linked by the pattern alone now: there is nothing to take away.
    expect((await c.send("DELETE", `${id}/streams/${path}`)).status).toBe(204);
    expect(await links(id)).toEqual([[path, "glob", tail]]);
  });

  test("an empty list adds nothing; streams that are there keep their cursor", async () => {
    const [id, c] = [s.name(), control()];
    await c.pull(id, { streams: [id] });
    await c.append(id);
    expect((await c.send("POST", `${id}/streams`, { streams: [] })).status).toBe(204);
    expect((await c.send("POST", `${id}/streams`, { streams: [id] })).status).toBe(204);
    expect(await links(id)).toEqual([[id, "explicit", offset(0)]]);
    expect((await c.send("POST", `none/streams`, { streams: [] })).status).toBe(404);
    expect((await c.send("POST", `${id}/streams`, {})).status).toBe(400);
  });

  test("a deleted stream is linked nowhere; made again, only a pattern links it, from its beginning", async () => {
    const [id, c] = [s.name(), control()];
    await c.pull(id, { pattern: `${id}/*`, streams: [`${id}-x`] });
    for (const path of [`${id}/a`, `${id}-x`]) await c.append(path);
    await c.done(id, await c.claimed(id));
    for (const path of [`${id}/a`, `${id}-x`]) await s.http.delete(path);
    expect(await links(id)).toEqual([]);
    for (const path of [`${id}/a`, `${id}-x`]) await c.append(path);
    expect(await links(id)).toEqual([[`${id}/a`, "glob", "-1"]]);
  });

  test("a worker's acks of a stream that was deleted and made again count for nothing", async () => {
    const [id, c] = [s.name(), control()];
    await c.pull(id, { pattern: `${id}/*` });
    const path = `${id}/a`;
    for (let n = 0; n < 3; n++) await c.append(path);
    const claimed = await c.claimed(id);
    await s.http.delete(path);
    for (let n = 0; n < 3; n++) await c.append(path);
    expect((await c.done(id, claimed)).text).toBe('{"ok":true,"next_wake":true}');
    expect(await links(id)).toEqual([[path, "glob", "-1"]]);
    expect((await c.claimed(id)).streams).toMatchObject([{ path, acked_offset: "-1", has_pending: true }]);
  });

  test("a fork is linked where it left its source", async () => {
    const [id, c] = [s.name(), control()];
    const source = `${id}-source`;
    const tail = await c.append(source);
    await c.pull(id, { pattern: `${id}/*`, streams: [`${id}-fork`] });
    const fork = (name: string) =>
      s.http.put(name, { headers: { ...JSON_TYPE, "Stream-Forked-From": `/v1/stream/${source}` } });
    await fork(`${id}/fork`);
    await fork(`${id}-fork`);
    expect(await links(id)).toEqual([[`${id}-fork`, "explicit", tail]]);
    await c.append(`${id}/fork`);
    expect((await c.show(id)).streams).toMatchObject([
      { path: `${id}/fork`, acked_offset: tail, has_pending: true },
      { path: `${id}-fork`, has_pending: false },
    ]);
  });

  test.each([
    ["*", "one segment", ["ROOT/a"], ["ROOT/a/b", "ROOT"]],
    ["**", "any number of segments", ["ROOT", "ROOT/a", "ROOT/a/b"], ["ROOTx"]],
    ["*/x", "in the middle", ["ROOT/a/x"], ["ROOT/x", "ROOT/a/b/x"]],
    ["a*", "no part of a segment", ["ROOT/a*"], ["ROOT/ab"]],
    ["%2A", "a literal asterisk", ["ROOT/%2A"], ["ROOT/a"]],
  ])("the pattern %s: %s", async (pattern, _, matching, others) => {
    const [id, c] = [s.name(), control()];
    await c.pull(id, { pattern: `${id}/${pattern}` });
    for (const path of [...matching, ...others]) await c.append(path.replace("ROOT", id));
    const found = (await c.show(id)).streams.map(({ path }) => path.replace(id, "ROOT"));
    expect(found.map((path) => path.replace("*", "%2A")).sort()).toEqual(
      matching.map((path) => path.replace("*", "%2A")).sort(),
    );
  });

  test("what adds no data wakes nobody: an empty stream, a close, a confirmation", async () => {
    const [id, c] = [s.name(), control()];
    await c.pull(id, { pattern: `${id}/*` });
    await s.http.put(`${id}/a`, { headers: JSON_TYPE });
    await s.http.put(`${id}/b`, { headers: JSON_TYPE, body: "[]" });
    await s.http.put(`${id}/b`, { headers: JSON_TYPE });
    await s.http.post(`${id}/a`, { headers: { "Stream-Closed": "true" } });
    expect((await c.claim(id)).status).toBe(409);
    await s.http.post(`${id}/b`, { headers: { ...JSON_TYPE, "Stream-Closed": "true" }, body: "1" });
    expect((await c.claimed(id)).streams).toMatchObject([{ path: `${id}/b` }]);
  });
});
