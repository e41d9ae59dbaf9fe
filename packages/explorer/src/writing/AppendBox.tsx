import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useFeed } from "../feed/use-feed.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { MESSAGE_HINTS, parseMessage } from "./parse-message.ts";
import { useAppend } from "./use-append.ts";
import "./append-box.css";

/** Appends one message. What is no JSON is not sent to a JSON stream. */
export function AppendBox({ onClose }: { readonly onClose: () => void }) {
  const { feed } = useStreamView();
  const { kind } = useFeed(feed);
  const [text, setText] = useState("");
  const { failure, isUnderWay, append, forgetFailure } = useAppend();
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => box.current?.focus(), []);

  const parsed = parseMessage(text, kind);
  const submit = async (): Promise<void> => {
    if (parsed.kind !== "message" || isUnderWay) return;
    if (await append(parsed.body)) setText("");
    box.current?.focus();
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    void submit();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void submit();
    if (event.key === "Escape") onClose();
  };
  return (
    <form className="append-box" onSubmit={onSubmit}>
      <textarea
        ref={box}
        rows={3}
        aria-label="Message to append"
        aria-invalid={parsed.kind === "rejected"}
        placeholder={MESSAGE_HINTS[kind]}
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          forgetFailure();
        }}
        onKeyDown={onKeyDown}
      />
      <div className="append-side">
        <button type="submit" className="primary" disabled={parsed.kind !== "message" || isUnderWay}>
          Append
        </button>
        <span className="small soft">Ctrl+Enter</span>
      </div>
      <p className="small error" role="alert">
        {failure ?? (parsed.kind === "rejected" && parsed.rejection)}
      </p>
    </form>
  );
}
