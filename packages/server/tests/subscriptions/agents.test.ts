/** What a server of agents does: one subscription for each agent, and every call sees what the ones before it did. */
import { expect, test } from "vitest";
import { JSON_TYPE } from "../support/http.ts";
import { Control, codeOf, until } from "../support/subscriptions.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

throughEachDoor("a server of agents", (s) => {
  test("ensures, reads, creates, adds, appends, and wakes its agent for just that", async () => {
    const c = new Control(s.http);
    const [id, wakes, inbox, second] = [
      `runner:${s.name()}`,
      s.name(),
      `${s.name()}/main`,
      `${s.name()}/main`,
    ];
    const name = encodeURIComponent(id);
    for (const path of [wakes, inbox, second]) {
      expect((await s.http.head(path)).status).toBe(404);
      expect((await s.http.put(path, { headers: JSON_TYPE })).status).toBe(201);
    }
    await c.append(inbox, { before: true });
    expect((await c.send("GET", name)).status).toBe(404);
    const config = { type: "pull-wake", streams: [inbox], wake_stream: wakes };
    expect((await c.put(name, config)).status).toBe(201);
    // Somebody else was first, with another stream.
    const conflict = await c.put(name, { ...config, streams: [second] });
    expect([conflict.status, codeOf(conflict)]).toEqual([409, "SUBSCRIPTION_ALREADY_EXISTS"]);
    expect((await c.show(name)).streams.map(({ path }) => path)).toEqual([inbox]);
    expect((await c.send("POST", `${name}/streams`, { streams: [second] })).status).toBe(204);
    const tail = await c.append(second, { hello: true });
    await until(async () => (await c.events(wakes)).some(({ subscription_id }) => subscription_id === id));
    expect(await c.events(wakes)).toMatchObject([{ type: "wake", stream: second, generation: 1 }]);
    const claimed = await c.claimed(name, "runner-1");
    expect(claimed.streams).toMatchObject([
      { path: second, tail_offset: tail, has_pending: true },
      { path: inbox, has_pending: false },
    ]);
    // Members that nobody knows are no fault.
    const acks = [{ stream: second, offset: tail, extra: 1 }];
    const done = await c.ack(name, claimed, { acks, done: true, extra: 1 });
    expect(done.text).toBe('{"ok":true,"next_wake":false}');
    const listed = await s.http.send("GET", `/v1/stream/__ds/subscriptions?stream=${second}`);
    expect(JSON.parse(listed.text).subscriptions).toMatchObject([{ id, pending_count: 0 }]);
    expect((await c.send("DELETE", `${name}/streams/${encodeURIComponent(second)}`)).status).toBe(204);
    expect((await c.send("DELETE", name)).status).toBe(204);
  });
});
