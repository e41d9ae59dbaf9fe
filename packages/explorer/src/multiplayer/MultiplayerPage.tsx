import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTitle } from "../app/use-title.ts";
import { Icon } from "../design/Icon.tsx";
import { StreamLink } from "../stream/StreamLink.tsx";
import { Pane } from "./Pane.tsx";
import { sessionPath, useSessionStream } from "./use-session.ts";
import "./multiplayer.css";
import { reasonOf } from "../server/reason.ts";

/** Two people and an agent, on one stream. */
export function MultiplayerPage() {
  useTitle("Multiplayer");
  const [session, begin] = useSession();
  if (session === undefined) return null;
  return (
    <div className="multiplayer">
      <header className="multiplayer-header">
        <div className="view-title">
          <Link to="/" className="back" aria-label="All streams">
            <Icon name="back" />
          </Link>
          <h1>Multiplayer</h1>
        </div>
        <div className="view-actions">
          <StreamLink path={sessionPath(session)} className="button">
            The session’s stream
          </StreamLink>
          <button type="button" onClick={() => begin(true)}>
            New session
          </button>
        </div>
        <p className="soft">
          Three clients, one stream. Say something, drop one of them while the agent answers, and let it come
          back; or refresh a pane, or the whole page, in mid-answer. Nothing is lost, nothing comes twice.
        </p>
      </header>
      <Panes key={session} session={session} />
    </div>
  );
}

const PEOPLE = [
  { name: "Ada", isAgent: false },
  { name: "Grace", isAgent: false },
  { name: "Agent", isAgent: true },
];

function Panes({ session }: { readonly session: string }) {
  const outcome = useSessionStream(session);
  const [lives, setLives] = useState<Readonly<Record<string, number>>>({});
  const [positions, setPositions] = useState<Readonly<Record<string, number>>>({});
  if (outcome === undefined) return null;
  if (outcome.kind === "rejected") return <p className="panel-note error">{reasonOf(outcome.rejection)}</p>;
  const newest = Math.max(0, ...Object.values(positions));
  return (
    <div className="panes">
      {PEOPLE.map(({ name, isAgent }) => (
        <Pane
          key={`${name} ${lives[name] ?? 0}`}
          {...{ name, isAgent, session, newest }}
          onPosition={(position) => setPositions((known) => ({ ...known, [name]: position }))}
          onRefresh={() => setLives((known) => ({ ...known, [name]: (known[name] ?? 0) + 1 }))}
        />
      ))}
    </div>
  );
}

/** Where the last session's name is kept: whoever opens the page again finds it as it was, and makes no stream. */
const LAST_SESSION = "perennial-multiplayer-session";

/** The session that the address names, and a way to begin another one. Without one in the address it is the last one. */
function useSession(): [string | undefined, (isNew: boolean) => void] {
  const { session } = useSearch({ from: "/multiplayer" });
  const navigate = useNavigate();
  const begin = (isNew: boolean): void =>
    void navigate({
      to: "/multiplayer",
      search: { session: (isNew ? null : localStorage.getItem(LAST_SESSION)) ?? newSession() },
      replace: !isNew,
    });
  useEffect(() => {
    if (session === undefined) begin(false);
    else localStorage.setItem(LAST_SESSION, session);
  });
  return [session, begin];
}

function newSession(): string {
  return crypto.getRandomValues(new Uint32Array(1))[0]!.toString(36);
}
