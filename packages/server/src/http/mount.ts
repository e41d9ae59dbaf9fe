/** Services that live in this server under a path of their own, and are built of its streams. */
import { HEADER, HTTP_HEADER, PROBLEM_CONTENT_TYPE, type Problem } from "@perennial/protocol";
import { bodyProblem, type Scope } from "./access/scope.ts";
import { problemReply } from "./errors.ts";
import type { Reply } from "./message/reply.ts";
import type { HttpRequest } from "./message/request.ts";

/** A service under a path of its own. */
export interface Mount {
  /** All below it is the service's, such as `/v1/yjs/`. */
  readonly prefix: string;
  /**
   * What the paths of the streams that it is built of begin with, such as `/v1/stream/yjs/`. They are written through it alone: a
   * PUT, POST or DELETE of one of them gets 403, whoever sends it.
   */
  readonly streams?: string;
  /** Answers a request. Its answer is held in memory: what is long, or live, is better rewritten. */
  fetch(request: Request): Promise<Response>;
  /**
   * The stream that a GET or HEAD is really of; undefined when `fetch` is to answer. The server then reads it as if it had been
   * asked for itself. An answer that is an error is replaced by that of `fetch`.
   *
   * @param target path and query, as sent
   */
  rewrite?(target: string): Rewritten | undefined;
  /**
   * The path of the stream that a request is about, whose rights it needs where there are services: `read` for GET and HEAD,
   * `append` for POST, `create` for PUT, `delete` for DELETE. Without it, or where it is undefined, nobody has these rights.
   *
   * @param target path and query, as sent
   */
  streamOf?(target: string): string | undefined;
  /**
   * What the server itself refuses under the prefix, such as a body that is too long, in the form of the service's own errors.
   * Without it, or where it is undefined, the answer has a problem body (RFC 9457).
   *
   * @param status [400, 599]
   * @param message one sentence
   */
  refusal?(status: number, message: string): MountRefusal;
  /** Told once, before anything else, where the streams of the server are that it is part of: all of them, without credentials. */
  attach?(streams: { fetch(request: Request): Promise<Response> }): void;
}

