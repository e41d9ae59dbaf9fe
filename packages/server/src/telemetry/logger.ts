import pino, { type Logger as PinoLogger } from "pino";

/** Where structured events go: any pino logger, or what has its methods. */
export type Logger = Pick<PinoLogger, "debug" | "info" | "warn" | "error">;

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/** A logger that writes JSON lines of `level` and worse to standard error. */
export function createLogger(level: LogLevel): Logger {
  return pino({ level }, pino.destination({ dest: 2, sync: true }));
}
