import { useState } from "react";
import type { Connection } from "../connection.ts";
import type { Database } from "../database.ts";
import { Messages } from "./Messages.tsx";
import { People } from "./People.tsx";
import { Tasks } from "./Tasks.tsx";

interface Props {
  readonly db: Database;
  readonly connection: Connection;
  readonly name: string;
}

/** One person's view of the board. */
export function BoardWindow({ db, connection, name }: Props) {
  const [isConnected, setConnected] = useState(true);
  const toggle = (): void => {
    if (isConnected) connection.cut();
    else connection.restore();
    setConnected(!isConnected);
  };
  return (
    <main className={isConnected ? "" : "cut"}>
      <header>
        <h1>{name}</h1>
        <button type="button" onClick={toggle}>
          {isConnected ? "Cut the connection" : "Restore the connection"}
        </button>
      </header>
      <People db={db} name={name} />
      <Tasks db={db} />
      <Messages db={db} name={name} />
    </main>
  );
}
