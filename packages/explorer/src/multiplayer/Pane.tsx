import { type FormEvent, useEffect, useEffectEvent, useState } from "react";
import { Icon } from "../design/Icon.tsx";
import { formatBytes } from "../format/sizes.ts";
import type { ParticipantSnapshot } from "./participant.ts";
import { Transcript } from "./Transcript.tsx";
import { useParticipant } from "./use-session.ts";

interface Props {
  readonly name: string;
  readonly isAgent: boolean;
  readonly session: string;
  /** The position of the pane that is furthest. */
  readonly newest: number;
  readonly onPosition: (position: number) => void;
  /** Puts a fresh client in this one's place. */
  readonly onRefresh: () => void;
}

/** What one of them sees, and ways to disturb it. */
export function Pane({ name, isAgent, session, newest, onPosition, onRefresh }: Props) {
  const [participant, snapshot] = useParticipant(name, session, isAgent);
  const { isCut } = snapshot;
  const tell = useEffectEvent(onPosition);
  useEffect(() => tell(snapshot.position), [snapshot.position]);
  return (
    <section className={isCut ? "pane cut" : "pane"} aria-label={name}>
      <header className="pane-header">
        <span className={`avatar avatar-${name.toLowerCase()}`} aria-hidden="true">
          {name.slice(0, 1)}
        </span>
        <div className="pane-name">
          <h2>{name}</h2>
          <PaneStatus snapshot={snapshot} behind={Math.max(0, newest - snapshot.position)} />
        </div>
        <button
          type="button"
          className="small"
          aria-pressed={isCut}
          onClick={() => (isCut ? participant.restore() : participant.cut())}
        >
          {isCut ? "Reconnect" : "Drop"}
        </button>
        <button
          type="button"
          className="small icon-only"
          aria-label="Refresh"
          title="Refresh: a fresh client, with empty hands"
          onClick={onRefresh}
        >
          <Icon name="again" />
        </button>
      </header>
      <Transcript snapshot={snapshot} />
      {isAgent ? (
        <p className="pane-note small soft">Answers from a script, a word at a time.</p>
      ) : (
        <SayForm name={name} onSay={(text) => participant.say(text)} />
      )}
    </section>
  );
}

const WORDS = {
  failed: "Failed",
  reconnecting: "Dropped",
  live: "Live",
  connecting: "Catching up",
} as const;

interface StatusProps {
  readonly snapshot: ParticipantSnapshot;
  /** Bytes of the stream that others have and this one has not. */
  readonly behind: number;
}

function PaneStatus({ snapshot: { isCut, isUpToDate, failure }, behind }: StatusProps) {
  const isFailed = failure !== undefined;
  const status = isFailed ? "failed" : isCut ? "reconnecting" : isUpToDate ? "live" : "connecting";
  return (
    <span className={`pane-status small status ${status}`} role="status" title={failure}>
      <span className="status-dot" aria-hidden="true" />
      {WORDS[status]}
      {isCut && behind > 0 && ` · ${formatBytes(behind)} behind`}
    </span>
  );
}

function SayForm({ name, onSay }: { readonly name: string; readonly onSay: (text: string) => void }) {
  const [text, setText] = useState("");
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() === "") return;
    onSay(text.trim());
    setText("");
  };
  return (
    <form className="say" onSubmit={onSubmit}>
      <input
        aria-label={`Say something as ${name}`}
        placeholder={`Say something as ${name}`}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" className="primary" disabled={text.trim() === ""}>
        Say
      </button>
    </form>
  );
}
