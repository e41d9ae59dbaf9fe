import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { STREAM_PAGE } from "../app/stream-addresses.ts";
import { useTitle } from "../app/use-title.ts";
import { readablePath } from "../server/readable-path.ts";
import { StreamView } from "./StreamView.tsx";
import { parseStreamSearch, positionIn, type StreamSearch, searchFor } from "./stream-search.ts";
import "./stream.css";

/** A drag along the timeline changes the address no more often than this, ms. */
const ADDRESS_PAUSE_MS = 150;

/** The page of a stream, with another one beside it if the address says so. */
export function StreamPage() {
  const search = parseStreamSearch(useSearch({ strict: false }));
  return search.path === undefined ? <NoName /> : <NamedStream path={search.path} search={search} />;
}

function NoName() {
  useTitle("No such address");
  return <p className="view-notice">This address does not name a stream.</p>;
}

interface NamedProps {
  readonly path: string;
  readonly search: StreamSearch;
}

function NamedStream({ path, search }: NamedProps) {
  useTitle(readablePath(path));
  const navigate = useNavigate();
  const change = (next: StreamSearch, replace: boolean): void =>
    void navigate({ to: STREAM_PAGE, search: { ...next, path }, replace });
  const [at, setAt] = usePosition(search, (position) => {
    const { at: _, ...rest } = search;
    change({ ...rest, ...searchFor(position) }, true);
  });
  const openBeside = (beside: string): void => change({ ...search, beside }, false);
  const closeBeside = (): void => {
    const { beside: _, ...rest } = search;
    change(rest, false);
  };
  return (
    <div className={search.beside === undefined ? "views" : "views two"}>
      <StreamView
        key={path}
        path={path}
        at={at}
        setAt={setAt}
        panel={search.panel}
        setPanel={(panel) => change({ ...search, panel }, true)}
        openBeside={openBeside}
      />
      {search.beside !== undefined && (
        <Beside key={search.beside} path={search.beside} openBeside={openBeside} onClose={closeBeside} />
      )}
    </div>
  );
}

interface BesideProps {
  readonly path: string;
  readonly openBeside: (path: string) => void;
  readonly onClose: () => void;
}

/** The stream beside: its position and panel are its own, and not in the address. */
function Beside({ path, openBeside, onClose }: BesideProps) {
  const [at, setAt] = useState<number>();
  const [panel, setPanel] = useState<string>();
  return <StreamView {...{ path, at, setAt, panel, setPanel, openBeside, onClose }} />;
}

/** The position, at once for the view and a little later in the address; a changed address wins. */
function usePosition(
  search: StreamSearch,
  write: (position: number | undefined) => void,
): [number | undefined, (position: number | undefined) => void] {
  const inAddress = positionIn(search);
  const [position, setPosition] = useState(inAddress);
  const [written, setWritten] = useState(inAddress);
  if (written !== inAddress) {
    setWritten(inAddress);
    setPosition(inAddress);
  }
  useEffect(() => {
    if (position === inAddress) return;
    const timer = setTimeout(() => {
      setWritten(position);
      write(position);
    }, ADDRESS_PAUSE_MS);
    return () => clearTimeout(timer);
  });
  return [position, setPosition];
}
