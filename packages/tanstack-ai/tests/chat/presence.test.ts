/** Who is there. */
import { DurableStream } from "@perennial/client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ADA, BOB, ChatApp, eventually } from "../support/chat-app.ts";

let app: ChatApp;
beforeEach(async () => {
  app = await ChatApp.start();
});
afterEach(() => app.stop());

type Page = ReturnType<ChatApp["open"]>;
const people = (page: Page) =>
  page.getState().people.map(({ actor, devices, isMe }) => `${actor.name} ${devices}${isMe ? " me" : ""}`);
const shows = (page: Page, ...expected: string[]) => eventually(() => expect(people(page)).toEqual(expected));

test("whoever comes is seen, tabs are counted, and who goes is gone at once", async () => {
  const ada = app.open(ADA);
  await shows(ada, "Ada 1 me");
  const bob = app.open(BOB);
  const tab = app.open(BOB);
  for (const page of [bob, tab]) await shows(page, "Ada 1", "Bob 2 me");
  await shows(ada, "Ada 1 me", "Bob 2");
  tab.close();
  await shows(ada, "Ada 1 me", "Bob 1");
  bob.close();
  await shows(ada, "Ada 1 me");
});

test("typing is seen, and another name", async () => {
  const [ada, bob] = [app.open(ADA), app.open(BOB)];
  await shows(ada, "Ada 1 me", "Bob 1");
  bob.setTyping(true);
  await eventually(() => expect(ada.getState().people[1]).toMatchObject({ isTyping: true }));
  bob.setTyping(false);
  await eventually(() => expect(ada.getState().people[1]).toMatchObject({ isTyping: false }));
  bob.setActor({ id: "bob", name: "Robert" });
  await shows(ada, "Ada 1 me", "Robert 1");
});

test("a device that falls silent is gone after its lease", async () => {
  const ada = app.open(ADA);
  await shows(ada, "Ada 1 me");
  await app.post({ actor: BOB, device: "phone", status: "online", leaseMs: 300 }, "presence");
  await shows(ada, "Ada 1 me", "Bob 1");
  await shows(ada, "Ada 1 me");
});

test("who somebody is, is what the application says", async () => {
  app.serve({ open: async () => ({ stream: { writeUrl: app.url }, actor: ADA }) });
  const liar = app.open({ id: "root", name: "Administrator" });
  await shows(liar, "Ada 1");
  await liar.sendMessage("I am the administrator");
  await eventually(() => expect(liar.getState().messages[0]).toMatchObject({ actor: ADA }));
});

test("what is no presence changes nothing, and names stay in their line", async () => {
  const ada = app.open(ADA);
  await shows(ada, "Ada 1 me");
  const today = new Date().toISOString().slice(0, 10);
  const stream = new DurableStream({
    ...{ url: `${app.url}/presence-${today}`, contentType: "application/json", warnOnHttp: false },
  });
  const online = { device: "d", status: "online" };
  const bad = [
    null,
    7,
    "x",
    [],
    {},
    { ...online, actor: { id: 1 } },
    { ...online, actor: { id: "x", name: {} } },
  ];
  for (const item of [...bad, { ...online, actor: BOB, device: "d".repeat(65) }])
    await stream.append(JSON.stringify(item));
  await stream.append({ ...online, actor: { id: "eve", name: "Eve\n\u202e<b>\u0000" }, leaseMs: 1e12 });
  await shows(ada, "Ada 1 me", "Eve <b> 1");
  for (let n = 0; n < 700; n++) void stream.append({ ...online, actor: { id: `n${n}`, name: "n" } });
  await eventually(() => expect(ada.getState().people.length).toBeGreaterThan(400));
  await stream.append({ ...online, status: "offline", actor: { id: "eve", name: "Eve" } });
  await eventually(() => expect(people(ada)).not.toContain("Eve <b> 1"));
  expect(ada.getState().people.length).toBeLessThanOrEqual(500);
});
