/**
 * The rooms of the house and what each may import: the architecture as a table. A file belongs to the room with
 * the longest path that contains it, and may always import from its own room. Tests and benchmarks are free.
 */

/** One room. */
export interface Room {
  /** A folder of the repository. */
  readonly path: string;
  /** The rooms it may import from, by their paths. */
  readonly imports: readonly string[];
  /** Whether it may use `node:*`. Rooms that may not run in browsers, or are pure. */
  readonly node?: true;
}

const PROTOCOL = "packages/protocol/src";
const TOKENS = "packages/tokens/src";
const CLIENT = "packages/client/src";
const STATE = "packages/state/src";
const YJS = "packages/yjs/src";
const YJS_CORE = `${YJS}/core`;
const YJS_PROVIDER = `${YJS}/provider`;
const YJS_TABS = `${YJS}/tabs`;
const YJS_SERVER = `${YJS}/server`;
const AI = "packages/ai/src";
const AI_GENERATION = `${AI}/generation`;
const AI_FOLD = `${AI}/fold`;
const AI_SESSION = `${AI}/session`;
const AI_SDK = "packages/ai-sdk/src";
const AI_RESPOND = `${AI}/respond`;
const TANSTACK_AI = "packages/tanstack-ai/src";
const TANSTACK_AI_SESSION = `${TANSTACK_AI}/session`;
const TANSTACK_AI_CLIENT = `${TANSTACK_AI}/client`;
const TANSTACK_AI_CHAT = `${TANSTACK_AI}/chat`;
const TANSTACK_AI_SERVER = `${TANSTACK_AI}/server`;
const ADAPTERS = "packages/adapters/src";
const TIMELINE = "packages/timeline/src";
const TIMELINE_FRAMES = `${TIMELINE}/frames`;
const TIMELINE_PLAYBACK = `${TIMELINE}/playback`;
const TIMELINE_STREAMS = `${TIMELINE}/streams`;
const PROXY = "packages/proxy/src";
const PROXY_CORE = `${PROXY}/core`;
const PROXY_HANDLER = `${PROXY}/handler`;
const PROXY_NODE = `${PROXY}/node`;
const PROXY_CLIENT = `${PROXY}/client`;
const PROXY_TRANSPORTS = `${PROXY}/transports`;
const EXPLORER = "packages/explorer/src";
const SERVER = "packages/server/src";
const STORED = `${SERVER}/stored`;
const STREAM = `${SERVER}/stream`;
const BUCKET = `${SERVER}/bucket`;
const JOURNAL = `${SERVER}/journal`;
const MEMORY = `${JOURNAL}/memory`;
const LOCAL = `${JOURNAL}/local`;
const CATALOG = `${SERVER}/catalog`;
const SHARD = `${SERVER}/shard`;
const LIVE = `${SERVER}/live`;
const REGISTRY = `${SERVER}/registry`;
const TELEMETRY = `${SERVER}/telemetry`;
const SERVICES = `${SERVER}/services`;
const SUBSCRIPTION = `${SERVER}/subscription`;
const SUBSCRIPTION_CORE = `${SUBSCRIPTION}/core`;
const HTTP = `${SERVER}/http`;

