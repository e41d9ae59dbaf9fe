import { createRoot } from "react-dom/client";
import { BoardWindow } from "./components/BoardWindow.tsx";
import { createConnection } from "./connection.ts";
import { openDatabase } from "./database.ts";
import "./style.css";

const name = new URLSearchParams(location.search).get("name") ?? "Guest";
const connection = createConnection();
const db = openDatabase(connection);
const root = createRoot(document.getElementById("root")!);

root.render(<p>Loading…</p>);
await db.preload();
db.actions.join(name);
db.actions.setPresence({ userId: name, status: "online" });
root.render(<BoardWindow db={db} connection={connection} name={name} />);
