import { useState } from "react";
import { Dialog } from "../design/Dialog.tsx";
import { Icon } from "../design/Icon.tsx";
import { HOTKEYS, LIST_KEYS } from "./hotkeys.ts";
import { useHotkeys } from "./use-hotkeys.ts";
import "./key-help.css";

/** The button that shows all keys; with it, the keys work. */
export function KeyHelp() {
  useHotkeys();
  const [isOpen, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  return (
    <>
      <button
        type="button"
        className="quiet small icon-only"
        aria-label="Keys"
        title="Keys (?)"
        data-hotkey="help"
        onClick={() => setOpen(true)}
      >
        <Icon name="keyboard" />
      </button>
      {isOpen && (
        <Dialog title="Keys" onClose={close}>
          <h3 className="small soft">Anywhere</h3>
          <KeyList rows={HOTKEYS.map(({ key, help }) => ({ keys: [key], help }))} />
          <h3 className="small soft">In the streams and the messages</h3>
          <KeyList rows={LIST_KEYS} />
          <div className="dialog-buttons">
            <button type="button" onClick={close}>
              Close
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function KeyList({ rows }: { readonly rows: typeof LIST_KEYS }) {
  return (
    <dl className="key-list">
      {rows.map(({ keys, help }) => (
        <div key={help}>
          <dt>
            {keys.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>
          <dd>{help}</dd>
        </div>
      ))}
    </dl>
  );
}
