/** A file or standard input, cut into batches. Positions are bytes from its beginning. */
import { usageFailure } from "../failure.ts";
import { jsonBody } from "../writing/batches.ts";
import { lineGroups } from "../writing/lines.ts";
import { BATCH_BYTES, type Batch } from "./batch.ts";

/** Lines of JSON, a message each. Blank lines are left out. Throws a usage failure for a line that is not JSON. */
export async function* lineBatches(input: AsyncIterable<Uint8Array>, start: number): AsyncGenerator<Batch> {
  let position = start;
  let messages: Uint8Array[] = [];
  let byteLength = 0;
  for await (const lines of lineGroups(input)) {
    for (const line of lines) {
      const message = messageIn(line, position);
      position += line.length;
      byteLength += line.length;
      if (message !== undefined) messages.push(message);
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

/** The JSON text of a line; undefined if it is blank. */
function messageIn(line: Uint8Array, position: number): Uint8Array | undefined {
  const text = Buffer.from(line).toString().trim();
  if (text === "") return undefined;
  try {
    JSON.parse(text);
  } catch (error) {
    const shown = text.length > 60 ? `${text.slice(0, 60)}...` : text;
    throw usageFailure(`the line at byte ${position} is not JSON (${(error as Error).message}): ${shown}`);
  }
  return line.at(-1) === 0x0a ? line.subarray(0, -1) : line;
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
