import { DurableStream, FetchError } from "@perennial/client";
import { useEffect, useRef, useState } from "react";
import { useCatalogStore } from "../catalog/use-catalog.ts";
import { Dialog } from "../design/Dialog.tsx";
import { DialogButtons } from "../design/DialogButtons.tsx";
import { formatCount } from "../format/sizes.ts";
import { rootPath, streamUrl } from "../server/address.ts";
import { reasonOf } from "../server/reason.ts";
import { deleteStreams } from "./delete-streams.ts";
import "./manage.css";

interface Props {
  /** Canonical; what is found later is not among them. */
  readonly paths: readonly string[];
  readonly onClose: () => void;
}

/** Names that are laid out; of more it is said how many there are. */
const NAMES = 500;

/** Asks before many streams are deleted: shows each by its path, and deletes these and no others. */
export function DeleteManyDialog({ paths, onClose }: Props) {
  const { done, failure, run, leave } = useDeletion(paths, onClose);
  const [typed, setTyped] = useState("");
  const count = String(paths.length);
  return (
    <Dialog
      title={paths.length === 1 ? "Delete this stream?" : `Delete ${formatCount(paths.length)} streams?`}
      onClose={leave}
    >
      <div className="dialog-body">
        <Names paths={paths} />
        <p>Their messages will be gone. Forks of them keep what they share.</p>
        <label>
          <span>
            To go on, type how many there are: <strong>{count}</strong>
          </span>
          <input
            inputMode="numeric"
            autoComplete="off"
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
          />
        </label>
        <DialogButtons
          action="Delete for good"
          isDanger
          isReady={typed.trim() === count}
          isUnderWay={done !== undefined}
          progress={done === undefined ? undefined : done / paths.length}
          failure={failure}
          onCancel={leave}
          onAct={() => void run()}
        />
      </div>
    </Dialog>
  );
}

function Names({ paths }: { readonly paths: readonly string[] }) {
  return (
    <ul className="doomed mono" tabIndex={0} aria-label="Streams to delete">
      {paths.slice(0, NAMES).map((path) => (
        <li key={path}>{rootPath(path)}</li>
      ))}
      {paths.length > NAMES && <li className="soft">and {formatCount(paths.length - NAMES)} more</li>}
    </ul>
  );
}

function useDeletion(paths: readonly string[], onClose: () => void) {
  const catalog = useCatalogStore();
  const [done, setDone] = useState<number>();
  const [failure, setFailure] = useState<string>();
  const controller = useRef<AbortController>(undefined);
  useEffect(() => () => controller.current?.abort(), []);
  const remove = async (path: string): Promise<void> => {
    await new DurableStream({ url: streamUrl(path), warnOnHttp: false }).delete().catch((error: unknown) => {
      const isGone = error instanceof FetchError && (error.status === 404 || error.status === 410);
      if (!isGone) throw error;
    });
    catalog.forget(path);
  };
  const run = async (): Promise<void> => {
    controller.current = new AbortController();
    setDone(0);
    setFailure(undefined);
    const refused = await deleteStreams({
      paths,
      remove,
      signal: controller.current.signal,
      onProgress: setDone,
    });
    setDone(undefined);
    const [first] = refused;
    if (first === undefined) onClose();
    else
      setFailure(
        `${formatCount(refused.length)} of ${formatCount(paths.length)} were not deleted. ${rootPath(first.path)}: ${reasonOf(first.reason)}`,
      );
  };
  const leave = (): void => {
    controller.current?.abort();
    onClose();
  };
  return { done, failure, run, leave };
}
