import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";

interface ComposerProps {
  readonly isRunning: boolean;
  /** Nothing was said yet of the answer that is being written. */
  readonly isWaiting: boolean;
  readonly onSend: (text: string) => void;
  readonly onStop: () => void;
}

export function Composer({ isRunning, isWaiting, onSend, onStop }: ComposerProps) {
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const send = (event?: FormEvent) => {
    event?.preventDefault();
    if (text.trim() === "" || isRunning) return;
    onSend(text.trim());
    setText("");
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <footer className="composer">
      <form onSubmit={send}>
        <textarea
          ref={field}
          aria-label="Your message"
          placeholder="Ask something"
          rows={1}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <Action isRunning={isRunning} isEmpty={text.trim() === ""} onStop={onStop} />
      </form>
      <ModelStatus moment={`${isRunning} ${isWaiting}`} />
    </footer>
  );
}

interface ActionProps {
  readonly isRunning: boolean;
  readonly isEmpty: boolean;
  readonly onStop: () => void;
}

/** Sends, or stops what is being written. */
function Action({ isRunning, isEmpty, onStop }: ActionProps) {
  if (isRunning)
    return (
      <button type="button" className="action stop" onClick={onStop}>
        Stop
      </button>
    );
  return (
    <button type="submit" className="action send" disabled={isEmpty}>
      Send
    </button>
  );
}

interface Status {
  readonly model: string;
  readonly calls: number;
  readonly writer: number;
}

/** Which model answers, and how often it was asked: a reload must not raise that. */
function ModelStatus({ moment }: { readonly moment: string }) {
  const [status, setStatus] = useState<Status>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when an answer begins, says its first word, or ends
  useEffect(() => {
    const gone = new AbortController();
    fetch("/api/model", { signal: gone.signal })
      .then(async (response) => setStatus((await response.json()) as Status))
      .catch(() => {
        // Without a network the line stays as it was.
      });
    return () => gone.abort();
  }, [moment]);
  if (status === undefined) return <p className="status">&nbsp;</p>;
  const { model, calls, writer } = status;
  return (
    <p className="status">
      {model} · asked {calls} {calls === 1 ? "time" : "times"} · writer process {writer}
    </p>
  );
}
