import { DurableStream } from "@perennial/client";
import { formatOffset } from "@perennial/protocol";
import { firstAtOrAfter } from "../catalog/merge-page.ts";
import { useCatalogStore } from "../catalog/use-catalog.ts";
import { rootPath, streamUrl } from "../server/address.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { forkName } from "./fork-family.ts";

/** Makes a fork of the stream at a position, and opens it beside. */
export function useFork(): (position: number) => Promise<void> {
  const { path, feed, openBeside } = useStreamView();
  const catalog = useCatalogStore();
  return async (position) => {
    const { entries } = catalog.snapshot();
    const name = forkName(path, (other) => entries[firstAtOrAfter(entries, other)]?.path === other);
    await DurableStream.create({
      url: streamUrl(name),
      contentType: feed.snapshot().contentType,
      forkedFrom: rootPath(path),
      forkOffset: formatOffset(position),
      warnOnHttp: false,
    });
    await catalog.refresh(name);
    openBeside(name);
  };
}
