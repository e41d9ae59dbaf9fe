import { useLiveQuery } from "@tanstack/react-db";
import type { Database } from "../database.ts";
import { TextForm } from "./TextForm.tsx";

/** What was said. A message that is not in the stream yet is grey. */
export function Messages({ db, name }: { readonly db: Database; readonly name: string }) {
  const { data: messages } = useLiveQuery((query) =>
    query.from({ message: db.collections.messages }).orderBy(({ message }) => message.createdAt),
  );
  const say = (text: string): void => {
    const createdAt = new Date().toISOString();
    db.actions.say({ id: crypto.randomUUID(), author: name, text, createdAt });
  };
  return (
    <section aria-label="Messages">
      <h2>Messages ({messages.length})</h2>
      <ol>
        {messages.map(({ id, author, text, $synced }) => (
          <li key={id} className={$synced ? "" : "pending"}>
            <b>{author}</b> {text}
          </li>
        ))}
      </ol>
      <TextForm label="A message" onText={say} />
    </section>
  );
}
