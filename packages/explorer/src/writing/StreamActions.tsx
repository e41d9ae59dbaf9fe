import { DurableStream } from "@perennial/client";
import { useState } from "react";
import { useCatalogStore } from "../catalog/use-catalog.ts";
import { Confirm } from "../design/Confirm.tsx";
import { Menu } from "../design/Menu.tsx";
import { useFeed } from "../feed/use-feed.ts";
import { readablePath } from "../server/address.ts";
import { useStreamView } from "../stream/stream-view.ts";

/** Ways to end a stream. Each asks first. */
export function StreamActions() {
  const { path, feed } = useStreamView();
  const { status } = useFeed(feed);
  const catalog = useCatalogStore();
  const [asked, setAsked] = useState<"close" | "delete">();
  const handle = (): DurableStream => new DurableStream({ url: feed.url, warnOnHttp: false });
  const name = <strong>{readablePath(path)}</strong>;
  const close = (): void => setAsked(undefined);
  return (
    <>
      <Menu
        label="More"
        items={[
          ...(status === "closed" ? [] : [{ label: "Close the stream…", onChoose: () => setAsked("close") }]),
          { label: "Delete the stream…", isDanger: true, onChoose: () => setAsked("delete") },
        ]}
      />
      {asked === "close" && (
        <Confirm
          title="Close the stream?"
          action="Close for good"
          onClose={close}
          onConfirm={async () => {
            await handle().close();
            await catalog.refresh(path);
          }}
        >
          Nothing can be appended to {name} afterwards. It stays readable.
        </Confirm>
      )}
      {asked === "delete" && (
        <Confirm
          title="Delete the stream?"
          action="Delete for good"
          onClose={close}
          onConfirm={async () => {
            await handle().delete();
            await catalog.refresh(path);
          }}
        >
          {name} and all of its messages will be gone. Forks of it keep what they share with it.
        </Confirm>
      )}
    </>
  );
}
