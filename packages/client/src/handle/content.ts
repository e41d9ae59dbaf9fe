import { isJson, joinBytes } from "@perennial/protocol";
import { DurableStreamError } from "../errors/durable-stream-error.ts";

/** A message as the caller gave it. */
export type Content = Uint8Array | string;

/** A request body that `fetch` takes. */
export type Body = Uint8Array<ArrayBuffer> | string;

const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder();

/**
 * The body of a request that holds these messages: for JSON an array of them, otherwise one after the other. Text
 * alone stays text.
 */
export function joinContents(contents: readonly Content[], contentType: string | undefined): Body {
  if (contentType !== undefined && isJson(contentType)) return `[${contents.map(asText).join(",")}]`;
  if (contents.every((content) => typeof content === "string")) return contents.join("");
  return joinBytes(contents.map(asBytes)) as Body;
}

/**
 * A message as bytes or text. On a JSON stream any other value is written as JSON; a string is JSON text already.
 *
 * @throws DurableStreamError `BAD_REQUEST` for a value that the stream cannot hold
 */
export function asContent(value: unknown, contentType: string | undefined): Content {
  if (typeof value === "string" || value instanceof Uint8Array) return value;
  const text = contentType !== undefined && isJson(contentType) ? JSON.stringify(value) : undefined;
  if (text === undefined) {
    const message = `${contentType ?? "This stream"} takes a string or a Uint8Array; JSON any value`;
    throw new DurableStreamError(message, "BAD_REQUEST", 400);
  }
  return text;
}

/** A message as UTF-8 bytes. */
export function asBytes(content: Content): Uint8Array {
  return typeof content === "string" ? encoder.encode(content) : content;
}

function asText(content: Content): string {
  return typeof content === "string" ? content : decoder.decode(content);
}

/**
 * The body of a creating request: what `fetch` takes is passed through, text becomes UTF-8, anything else JSON. A
 * JSON array is not wrapped: the server takes its elements for messages.
 */
export function createBody(body: unknown): BodyInit | undefined {
  if (body === undefined) return undefined;
  if (typeof body === "string") return encoder.encode(body);
  return isBodyInit(body) ? body : encoder.encode(JSON.stringify(body));
}

function isBodyInit(body: unknown): body is Exclude<BodyInit, string> {
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body) || body instanceof ReadableStream) return true;
  return body instanceof Blob || body instanceof FormData || body instanceof URLSearchParams;
}
