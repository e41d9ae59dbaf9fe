import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useRef } from "react";
import { SignOutButton } from "../access/SignOutButton.tsx";
import { StreamTree } from "../catalog/StreamTree.tsx";
import { useCatalog } from "../catalog/use-catalog.ts";
import { NewStreamProvider } from "../creating/NewStreamProvider.tsx";
import { Icon } from "../design/Icon.tsx";
import { formatCount } from "../format/sizes.ts";
import { KeyHelp } from "../keys/KeyHelp.tsx";
import { ThemeSwitch } from "./ThemeSwitch.tsx";
import "./shell.css";

/** The frame of every page: the streams on the left, what was chosen on the right. On a phone one at a time. */
export function Shell() {
  const isHome = useRouterState({ select: ({ location }) => location.pathname === "/" });
  const { entries } = useCatalog();
  const main = useRef<HTMLElement>(null);
  const classes = ["shell", isHome && "home", entries.length === 0 && "empty"].filter(Boolean).join(" ");
  return (
    <NewStreamProvider>
      <div className={classes}>
        <button type="button" className="skip" onClick={() => main.current?.focus()}>
          Skip to content
        </button>
        <nav className="sidebar" aria-label="Streams">
          <header className="brand">
            <Link to="/" className="brand-name">
              <span className="leaf" aria-hidden="true" />
              Perennial
            </Link>
            <span className="spacer" />
            <ThemeSwitch />
            <SignOutButton />
          </header>
          <StreamTree />
          <footer className="sidebar-footer">
            <CatalogStatus />
            <span className="spacer" />
            <Link to="/multiplayer" className="button quiet small">
              <Icon name="people" />
              Multiplayer
            </Link>
            <KeyHelp />
          </footer>
        </nav>
        <main ref={main} className="content" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
    </NewStreamProvider>
  );
}

function CatalogStatus() {
  const { entries, isComplete, failure } = useCatalog();
  const count = `${formatCount(entries.length)} ${entries.length === 1 ? "stream" : "streams"}`;
  return (
    <p className="sidebar-status small soft" role="status">
      {failure === undefined ? (
        <span>{isComplete ? count : `${count}…`}</span>
      ) : (
        <span className="error" title={failure}>
          The server does not answer
        </span>
      )}
    </p>
  );
}
