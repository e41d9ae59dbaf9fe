/** The ways to write. Each returns what it wrote, in words. */
import { ElementCutter } from "@perennial/protocol";
import { resolveEscapes } from "../arguments/escapes.ts";
import { jsonProblem } from "../arguments/json.ts";
import { Failure, requestFailure } from "../failure.ts";
import type { Appender } from "./appender.ts";
import { inBatches, jsonBody } from "./batches.ts";
import { type Content, noInput } from "./content.ts";
import { lineGroups, withoutMark } from "./lines.ts";
import { formatMessages } from "./sizes.ts";

/** One append. Words have their escapes resolved, input is streamed as it is. */
export async function writeBytes(
  appender: Appender,
  content: Content,
  raw: boolean,
  format: (bytes: number) => string,
): Promise<string> {
  if (content.kind === "words") {
    const body = Buffer.from(raw ? content.text : resolveEscapes(content.text));
    await appender.append(body, true);
    return format(body.length);
  }
  const pieces = content.input[Symbol.asyncIterator]();
  const first = await pieces.next();
  if (first.done) throw noInput();
  let byteLength = first.value.length;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(first.value),
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) return controller.close();
      byteLength += value.length;
      controller.enqueue(value);
    },
  });
  await appender.append(body, true);
  return format(byteLength);
}

/** One message, or with `flatten` one for each element of an array. Their texts are sent unchanged. */
export async function writeJson(appender: Appender, content: Content, flatten: boolean): Promise<string> {
  const given = content.kind === "words" ? content.text : await readAll(content.input);
  const text = given.replace(/^\uFEFF/, "");
  const value = parseJson(text, content.kind);
  if (!flatten || !Array.isArray(value)) {
    await appender.append(jsonBody([Buffer.from(text.trim())]), true);
    return flatten ? formatMessages(1) : "1 JSON message";
  }
  const messages = new ElementCutter().push(Buffer.from(text));
  await appendAll(appender, messages);
  return formatMessages(messages.length);
}

async function appendAll(appender: Appender, messages: readonly Uint8Array[]): Promise<void> {
  let written = 0;
  for (const batch of inBatches(messages)) {
    const last = written + batch.length === messages.length;
    try {
      await appender.append(jsonBody(batch), last);
    } catch (error) {
      throw written === 0 ? error : partial(error, `${written} of ${messages.length} messages`);
    }
    written += batch.length;
  }
}

/**
 * Each line as it comes: those that arrive together go in one request. Empty lines of JSON are left out. A line that is not
 * JSON ends it, after all before it were written.
 */
export async function writeLines(
  appender: Appender,
  input: AsyncIterable<Uint8Array>,
  isJson: boolean,
): Promise<string> {
  let written = 0;
  let read = 0;
  for await (const group of lineGroups(input)) {
    const { lines, bad } = isJson ? messagesIn(read === 0 ? withoutMark(group) : group) : { lines: group };
    for (const batch of inBatches(lines)) {
      try {
        await appender.append(isJson ? jsonBody(batch) : Buffer.concat(batch), false);
      } catch (error) {
        throw partial(error, `${written} lines`);
      }
      written += batch.length;
    }
    if (bad !== undefined) throw badLine(read + bad.index + 1, bad.problem, written);
    read += group.length;
  }
  if (written === 0) throw noInput();
  await appender.finish();
  return isJson ? formatMessages(written) : `${written} ${written === 1 ? "line" : "lines"}`;
}

/** Lines that hold a message, up to the first that is not JSON. */
interface Messages {
  readonly lines: readonly Uint8Array[];
  readonly bad?: { readonly index: number; readonly problem: string };
}

function messagesIn(group: readonly Uint8Array[]): Messages {
  const lines: Uint8Array[] = [];
  for (const [index, line] of group.entries()) {
    const text = Buffer.from(line).toString().trim();
    if (text === "") continue;
    const problem = jsonProblem(text);
    if (problem !== undefined) return { lines, bad: { index, problem } };
    lines.push(line);
  }
  return { lines };
}

function badLine(number: number, problem: string, written: number): Failure {
  const before = `${formatMessages(written)} before it ${written === 1 ? "is" : "are"} written`;
  return new Failure(`Failed to parse JSON from stdin\n  Line ${number}: ${problem}\n  ${before}`);
}

/** A later request failed: what was written before stays written. */
function partial(error: unknown, written: string): Failure {
  const { message, exitCode } = requestFailure(`write after ${written} were written`, error);
  return new Failure(message, exitCode);
}

async function readAll(input: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of input) pieces.push(piece);
  if (pieces.length === 0) throw noInput();
  return Buffer.concat(pieces).toString();
}

function parseJson(text: string, from: Content["kind"]): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    if (from === "input") throw new Failure(`Failed to parse JSON from stdin\n  ${message}`);
    const input = text.length > 100 ? `${text.slice(0, 100)}...` : text;
    throw new Failure(`Failed to parse JSON content\n  ${message}\n  Input: ${input}`);
  }
}
