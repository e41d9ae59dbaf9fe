/** Forks of forks of forks: what a read costs when all of them have to be fetched from the disk. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PLAIN_SETTINGS } from "@perennial/testing/journal";
import { expect, test, vi } from "vitest";
import { openLocalLog } from "../../src/journal/local/open-local-log.ts";
import { append } from "../../src/shard/append.ts";
import { pieces } from "../../src/shard/bytes.ts";
import { create } from "../../src/shard/create.ts";
import { readOut } from "../../src/shard/reading.ts";
import { Shard } from "../../src/shard/shard.ts";
import { contentAtOnce } from "../support/content.ts";

const DEPTH = 300;
const path = (generation: number): string => `/v1/stream/g${generation}`;

async function openShard(directory: string): Promise<Shard> {
  const shard = new Shard({
    log: await openLocalLog({ directory, durability: "os" }),
    now: Date.now,
    random: Math.random,
    producersPerStream: 10,
    loadedStreams: 100,
    forkDepth: DEPTH,
  });
  await shard.open();
  return shard;
}

function fork(shard: Shard, generation: number) {
  return create(shard, {
    ...PLAIN_SETTINGS,
    path: path(generation),
    contentType: generation === 0 ? "text/plain" : undefined,
    body: text(generation),
    fork:
      generation === 0 ? undefined : { sourcePath: path(generation - 1), anchor: undefined, subOffset: 0 },
  });
}

function text(generation: number) {
  const part = Buffer.from(`<${generation}>`);
  return { parts: [part], byteLength: part.length };
}

test("each generation's stream is looked up once per read, from a cold archive, too, and there is no end of them beyond the limit", async () => {
  const directory = mkdtempSync(join(tmpdir(), "fork-chains-"));
  try {
    const warm = await openShard(directory);
    let expected = "";
    for (let generation = 0; generation <= DEPTH; generation++) {
      expect(await fork(warm, generation)).toMatchObject({ kind: "created" });
      expected += `<${generation}>`;
    }
    expect(await fork(warm, DEPTH + 1)).toEqual({
      kind: "rejected",
      rejection: { kind: "fork-too-deep", limit: DEPTH },
    });
    await warm.log.close();

    const cold = await openShard(directory);
    expect(cold.catalog.loaded).toBe(0);
    const found = cold.forReading(path(DEPTH));
    if (found.kind !== "found") throw new Error("the last fork is gone");
    const lookUp = vi.spyOn(cold.catalog, "byId");
    const { stream } = found;
    expect(contentAtOnce(cold, stream, 0, stream.visibleTail)).toBe(expected);
    expect(lookUp.mock.calls.length).toBe(DEPTH);
    lookUp.mockClear();
    const read: Uint8Array[] = [];
    await readOut(pieces(cold, stream, 2, stream.visibleTail, (bytes) => read.push(bytes) > 0));
    expect(Buffer.concat(read).toString()).toBe(expected.slice(2));
    expect(lookUp.mock.calls.length).toBe(DEPTH);
    expect(await fork(cold, DEPTH + 1)).toMatchObject({ rejection: { kind: "fork-too-deep" } });
    await append(cold, path(DEPTH), {
      body: text(7),
      contentType: "text/plain",
      ...{ closes: false, producer: undefined, streamSeq: undefined },
    });
    await cold.log.close();
  } finally {
    rmSync(directory, { recursive: true });
  }
});
