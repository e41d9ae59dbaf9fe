/**
 * Brings the registry in line with the streams that there are: after a start, whatever the end of the process before, and
 * whenever what happened could not be noted as it did. So nothing else has to be safe against being lost.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { LivesPage, StreamLife } from "../shard/lives.ts";
import type { AllStreams } from "../shard/streams.ts";
import { difference, type Entry, insertEvent } from "./events.ts";
import { REGISTRY_NAME, type RegistryStream, ROOT } from "./registry-stream.ts";

/** Streams looked at in one turn of the event loop: each may be a look into the archive. */
const LOOKS = 100;

/**
 * Bytes of the registry whose names are held in memory at once. A longer one is read several times, for some of
 * the names each time.
 */
const PART_BYTES = 16 * 1024 * 1024;

/** What is told of streams while it is asked which there are, and is to be written after that. */
export interface Told {
  /** A mark of what was told so far. */
  mark(): number;
  /** What was told of a name up to the mark is void: it was asked for after that, and so is in the answer. */
  forget(name: string, mark: number): void;
}

/**
 * Writes what the registry lacks. What happens between a question and its answer may be written twice, where the streams
 * are far away.
 *
 * @param partBytes see `PART_BYTES`
 * @returns bytes that a registry of just these streams takes
 */
export async function reconcile(
  streams: AllStreams,
  registry: RegistryStream,
  told: Told,
  partBytes = PART_BYTES,
): Promise<number> {
  const parts = Math.max(1, Math.ceil((await registry.byteLength()) / partBytes));
  let needed = 0;
  for (let part = 0; part < parts; part++) {
    const isOfPart = (name: string): boolean => hash(name) % parts === part;
    const said = await whatIsSaid(registry, isOfPart);
    for await (const { lives, mark } of allLives(streams, told)) {
      const events: string[] = [];
      for (const life of lives) {
        const name = life.path.slice(ROOT.length);
        if (!isOfPart(name)) continue;
        told.forget(name, mark);
        events.push(...difference(name, said.get(name), life));
        said.delete(name);
        needed += insertEvent(name, life).length + 1;
      }
      await registry.append(events);
    }
    await strikeOut(streams, registry, said, told);
  }
  return needed;
}

/** What is said of names that were not met among the streams. */
async function strikeOut(
  streams: AllStreams,
  registry: RegistryStream,
  said: ReadonlyMap<string, Entry>,
  told: Told,
): Promise<void> {
  const names = [...said.keys()];
  for (let from = 0; from < names.length; from += LOOKS) {
    const some = names.slice(from, from + LOOKS);
    const mark = told.mark();
    const lives = await Promise.all(some.map((name) => streams.lifeAt(ROOT + name)));
    const events = some.flatMap((name, index) => {
      told.forget(name, mark);
      return difference(name, said.get(name), lives[index]);
    });
    await registry.append(events);
    await nextTurn();
  }
}

/** The streams that the registry knows of, by their names. */
async function whatIsSaid(
  registry: RegistryStream,
  isWanted: (name: string) => boolean,
): Promise<Map<string, Entry>> {
  const said = new Map<string, Entry>();
  for await (const page of registry.events()) {
    for (const { name, entry } of page) {
      if (!isWanted(name)) continue;
      if (entry === undefined) said.delete(name);
      else said.set(name, entry);
    }
    await nextTurn();
  }
  return said;
}

/** Streams as they were at a mark, or later. */
interface Looked {
  readonly lives: readonly StreamLife[];
  readonly mark: number;
}

/** All streams, the registry first, as it comes first in its own list. */
async function* allLives(streams: AllStreams, told: Told): AsyncGenerator<Looked> {
  const start = told.mark();
  const own = await streams.lifeAt(ROOT + REGISTRY_NAME);
  if (own !== undefined) yield { lives: [own], mark: start };
  for (let after: string | undefined = ""; after !== undefined; ) {
    const mark = told.mark();
    const page: LivesPage = await streams.lives(after, LOOKS);
    yield { lives: page.lives.filter(({ path }) => path !== own?.path), mark };
    after = page.next;
    await nextTurn();
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return sum;
}
