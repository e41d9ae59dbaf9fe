import { type Rejected, reject } from "@perennial/protocol";
import type { Stream } from "../catalog/stream.ts";
import type { Rejection } from "../stream/rejections.ts";

/** A stream found by path, or why it cannot be used. */
export type Found =
  | { readonly kind: "found"; readonly stream: Stream }
  | Rejected<Extract<Rejection, { kind: `stream-${"not-found" | "gone"}` }>>;

export const NOT_FOUND: Found = reject({ kind: "stream-not-found" });
export const GONE: Found = reject({ kind: "stream-gone" });

/** What is found at the path of a stream whose life is over, recorded or not: forks may still need its bytes. */
export function remainsOf({ state }: Stream): Found {
  const isKept = state.life === "soft-deleted" || (state.life === "live" && state.references > 0);
  return isKept ? GONE : NOT_FOUND;
}

/** Whether there is nothing at the path, and nothing is left of what was. */
export function isAbsent(found: Found): boolean {
  return found.kind === "rejected" && found.rejection.kind === "stream-not-found";
}
