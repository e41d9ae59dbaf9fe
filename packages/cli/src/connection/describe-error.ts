/** What went wrong with a request, in words for a terminal, and the exit status for it. */
import { STATUS_CODES } from "node:http";
import { DurableStreamError, FetchError } from "@perennial/client";
import { EXIT, type ExitCode } from "../exit-codes.ts";

export interface Described {
  /** One sentence, or two: what happened and what to do. */
  readonly text: string;
  readonly exitCode: ExitCode;
}

/** Describes the error of a request; an error that does not come from one is thrown again. */
export function describeError(error: unknown): Described {
  if (error instanceof FetchError) return describeStatus(error);
  // What the server sent cannot be read, or the stream was replaced while it was.
  if (error instanceof DurableStreamError) return { text: error.message, exitCode: EXIT.failure };
  if (error instanceof Error && error.name === "TimeoutError") {
    return {
      text: "the server did not answer in time (--timeout sets how long to wait)",
      exitCode: EXIT.unavailable,
    };
  }
  if (error instanceof TypeError && error.cause instanceof Error) {
    return { text: describeNetwork(error.cause), exitCode: EXIT.unavailable };
  }
  throw error;
}

/** What to do about some statuses. */
const HINTS: Readonly<Record<number, string>> = {
  401: "\n  Give credentials with --auth or --auth-file",
  403: "\n  Other credentials may be needed (--auth, --auth-file), or a greater --producer-epoch",
  404: '\n  Is the id right? "create" makes a stream, "ls" lists them',
  429: "\n  Try again later",
  503: "\n  Try again later",
};

function describeStatus(error: FetchError): Described {
  const { status, url } = error;
  if (status < 400)
    return {
      text: `a web page answers at ${withoutSecrets(url)}, and no stream server\n  Does this network want you to log in first?`,
      exitCode: EXIT.unavailable,
    };
  const reason = STATUS_CODES[status] ?? "HTTP Error";
  const detail = detailOf(error);
  const hint = HINTS[status] ?? "";
  return {
    text: `${reason} (${status}) at ${withoutSecrets(url)}${detail && `: ${detail}`}${hint}`,
    exitCode: exitCodeOf(status),
  };
}

function exitCodeOf(status: number): ExitCode {
  if (status === 404 || status === 410) return EXIT.notFound;
  if (status === 409 || status === 412) return EXIT.conflict;
  if (status === 401 || status === 403) return EXIT.refused;
  return status >= 500 || status === 429 || status === 408 ? EXIT.unavailable : EXIT.failure;
}

/** What the server says about it: the sentence of a problem body, or a short text. */
function detailOf({ json, text }: FetchError): string {
  const members = (json ?? {}) as Record<string, unknown>;
  const said =
    members.detail ?? members.message ?? (members.error as Record<string, unknown> | undefined)?.message;
  const words = typeof said === "string" ? said : (text ?? JSON.stringify(json) ?? "");
  return words.replace(/\s+/g, " ").trim().slice(0, 300);
}

function describeNetwork(cause: NodeJS.ErrnoException): string {
  switch (cause.code) {
    case "ECONNREFUSED":
      return 'nobody listens there (connection refused). Is the server running? "perennial dev" starts one';
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `the host name is unknown (${cause.message})`;
    case "UND_ERR_SOCKET":
    case "ECONNRESET":
    case "EPIPE":
      return `the connection broke before an answer was there (${cause.message})`;
    case undefined:
      return cause.message === "bad port"
        ? "fetch does not connect to this port, which is another protocol's (5060 or 6000, say); use another one"
        : cause.message;
    default:
      // Several addresses were tried: each has its own error, and the first says enough.
      return (cause as AggregateError).errors?.[0]?.message ?? (cause.message || cause.code);
  }
}

/** A URL as it may be shown: without query and without user and password. */
export function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
