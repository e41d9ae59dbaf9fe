import { expect, test } from "vitest";
import { ManualLog } from "./manual-log.ts";
import { Model } from "./model.ts";

test("nothing settles until it is told to, then in order", async () => {
  const log = new ManualLog();
  const model = await new Model(log).open();
  const id = model.create();
  model.append(id, "one");
  model.append(id, "two");
  await log.accepted(3);
  expect(model.settled).toHaveLength(0);
  log.settle(2);
  expect(model.settled).toHaveLength(2);
  expect(await model.text(id, 0, 3)).toBe("one");
  log.settle();
  expect(await model.text(id)).toBe("onetwo");
});

test("a failure loses what was accepted and refuses appends until there is room again", async () => {
  const log = new ManualLog();
  const model = await new Model(log).open();
  const id = model.create();
  log.settle();
  model.append(id, "lost");
  log.fail("full");
  expect(model.settled.at(-1)!.outcome).toMatchObject({ kind: "full" });
  expect(log.health()).toBe("full");
  expect(() => model.append(id, "refused")).toThrow();
  log.recover();
  expect(log.health()).toBe("ok");
});

test("callers wait for admission while the log holds back", async () => {
  const log = new ManualLog();
  expect(log.admit()).toBeUndefined();
  log.holdBack();
  const room = log.admit();
  log.letIn();
  await room;
  expect(log.admit()).toBeUndefined();
});
