import pino, { type Logger as PinoLogger } from "pino";
import { standardErrorOutput } from "./log-output.ts";

/** Where structured events go: any pino logger, or what has its methods. */
export type Logger = Pick<PinoLogger, "debug" | "info" | "warn" | "error">;

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/**
 * A logger that writes JSON lines of `level` and worse to standard error. It holds nobody up: lines that are not read wait in
 * memory, a mebibyte at most, and more are dropped and counted in a line of their own.
 *
 * @param shape makes another line of each, for people: then it names neither process nor machine
 */
export function createLogger(level: LogLevel, shape?: (line: string) => string): Logger {
  const output = standardErrorOutput();
  if (shape === undefined) return pino({ level }, output);
  return pino({ level, base: null }, { write: (line: string) => output.write(shape(line)) });
}
