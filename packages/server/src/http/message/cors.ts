/**
 * Which headers a page on another origin may send and read (protocol §3.5): those of the protocol, as they are sent, and the
 * few of HTTP that concern a page.
 */
import { HEADER, HTTP_HEADER, SENT_WITH } from "@perennial/protocol";

/** Browsers show it to every page. */
const ALWAYS_READABLE: ReadonlySet<string> = new Set([HEADER.cacheControl]);

function sentWith(way: "requests" | "replies"): readonly string[] {
  const keys = Object.keys(HEADER) as (keyof typeof HEADER)[];
  return keys.filter((key) => SENT_WITH[key] === way || SENT_WITH[key] === "both").map((key) => HEADER[key]);
}

/** Readable by pages on other origins. */
export const EXPOSED_HEADERS: readonly string[] = [
  ...sentWith("replies").filter((name) => !ALWAYS_READABLE.has(name)),
  HTTP_HEADER.contentEncoding,
  HTTP_HEADER.vary,
];

/** May be sent by pages on other origins. */
export const ALLOWED_HEADERS: readonly string[] = [...sentWith("requests"), HTTP_HEADER.authorization];
