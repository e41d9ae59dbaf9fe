/**
 * Every setting of `dev` and `serve`, once. From this table come the flags, the `PERENNIAL_*` variables, the keys
 * of the configuration file and the help text.
 */
import { type Config, parseConfig } from "@perennial/server";
import { BYTE_UNITS, TIME_UNITS } from "./units.ts";

/** How a setting is written. */
export type SettingKind = "text" | "count" | "milliseconds" | "bytes" | "share" | "switch" | "choice";

/** Which heading of `--help` a setting stands under. */
export type SettingGroup =
  | "Listening"
  | "Storage"
  | "Responses"
  | "Live reads"
  | "Subscriptions"
  | "Limits"
  | "Log";

export interface Setting {
  /** The key in the configuration file. The flag and the variable derive from it. */
  readonly key: string;
  readonly kind: SettingKind;
  readonly group: SettingGroup;
  /** One line for `--help`, without the default. */
  readonly help: string;
  /** The values of a choice. */
  readonly choices?: readonly string[];
  /** The default as `--help` shows it; undefined: none, or told in `help`. */
  readonly fallback: string | undefined;
}

/** Settings of the server that can be written as text. */
type ServerKey = Exclude<
  keyof Config,
  | "explorer"
  | "mounts"
  | "tls"
  | "issuers"
  | "authorize"
  | "logger"
  | "log"
  | "now"
  | "monotonicNow"
  | "random"
>;

type Row = readonly [kind: SettingKind, group: SettingGroup, help: string, choices?: readonly string[]];

/** Complete by its type: a setting that the server gains does not compile until it has a row. */
const SERVER_ROWS: Readonly<Record<ServerKey, Row>> = {
  host: ["text", "Listening", "address to listen on"],
  port: ["count", "Listening", "port to listen on; 0 lets the system choose"],
  http: [
    "choice",
    "Listening",
    "who reads requests: our own fast lane the plain ones, or node:http all",
    ["fast", "node"],
  ],
  publicUrl: ["text", "Listening", "origin under which clients reach the server, for Location headers"],
  trustProxy: ["switch", "Listening", "believe X-Forwarded-Proto and X-Forwarded-Host"],
  streamRoot: [
    "text",
    "Listening",
    "where streams live besides /v1/stream, such as /v1/streams or /; several with commas",
  ],
  auth: [
    "switch",
    "Listening",
    "keep strangers out: other machines, names that are not this server's, web pages of others",
  ],
  corsOrigin: [
    "text",
    "Listening",
    "origins whose pages may use the server, with commas, or * (those of localhost; with --no-auth all)",
  ],
  cacheControl: ["text", "Responses", "Cache-Control of reads with data"],
  pageBytes: ["bytes", "Responses", "most bytes in one catch-up response (no limit unless given)"],
  stateOffsets: ["switch", "Responses", "show the offset of each State message in its headers"],
  registry: ["switch", "Responses", "keep the stream __registry__, which says which streams there are"],
  longPollTimeoutMs: ["milliseconds", "Live reads", "how long a long-poll waits at the tail"],
  sseCycleMs: ["milliseconds", "Live reads", "length of an SSE connection before the client reconnects"],
  sseCycleJitter: ["share", "Live reads", "share by which SSE connections differ in length"],
  sseHeartbeatMs: ["milliseconds", "Live reads", "interval of SSE heartbeat comments"],
  liveBufferBytes: ["bytes", "Live reads", "most bytes buffered for one live reader"],
  liveBudgetBytes: ["bytes", "Live reads", "buffered for all live readers together before each gets less"],
  stalledReaderMs: ["milliseconds", "Live reads", "how long a live reader that takes nothing is kept"],
  liveReaders: ["count", "Live reads", "live readers at once; more get 503"],
  connections: [
    "count",
    "Limits",
    "connections at once, if there may be as many open files; then idle ones give way, or new ones get 503",
  ],
  connectionsPerAddress: [
    "count",
    "Limits",
    "connections of one address; more get 429 (a quarter of all; none for loopback or with --trust-proxy)",
  ],
  bodyBytes: ["bytes", "Limits", "largest request body; larger ones get 413"],
  jsonMessageBytes: ["bytes", "Limits", "largest message of a JSON stream; larger ones get 413"],
  bodyBudgetBytes: ["bytes", "Limits", "bytes of all request bodies in flight; more get 503"],
  bodyTimeoutMs: ["milliseconds", "Limits", "how long a request body may take; slower ones get 408"],
  headerBytes: ["bytes", "Limits", "largest header block of a request"],
  headerTimeoutMs: ["milliseconds", "Limits", "how long a request's headers may take"],
  keepAliveMs: ["milliseconds", "Limits", "how long an idle connection is kept"],
  urlBytes: ["bytes", "Limits", "longest request target; longer ones get 414"],
  pathBytes: ["bytes", "Limits", "longest stream path; longer ones get 414"],
  producersPerStream: [
    "count",
    "Limits",
    "idempotent producers that one stream remembers, with ids of 64 characters on average",
  ],
  refusedPerSecond: ["count", "Limits", "refused credentials a second that are answered at once"],
  forkDepth: ["count", "Limits", "generations of forks of forks"],
  sweepMs: ["milliseconds", "Limits", "how often expired streams are looked for"],
  loadedStreams: ["count", "Limits", "streams kept in memory before idle ones are dropped sooner"],
  idleStreamMs: ["milliseconds", "Limits", "how long a stream that nobody uses stays in memory"],
  stopGraceMs: ["milliseconds", "Limits", "how long a stop still answers requests on open connections"],
  drainMs: ["milliseconds", "Limits", "how long a stop waits for requests to finish"],
  webhooks: ["switch", "Subscriptions", "deliver wakes to webhooks"],
  webhookHosts: [
    "text",
    "Subscriptions",
    "hosts that webhooks may reach besides the public internet, with commas; localhost is this machine",
  ],
  webhookAttempts: ["count", "Subscriptions", "failed deliveries of one wake before it is a dead letter"],
  webhooksPerHost: ["count", "Subscriptions", "deliveries under way to one host"],
  subscriptions: ["count", "Subscriptions", "subscriptions of the server; more get 429"],
  subscriptionPatterns: ["count", "Subscriptions", "subscriptions with a pattern, of each service"],
  subscriptionStreams: ["count", "Subscriptions", "streams remembered for one subscription"],
  accessLog: ["switch", "Log", "log each request"],
};

