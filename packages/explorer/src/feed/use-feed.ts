import { useEffect, useState, useSyncExternalStore } from "react";
import { streamUrl } from "../server/address.ts";
import type { FeedSnapshot } from "./feed-snapshot.ts";
import { StreamFeed } from "./stream-feed.ts";

/**
 * The rows of a stream, read and followed for as long as the component is there. Once it is gone, and the list tells of
 * another one that has its path, that is read from its beginning.
 *
 * @param createdAt what the list says of the path; undefined while there is nothing there
 */
export function useStreamFeed(path: string, createdAt: string | undefined): StreamFeed {
  const [current, setCurrent] = useState(() => ({ path, createdAt, feed: createFeed(path) }));
  const { feed } = current;
  const { status } = useFeed(feed);
  const isAnother =
    current.path !== path ||
    (status === "gone" && createdAt !== undefined && createdAt !== current.createdAt);
  if (isAnother) setCurrent({ path, createdAt, feed: createFeed(path) });
  // What is read is the stream that the list has just told of, or one that went before it was listed.
  else if (status !== "gone" && createdAt !== undefined && createdAt !== current.createdAt)
    setCurrent({ ...current, createdAt });
  useEffect(() => {
    feed.start();
    return () => feed.stop();
  }, [feed]);
  return feed;
}

/** What a feed shows now. Renders at most once a frame. */
export function useFeed(feed: StreamFeed): FeedSnapshot {
  return useSyncExternalStore(feed.subscribe, feed.snapshot);
}

function createFeed(path: string): StreamFeed {
  return new StreamFeed(streamUrl(path), {
    // A cached page may be of a stream that was deleted and created again.
    fetch: (input, init) => fetch(input, { ...init, cache: "no-cache" }),
    schedule: (callback) => requestAnimationFrame(callback),
    yieldToPage: () => new Promise((resolve) => setTimeout(resolve)),
    now: () => performance.now(),
  });
}
