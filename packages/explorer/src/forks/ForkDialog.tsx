import { type FormEvent, useState } from "react";
import { firstAtOrAfter } from "../catalog/merge-page.ts";
import { useCatalogStore } from "../catalog/use-catalog.ts";
import { NameField } from "../creating/fields.tsx";
import { pathOfName } from "../creating/new-stream.ts";
import { Dialog } from "../design/Dialog.tsx";
import { DialogButtons } from "../design/DialogButtons.tsx";
import { useFeed } from "../feed/use-feed.ts";
import { formatCount } from "../format/sizes.ts";
import { reasonOf } from "../server/reason.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { useRowAt } from "../travel/use-row-at.ts";
import { forkName } from "./fork-family.ts";
import { useFork } from "./use-fork.ts";

/** Asks what a fork is to be called and where it leaves the stream, and makes it. */
export function ForkDialog({ onClose }: { readonly onClose: () => void }) {
  const form = useForkForm(onClose);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    void form.submit();
  };
  return (
    <Dialog title="Fork the stream" onClose={onClose}>
      <form className="new-stream" onSubmit={onSubmit}>
        <NameField name={form.name} path={form.path} onChange={form.setName} />
        <div className="field">
          <label>
            Shares the first messages, so many
            <input
              inputMode="numeric"
              value={form.count}
              aria-invalid={form.rows === undefined}
              onChange={({ target }) => form.setCount(target.value)}
            />
          </label>
          <p className={form.rows === undefined ? "small error" : "small soft"}>
            {form.rows === undefined
              ? `A whole number from 0 to ${formatCount(form.rowCount)}`
              : `Of ${formatCount(form.rowCount)}. What comes after them stays with the source alone.`}
          </p>
        </div>
        <DialogButtons
          action="Fork"
          isReady={form.path !== undefined && form.rows !== undefined}
          isUnderWay={form.isUnderWay}
          failure={form.failure}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}

function useForkForm(onDone: () => void) {
  const { path: source, feed, at } = useStreamView();
  const { rowCount } = useFeed(feed);
  const [row] = useRowAt();
  const catalog = useCatalogStore();
  const [name, setName] = useState(() => {
    const { entries } = catalog.snapshot();
    const taken = forkName(source, (other) => entries[firstAtOrAfter(entries, other)]?.path === other);
    return taken.split("/").map(decodeURIComponent).join("/");
  });
  const [written, setCount] = useState<string>();
  const count = written ?? String(at === undefined ? rowCount : row);
  const [failure, setFailure] = useState<string>();
  const [isUnderWay, setUnderWay] = useState(false);
  const fork = useFork();
  const path = pathOfName(name);
  const rows = /^\d+$/.test(count.trim()) && Number(count) <= rowCount ? Number(count) : undefined;
  const submit = async (): Promise<void> => {
    if (path === undefined || rows === undefined || isUnderWay) return;
    setUnderWay(true);
    setFailure(undefined);
    try {
      await fork(await feed.positionOf(rows), path);
      onDone();
    } catch (error) {
      setFailure(reasonOf(error));
      setUnderWay(false);
    }
  };
  return { name, setName, path, count, setCount, rows, rowCount, failure, isUnderWay, submit };
}
