/** Requests that a confused, careless or hostile client might send. */
import fc from "fast-check";

export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | undefined;
}

const token = (position: number) => `0000000000000000_${String(position).padStart(16, "0")}`;

const path = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("a", "b", "c", "d/e").map((name) => `/v1/stream/${name}`) },
  { weight: 1, arbitrary: fc.webPath().map((text) => `/v1/stream${text}`) },
  { weight: 1, arbitrary: fc.webPath().map((text) => (text === "" ? "/" : text)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "/health",
      "/v1/stream",
      "/v1/stream/",
      "/v1/stream/__ds/x",
      "/v1/stream/%",
      "//",
    ),
  },
);

const pair = fc.oneof(
  fc.tuple(
    fc.constant("offset"),
    fc.oneof(
      fc.constantFrom(
        "-1",
        "now",
        token(0),
        token(1),
        token(3),
        token(99),
        `${"9".repeat(16)}_${"9".repeat(16)}`,
      ),
      fc.string(),
    ),
  ),
  fc.tuple(fc.constant("live"), fc.constantFrom("sse", "long-poll", "", "other")),
  fc.tuple(fc.constant("cursor"), fc.oneof(fc.constantFrom("1", "99999999999999999999"), fc.string())),
  fc.tuple(fc.string(), fc.string()),
);

const query = fc.oneof(
  { weight: 3, arbitrary: fc.constant("") },
  {
    weight: 5,
    arbitrary: fc
      .array(pair, { minLength: 1, maxLength: 4 })
      .map(
        (pairs) =>
          `?${pairs.map(([name, value]) => `${encodeURIComponent(wellFormed(name))}=${encodeURIComponent(wellFormed(value))}`).join("&")}`,
      ),
  },
  { weight: 1, arbitrary: fc.constantFrom("?", "?offset", "?offset=%ff", "?%=%&&==", "?live=sse") },
);

function wellFormed(text: string): string {
  return text.replace(/[\uD800-\uDFFF]/g, "");
}

/** What a header may hold: visible Latin-1 and blanks. */
const headerText = fc
  .array(
    fc.integer({ min: 0x20, max: 0xff }).filter((code) => code < 0x7f || code > 0x9f),
    { maxLength: 40 },
  )
  .map((codes) => String.fromCharCode(...codes).trim());

const value = (...likely: string[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...likely) }, { weight: 1, arbitrary: headerText });

const NUMBERS = ["0", "1", "2", "-1", "1.5", "007", "9007199254740992", "9".repeat(30)];

const header = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(
      fc.constant("Content-Type"),
      value("application/json", "text/plain", "image/png", "application/json; charset=utf-8", ";", ""),
    ),
  },
  fc.tuple(fc.constant("Stream-Closed"), value("true", "TRUE", "false")),
  fc.tuple(fc.constant("Stream-TTL"), value("1", "3600", ...NUMBERS)),
  fc.tuple(fc.constant("Stream-Max-Bytes"), value("1", "3600", ...NUMBERS)),
  fc.tuple(
    fc.constant("Stream-Expires-At"),
    value("2040-01-01T00:00:00Z", "2001-01-01T00:00:00+23:59", "2040-02-30T00:00:00Z"),
  ),
  fc.tuple(fc.constant("Stream-Seq"), value("a", "b", "09", "10", "")),
  fc.tuple(fc.constant("Producer-Id"), value("p", "q", "", "p".repeat(300))),
  fc.tuple(fc.constant("Producer-Epoch"), value(...NUMBERS)),
  fc.tuple(fc.constant("Producer-Seq"), value(...NUMBERS)),
  fc.tuple(
    fc.constant("Stream-Forked-From"),
    value("/v1/stream/a", "/v1/stream/b", "/v1/stream/none", "a", "/v1/stream/__ds/x"),
  ),
  fc.tuple(fc.constant("Stream-Fork-Offset"), value(token(0), token(2), token(99), "-1", "now")),
  fc.tuple(fc.constant("Stream-Fork-Sub-Offset"), value(...NUMBERS)),
  fc.tuple(fc.constant("If-None-Match"), value("*", '"a", W/"b"', '"')),
  fc.tuple(fc.constant("Last-Event-ID"), value(token(0), token(1), "-1", "x")),
  fc.tuple(fc.constant("X-Forwarded-Host"), value("a.example", "a b", "é")),
  fc.tuple(fc.constantFrom("Accept", "X-Anything", "Range", "Authorization"), headerText),
);

const body = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom("[1,2]", '{"a":1}', "text", "[]", "", "{oops", '"\ud800"').map((text) => Buffer.from(text)),
  fc.json().map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 2000 }),
);

export const fuzzRequest: fc.Arbitrary<FuzzRequest> = fc
  .record({
    method: fc.constantFrom(
      "GET",
      "GET",
      "GET",
      "HEAD",
      "POST",
      "POST",
      "POST",
      "PUT",
      "PUT",
      "PUT",
      "DELETE",
      "OPTIONS",
      "PATCH",
    ),
    path,
    query,
    headers: fc.uniqueArray(header, { maxLength: 7, selector: ([name]) => name }),
    body,
  })
  .map((request) => (/^(GET|HEAD)$/.test(request.method) ? { ...request, body: undefined } : request));

/** The same as text for a socket, a byte per character. */
export function asText({ method, path, query, headers, body }: FuzzRequest): string {
  const lines = [`${method} ${path}${query} HTTP/1.1`, "Host: localhost"];
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  if (body !== undefined) lines.push(`Content-Length: ${body.length}`);
  return `${lines.join("\r\n")}\r\n\r\n${Buffer.from(body ?? []).toString("latin1")}`;
}
