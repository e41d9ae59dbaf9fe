import { useMemo, useState } from "react";
import { useListedStream, usePinnedStream } from "../catalog/use-catalog.ts";
import { useNewStream } from "../creating/NewStreamProvider.tsx";
import { useFeed, useStreamFeed } from "../feed/use-feed.ts";
import { Timeline } from "../travel/Timeline.tsx";
import { AppendBox } from "../writing/AppendBox.tsx";
import { PANELS, type StreamPanel } from "./panels.tsx";
import { StreamHeader } from "./StreamHeader.tsx";
import { StreamViewContext, type StreamViewState } from "./stream-view.ts";

interface Props extends Omit<StreamViewState, "feed"> {
  readonly setPanel: (panel: string) => void;
  /** Closes the view, if it can be closed. */
  readonly onClose?: () => void;
}

/** One stream: what it is, its timeline, and one of its panels. */
export function StreamView({ path, at, setAt, openBeside, panel, setPanel, onClose }: Props) {
  usePinnedStream(path);
  const feed = useStreamFeed(path, useListedStream(path)?.createdAt);
  const { kind, contentType = "", status } = useFeed(feed);
  const view = useMemo(
    () => ({ path, feed, at, panel, setAt, openBeside }),
    [path, feed, at, panel, setAt, openBeside],
  );
  const [isAppending, setAppending] = useState(false);
  const panels = PANELS.filter(({ isFor }) => isFor(kind, contentType));
  const shown = panels.find(({ id }) => id === panel) ?? panels[0]!;
  return (
    <StreamViewContext value={view}>
      <section className="view" aria-label={`Stream ${path}`}>
        <StreamHeader
          isAppending={isAppending}
          onAppend={() => setAppending(!isAppending)}
          {...(onClose !== undefined && { onClose })}
        />
        {status === "gone" ? (
          <NotFound path={path} />
        ) : (
          <>
            <Timeline />
            <PanelTabs panels={panels} shown={shown} onChoose={setPanel} />
            <shown.Panel />
            {isAppending && status !== "closed" && <AppendBox onClose={() => setAppending(false)} />}
          </>
        )}
      </section>
    </StreamViewContext>
  );
}

function NotFound({ path }: { readonly path: string }) {
  const openNewStream = useNewStream();
  return (
    <div className="view-notice">
      <p>There is no such stream: it was deleted, has expired, or never was.</p>
      <button type="button" onClick={() => openNewStream(path)}>
        Create it…
      </button>
    </div>
  );
}

interface TabsProps {
  readonly panels: readonly StreamPanel[];
  readonly shown: StreamPanel;
  readonly onChoose: (id: string) => void;
}

function PanelTabs({ panels, shown, onChoose }: TabsProps) {
  return (
    <nav className="tabs" aria-label="Panels">
      {panels.map(({ id, title }) => (
        <button
          key={id}
          type="button"
          className="tab"
          aria-current={id === shown.id ? "page" : undefined}
          onClick={() => onChoose(id)}
        >
          {title}
        </button>
      ))}
    </nav>
  );
}
