/** What the parts of a stream's view share. */
import { createContext, useContext } from "react";
import type { StreamFeed } from "../feed/stream-feed.ts";

export interface StreamViewState {
  /** Canonical, percent-encoded, relative to the stream root. */
  readonly path: string;
  readonly feed: StreamFeed;
  /** The position that is looked at, in stored bytes: all before it has happened. undefined: now, at the tail. */
  readonly at: number | undefined;
  /** The panel that is open; undefined: the first one. */
  readonly panel: string | undefined;
  /** Travels to a position; undefined: back to now. */
  readonly setAt: (position: number | undefined) => void;
  /** Opens another stream beside this one. */
  readonly openBeside: (path: string) => void;
}

export const StreamViewContext = createContext<StreamViewState | undefined>(undefined);

/** The view around the component. */
export function useStreamView(): StreamViewState {
  const view = useContext(StreamViewContext);
  if (view === undefined) throw new Error("there is no StreamView around this component");
  return view;
}
