/** What can go wrong with a document, by name. */
export type YjsProviderErrorCode =
  /** There is no such document, and it was not to be created. */
  | "DOCUMENT_NOT_FOUND"
  /** It was there and is gone: deleted, or its server lost it. What the local copy holds is not uploaded by itself. */
  | "DOCUMENT_DELETED"
  /** The stream was closed: nobody can change the document any more. */
  | "DOCUMENT_CLOSED"
  /** 401 or 403. */
  | "UNAUTHORIZED"
  /** The server refused a request; see `status`. */
  | "REFUSED"
  /** The server cannot be reached, or answers with a fault of its own. It is tried again. */
  | "UNREACHABLE"
  /** An update, or presence, that cannot be read. It was left out. */
  | "DAMAGED_UPDATE"
  /** A change that is longer than the server takes. It stays in the local copy. */
  | "CHANGE_TOO_LONG";

/** The `error` event's error. */
export class YjsProviderError extends Error {
  override readonly name = "YjsProviderError";
  readonly code: YjsProviderErrorCode;
  /** Of the answer, where there was one. */
  readonly status: number | undefined;

  constructor(code: YjsProviderErrorCode, message: string, status?: number, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.status = status;
  }

  /** Whether the same request may well succeed later. */
  get isPassing(): boolean {
    return this.code === "UNREACHABLE";
  }
}

/** The error of an answer beyond 2xx. */
export function refusal(what: string, status: number, text = ""): YjsProviderError {
  const message = `${what}: the server answered ${status}${text === "" ? "" : `, ${text.slice(0, 200)}`}`;
  return new YjsProviderError(codeOf(status), message, status);
}

function codeOf(status: number): YjsProviderErrorCode {
  if (status === 404) return "DOCUMENT_NOT_FOUND";
  if (status === 401 || status === 403) return "UNAUTHORIZED";
  return status >= 500 || status === 408 || status === 425 || status === 429 ? "UNREACHABLE" : "REFUSED";
}

/** Whatever was thrown on the way to the server, as one of ours. */
export function asProviderError(error: unknown): YjsProviderError {
  if (error instanceof YjsProviderError) return error;
  const status = (error as { status?: unknown } | null)?.status;
  const message = error instanceof Error ? error.message : String(error);
  if (typeof status === "number" && status >= 300) return refusal("reading", status, message);
  return new YjsProviderError("UNREACHABLE", `the server cannot be reached: ${message}`, undefined, error);
}

/** An update that could not be read. */
export function damaged(cause: Error): YjsProviderError {
  const message = `an update that cannot be read was left out: ${cause.message}`;
  return new YjsProviderError("DAMAGED_UPDATE", message, undefined, cause);
}
