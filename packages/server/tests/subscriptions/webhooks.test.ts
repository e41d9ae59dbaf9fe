import { createPublicKey, verify } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { errorKeeper } from "../support/silent-logger.ts";
import { Control, codeOf, until } from "../support/subscriptions.ts";
import { throughEachDoor } from "../support/through-each-door.ts";
import { type Notification, WebhookReceiver } from "../support/webhook-receiver.ts";

throughEachDoor(
  "webhooks",
  (s) => {
    let hook: WebhookReceiver;
    beforeEach(async () => {
      hook = await WebhookReceiver.open();
    });
    afterEach(() => hook.close());
    const control = () => new Control(s.http);
    const subscribe = async (more: object = {}) => {
      const id = s.name();
      const body = { type: "webhook", pattern: `${id}/*`, webhook: { url: hook.url }, ...more };
      expect((await control().put(id, body)).status).toBe(201);
      return id;
    };
    const callback = (id: string, { body }: Notification, more: object) =>
      control().send(
        "POST",
        `${id}/callback`,
        { wake_id: body.wake_id, generation: body.generation, ...more },
        {
          Authorization: `Bearer ${body.callback_token}`,
        },
      );

    test("a wake says all that a worker needs, and is signed with a published key", async () => {
      const id = await subscribe({ streams: ["elsewhere"] });
      const tail = await control().append(`${id}/a`);
      const { body, raw, signature } = await hook.next(0);
      expect(body).toMatchObject({ subscription_id: id, generation: 1 });
      expect(body.callback_url).toBe(`${s.http.origin}/v1/stream/__ds/subscriptions/${id}/callback`);
      // All its streams, those with news first.
      expect(body.streams).toMatchObject([
        { path: `${id}/a`, link_type: "glob", acked_offset: "-1", tail_offset: tail, has_pending: true },
        { path: "elsewhere", link_type: "explicit", has_pending: false },
      ]);
      const [, seconds, kid, signed] = /^t=(\d+),kid=([^,]+),ed25519=([A-Za-z0-9_-]+)$/.exec(signature)!;
      const jwks = JSON.parse((await s.http.send("GET", "/v1/stream/__ds/jwks.json")).text);
      const key = createPublicKey({
        key: jwks.keys.find((key: { kid: string }) => key.kid === kid),
        format: "jwk",
      });
      expect(verify(null, Buffer.from(`${seconds}.${raw}`), key, Buffer.from(signed!, "base64url"))).toBe(
        true,
      );
    });

    test("done in the answer moves the cursors to where the streams ended when the wake began", async () => {
      const id = await subscribe();
      hook.answer = async () => {
        if (hook.got.length === 1) await control().append(`${id}/a`);
        return { body: '{"done":true}' };
      };
      const first = await control().append(`${id}/a`);
      const second = await hook.next(1);
      expect(second.body).toMatchObject({
        generation: 2,
        streams: [{ acked_offset: first, has_pending: true }],
      });
      await until(async () => !(await control().show(id)).streams[0]!.has_pending);
      expect(hook.got).toHaveLength(2);
    });

    test("a failed delivery is tried again, the same wake with where the streams end by then", async () => {
      const id = await subscribe();
      hook.answer = () => ({ status: hook.got.length === 1 ? 500 : 200, body: '{"done":true}' });
      await control().append(`${id}/a`);
      await hook.next(0);
      await until(async () => (await control().show(id)).status === "failed");
      expect((await control().show(id)).last_error!.message).toContain("500");
      const tail = await control().append(`${id}/a`);
      s.clock.advance(1200);
      const again = await hook.next(1);
      expect([again.body.wake_id, again.body.generation]).toEqual([hook.got[0]!.body.wake_id, 1]);
      expect(again.body.streams).toMatchObject([{ tail_offset: tail }]);
      await until(async () => (await control().show(id)).status === "active");
    });

    test("redirects are not followed, and a long answer says nothing", async () => {
      const id = await subscribe();
      hook.answer = () =>
        hook.got.length === 1
          ? { status: 307, headers: { Location: hook.url } }
          : { body: `{"done":true,"x":"${"x".repeat(100_000)}"}` };
      await control().append(`${id}/a`);
      await until(async () => (await control().show(id)).last_error?.message.includes("307") === true);
      expect(hook.got).toHaveLength(1);
      s.clock.advance(1200);
      await hook.next(1);
      await until(async () => (await control().show(id)).status === "active");
      expect((await control().show(id)).streams).toMatchObject([{ has_pending: true }]);
    });

    test("a webhook that says nothing has its lease; then others are woken, ever more slowly", async () => {
      const id = await subscribe({ lease_ttl_ms: 1000 });
      await control().append(`${id}/a`);
      await hook.next(0);
      await until(async () => (await wakeOf(id))?.lease_until !== undefined);
      s.clock.advance(1001);
      expect((await hook.next(1)).body.generation).toBe(2);
      expect(codeOf(await callback(id, hook.got[0]!, { done: true }))).toBe("FENCED");
      await until(async () => (await wakeOf(id))?.lease_until !== undefined);
      s.clock.advance(1001);
      await until(async () => (await wakeOf(id)) === undefined);
      s.clock.advance(1001);
      expect((await hook.next(2)).body.generation).toBe(3);
    });

    test("a worker may call back before its webhook has answered, whatever that answers then", async () => {
      const id = await subscribe();
      hook.answer = async (notification) => {
        const { path, tail_offset } = notification.body.streams[0]!;
        const answer = await callback(id, notification, {
          acks: [{ stream: path, offset: tail_offset }],
          done: true,
        });
        expect(answer.text).toBe('{"ok":true,"next_wake":false}');
        return { status: 500 };
      };
      await control().append(`${id}/a`);
      await until(async () => (await control().show(id)).streams[0]?.has_pending === false);
      expect(await control().show(id)).toMatchObject({ status: "active", generation: 1 });
    });

    test("after so many failures a wake is a dead letter, which news or a command send again", async () => {
      const id = await subscribe();
      hook.answer = () => ({ status: 404 });
      await control().append(`${id}/a`);
      await hook.next(0);
      await until(async () => (await control().show(id)).status === "failed");
      s.clock.advance(1300);
      await hook.next(1);
      await until(async () => (await control().show(id)).dead_letters === 1);
      const listed = JSON.parse((await control().send("GET", `${id}/dead-letters`)).text);
      expect(listed.dead_letters).toMatchObject([
        {
          wake_id: hook.got[0]!.body.wake_id,
          generation: 1,
          attempts: 2,
          stream: `${id}/a`,
          stream_count: 1,
        },
      ]);
      expect(listed.dead_letters[0].error).toContain("404");
      s.clock.advance(3_600_000);
      expect(hook.got).toHaveLength(2);
      expect((await control().send("POST", `${id}/replay`)).status).toBe(204);
      await hook.next(2);
      await until(async () => (await wakeOf(id))?.attempts === 1);
      hook.answer = () => ({ body: '{"done":true}' });
      s.clock.advance(1300);
      await hook.next(3);
      await until(async () => (await control().show(id)).dead_letters === 0);
      expect(await control().show(id)).toMatchObject({ status: "active", streams: [{ has_pending: false }] });
    });

    test("news wake one that was given up, and its dead letter can be discarded", async () => {
      const id = await subscribe();
      hook.answer = () => ({ status: 500 });
      await control().append(`${id}/a`);
      await hook.next(0);
      await until(async () => (await control().show(id)).status === "failed");
      s.clock.advance(1300);
      await until(async () => (await control().show(id)).dead_letters === 1);
      const { wake_id } = hook.got[0]!.body;
      expect((await control().send("DELETE", `${id}/dead-letters/none`)).status).toBe(404);
      expect((await control().send("DELETE", `${id}/dead-letters/${wake_id}`)).status).toBe(204);
      expect((await control().show(id)).dead_letters).toBe(0);
      await control().append(`${id}/a`);
      expect((await hook.next(2)).body.generation).toBe(2);
    });

    test("what is for pull workers is refused", async () => {
      const id = await subscribe();
      await control().append(`${id}/a`);
      const notification = await hook.next(0);
      expect(codeOf(await control().claim(id))).toBe("INVALID_REQUEST");
      const { wake_id, generation, callback_token: token } = notification.body;
      const claimed = { wake_id, generation, token, streams: [] };
      expect(codeOf(await control().ack(id, claimed, {}))).toBe("INVALID_REQUEST");
      expect(codeOf(await control().release(id, claimed))).toBe("INVALID_REQUEST");
    });

    test("rotated keys: the new one is published before it signs, and the old one stays for what it signed", async () => {
      const id = await subscribe();
      const kids = (text: string) => JSON.parse(text).keys.map(({ kid }: { kid: string }) => kid);
      const [old] = kids((await s.http.send("GET", "/v1/stream/__ds/jwks.json")).text);
      const rotated = kids((await s.http.send("POST", "/v1/stream/__ds/keys/rotate")).text);
      expect(rotated).toContain(old);
      const fresh = rotated.find((kid: string) => kid !== old);
      hook.answer = () => ({ body: '{"done":true}' });
      await control().append(`${id}/a`);
      expect((await hook.next(0)).signature).toContain(`kid=${old},`);
      s.clock.advance(600_001);
      await control().append(`${id}/a`);
      expect((await hook.next(1)).signature).toContain(`kid=${fresh},`);
    });

    async function wakeOf(id: string): Promise<{ lease_until?: string; attempts: number } | undefined> {
      return ((await control().show(id)) as { wake?: { lease_until?: string; attempts: number } }).wake;
    }
  },
  (clock) => ({
    ...{ now: clock.read, monotonicNow: () => performance.now(), logger: errorKeeper().logger },
    ...{ webhookHosts: "localhost", webhookAttempts: 2 },
  }),
);
