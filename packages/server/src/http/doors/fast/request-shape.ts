/**
 * The one shape of request that the fast lane takes. Everything else is for node:http, whose parser has the last
 * word on what is odd or malformed.
 *
 * Why it is safe: the shape is a subset of what any HTTP/1.1 parser accepts, and of one meaning only. The whole head
 * is there and ends in CRLF CRLF; every line ends in CRLF and holds no other control character, so no line can hide
 * in another (no bare CR or LF, no NUL, no folding: a line cannot begin with a blank). Names are tokens directly
 * followed by the colon. There is one Host, and at most one Content-Length, in plain digits; whatever else could frame
 * a body or change the connection (Transfer-Encoding, Expect, Upgrade, Trailer, any Connection but keep-alive) is not
 * taken. So there is one way to read where the request ends.
 */
import { HTTP_HEADER } from "@perennial/protocol";
import { isHost } from "../../message/host.ts";
import type { KeptCredential } from "./kept-credential.ts";

/** The most bytes of a head that the fast lane looks at. */
const HEAD_BYTES = 8192;

/** More lines than any client sends, and fewer than node:http would begin to drop. */
const HEADER_LINES = 100;

const REQUEST_LINE = /(?:GET|HEAD|POST|PUT|DELETE) \/[A-Za-z0-9\-._~!$&'()*+,;=:@/?%]* HTTP\/1\.1\r\n/y;
const HEADER_LINE = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+: ?(?:[!-~](?:[ -~]*[!-~])?)?\r\n/y;
const SPACE = 0x20;
const LENGTH = HTTP_HEADER.contentLength.toLowerCase();
const CONTENT_LENGTH = /^(?:0|[1-9][0-9]{0,14})$/;

/** Headers that may frame a body or change the connection. The fast lane takes none of them. */
const REFUSED = new Set([
  HTTP_HEADER.transferEncoding.toLowerCase(),
  "expect",
  "upgrade",
  "trailer",
  "te",
  "proxy-connection",
  "http2-settings",
]);

/** A request head that fits. */
export interface FastHead {
  readonly method: string;
  readonly target: string;
  /** Names as sent and values, in turn. */
  readonly rawHeaders: readonly string[];
  /** Bytes of the body that follow the head. */
  readonly contentLength: number;
  /** Where the head ends in the bytes it was read from. */
  readonly end: number;
}

/**
 * Reads the request head that the bytes begin with; undefined when it does not fit the shape or is not complete.
 *
 * @param headBytes the server's own limit for a head; only heads well below it are taken
 * @param kept what the connection's last request showed; is told what this one shows
 */
export function readHead(bytes: Buffer, headBytes: number, kept: KeptCredential): FastHead | undefined {
  const blankLine = bytes.indexOf("\r\n\r\n", 0, "latin1");
  const end = blankLine + 4;
  if (blankLine < 0 || end > Math.min(HEAD_BYTES, headBytes / 2)) return undefined;
  const head = bytes.toString("latin1", 0, blankLine + 2);
  // Testing and then cutting spares the arrays that `exec` would make, a fifth of all garbage of a request.
  REQUEST_LINE.lastIndex = 0;
  if (!REQUEST_LINE.test(head)) return undefined;
  const targetAt = head.indexOf(" ") + 1;
  const rawHeaders = readHeaders(head, REQUEST_LINE.lastIndex, kept);
  if (rawHeaders === undefined) return undefined;
  const contentLength = readContentLength(rawHeaders);
  if (contentLength === undefined) return undefined;
  const method = head.slice(0, targetAt - 1);
  const takesBody = method === "POST" || method === "PUT";
  if (contentLength > 0 && !takesBody) return undefined;
  return {
    method,
    target: head.slice(targetAt, head.indexOf(" ", targetAt)),
    rawHeaders,
    contentLength,
    end,
  };
}

function readHeaders(head: string, start: number, kept: KeptCredential): string[] | undefined {
  const rawHeaders: string[] = [];
  let at = start;
  while (at < head.length) {
    if (kept.isAt(head, at) && rawHeaders.length < 2 * HEADER_LINES) {
      rawHeaders.push(kept.name, kept.value);
      at += kept.length;
      continue;
    }
    HEADER_LINE.lastIndex = at;
    if (!HEADER_LINE.test(head) || rawHeaders.length === 2 * HEADER_LINES) return undefined;
    const colon = head.indexOf(":", at);
    const valueAt = head.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1;
    const end = HEADER_LINE.lastIndex;
    const name = head.slice(at, colon);
    const value = head.slice(valueAt, end - 2);
    rawHeaders.push(name, value);
    kept.offer(head.slice(at, end), name, value);
    at = end;
  }
  return rawHeaders;
}

/** The body's length, if the headers leave no doubt about it. */
function readContentLength(rawHeaders: readonly string[]): number | undefined {
  let hosts = 0;
  let contentLength: number | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    const value = rawHeaders[index + 1]!;
    if (name === "host") {
      hosts += 1;
      if (!isHost(value)) return undefined;
    } else if (name === LENGTH) {
      if (contentLength !== undefined || !CONTENT_LENGTH.test(value)) return undefined;
      contentLength = Number(value);
    } else if (name === "connection") {
      if (value.toLowerCase() !== "keep-alive") return undefined;
    } else if (REFUSED.has(name)) {
      return undefined;
    }
  }
  return hosts === 1 ? (contentLength ?? 0) : undefined;
}
