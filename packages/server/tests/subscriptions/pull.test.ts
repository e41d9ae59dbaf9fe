import { expect, test } from "vitest";
import { JSON_TYPE, offset } from "../support/http.ts";
import { errorKeeper } from "../support/silent-logger.ts";
import { Control, codeOf, until } from "../support/subscriptions.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

throughEachDoor(
  "pull-wake subscriptions",
  (s) => {
    const control = () => new Control(s.http);
    const wakes = async (id: string) =>
      (await control().events(`wakes-${id}`)).filter(({ subscription_id }) => subscription_id === id);

    test("an append right before a claim is claimed, whether its wake was written or not", async () => {
      const [id, c] = [s.name(), control()];
      await c.pull(id, { streams: [`${id}/a`] });
      const nothing = await c.claim(id);
      expect([nothing.status, codeOf(nothing)]).toEqual([409, "NO_PENDING_WORK"]);
      const tail = await c.append(`${id}/a`);
      const claimed = await c.claimed(id);
      expect(claimed.wake_id).toMatch(/^w_[0-9a-f]{24}$/);
      expect(claimed.streams).toEqual([
        {
          ...{ path: `${id}/a`, link_type: "explicit", acked_offset: offset(0) },
          ...{ tail_offset: tail, has_pending: true },
        },
      ]);
      // The claim that makes a wake has it written, too.
      await until(async () => (await wakes(id)).length > 0);
      expect(await wakes(id)).toMatchObject([{ generation: claimed.generation, stream: `${id}/a` }]);
    });

    test("one holder at a time; done ends it, and a repeat is fenced", async () => {
      const [id, c] = [s.name(), control()];
      await c.pull(id, { streams: [id] });
      await c.append(id);
      const claimed = await c.claimed(id, "one");
      const busy = await c.claim(id, "one");
      expect([busy.status, codeOf(busy)]).toEqual([409, "ALREADY_CLAIMED"]);
      expect(JSON.parse(busy.text).error).toMatchObject({
        current_holder: "one",
        generation: claimed.generation,
      });
      const done = await c.done(id, claimed);
      expect([done.status, done.text]).toEqual([200, '{"ok":true,"next_wake":false}']);
      const repeat = await c.done(id, claimed);
      expect([repeat.status, codeOf(repeat)]).toEqual([409, "FENCED"]);
      expect((await c.show(id)).streams[0]).toMatchObject({ has_pending: false });
    });

    test("acks move cursors forward only, up to the tail, all of them or none", async () => {
      const [id, c] = [s.name(), control()];
      await c.pull(id, { streams: [`${id}/a`, `${id}/b`] });
      const first = await c.append(`${id}/a`);
      const second = await c.append(`${id}/a`);
      const b = await c.append(`${id}/b`);
      const claimed = await c.claimed(id);
      const ack = (stream: string, to: string) => c.ack(id, claimed, { acks: [{ stream, offset: to }] });
      expect((await ack(`/${id}/a`, first)).text).toBe('{"ok":true,"next_wake":false}');
      expect((await c.ack(id, claimed, { acks: [{ path: `${id}/a`, offset: first }] })).status).toBe(200);
      for (const [stream, to] of [
        [`${id}/a`, offset(0)],
        [`${id}/a`, "-1"],
        [`${id}/a`, offset(999)],
        [`${id}/none`, first],
      ] as const) {
        const refused = await c.ack(id, claimed, {
          acks: [
            { stream: `${id}/b`, offset: b },
            { stream, offset: to },
          ],
        });
        expect([refused.status, codeOf(refused)]).toEqual([409, "INVALID_OFFSET"]);
      }
      expect(await c.cursor(id, `${id}/b`)).toBe(offset(0));
      expect(await c.cursor(id, `${id}/a`)).toBe(first);
      const done = await c.ack(id, claimed, { acks: [{ stream: `${id}/a`, offset: second }], done: true });
      expect(done.text).toBe('{"ok":true,"next_wake":true}');
      expect((await c.claimed(id)).generation).toBe(claimed.generation + 1);
    });

    test("what a worker needs is its token, of this subscription and this wake", async () => {
      const [id, other, c] = [s.name(), s.name(), control()];
      for (const name of [id, other]) await c.pull(name, { streams: [id] });
      await c.append(id);
      const [mine, theirs] = [await c.claimed(id), await c.claimed(other)];
      const tokens = ["", "x", "x.y", `${mine.token}x`, theirs.token];
      for (const token of tokens) {
        const refused = await c.done(id, { ...mine, token });
        expect([refused.status, codeOf(refused)]).toEqual([401, "TOKEN_INVALID"]);
      }
      const none = await c.send("POST", "none/ack", { wake_id: "w", generation: 1 });
      expect([none.status, codeOf(none)]).toEqual([401, "TOKEN_INVALID"]);
      const stale = await c.done(id, { ...mine, wake_id: "w_other" });
      expect([stale.status, codeOf(stale)]).toEqual([409, "FENCED"]);
      await c.send("DELETE", id);
      const gone = await c.done(id, mine);
      expect([gone.status, codeOf(gone)]).toEqual([404, "SUBSCRIPTION_NOT_FOUND"]);
      // Another one of that name is another one.
      await c.pull(id, { streams: [id] });
      await c.append(id);
      await c.claimed(id);
      expect(codeOf(await c.done(id, mine))).toBe("TOKEN_INVALID");
    });

    test("a lease that runs out fences its worker, and another one is woken", async () => {
      const [id, c] = [s.name(), control()];
      await c.pull(id, { streams: [id], lease_ttl_ms: 1000 });
      await c.append(id);
      const late = await c.claimed(id, "late");
      s.clock.advance(900);
      // A heartbeat extends it.
      expect((await c.ack(id, late, {})).status).toBe(200);
      s.clock.advance(900);
      expect(codeOf(await c.claim(id, "other"))).toBe("ALREADY_CLAIMED");
      s.clock.advance(101);
      const next = await c.claimed(id, "other");
      expect(next.generation).toBe(late.generation + 1);
      expect(codeOf(await c.done(id, late))).toBe("FENCED");
      expect((await c.done(id, next)).status).toBe(200);
    });

    test("a lease that runs out is noticed by itself, and its wake written again", async () => {
      const [id, c] = [s.name(), control()];
      await c.pull(id, { streams: [id], lease_ttl_ms: 1000 });
      await c.append(id);
      const { generation } = await c.claimed(id);
      s.clock.advance(1001);
      await until(async () => (await wakes(id)).some((event) => event.generation === generation + 1));
      expect((await c.show(id)).streams[0]).toMatchObject({ has_pending: true });
    });

    test("a token lasts as long as the lease that it came with is extended", async () => {
      const [id, c] = [s.name(), control()];
      await c.pull(id, { streams: [id], lease_ttl_ms: 600_000 });
      await c.append(id);
      const claimed = await c.claimed(id);
      for (let minutes = 0; minutes < 90; minutes += 9) {
        s.clock.advance(9 * 60_000);
        expect((await c.ack(id, claimed, {})).status).toBe(200);
      }
      expect((await c.done(id, claimed)).status).toBe(200);
      const expired = await c.done(id, claimed);
      expect([expired.status, codeOf(expired)]).toEqual([401, "TOKEN_EXPIRED"]);
    });

    test("released work is written to the wake stream again; again and again, ever more slowly", async () => {
      const [id, c] = [s.name(), control()];
      await c.pull(id, { streams: [id] });
      await c.append(id);
      expect((await c.release(id, await c.claimed(id))).status).toBe(204);
      await until(async () => (await c.show(id)).generation === 2);
      const second = await c.claimed(id);
      expect(second.generation).toBe(2);
      expect((await c.release(id, second)).status).toBe(204);
      // Twice without anything having moved: the next one waits, unless somebody asks for it.
      expect((await c.show(id)).generation).toBe(2);
      s.clock.advance(1001);
      await until(async () => (await c.show(id)).generation === 3);
      expect((await c.claimed(id)).generation).toBe(3);
    });

    test("a wake that nobody claims is written again", async () => {
      const [id, c] = [s.name(), control()];
      await c.pull(id, { streams: [id] });
      await c.append(id);
      await until(async () => (await wakes(id)).length === 1);
      s.clock.advance(30_001);
      await until(async () => (await wakes(id)).length === 2);
      const [first, again] = await wakes(id);
      expect(again!.generation).toBe(first!.generation);
    });

    test("a missing wake stream is reported, and its wake written as soon as there is one", async () => {
      const [id, c] = [s.name(), control()];
      await c.put(id, { type: "pull-wake", wake_stream: `wakes-${id}`, streams: [id] });
      await c.append(id);
      await until(async () => (await c.show(id)).status === "failed");
      expect((await c.show(id)).last_error!.message).toContain(`wakes-${id}`);
      await s.http.put(`wakes-${id}`, { headers: JSON_TYPE });
      await until(async () => (await wakes(id)).length === 1);
      await until(async () => (await c.show(id)).status === "active");
    });

    test("wake streams wake nobody, whatever patterns match them", async () => {
      const [id, root, c] = [s.name(), s.name(), control()];
      await s.http.put(`${root}/wakes`, { headers: JSON_TYPE });
      await c.put(id, { type: "pull-wake", wake_stream: `${root}/wakes`, pattern: `${root}/**` });
      await c.append(`${root}/a`);
      const claimed = await c.claimed(id);
      expect(claimed.streams.map(({ path }) => path)).toEqual([`${root}/a`]);
      expect((await c.done(id, claimed)).text).toBe('{"ok":true,"next_wake":false}');
    });

    test("appends during a wake make one more after it", async () => {
      const [id, c] = [s.name(), control()];
      await c.pull(id, { streams: [id] });
      await c.append(id);
      const claimed = await c.claimed(id);
      await c.append(id);
      await c.append(id);
      expect((await c.done(id, claimed)).text).toBe('{"ok":true,"next_wake":true}');
      await until(async () => (await wakes(id)).length === 2);
      expect((await c.done(id, await c.claimed(id))).text).toBe('{"ok":true,"next_wake":false}');
    });

    test("bad reports are refused with words that name what is wrong", async () => {
      const [id, c] = [s.name(), control()];
      await c.pull(id, { streams: [id] });
      await c.append(id);
      const claimed = await c.claimed(id);
      for (const [more, word] of [
        [{ wake_id: 5 }, "wake_id"],
        [{ generation: "1" }, "generation"],
        [{ acks: {} }, "acks"],
        [{ acks: [{ stream: id }] }, "offset"],
        [{ acks: [null] }, "acks"],
      ] as const) {
        const refused = await c.ack(id, claimed, more);
        expect([refused.status, codeOf(refused)]).toEqual([400, "INVALID_REQUEST"]);
        expect(refused.text).toContain(word);
      }
      for (const body of [{}, { worker: "" }, { worker: "x".repeat(300) }])
        expect(codeOf(await c.send("POST", `${id}/claim`, body))).toBe("INVALID_REQUEST");
    });
  },
  // Connections go by a clock of their own: a test that lets hours pass must not end them.
  (clock) => ({ now: clock.read, monotonicNow: () => performance.now(), logger: errorKeeper().logger }),
);
