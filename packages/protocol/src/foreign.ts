import { CONTENT_TYPE, STREAM_NEXT_OFFSET } from "./headers.ts";

/** A response as `fetch` has it, as far as it matters here. */
interface Answer {
  readonly headers: { get(name: string): string | null };
}

/**
 * Whether an answer is a page that no stream server gave: the login page of a network, or what a web server shows for any
 * address. As content it would be nonsense, and taken for the answer to a write a loss.
 */
export function isForeign({ headers }: Answer): boolean {
  return !headers.get(STREAM_NEXT_OFFSET) && /text\/html/i.test(headers.get(CONTENT_TYPE) ?? "");
}
