import { useState, useSyncExternalStore } from "react";
import { CopyButton } from "../design/CopyButton.tsx";
import { formatBytes } from "../format/sizes.ts";
import { shellQuoted } from "../messages/copy-as.ts";
import { useStreamView } from "../stream/stream-view.ts";
import type { Exchange, ExchangeStatus } from "./wire-log.ts";
import { answerText, bodyText, requestText } from "./wire-text.ts";
import "./wire.css";

const STATUS_WORDS: Readonly<Record<ExchangeStatus, string>> = {
  asking: "waiting",
  open: "open",
  done: "done",
  left: "left by this page",
  lost: "lost",
};

/** What this view and the server have said to each other: requests, headers, and bodies as they came. */
export function WirePanel() {
  const { feed } = useStreamView();
  const exchanges = useSyncExternalStore(feed.wire.subscribe, feed.wire.snapshot);
  const [chosen, setChosen] = useState<number>();
  const shown = exchanges.find(({ number }) => number === chosen) ?? exchanges.at(-1);
  if (shown === undefined) return <p className="panel-note soft">Nothing has been asked yet.</p>;
  return (
    <div className="wire">
      <ol className="wire-list" aria-label="Requests">
        {[...exchanges].reverse().map((exchange) => (
          <li key={exchange.number}>
            <button
              type="button"
              className="wire-item"
              aria-current={exchange.number === shown.number ? "true" : undefined}
              onClick={() => setChosen(exchange.number)}
            >
              <ExchangeLine exchange={exchange} />
            </button>
          </li>
        ))}
      </ol>
      <Shown key={shown.number} exchange={shown} />
    </div>
  );
}

function ExchangeLine({ exchange }: { readonly exchange: Exchange }) {
  const { method, url, status, answer, askedAt, bodyBytes } = exchange;
  const live = new URL(url).searchParams.get("live");
  return (
    <>
      <span className={answer !== undefined && answer.code >= 400 ? "error" : "accent"}>
        {answer?.code ?? "…"}
      </span>
      <span className="mono">
        {method} {live === null ? "catch-up" : live}
      </span>
      <span className="spacer" />
      <span className="small soft">
        {formatBytes(bodyBytes)} · {STATUS_WORDS[status]} · {new Date(askedAt).toLocaleTimeString()}
      </span>
    </>
  );
}

function Shown({ exchange }: { readonly exchange: Exchange }) {
  const { method, url, requestHeaders } = exchange;
  const command = (): string =>
    [
      `curl -i ${method === "GET" ? "" : `-X ${method} `}${shellQuoted(url)}`,
      ...requestHeaders.map(([name, value]) => `-H ${shellQuoted(`${name}: ${value}`)}`),
    ].join(" ");
  return (
    <section className="wire-shown" aria-label="Request and answer" tabIndex={0}>
      <header>
        <h2>Request</h2>
        <CopyButton label="Copy as curl" text={command} />
      </header>
      <pre className="soft">{requestText(exchange)}</pre>
      <h2>Answer</h2>
      <pre className="soft">{answerText(exchange)}</pre>
      <pre>{bodyText(exchange)}</pre>
    </section>
  );
}
