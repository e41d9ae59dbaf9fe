/** Options, parsed once into one complete, read-only configuration. */

import { createSecureContext } from "node:tls";
import { parseOrigins, STREAM_ROOT } from "@perennial/protocol";
import type { Asset } from "./http/assets.ts";
import type { Mount } from "./http/mount.ts";
import { parseStreamRoots } from "./http/stream-roots.ts";
import type { Log } from "./journal/contract/index.ts";
import { NUMBER_SETTINGS, NUMBERS, type NumberName } from "./number-settings.ts";
import type { Authorize } from "./services/authorize.ts";
import type { IssuerOptions } from "./services/issued-tokens.ts";
import { createLogger, type Logger } from "./telemetry/logger.ts";

/** What `createServer` takes. Everything has a default; see `Config` for units, ranges and defaults. */
export type ServerOptions = Partial<Omit<Config, "log">> & {
  /** Where records become durable; default: a memory log. */
  readonly log?: () => Promise<Log>;
};

/** Makes the log when the server starts. */
export type LogFactory = () => Promise<Log>;

/** A certificate, followed by those that vouch for it, and its private key, as PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

export interface Config {
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host: string;
  /**
   * Who reads requests: `node`: node:http all of them; `fast`: our own lane the plain ones, straight off the socket,
   * and node:http all others. Default `fast`.
   */
  readonly http: "fast" | "node";
  /** TCP port, [0, 65535]; 0 lets the system choose. Default 4437, the protocol's own. */
  readonly port: number;
  /** What the server shows its clients: then it speaks TLS only. Default none: plain HTTP. */
  readonly tls: TlsIdentity | undefined;
  /**
   * Origin under which clients reach the server, for `Location`; without it the request's `Host` counts.
   * Default none.
   */
  readonly publicUrl: string | undefined;
  /** Whether `X-Forwarded-Proto` and `X-Forwarded-Host` are believed. Default false. */
  readonly trustProxy: boolean;
  /**
   * Under which path streams live besides `/v1/stream`, such as `/`; several are separated by commas. Default
   * `/v1/stream` alone.
   */
  readonly streamRoot: string;
  /**
   * Whether strangers are kept out: other machines, names that are not the server's, and web pages of others
   * (SECURITY.md). Without it, whoever reaches the port may read, write and delete every stream. Default true.
   */
  readonly auth: boolean;
  /** Origins whose pages may use the server, with commas, or `*`. Default: those of this machine; without `auth`, all. */
  readonly corsOrigin: string | undefined;
  /**
   * Whose tokens count besides those of services: logins of your users (docs/services.md). What is wrong with them, `start` says.
   * Default none.
   */
  readonly issuers: readonly IssuerOptions[];
  /**
   * Says what requests may do whose credentials are none of the server's (docs/services.md): then every stream needs rights, with
   * or without services. Default none.
   */
  readonly authorize: Authorize | undefined;
  /** `Cache-Control` of reads with data. Default `public, max-age=60, stale-while-revalidate=300`. */
  readonly cacheControl: string;
  /** How long a long-poll waits at the tail, ms, [1, 600000]. Default 30000. */
  readonly longPollTimeoutMs: number;
  /** Length of an SSE connection before the client is asked to reconnect, ms, [1000, 3600000]. Default 60000. */
  readonly sseCycleMs: number;
  /** Share of `sseCycleMs` by which connections differ at random, [0, 1). Default 0.1. */
  readonly sseCycleJitter: number;
  /** Interval of SSE heartbeat comments, ms, [100, 600000]. Default 15000. */
  readonly sseHeartbeatMs: number;
  /** Bytes buffered for one live reader before it is no longer pushed to, [64 KiB, 1 GiB]. Default 1 MiB. */
  readonly liveBufferBytes: number;
  /**
   * Bytes buffered for all live readers together, [1 MiB, 64 GiB]: above, each is pushed only a short event at a time.
   * Default 64 MiB.
   */
  readonly liveBudgetBytes: number;
  /** How long a reader that takes nothing is kept, ms, [100, 3600000]. Default 30000. */
  readonly stalledReaderMs: number;
  /** Live readers at once, [0, 10000000]; more get 503. Default 100000. */
  readonly liveReaders: number;
  /**
   * Connections at once, [1, 10000000]; then those that are idle for 5 s give way, and else more get 503. Fewer if the process may not have as many files open.
   * Default 100000.
   */
  readonly connections: number;
  /**
   * Connections of one IPv4 address, or one /64 network of IPv6, [1, 10000000]; more get 429. Default a quarter of all that
   * there may be, but no limit for this machine's own (loopback) and none with `trustProxy`, where all come from the proxy.
   */
  readonly connectionsPerAddress: number | undefined;
  /** Bytes of one response to a catch-up read, at least 65536; undefined: no limit. Default no limit. */
  readonly pageBytes: number | undefined;
  /**
   * Whether reads of state streams (JSON streams whose first message is one of the State Protocol) show the offset of
   * each State message in its `headers.offset`; stored bytes stay as they are. Default true.
   */
  readonly stateOffsets: boolean;
  /** Whether the stream `__registry__` says which streams there are (docs/extensions.md). Default false. */
  readonly registry: boolean;
  /** Bytes of one request body, [1, 1 GiB]; more get 413. Default 64 MiB. */
  readonly bodyBytes: number;
  /** Bytes of one message of a JSON stream, [64 KiB, 1 GiB]; more get 413. Default 16 MiB. */
  readonly jsonMessageBytes: number;
  /** Bytes of all request bodies being received at once, [1 MiB, 64 GiB]; more get 503. Default 256 MiB. */
  readonly bodyBudgetBytes: number;
  /** How long a request body may take to arrive, ms, [100, 3600000]; slower ones get 408. Default 30000. */
  readonly bodyTimeoutMs: number;
  /** Bytes of a request's header block, [1024, 1 MiB]; more get 431. Default 16384. */
  readonly headerBytes: number;
  /** How long a request's header block may take to arrive, ms, [100, 3600000]. Default 15000. */
  readonly headerTimeoutMs: number;
  /** How long an idle connection is kept, ms, [100, 3600000]. Default 65000. */
  readonly keepAliveMs: number;
  /** Bytes of a request target, [64, 65536]; longer ones get 414. Default 8192. */
  readonly urlBytes: number;
  /** Bytes of a stream's path, [16, 8192]; longer ones get 414. Default 1024. */
  readonly pathBytes: number;
  /** Producers one stream remembers, [1, 10000000], with ids of 64 characters on average; more get 409. Default 10000. */
  readonly producersPerStream: number;
  /** Generations of forks of forks, [1, 10000]; a fork beyond gets 400. Default 256. */
  readonly forkDepth: number;
  /**
   * Refused credentials a second, of all clients together, that are answered at once; more wait for a second each, [1, 10000000].
   * Far more than mistakes make, and far fewer than guesses need. Default 200.
   */
  readonly refusedPerSecond: number;
  /** Whether subscriptions may have webhooks. Default true. */
  readonly webhooks: boolean;
  /**
   * Hosts, with commas, that webhooks may reach besides the public internet, also without TLS; `localhost` is this machine.
   * Default none.
   */
  readonly webhookHosts: string;
  /** Deliveries of one wake that may fail before it is a dead letter, [1, 10000]. Default 100: an hour and a half. */
  readonly webhookAttempts: number;
  /** Deliveries under way to one host, [1, 512]. Default 32. */
  readonly webhooksPerHost: number;
  /** Subscriptions, [0, 1000000]; more get 429. Default 100000. */
  readonly subscriptions: number;
  /** Subscriptions with a pattern, of each service, [0, 100000]; more get 429. Default 1000. */
  readonly subscriptionPatterns: number;
  /** Streams of one subscription that are remembered, [1, 1000000]. Default 10000. */
  readonly subscriptionStreams: number;
  /** How often expired streams are looked for, ms, [10, 3600000]. Default 1000. */
  readonly sweepMs: number;
  /**
   * Streams kept in memory before idle ones are dropped (if the log can bring them back), at least 100: or as many KiB, where
   * they remember many producers. Default 100000.
   */
  readonly loadedStreams: number;
  /** How long a stream that nobody uses stays in memory, twice that at most, ms, [1000, 86400000]. Default 30000. */
  readonly idleStreamMs: number;
  /**
   * How long `stop` still answers what comes on open connections, ms, [0, 60000]; `drainMs` at most. Closed at once, they
   * would be reset under the requests that are on their way. Default 1000.
   */
  readonly stopGraceMs: number;
  /** How long `stop` waits for requests to finish, ms, [0, 3600000]. Default 10000. */
  readonly drainMs: number;
  /** Whether each request is logged. Default false. */
  readonly accessLog: boolean;
  /** Files served outside of the streams' root: the Stream Explorer (docs/explorer.md). Default none. */
  readonly explorer: readonly Asset[];
  /** Services under paths of their own, built of this server's streams, such as Yjs documents. Default none. */
  readonly mounts: readonly Mount[];
  /** Where events go. Default: warnings and worse, as JSON lines on standard error. */
  readonly logger: Logger;
  readonly log: LogFactory | undefined;
  /** The current time, epoch milliseconds. Default `Date.now`. */
  readonly now: () => number;
  /**
   * Milliseconds of a clock that nobody sets, from any beginning: intervals go by it. Default `now` where that is given, and
   * `performance.now` otherwise.
   */
  readonly monotonicNow: () => number;
  /** Uniform in [0, 1). Default `Math.random`. */
  readonly random: () => number;
}

