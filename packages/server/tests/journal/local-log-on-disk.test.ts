import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeDurableLogContract, describeLogContract } from "@perennial/testing/journal";
import { afterAll } from "vitest";
import { openLocalLog } from "../../src/journal/local/open-local-log.ts";

const root = await mkdtemp(join(tmpdir(), "perennial-log-"));
afterAll(() => rm(root, { recursive: true }));

let directories = 0;

function freshDirectory(): string {
  directories += 1;
  return join(root, String(directories));
}

for (const durability of ["fsync", "os"] as const) {
  describeLogContract(`LocalLog (${durability})`, () =>
    openLocalLog({ directory: freshDirectory(), durability }),
  );
  describeDurableLogContract(`LocalLog (${durability})`, async () => {
    const directory = freshDirectory();
    return () => openLocalLog({ directory, durability });
  });
}
