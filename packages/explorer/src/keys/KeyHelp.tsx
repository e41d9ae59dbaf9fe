import { useState } from "react";
import { Dialog } from "../design/Dialog.tsx";
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
      <button type="button" className="quiet small" data-hotkey="help" onClick={() => setOpen(true)}>
        Keys <kbd>?</kbd>
      </button>
      {isOpen && (
        <Dialog title="Keys" onClose={close}>
          <dl className="key-list">
            {[...HOTKEYS.map(({ key, help }) => [key, help] as const), ...LIST_KEYS].map(([keys, help]) => (
              <div key={keys}>
                <dt>
                  <kbd>{keys}</kbd>
                </dt>
                <dd>{help}</dd>
              </div>
            ))}
          </dl>
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
