import { Link } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { CopyButton } from "../design/CopyButton.tsx";
import { PageButtons } from "../design/PageButtons.tsx";
import { formatCount } from "../format/sizes.ts";
import { type ListedSubscription, listSubscriptions } from "../server/subscriptions.ts";
import { useAsked } from "../server/use-asked.ts";
import { StatusBadge } from "./StatusBadge.tsx";
import "../design/table.css";

const REFRESH_MS = 2000;

/** One page of the subscriptions, kept up to date. */
export function SubscriptionList() {
  const [after, setAfter] = useState("");
  const question = useCallback((signal: AbortSignal) => listSubscriptions(after, signal), [after]);
  const { data, failure } = useAsked(question, REFRESH_MS);
  if (data === undefined) return <Waiting failure={failure} />;
  const { subscriptions, next } = data;
  if (subscriptions.length === 0 && after === "") return <NoSubscriptions />;
  return (
    <>
      {failure !== undefined && <Waiting failure={failure} />}
      <section className="table-scroller" aria-label="Subscriptions" tabIndex={0}>
        <SubscriptionTable subscriptions={subscriptions} />
      </section>
      {(after !== "" || next !== undefined) && (
        <div className="panel-tools">
          <PageButtons {...{ after, next }} onGo={setAfter} />
        </div>
      )}
    </>
  );
}

/** While there is no answer, and why. */
export function Waiting({ failure }: { readonly failure: string | undefined }) {
  if (failure === undefined) return <p className="panel-note soft">Asking…</p>;
  return (
    <p className="panel-note error" role="alert">
      {failure}
    </p>
  );
}

function NoSubscriptions() {
  const command = "npx perennial subscribe create mailman --pattern 'inbox/*' --webhook URL";
  return (
    <div className="panel-note">
      <p>No subscriptions yet. A subscription wakes a worker when a stream has something new:</p>
      <div className="no-subscriptions">
        <code>{command}</code>
        <CopyButton label="Copy" text={() => command} />
      </div>
    </div>
  );
}

function SubscriptionTable({ subscriptions }: { readonly subscriptions: readonly ListedSubscription[] }) {
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">Subscription</th>
          <th scope="col">State</th>
          <th scope="col" className="number">
            Pending
          </th>
          <th scope="col" className="number">
            Dead letters
          </th>
          <th scope="col">Watches</th>
          <th scope="col">Wakes</th>
          <th scope="col">Last error</th>
        </tr>
      </thead>
      <tbody>
        {subscriptions.map((one) => (
          <SubscriptionRow key={one.id} subscription={one} />
        ))}
      </tbody>
    </table>
  );
}

function SubscriptionRow({ subscription }: { readonly subscription: ListedSubscription }) {
  const { id, status, pending_count, dead_letters, pattern, stream_count, url, wake_stream, last_error } =
    subscription;
  return (
    <tr>
      <th scope="row">
        <Link to="/subscriptions" search={{ id }}>
          {id}
        </Link>
      </th>
      <td>
        <StatusBadge status={status} />
      </td>
      <td className="number">{formatCount(pending_count)}</td>
      <td className="number">{formatCount(dead_letters)}</td>
      <td className="mono">{pattern ?? streams(stream_count)}</td>
      <td className="mono">{url ?? wake_stream}</td>
      <td className="error" title={last_error}>
        {last_error}
      </td>
    </tr>
  );
}

function streams(count: number): string {
  return `${formatCount(count)} ${count === 1 ? "stream" : "streams"}`;
}
