import { type FormEvent, useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from "react";
import { formatBytes } from "../format/sizes.ts";
import type { ParticipantSnapshot } from "./participant.ts";
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
  const tell = useEffectEvent(onPosition);
  useEffect(() => tell(snapshot.position), [snapshot.position]);
  return (
    <section className={snapshot.isCut ? "pane cut" : "pane"} aria-label={name}>
      <header className="pane-header">
        <h2>{name}</h2>
        <PaneStatus snapshot={snapshot} newest={newest} />
        <span className="spacer" />
        <button
          type="button"
          aria-pressed={snapshot.isCut}
          onClick={() => (snapshot.isCut ? participant.restore() : participant.cut())}
        >
          {snapshot.isCut ? "Reconnect" : "Drop"}
        </button>
        <button type="button" onClick={onRefresh}>
          Refresh
        </button>
      </header>
      <Transcript snapshot={snapshot} />
      {isAgent ? (
        <p className="pane-note small soft">Answers whatever is said, a word at a time, from a script.</p>
      ) : (
        <SayForm name={name} onSay={(text) => participant.say(text)} />
      )}
    </section>
  );
}

function PaneStatus({
  snapshot,
  newest,
}: {
  readonly snapshot: ParticipantSnapshot;
  readonly newest: number;
}) {
  const { isCut, isUpToDate, position, failure } = snapshot;
  const behind = Math.max(0, newest - position);
  const status =
    failure !== undefined ? "failed" : isCut ? "reconnecting" : isUpToDate ? "live" : "connecting";
  const words = { failed: "Failed", reconnecting: "Dropped", live: "Live", connecting: "Catching up" }[
    status
  ];
  return (
    <span className={`badge ${status}`} role="status" title={failure}>
      <span className="badge-dot" aria-hidden="true" />
      {words}
      {isCut && behind > 0 && ` · ${formatBytes(behind)} behind`}
    </span>
  );
}

function Transcript({ snapshot }: { readonly snapshot: ParticipantSnapshot }) {
  const { conversation, unsent } = snapshot;
  const scroller = useRef<HTMLDivElement>(null);
  const words = conversation.reduce((sum, { tokens }) => sum + tokens.length + 1, unsent.length);
  useLayoutEffect(() => {
    if (words > 0) scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, [words]);
  return (
    <section ref={scroller} className="transcript" aria-label="Conversation" tabIndex={0}>
      {conversation.length + unsent.length === 0 && <p className="soft">Nothing has been said yet.</p>}
      {conversation.map(({ say, tokens, isAnswered }) => (
        <div key={say.id}>
          <p className="said">
            <strong>{say.from}</strong> {say.text}
          </p>
          {tokens.length > 0 && (
            <p className="answer">
              <strong>Agent</strong> {tokens.join("")}
              {!isAnswered && <span className="caret" aria-hidden="true" />}
            </p>
          )}
        </div>
      ))}
      {unsent.map((say) => (
        <p key={say.id} className="said unsent">
          <strong>{say.from}</strong> {say.text} <span className="small">(not sent yet)</span>
        </p>
      ))}
    </section>
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
