import { expect, test } from "vitest";
import { deleteStreams } from "./delete-streams.ts";

test("each path is deleted once, and what is refused is told", async () => {
  const removed: string[] = [];
  const paths = Array.from({ length: 20 }, (_, number) => `s/${number}`);
  const progress: number[] = [];
  const refused = await deleteStreams({
    paths,
    remove: async (path) => {
      if (path === "s/7") throw new Error("no");
      removed.push(path);
    },
    signal: new AbortController().signal,
    onProgress: (done) => progress.push(done),
  });
  expect(removed.sort()).toEqual(paths.filter((path) => path !== "s/7").sort());
  expect(refused).toEqual([{ path: "s/7", reason: new Error("no") }]);
  expect(progress.at(-1)).toBe(20);
});

test("it stops when it is told to", async () => {
  const controller = new AbortController();
  const removed: string[] = [];
  await deleteStreams({
    paths: Array.from({ length: 20 }, (_, number) => `s/${number}`),
    remove: async (path) => {
      removed.push(path);
      if (removed.length === 5) controller.abort();
    },
    signal: controller.signal,
    onProgress: () => {},
  });
  expect(removed.length).toBe(5);
});