/** Where the data is unless a setting says otherwise, relative to the working directory. */
export const DATA_DIRECTORY = "perennial-data";

/** What an acknowledgement means, best first. */
export const DURABILITIES = ["fsync", "os", "memory"] as const;

/** The command's own settings. */
const COMMAND_SETTINGS: readonly Setting[] = [
  {
    key: "dataDir",
    kind: "text",
    group: "Storage",
    help: "directory of the data, created if need be",
    fallback: `./${DATA_DIRECTORY}`,
  },
  {
    key: "durability",
    kind: "choice",
    group: "Storage",
    help: "what an acknowledged append has survived: a power cut, the end of the process, nothing",
    choices: DURABILITIES,
    fallback: "fsync",
  },
  {
    key: "memory",
    kind: "switch",
    group: "Storage",
    help: "the same as --durability memory",
    fallback: undefined,
  },
  {
    key: "scrub",
    kind: "switch",
    group: "Storage",
    help: "look through the archive for damage in the background, slowly",
    fallback: "true",
  },
  {
    key: "acceptLoss",
    kind: "switch",
    group: "Storage",
    help: "start although acknowledged data is lost, with what there is; removes what lies behind the damage",
    fallback: undefined,
  },
  {
    key: "tlsCert",
    kind: "text",
    group: "Listening",
    help: "file with the certificate chain, PEM; with --tls-key the server speaks TLS",
    fallback: undefined,
  },
  {
    key: "tlsKey",
    kind: "text",
    group: "Listening",
    help: "file with the certificate's private key, PEM",
    fallback: undefined,
  },
  {
    key: "issuers",
    kind: "text",
    group: "Listening",
    help: "JSON file with the issuers (OpenID Connect) whose tokens count, and what they allow",
    fallback: undefined,
  },
  {
    key: "explorer",
    kind: "switch",
    group: "Listening",
    help: "serve the Stream Explorer, a page that shows the streams, at /",
    fallback: "true",
  },
  {
    key: "yjs",
    kind: "switch",
    group: "Listening",
    help: "serve Yjs documents under /v1/yjs/",
    fallback: undefined,
  },
  {
    key: "logLevel",
    kind: "choice",
    group: "Log",
    help: "log events of this level and worse",
    choices: ["debug", "info", "warn", "error", "silent"],
    fallback: undefined,
  },
];

const serverSettings = (): readonly Setting[] => {
  const defaults = parseConfig({});
  return Object.entries(SERVER_ROWS).map(([key, [kind, group, help, choices]]) => ({
    key,
    kind,
    group,
    help,
    ...(choices && { choices }),
    fallback: shown(kind, defaults[key as ServerKey]),
  }));
};

/** All settings, in the order of the help text. */
export const SETTINGS: readonly Setting[] = [...serverSettings(), ...COMMAND_SETTINGS];

/** The keys that are options of the server. */
export const SERVER_KEYS: ReadonlySet<string> = new Set(Object.keys(SERVER_ROWS));

/** `longPollTimeoutMs` as a flag: `--long-poll-timeout-ms`. */
export function flagOf(setting: Setting): string {
  return `--${words(setting).join("-")}`;
}

/** `longPollTimeoutMs` as an environment variable: `PERENNIAL_LONG_POLL_TIMEOUT_MS`. */
export function variableOf(setting: Setting): string {
  return `PERENNIAL_${words(setting).join("_").toUpperCase()}`;
}

function words({ key }: Setting): readonly string[] {
  return key.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
}

function shown(kind: SettingKind, value: Config[ServerKey]): string | undefined {
  if (value === undefined || value === false) return undefined;
  if (kind === "bytes") return withUnit(Number(value), BYTE_UNITS);
  if (kind === "milliseconds") return withUnit(Number(value), TIME_UNITS);
  return String(value);
}

/** A number in its largest unit that leaves it whole. */
function withUnit(value: number, units: Readonly<Record<string, number>>): string {
  const [unit, size] = Object.entries(units).findLast(([, size]) => value !== 0 && value % size === 0) ?? [
    "",
    1,
  ];
  return `${value / size}${unit}`;
}
