import { useCallback, useMemo, useState } from "react";
import type { StreamFeed } from "../feed/stream-feed.ts";
import { useFeed } from "../feed/use-feed.ts";
import { useScan } from "../feed/use-scan.ts";
import { Hits } from "./hits.ts";
import { parseQuery, type Query } from "./query.ts";

export interface Find {
  readonly text: string;
  readonly setText: (text: string) => void;
  /** What the text means; undefined while it is empty or cannot be understood. */
  readonly query: Query | undefined;
  /** Why it cannot be understood. */
  readonly problem: string | undefined;
  /** Whether only what is found is listed. */
  readonly isFilter: boolean;
  readonly setFilter: (isFilter: boolean) => void;
  /** What is found, while only that is listed. */
  readonly hits: Hits | undefined;
  /** How much of the stream has been looked at, 0 to 1. */
  readonly share: number;
  /** Why the stream could not be read. */
  readonly failure: string | undefined;
}

/** What is looked for in a stream, and what is found while only that is listed. */
export function useFind(feed: StreamFeed): Find {
  const { kind } = useFeed(feed);
  const [text, setText] = useState("");
  const [wantsFilter, setFilter] = useState(false);
  const parsed = useMemo(() => parseQuery(text, kind), [text, kind]);
  const query = parsed?.kind === "query" ? parsed : undefined;
  const isFilter = wantsFilter && query !== undefined;
  const listed = isFilter ? query : undefined;
  const create = useCallback(() => new Hits(listed), [listed]);
  // A row that is not complete is not looked at yet.
  const target = isFilter ? feed.index.end : 0;
  const { scan, position, failure } = useScan(feed, target, create);
  return {
    text,
    setText,
    query,
    problem: parsed?.kind === "rejected" ? parsed.rejection : undefined,
    isFilter,
    setFilter,
    hits: isFilter ? scan : undefined,
    share: target === 0 ? 1 : Math.min(1, position / target),
    failure,
  };
}
