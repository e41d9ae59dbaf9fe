/** The forks around a stream: which came from which, and where they left. */

/** What is known of a stream. */
export interface ForkedStream {
  readonly path: string;
  /** The tail, in stored bytes. */
  readonly size: number;
  readonly forkedFrom?: { readonly path: string; readonly offset: string } | undefined;
}

/** One stream of a family, on a line of its own. */
export interface ForkNode {
  readonly path: string;
  /** Its line, from 0. */
  readonly lane: number;
  /** Generations from the first stream. */
  readonly depth: number;
  /** Where its own bytes begin, and its tail. For a stream that is gone, the last place where a fork left it. */
  readonly from: number;
  readonly to: number;
  /** The line it left; undefined for the first one. */
  readonly parentLane: number | undefined;
  /** Whether the stream is still there. A source that was deleted is known from its forks. */
  readonly exists: boolean;
}

/**
 * The family of a stream, the first one first, each followed by its forks in the order of where they left.
 *
 * @param streams all streams
 * @param parse reads an offset as a position
 */
export function forkFamily(
  streams: readonly ForkedStream[],
  path: string,
  parse: (offset: string) => number,
): ForkNode[] {
  const byPath = new Map(streams.map((stream) => [stream.path, stream]));
  const forks = new Map<string, ForkedStream[]>();
  for (const stream of streams) {
    if (stream.forkedFrom === undefined) continue;
    const siblings = forks.get(stream.forkedFrom.path);
    if (siblings === undefined) forks.set(stream.forkedFrom.path, [stream]);
    else siblings.push(stream);
  }
  const origin = (stream: ForkedStream): number =>
    stream.forkedFrom === undefined ? 0 : parse(stream.forkedFrom.offset);
  const nodes: ForkNode[] = [];
  const visit = (name: string, depth: number, parentLane: number | undefined): void => {
    const stream = byPath.get(name);
    const own = [...(forks.get(name) ?? [])].sort((a, b) => origin(a) - origin(b));
    const lane = nodes.length;
    const lastFork = Math.max(0, ...own.map(origin));
    const isFork = stream !== undefined && parentLane !== undefined;
    nodes.push({
      path: name,
      lane,
      depth,
      from: isFork ? origin(stream) : 0,
      to: stream?.size ?? lastFork,
      parentLane,
      exists: stream !== undefined,
    });
    // A stream can have been made anew under the name of its own fork's source: no path is visited twice.
    for (const fork of own)
      if (!nodes.some((node) => node.path === fork.path)) visit(fork.path, depth + 1, lane);
  };
  visit(firstOf(byPath, path), 0, undefined);
  return nodes;
}

/** The stream that all of the family come from. */
function firstOf(byPath: ReadonlyMap<string, ForkedStream>, path: string): string {
  const seen = new Set<string>();
  let first = path;
  for (let source: string | undefined = path; source !== undefined && !seen.has(source); ) {
    first = source;
    seen.add(source);
    source = byPath.get(source)?.forkedFrom?.path;
  }
  return first;
}

/** A name for a fork that no stream has: `chat-fork`, `chat-fork-2`, … */
export function forkName(path: string, isTaken: (name: string) => boolean): string {
  const base = `${path}-fork`;
  let name = base;
  for (let number = 2; isTaken(name); number++) name = `${base}-${number}`;
  return name;
}
