/** Where to cut a slice that is too long for one page or one SSE event. */
import { isText } from "@perennial/protocol";
import type { Stream } from "../catalog/stream.ts";
import { DamagedData } from "../journal/contract/index.ts";
import { MessageScanner } from "../stored/messages.ts";
import { incompleteUtf8Length } from "../stored/utf8.ts";
import { boundaryBefore, damageBefore, pieces, wholeSlice } from "./bytes.ts";
import { type Answer, inSteps, type Reading } from "./reading.ts";
import type { Shard } from "./shard.ts";

/**
 * A long append of bytes or text is cut at multiples of this from its beginning. So an offset that we gave out within an
 * append can be told from one that somebody made up.
 */
export const CUT_BYTES = 64 * 1024;

/** Scanned for the end of a message without an index: some hundred microseconds. */
const SCANNED_AT_ONCE_BYTES = 256 * 1024;

const CR = 0x0d;
const LF = 0x0a;

/**
 * The end of a slice that begins at `from` (where an append or message begins, or anywhere in a byte stream) and
 * goes no further than `to`: about `limit` bytes on, at least `CUT_BYTES`, where an append ends. Only an append longer
 * than the limit is cut itself: JSON between messages (a message is never cut, however long), other streams at multiples
 * of `CUT_BYTES`. It ends before bytes that are known to be damaged, unless it would begin with them.
 */
export function sliceEnd(
  shard: Shard,
  stream: Stream,
  from: number,
  to: number,
  limit: number,
): Answer<number> {
  const intact = damageBefore(shard, stream, from, to);
  if (isCutByDamage(from, to, limit, intact)) return endBeforeDamage(shard, stream, from, intact);
  return to - from <= limit ? to : longSliceEnd(shard, stream, from, to, limit);
}

function* longSliceEnd(
  shard: Shard,
  stream: Stream,
  from: number,
  to: number,
  limit: number,
): Reading<number> {
  const end = yield* shortSliceEnd(shard, stream, from, to, limit);
  return end ?? (yield* shard.messages.endAfter(stream, boundaryBefore(shard, stream, from), from));
}

/** @param intact the bytes are, up to here */
function isCutByDamage(from: number, to: number, limit: number, intact: number): boolean {
  return intact < to && intact > from && intact - from <= limit;
}

/** What is looked through at most for the last whole message before damage. */
const SEARCHED_BYTES = 256 * 1024;

/** @throws DamagedData when no whole message lies before the damage, or none is found near it */
function* endBeforeDamage(shard: Shard, stream: Stream, from: number, damage: number): Reading<number> {
  if (!stream.state.json) return damage;
  const start = Math.max(from, boundaryBefore(shard, stream, damage - 1));
  const scanner = new MessageScanner();
  if (damage - start <= SEARCHED_BYTES)
    yield* pieces(shard, stream, start, damage, (bytes) => {
      scanner.scan(bytes);
      return true;
    });
  const end = start + scanner.boundary;
  if (end > from) return end;
  throw new DamagedData(`bytes of stream ${stream.state.id} from position ${damage} on are damaged`);
}

/** The same, but undefined when a JSON message longer than the limit begins at `from`. */
export function* shortSliceEnd(
  shard: Shard,
  stream: Stream,
  from: number,
  to: number,
  limit: number,
): Reading<number | undefined> {
  const intact = damageBefore(shard, stream, from, to);
  if (isCutByDamage(from, to, limit, intact)) return yield* endBeforeDamage(shard, stream, from, intact);
  if (to - from <= limit) return to;
  const boundary = boundaryBefore(shard, stream, from + limit);
  if (boundary > from) return boundary;
  if (!stream.state.json) return boundary + Math.floor((from + limit - boundary) / CUT_BYTES) * CUT_BYTES;
  if (limit > SCANNED_AT_ONCE_BYTES) {
    const end = yield* shard.messages.placeBefore(stream, boundaryBefore(shard, stream, from), from + limit);
    return end > from ? end : undefined;
  }
  const scanner = new MessageScanner();
  yield* pieces(shard, stream, from, from + limit, (bytes) => {
    scanner.scan(bytes);
    return true;
  });
  return scanner.boundary > 0 ? from + scanner.boundary : undefined;
}

/**
 * Where a text slice that begins at `from` and would end at `end` can end as an SSE event, which carries whole
 * characters and whole line breaks only (protocol §14.3). Held back are up to three bytes that are the
 * beginning of a character still to come, and a CR whose LF comes right after the cut.
 *
 * @param tail the stream has bytes up to here
 */
export function* wholeCharactersEnd(
  shard: Shard,
  stream: Stream,
  from: number,
  end: number,
  tail: number,
): Reading<number> {
  if (!isText(stream.state.contentType) || end === from) return end;
  const start = Math.max(from, end - 4);
  const around = yield* inSteps(wholeSlice(shard, stream, start, Math.min(end + 1, tail)));
  const before = around.subarray(0, end - start);
  if (before.length > 1 && before.at(-1) === CR && around[before.length] === LF) return end - 1;
  return end - incompleteUtf8Length(before);
}
