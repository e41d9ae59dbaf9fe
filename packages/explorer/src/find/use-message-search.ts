import { type Rejected, reject } from "@perennial/protocol";
import { useEffect, useRef, useState } from "react";
import type { Row } from "../feed/cut-rows.ts";
import { useFeed } from "../feed/use-feed.ts";
import { reasonOf } from "../server/reason.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { findNext, findPrevious } from "./find-row.ts";
import type { Query } from "./query.ts";

/** How far a search is, or how it ended if it found nothing. */
type Outcome =
  | { readonly kind: "searching"; readonly share: number }
  | { readonly kind: "nothing" }
  | Rejected<string>
  | undefined;

export interface MessageSearch {
  /** How it goes, in words; empty when there is nothing to say. */
  readonly words: string;
  /** Looks for the next one from the position that is looked at, to the tail or back to the beginning. */
  readonly run: (query: Query | undefined, isBackward: boolean) => Promise<void>;
  /** Gives up. */
  readonly stop: () => void;
}

/** A search in the whole stream, one at a time. */
export function useMessageSearch(onFound: (row: Row) => void): MessageSearch {
  const { feed, at } = useStreamView();
  const { end } = useFeed(feed);
  const [outcome, setOutcome] = useState<Outcome>();
  const search = useRef<AbortController>(undefined);
  useEffect(() => () => search.current?.abort(), []);

  const stop = (): void => {
    search.current?.abort();
    search.current = undefined;
    setOutcome(undefined);
  };
  const run = async (query: Query | undefined, isBackward: boolean): Promise<void> => {
    stop();
    if (query === undefined) return;
    const controller = new AbortController();
    search.current = controller;
    const { signal } = controller;
    // From the tail there is nothing ahead: the search begins at the beginning.
    const from = at ?? (isBackward ? end + 1 : 0);
    const onProgress = (position: number): void =>
      setOutcome({ kind: "searching", share: end === 0 ? 1 : position / end });
    try {
      const found = await (isBackward ? findPrevious : findNext)({ feed, query, from, signal, onProgress });
      if (signal.aborted) return;
      setOutcome(found === undefined ? { kind: "nothing" } : undefined);
      if (found !== undefined) onFound(found);
    } catch (error) {
      if (!signal.aborted) setOutcome(reject(reasonOf(error)));
    }
  };
  return { words: wordsFor(outcome), run, stop };
}

function wordsFor(outcome: Outcome): string {
  switch (outcome?.kind) {
    case undefined:
      return "";
    case "nothing":
      return "Nothing found";
    case "rejected":
      return `The search failed: ${outcome.rejection}`;
    case "searching":
      return `Searching… ${Math.round(outcome.share * 100)} %`;
  }
}
