import { expect, test } from "vitest";
import { PageCache } from "./page-cache.ts";
import { PageLoader } from "./page-loader.ts";

test("loads two at once, the newest wishes first, and forgets the oldest", async () => {
  const asked: number[] = [];
  const finish: (() => void)[] = [];
  const loader = new PageLoader((page) => {
    asked.push(page);
    return new Promise<void>((resolve) => finish.push(resolve));
  });
  for (let page = 0; page < 10; page++) loader.want(page);
  expect(asked).toEqual([0, 1]);
  while (finish.length > 0) {
    finish.shift()!();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(asked).toEqual([0, 1, 9, 8, 7, 6]);
});

test("the cache keeps what was used last", () => {
  const cache = new PageCache<string>(2);
  cache.set(1, "one");
  cache.set(2, "two");
  cache.get(1);
  cache.set(3, "three");
  expect([cache.get(1), cache.get(2), cache.get(3), cache.size]).toEqual(["one", undefined, "three", 2]);
});
