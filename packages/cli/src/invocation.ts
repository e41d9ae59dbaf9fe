/** What all commands share: the name they were called by, the global options, and the connection these describe. */
import { readAuthFile } from "./arguments/auth-file.ts";
import { buildHeaders, DEFAULT_URL, type GlobalOptions } from "./arguments/global-options.ts";
import { validateStreamId } from "./arguments/validate.ts";
import { Connection } from "./connection/connection.ts";
import { usageFailure } from "./failure.ts";

/** Global options that the argument parser finds. */
export interface ProgramFlags {
  readonly authFile?: string;
  /** ms; undefined: not given. */
  readonly timeout?: number;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
}

/** By which name the program was called: as `durable-stream` it does what the official command line does. */
export type ProgramName = "perennial" | "durable-stream";

export interface Invocation {
  readonly name: ProgramName;
  /** `--url` and `--auth`, or what the environment or `--auth-file` says instead. Throws if one cannot be used. */
  readonly globals: () => GlobalOptions;
  /** Valid once the command line has been parsed. */
  readonly flags: () => ProgramFlags;
}

/**
 * Puts an invocation together. What costs something, or can be read only once, is found when it is first needed.
 *
 * @param globals reads `--url`, `--auth` and the environment
 */
export function createInvocation(
  name: ProgramName,
  globals: () => GlobalOptions,
  flags: () => ProgramFlags,
): Invocation {
  let found: GlobalOptions | undefined;
  const find = (): GlobalOptions => {
    const { authFile } = flags();
    return authFile === undefined ? globals() : { ...globals(), auth: readAuthFile(authFile) };
  };
  return {
    name,
    flags,
    globals: () => {
      found ??= find();
      return found;
    },
  };
}

/** The server that the global options name. */
export function connect(invocation: Invocation): Connection {
  return connectTo(invocation, undefined);
}

/**
 * A server named otherwise.
 *
 * @param auth its `Authorization`, instead of that of the global options
 */
export function connectTo(invocation: Invocation, baseUrl: string | undefined, auth?: string): Connection {
  const { timeout, verbose } = invocation.flags();
  const globals = invocation.globals();
  let attempts = 0;
  return new Connection({
    baseUrl: baseUrl ?? globals.url ?? DEFAULT_URL,
    headers: buildHeaders(auth === undefined ? globals : { auth }),
    ...(timeout !== undefined && { timeoutMs: timeout, retryMs: timeout }),
    onFailedAttempt: (reason) => {
      attempts += 1;
      // Who waits at a terminal is told once why; a script only on request.
      if (!verbose && !(process.stderr.isTTY && attempts === 1)) return;
      process.stderr.write(`attempt ${attempts} failed: ${reason}\n`);
    },
  });
}

/** Prints a line about success, unless `--quiet` was given. */
export function report(invocation: Invocation, text: string): void {
  if (!invocation.flags().quiet) process.stdout.write(`${text}\n`);
}

/** Checks a stream's id; throws a usage failure that says what is wrong with it. */
export function streamId(id: string): string {
  const { error } = validateStreamId(id);
  if (error !== undefined) throw usageFailure(error);
  return id;
}
