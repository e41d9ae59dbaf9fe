import { useState } from "react";
import type { SharedDocument } from "../document.ts";
import { colored } from "./colored.ts";
import { type SyncState, usePresent, useSync } from "./hooks.ts";

const WORDS: Readonly<Record<SyncState, string>> = {
  saved: "Saved",
  saving: "Saving…",
  offline: "Offline: your changes are kept here",
  connecting: "Connecting…",
  deleted: "Deleted elsewhere: load the page again to restore it",
};

/** The document's name, who is there, and whether all is saved. */
export function Header({ shared }: { readonly shared: SharedDocument }) {
  const sync = useSync(shared);
  return (
    <header className="header">
      <a className="logo" href="/" aria-label="Other documents">
        ¶
      </a>
      <h1>{shared.key}</h1>
      <p className={`sync ${sync}`} role="status">
        {WORDS[sync]}
      </p>
      <People shared={shared} />
      <CutButton shared={shared} />
      <ShareButton />
    </header>
  );
}

function People({ shared }: { readonly shared: SharedDocument }) {
  const present = usePresent(shared);
  return (
    <ul className="people" aria-label="Who is here">
      {present.map(({ id, name, color, isMe, isAgent, status }) => (
        <li
          key={id}
          className={isAgent ? `agent ${status}` : ""}
          style={colored(color)}
          title={isMe ? `${name} (you)` : isAgent ? `${name}: ${status}` : name}
        >
          <span aria-hidden="true">{isAgent ? "✦" : initials(name)}</span>
          <span className="visually-hidden">{isAgent ? `${name}: ${status}` : name}</span>
        </li>
      ))}
    </ul>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return words
    .slice(0, 2)
    .map((word) => Array.from(word)[0]?.toUpperCase() ?? "")
    .join("");
}

function CutButton({ shared }: { readonly shared: SharedDocument }) {
  const [isCut, setCut] = useState(false);
  const toggle = (): void => {
    if (isCut) shared.connection.restore();
    else shared.connection.cut();
    setCut(!isCut);
  };
  return (
    <button type="button" className="quiet" aria-pressed={isCut} onClick={toggle}>
      <span className="wide">{isCut ? "Restore the connection" : "Cut the connection"}</span>
      <span className="narrow">{isCut ? "Restore" : "Cut"}</span>
    </button>
  );
}

function ShareButton() {
  const [isCopied, setCopied] = useState(false);
  const share = async (): Promise<void> => {
    const url = new URL(location.href);
    url.searchParams.delete("name");
    await navigator.clipboard?.writeText(url.href).then(
      () => setCopied(true),
      () => prompt("The address of this document:", url.href),
    );
    setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <button type="button" onClick={() => void share()}>
      {isCopied ? "Copied" : "Share"}
    </button>
  );
}
