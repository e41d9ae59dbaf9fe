import { type FormEvent, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";

interface ComposerProps {
  readonly isRunning: boolean;
  readonly placeholder?: string | undefined;
  /** What was said and did not arrive: it is in the field again, unless there is something else by now. */
  readonly returned: { readonly text: string } | undefined;
  readonly onSend: (text: string) => void;
  readonly onStop: () => void;
  /** Below the field. */
  readonly children?: ReactNode;
}

export function Composer(props: ComposerProps) {
  const { isRunning, placeholder = "Ask something", returned, onSend, onStop, children } = props;
  const [text, setText] = useText(returned);
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
          placeholder={placeholder}
          rows={1}
          dir="auto"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <Action isRunning={isRunning} isEmpty={text.trim() === ""} onStop={onStop} />
      </form>
      {children}
    </footer>
  );
}

/** The text of the field. What could not be sent comes back, unless there is something new. */
function useText(returned: ComposerProps["returned"]) {
  const [text, setText] = useState("");
  useEffect(() => {
    if (returned !== undefined) setText((now) => now || returned.text);
  }, [returned]);
  return [text, setText] as const;
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
