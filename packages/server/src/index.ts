export {
  type Config,
  ConfigError,
  type LogFactory,
  NUMBER_SETTINGS,
  parseConfig,
  type ServerOptions,
} from "./config.ts";
export type { Log, LogFailure, LogHealth, Recovery } from "./log/log.ts";
export { MemoryLog } from "./log/memory/memory-log.ts";
export { createServer, type DurableStreamsServer } from "./server.ts";
export { createLogger, type Logger, type LogLevel } from "./telemetry/logger.ts";
