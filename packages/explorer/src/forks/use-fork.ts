import { formatOffset } from "@perennial/protocol";
import { firstAtOrAfter } from "../catalog/merge-page.ts";
import { useCatalogStore } from "../catalog/use-catalog.ts";
import { createStream } from "../creating/create-stream.ts";
import { rootPath } from "../server/address.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { forkName } from "./fork-family.ts";

/** Makes a fork of the stream at a position, and opens it beside. Without a path it gets one that is free. */
export function useFork(): (position: number, forkPath?: string) => Promise<void> {
  const { path, feed, openBeside } = useStreamView();
  const catalog = useCatalogStore();
  return async (position, forkPath) => {
    const { entries } = catalog.snapshot();
    const isTaken = (other: string): boolean => entries[firstAtOrAfter(entries, other)]?.path === other;
    const name = forkPath ?? forkName(path, isTaken);
    await createStream(name, {
      contentType: feed.snapshot().contentType,
      forkedFrom: rootPath(path),
      forkOffset: formatOffset(position),
    });
    await catalog.refresh(name);
    openBeside(name);
  };
}
