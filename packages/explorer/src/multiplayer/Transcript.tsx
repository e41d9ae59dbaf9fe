import { useLayoutEffect, useRef } from "react";
import type { ParticipantSnapshot } from "./participant.ts";
import type { Resumption } from "./resumption.ts";
import type { Exchange, SayEvent } from "./session-log.ts";

/** The conversation as one participant knows it. It scrolls with what comes. */
export function Transcript({ snapshot }: { readonly snapshot: ParticipantSnapshot }) {
  const { conversation, unsent, resumed } = snapshot;
  const scroller = useRef<HTMLDivElement>(null);
  const words = conversation.reduce((sum, { tokens }) => sum + tokens.length + 1, unsent.length);
  useLayoutEffect(() => {
    if (words > 0) scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, [words]);
  return (
    <section ref={scroller} className="transcript" aria-label="Conversation" tabIndex={0}>
      {conversation.length + unsent.length === 0 && <p className="soft">Nothing has been said yet.</p>}
      {conversation.map((exchange) => (
        <div key={exchange.say.id} className="exchange">
          <Said say={exchange.say} />
          {exchange.tokens.length > 0 && (
            <Answer exchange={exchange} resumed={resumed?.says === exchange.say.id ? resumed : undefined} />
          )}
        </div>
      ))}
      {unsent.map((say) => (
        <Said key={say.id} say={say} isUnsent />
      ))}
    </section>
  );
}

function Said({ say, isUnsent = false }: { readonly say: SayEvent; readonly isUnsent?: boolean }) {
  return (
    <p className={isUnsent ? "said unsent" : "said"}>
      <strong className={`name-${say.from.toLowerCase()}`}>{say.from}</strong> {say.text}
      {isUnsent && <span className="small"> (not sent yet)</span>}
    </p>
  );
}

interface AnswerProps {
  readonly exchange: Exchange;
  /** The words of it that came in one go. */
  readonly resumed: Resumption | undefined;
}

function Answer({ exchange: { tokens, isAnswered }, resumed }: AnswerProps) {
  const { from, to } = resumed ?? { from: 0, to: 0 };
  return (
    <>
      <p className="answer">
        <strong className="name-agent">Agent</strong> {tokens.slice(0, from).join("")}
        {from < to && <span className="resumed">{tokens.slice(from, to).join("")}</span>}
        {tokens.slice(to).join("")}
        {!isAnswered && <span className="caret" aria-hidden="true" />}
      </p>
      {from < to && (
        <p className="resumed-note small soft">
          {from === 0
            ? `Resumed: ${to} words read again, then live`
            : `Reconnected: ${to - from} words caught up on`}
        </p>
      )}
    </>
  );
}
