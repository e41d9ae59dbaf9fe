/** What a long body needs before it is judged for good: done while others are served. */
import type { JsonFraming } from "../stored/split.ts";
import { frameInSteps, type Unready } from "../stream/frame-body.ts";
import type { StoredBytes } from "../stream/records.ts";
import type { Shard } from "./shard.ts";

interface LongBody {
  readonly body: StoredBytes;
  readonly framing?: JsonFraming;
}

/** Finds the messages of a long body. */
export async function readied<Command extends LongBody>(
  shard: Shard,
  command: Command,
  { json }: Unready,
): Promise<Command & { readonly isReady: true }> {
  if (!json) return { ...command, isReady: true };
  const framing = await shard.turns.run(frameInSteps(command.body, shard.jsonMessageBytes));
  return { ...command, framing, isReady: true };
}

/**
 * Judges, and so appends, once the log takes a record with the body of a command that is ready, and has the body's bytes where
 * they will lie. What would be refused is not brought there.
 *
 * @param wouldAppend whether `judge` would append now
 * @param judge appends before it returns, if it does
 */
export async function judgeLong<Outcome>(
  shard: Shard,
  { body, framing }: LongBody,
  wouldAppend: () => boolean,
  judge: () => Promise<Outcome>,
): Promise<Outcome> {
  const data = framing === undefined ? body : framing.kind === "ok" ? framing.value : undefined;
  if (data === undefined) return judge();
  const permit = await shard.log.admit(data.byteLength);
  const goesAhead = data.byteLength > shard.aheadBytes && wouldAppend();
  const done = goesAhead ? await shard.log.writeAhead?.(data) : undefined;
  try {
    return judge();
  } finally {
    done?.();
    permit?.release();
  }
}
