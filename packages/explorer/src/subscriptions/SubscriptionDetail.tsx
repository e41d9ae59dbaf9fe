import { type ReactNode, useCallback, useState } from "react";
import { formatAgo, formatBytes, formatCount } from "../format/sizes.ts";
import { useNow } from "../format/use-now.ts";
import { reasonOf } from "../server/reason.ts";
import {
  readSubscription,
  replaySubscription,
  type Subscription,
  type Wake,
} from "../server/subscriptions.ts";
import { useAsked } from "../server/use-asked.ts";
import { CursorTable } from "./CursorTable.tsx";
import { DeadLetters } from "./DeadLetters.tsx";
import { lagOf } from "./lag.ts";
import { StatusBadge } from "./StatusBadge.tsx";
import { Waiting } from "./SubscriptionList.tsx";

const REFRESH_MS = 2000;

/** One subscription: its state, how far it is behind, what failed, and a button that sends it again. */
export function SubscriptionDetail({ id }: { readonly id: string }) {
  const question = useCallback((signal: AbortSignal) => readSubscription(id, signal), [id]);
  const { data, failure } = useAsked(question, REFRESH_MS);
  if (data === undefined) return <Waiting failure={failure} />;
  return (
    <section className="subscription" aria-label={`Subscription ${id}`} tabIndex={0}>
      {failure !== undefined && <Waiting failure={failure} />}
      <Facts subscription={data} />
      <Replay id={id} isPending={data.pending_count > 0} />
      <DeadLetters id={id} letters={data.letters} />
      <CursorTable cursors={data.streams} count={data.stream_count} />
    </section>
  );
}

function Facts({ subscription }: { readonly subscription: Subscription }) {
  const now = useNow();
  const { status, description, webhook, wake_stream, pattern, wake, last_error } = subscription;
  return (
    <dl className="subscription-facts">
      <Fact name="State">
        <StatusBadge status={status} />
      </Fact>
      <Fact name="Is for">{description}</Fact>
      <Fact name="Watches">{pattern}</Fact>
      <Fact name="Wakes">{webhook?.url ?? wake_stream}</Fact>
      <Fact name="Behind by">{lagText(subscription)}</Fact>
      <Fact name="Under way">{wake && wakeText(wake, now)}</Fact>
      <Fact name="Last error">
        {last_error && (
          <>
            <span className="error">{last_error.message}</span>{" "}
            <span className="soft">{formatAgo(Date.parse(last_error.at), now)}</span>
          </>
        )}
      </Fact>
    </dl>
  );
}

/** A name and its value; nothing where there is none. */
function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  if (children === undefined) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function lagText({ streams, pending_count, stream_count }: Subscription): string {
  if (pending_count === 0) return "nothing";
  const lag = streams.reduce((sum, cursor) => sum + lagOf(cursor), 0);
  return `${formatBytes(lag)}, in ${formatCount(pending_count)} of ${formatCount(stream_count)} streams`;
}

function wakeText({ started_at, attempts, holder, next_attempt_at }: Wake, now: number): string {
  const next = next_attempt_at && `next attempt at ${new Date(next_attempt_at).toLocaleTimeString()}`;
  return [
    `began ${formatAgo(Date.parse(started_at), now)}`,
    `${attempts} ${attempts === 1 ? "attempt" : "attempts"}`,
    holder && `held by ${holder}`,
    next,
  ]
    .filter(Boolean)
    .join(", ");
}

function Replay({ id, isPending }: { readonly id: string; readonly isPending: boolean }) {
  const [told, setTold] = useState<{ readonly text: string; readonly isFailure: boolean }>();
  const replay = (): void => {
    replaySubscription(id).then(
      () => setTold({ text: "Sent again.", isFailure: false }),
      (error: unknown) => setTold({ text: reasonOf(error), isFailure: true }),
    );
  };
  return (
    <p className="subscription-replay">
      <button type="button" disabled={!isPending} onClick={replay}>
        Send again now
      </button>
      <span role="status" className={told?.isFailure ? "error" : "soft"}>
        {told?.text ?? (isPending ? "" : "Nothing is pending.")}
      </span>
    </p>
  );
}
