import { DurableStream } from "@perennial/client";
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useFeed } from "../feed/use-feed.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { parseMessage } from "./parse-message.ts";
import "./append-box.css";

const HINTS = {
  json: 'A JSON value, such as {"text": "Hello"}',
  text: "A line of text",
  binary: "Bytes in hex, such as 48 65 6c 6c 6f",
} as const;

/** Appends one message. What is no JSON is not sent to a JSON stream. */
export function AppendBox({ onClose }: { readonly onClose: () => void }) {
  const { feed } = useStreamView();
  const { kind, contentType } = useFeed(feed);
  const [text, setText] = useState("");
  const [failure, setFailure] = useState<string>();
  const [isUnderWay, setUnderWay] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => box.current?.focus(), []);

  const parsed = parseMessage(text, kind);
  const append = async (): Promise<void> => {
    if (parsed.kind !== "message" || isUnderWay) return;
    setUnderWay(true);
    try {
      // Not repeated when its answer is lost: nobody knows then whether it is stored, and the list shows it.
      const backoffOptions = { maxRetries: 0 };
      const handle = new DurableStream({ url: feed.url, contentType, warnOnHttp: false, backoffOptions });
      await handle.append(parsed.body);
      setText("");
      setFailure(undefined);
    } catch (error) {
      setFailure((error as Error).message);
    }
    setUnderWay(false);
    box.current?.focus();
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    void append();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void append();
    if (event.key === "Escape") onClose();
  };
  const problem = failure ?? (parsed.kind === "wrong" ? parsed.reason : undefined);
  return (
    <form className="append-box" onSubmit={onSubmit}>
      <textarea
        ref={box}
        rows={3}
        aria-label="Message to append"
        aria-invalid={parsed.kind === "wrong"}
        placeholder={HINTS[kind]}
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setFailure(undefined);
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
        {problem}
      </p>
    </form>
  );
}
