import { useEffect, useState, useSyncExternalStore } from "react";
import { streamUrl } from "../server/address.ts";
import type { FeedSnapshot } from "./feed-snapshot.ts";
import { StreamFeed } from "./stream-feed.ts";

/** The rows of a stream, read and followed for as long as the component is there. */
export function useStreamFeed(path: string): StreamFeed {
  const [feed, setFeed] = useState(() => createFeed(path));
  const url = streamUrl(path);
  useEffect(() => {
    const current = feed.url === url ? feed : createFeed(path);
    if (current !== feed) setFeed(current);
    current.start();
    return () => current.stop();
  }, [feed, path, url]);
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
