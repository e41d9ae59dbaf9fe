/** What a proxy is told, checked once and without gaps. */
import { type Allowlist, parseAllowlist } from "../core/allowlist.ts";
import type { Outcome } from "../core/words.ts";
import { type BackendOptions, streamsUrlProblem } from "./backend.ts";
import { CONSOLE, type ProxyLogger } from "./logger.ts";

/** Sends a request to an upstream. It must not follow redirects, and must judge the address that it connects to. */
export type UpstreamFetch = (url: URL, init: UpstreamInit) => Promise<Response>;

/** A request to an upstream. */
export interface UpstreamInit {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer> | undefined;
  readonly signal: AbortSignal;
}

/** A response that has ended. */
export interface Finished {
  readonly streamId: string;
  readonly outcome: Outcome;
  /** How many were stored. */
  readonly bytes: number;
}

/** Options of a proxy, whatever it runs on. One of `durableStreamsUrl` and `dsServer` is needed. */
export interface ProxyHandlerOptions extends BackendOptions {
  /** The service secret. It also signs read URLs, unless `signingSecrets` are given. */
  readonly jwtSecret: string;
  /** Service secrets that are good as well, so that one can be replaced by another. */
  readonly serviceSecrets?: readonly string[] | undefined;
  /** The first signs read URLs, each verifies them. Default: `jwtSecret`. */
  readonly signingSecrets?: readonly string[] | undefined;
  /** Whether the secret may stand in a query, as official clients send it. Default true. */
  readonly querySecret?: boolean | undefined;
  /** Lets a request in that has no secret, such as one with a session of your own. */
  readonly authorize?: ((request: Request) => boolean | Promise<boolean>) | undefined;
  /** Patterns of what may be asked. Default: nothing. */
  readonly allowlist?: readonly string[] | undefined;
  /** Seconds that a response is kept after its last use. Default 86,400. */
  readonly streamTtlSeconds?: number | undefined;
  /** Seconds that a read URL is good for. Default 86,400. */
  readonly urlExpirationSeconds?: number | undefined;
  /** Bytes of a response; what is longer ends there, as `too-large`. Default 100 MiB. */
  readonly maxResponseBytes?: number | undefined;
  /** Bytes of a request; more get 413. Default 16 MiB. */
  readonly maxRequestBytes?: number | undefined;
  /** Bytes of all requests that are being received or answered; more get 503. Default 256 MiB. */
  readonly requestBudgetBytes?: number | undefined;
  /** Responses that are being fetched at once; more get 429. Default 1,000. */
  readonly maxConcurrent?: number | undefined;
  /** Until an upstream must answer, ms. Default 60,000. */
  readonly headersTimeoutMs?: number | undefined;
  /** How long an upstream may be silent in mid-answer, ms. Default 600,000. */
  readonly inactivityTimeoutMs?: number | undefined;
  /** How long what comes gathers before it is stored, ms; what comes after a longer pause never waits. Default 50. */
  readonly flushMs?: number | undefined;
  /** How long the server below may fail until an answer is given up, ms. Default 60,000. */
  readonly storagePatienceMs?: number | undefined;
  /** Seconds after which a process that is gone counts as gone. Default 15. */
  readonly leaseSeconds?: number | undefined;
  /** How often a connection is tried again that was refused, before anything was sent. Default 2. */
  readonly connectRetries?: number | undefined;
  /** Where clients reach the proxy, such as `https://example.com`, for read URLs. Default: as they asked. */
  readonly publicUrl?: string | undefined;
  /** Whether `X-Forwarded-Proto` and `X-Forwarded-Host` are believed. Default false. */
  readonly trustProxy?: boolean | undefined;
  /** `Access-Control-Allow-Origin`. Default `*`. */
  readonly corsOrigin?: string | undefined;
  /** Headers that go on to upstreams although they tell of the client, such as `cookie`. Default: none. */
  readonly forwardHeaders?: readonly string[] | undefined;
  /** Headers added to requests to an upstream, such as an API key that clients do not have. */
  readonly upstreamHeaders?:
    | ((url: URL) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>)
    | undefined;
  /** Told when a response has ended. */
  readonly onFinished?: ((finished: Finished) => void) | undefined;
  /** Where events go. Default: warnings to the console. */
  readonly logger?: ProxyLogger | undefined;
  /** What sends requests to upstreams. */
  readonly upstreamFetch: UpstreamFetch;
}

/** All of it. */
export type Settings = Readonly<typeof DEFAULTS> &
  Pick<
    ProxyHandlerOptions,
    "authorize" | "publicUrl" | "upstreamHeaders" | "onFinished" | "upstreamFetch"
  > & {
    /** Each is good; the first is `jwtSecret`. */
    readonly serviceSecrets: readonly string[];
    readonly signingSecrets: readonly [string, ...string[]];
    readonly allowlist: Allowlist;
    readonly forwardHeaders: ReadonlySet<string>;
    readonly logger: ProxyLogger;
  };

const MIB = 1024 * 1024;
const DEFAULTS = {
  querySecret: true,
  streamTtlSeconds: 86_400,
  urlExpirationSeconds: 86_400,
  maxResponseBytes: 100 * MIB,
  maxRequestBytes: 16 * MIB,
  requestBudgetBytes: 256 * MIB,
  maxConcurrent: 1_000,
  headersTimeoutMs: 60_000,
  inactivityTimeoutMs: 600_000,
  flushMs: 50,
  storagePatienceMs: 60_000,
  leaseSeconds: 15,
  connectRetries: 2,
  trustProxy: false,
  corsOrigin: "*",
};
/** Numbers that may be zero. */
const MAY_BE_ZERO: ReadonlySet<string> = new Set(["flushMs", "connectRetries"]);

/** @throws TypeError that names the option */
export function parseOptions(options: ProxyHandlerOptions): Settings {
  const given = Object.entries(options).filter(([name, value]) => name in DEFAULTS && value !== undefined);
  const settings = { ...DEFAULTS, ...Object.fromEntries(given) } as typeof DEFAULTS;
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value !== "number") continue;
    const least = MAY_BE_ZERO.has(name) ? 0 : 1;
    if (!Number.isSafeInteger(value) || value < least)
      throw new TypeError(`${name} must be a whole number from ${least} on, not ${value}`);
  }
  const problem = streamsUrlProblem(options);
  if (problem !== undefined) throw new TypeError(problem);
  const { jwtSecret, serviceSecrets = [], signingSecrets = [jwtSecret], publicUrl } = options;
  const [signs = jwtSecret, ...verify] = signingSecrets;
  for (const secret of [jwtSecret, ...serviceSecrets, signs, ...verify])
    if (typeof secret !== "string" || secret === "")
      throw new TypeError("a secret must be a text, not empty");
  if (publicUrl !== undefined && !URL.canParse(publicUrl))
    throw new TypeError(`publicUrl must be an address such as https://example.com, not ${publicUrl}`);
  const { authorize, upstreamHeaders, onFinished, upstreamFetch, logger = CONSOLE } = options;
  return {
    ...settings,
    ...{ authorize, upstreamHeaders, onFinished, upstreamFetch, publicUrl, logger },
    serviceSecrets: [jwtSecret, ...serviceSecrets],
    signingSecrets: [signs, ...verify],
    allowlist: parseAllowlist(options.allowlist ?? []),
    forwardHeaders: new Set(options.forwardHeaders?.map((name) => name.toLowerCase())),
  };
}