/** A setting outside its range. The message names it, its range and what was given. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Completes and checks options. Throws `ConfigError` for a value outside its range. */
export function parseConfig(options: ServerOptions): Config {
  const numbers = Object.fromEntries(
    NUMBER_SETTINGS.map((name) => [name, checkedNumber(name, options[name])]),
  ) as Record<NumberName, number>;
  const config: Config = {
    ...numbers,
    host: options.host ?? "127.0.0.1",
    http: options.http ?? "fast",
    tls: checkedTls(options.tls),
    publicUrl: checkedOrigin(options.publicUrl),
    trustProxy: options.trustProxy ?? false,
    streamRoot: checkedRoots(options.streamRoot ?? STREAM_ROOT, options.explorer ?? []),
    auth: options.auth ?? true,
    corsOrigin: checkedOrigins(options.corsOrigin),
    cacheControl: options.cacheControl ?? "public, max-age=60, stale-while-revalidate=300",
    sseCycleJitter: checkedRange("sseCycleJitter", options.sseCycleJitter ?? 0.1, 0, 0.99),
    connectionsPerAddress:
      options.connectionsPerAddress === undefined
        ? undefined
        : checkedInteger("connectionsPerAddress", options.connectionsPerAddress, 1, 10_000_000),
    pageBytes:
      options.pageBytes === undefined
        ? undefined
        : checkedInteger("pageBytes", options.pageBytes, 65_536, Number.MAX_SAFE_INTEGER),
    stateOffsets: options.stateOffsets ?? true,
    registry: options.registry ?? false,
    webhooks: options.webhooks ?? true,
    webhookHosts: options.webhookHosts ?? "",
    accessLog: options.accessLog ?? false,
    explorer: options.explorer ?? [],
    ...{ mounts: options.mounts ?? [], issuers: options.issuers ?? [], authorize: options.authorize },
    logger: options.logger ?? createLogger("warn"),
    log: options.log,
    now: options.now ?? Date.now,
    // A clock of theirs counts for intervals, too: a simulated one must not run beside a real one.
    monotonicNow: options.monotonicNow ?? options.now ?? (() => performance.now()),
    random: options.random ?? Math.random,
  };
  return Object.freeze(config);
}

