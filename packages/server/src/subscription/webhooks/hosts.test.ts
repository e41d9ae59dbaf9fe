import { expect, test } from "vitest";
import { Hosts } from "./hosts.ts";

test("a delivery that was given up before its host was asked says nothing of the host", async () => {
  let now = 0;
  const hosts = new Hosts(2, 4, () => now);
  for (let failure = 0; failure < 5; failure++) {
    expect(await hosts.enter("dead")).toBeUndefined();
    hosts.leave("dead", false);
  }
  expect(await hosts.enter("dead")).toBe(1000);
  now = 1000;
  expect(await hosts.enter("dead")).toBeUndefined();
  hosts.leave("dead", undefined);
  expect(await hosts.enter("dead")).toBeUndefined();
  expect(await hosts.enter("dead"), "one at a time asks").toBe(2000);
});
