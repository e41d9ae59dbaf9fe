export {
  type Config,
  ConfigError,
  type LogFactory,
  NUMBER_SETTINGS,
  parseConfig,
  type ServerOptions,
  type TlsIdentity,
} from "./config.ts";
export type { Asset } from "./http/assets.ts";
export type { CheckProgress, CheckReport } from "./log/local/check.ts";
export { checkDirectory } from "./log/local/check-directory.ts";
export { UnusableDirectory } from "./log/local/data-directory.ts";
export { DirectoryInUse } from "./log/local/directory-lock.ts";
export { type LocalDurability, type LocalLogOptions, openLocalLog } from "./log/local/open-local-log.ts";
export { CorruptLog } from "./log/local/recovery.ts";
export type { Log, LogFailure, LogHealth, LogMetrics, Recovery } from "./log/log.ts";
export { MemoryLog } from "./log/memory/memory-log.ts";
export { createServer, type DurableStreamsServer, type ServerMetrics } from "./server.ts";
export { createLogger, type Logger, type LogLevel } from "./telemetry/logger.ts";
