import type { Editor } from "@tiptap/core";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { Exchange, Mode } from "../../shared/chat.ts";
import type { Chat } from "../chat.ts";
import type { SharedDocument } from "../document.ts";
import { contextOf } from "../rich-text/create-editor.ts";
import { colored } from "./colored.ts";

interface Props {
  readonly shared: SharedDocument;
  readonly chat: Chat;
  readonly editor: Editor;
}

const IDEAS = ["Write about gardens", "Rewrite this", "Summarise the document"];

/** What was asked of the agent, and what it did. Everybody in the document sees the same. */
export function ChatPanel({ chat, editor }: Props) {
  const exchanges = useSyncExternalStore(chat.subscribe, chat.exchanges);
  const [mode, setMode] = useState<Mode>("write");
  const [problem, setProblem] = useState<string>();
  const isBusy = exchanges.some(({ outcome }) => outcome === undefined);
  const end = useRef<HTMLLIElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever something was added, it is scrolled to.
  useEffect(() => {
    end.current?.scrollIntoView({ block: "end" });
  }, [exchanges]);
  const ask = async (text: string): Promise<boolean> => {
    const failed = await chat.ask(text, mode, contextOf(editor));
    setProblem(failed);
    return failed === undefined;
  };
  return (
    <div className="chat">
      <ol className="exchanges" aria-live="polite">
        {exchanges.length === 0 && <Nothing onIdea={(idea) => void ask(idea)} />}
        {exchanges.map((exchange) => (
          <ExchangeItem
            key={exchange.run}
            exchange={exchange}
            onUndo={async () => setProblem(await chat.undo(exchange.run))}
          />
        ))}
        <li ref={end} className="end" aria-hidden="true" />
      </ol>
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <AskForm mode={mode} isBusy={isBusy} onMode={setMode} onAsk={ask} onStop={() => void chat.stop()} />
    </div>
  );
}

function Nothing({ onIdea }: { readonly onIdea: (idea: string) => void }) {
  return (
    <li className="nothing">
      <p>The agent is one more author: it has a cursor, and it writes while you do. Ask it for something:</p>
      {IDEAS.map((idea) => (
        <button key={idea} type="button" onClick={() => onIdea(idea)}>
          {idea}
        </button>
      ))}
    </li>
  );
}

function ExchangeItem({ exchange, onUndo }: { readonly exchange: Exchange; readonly onUndo: () => void }) {
  const { author, color, question, answer, tools, outcome, reason, edits, isUndone, mode } = exchange;
  return (
    <li className="exchange">
      <p className="question">
        <b style={colored(color)}>{author}</b>
        {question}
      </p>
      {tools.length > 0 && (
        <details>
          <summary>
            {tools.length === 1 ? "1 step" : `${tools.length} steps`}
            {outcome === undefined && `: ${tools.at(-1)!.summary}`}
          </summary>
          <ul>
            {tools.map(({ tool, summary }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever added.
              <li key={index}>
                <code>{tool}</code> {summary}
              </li>
            ))}
          </ul>
        </details>
      )}
      {answer !== "" && <p className="answer">{answer}</p>}
      {outcome === undefined && <p className="working">{tools.length === 0 ? "thinking" : "working"}</p>}
      {outcome === "stopped" && <p className="note">Stopped.</p>}
      {outcome === "failed" && <p className="problem">It failed: {reason}.</p>}
      {isUndone && <p className="note">Undone.</p>}
      {outcome !== undefined && edits > 0 && !isUndone && mode === "write" && (
        <button type="button" className="quiet" onClick={onUndo}>
          Undo this work
        </button>
      )}
    </li>
  );
}

interface FormProps {
  readonly mode: Mode;
  readonly isBusy: boolean;
  readonly onMode: (mode: Mode) => void;
  /** Resolves with whether it was asked. */
  readonly onAsk: (text: string) => Promise<boolean>;
  readonly onStop: () => void;
}

function AskForm({ mode, isBusy, onMode, onAsk, onStop }: FormProps) {
  const [text, setText] = useState("");
  const submit = async (): Promise<void> => {
    const question = text.trim();
    if (question === "") return;
    setText("");
    // What could not be asked is there to be asked again.
    if (!(await onAsk(question))) setText((now) => (now === "" ? question : now));
  };
  return (
    <form className="ask" action={submit}>
      <textarea
        name="text"
        rows={2}
        maxLength={4000}
        aria-label="Ask the agent"
        placeholder="Ask the agent. It knows what you have selected."
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={submitOnEnter}
      />
      <div>
        <ModeBox mode={mode} onMode={onMode} />
        {isBusy && (
          <button type="button" onClick={onStop}>
            Stop
          </button>
        )}
        <button type="submit" className="primary">
          Ask
        </button>
      </div>
    </form>
  );
}

function ModeBox({ mode, onMode }: Pick<FormProps, "mode" | "onMode">) {
  return (
    <label>
      <input
        type="checkbox"
        checked={mode === "suggest"}
        onChange={(event) => onMode(event.target.checked ? "suggest" : "write")}
      />
      Only suggest
    </label>
  );
}

/** Enter asks; with Shift it begins a line. */
function submitOnEnter(event: React.KeyboardEvent<HTMLTextAreaElement>): void {
  if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
  event.preventDefault();
  event.currentTarget.form?.requestSubmit();
}
