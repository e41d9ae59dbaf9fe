/** The settings of a server that are numbers, and between which values they may be. */
import { PATH_MAX_LENGTH } from "@perennial/protocol";
import { LIVE_BUDGET_BYTES } from "./live/hub.ts";
import { FORK_DEPTH, IDLE_STREAM_MS, JSON_MESSAGE_BYTES } from "./shard/shard-deps.ts";
import { PATH_BYTES_MAX } from "./stream/paths.ts";

const MIB = 1024 * 1024;

/** Numeric settings: default, least and greatest value. */
export const NUMBERS = {
  port: [4437, 0, 65535],
  longPollTimeoutMs: [30_000, 1, 600_000],
  sseCycleMs: [60_000, 1000, 3_600_000],
  sseHeartbeatMs: [15_000, 100, 600_000],
  liveBufferBytes: [MIB, 65_536, 1024 * MIB],
  liveBudgetBytes: [LIVE_BUDGET_BYTES, MIB, 65_536 * MIB],
  stalledReaderMs: [30_000, 100, 3_600_000],
  liveReaders: [100_000, 0, 10_000_000],
  connections: [100_000, 1, 10_000_000],
  bodyBytes: [64 * MIB, 1, 1024 * MIB],
  jsonMessageBytes: [JSON_MESSAGE_BYTES, 65_536, 1024 * MIB],
  bodyBudgetBytes: [256 * MIB, MIB, 65_536 * MIB],
  bodyTimeoutMs: [30_000, 100, 3_600_000],
  headerBytes: [16_384, 1024, MIB],
  headerTimeoutMs: [15_000, 100, 3_600_000],
  keepAliveMs: [65_000, 100, 3_600_000],
  urlBytes: [8192, 64, 65_536],
  pathBytes: [PATH_MAX_LENGTH, 16, PATH_BYTES_MAX],
  producersPerStream: [10_000, 1, 10_000_000],
  forkDepth: [FORK_DEPTH, 1, 10_000],
  refusedPerSecond: [200, 1, 10_000_000],
  webhookAttempts: [100, 1, 10_000],
  webhooksPerHost: [32, 1, 512],
  subscriptions: [100_000, 0, 1_000_000],
  subscriptionPatterns: [1000, 0, 100_000],
  subscriptionStreams: [10_000, 1, 1_000_000],
  sweepMs: [1000, 10, 3_600_000],
  loadedStreams: [100_000, 100, Number.MAX_SAFE_INTEGER],
  idleStreamMs: [IDLE_STREAM_MS, 1000, 86_400_000],
  stopGraceMs: [1000, 0, 60_000],
  drainMs: [10_000, 0, 3_600_000],
} as const satisfies Readonly<Record<string, readonly [number, number, number]>>;

export type NumberName = keyof typeof NUMBERS;

/** The names of all numeric settings, for command lines and environment variables. */
export const NUMBER_SETTINGS = Object.keys(NUMBERS) as readonly NumberName[];
