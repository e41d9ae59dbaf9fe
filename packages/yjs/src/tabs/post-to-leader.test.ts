import { getEventListeners } from "node:events";
import { expect, it } from "vitest";
import { LeaderPost } from "./post-to-leader.ts";

it("leaves nothing behind at a signal that outlives many changes", async () => {
  const numbers: number[] = [];
  const post = new LeaderPost("tab", (message) => {
    if (message.kind === "change") numbers.push(message.number);
  });
  const ending = new AbortController();
  const change = { body: Uint8Array.of(1, 0), number: undefined };
  for (let count = 0; count < 20; count++) {
    const sent = post.send(change, ending.signal);
    post.onStored(numbers.at(-1)!);
    expect(await sent).toEqual({ kind: "stored" });
  }
  const sent = post.send(change, ending.signal);
  post.onLeaderChanged();
  expect(await sent).toEqual({ kind: "again" });
  expect(getEventListeners(ending.signal, "abort")).toEqual([]);
  const last = post.send(change, ending.signal);
  ending.abort();
  expect(await last).toEqual({ kind: "again" });
});
