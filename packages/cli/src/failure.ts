import { type Described, describeError } from "./connection/describe-error.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";

/** An expected failure: `main` prints its message as it stands, without a stack, and exits with its code. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.failure) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A failure in one line that says what is wrong, and what to do. */
export function failure(message: string, exitCode: ExitCode = EXIT.failure): Failure {
  return new Failure(`Error: ${message}`, exitCode);
}

/** The command line, the environment or the configuration file is wrong; the message names what and where. */
export function usageFailure(message: string): Failure {
  return failure(message, EXIT.usage);
}

/**
 * A request failed: `Failed to <what>`, then why. An error that has nothing to do with requests is thrown again.
 *
 * @param hint what to do, on a line of its own
 */
export function requestFailure(what: string, error: unknown, hint = ""): Failure {
  if (error instanceof Failure) return error;
  const { text, exitCode }: Described = describeError(error);
  return new Failure(`Failed to ${what}\n  ${text}${hint}`, exitCode);
}
