/** A file or standard input, cut into batches. Positions are bytes from its beginning. */
import { ok, type Result, reject } from "@perennial/protocol";
import { jsonProblem } from "../arguments/json.ts";
import { type Failure, failure, usageFailure } from "../failure.ts";
import { jsonBody } from "../writing/batches.ts";
import { hasMark, lineGroups } from "../writing/lines.ts";
import { BATCH_BYTES, type Batch } from "./batch.ts";

/**
 * Lines of JSON, a message each. Blank lines are left out. A line that is not JSON, or a last one that may go on, ends it:
 * what is before it comes as a batch, then a failure is thrown.
 */
export async function* lineBatches(input: AsyncIterable<Uint8Array>, start: number): AsyncGenerator<Batch> {
  let position = start;
  let messages: Uint8Array[] = [];
  let byteLength = 0;
  for await (const lines of lineGroups(input)) {
    for (const line of lines) {
      const message = messageIn(line, position);
      if (message.kind === "rejected") {
        if (byteLength > 0) yield batchOf(messages, position);
        throw message.rejection;
      }
      position += line.length;
      byteLength += line.length;
      if (message.value !== undefined) messages.push(message.value);
      if (byteLength < BATCH_BYTES) continue;
      yield batchOf(messages, position);
      messages = [];
      byteLength = 0;
    }
  }
  if (byteLength > 0) yield batchOf(messages, position);
}

function batchOf(messages: readonly Uint8Array[], position: number): Batch {
  const content = messages.length === 0 ? new Uint8Array() : jsonBody(messages);
  return { content, position, units: messages.length };
}

/** The JSON text of a line; undefined if it is blank; why it cannot be a message. */
function messageIn(line: Uint8Array, position: number): Result<Uint8Array | undefined, Failure> {
  const isWhole = line.at(-1) === LINE_FEED;
  const bytes = position === 0 && hasMark(line) ? line.subarray(3) : line;
  const text = Buffer.from(bytes).toString().trim();
  if (text === "") return ok(undefined);
  const problem = jsonProblem(text);
  if (!isWhole && (problem !== undefined || !ENDS_BY_ITSELF.test(text))) return reject(unfinished(position));
  if (problem !== undefined) return reject(failure(`the line at byte ${position} is ${problem}`));
  return ok(isWhole ? bytes.subarray(0, -1) : bytes);
}

const LINE_FEED = 0x0a;

/** A value that nothing behind it can make another one. Of `12`, nobody knows whether it will be `123`. */
const ENDS_BY_ITSELF = /[\]}"]$|^(?:true|false|null)$/;

function unfinished(position: number): Failure {
  return failure(
    `the last line, at byte ${position}, has no end: it may still be being written. All before it is imported; when it ` +
      "ends with a line feed, run this again",
  );
}

/** Bytes as they are, in batches of one size. */
export async function* byteBatches(input: AsyncIterable<Uint8Array>, start: number): AsyncGenerator<Batch> {
  let position = start;
  let held: Uint8Array[] = [];
  let byteLength = 0;
  for await (const chunk of input) {
    let rest = chunk;
    while (byteLength + rest.length >= BATCH_BYTES) {
      const taken = BATCH_BYTES - byteLength;
      position += BATCH_BYTES;
      yield { content: Buffer.concat([...held, rest.subarray(0, taken)]), position, units: BATCH_BYTES };
      rest = rest.subarray(taken);
      held = [];
      byteLength = 0;
    }
    if (rest.length > 0) held.push(rest);
    byteLength += rest.length;
  }
  if (byteLength > 0)
    yield { content: Buffer.concat(held), position: position + byteLength, units: byteLength };
}

/** The input without its first `count` bytes. Throws a usage failure if it is shorter. */
export async function* withoutFirst(
  input: AsyncIterable<Uint8Array>,
  count: number,
): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const chunk of input) {
    const dropped = Math.min(left, chunk.length);
    left -= dropped;
    if (dropped < chunk.length) yield chunk.subarray(dropped);
  }
  if (left > 0)
    throw usageFailure(
      `the input is ${left} bytes shorter than what was imported before; is it another one?`,
    );
}
