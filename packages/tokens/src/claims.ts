/** What a token says: the claims, read strictly. What a reader of tokens does not know could be a limit, so it is refused. */
import { type Glob, ok, parseGlob, type Result, reject } from "@perennial/protocol";

/** What may be done with a stream. */
export const OPERATIONS = [
  "read",
  "append",
  "create",
  "close",
  "delete",
  "fork",
  "list",
  "subscribe",
] as const;

export type Operation = (typeof OPERATIONS)[number];

/** Rights for the streams that a pattern matches. */
export interface Grant {
  /** A pattern over paths within the service: `chats/123/**`. `*` is one segment, `**` any number of them. */
  readonly match: string;
  readonly ops: readonly Operation[];
  /** The only producer id that appends may have. Without it, any may, and none. */
  readonly producer?: string;
}

/** What the holder of a token may use up. */
export interface TokenLimits {
  /** Bytes of one request's body. */
  readonly bytes?: number;
  /** Requests that write, a second. */
  readonly rate?: number;
}

/** What is signed. */
export interface TokenClaims {
  /** The service. */
  readonly aud: string;
  /** Who it was made for, for logs. */
  readonly sub?: string;
  /** When it was made and when it ends, seconds since 1970. */
  readonly iat: number;
  readonly exp: number;
  readonly streams: readonly Grant[];
  readonly limits?: TokenLimits;
}

/** A grant, ready to be compared with requests. */
export interface ParsedGrant {
  readonly glob: Glob;
  readonly ops: ReadonlySet<Operation>;
  readonly producer: string | undefined;
}

/** Claims, ready to be compared with requests. */
export interface Rights {
  readonly service: string;
  readonly subject: string | undefined;
  /** Seconds since 1970. */
  readonly expiresAt: number;
  readonly grants: readonly ParsedGrant[];
  readonly limits: TokenLimits;
}

/** How many grants a token may have: each is compared with each request. */
export const GRANTS_MAX = 32;
const TEXT_MAX = 256;
/** The longest life of a token, seconds: short lives are how rights end. */
export const LIFETIME_MAX = 86_400;

/** `iss` and `jti` say nothing about rights. */
const KNOWN = ["aud", "sub", "iat", "exp", "streams", "limits", "iss", "jti"];

type Fields = Readonly<Record<string, unknown>>;

/** Reads claims. The rejection says what is wrong with them, after "the token's ". */
export function parseClaims(claims: Fields): Result<Rights, string> {
  const problem = firstProblem(claims);
  if (problem !== undefined) return reject(problem);
  const { aud, sub, exp, streams, limits = {} } = claims as unknown as TokenClaims;
  const grants: ParsedGrant[] = [];
  for (const grant of streams) {
    const parsed = parseGrant(grant as unknown as Fields);
    if (parsed.kind === "rejected") return parsed;
    grants.push(parsed.value);
  }
  return ok({ service: aud, subject: sub, expiresAt: exp, grants, limits });
}

function firstProblem(claims: Fields): string | undefined {
  const { aud, sub, iat, exp, streams, limits } = claims;
  if (!hasOnly(claims, KNOWN)) return `claims must be some of ${KNOWN.join(", ")}`;
  if (!isText(aud)) return "aud must be one service";
  if (sub !== undefined && !isText(sub)) return "sub must be a short text";
  if (!isTime(iat) || !isTime(exp)) return "iat and exp must be times in whole seconds";
  if (exp <= iat || exp - iat > LIFETIME_MAX)
    return `exp must be after iat, by ${LIFETIME_MAX} seconds at most`;
  if (!Array.isArray(streams) || streams.length === 0 || streams.length > GRANTS_MAX)
    return `streams must be a list of 1 to ${GRANTS_MAX}`;
  return limits === undefined ? undefined : limitsProblem(limits);
}

/** What is wrong with limits, if anything. */
export function limitsProblem(limits: unknown): string | undefined {
  if (!isObject(limits) || !hasOnly(limits, ["bytes", "rate"])) return "limits must be bytes and rate";
  const isPositive = Object.values(limits).every((limit) => Number.isSafeInteger(limit) && Number(limit) > 0);
  return isPositive ? undefined : "limits must be whole numbers above 0";
}

/** Reads one grant. The rejection says what is wrong with it. */
export function parseGrant(grant: unknown): Result<ParsedGrant, string> {
  if (!isObject(grant) || !hasOnly(grant, ["match", "ops", "producer"]))
    return reject("streams must have match, ops and perhaps producer");
  const { match, ops, producer } = grant;
  if (!Array.isArray(ops) || ops.length === 0 || !ops.every((op) => OPERATIONS.includes(op)))
    return reject(`ops must be some of ${OPERATIONS.join(", ")}`);
  if (producer !== undefined && !isText(producer)) return reject("producer must be a short text");
  if (typeof match !== "string" || match.length > 4 * TEXT_MAX) return reject("match must be a pattern");
  const glob = parseGlob(match);
  if (glob.kind === "rejected") return reject(`match ${glob.rejection}`);
  return ok({ glob: glob.value, ops: new Set(ops), producer: producer as string | undefined });
}

export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function hasOnly(value: Fields, names: readonly string[]): boolean {
  return Object.keys(value).every((name) => names.includes(name));
}

export function isText(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= TEXT_MAX;
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
