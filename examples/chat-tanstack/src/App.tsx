import { useEffect, useState } from "react";
import { useMe } from "./me.ts";
import { Room } from "./Room.tsx";

/** The room that the address names; without one, a new one. */
function roomOfAddress(): string {
  return /^#([A-Za-z0-9_-]{1,64})$/.exec(window.location.hash)?.[1] ?? newRoom();
}

function newRoom(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(5)), (byte) => (byte % 36).toString(36)).join("");
}

export function App() {
  const [room, setRoom] = useState(roomOfAddress);
  const [me, rename] = useMe();
  useEffect(() => {
    window.history.replaceState(null, "", `#${room}`);
    const follow = () => setRoom(roomOfAddress());
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, [room]);
  return <Room key={room} room={room} me={me} onRename={rename} />;
}
