/** A document of very many edits, made without a Yjs that would need a minute for them. */
import { createEncoder, toUint8Array, writeUint8, writeVarString, writeVarUint } from "lib0/encoding";

const CLIENT = 77;
const STRING = 4;
const HAS_ORIGIN = 0x80;
const HAS_RIGHT_ORIGIN = 0x40;
/** Every tenth is written at the beginning, so that the text does not become a single run. */
const RUN = 10;

/** Updates of one client, each of which inserts one character into the text `text`: what Yjs would have sent. */
export function* manyEdits(count: number): Generator<Uint8Array> {
  let first = 0;
  for (let clock = 0; clock < count; clock++) {
    const encoder = createEncoder();
    // One client, one struct, from this clock on.
    for (const number of [1, 1, CLIENT, clock]) writeVarUint(encoder, number);
    if (clock === 0) {
      writeUint8(encoder, STRING);
      writeVarUint(encoder, 1);
      writeVarString(encoder, "text");
    } else {
      const isFirst = clock % RUN === 0;
      writeUint8(encoder, STRING | (isFirst ? HAS_RIGHT_ORIGIN : HAS_ORIGIN));
      writeVarUint(encoder, CLIENT);
      writeVarUint(encoder, isFirst ? first : clock - 1);
      if (isFirst) first = clock;
    }
    writeVarString(encoder, "x");
    // Nothing is deleted.
    writeVarUint(encoder, 0);
    yield toUint8Array(encoder);
  }
}
