/** Settings from three places: a flag beats the environment, the environment beats the configuration file. */
import { ConfigError, parseConfig, type ServerOptions } from "@perennial/server";
import { usageFailure } from "../failure.ts";
import type { ConfigFile } from "./config-file.ts";
import { flagOf, SERVER_KEYS, SETTINGS, type Setting, variableOf } from "./table.ts";
import { parseValue, type SettingValue } from "./value.ts";

export interface Sources {
  /** What the argument parser found, by key. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file: ConfigFile | undefined;
}

/** Settings that were given somewhere, checked, by key. */
export type GivenSettings = ReadonlyMap<string, SettingValue>;

/** Something given, and what to call its place in an error. */
interface Given {
  readonly place: string;
  readonly value: unknown;
}

/** Throws a usage failure that names the place of the first setting that is unknown or wrong. */
export function resolveSettings(sources: Sources): GivenSettings {
  rejectUnknownNames(sources);
  const settings = new Map<string, SettingValue>();
  for (const setting of SETTINGS) {
    const given = strongest(setting, sources);
    if (given !== undefined) settings.set(setting.key, checked(setting, given));
  }
  return settings;
}

/** Those that `createServer` takes. */
export function serverOptions(settings: GivenSettings): ServerOptions {
  return Object.fromEntries([...settings].filter(([key]) => SERVER_KEYS.has(key)));
}

function strongest(setting: Setting, { flags, environment, file }: Sources): Given | undefined {
  const variable = variableOf(setting);
  const candidates: readonly Given[] = [
    { place: flagOf(setting), value: flags[setting.key] },
    { place: variable, value: environment[variable] },
    { place: `"${setting.key}" in ${file?.path}`, value: file?.values[setting.key] },
  ];
  return candidates.find(({ value }) => value !== undefined);
}

function checked(setting: Setting, { place, value }: Given): SettingValue {
  const parsed = parseValue(setting, value);
  if (parsed.kind === "rejected")
    throw usageFailure(`${place} must be ${parsed.rejection}, not ${JSON.stringify(value)}`);
  if (SERVER_KEYS.has(setting.key))
    checkOptions({ [setting.key]: parsed.value }, (message) => message.replace(setting.key, place));
  return parsed.value;
}

/** Throws a usage failure if the server would not take the options; `explain` puts its message in the user's terms. */
export function checkOptions(options: ServerOptions, explain: (message: string) => string): void {
  try {
    parseConfig(options);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw usageFailure(explain(error.message));
  }
}

function rejectUnknownNames({ environment, file }: Sources): void {
  const variables = new Set(SETTINGS.map(variableOf));
  for (const name of Object.keys(environment)) {
    if (!name.startsWith("PERENNIAL_") || name === "PERENNIAL_CONFIG" || variables.has(name)) continue;
    throw usageFailure(`${name} is not a setting; "perennial serve --help" lists those there are`);
  }
  const keys = new Set(SETTINGS.map(({ key }) => key));
  for (const key of Object.keys(file?.values ?? {})) {
    if (keys.has(key)) continue;
    throw usageFailure(
      `"${key}" in ${file?.path} is not a setting; "perennial serve --help" lists those there are`,
    );
  }
}
