import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { AGENTS, type AgentId } from "../shared/agents.ts";
import { AgentMark } from "./AgentMark.tsx";
import { Objection } from "./Objection.tsx";

interface ForkPanelProps {
  /** The agent that is chosen to begin with. */
  readonly agent: AgentId;
  /** Whether it forks behind a question, which is then answered anew. */
  readonly isQuestion: boolean;
  /** @returns what the server objects to */
  readonly onFork: (agents: readonly AgentId[], text: string) => Promise<string | undefined>;
  readonly onClose: () => void;
}

const ANOTHER = "Ask something else, or leave it: answered anew";
const LATER = "Ask, or leave it for later";

/** Who goes on from here, and with what. */
export function ForkPanel({ agent, isQuestion, onFork, onClose }: ForkPanelProps) {
  const [chosen, setChosen] = useState<readonly AgentId[]>([agent]);
  const [text, setText] = useState("");
  const { objection, isBusy, fork } = useFork(() => onFork(chosen, text.trim()), onClose);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const send = (event: FormEvent | KeyboardEvent) => {
    event.preventDefault();
    if (chosen.length > 0) void fork();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onClose();
    const isEnter = event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing;
    if (isEnter && event.target === field.current) send(event);
  };
  return (
    <form className="fork-panel" aria-label="Fork here" onSubmit={send} onKeyDown={onKeyDown}>
      <Choice chosen={chosen} onChoose={setChosen} />
      <textarea
        ref={field}
        aria-label="What the branch is asked"
        placeholder={isQuestion ? ANOTHER : LATER}
        rows={1}
        dir="auto"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Objection text={objection} />
      <div className="fork-actions">
        <button type="button" className="quiet" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className="action send" disabled={chosen.length === 0 || isBusy}>
          {chosen.length > 1 ? `Fork into ${chosen.length} branches` : "Fork"}
        </button>
      </div>
    </form>
  );
}

/** Asks for the branches once at a time, and is done when nobody objects. */
function useFork(ask: () => Promise<string | undefined>, onDone: () => void) {
  const [objection, setObjection] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const fork = async () => {
    if (isBusy) return;
    setBusy(true);
    const problem = await ask();
    if (problem === undefined) return onDone();
    setObjection(problem);
    setBusy(false);
  };
  return { objection, isBusy, fork };
}

interface ChoiceProps {
  readonly chosen: readonly AgentId[];
  readonly onChoose: (agents: readonly AgentId[]) => void;
}

/** Each agent that is chosen gets a branch. */
function Choice({ chosen, onChoose }: ChoiceProps) {
  const toggle = (id: AgentId) =>
    onChoose(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  return (
    <fieldset className="agents">
      <legend>A branch each for</legend>
      {AGENTS.map(({ id, name, does }) => (
        <label key={id} title={does}>
          <input type="checkbox" checked={chosen.includes(id)} onChange={() => toggle(id)} />
          <AgentMark id={id} />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
