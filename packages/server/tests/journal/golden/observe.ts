/** All that clients can see of the streams of a server, as plain values. */
import { createHash } from "node:crypto";
import type { Http } from "../../support/http.ts";

interface Listed {
  readonly path: string;
  readonly contentType: string;
  readonly ttlSeconds?: number;
  readonly expiresAt?: string;
}

/** What a client sees of one stream. Reads renew a TTL, so the moment at which that runs out is left out. */
async function streamOf(http: Http, listed: Listed): Promise<unknown> {
  const { path, expiresAt, ...rest } = listed;
  const shown = listed.ttlSeconds === undefined ? { ...rest, expiresAt } : rest;
  const { bytes } = await http.get(path);
  const content =
    bytes.length > 200 ? createHash("sha256").update(bytes).digest("hex") : bytes.toString("base64");
  const { headers } = await http.head(path);
  const producers = await http.send("GET", `/v1/stream/__ds/producers`, {
    query: `?path=${encodeURIComponent(path)}`,
  });
  return {
    ...{ path, ...shown, length: bytes.length, content },
    etag: (await http.get(path)).headers.get("etag"),
    closed: headers.get("stream-closed"),
    producers: JSON.parse(producers.text),
  };
}

/** All streams, in the order of their paths. */
export async function observe(http: Http): Promise<unknown> {
  const page = await http.send("GET", "/v1/stream/__ds/streams", { query: "?limit=1000" });
  const { streams } = JSON.parse(page.text) as { readonly streams: readonly Listed[] };
  const seen: unknown[] = [];
  for (const listed of streams) seen.push(await streamOf(http, listed));
  // Absent and undefined are the same in the file that this is compared with.
  return JSON.parse(JSON.stringify(seen));
}
