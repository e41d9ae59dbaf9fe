/** What all commands share: the name they were called by, the global options, and the connection these describe. */
import { readFileSync } from "node:fs";
import { buildHeaders, DEFAULT_URL, type GlobalOptions } from "./arguments/global-options.ts";
import { validateAuth, validateStreamId } from "./arguments/validate.ts";
import { Connection } from "./connection/connection.ts";
import { usageFailure } from "./failure.ts";

/** Global options that the argument parser finds. */
export interface ProgramFlags {
  readonly authFile?: string;
  /** ms */
  readonly timeout: number;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
}

export interface Invocation {
  /** `--url` and `--auth`, or what the environment says instead. Throws if one cannot be used. */
  readonly globals: () => GlobalOptions;
  /** Valid once the command line has been parsed. */
  readonly flags: () => ProgramFlags;
}

/** The server that the global options name. */
export function connect(invocation: Invocation): Connection {
  const globals = invocation.globals();
  return connectWith(invocation, globals, globals.url ?? DEFAULT_URL);
}

/** A server named otherwise, with the credentials of the global options. */
export function connectTo(invocation: Invocation, baseUrl: string): Connection {
  return connectWith(invocation, invocation.globals(), baseUrl);
}

function connectWith(invocation: Invocation, globals: GlobalOptions, baseUrl: string): Connection {
  const { timeout, verbose } = invocation.flags();
  let attempts = 0;
  return new Connection({
    baseUrl,
    headers: credentials(invocation, globals),
    timeoutMs: timeout,
    onFailedAttempt: (reason) => {
      attempts += 1;
      // Who waits at a terminal is told once why; a script only on request.
      if (!verbose && !(process.stderr.isTTY && attempts === 1)) return;
      process.stderr.write(`attempt ${attempts} failed: ${reason}\n`);
    },
  });
}

/** The headers by which the caller is known to the server. */
export function credentials(invocation: Invocation, globals: GlobalOptions): Record<string, string> {
  const { authFile } = invocation.flags();
  return buildHeaders(authFile === undefined ? globals : { auth: readAuth(authFile) });
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

/** The `Authorization` value in a file, or on standard input (`-`), so that it shows in no process list. */
function readAuth(path: string): string {
  let auth: string;
  try {
    auth = readFileSync(path === "-" ? 0 : path, "utf8").trim();
  } catch (error) {
    throw usageFailure(`--auth-file ${path} cannot be read: ${(error as Error).message}`);
  }
  const { error } = validateAuth(auth);
  if (error !== undefined) throw usageFailure(`--auth-file ${path}: ${error}`);
  return auth;
}