/** A read of another stream. */
export interface Rewritten {
  /** Path and query. */
  readonly target: string;
  /** Headers of the answer that say something else than the stream's own. The whole stream is then asked for at once. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error in the form of a service. */
export interface MountRefusal {
  readonly contentType: string;
  readonly body: string;
}

/** What a service may know of a request. */
const PASSED = [
  HEADER.contentType,
  HTTP_HEADER.contentEncoding,
  "Authorization",
  "Cookie",
  "Accept",
  HEADER.ifNoneMatch,
  HEADER.streamTtl,
  HEADER.streamExpiresAt,
  HEADER.producerId,
  HEADER.producerEpoch,
  HEADER.producerSeq,
];
/** Every reply has these, or its door adds them. */
const OURS = /^(?:access-control-.*|content-length|connection|transfer-encoding|date)$/;

/** The service that a path belongs to. */
export function mountOf(mounts: readonly Mount[], path: string): Mount | undefined {
  return mounts.find(({ prefix }) => path.startsWith(prefix));
}

/** The service whose stream a path is of, to which writes of it are left. */
export function writerOf(mounts: readonly Mount[], path: string): Mount | undefined {
  return mounts.find(({ streams }) => streams !== undefined && path.startsWith(streams));
}

/** The stream whose rights a request needs: none for a target that reads otherwise once it is a URL, as `fetch` is given it. */
export function streamOfMount(mount: Mount, target: string): string | undefined {
  const url = urlOf(target);
  return url !== undefined && url.pathname + url.search === target ? mount.streamOf?.(target) : undefined;
}

/** Whether a path would be another one as a URL, which `fetch` is given: with dots, above all. */
export function isAnotherAsUrl(path: string): boolean {
  return urlOf(path)?.pathname !== path;
}

function urlOf(target: string): URL | undefined {
  const base = "http://localhost";
  return URL.canParse(target, base) ? new URL(target, base) : undefined;
}

/** An answer of the server's own to a request under a prefix: its errors in the form of the service. */
export function inFormOf(mount: Mount, reply: Reply): Reply {
  const { status, headers, body } = reply;
  const isProblem = status >= 400 && headers[1] === PROBLEM_CONTENT_TYPE && body instanceof Uint8Array;
  if (!isProblem || mount.refusal === undefined) return reply;
  const { detail } = JSON.parse(new TextDecoder().decode(body)) as Problem;
  const form = mount.refusal(status, detail);
  return {
    status,
    headers: [headers[0]!, form.contentType, ...headers.slice(2)],
    body: Buffer.from(form.body),
  };
}

/**
 * Answers a request to a service.
 *
 * @param scope within which it was let in
 * @param read answers a read of one of our own streams
 */
export async function mounted(
  mount: Mount,
  scope: Scope,
  request: HttpRequest,
  read: (target: string) => Reply | Promise<Reply>,
): Promise<Reply> {
  const isRead = request.method === "GET" || request.method === "HEAD";
  const rewritten = isRead ? mount.rewrite?.(request.target) : undefined;
  if (rewritten === undefined) return fetched(mount, scope, request);
  const reply = await read(rewritten.target);
  if (reply.status >= 400) return fetched(mount, scope, request);
  if (rewritten.headers === undefined) return reply;
  const { headers } = rewritten;
  return isWhole(reply) ? withHeaders(reply, headers) : fetched(mount, scope, request);
}

async function fetched(mount: Mount, scope: Scope, request: HttpRequest): Promise<Reply> {
  const body = await request.body();
  if (body.kind === "rejected") return problemReply(body.rejection);
  const tooLong = isWrite(request) ? bodyProblem(scope, body.value.byteLength) : undefined;
  if (tooLong !== undefined) return problemReply(tooLong);
  const { method } = request;
  const leaving = new AbortController();
  const stopListening = request.onDisconnect(() => leaving.abort());
  try {
    const headers = new Headers();
    for (const name of PASSED) {
      const value = request.header(name);
      if (value !== undefined) headers.set(name, value);
    }
    const init: RequestInit = { method, headers, signal: leaving.signal };
    if (method !== "GET" && method !== "HEAD") Object.assign(init, bodyOf(body.value.parts));
    const response = await mount.fetch(new Request(`${request.origin()}${request.target}`, init));
    if (response.ok && isWrite(request)) scope.usage?.stored(0, body.value.byteLength);
    return await replyOf(response);
  } finally {
    stopListening();
  }
}

/** A body as it was received: whole, it would be copied each time that it is handed on. */
function bodyOf(parts: readonly Uint8Array[]): RequestInit & { duplex: "half" } {
  let next = 0;
  const pieces = new ReadableStream<Uint8Array>({
    pull(controller) {
      const part = parts[next++];
      if (part === undefined) controller.close();
      else controller.enqueue(part);
    },
  });
  return { body: pieces, duplex: "half" };
}

function isWrite({ method }: HttpRequest): boolean {
  return method === "POST" || method === "PUT";
}

async function replyOf(response: Response): Promise<Reply> {
  const headers = [...response.headers].filter(([name]) => !OURS.test(name)).flat();
  const { status } = response;
  if (response.body === null) return { status, headers, body: undefined };
  return { status, headers, body: new Uint8Array(await response.arrayBuffer()) };
}

function isWhole({ headers }: Reply): boolean {
  return headers.some((name, at) => at % 2 === 0 && name === HEADER.streamUpToDate);
}

function withHeaders(reply: Reply, replaced: Readonly<Record<string, string>>): Reply {
  const names = new Set(Object.keys(replaced).map((name) => name.toLowerCase()));
  const kept: string[] = [];
  for (let at = 0; at < reply.headers.length; at += 2)
    if (!names.has(reply.headers[at]!.toLowerCase())) kept.push(reply.headers[at]!, reply.headers[at + 1]!);
  return { ...reply, headers: [...kept, ...Object.entries(replaced).flat()] };
}
