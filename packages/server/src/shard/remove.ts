/** Delete a stream (protocol §15.2). */
import { type Rejected, reject } from "../stream/rejections.ts";
import { durably, type Verdict } from "./outcomes.ts";
import type { Shard } from "./shard.ts";

export type RemoveOutcome = { readonly kind: "removed" } | Rejected;

/** Deletes the stream at `path`, softly if forks need its bytes; resolves once that is durable. */
export function remove(shard: Shard, path: string): Promise<RemoveOutcome> {
  return durably(shard, path, () => judgeRemove(shard, path));
}

function judgeRemove(shard: Shard, path: string): Verdict<RemoveOutcome> {
  const found = shard.forWriting(path);
  if (found.kind === "rejected") return { outcome: found, pending: undefined };
  const refusal = shard.removalRefusal();
  if (refusal !== undefined) return { outcome: reject(refusal), pending: undefined };
  return { outcome: { kind: "removed" }, pending: shard.delete(found.stream) };
}
