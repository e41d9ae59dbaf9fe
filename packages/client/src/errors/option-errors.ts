/**
 * A handle was made without a `url`.
 *
 * @example
 * ```ts
 * import { DurableStream, MissingStreamUrlError } from "@perennial/client";
 * try {
 *   new DurableStream({ url: "" });
 * } catch (error) {
 *   console.log(error instanceof MissingStreamUrlError);
 * }
 * ```
 */
export class MissingStreamUrlError extends Error {
  constructor() {
    super("Invalid stream options: missing required url parameter");
    this.name = "MissingStreamUrlError";
  }
}

/**
 * A handle was given a `signal` that is not an `AbortSignal`. Pass `controller.signal`, not the controller.
 *
 * @example
 * ```ts
 * import { InvalidSignalError } from "@perennial/client";
 * const isMisuse = (error: unknown) => error instanceof InvalidSignalError;
 * ```
 */
export class InvalidSignalError extends Error {
  constructor() {
    super("Invalid signal option. It must be an instance of AbortSignal.");
    this.name = "InvalidSignalError";
  }
}
