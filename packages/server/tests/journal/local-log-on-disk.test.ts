import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openLocalLog } from "../../src/journal/local/open-local-log.ts";
import { describeDurableLogContract } from "../../src/journal/testing/durable-log-contract.ts";
import { describeLogContract } from "../../src/journal/testing/log-contract.ts";
import type { ModelRecord } from "../../src/journal/testing/model.ts";

const root = await mkdtemp(join(tmpdir(), "perennial-log-"));
afterAll(() => rm(root, { recursive: true }));

let directories = 0;

function freshDirectory(): string {
  directories += 1;
  return join(root, String(directories));
}

for (const durability of ["fsync", "os"] as const) {
  describeLogContract(`LocalLog (${durability})`, () =>
    openLocalLog<ModelRecord>({ directory: freshDirectory(), durability }),
  );
  describeDurableLogContract(`LocalLog (${durability})`, async () => {
    const directory = freshDirectory();
    return () => openLocalLog<ModelRecord>({ directory, durability });
  });
}
