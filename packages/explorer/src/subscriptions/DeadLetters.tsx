import { useState } from "react";
import { Confirm } from "../design/Confirm.tsx";
import { formatAgo, formatCount } from "../format/sizes.ts";
import { useNow } from "../format/use-now.ts";
import { type DeadLetter, forgetDeadLetter } from "../server/subscriptions.ts";

interface Props {
  readonly id: string;
  readonly letters: readonly DeadLetter[];
}

/** The wakes that were given up. */
export function DeadLetters({ id, letters }: Props) {
  const now = useNow();
  const [chosen, choose] = useState<string>();
  if (letters.length === 0) return null;
  return (
    <>
      <h2>Dead letters</h2>
      <ul className="dead-letters">
        {letters.map(({ wake_id, attempts, dead_at, error }) => (
          <li key={wake_id}>
            <div>
              <span className="error">{error}</span>
              <span className="soft small">
                given up {formatAgo(Date.parse(dead_at), now)} after {formatCount(attempts)}{" "}
                {attempts === 1 ? "attempt" : "attempts"} · <span className="mono">{wake_id}</span>
              </span>
            </div>
            <button type="button" className="small" onClick={() => choose(wake_id)}>
              Forget…
            </button>
          </li>
        ))}
      </ul>
      {chosen !== undefined && (
        <Confirm
          title="Forget the dead letter?"
          action="Forget"
          onConfirm={() => forgetDeadLetter(id, chosen)}
          onClose={() => choose(undefined)}
        >
          <p>
            The record of <code>{chosen}</code> goes away. Cursors stay where they are.
          </p>
        </Confirm>
      )}
    </>
  );
}
