import * as official from "@durable-streams/state/db";
import * as ours from "@perennial/state/db";
import { useStreamDB } from "@perennial/state/react";
import { useLiveQuery } from "@tanstack/react-db";
import { createElement, type ReactNode, StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { z } from "zod";

const user = z.object({ id: z.string(), name: z.string() });
const state = ours.createStateSchema({ users: { schema: user, type: "user", primaryKey: "id" } });

/** What loading a stream took. */
export interface Loaded {
  readonly rows: number;
  readonly milliseconds: number;
  /** How often a timer that runs all the while had its turn. */
  readonly turns: number;
  /** The longest time between two of its turns, in ms. Where nothing holds it up they are 4 or 5 apart. */
  readonly longestBlock: number;
}

/** Counts turns of a timer until it is called. */
function watchTurns(): () => Pick<Loaded, "turns" | "longestBlock"> {
  let turns = 0;
  let longestBlock = 0;
  let last = performance.now();
  const turn = () => {
    const now = performance.now();
    longestBlock = Math.max(longestBlock, now - last);
    last = now;
    turns++;
  };
  const timer = setInterval(turn, 1);
  return () => {
    clearInterval(timer);
    turn();
    return { turns, longestBlock };
  };
}

/** Loads a stream by either package. */
async function load(url: string, by: "ours" | "official"): Promise<Loaded> {
  const watch = watchTurns();
  const start = performance.now();
  // The official one reads no more than a page unless it is live.
  const options = { streamOptions: { url, warnOnHttp: false }, live: true } as const;
  const db =
    by === "ours"
      ? ours.createStreamDB({ ...options, state })
      : official.createStreamDB({ ...options, state: official.createStateSchema(state) });
  await db.preload();
  const milliseconds = performance.now() - start;
  const watched = watch();
  const rows = db.collections.users.size;
  db.close();
  return { rows, milliseconds, ...watched };
}

const errors: unknown[] = [];
const opened: { readonly status: string }[] = [];

/** The names in a board, and whether it is all. */
function Board({ url }: { url: string }): ReactNode {
  const { db, status, error } = useStreamDB(() => {
    const streamOptions = { url, warnOnHttp: false };
    const made = ours.createStreamDB({ streamOptions, state, onError: (problem) => errors.push(problem) });
    opened.push(made);
    return made;
  }, [url]);
  const { data } = useLiveQuery((query) => query.from({ user: db.collections.users }), [db]);
  const names = data.map(({ name }) => name).sort();
  return createElement("p", { id: "board" }, `${status} ${error?.message ?? ""}[${names.join(" ")}]`);
}

let show: (url: string | undefined) => void;

function Page(): ReactNode {
  const [url, setUrl] = useState<string>();
  show = setUrl;
  return url === undefined ? createElement("p", { id: "board" }, "nothing") : createElement(Board, { url });
}

/** What the test calls. */
const app = {
  load,
  /** Shows the board of a stream, or none. */
  show: (url: string | undefined) => show(url),
  errors: () => errors.map(String),
  statuses: () => opened.map(({ status }) => status),
};
export type App = typeof app;

createRoot(document.body.appendChild(document.createElement("main"))).render(
  createElement(StrictMode, null, createElement(Page)),
);
Object.assign(window, { stateApp: app });
