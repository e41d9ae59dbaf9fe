import { readFileSync } from "node:fs";
import { usageFailure } from "../failure.ts";

/** The file that is read when it exists and none is named. */
export const DEFAULT_CONFIG_FILE = "perennial.config.json";

export interface ConfigFile {
  readonly path: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Reads the named configuration file, or the default one if there is one. Throws a usage failure otherwise. */
export function readConfigFile(named: string | undefined): ConfigFile | undefined {
  const path = named ?? DEFAULT_CONFIG_FILE;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && named === undefined) return undefined;
    throw usageFailure(`cannot read the configuration file ${path}: ${message}`);
  }
  return { path, values: parseObject(path, text) };
}

function parseObject(path: string, text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw usageFailure(`${path} is not valid JSON: ${(error as Error).message}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw usageFailure(`${path} must hold a JSON object of settings, such as {"port": 4437}`);
}
