/** A value, a promise of it, or a function that gives one of these: asked for each request. */
export type Resolvable<T> = T | PromiseLike<T> | (() => T | PromiseLike<T>);

/** What a resolvable holds now. */
export async function resolved<T>(value: Resolvable<T>): Promise<T> {
  return typeof value === "function" ? await (value as () => T | PromiseLike<T>)() : await value;
}

/** Several sets of headers as one, the later ones winning. Names are compared as HTTP does, without their case. */
export function mergedHeaders(...sets: (HeadersInit | undefined)[]): Record<string, string> {
  const merged = new Headers();
  for (const set of sets) new Headers(set).forEach((value, name) => void merged.set(name, value));
  return Object.fromEntries(merged.entries());
}