export const ROOMS: readonly Room[] = [
  { path: PROTOCOL, imports: [] },
  { path: TOKENS, imports: [PROTOCOL] },
  { path: CLIENT, imports: [PROTOCOL] },
  { path: STATE, imports: [CLIENT] },
  { path: YJS, imports: [YJS_CORE, YJS_PROVIDER, YJS_TABS, YJS_SERVER] },
  { path: YJS_CORE, imports: [] },
  { path: YJS_TABS, imports: [YJS_CORE, YJS_PROVIDER] },
  { path: YJS_PROVIDER, imports: [PROTOCOL, CLIENT, YJS_CORE, YJS_TABS] },
  { path: YJS_SERVER, imports: [PROTOCOL, YJS_CORE], node: true },
  { path: AI, imports: [CLIENT, AI_FOLD, AI_GENERATION, AI_RESPOND, AI_SESSION] },
  { path: AI_FOLD, imports: [AI] },
  { path: AI_GENERATION, imports: [PROTOCOL, CLIENT, AI, AI_FOLD] },
  { path: AI_SESSION, imports: [PROTOCOL, CLIENT, AI, AI_GENERATION] },
  { path: AI_RESPOND, imports: [PROTOCOL, CLIENT, AI, AI_GENERATION] },
  { path: AI_SDK, imports: [PROTOCOL, CLIENT, AI] },
  { path: ADAPTERS, imports: [CLIENT, AI] },
  {
    path: TANSTACK_AI,
    imports: [AI, TANSTACK_AI_SESSION, TANSTACK_AI_CLIENT, TANSTACK_AI_CHAT, TANSTACK_AI_SERVER],
  },
  { path: TANSTACK_AI_CHAT, imports: [CLIENT, AI, TANSTACK_AI, TANSTACK_AI_SESSION, TANSTACK_AI_CLIENT] },
  { path: TANSTACK_AI_SESSION, imports: [CLIENT, STATE, AI, TANSTACK_AI] },
  { path: TANSTACK_AI_CLIENT, imports: [PROTOCOL, CLIENT, AI, TANSTACK_AI, TANSTACK_AI_SESSION] },
  {
    path: TANSTACK_AI_SERVER,
    imports: [PROTOCOL, CLIENT, AI, TANSTACK_AI, TANSTACK_AI_SESSION, TANSTACK_AI_CLIENT],
  },
  { path: TIMELINE, imports: [TIMELINE_FRAMES, TIMELINE_PLAYBACK, TIMELINE_STREAMS] },
  { path: TIMELINE_FRAMES, imports: [] },
  { path: TIMELINE_PLAYBACK, imports: [TIMELINE_FRAMES] },
  { path: TIMELINE_STREAMS, imports: [CLIENT, TIMELINE_FRAMES, TIMELINE_PLAYBACK] },
  { path: PROXY, imports: [PROXY_CORE, PROXY_HANDLER, PROXY_NODE, PROXY_CLIENT, PROXY_TRANSPORTS] },
  { path: PROXY_CORE, imports: [PROTOCOL] },
  { path: PROXY_HANDLER, imports: [PROTOCOL, CLIENT, PROXY_CORE] },
  { path: PROXY_NODE, imports: [PROTOCOL, PROXY_CORE, PROXY_HANDLER], node: true },
  { path: PROXY_CLIENT, imports: [PROTOCOL, CLIENT, PROXY_CORE] },
  { path: PROXY_TRANSPORTS, imports: [PROTOCOL, PROXY_CORE, PROXY_CLIENT] },
  { path: EXPLORER, imports: [PROTOCOL, CLIENT, STATE] },
  { path: "packages/cli/src", imports: [PROTOCOL, CLIENT, SERVER, EXPLORER, TOKENS, YJS, PROXY], node: true },
  { path: STORED, imports: [PROTOCOL] },
  { path: STREAM, imports: [PROTOCOL, STORED] },
  { path: BUCKET, imports: [PROTOCOL], node: true },
  { path: JOURNAL, imports: [PROTOCOL, STREAM] },
  { path: MEMORY, imports: [PROTOCOL, STREAM, JOURNAL] },
  { path: LOCAL, imports: [PROTOCOL, STREAM, JOURNAL], node: true },
  { path: CATALOG, imports: [PROTOCOL, STREAM, JOURNAL] },
  { path: SHARD, imports: [PROTOCOL, STORED, STREAM, JOURNAL, CATALOG] },
  { path: LIVE, imports: [TELEMETRY, PROTOCOL, STORED, JOURNAL, SHARD] },
  { path: REGISTRY, imports: [TELEMETRY, PROTOCOL, STREAM, SHARD], node: true },
  { path: SERVICES, imports: [TELEMETRY, PROTOCOL, TOKENS, STREAM, SHARD], node: true },
  { path: SUBSCRIPTION_CORE, imports: [PROTOCOL] },
  {
    path: SUBSCRIPTION,
    imports: [TELEMETRY, PROTOCOL, STREAM, JOURNAL, CATALOG, SHARD, SUBSCRIPTION_CORE],
    node: true,
  },
  {
    path: HTTP,
    imports: [
      SERVER,
      TELEMETRY,
      PROTOCOL,
      STREAM,
      JOURNAL,
      SHARD,
      LIVE,
      SERVICES,
      SUBSCRIPTION,
      SUBSCRIPTION_CORE,
    ],
    node: true,
  },
  { path: TELEMETRY, imports: [STREAM, JOURNAL], node: true },
  {
    path: SERVER,
    imports: [
      PROTOCOL,
      STREAM,
      JOURNAL,
      MEMORY,
      LOCAL,
      CATALOG,
      SHARD,
      LIVE,
      REGISTRY,
      SERVICES,
      SUBSCRIPTION,
      HTTP,
      TELEMETRY,
    ],
    node: true,
  },
];

/** The room of a file, or undefined where the house has no rule. */
export function roomOf(path: string): Room | undefined {
  let found: Room | undefined;
  for (const room of ROOMS) {
    if (path.startsWith(`${room.path}/`) && room.path.length > (found?.path.length ?? 0)) found = room;
  }
  return found;
}
