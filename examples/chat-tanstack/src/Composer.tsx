import { ModelStatus } from "@perennial/example-chat-ai-sdk/page/ModelStatus.tsx";
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";

/** So long after the last key somebody is typing still, in ms. */
const TYPING_MS = 3_000;

interface ComposerProps {
  readonly isRunning: boolean;
  /** Changes whenever the model may have been asked. */
  readonly moment: string;
  /** The names of others who are typing. */
  readonly typing: readonly string[];
  readonly onSend: (text: string) => void;
  readonly onStop: () => void;
  readonly onTyping: (isTyping: boolean) => void;
}

export function Composer({ isRunning, moment, typing, onSend, onStop, onTyping }: ComposerProps) {
  const [text, setText] = useTyped(onTyping);
  const field = useRef<HTMLTextAreaElement>(null);
  const send = (event: FormEvent | KeyboardEvent) => {
    event.preventDefault();
    if (text.trim() === "") return;
    onSend(text.trim());
    setText("");
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) send(event);
  };
  return (
    <footer className="composer">
      <p className="typing" aria-live="polite">
        {describeTyping(typing)}
      </p>
      <form onSubmit={send}>
        <textarea
          ref={field}
          aria-label="Your message"
          placeholder="Say something to the room"
          rows={1}
          dir="auto"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
        />
        {isRunning && <Button kind="stop" onClick={onStop} />}
        <Button kind="send" isOff={text.trim() === ""} />
      </form>
      <ModelStatus moment={moment} />
    </footer>
  );
}

interface ButtonProps {
  readonly kind: "send" | "stop";
  readonly isOff?: boolean;
  readonly onClick?: () => void;
}

function Button({ kind, isOff = false, onClick }: ButtonProps) {
  const type = kind === "send" ? "submit" : "button";
  return (
    <button type={type} className={`action ${kind}`} disabled={isOff} onClick={onClick}>
      {kind === "send" ? "Send" : "Stop"}
    </button>
  );
}

/** A text, of which others are told that it is being typed. */
function useTyped(onTyping: (isTyping: boolean) => void): [string, (text: string) => void] {
  const [text, setText] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const typed = (value: string) => {
    setText(value);
    clearTimeout(timer.current);
    onTyping(value !== "");
    timer.current = setTimeout(() => onTyping(false), TYPING_MS);
  };
  return [text, typed];
}

function describeTyping(names: readonly string[]): string {
  if (names.length === 0) return "";
  if (names.length > 2) return `${names.length} people are typing …`;
  return `${names.join(" and ")} ${names.length === 1 ? "is" : "are"} typing …`;
}
