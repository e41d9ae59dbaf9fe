import { getEventListeners } from "node:events";
import { expect, it } from "vitest";
import { Pause } from "./backoff.ts";

it("leaves nothing behind at a signal that outlives many waits", async () => {
  const pause = new Pause();
  const ending = new AbortController();
  for (let count = 0; count < 20; count++) await pause.wait(0, ending.signal);
  const woken = pause.wait(2 ** 30, ending.signal);
  pause.wake();
  await woken;
  expect(getEventListeners(ending.signal, "abort")).toEqual([]);
  const aborted = pause.wait(2 ** 30, ending.signal);
  ending.abort();
  await aborted;
});
