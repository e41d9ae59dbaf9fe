/** A batch is sent when it holds this many bytes: large enough to be quick, small enough for any server. */
export const BATCH_BYTES = 1024 * 1024;

const COMMA = Buffer.from(",");
const OPEN = Buffer.from("[");
const CLOSE = Buffer.from("]");

/** The texts of JSON messages as one body: an array, so that a message that is an array stays one message. */
export function jsonBody(messages: readonly Uint8Array[]): Buffer {
  const parts: Uint8Array[] = [OPEN];
  for (const [index, message] of messages.entries()) {
    if (index > 0) parts.push(COMMA);
    parts.push(message);
  }
  parts.push(CLOSE);
  return Buffer.concat(parts);
}

/** Groups pieces in order, each group of at most about `BATCH_BYTES`, none empty. */
export function* inBatches(pieces: readonly Uint8Array[]): Generator<readonly Uint8Array[]> {
  let batch: Uint8Array[] = [];
  let byteLength = 0;
  for (const piece of pieces) {
    if (byteLength + piece.length > BATCH_BYTES && batch.length > 0) {
      yield batch;
      batch = [];
      byteLength = 0;
    }
    batch.push(piece);
    byteLength += piece.length;
  }
  if (batch.length > 0) yield batch;
}
