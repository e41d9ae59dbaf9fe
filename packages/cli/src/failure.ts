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

/** The command line, the environment or the configuration file is wrong; the message names what and where. */
export function usageFailure(message: string): Failure {
  return new Failure(message, EXIT.usage);
}
