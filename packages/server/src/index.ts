export {
  type Config,
  ConfigError,
  type LogFactory,
  parseConfig,
  type ServerOptions,
  type TlsIdentity,
} from "./config.ts";
export type { Asset } from "./http/assets.ts";
export type { Mount, Rewritten } from "./http/mount.ts";
export type { Log, LogFailure, LogHealth, LogMetrics, Recovery } from "./journal/contract/index.ts";
export { type BackupOptions, type BackupReport, backupDirectory } from "./journal/local/backup/backup.ts";
export type { Manifest as BackupManifest } from "./journal/local/backup/manifest.ts";
export { packBackup, restorePacked } from "./journal/local/backup/pack.ts";
export { restoreDirectory } from "./journal/local/backup/restore.ts";
export type { CheckProgress, CheckReport } from "./journal/local/check.ts";
export { checkDirectory } from "./journal/local/check-directory.ts";
export { CorruptLog } from "./journal/local/corrupt-log.ts";
export { DirectoryInUse } from "./journal/local/directory-lock.ts";
export { type LocalDurability, type LocalLogOptions, openLocalLog } from "./journal/local/open-local-log.ts";
export { UnusableDirectory } from "./journal/local/unusable-directory.ts";
export { MemoryLog } from "./journal/memory/memory-log.ts";
export { NUMBER_SETTINGS } from "./number-settings.ts";
export { createServer, type DurableStreamsServer, type ServerMetrics } from "./server.ts";
export type { AuditEntry } from "./services/audit.ts";
export type { AskedRequest, Authorize, GivenRights } from "./services/authorize.ts";
export { LIMIT_NAMES, type LimitName, type ServiceLimits } from "./services/limits.ts";
export type { ServiceAdmin } from "./services/service-admin.ts";
export type { ListedService, NewSecret, ServiceProblem } from "./services/services.ts";
export type { UsageFigures } from "./services/usage.ts";
export type { SubscriptionMetrics } from "./subscription/open-subscriptions.ts";
export { createLogger, type Logger, type LogLevel } from "./telemetry/logger.ts";
