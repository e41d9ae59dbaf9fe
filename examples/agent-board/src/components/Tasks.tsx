import { useLiveQuery } from "@tanstack/react-db";
import type { Database } from "../database.ts";
import { TextForm } from "./TextForm.tsx";

/** What the agents are to do, and how far they are. */
export function Tasks({ db }: { readonly db: Database }) {
  const { data: tasks } = useLiveQuery((query) =>
    query.from({ task: db.collections.tasks }).orderBy(({ task }) => task.id),
  );
  const add = (title: string): void => {
    db.actions.addTask({ id: `${Date.now()}-${crypto.randomUUID()}`, title, status: "open", progress: 0 });
  };
  return (
    <section aria-label="Tasks">
      <h2>Agent tasks ({tasks.length})</h2>
      <ul>
        {tasks.map(({ id, title, status, progress, $synced }) => (
          <li key={id} className={$synced ? "" : "pending"}>
            {title}: {status} <progress max={100} value={progress} />
            <button type="button" aria-label={`Remove ${title}`} onClick={() => db.actions.removeTask(id)}>
              ×
            </button>
          </li>
        ))}
      </ul>
      <TextForm label="A task for the agent" onText={add} />
    </section>
  );
}
