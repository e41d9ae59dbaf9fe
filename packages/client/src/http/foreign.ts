import { STREAM_NEXT_OFFSET } from "@perennial/protocol";
import { hasType } from "./content-type.ts";

/**
 * Whether an answer is a page that no stream server gave: the login page of a network, or what a web server shows for any
 * address. As content it would be nonsense, and taken for the answer to a write a loss.
 */
export function isForeign(response: Response): boolean {
  return !response.headers.has(STREAM_NEXT_OFFSET) && hasType(response, "text/html");
}
