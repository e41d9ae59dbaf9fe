/** Answers from below, as they go to clients. */
import { codeOfStatus, type ErrorCode, errorResponse } from "./errors.ts";
import { passedHeaders, withCors } from "./headers.ts";

/** The longest text of an error below that is passed on, characters. */
const MESSAGE_LENGTH = 300;

/**
 * Passes an answer on, its body as it comes. An error gets a body of ours: theirs are of many kinds.
 *
 * @param missing what a 404 stands for
 */
export async function pass(response: Response, missing: ErrorCode): Promise<Response> {
  const headers = passedHeaders(response.headers);
  const { status } = response;
  if (status < 400) {
    const hasBody = status !== 204 && status !== 304;
    return new Response(hasBody ? response.body : null, { status, headers: withCors(headers) });
  }
  const text = sentence(await response.text()).slice(0, MESSAGE_LENGTH);
  const code = codeOfStatus(status, missing);
  return errorResponse(code, status === 404 ? (MISSING[missing] ?? text) : text, status, headers);
}

/** What an error says below: the detail of a problem (RFC 9457), or all of it. */
function sentence(text: string): string {
  try {
    const { detail } = JSON.parse(text) as { readonly detail?: unknown };
    return typeof detail === "string" ? detail : text;
  } catch {
    return text;
  }
}

const MISSING: Partial<Record<ErrorCode, string>> = {
  DOCUMENT_NOT_FOUND: "Document does not exist",
  STREAM_NOT_FOUND: "Stream does not exist",
  SNAPSHOT_NOT_FOUND: "Snapshot does not exist",
};