function checkedNumber(name: NumberName, value: number | undefined): number {
  const [fallback, least, greatest] = NUMBERS[name];
  return value === undefined ? fallback : checkedInteger(name, value, least, greatest);
}

function checkedInteger(name: string, value: number, least: number, greatest: number): number {
  if (!Number.isSafeInteger(value)) throw new ConfigError(`${name} must be a whole number, not ${value}`);
  return checkedRange(name, value, least, greatest);
}

function checkedRange(name: string, value: number, least: number, greatest: number): number {
  if (value >= least && value <= greatest) return value;
  throw new ConfigError(`${name} must be between ${least} and ${greatest}, not ${value}`);
}

function checkedOrigins(text: string | undefined): string | undefined {
  if (text === undefined || parseOrigins(text) !== undefined) return text;
  throw new ConfigError(
    `corsOrigin must be origins such as https://app.example, with commas, or *, not ${text}`,
  );
}

function checkedOrigin(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin =
    url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === "/" && url.search === "";
  if (!isOrigin)
    throw new ConfigError(
      `publicUrl must be an http or https origin such as https://example.com, not ${text}`,
    );
  return url.origin;
}

function checkedRoots(text: string, explorer: readonly Asset[]): string {
  const roots = parseStreamRoots(text);
  if (roots === undefined)
    throw new ConfigError(
      `streamRoot must be a path such as /v1/streams or /, not within ${STREAM_ROOT}; several separated by commas; not ${text}`,
    );
  const hiding = roots.find(
    (root) => root !== "" && explorer.some(({ path }) => path.startsWith(`${root}/`)),
  );
  if (hiding !== undefined)
    throw new ConfigError(`streamRoot must not be ${hiding} with the explorer, which has pages there`);
  return text;
}

function checkedTls(tls: TlsIdentity | undefined): TlsIdentity | undefined {
  try {
    if (tls !== undefined) createSecureContext({ cert: tls.cert, key: tls.key });
    return tls;
  } catch (error) {
    throw new ConfigError(
      `tls must be a certificate and its private key, both as PEM: ${(error as Error).message}`,
    );
  }
}

export type { Logger };
