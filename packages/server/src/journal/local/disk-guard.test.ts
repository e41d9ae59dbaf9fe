import { expect, test } from "vitest";
import type { ArchiveStore } from "./archive/archive-store.ts";
import { DiskGuard, type HeldFile } from "./disk-guard.ts";

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A guard that looks at a file when told to, what it says of the file, and what it reports. */
async function guarded() {
  const reports: string[] = [];
  const looks: (() => void)[] = [];
  const answers: { resolve: (isInPlace: boolean) => void; reject: (error: Error) => void }[] = [];
  const store = { isInPlace: () => Promise.resolve(true) } as ArchiveStore & HeldFile;
  const after = (_ms: number, run: () => void): void => void looks.push(run);
  const report = (what: string): void => void reports.push(what);
  const guard = new DiskGuard({ store, scrub: false, report, now: () => 0, after }, () => {});
  guard.watch([
    { isInPlace: () => new Promise((resolve, reject) => void answers.push({ resolve, reject })) },
  ]);
  // The first look is at the archive.
  looks.shift()!();
  await settled();
  looks.shift()!();
  return { guard, reports, answer: answers[0]! };
}

const CLOSED = new Error("EBADF: bad file descriptor, fstat");

test.each([
  ["cannot be looked at", ({ reject }: Awaited<ReturnType<typeof guarded>>["answer"]) => reject(CLOSED)],
  ["is not in its place", ({ resolve }: Awaited<ReturnType<typeof guarded>>["answer"]) => resolve(false)],
])("a file that %s is trouble, unless it was closed meanwhile", async (_, happen) => {
  const open = await guarded();
  happen(open.answer);
  await settled();
  expect([open.reports, open.guard.health]).toEqual([["looking after the data directory"], "read-only"]);

  const closed = await guarded();
  closed.guard.stop();
  happen(closed.answer);
  await settled();
  expect([closed.reports, closed.guard.health]).toEqual([[], "ok"]);
});
