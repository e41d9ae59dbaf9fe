import { styleText } from "node:util";
import type { Logger, LogLevel } from "@perennial/server";
import { createLogger } from "@perennial/server";

/** Names and colours of pino's numeric levels. */
const LEVELS = {
  20: ["debug", "gray"],
  30: ["info ", "green"],
  40: ["warn ", "yellow"],
  50: ["error", "red"],
} as const;

/** A log for reading: one short line per event on a terminal, JSON lines when standard error goes elsewhere. */
export function createDevLogger(level: LogLevel): Logger {
  if (!process.stderr.isTTY) return createLogger(level);
  const colours = process.stderr.hasColors();
  return createLogger(level, (line) => readable(line, colours));
}

/** An event, given as a line of JSON, as time, level, message and `key=value` pairs. */
export function readable(line: string, colours: boolean): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const [name, colour] = LEVELS[level as keyof typeof LEVELS] ?? [String(level), "white"];
  const paint = (format: Parameters<typeof styleText>[0], text: string) =>
    colours ? styleText(format, text, { validateStream: false }) : text;
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${plain(value)}`);
  const clock = new Date(Number(time)).toTimeString().slice(0, 8);
  return `${paint("gray", clock)} ${paint(colour, name)} ${msg ?? ""}${paint("gray", pairs.join(""))}\n`;
}

/** A value as it is read most easily: texts bare, errors by their message, the rest as JSON. */
function plain(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "object" && value !== null && "message" in value) return String(value.message);
  return JSON.stringify(value);
}
