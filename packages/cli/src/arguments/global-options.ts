/** `--url` and `--auth`, which may stand anywhere, and their environment variables. */
import { HTTP_HEADER } from "@perennial/protocol";
import { type Validation, validateAuth, validateUrl } from "./validate.ts";

export interface GlobalOptions {
  /** The server's base URL: stream ids are joined to it by a slash. */
  url?: string;
  /** The `Authorization` header, sent as it is. */
  auth?: string;
}

export interface ParsedGlobalOptions {
  /** `url` is always set. */
  readonly options: GlobalOptions;
  /** The other arguments, in their order. */
  readonly remainingArgs: string[];
  readonly warnings: string[];
}

export const DEFAULT_URL = "http://localhost:4437/v1/stream";

/** Read once, so that a program that embeds the parser may change its environment later. */
const { STREAM_URL, STREAM_AUTH } = process.env;

interface GlobalFlag {
  readonly flag: "--url" | "--auth";
  readonly key: keyof GlobalOptions;
  readonly variable: string;
  readonly inEnvironment: string | undefined;
  readonly example: string;
  readonly validate: (value: string) => Validation;
}

const FLAGS: readonly GlobalFlag[] = [
  {
    flag: "--url",
    key: "url",
    variable: "STREAM_URL",
    inEnvironment: STREAM_URL,
    example: DEFAULT_URL,
    validate: validateUrl,
  },
  {
    flag: "--auth",
    key: "auth",
    variable: "STREAM_AUTH",
    inEnvironment: STREAM_AUTH,
    example: "Bearer my-token",
    validate: validateAuth,
  },
];

/** What a value lacks, as the official command line says it. */
export function missingValue(flag: string, example: string, withEquals: boolean): string {
  return `${flag} requires a value\n  Example: ${flag}${withEquals ? "=" : " "}"${example}"`;
}

/** Flags as given, and the arguments that are left. */
export interface TakenFlags {
  readonly given: ReadonlyMap<keyof GlobalOptions, string>;
  readonly remainingArgs: string[];
}

/**
 * Reads the global flags, up to `--`, and the environment. The last occurrence of a flag wins, and flags beat
 * variables. Throws an `Error` for a value that is missing or cannot be used.
 */
export function parseGlobalOptions(args: string[]): ParsedGlobalOptions {
  const { given, remainingArgs } = takeGlobalFlags(args);
  return { ...resolveGlobalOptions(given), remainingArgs };
}

/** Takes the global flags out of the arguments. Throws an `Error` for a flag without a value. */
export function takeGlobalFlags(args: readonly string[]): TakenFlags {
  const given = new Map<keyof GlobalOptions, string>();
  const remainingArgs: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index]!;
    if (argument === "--") {
      remainingArgs.push(...args.slice(index));
      break;
    }
    const flag = FLAGS.find((each) => argument === each.flag || argument.startsWith(`${each.flag}=`));
    if (flag === undefined) {
      remainingArgs.push(argument);
      continue;
    }
    const withEquals = argument !== flag.flag;
    const value = withEquals ? argument.slice(flag.flag.length + 1) : args[++index];
    if (value === undefined || value === "" || (!withEquals && value.startsWith("--"))) {
      throw new Error(missingValue(flag.flag, flag.example, withEquals));
    }
    given.set(flag.key, value);
  }
  return { given, remainingArgs };
}

/** Completes flags by the environment and checks them. Throws an `Error` for a value that cannot be used. */
export function resolveGlobalOptions(given: TakenFlags["given"]): Omit<ParsedGlobalOptions, "remainingArgs"> {
  const options: GlobalOptions = { url: DEFAULT_URL };
  const warnings: string[] = [];
  for (const { key, validate, variable, inEnvironment } of FLAGS) {
    const flagValue = given.get(key);
    const value = flagValue ?? inEnvironment;
    if (value === undefined || (flagValue === undefined && value === "")) continue;
    const { error, warning } = validate(value);
    if (error !== undefined) {
      throw new Error(flagValue === undefined ? `Invalid ${variable} environment variable: ${error}` : error);
    }
    if (warning !== undefined) warnings.push(warning);
    options[key] = value;
  }
  return { options, warnings };
}

/** The headers that global options stand for. */
export function buildHeaders(options: GlobalOptions): Record<string, string> {
  return options.auth ? { [HTTP_HEADER.authorization]: options.auth } : {};
}
