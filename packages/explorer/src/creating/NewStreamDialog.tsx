import type { FormEvent, KeyboardEvent } from "react";
import { Dialog } from "../design/Dialog.tsx";
import { DialogButtons } from "../design/DialogButtons.tsx";
import { rootPath } from "../server/address.ts";
import { MessageField, NameField, TtlField, TypeField } from "./fields.tsx";
import { useNewStreamForm } from "./use-new-stream-form.ts";
import "./new-stream.css";

interface Props {
  /** Canonical; undefined lets the reader choose a name. */
  readonly path: string | undefined;
  readonly onClose: () => void;
}

/** Asks for what a stream is made of, and makes it. */
export function NewStreamDialog({ path: givenPath, onClose }: Props) {
  const form = useNewStreamForm(givenPath, onClose);
  const { path, name, draft, problem, failure, change } = form;
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    void form.submit();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void form.submit();
  };
  return (
    <Dialog title={givenPath === undefined ? "New stream" : "Create the stream"} onClose={onClose}>
      <form className="new-stream" onSubmit={onSubmit} onKeyDown={onKeyDown}>
        {givenPath === undefined ? (
          <NameField name={name} path={path} onChange={form.setName} />
        ) : (
          <p>
            <code className="new-stream-path">{rootPath(givenPath)}</code>
          </p>
        )}
        <TypeField draft={draft} problem={problem} onChange={change} />
        <TtlField draft={draft} problem={problem} onChange={change} />
        <MessageField draft={draft} problem={problem} onChange={change} />
        <DialogButtons
          action="Create"
          isReady={form.canSubmit}
          isUnderWay={form.isUnderWay}
          failure={failure}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}
