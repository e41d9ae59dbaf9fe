/** Which streams there are, whatever their lifetimes say, and the moments at which they come and go. */
import type { Catalog } from "../catalog/catalog.ts";
import type { Stream } from "../catalog/stream.ts";
import { unlessDamaged } from "../journal/contract/errors.ts";
import { isOwnPath } from "../stream/paths.ts";
import { isHeavy } from "../stream/weight.ts";

/** One life of a stream: the same path may have another after it. */
export interface StreamLife {
  readonly path: string;
  readonly contentType: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** Hears of streams as readers do: once it is durable. Called from inside the log's own callback: notes it, and no more. */
export interface LifeListener {
  onCreated(life: StreamLife): void;
  /** Deleted, or expired; softly, too. */
  onRemoved(path: string): void;
  /** Some of it may not have been told: who tells of it was out of reach. From here on all of it is told again. */
  onMissed(): void;
}

export interface LivesPage {
  readonly lives: readonly StreamLife[];
  /** Where the next page begins (its `after`); undefined: this was the last. */
  readonly next: string | undefined;
}

export function lifeOf({ state: { path, contentType, createdAt } }: Stream): StreamLife {
  return { path, contentType, createdAt };
}

/** The stream at a path; one that has expired counts until its end is recorded, which listeners hear of. */
export function lifeAt(catalog: Catalog, path: string): StreamLife | undefined {
  const stream = isOwnPath(path) ? undefined : catalog.peek(path);
  return stream?.visibility === "live" ? lifeOf(stream) : undefined;
}

/**
 * Streams in the order of their paths, as `lifeAt` has them.
 *
 * @param after only paths after this one
 * @param limit paths to look at
 */
export function livesPage(catalog: Catalog, after: string, limit: number): LivesPage {
  const { paths, next } = catalog.paths("", after, limit);
  const lives: StreamLife[] = [];
  for (const path of paths) {
    if (isOwnPath(path)) continue;
    const stream = unlessDamaged(() => catalog.peek(path));
    if (stream?.visibility === "live") lives.push(lifeOf(stream));
    // One that takes long to be read ends the page.
    if (stream !== undefined && isHeavy(stream.state) && path !== paths.at(-1)) return { lives, next: path };
  }
  return { lives, next };
}
