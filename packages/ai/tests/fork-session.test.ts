import {
  appendToSession,
  forkSession,
  openSession,
  readSession,
  type SessionEntry,
  type SessionMessage,
} from "@perennial/ai";
import { createServer } from "@perennial/server";
import { afterAll, expect, test } from "vitest";

const server = createServer({ drainMs: 0 });
afterAll(() => server.stop());
const fetch: typeof globalThis.fetch = async (input, init) => server.fetch(new Request(input, init));

let count = 0;
const target = () => ({ url: `http://streams.test/v1/stream/session/${count++}`, fetch });
type Target = ReturnType<typeof target>;

const said = (id: string): SessionEntry<SessionMessage> => ({ type: "message", message: { id } });
const idsOf = async (of: Target) => (await readSession(of)).view.messages.map(({ id }) => id);

async function sessionOf(...entries: unknown[]): Promise<Target> {
  const session = target();
  await openSession(session);
  for (const entry of entries) await appendToSession(session, entry as SessionEntry<SessionMessage>);
  return session;
}

test("a branch has all up to its message, and neither sees what the other says later", async () => {
  const [session, branch, twig] = [await sessionOf(said("a"), said("b"), said("c")), target(), target()];
  const forked = await forkSession(session, branch, "b");
  expect(forked).toEqual({
    kind: "forked",
    view: { messages: [{ id: "a" }, { id: "b" }], running: [] },
  });
  await appendToSession(branch, said("other c"));
  await appendToSession(session, said("d"));
  await forkSession(branch, twig, "a");
  await appendToSession(twig, said("third b"));
  expect(await idsOf(session)).toEqual(["a", "b", "c", "d"]);
  expect(await idsOf(branch)).toEqual(["a", "b", "other c"]);
  expect(await idsOf(twig)).toEqual(["a", "third b"]);
});

test("the same call again finds the branch, whatever was said since", async () => {
  const [session, branch] = [await sessionOf(said("a"), said("b")), target()];
  await forkSession(session, branch, "a");
  await appendToSession(branch, said("x"));
  await appendToSession(session, said("c"));
  expect((await forkSession(session, branch, "a")).kind).toBe("forked");
  expect(await idsOf(branch)).toEqual(["a", "x"]);
  await expect(forkSession(session, branch, "b")).rejects.toMatchObject({ status: 409 });
});

test("an answer that is being written goes on in the source, and only there", async () => {
  const session = await sessionOf(said("q"), { type: "begun", id: "a", url: "/a" }, said("q2"));
  const branch = target();
  await forkSession(session, branch, "q2");
  expect((await readSession(branch)).view).toEqual({ messages: [{ id: "q" }, { id: "q2" }], running: [] });
  expect((await readSession(session)).view.running).toEqual([{ id: "a", url: "/a" }]);
  // Not a whole message yet.
  expect(await forkSession(session, target(), "a")).toEqual({ kind: "rejected", rejection: "no-message" });
  const over = { type: "over", id: "a", end: "completed", message: { id: "a" } } as const;
  await appendToSession(session, over);
  const after = target();
  await forkSession(session, after, "a");
  expect(await idsOf(after)).toEqual(["q", "q2", "a"]);
});

test("what is no entry is counted, and changes nothing", async () => {
  const [session, branch] = [await sessionOf(null, said("a"), 7, {}, said("b"), said("c")), target()];
  await forkSession(session, branch, "b");
  expect(await idsOf(branch)).toEqual(["a", "b"]);
});

test("a known state is read on from", async () => {
  const session = await sessionOf(said("a"));
  const known = await readSession(session);
  await appendToSession(session, said("b"));
  const asked: string[] = [];
  const counted: typeof fetch = (input, init) => {
    asked.push(String(input));
    return fetch(input, init);
  };
  expect((await readSession({ ...session, fetch: counted }, known)).view.messages).toEqual([
    { id: "a" },
    { id: "b" },
  ]);
  expect(asked).toEqual([expect.stringContaining(known.offset)]);
});
