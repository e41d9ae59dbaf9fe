/** What is wrong with a message, or with reading it. */
export type StateErrorCode =
  /** Not an object with headers, or neither a change nor a control message, or a field has the wrong type. */
  | "MALFORMED_MESSAGE"
  /** `headers.operation` is none of insert, update, delete, upsert. */
  | "UNKNOWN_OPERATION"
  /** `headers.control` is none of reset, snapshot-start, snapshot-end. */
  | "UNKNOWN_CONTROL"
  /** An optional header has the wrong type. The change itself was applied. */
  | "BAD_HEADER"
  /** A snapshot-end without a snapshot-start. */
  | "SNAPSHOT_NOT_STARTED"
  /** A snapshot-start whose snapshot-end never came. */
  | "SNAPSHOT_NOT_ENDED"
  /** The value is legal in a state stream but is not an object, and so cannot be a row of a collection. */
  | "ROW_NOT_OBJECT"
  /** The row does not satisfy its collection's schema. */
  | "ROW_INVALID"
  /** A collection, or somebody listening to it, threw while changes were made visible. */
  | "COMMIT_FAILED"
  /** A hook of the application threw. */
  | "HOOK_FAILED"
  /** The stream cannot be read (any further). */
  | "READ_FAILED"
  /** A snapshot exists and cannot be used. */
  | "SNAPSHOT_UNUSABLE";

/** Why a message was not applied as it stands. */
export interface Fault {
  readonly code: StateErrorCode;
  readonly message: string;
}

/**
 * Where a message stands in its stream: read from `after` and skip `index` messages. Exact on every server, also where
 * the server names no offset for each message.
 */
export interface MessagePosition {
  /** The offset at which the batch with the message begins. */
  readonly after: string | undefined;
  /** The message's place in that batch, from 0. */
  readonly index: number;
  /** The offset at which the message ends if the server named it, else at which its batch ends. */
  readonly offset: string | undefined;
}

/**
 * Something that was met while reading a state stream and that did not stop the reading.
 *
 * @example
 * ```ts
 * import { MaterializedState } from "@perennial/state";
 * const state = new MaterializedState({
 *   onError: (error) => console.warn(error.code, "at", error.position?.offset, error.event),
 * });
 * ```
 */
export class StateStreamError extends Error {
  /** What is wrong, to branch on. */
  readonly code: StateErrorCode;
  /** Where it is wrong, where that is known. */
  readonly position: MessagePosition | undefined;
  /** The message as it was read, if it is about one. */
  readonly event: unknown;

  constructor(
    fault: Fault,
    about: { position?: MessagePosition | undefined; event?: unknown; cause?: unknown } = {},
  ) {
    super(describe(fault, about.position), about.cause === undefined ? undefined : { cause: about.cause });
    this.name = "StateStreamError";
    this.code = fault.code;
    this.position = about.position;
    this.event = about.event;
  }
}

/** Is told of every error. */
export type StateErrorHandler = (error: StateStreamError) => void;

/** The handler in force where none is given: nothing is dropped without a word. */
export function reportToConsole(error: StateStreamError): void {
  console.error(error.cause === undefined ? error.message : error);
}

/** A handler that cannot throw: what the given one throws goes to the console, and whoever reports goes on. */
export function guarded(onError: StateErrorHandler): StateErrorHandler {
  return (error) => {
    try {
      onError(error);
    } catch (bug) {
      console.error("an onError handler threw", bug, "when told of", error);
    }
  };
}

function describe(fault: Fault, position: MessagePosition | undefined): string {
  if (position?.offset === undefined) return fault.message;
  return `${fault.message} (message ${position.index} after offset ${position.after}, up to ${position.offset})`;
}
