/** May this stream be created, or is it there already just as described? (protocol §5 and §6) */
import { DEFAULT_CONTENT_TYPE, isJson } from "@perennial/protocol";
import type { CreateCommand } from "./commands.ts";
import { sameMediaType } from "./decide-append.ts";
import { type BodyLimits, frameBody, type Unready } from "./frame-body.ts";
import { judgeSize } from "./max-bytes.ts";
import type { CreateRecord } from "./records.ts";
import { type Rejected, reject } from "./rejections.ts";
import type { ForkOrigin, StreamState } from "./state.ts";

export type CreateDecision = { readonly kind: "record"; readonly record: CreateRecord } | Unready | Rejected;

/** `exists`: the stream is there with the same configuration, and there is nothing to record. */
export type ExistingDecision = { readonly kind: "exists" } | Rejected;

/** The source of a fork and the place where the fork leaves it. */
export interface ForkPlace {
  readonly source: StreamState;
  readonly anchor: number;
  readonly offset: number;
}

/** What a lifetime is: at most one of the two is set. */
interface Lifetime {
  readonly ttlSeconds: number | undefined;
  readonly expiresAt: number | undefined;
}

/**
 * Judges a PUT on a path that is in use: equal configuration is fine, any difference is a conflict. What a fork
 * left out is compared as it was resolved when the fork was made.
 */
export function decideExisting(existing: StreamState, command: CreateCommand): ExistingDecision {
  if (existing.life !== "live") return reject({ kind: "path-in-use" });
  const difference = differenceFrom(existing, command);
  return difference === undefined ? { kind: "exists" } : reject({ kind: "stream-exists", difference });
}

function differenceFrom(existing: StreamState, command: CreateCommand): string | undefined {
  const { fork } = existing;
  if (differsAsFork(fork, command)) return "fork source, offset or sub-offset";
  const contentType =
    command.contentType ?? (fork === undefined ? DEFAULT_CONTENT_TYPE : existing.contentType);
  if (!sameMediaType(contentType, existing.contentType)) return "content type";
  if (differsInLifetime(existing, command)) return "TTL or expiry";
  if (differsInMaxBytes(existing, command))
    return `its Stream-Max-Bytes is ${existing.maxBytes ?? "not set"}`;
  if (existing.closed !== command.closed) return existing.closed ? "it is closed" : "it is open";
  return undefined;
}

function differsAsFork(fork: ForkOrigin | undefined, command: CreateCommand): boolean {
  const asked = command.fork;
  if (fork === undefined || asked === undefined) return fork !== asked;
  if (fork.sourcePath !== asked.sourcePath || fork.subOffset !== asked.subOffset) return true;
  return asked.anchor !== undefined && asked.anchor !== fork.anchor;
}

function differsInLifetime(existing: StreamState, command: CreateCommand): boolean {
  if (namesNoLifetime(command) && existing.fork?.inheritsLifetime === true) return false;
  return !sameLifetime(existing, command);
}

function differsInMaxBytes({ maxBytes, fork }: StreamState, command: CreateCommand): boolean {
  if (command.maxBytes === undefined && fork?.inheritsMaxBytes === true) return false;
  return maxBytes !== command.maxBytes;
}

function namesNoLifetime(lifetime: Lifetime): boolean {
  return lifetime.ttlSeconds === undefined && lifetime.expiresAt === undefined;
}

function sameLifetime(left: Lifetime, right: Lifetime): boolean {
  return left.ttlSeconds === right.ttlSeconds && left.expiresAt === right.expiresAt;
}

/**
 * Judges a PUT on a free path.
 *
 * @param id an id that no stream had before
 * @param place for forks: the source, still alive, and the divergence found in it
 * @param now epoch milliseconds
 */
export function decideCreate(
  id: number,
  command: CreateCommand,
  place: ForkPlace | undefined,
  limits: BodyLimits,
  now: number,
): CreateDecision {
  const contentType = command.contentType ?? place?.source.contentType ?? DEFAULT_CONTENT_TYPE;
  if (place !== undefined && !sameMediaType(contentType, place.source.contentType)) {
    return reject({ kind: "fork-content-type", expected: place.source.contentType });
  }
  const json = isJson(contentType);
  const maxBytes = command.maxBytes ?? place?.source.maxBytes;
  const inherited = place?.offset ?? 0;
  const early = json ? undefined : judgeSize(maxBytes, inherited, command.body.byteLength);
  if (early !== undefined) return reject(early);
  const framed = frameBody(json, command, limits);
  if (framed.kind !== "ok") return framed;
  const tooMuch = judgeSize(maxBytes, inherited, framed.value.byteLength);
  if (tooMuch !== undefined) return reject(tooMuch);
  const lifetime = place !== undefined && namesNoLifetime(command) ? place.source : command;
  const record: CreateRecord = {
    kind: "create",
    id,
    at: now,
    path: command.path,
    contentType,
    ttlSeconds: lifetime.ttlSeconds,
    expiresAt: lifetime.expiresAt,
    maxBytes,
    fork: place === undefined ? undefined : forkOrigin(command, place),
    closed: command.closed,
    data: framed.value,
  };
  return { kind: "record", record };
}

function forkOrigin(command: CreateCommand, place: ForkPlace): ForkOrigin {
  return {
    sourceId: place.source.id,
    sourcePath: place.source.path,
    anchor: place.anchor,
    subOffset: command.fork?.subOffset ?? 0,
    offset: place.offset,
    inheritsLifetime: namesNoLifetime(command) || sameLifetime(command, place.source),
    inheritsMaxBytes: command.maxBytes === undefined || command.maxBytes === place.source.maxBytes,
  };
}
