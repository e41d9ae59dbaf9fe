import { eq } from "@tanstack/db";
import { useLiveQuery } from "@tanstack/react-db";
import type { Database } from "../database.ts";

/** Who is here: presence joined with users, from one stream. */
export function People({ db, name }: { readonly db: Database; readonly name: string }) {
  const { data: people } = useLiveQuery((query) =>
    query
      .from({ presence: db.collections.presence })
      .leftJoin({ user: db.collections.users }, ({ presence, user }) => eq(presence.userId, user.id))
      .orderBy(({ presence }) => presence.userId)
      .select(({ presence, user }) => ({
        id: presence.userId,
        status: presence.status,
        colour: user?.colour,
      })),
  );
  const toggle = (id: string, status: "online" | "offline"): void => {
    db.actions.setPresence({ userId: id, status: status === "online" ? "offline" : "online" });
  };
  return (
    <ul className="people">
      {people.map(({ id, status, colour }) => (
        <li key={id} className={status} style={{ color: colour }}>
          {id === name ? (
            <button type="button" onClick={() => toggle(id, status)}>
              {id}: {status}
            </button>
          ) : (
            `${id}: ${status}`
          )}
        </li>
      ))}
    </ul>
  );
}
