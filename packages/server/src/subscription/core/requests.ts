/** Bodies of requests about subscriptions, read strictly where it matters and kindly where the protocol is (§18.3, §18.5). */
import {
  ok,
  parseGlob,
  parseOffset,
  parseStreamPath,
  type Result,
  reject,
  STREAM_ROOT,
} from "@perennial/protocol";
import { invalid, invalidOffset, type Refusal } from "./rejections.ts";
import type { Settings } from "./state.ts";

/** What somebody wants to subscribe to. */
export interface Wanted
  extends Pick<Settings, "type" | "pattern" | "url" | "wakeStream" | "leaseMs" | "description"> {
  /** Relative, canonical, sorted, each once. */
  readonly streams: readonly string[];
}

/** A cursor that a worker has reached. */
export interface Ack {
  readonly stream: string;
  readonly position: number;
}

export interface WorkerReport {
  readonly wakeId: string;
  readonly generation: number;
  readonly acks: readonly Ack[];
  readonly isDone: boolean;
}

export type Parsed<Value> = Result<Value, Refusal>;

/** Streams named in one request. */
export const STREAMS_MAX = 1000;
const LEASE_MS = { least: 1000, usual: 30_000, most: 600_000 };
const DESCRIPTION_MAX = 4096;
const WORKER_MAX = 256;
const URL_MAX = 2048;

/** A subscription to its own wake stream would wake itself for ever. */
export const OWN_WAKES = "streams must not name the wake stream of the subscription itself";

type Members = Readonly<Record<string, unknown>>;

/** The members of a JSON object. */
export function parseMembers(text: string): Parsed<Members> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return reject(invalid("the body is not JSON"));
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? ok(value as Members) : reject(invalid("the body must be a JSON object"));
}

/** @param scope all that it names must begin with this, relative to the stream root: "" or that of a service */
export function parseWanted(body: Members, scope: string): Parsed<Wanted> {
  const { type } = body;
  if (type !== "webhook" && type !== "pull-wake") return reject(invalid("type must be webhook or pull-wake"));
  const pattern = parsePattern(body.pattern, scope);
  if (pattern.kind === "rejected") return pattern;
  const streams = Array.isArray(body.streams) ? parsePaths(body.streams, scope) : ok([]);
  if (streams.kind === "rejected") return streams;
  if (pattern.value === undefined && streams.value.length === 0)
    return reject(invalid("name a pattern, or one stream at least in streams"));
  const target = parseTarget(type, body, scope);
  if (target.kind === "rejected") return target;
  if (streams.value.includes(target.value.wakeStream ?? "")) return reject(invalid(OWN_WAKES));
  const leaseMs = body.lease_ttl_ms ?? LEASE_MS.usual;
  if (!isWhole(leaseMs, LEASE_MS.least, LEASE_MS.most))
    return reject(invalid(`lease_ttl_ms must be a whole number from ${LEASE_MS.least} to ${LEASE_MS.most}`));
  const description = typeof body.description === "string" ? body.description : undefined;
  if ((description?.length ?? 0) > DESCRIPTION_MAX)
    return reject(invalid(`description must have ${DESCRIPTION_MAX} characters at most`));
  return ok({ type, pattern: pattern.value, streams: streams.value, ...target.value, leaseMs, description });
}

function parsePattern(value: unknown, scope: string): Parsed<string | undefined> {
  if (value === undefined || value === null) return ok(undefined);
  if (typeof value !== "string") return reject(invalid("pattern must be a text"));
  const pattern = trimmed(value);
  if (pattern === "") return ok(undefined);
  const glob = parseGlob(pattern);
  if (glob.kind === "rejected") return reject(invalid(`pattern ${glob.rejection}`));
  if (!`${pattern}/`.startsWith(scope)) return reject(invalid(`pattern must begin with ${scope}`));
  return ok(pattern);
}

/** Paths of streams, canonical, sorted, each once. */
export function parsePaths(values: readonly unknown[], scope: string): Parsed<string[]> {
  if (values.length > STREAMS_MAX)
    return reject(invalid(`streams must name ${STREAMS_MAX} at most; add others afterwards`));
  const paths = new Set<string>();
  for (const value of values) {
    const path = parsePath(value, scope);
    if (path.kind === "rejected") return path;
    paths.add(path.value);
  }
  return ok([...paths].sort());
}

/** The path of a stream, relative to the root. */
export function parsePath(value: unknown, scope: string): Parsed<string> {
  if (typeof value !== "string") return reject(invalid("the path of a stream must be a text"));
  const parsed = parseStreamPath(`${STREAM_ROOT}/${trimmed(value)}`);
  if (parsed.kind === "rejected")
    return reject(
      invalid(`${JSON.stringify(value.slice(0, 100))} names no stream: ${parsed.rejection.message}`),
    );
  const path = parsed.value.slice(STREAM_ROOT.length + 1);
  return path.startsWith(scope) ? ok(path) : reject(invalid(`the paths of streams must begin with ${scope}`));
}

function parseTarget(
  type: Settings["type"],
  { webhook, wake_stream: wake }: Members,
  scope: string,
): Parsed<Pick<Settings, "url" | "wakeStream">> {
  const url = (webhook as Members | undefined | null)?.url;
  if (type === "webhook" && (typeof url !== "string" || url === ""))
    return reject(invalid("webhook.url is missing"));
  if (typeof url === "string" && url.length > URL_MAX)
    return reject(invalid(`webhook.url must have ${URL_MAX} characters at most`));
  if (type === "pull-wake" && (typeof wake !== "string" || trimmed(wake) === ""))
    return reject(invalid("wake_stream is missing: the path of a JSON stream that workers read"));
  const wakeStream =
    typeof wake === "string" && trimmed(wake) !== "" ? parsePath(wake, scope) : ok(undefined);
  if (wakeStream.kind === "rejected") return wakeStream;
  return ok({ url: type === "webhook" ? (url as string) : undefined, wakeStream: wakeStream.value });
}

export function parseWorker({ worker }: Members): Parsed<string> {
  if (typeof worker === "string" && worker !== "" && worker.length <= WORKER_MAX) return ok(worker);
  return reject(invalid(`worker must be a name of 1 to ${WORKER_MAX} characters`));
}

/** What a worker says about the wake that it has. */
export function parseReport(body: Members): Parsed<WorkerReport> {
  const { wake_id: wakeId, generation, acks: given = [] } = body;
  if (typeof wakeId !== "string" || wakeId === "") return reject(invalid("wake_id is missing"));
  if (!isWhole(generation, 0, Number.MAX_SAFE_INTEGER))
    return reject(invalid("generation must be a whole number"));
  if (!Array.isArray(given)) return reject(invalid("acks must be an array"));
  const acks: Ack[] = [];
  for (const value of given) {
    const ack = parseAck(value);
    if (ack.kind === "rejected") return ack;
    acks.push(ack.value);
  }
  return ok({ wakeId, generation, acks, isDone: body.done === true });
}

function parseAck(value: unknown): Parsed<Ack> {
  const members = (value ?? {}) as Members;
  const named = members.stream ?? members.path;
  const { offset } = members;
  if (typeof named !== "string" || typeof offset !== "string")
    return reject(invalid("each of acks must have a stream and an offset"));
  const stream = parsePath(named, "");
  if (stream.kind === "rejected") return stream;
  const position = parseOffset(offset);
  if (position === undefined) return reject(invalidOffset(named, "names no offset that a stream ends at"));
  return ok({ stream: stream.value, position });
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}

function trimmed(path: string): string {
  return path.replace(/^\/+|\/+$/g, "");
}
