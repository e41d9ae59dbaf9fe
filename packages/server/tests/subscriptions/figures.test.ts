import { afterEach, beforeEach, expect, test } from "vitest";
import { errorKeeper } from "../support/silent-logger.ts";
import { Control, until } from "../support/subscriptions.ts";
import { throughEachDoor } from "../support/through-each-door.ts";
import { WebhookReceiver } from "../support/webhook-receiver.ts";

throughEachDoor(
  "figures of subscriptions",
  (s) => {
    let hook: WebhookReceiver;
    beforeEach(async () => {
      hook = await WebhookReceiver.open();
    });
    afterEach(() => hook.close());
    const control = () => new Control(s.http);

    test("the server's figures count subscriptions, deliveries, failures and dead letters", async () => {
      const figures = () => s.open.server.metrics().subscriptions;
      const before = figures();
      const id = s.name();
      const body = { type: "webhook", pattern: `${id}/*`, webhook: { url: hook.url } };
      await control().put(id, body);
      let answer = () => {};
      hook.answer = () => new Promise((resolve) => (answer = () => resolve({ status: 500 })));
      await control().append(`${id}/a`);
      await hook.next(0);
      expect(figures()).toEqual({ ...before, subscriptions: before.subscriptions + 1, underWay: 1 });
      hook.answer = () => ({ status: 500 });
      answer();
      await until(async () => (await control().show(id)).status === "failed");
      s.clock.advance(1300);
      await until(async () => (await control().show(id)).dead_letters === 1);
      expect(figures()).toMatchObject({ failed: before.failed + 2, deadLetters: before.deadLetters + 1 });
      hook.answer = () => ({ body: '{"done":true}' });
      await control().append(`${id}/a`);
      await until(() => figures().delivered > before.delivered);
      await until(() => figures().deadLetters === before.deadLetters);
      await control().send("DELETE", id);
      expect(figures()).toMatchObject({ subscriptions: before.subscriptions, underWay: 0, waiting: 0 });
    });
  },
  (clock) => ({
    ...{ now: clock.read, monotonicNow: () => performance.now(), logger: errorKeeper().logger },
    ...{ webhookHosts: "localhost", webhookAttempts: 2 },
  }),
);
