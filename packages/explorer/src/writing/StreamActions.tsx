import { DurableStream } from "@perennial/client";
import { useState } from "react";
import { useCatalogStore } from "../catalog/use-catalog.ts";
import { Confirm } from "../design/Confirm.tsx";
import { Menu } from "../design/Menu.tsx";
import { useFeed } from "../feed/use-feed.ts";
import { ForkDialog } from "../forks/ForkDialog.tsx";
import { rootPath, streamUrl } from "../server/address.ts";
import { readablePath } from "../server/readable-path.ts";
import { useStreamView } from "../stream/stream-view.ts";

/** What is seldom done with a stream. Each asks first. */
export function StreamActions() {
  const { feed } = useStreamView();
  const { status } = useFeed(feed);
  const [asked, setAsked] = useState<"fork" | "close" | "delete">();
  const putAway = (): void => setAsked(undefined);
  return (
    <>
      <Menu
        label="More"
        items={[
          { label: "Fork…", onChoose: () => setAsked("fork") },
          ...(status === "closed" ? [] : [{ label: "Close the stream…", onChoose: () => setAsked("close") }]),
          { label: "Delete the stream…", isDanger: true, onChoose: () => setAsked("delete") },
        ]}
      />
      {asked === "fork" && <ForkDialog onClose={putAway} />}
      {asked === "close" && <ConfirmClose onClose={putAway} />}
      {asked === "delete" && <ConfirmDelete onClose={putAway} />}
    </>
  );
}

interface ConfirmProps {
  readonly onClose: () => void;
}

function ConfirmClose({ onClose }: ConfirmProps) {
  const { name, finish } = useEnding();
  return (
    <Confirm
      title="Close the stream?"
      action="Close for good"
      onClose={onClose}
      onConfirm={() => finish((stream) => stream.close())}
    >
      Nothing can be appended to {name} afterwards. It stays readable.
    </Confirm>
  );
}

function ConfirmDelete({ onClose }: ConfirmProps) {
  const { name, finish } = useEnding();
  return (
    <Confirm
      title="Delete the stream?"
      action="Delete for good"
      onClose={onClose}
      onConfirm={() => finish((stream) => stream.delete())}
    >
      {name} and all of its messages will be gone. Forks of it keep what they share with it.
    </Confirm>
  );
}

/** The stream's name with its path, and a way to do the last thing with just that path, which the list has to learn of. */
function useEnding() {
  const { path } = useStreamView();
  const catalog = useCatalogStore();
  const finish = async (end: (stream: DurableStream) => Promise<unknown>): Promise<void> => {
    await end(new DurableStream({ url: streamUrl(path), warnOnHttp: false }));
    await catalog.refresh(path);
  };
  const name = (
    <>
      <strong>{readablePath(path)}</strong> (<code>{rootPath(path)}</code>)
    </>
  );
  return { name, finish };
}
