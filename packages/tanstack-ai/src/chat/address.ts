/** Where and how a chat reaches its route. */
export interface ChatAddress {
  /** The address of the route, as `durableChatRoute` serves it. */
  readonly api: string;
  readonly headers: () => Record<string, string>;
  readonly fetch: typeof globalThis.fetch;
}

/** The address of a part of a session: `snapshot`, or `presence`. */
export function partOf({ api }: ChatAddress, part: "snapshot" | "presence"): string {
  const url = new URL(api);
  url.searchParams.set("part", part);
  return url.href;
}

/** An id that nobody else has. `crypto.randomUUID` is missing from pages that came over plain HTTP. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
