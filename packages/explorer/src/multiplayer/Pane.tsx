import { type FormEvent, useEffect, useEffectEvent, useState } from "react";
import { IconButton } from "../design/IconButton.tsx";
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
      <PaneHeader
        {...{ name, snapshot, onRefresh }}
        behind={Math.max(0, newest - snapshot.position)}
        onSwitch={() => (isCut ? participant.restore() : participant.cut())}
      />
      <Transcript snapshot={snapshot} />
      {isAgent ? (
        <p className="pane-note small soft">Answers from a script, a word at a time.</p>
      ) : (
        <SayForm name={name} onSay={(text) => participant.say(text)} />
      )}
    </section>
  );
}

interface HeaderProps {
  readonly name: string;
  readonly snapshot: ParticipantSnapshot;
  /** Bytes of the stream that others have and this one has not. */
  readonly behind: number;
  /** Cuts the connection, or restores it. */
  readonly onSwitch: () => void;
  readonly onRefresh: () => void;
}

function PaneHeader({ name, snapshot, behind, onSwitch, onRefresh }: HeaderProps) {
  return (
    <header className="pane-header">
      <span className={`avatar avatar-${name.toLowerCase()}`} aria-hidden="true">
        {name.slice(0, 1)}
      </span>
      <div className="pane-name">
        <h2>{name}</h2>
        <PaneStatus snapshot={snapshot} behind={behind} />
      </div>
      <button type="button" className="small" aria-pressed={snapshot.isCut} onClick={onSwitch}>
        {snapshot.isCut ? "Reconnect" : "Drop"}
      </button>
      <IconButton
        icon="again"
        label="Refresh"
        title="Refresh: a fresh client, with empty hands"
        className="small"
        onClick={onRefresh}
      />
    </header>
  );
}

const WORDS = {
  failed: "Failed",
  reconnecting: "Dropped",
  live: "Live",
  connecting: "Catching up",
} as const;

function PaneStatus({
  snapshot: { isCut, isUpToDate, failure },
  behind,
}: Pick<HeaderProps, "snapshot" | "behind">) {
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
