/**
 * Object storage for tests: an HTTP server that speaks as much of S3 as we do, over objects in memory. With a seed it fails as
 * networks and services do: it is busy, cuts connections before a request had its effect or after it, and cuts answers off.
 * It looks at no signature but for the key that asks.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { HEADER, HTTP_HEADER } from "@perennial/protocol";
import type { Random } from "../random.ts";

const PAGE = 1000;

/** How likely each fault is, in [0, 1], with each request. */
export interface S3Faults {
  readonly random: Random;
  readonly probability: number;
}

interface Answer {
  readonly status: number;
  readonly body?: Uint8Array | string;
}

export class S3Server {
  /** By `bucket/key`. Tests may look into them and change them. */
  readonly objects = new Map<string, Uint8Array>();
  /** Method, path and query of each request, in order. */
  readonly requests: string[] = [];
  faults: S3Faults | undefined;
  readonly #buckets: readonly string[];
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  /** @param buckets names of the buckets that there are */
  constructor(...buckets: string[]) {
    this.#buckets = buckets;
  }

  /** Listens; resolves to the environment in which it is found, with credentials that it takes. */
  async start(): Promise<Record<string, string>> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const { port } = this.#server.address() as AddressInfo;
    return {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: "tester",
      AWS_SECRET_ACCESS_KEY: "never-told",
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests.push(`${request.method} ${request.url}`);
    const pieces: Buffer[] = [];
    try {
      for await (const piece of request) pieces.push(piece);
    } catch {
      return;
    }
    const fault = this.#fault();
    if (fault === "busy") return send(response, failure(503, "SlowDown"));
    if (fault === "lost-request") return void request.socket.destroy();
    const answer = this.#answer(request, Buffer.concat(pieces));
    if (fault === "lost-answer") return void request.socket.destroy();
    if (fault === "cut-off") return cutOff(response, answer);
    send(response, answer);
  }

  #fault(): "busy" | "lost-request" | "lost-answer" | "cut-off" | undefined {
    if (!this.faults?.random.chance(this.faults.probability)) return undefined;
    return this.faults.random.pick(["busy", "lost-request", "lost-answer", "cut-off"] as const);
  }

  #answer({ method, url = "", headers }: IncomingMessage, body: Buffer): Answer {
    if (!headers.authorization?.includes("Credential=tester/")) return failure(403, "InvalidAccessKeyId");
    if (headers["x-amz-content-sha256"] !== createHash("sha256").update(body).digest("hex"))
      return failure(400, "XAmzContentSHA256Mismatch");
    const { pathname, searchParams } = new URL(url, "http://host");
    const path = decodeURIComponent(pathname).slice(1);
    if (!this.#buckets.includes(path.split("/")[0]!)) return failure(404, "NoSuchBucket");
    if (method === "GET" && searchParams.has("list-type")) return this.#list(path, searchParams);
    if (method === "GET") return this.#get(path, headers.range);
    if (method === "DELETE") this.objects.delete(path);
    if (method === "DELETE") return { status: 204 };
    if (headers[HEADER.ifNoneMatch.toLowerCase()] === "*" && this.objects.has(path))
      return failure(412, "PreconditionFailed");
    this.objects.set(path, body);
    return { status: 200 };
  }

  #get(path: string, range: string | undefined): Answer {
    const object = this.objects.get(path);
    if (object === undefined) return failure(404, "NoSuchKey");
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
    if (from === undefined) return { status: 200, body: object };
    if (Number(from) >= object.length) return failure(416, "InvalidRange");
    return { status: 206, body: object.subarray(Number(from), Number(to) + 1) };
  }

  #list(bucket: string, query: URLSearchParams): Answer {
    const prefix = `${bucket}/${query.get("prefix") ?? ""}`;
    const after = `${bucket}/${query.get("start-after") ?? ""}`;
    const paths = [...this.objects.keys()].filter((path) => path.startsWith(prefix)).sort();
    const rest = paths.filter((path) => path > after);
    const contents = rest.slice(0, PAGE).map((path) => {
      const key = path
        .slice(bucket.length + 1)
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;");
      return `<Contents><Key>${key}</Key><Size>${this.objects.get(path)!.length}</Size></Contents>`;
    });
    const isMore = rest.length > PAGE;
    const body = `<IsTruncated>${isMore}</IsTruncated>${contents.join("")}`;
    return { status: 200, body: `<ListBucketResult xmlns="x">${body}</ListBucketResult>` };
  }
}

function failure(status: number, code: string): Answer {
  return { status, body: `<?xml version="1.0"?><Error><Code>${code}</Code></Error>` };
}

function send(response: ServerResponse, { status, body = "" }: Answer): void {
  response.writeHead(status, { [HTTP_HEADER.contentLength]: Buffer.byteLength(body) }).end(body);
}

/** The answer with a byte less than it says, and then nothing. */
function cutOff(response: ServerResponse, { status, body = "" }: Answer): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { [HTTP_HEADER.contentLength]: bytes.length + 1 });
  response.flushHeaders();
  if (bytes.length > 0) response.write(bytes);
  setImmediate(() => response.destroy());
}
