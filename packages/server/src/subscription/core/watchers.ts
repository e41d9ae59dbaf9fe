/** Who watches a stream: a question of a few look-ups, however many subscriptions there are. */
import { type Glob, matchesGlob, parseGlob } from "@perennial/protocol";

const NOBODY: ReadonlySet<never> = new Set();

/** Sets under keys, without empty ones. */
class SetsBy<Value> {
  readonly #sets = new Map<string, Set<Value>>();

  get size(): number {
    return this.#sets.size;
  }

  get(key: string): ReadonlySet<Value> {
    return this.#sets.get(key) ?? (NOBODY as ReadonlySet<Value>);
  }

  add(key: string, value: Value): void {
    const set = this.#sets.get(key);
    if (set === undefined) this.#sets.set(key, new Set([value]));
    else set.add(value);
  }

  delete(key: string, value: Value): void {
    const set = this.#sets.get(key);
    set?.delete(value);
    if (set?.size === 0) this.#sets.delete(key);
  }
}

/** Watches by exact paths: a map. */
export class ExactWatchers<Value> extends SetsBy<Value> {}

/** Watches by patterns: each lies under the literal segments with which it begins. */
export class GlobWatchers<Value> {
  readonly #byPrefix = new SetsBy<{ readonly value: Value; readonly glob: Glob }>();
  readonly #entries = new Map<
    Value,
    { readonly value: Value; readonly glob: Glob; readonly prefix: string }
  >();

  get size(): number {
    return this.#entries.size;
  }

  /** @param pattern one that `parseGlob` accepts */
  add(pattern: string, value: Value): void {
    const parsed = parseGlob(pattern);
    if (parsed.kind === "rejected") throw new RangeError(`no pattern: ${pattern}`);
    const entry = { value, glob: parsed.value, prefix: fixedPrefix(parsed.value) };
    this.#entries.set(value, entry);
    this.#byPrefix.add(entry.prefix, entry);
  }

  delete(value: Value): void {
    const entry = this.#entries.get(value);
    if (entry === undefined) return;
    this.#entries.delete(value);
    this.#byPrefix.delete(entry.prefix, entry);
  }

  /** Those whose pattern matches a path, relative to the root. */
  *matching(path: string): Generator<Value> {
    for (let end = -1; ; ) {
      const prefix = end < 0 ? "" : path.slice(0, end);
      for (const { value, glob } of this.#byPrefix.get(prefix)) if (matchesGlob(glob, path)) yield value;
      if (end === path.length) return;
      const slash = path.indexOf("/", end + 1);
      end = slash < 0 ? path.length : slash;
    }
  }

  /** Whether the pattern of one matches a path. */
  isMatch(value: Value, path: string): boolean {
    const entry = this.#entries.get(value);
    return entry !== undefined && matchesGlob(entry.glob, path);
  }
}

/** The literal segments with which a pattern begins: all that it matches lies there or below. */
export function fixedPrefix({ segments }: Glob): string {
  const literals: string[] = [];
  for (const segment of segments) {
    if (typeof segment !== "string") break;
    literals.push(segment);
  }
  return literals.join("/");
}
