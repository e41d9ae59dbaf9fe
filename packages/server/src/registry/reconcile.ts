/**
 * Brings the registry in line with the streams that there are: after a start, whatever the end of the process before, and
 * whenever what happened could not be noted as it did. So nothing else has to be safe against being lost.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { StreamLife } from "../shard/lives.ts";
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

/**
 * Writes what the registry lacks.
 *
 * @param onLook told of each name at the moment at which it is looked at: what was to be written of it before is void
 * @param partBytes see `PART_BYTES`
 * @returns bytes that a registry of just these streams takes
 */
export async function reconcile(
  streams: AllStreams,
  registry: RegistryStream,
  onLook: (name: string) => void,
  partBytes = PART_BYTES,
): Promise<number> {
  const parts = Math.max(1, Math.ceil((await registry.byteLength()) / partBytes));
  let needed = 0;
  for (let part = 0; part < parts; part++) {
    const isOfPart = (name: string): boolean => hash(name) % parts === part;
    const said = await whatIsSaid(registry, isOfPart);
    for await (const lives of allLives(streams)) {
      const events: string[] = [];
      for (const life of lives) {
        const name = life.path.slice(ROOT.length);
        if (!isOfPart(name)) continue;
        onLook(name);
        events.push(...difference(name, said.get(name), life));
        said.delete(name);
        needed += insertEvent(name, life).length + 1;
      }
      await registry.append(events);
    }
    await strikeOut(streams, registry, said, onLook);
  }
  return needed;
}

/** What is said of names that were not met among the streams. */
async function strikeOut(
  streams: AllStreams,
  registry: RegistryStream,
  said: ReadonlyMap<string, Entry>,
  onLook: (name: string) => void,
): Promise<void> {
  const names = [...said.keys()];
  for (let from = 0; from < names.length; from += LOOKS) {
    const events = names.slice(from, from + LOOKS).flatMap((name) => {
      onLook(name);
      return difference(name, said.get(name), streams.lifeAt(ROOT + name));
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
  for await (const page of registry.pages()) {
    for (const { name, entry } of page) {
      if (!isWanted(name)) continue;
      if (entry === undefined) said.delete(name);
      else said.set(name, entry);
    }
    await nextTurn();
  }
  return said;
}

/** All streams, the registry first, as it comes first in its own list. */
async function* allLives(streams: AllStreams): AsyncGenerator<readonly StreamLife[]> {
  const own = streams.lifeAt(ROOT + REGISTRY_NAME);
  if (own !== undefined) yield [own];
  for (let after: string | undefined = ""; after !== undefined; ) {
    const page = streams.lives(after, LOOKS);
    yield page.lives.filter(({ path }) => path !== own?.path);
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
