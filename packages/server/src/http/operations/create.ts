/** PUT: create a stream or a fork, or confirm that it exists (protocol §5 and §6). */
import {
  formatOffset,
  HEADER,
  isTrue,
  isValidContentType,
  ok,
  parseExpiresAt,
  parseMaxBytes,
  parseOffset,
  parseStreamPath,
  parseTtl,
  TTL_MAX_SECONDS,
} from "@perennial/protocol";
import type { CreateCommand, ForkRequest } from "../../stream/commands.ts";
import type { StoredBytes } from "../../stream/records.ts";
import { bodyProblem, isWithin, mayDo, type Scope } from "../access/scope.ts";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import { streamProblem } from "../limits/stream-limit.ts";
import { codingProblem } from "../message/content-coding.ts";
import type { Reply } from "../message/reply.ts";
import type { HttpRequest } from "../message/request.ts";
import { type Parsed, type RequestProblem, refuse } from "../problems.ts";
import { underStandardRoot } from "../stream-roots.ts";

export async function create(
  context: Context,
  scope: Scope,
  request: HttpRequest,
  path: string,
): Promise<Reply> {
  const coding = codingProblem(request);
  if (coding !== undefined) return problemReply(coding);
  const body = await request.body();
  if (body.kind === "rejected") return problemReply(body.rejection);
  const command = parseCreate(request, path, body.value, context);
  if (command.kind === "rejected") return problemReply(command.rejection);
  const { fork } = command.value;
  const source = fork?.sourcePath ?? path;
  if (!isWithin(scope, source)) return problemReply({ kind: "source-not-found" });
  const refusal =
    (fork === undefined ? undefined : mayDo(scope, "read", source)) ??
    bodyProblem(scope, body.value.byteLength) ??
    streamProblem(context, scope, path);
  if (refusal !== undefined) return problemReply(refusal);
  const outcome = await context.streams.for(path).create(command.value);
  if (outcome.kind === "rejected") return problemReply(outcome.rejection);
  if (outcome.kind === "created") scope.usage?.stored(1, body.value.byteLength);
  const headers = [
    HEADER.contentType,
    outcome.contentType,
    HEADER.streamNextOffset,
    formatOffset(outcome.nextPosition),
    HEADER.cacheControl,
    "no-store",
  ];
  if (outcome.closed) headers.push(HEADER.streamClosed, "true");
  if (outcome.kind === "exists") return { status: 200, headers, body: undefined };
  headers.push(HEADER.location, request.origin() + request.target.split("?", 1)[0]);
  return { status: 201, headers, body: undefined };
}

function parseCreate(
  request: HttpRequest,
  path: string,
  body: StoredBytes,
  context: Context,
): Parsed<CreateCommand> {
  const lifetime = parseLifetime(request);
  if (lifetime.kind === "rejected") return lifetime;
  const maxBytes = parseSize(request);
  if (maxBytes.kind === "rejected") return maxBytes;
  const fork = parseFork(request, context);
  if (fork.kind === "rejected") return fork;
  const contentType = request.header(HEADER.contentType);
  return ok({
    path,
    // An unusable content type counts as an absent one (protocol §3.1).
    contentType: contentType !== undefined && isValidContentType(contentType) ? contentType : undefined,
    ...lifetime.value,
    maxBytes: maxBytes.value,
    closed: isTrue(request.header(HEADER.streamClosed)),
    body,
    fork: fork.value,
  });
}

type LifetimeHeaders = Pick<CreateCommand, "ttlSeconds" | "expiresAt">;

function parseLifetime(request: HttpRequest): Parsed<LifetimeHeaders> {
  const ttlText = request.header(HEADER.streamTtl);
  const expiresAtText = request.header(HEADER.streamExpiresAt);
  if (ttlText !== undefined && expiresAtText !== undefined) {
    const reason = "and Stream-Expires-At exclude each other";
    return refuse({ kind: "bad-header", header: HEADER.streamTtl, reason });
  }
  const ttlSeconds = ttlText === undefined ? undefined : parseTtl(ttlText);
  if (ttlText !== undefined && ttlSeconds === undefined) {
    const reason = `must be a whole number of seconds, without sign or leading zeros, at most ${TTL_MAX_SECONDS}`;
    return refuse({ kind: "bad-header", header: HEADER.streamTtl, reason });
  }
  const expiresAt = expiresAtText === undefined ? undefined : parseExpiresAt(expiresAtText);
  if (expiresAtText !== undefined && expiresAt === undefined) {
    const reason = "must be an RFC 3339 timestamp such as 2030-01-31T12:00:00Z";
    return refuse({ kind: "bad-header", header: HEADER.streamExpiresAt, reason });
  }
  return ok({ ttlSeconds, expiresAt });
}

function parseSize(request: HttpRequest): Parsed<number | undefined> {
  const text = request.header(HEADER.streamMaxBytes);
  if (text === undefined) return ok(undefined);
  const maxBytes = parseMaxBytes(text);
  if (maxBytes !== undefined) return ok(maxBytes);
  const reason = "must be a whole number of bytes, without sign or leading zeros, from 1 to 2^53 - 1";
  return refuse({ kind: "bad-header", header: HEADER.streamMaxBytes, reason });
}

function parseFork(request: HttpRequest, { config, roots }: Context): Parsed<ForkRequest | undefined> {
  const sourceText = request.header(HEADER.streamForkedFrom);
  const offsetText = request.header(HEADER.streamForkOffset);
  const subOffsetText = request.header(HEADER.streamForkSubOffset);
  if (sourceText === undefined) {
    if (offsetText !== undefined) return refuse(needsSource(HEADER.streamForkOffset));
    if (subOffsetText !== undefined) return refuse(needsSource(HEADER.streamForkSubOffset));
    return ok(undefined);
  }
  const source = parseStreamPath(underStandardRoot(sourceText, roots), config.pathBytes);
  if (source.kind === "rejected") {
    const reason = `must be the full path of a stream: ${source.rejection.message}`;
    return refuse({ kind: "bad-header", header: HEADER.streamForkedFrom, reason });
  }
  const anchor = offsetText === undefined ? undefined : parseOffset(offsetText);
  if (offsetText !== undefined && anchor === undefined) {
    const reason = "must be an offset that this server gave out";
    return refuse({ kind: "bad-header", header: HEADER.streamForkOffset, reason });
  }
  const subOffset = parseSubOffset(subOffsetText);
  if (subOffset === undefined) {
    const reason = "must be a whole number without sign or leading zeros";
    return refuse({ kind: "bad-header", header: HEADER.streamForkSubOffset, reason });
  }
  return ok({ sourcePath: source.value, anchor, subOffset });
}

function needsSource(header: string): RequestProblem {
  return { kind: "bad-header", header, reason: `needs ${HEADER.streamForkedFrom}` };
}

function parseSubOffset(text: string | undefined): number | undefined {
  if (text === undefined) return 0;
  if (!/^(0|[1-9][0-9]*)$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : Number.MAX_SAFE_INTEGER;
}
